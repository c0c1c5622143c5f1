"""Bytes as text: encodings, and what is no text.

Belongs here: finding the encoding of a text file or a page, refusing what does not decode or decodes to
nonsense. Does not belong here: what the characters look like (``characters``).
"""

from __future__ import annotations

import codecs
import re
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
    if "\0" in controls and (name := _named_encoding(content)):
        raise _refused(
            file,
            Text(f"看来是 {name} 编码，没有标记", f"looks like {name} without its mark"),
            "line 1",
        )
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
    name = _named_encoding(content)
    raise _refused(
        file,
        Text(
            f"看来是 {name} 编码，不是 UTF-8 或 GB18030"
            if name
            else "既不是有效的 UTF-8，也不是可读的 GB18030 文本",
            f"looks like {name}, not UTF-8 or GB18030"
            if name
            else "neither valid UTF-8 nor readable GB18030 text",
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


_LATIN = re.compile("[\x80-\xff]+")
# What programs put where they cannot read: replacement characters, memory that nobody filled.
_SPOILT = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯")
# A question mark within a phrase stands for a lost character; one at its end asks.
_LOST = re.compile(
    r"(?<=[㐀-䶿一-鿿\d，、])(?<![吗呢么何样谁些少])\?+(?=[㐀-䶿一-鿿\d])|(?<=[，。、；])\?+|\?{3,}"
)
_MOST_LOST = 2


def refuse_garbled(text: str, file: Path) -> None:
    """Raise DataError for a text that was once decoded wrongly: 浜戞潐闀, äºæ, 锟斤拷, U+FFFD.

    Genuine Chinese in the bytes of GB18030 is practically never valid UTF-8, and genuine Chinese
    text is not made of the letters of Latin-1.
    """
    for line_number, line in enumerate(text.split("\n"), 1):
        if _SPOILT.search(line):
            raise _garbled(file, line_number, line)
    sample = text[:20_000]
    lost = [match.start() for match in _LOST.finditer(sample)]
    if len(lost) > _MOST_LOST and 200 * len(lost) > len(sample):
        start = sample.rfind("\n", 0, lost[0]) + 1
        raise _garbled(file, sample.count("\n", 0, lost[0]) + 1, sample[start : lost[0] + 20])
    visible = "".join(sample.split())
    latin = len(visible) - len(_LATIN.sub("", visible))
    if len(visible) < 20:
        return
    if 5 * latin > len(visible) or _once_utf8(sample):
        raise _garbled(file, 1, sample)


def _once_utf8(text: str) -> bool:
    """Whether the text is UTF-8 that was decoded as GB18030: 浜戞潐闀 for 云杉镇."""
    other = len(text) - len(text.encode("ascii", "ignore"))
    if other < 10:
        return False
    read = text.encode("gb18030", "replace").decode("utf-8", "replace")
    wrong, right = read.count("\ufffd"), len(_HAN.findall(read))
    return right > 4 * wrong and 5 * right >= 2 * other


def _garbled(file: Path, line_number: int, line: str) -> DataError:
    shown = next((part for part in re.findall(r"[^\x00-\x7f]{2,20}", line)), line[:20])
    return DataError(
        Text(
            "文字是乱码（曾按错误的编码打开并保存）",
            "the text is garbled: it was once opened in the wrong encoding and saved",
        ),
        file=file,
        place=f"line {line_number}: {shown}",
        remedy=Text(
            "请取得原文件，用正确的编码打开后另存为 UTF-8",
            "get the original, open it in its own encoding and save it as UTF-8",
        ),
    )


# Encodings of Chinese that are named in the message; they are not read on a guess.
_NAMED = (
    ("utf-16-le", "UTF-16"),
    ("utf-16-be", "UTF-16"),
    ("big5", "Big5"),
    ("hz", "HZ"),
    ("shift_jis", "Shift_JIS"),
    ("euc_kr", "EUC-KR"),
)


def _named_encoding(content: bytes) -> str | None:
    """The other encoding in which the bytes read as Chinese text, None where none is likely."""
    for codec, name in _NAMED:
        try:
            text = content[: len(content) // 2 * 2].decode(codec)
        except (UnicodeDecodeError, ValueError):
            continue
        visible = [character for character in text if not character.isspace()]
        common = sum(1 for character in visible if character in _COMMON)
        if visible and 10 * common >= len(visible):
            return name
    return None


# Characters that make up more than a tenth of any report, in both scripts.
_COMMON = frozenset("的年政法治府建设建設工作报告報告镇鎮行案件和，。、0123456789")


def _place(content: bytes, offset: int) -> str:
    return f"line {content.count(bytes([10]), 0, offset) + 1}, byte {offset}"


def _refused(file: Path, problem: Text, place: str) -> DataError:
    return DataError(problem, file=file, place=place, remedy=SAVE_AS_UTF8)
