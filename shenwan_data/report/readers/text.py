"""Radicals written where the everyday character is meant: ⺠ for 民, ⼀ for 一.

Belongs here: turning them back. Does not belong here: any other variant of a character.

A font often draws both with one shape, and the programs that print a page to PDF (browsers among
them) then note down the radical. A reader sees no difference; 人⺠调解 is found by no search for 人民调解.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import Path

from shenwan_data.errors import DataError, Text

# UTF-32-LE begins with the mark of UTF-16-LE, so the longer mark is asked first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.I
)
# Pages name the oldest of the three and use characters of the newest, which contains the others.
_CHINESE = {"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936", "hz-gb-2312"}

SAVE_AS_UTF8 = Text(
    "请用文本编辑器打开原文件，另存为 UTF-8 编码后重试",
    "open the original in a text editor, save it as UTF-8 and try again",
)


def decode_text(content: bytes, file: Path) -> str:
    """The text of a plain text file, line ends as ``\\n``, otherwise not altered.

    A byte order mark decides; without one the file is UTF-8, or else GB18030 if it decodes cleanly
    and reads as Chinese. Raises DataError for everything else, and for binary content.
    """
    marked = _decode_marked(content, file)
    text = marked if marked is not None else _decode_unmarked(content, file)
    controls = _CONTROLS.findall(text)
    if "\0" in controls or len(controls) * 50 > len(text):
        raise _refused(
            file,
            Text("不是文本文件（含有二进制内容）", "not a text file: it holds binary content"),
            f"line {text.count(chr(10), 0, text.index(controls[0])) + 1}",
        )
    return unify_line_ends(text)


def decode_page(content: bytes, file: Path) -> str:
    """The text of an HTML file. A damaged byte becomes U+FFFD, for the reader of the page to judge.

    UTF-8 is tried before the declared charset: browsers save pages as UTF-8 and leave the old
    declaration in, and text in a GB encoding is practically never valid UTF-8.
    """
    marked = _decode_marked(content, file)
    if marked is not None:
        return unify_line_ends(marked)
    try:
        return unify_line_ends(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(content[:4096])
    name = declared.group(1).decode("ascii", "replace").lower() if declared else "gb18030"
    try:
        # A page that says UTF-8 and is not keeps its good characters; a GB page is read as GB18030.
        codec = "gb18030" if name in _CHINESE else codecs.lookup(name).name
        if codec == "utf-8" and _reads_as_chinese(content.decode("gb18030", "replace")):
            codec = "gb18030"
        text = content.decode(codec, "replace")
    except (LookupError, UnicodeError):
        text = content.decode("gb18030", "replace")
    return unify_line_ends(text)


def unify_line_ends(text: str) -> str:
    """CRLF and CR become LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _decode_marked(content: bytes, file: Path) -> str | None:
    for mark, name in _MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(name)
            except UnicodeDecodeError as error:
                raise _refused(
                    file,
                    Text(
                        f"文件标记为 {name.upper()} 编码，但内容无法按此解码",
                        f"marked as {name.upper()} but does not decode as such",
                    ),
                    _place(content, error.start + len(mark)),
                ) from error
    return None


def _decode_unmarked(content: bytes, file: Path) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = error
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    visible = sum(1 for character in text if not character.isspace())
    if _reads_as_chinese(text) and 5 * len(_HAN.findall(text)) >= visible:
        return text
    raise _refused(
        file,
        Text(
            "既不是有效的 UTF-8，也不是可读的 GB18030 文本",
            "neither valid UTF-8 nor readable GB18030 text",
        ),
        _place(content, broken.start),
    ) from broken


def _reads_as_chinese(text: str) -> bool:
    """Whether a GB18030 reading is believable.

    Nearly any bytes decode to some Chinese character, and the wrong ones are rare ones. So nine
    tenths of what is not ASCII must lie in GB2312, the everyday set.
    """
    other = [character for character in text if character > "\x7f"]
    if not other:
        return False
    everyday = sum(1 for character in other if _in_everyday_set(character))
    return everyday >= 0.9 * len(other)


def _in_everyday_set(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _place(content: bytes, offset: int) -> str:
    return f"line {content.count(bytes([10]), 0, offset) + 1}, byte {offset}"


def _refused(file: Path, problem: Text, place: str) -> DataError:
    return DataError(problem, file=file, place=place, remedy=SAVE_AS_UTF8)


_RADICAL = re.compile(r"[\u2e80-\u2fdf]")
# Unicode decomposes the Kangxi radicals (U+2F00) but not these (U+2E80); here are those that are
# characters in their own right.
_SUPPLEMENT = dict(
    zip(
        "⺁⺄⺊⺌⺍⺎⺒⺓⺛⺜⺝⺟⺠⺧⺩⺬⺮⺶⺼⺽⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乙卜小小尢巳幺旡日月母民牛王示竹羊肉臼虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)


def everyday(text: str) -> str:
    """The text with everyday characters in the place of radicals; its length stays."""
    return _RADICAL.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    radical = match.group()
    return _SUPPLEMENT.get(radical) or unicodedata.normalize("NFKC", radical)
