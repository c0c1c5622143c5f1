"""A Word file (.docx) as lines of text.

Belongs here: paragraphs, tables, text boxes and notes in the order of the document. Does not belong
here: list numbers (``numbering``) or how a table reads (``table``).

What a reader of the printed document does not see is left out: tracked deletions, hidden text,
words in the colour of the page, field codes, the table of contents, page headers and footers. So is
what is struck through, which its author has taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from shenwan_data.errors import DataError, Text
from shenwan_data.report import table
from shenwan_data.report.header import unit_line
from shenwan_data.report.readers.characters import everyday
from shenwan_data.report.readers.formulas import M, field_text, formula
from shenwan_data.report.readers.looks import Looks
from shenwan_data.report.readers.numbering import Numbering, W, read_numbering
from shenwan_data.report.readers.parts import (
    Parts,
    TooLongError,
    chunk_lines,
    read_parts,
    unreadable,
)
from shenwan_data.report.readers.substance import says_something
from shenwan_data.report.readers.superscript import raised
from shenwan_data.report.table import Cell

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OMITTED = frozenset(
    (f"{W}del", f"{W}moveFrom", f"{W}delText", f"{W}delInstrText", f"{W}pPr",
     f"{W}rPr", f"{W}rt", f"{_MC}Fallback")
)  # fmt: skip
_CONTAINERS = frozenset(
    (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo", f"{W}smartTag")
)
_SIGNS = {
    f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": " ", f"{W}ptab": " ", f"{W}noBreakHyphen": "-"
}  # fmt: skip
_CONTENTS = re.compile(r"(?:toc|目录)\s*\d*", re.I)
_PICTURES = (f"{W}drawing", f"{W}pict", f"{W}object")
_CHUNK = f"{W}altChunk"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Cells of one table, those that a merged cell covers included; a page of print holds some hundreds.
_MOST_PLACES = 100_000


def read_docx(content: bytes, file: Path) -> str:
    """The text of a .docx, a paragraph a line, tables linearised. Raises DataError when damaged."""
    try:
        parts = read_parts(content)
        text = _Document(parts, file).text()
    except (DataError, MemoryError):
        raise
    except TooLongError as error:
        raise _damaged(
            file,
            Text("文件展开后过大，不像报告", "the file unfolds to more than a report can hold"),
        ) from error
    # Zip and XML raise whatever the broken part leads to; to the reader it is one thing.
    except Exception as error:
        raise _damaged(
            file,
            Text(
                "不是有效的 Word 文件（.docx），或文件已损坏",
                "not a valid Word file (.docx), or damaged",
            ),
        ) from error
    if not says_something(text) and next(parts.document.iter(*_PICTURES), None) is not None:
        raise DataError(
            Text(
                "这份 Word 文件的正文是图片，没有可读取的文字",
                "the Word file shows pictures and holds no text to read",
            ),
            file=file,
            remedy=Text(
                "请向发布单位索取文字版，或人工录入并校对为 .txt",
                "ask the publisher for a text version, or type it in as .txt",
            ),
        )
    return text


def _damaged(file: Path, problem: Text) -> DataError:
    return DataError(
        problem,
        file=file,
        remedy=Text(
            "请在 Word 或 WPS 中打开原文件并另存为 .docx",
            "open the original in Word or WPS and save it as .docx",
        ),
    )


class _Document:
    """One document being read: its notes by kind and number, and how far its lists have counted."""

    def __init__(self, parts: Parts, file: Path) -> None:
        self.parts = parts
        self.file = file
        body = parts.document.find(f"{W}body")
        if body is None:
            raise ValueError("a document without a body")
        self.body: etree._Element = body
        self.notes: dict[tuple[str, str], etree._Element] = {}
        self.contents: set[str] = set()
        for kind, tag in (("footnotes", "footnote"), ("endnotes", "endnote")):
            if kind in parts.kinds:
                for note in parts.kinds[kind].iterfind(f"{W}{tag}"):
                    self.notes[tag, note.get(f"{W}id") or ""] = note
        styles = parts.kinds.get("styles")
        if styles is not None:
            for style in styles.iterfind(f"{W}style"):
                own = style.get(f"{W}styleId") or ""
                name = style.find(f"{W}name")
                if name is not None and _CONTENTS.match(name.get(f"{W}val") or ""):
                    self.contents.add(own)
        # The codes of the fields that are open.
        self.codes: list[str] = []
        self.looks = Looks(parts.document, styles)
        self.numbering: Numbering = read_numbering(parts.kinds.get("numbering"), styles)

    def text(self) -> str:
        return "\n".join(self._lines(self.body))

    def _lines(self, parent: etree._Element) -> list[str]:
        lines: list[str] = []
        begun = ""
        for block in _blocks(parent):
            if block.tag == f"{W}p":
                own = self._paragraph(block, begun)
                begun = ""
                # Where a revision deleted the end of the paragraph, the next one goes on with it.
                if own and _is_deleted(block):
                    begun = own.pop()
                lines.extend(own)
            elif block.tag == _CHUNK:
                lines.extend(self._chunk(block))
            else:
                unit = unit_line(lines[-1]) if lines else None
                lines.extend(self._table(block, unit))
        return [*lines, begun] if begun else lines

    def _chunk(self, element: etree._Element) -> list[str]:
        """A document inside the document (altChunk), which Word shows in its place."""
        relation = element.get(_ID) or ""
        try:
            name, content = self.parts.content(relation)
        except KeyError:
            raise unreadable(relation, self.file) from None
        return [_tidy(line) for line in chunk_lines(name, content, self.file) if _tidy(line)]

    def _paragraph(self, paragraph: etree._Element, begun: str) -> list[str]:
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") in self.contents:
            return []
        pieces: list[str] = [begun] if begun else []
        later: list[etree._Element] = []
        self._collect(paragraph, pieces, later)
        text = "".join(pieces)
        if text.strip() and not begun:
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
                or (tag == f"{W}r" and self.looks.is_withdrawn(child))
            ):
                continue
            if tag == f"{W}r" and self._is_mark(child):
                inside: list[str] = []
                self._collect(child, inside, later)
                pieces.append(raised("".join(inside), "".join(pieces[-8:])))
            elif (said := _said(child)) is not None:
                pieces.append(said)
            elif tag in (f"{W}fldChar", f"{W}instrText"):
                self._field(child, pieces)
            elif tag == f"{W}txbxContent":
                later.append(child)
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                kind = "footnote" if tag == f"{W}footnoteReference" else "endnote"
                # A note is printed once, however often it is referred to.
                note = self.notes.pop((kind, child.get(f"{W}id") or ""), None)
                if note is not None:
                    later.append(note)
            else:
                self._collect(child, pieces, later)

    def _field(self, element: etree._Element, pieces: list[str]) -> None:
        """Begin, go on with or end a field; one that shows a formula of its code has no result."""
        mark = element.get(f"{W}fldCharType")
        if mark == "begin":
            self.codes.append("")
        elif self.codes and mark == "end":
            pieces.append(field_text(self.codes.pop(), "".join(pieces[-8:])))
        elif self.codes:
            self.codes[-1] = "" if mark == "separate" else self.codes[-1] + (element.text or "")

    def _is_mark(self, run: etree._Element) -> bool:
        """Whether a run is set above or below the line, or is a mark of its own to a note."""
        custom = (run.find(f"{W}{kind}Reference") for kind in ("footnote", "endnote"))
        if any(note is not None and note.get(f"{W}customMarkFollows") for note in custom):
            return True
        return self.looks.is_raised(run)

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
        places = 0
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
            places += len(line)
            if places > _MOST_PLACES:
                raise TooLongError("a table")
        return grid, nested

    def _cell_text(self, cell: etree._Element) -> str:
        counts = dict(self.numbering.counts)
        lines = self._lines(cell)
        self.numbering.counts = counts  # A cell that turns out to be layout is read a second time.
        return table.cell_text(lines)


def _said(element: etree._Element) -> str | None:
    """What an element of a run says by itself; None where it holds others or nothing."""
    if element.tag == f"{W}t":
        return element.text or ""
    return formula(element) if element.tag == f"{M}oMath" else _SIGNS.get(str(element.tag))


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables, also inside content controls, but not those a revision deleted."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl", _CHUNK):
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


def _is_deleted(paragraph: etree._Element) -> bool:
    """Whether a revision deleted the mark at the end of a paragraph."""
    marks = paragraph.find(f"{W}pPr/{W}rPr")
    return marks is not None and any(
        marks.find(f"{W}{name}") is not None for name in ("del", "moveFrom")
    )


def _tidy(text: str) -> str:
    return everyday(re.sub(r"[^\S\u3000]+", " ", text).strip(" \u3000"))
