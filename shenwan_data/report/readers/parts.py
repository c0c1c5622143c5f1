"""The parts of a Word file: the zip archive and the relations in it.

Belongs here: finding and parsing the main document and what belongs to it, as leniently as Word does:
a relation that leads nowhere, a template, a file with macros and the strict form all open; and finding the
reader of a part that is a document of its own (altChunk). Does not belong here: text (``docx``).
"""

from __future__ import annotations

import email
import email.policy
import io
import posixpath
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from shenwan_data.errors import DataError, Text
from shenwan_data.report.readers.text import decode_page, decode_text

_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# The strict form has the same elements under other names.
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/math",
        b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
# A zip of some kilobytes can unfold to gigabytes; no report of a town is that long.
_MOST_BYTES = 30_000_000
MAIN = "word/document.xml"


class TooLongError(Exception):
    """A part that unfolds to more than any report holds."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The main document, and its relations: parts by kind (styles, footnotes …) and by id."""

    document: etree._Element
    kinds: dict[str, etree._Element]
    targets: dict[str, str]
    _archive: zipfile.ZipFile = field(repr=False)

    def content(self, relation: str) -> tuple[str, bytes]:
        """Name and bytes of the part that a relation leads to; KeyError where there is none."""
        name = self.targets[relation]
        return name, _bytes(self._archive, name)


def read_parts(content: bytes) -> Parts:
    """The parts of a Word file. Raises TooLongError, and what zip and XML raise where it is damaged."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    main = main_part(archive)
    document = _xml(archive, main)
    kinds: dict[str, etree._Element] = {}
    targets: dict[str, str] = {}
    names = set(archive.namelist())
    for identity, kind, target in _relations(archive, main):
        if target not in names:
            continue  # Word does not mind a picture named NULL, nor a link to #_top.
        targets[identity] = target
        if kind in ("numbering", "styles", "footnotes", "endnotes"):
            kinds[kind] = _xml(archive, target)
    return Parts(document, kinds, targets, archive)


def main_part(archive: zipfile.ZipFile) -> str:
    """The name of the main document of a Word file; KeyError where there is none."""
    names = archive.namelist()
    for _, kind, target in _relations(archive, ""):
        if kind == "officeDocument" and target in names and not target.startswith(("xl/", "ppt/")):
            return target
    if MAIN in names:
        return MAIN
    raise KeyError(MAIN)


def _relations(archive: zipfile.ZipFile, source: str) -> list[tuple[str, str, str]]:
    """Id, kind and target of the relations of a part (``""`` for the package)."""
    folder, name = posixpath.split(source)
    place = posixpath.join(folder, "_rels", f"{name}.rels")
    if place not in archive.namelist():
        return []
    found = []
    for item in _xml(archive, place).iter(_RELATIONS):
        if item.get("TargetMode") == "External":
            continue
        target = item.get("Target") or ""
        path = target[1:] if target.startswith("/") else posixpath.join(folder, target)
        kind = (item.get("Type") or "").rsplit("/", 1)[-1]
        found.append((item.get("Id") or "", kind, posixpath.normpath(path)))
    return found


def _xml(archive: zipfile.ZipFile, name: str) -> etree._Element:
    content = _bytes(archive, name)
    for strict, usual in _STRICT:
        content = content.replace(strict, usual)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(content, parser)


def _bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _MOST_BYTES:
        raise TooLongError(name)
    with archive.open(name) as stream:
        content = stream.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise TooLongError(name)
    return content


def chunk_lines(name: str, content: bytes, file: Path) -> list[str]:
    """The lines of a part: HTML, MHTML, plain text or Word. Raises DataError for anything else."""
    ending = Path(name).suffix.lower()
    if content.startswith(b"PK\x03\x04"):
        from shenwan_data.report.readers.docx import read_docx

        return read_docx(content, file).split("\n")
    if content.lstrip().startswith(b"{\\rtf") or ending == ".rtf":
        raise unreadable(name, file)
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
    raise unreadable(name, file)


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


def unreadable(name: str, file: Path) -> DataError:
    """The error for a document inside the file that has no reader, or is not there."""
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
