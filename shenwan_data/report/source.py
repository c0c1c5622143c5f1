"""One source file as text, whatever its format.

Belongs here: telling formats apart and handing the file to its reader. Does not belong here: the
readers (``encoding``, ``article``, ``docx``, ``pdf``) or where reports are kept (``archive``).
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from shenwan_data.errors import DataError, Text, UsageError, cannot_write
from shenwan_data.report.readers.text import decode_page, decode_text

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
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Source:
    """What was read from a file: its text and what kind of file it is."""

    text: str
    media_type: str


def read_text(path: Path) -> str:
    """The text of a .txt, .html, .htm, .docx or .pdf, lines separated by ``\\n``.

    A UTF-8 text file is given back code point for code point, without byte order mark and with LF
    line ends. From other formats every paragraph is one line, every row of a table one line
    (``table`` says how). Raises UsageError when there is no such file and DataError when it is
    empty, damaged, encrypted, a scan, in no known encoding or format.
    """
    return read_source(read_bytes(path), path).text


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises UsageError when there is no such file, MachineError when the system refuses to read it.
    """
    try:
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
    """Text and kind of ``content``; ``path`` gives the ending and the name for messages."""
    if not content.strip():
        raise _empty(path)
    media_type = media_type_of(content, path)
    if media_type == PLAIN:
        text = decode_text(content, path)
    elif media_type == PAGE:
        from shenwan_data.report.readers.article import read_article

        text = read_article(decode_page(content, path), path)
    elif media_type == WORD:
        from shenwan_data.report.readers.docx import read_docx

        text = read_docx(content, path)
    else:
        from shenwan_data.report.readers.pdf import read_pdf

        text = read_pdf(content, path)
    if not text.strip():
        raise _empty(path)
    return Source(text, media_type)


def media_type_of(content: bytes, path: Path) -> str:
    """What a file is. Content that is unmistakable wins over the ending.

    Raises DataError for formats that cannot be read, naming what to save them as.
    """
    if content[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _zip_type(content, path)
    if content.startswith(_OLD_OFFICE):
        raise _unsupported(
            path,
            Text("旧版 Word/WPS 文件或加密的文件", "an old Word or WPS file, or an encrypted one"),
        )
    for start, problem in _OTHERS:
        if start.match(content[:2048]):
            raise _unsupported(path, problem)
    ending = path.suffix.lower()
    if ending == ".txt" and _PAGE_START.match(content[:4096].removeprefix(b"\xef\xbb\xbf")):
        return PAGE
    if ending not in ENDINGS:
        raise _unsupported(
            path,
            Text(f"不支持的文件格式 {ending or '（无后缀）'}", f"unsupported file type {ending}"),
        )
    return ENDINGS[ending]


def _zip_type(content: bytes, path: Path) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        names = {"word/document.xml"} if path.suffix.lower() == ".docx" else set()
    if "word/document.xml" in names or path.suffix.lower() == ".docx":
        return WORD  # The reader of Word files says what is damaged in it.
    raise _unsupported(
        path, Text("压缩包或不支持的 Office 文件", "an archive or another Office file")
    )


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
