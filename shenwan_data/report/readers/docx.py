"""A Word file (.docx) as lines of text.

Belongs here: paragraphs, tables, text boxes and notes in the order of the document. Does not belong
here: list numbers (``numbering``) or how a table reads (``table``).

What a reader of the printed document does not see is left out: tracked deletions, hidden text,
field codes, the table of contents, page headers and footers. So is what is struck through, which
its author has taken back.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
from lxml import etree

from shenwan_data.errors import DataError, Text
from shenwan_data.report import table
from shenwan_data.report.readers.numbering import Numbering, W, read_numbering
from shenwan_data.report.readers.text import everyday
from shenwan_data.report.table import Cell

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OMITTED = frozenset(
    (f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}delInstrText", f"{W}pPr",
     f"{W}rPr", f"{W}rt", f"{_MC}Fallback")
)  # fmt: skip
_CONTAINERS = frozenset(
    (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo", f"{W}smartTag")
)
_CONTENTS = re.compile(r"(?:toc|目录)\s*\d*", re.I)
_SQUARES = {"2": "²", "3": "³"}
_LENGTHS = ("m", "km", "米", "M")
_NOTES = re.compile(r"/(footnotes|endnotes)$")
# A zip of some kilobytes can unfold to gigabytes; no report of a town is that long.
_MOST_BYTES = 300_000_000


def read_docx(content: bytes, file: Path) -> str:
    """The text of a .docx, a paragraph a line, tables linearised. Raises DataError when damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > _MOST_BYTES:
                raise _damaged(file)
        document = docx.Document(io.BytesIO(content))
        return _Document(document).text()
    except DataError:
        raise
    # The library raises whatever the broken part leads to; to the reader it is one thing.
    except Exception as error:
        raise _damaged(file) from error


def _damaged(file: Path) -> DataError:
    return DataError(
        Text(
            "不是有效的 Word 文件（.docx），或文件已损坏",
            "not a valid Word file (.docx), or damaged",
        ),
        file=file,
        remedy=Text(
            "请在 Word 或 WPS 中打开原文件并另存为 .docx",
            "open the original in Word or WPS and save it as .docx",
        ),
    )


class _Document:
    """One document being read: its notes by kind and number, and how far its lists have counted."""

    def __init__(self, document: docx.document.Document) -> None:
        self.body: etree._Element = document.element.body
        self.notes: dict[tuple[str, str], etree._Element] = {}
        self.contents: set[str] = set()
        parts: dict[str, etree._Element] = {}
        for relation in document.part.rels.values():
            if relation.is_external:
                continue
            kind = relation.reltype.rsplit("/", 1)[-1]
            if kind in ("numbering", "styles") or _NOTES.search(relation.reltype):
                parts[kind] = etree.fromstring(relation.target_part.blob, _parser())
        for kind, tag in (("footnotes", "footnote"), ("endnotes", "endnote")):
            if kind in parts:
                for note in parts[kind].iterfind(f"{W}{tag}"):
                    self.notes[tag, note.get(f"{W}id") or ""] = note
        styles = parts.get("styles")
        if styles is not None:
            for style in styles.iterfind(f"{W}style"):
                name = style.find(f"{W}name")
                if name is not None and _CONTENTS.match(name.get(f"{W}val") or ""):
                    self.contents.add(style.get(f"{W}styleId") or "")
        self.numbering: Numbering = read_numbering(parts.get("numbering"), styles)

    def text(self) -> str:
        return "\n".join(self._lines(self.body))

    def _lines(self, parent: etree._Element) -> list[str]:
        lines: list[str] = []
        for block in _blocks(parent):
            if block.tag == f"{W}p":
                lines.extend(self._paragraph(block))
            else:
                unit = table.unit_line(lines[-1]) if lines else None
                lines.extend(self._table(block, unit))
        return lines

    def _paragraph(self, paragraph: etree._Element) -> list[str]:
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") in self.contents:
            return []
        pieces: list[str] = []
        later: list[etree._Element] = []
        self._collect(paragraph, pieces, later)
        text = "".join(pieces)
        if text.strip():
            text = self.numbering.prefix(paragraph) + text.lstrip()
        lines = [line for part in text.split("\n") if (line := _tidy(part))]
        for extra in later:
            lines.extend(self._lines(extra))
        return lines

    def _collect(
        self, element: etree._Element, pieces: list[str], later: list[etree._Element]
    ) -> None:
        """Text of one paragraph; text boxes and notes stand after it, as lines of their own."""
        for child in element:
            tag = child.tag
            if (
                not isinstance(tag, str)
                or tag in _OMITTED
                or (tag == f"{W}r" and _is_withdrawn(child))
            ):
                continue
            if tag == f"{W}t":
                pieces.append(_raised(child, pieces))
            elif tag in (f"{W}br", f"{W}cr"):
                pieces.append("\n")
            elif tag in (f"{W}tab", f"{W}ptab"):
                pieces.append(" ")
            elif tag == f"{W}noBreakHyphen":
                pieces.append("-")
            elif tag == f"{W}txbxContent":
                later.append(child)
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                kind = "footnote" if tag == f"{W}footnoteReference" else "endnote"
                note = self.notes.get((kind, child.get(f"{W}id") or ""))
                if note is not None:
                    later.append(note)
            else:
                self._collect(child, pieces, later)

    def _table(self, tag: etree._Element, unit: str | None) -> list[str]:
        grid, nested = self._grid(tag)
        if not nested and table.is_data_table(grid):
            return table.linearise(grid, unit)
        lines: list[str] = []
        for row in _rows(tag):
            for cell in _inner(row, f"{W}tc"):
                lines.extend(self._lines(cell))
        return lines

    def _grid(self, tag: etree._Element) -> tuple[list[list[Cell]], bool]:
        """Cells as printed, merged cells repeated, and whether a cell holds another table."""
        grid: list[list[Cell]] = []
        nested = False
        for row in _rows(tag):
            line: list[Cell] = [Cell("")] * _number(row.find(f"{W}trPr/{W}gridBefore"), 0)
            for cell in _inner(row, f"{W}tc"):
                nested = nested or cell.find(f".//{W}tbl") is not None
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                continued = merge is not None and merge.get(f"{W}val") != "restart"
                if continued and grid and len(line) < len(grid[-1]):
                    shown = grid[-1][len(line)]
                else:
                    shown = Cell("" if nested else self._cell_text(cell))
                line.extend([shown] * _number(cell.find(f"{W}tcPr/{W}gridSpan"), 1))
            grid.append(line)
        return grid, nested

    def _cell_text(self, cell: etree._Element) -> str:
        counts = dict(self.numbering.counts)
        lines = self._lines(cell)
        self.numbering.counts = counts  # A cell that turns out to be layout is read a second time.
        return "".join(lines)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables, also inside content controls, but not those a revision deleted."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in _CONTAINERS and not _is_contents(child):
            yield from _blocks(child)


def _is_contents(control: etree._Element) -> bool:
    gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and gallery.get(f"{W}val") == "Table of Contents"


def _rows(tag: etree._Element) -> list[etree._Element]:
    return [row for row in _inner(tag, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None]


def _inner(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _CONTAINERS:
            yield from _inner(child, tag)


def _number(element: etree._Element | None, default: int) -> int:
    text = (element.get(f"{W}val") or "") if element is not None else ""
    return min(int(text), 100) if text.isdigit() else default


def _is_withdrawn(run: etree._Element) -> bool:
    """Whether a run is hidden or struck through."""
    marks = (run.find(f"{W}rPr/{W}{name}") for name in ("vanish", "strike", "dstrike"))
    return any(
        mark is not None and mark.get(f"{W}val") not in ("0", "false", "off") for mark in marks
    )


def _raised(element: etree._Element, pieces: list[str]) -> str:
    """The text of one run; a raised 2 after a length is the sign of a square measure."""
    text = element.text or ""
    run = element.getparent()
    place = run.find(f"{W}rPr/{W}vertAlign") if run is not None else None
    if place is not None and place.get(f"{W}val") == "superscript" and text in _SQUARES:
        return _SQUARES[text] if "".join(pieces[-2:]).endswith(_LENGTHS) else text
    return text


def _tidy(text: str) -> str:
    return everyday(re.sub(r"[^\S\u3000]+", " ", text).strip(" \u3000"))
