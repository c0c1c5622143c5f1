"""A document inside a Word file (altChunk) as lines.

Belongs here: finding out what the part is and handing it to its reader. Does not belong here: where the
part stands (``docx``).
"""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

from shenwan_data.errors import DataError, Text
from shenwan_data.report.readers.text import decode_page, decode_text


def chunk_lines(name: str, content: bytes, file: Path) -> list[str]:
    """The lines of a part: HTML, MHTML, plain text or Word. Raises DataError for anything else."""
    ending = Path(name).suffix.lower()
    if content.startswith(b"PK\x03\x04"):
        from shenwan_data.report.readers.docx import read_docx

        return read_docx(content, file).split("\n")
    if content.lstrip().startswith(b"{\\rtf") or ending == ".rtf":
        raise _unreadable(name, file)
    if ending in (".mht", ".mhtml") or content[:2048].lower().find(b"mime-version:") >= 0:
        content = _page_of(content)
        ending = ".html"
    if ending == ".txt":
        return decode_text(content, file).split("\n")
    if ending in (".html", ".htm", ".xhtml") or b"<" in content[:200]:
        from shenwan_data.report.readers.dom import parse
        from shenwan_data.report.readers.html import lines_of

        soup = parse(decode_page(content, file))
        return [line.text for line in lines_of(soup.body or soup)]
    raise _unreadable(name, file)


def _page_of(content: bytes) -> bytes:
    """The page of an MHTML part, in UTF-8."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "text/plain"):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                charset = part.get_content_charset() or "utf-8"
                try:
                    return payload.decode(charset).encode()
                except (LookupError, UnicodeDecodeError):
                    return payload
    return content


def _unreadable(name: str, file: Path) -> DataError:
    return DataError(
        Text(
            "文件中嵌入了另一份文件，无法读取",
            "another document is embedded in the file and cannot be read",
        ),
        file=file,
        place=name,
        remedy=Text(
            "请在 Word 或 WPS 中打开并另存为 .docx",
            "open it in Word or WPS and save it as .docx",
        ),
    )
