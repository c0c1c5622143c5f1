"""One source file as text, whatever its format.

Belongs here: telling formats apart and handing the file to its reader. Does not belong here: the
readers (``text``, ``article``, ``docx``, ``pdf``) or where reports are kept (``archive``).
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shenwan_data.errors import DataError, Text, UsageError, cannot_write
from shenwan_data.report.readers.breaks import join_broken, unwrap
from shenwan_data.report.readers.characters import readable
from shenwan_data.report.readers.text import decode_page, decode_text, refuse_garbled

PLAIN = "text/plain"
PAGE = "text/html"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"

# Endings a report may have, and what the file is taken for when its content does not say.
ENDINGS = {".txt": PLAIN, ".html": PAGE, ".htm": PAGE, ".docx": WORD, ".pdf": PDF}

_PAGE_START = re.compile(
    rb"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype\s+html|html)[\s>]", re.I | re.S
)
# Formats that readers of text and pages would take for a strange report.
_OTHERS = (
    (
        re.compile(
            rb"(?:From|Subject|Date|MIME-Version|Content-Type):.{0,2000}?multipart/related",
            re.I | re.S,
        ),
        Text(
            "网页存成了单个文件（.mhtml），请在浏览器中另存为“网页，仅 HTML”",
            "a web page saved as a single file (.mhtml); save it from the browser as HTML only",
        ),
    ),
    (re.compile(rb"\s*\{\\rtf"), Text("RTF 文件", "an RTF file")),
    (
        re.compile(
            rb"\s*(?:<\?xml[^>]*>\s*)?(?:<\?mso-application[^>]*>\s*)?<(?:pkg:package|w:wordDocument)"
        ),
        Text("Word XML 文件", "a Word XML file"),
    ),
)
_STREAMS = (
    (
        "EncryptedPackage",
        Text("加密的 Office 文件，需要密码", "an Office file encrypted with a password"),
    ),
    ("WordDocument", Text("旧版 Word 文件（.doc）", "an old Word file (.doc)")),
    ("Workbook", Text("Excel 文件（.xls）", "an Excel file (.xls)")),
    ("PowerPoint Document", Text("PowerPoint 文件（.ppt）", "a PowerPoint file (.ppt)")),
)
_ZIPPED = (
    ("OFD.xml", Text("版式文件（.ofd）", "an OFD file (.ofd)")),
    ("xl/", Text("Excel 文件（.xlsx）", "an Excel file (.xlsx)")),
    ("ppt/", Text("PowerPoint 文件（.pptx）", "a PowerPoint file (.pptx)")),
    ("content.xml", Text("OpenDocument 文件（.odt）", "an OpenDocument file (.odt)")),
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Source:
    """What was read from a file: its text and what kind of file it is."""

    text: str
    media_type: str


def read_text(path: Path) -> str:
    """The text of a .txt, .html, .htm, .docx or .pdf, lines separated by ``\\n``.

    Of a text file every line is one, of other formats every paragraph and every row of a table
    (``table`` says how). Raises UsageError when there is no such file and DataError when it is
    empty, damaged, encrypted, a scan, in no known encoding or format.
    """
    return read_source(read_bytes(path), path).text


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises UsageError when there is no such file, MachineError when the system refuses to read it.
    """
    try:
        kind = path.stat().st_mode
        if not stat.S_ISDIR(kind) and not stat.S_ISREG(kind):
            # A pipe or a device has no end.
            raise UsageError(
                Text("不是普通文件", "it is no regular file"),
                file=path,
                remedy=Text("请先存成文件", "save it as a file first"),
            )
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise UsageError(
            Text("没有这个文件", f"there is no such file: {error.strerror}"),
            file=path,
            remedy=Text("请检查路径", "check the path"),
        ) from error
    except OSError as error:
        raise cannot_write(error, path) from error


def read_source(content: bytes, path: Path) -> Source:
    """Text and kind of ``content``; ``path`` gives the ending and the name for messages.

    Plain text is read here; every other format in a process of its own with limits (``box``). The
    text has ``\\n`` line ends, everyday characters and whole numbers, whatever the file holds
    (``characters``, ``breaks``); the file itself is left as it is. Raises DataError.
    """
    if not content.strip():
        raise _empty(path)
    if _is_plain(content, path):
        return read_here(content, path)
    from shenwan_data.report.box import read_in_box

    text, media_type = read_in_box(content, path)
    return Source(text, media_type)


def read_here(content: bytes, path: Path) -> Source:
    """``read_source`` in this process and without limits, for the process that has them."""
    media_type = media_type_of(content, path)
    if media_type == PLAIN:
        text = unwrap(readable(decode_text(content, path)))
    elif media_type == PAGE:
        from shenwan_data.report.readers.article import read_article

        text = read_article(decode_page(content, path), path)
    elif media_type == WORD:
        from shenwan_data.report.readers.docx import read_docx

        text = read_docx(content, path)
    else:
        from shenwan_data.report.readers.pdf import read_pdf

        text = read_pdf(content, path)
    text = join_broken(readable(text))
    if not text.strip():
        raise _empty(path)
    refuse_garbled(text, path)
    return Source(text, media_type)


def _is_plain(content: bytes, path: Path) -> bool:
    """Whether a file is plain text beyond doubt, which nothing but decoding has to be done to."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ")
    marked = start.startswith((b"%PDF-", b"PK\x03\x04", _OLD_OFFICE))
    return path.suffix.lower() == ".txt" and not marked and not _PAGE_START.match(content[:4096])


def media_type_of(content: bytes, path: Path) -> str:
    """What a file is. Content that is unmistakable wins over the ending.

    Raises DataError for formats that cannot be read, naming what to save them as.
    """
    if content[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _zip_type(content, path)
    if content.startswith(_OLD_OFFICE):
        raise _unsupported(path, _old_office(content, path))
    for start, problem in _OTHERS:
        if start.match(content[:2048]):
            raise _unsupported(path, problem)
    ending = path.suffix.lower()
    # Some systems save a page under the name of a Word file; Word opens it as one.
    if ending in (".txt", ".doc", ".wps", ".docx") and _PAGE_START.match(
        content[:4096].removeprefix(b"\xef\xbb\xbf")
    ):
        return PAGE
    if ending not in ENDINGS:
        raise _unsupported(
            path,
            Text(f"不支持的文件格式 {ending or '（无后缀）'}", f"unsupported file type {ending}"),
        )
    return ENDINGS[ending]


def _zip_type(content: bytes, path: Path) -> str:
    from shenwan_data.report.readers.parts import main_part

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            with suppress(Exception):  # A relation that cannot be read leads nowhere.
                main_part(archive)
                return WORD
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        names = set()
    for mark, problem in _ZIPPED:
        if any(name == mark or name.startswith(mark) for name in names):
            raise _unsupported(path, problem)
    if path.suffix.lower() == ".docx":
        return WORD  # The reader of Word files says what is damaged in it.
    raise _unsupported(
        path, Text("压缩包或不支持的 Office 文件", "an archive or another Office file")
    )


def _old_office(content: bytes, path: Path) -> Text:
    """What a file in Microsoft's old container is, by the names of its streams."""
    for stream, problem in _STREAMS:
        if stream.encode("utf-16-le") in content:
            if stream == "WordDocument" and path.suffix.lower() == ".wps":
                return Text("旧版 WPS 文件（.wps）", "an old WPS file (.wps)")
            return problem
    return Text("旧版 Word/WPS 文件或加密的文件", "an old Word or WPS file, or an encrypted one")


def _empty(path: Path) -> DataError:
    return DataError(
        Text("文件为空，没有文字", "the file is empty: it holds no text"),
        file=path,
        remedy=Text("请重新下载或导出该文件", "download or export the file again"),
    )


def _unsupported(path: Path, problem: Text) -> DataError:
    return DataError(
        problem,
        file=path,
        remedy=Text(
            "请另存为 .txt、.html、.docx 或 .pdf（文字版）",
            "save it as .txt, .html, .docx or a .pdf with text",
        ),
    )
