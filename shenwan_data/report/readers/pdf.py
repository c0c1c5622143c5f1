"""A PDF with text as lines of text.

Belongs here: characters, lines and tables of a page, and refusing what holds no text (scans). Does
not belong here: joining lines to paragraphs (``paragraphs``) or how a table reads (``table``).
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.page import Page

from shenwan_data.errors import DataError, Text
from shenwan_data.report import table
from shenwan_data.report.readers.paragraphs import PrintedLine, join_lines
from shenwan_data.report.readers.text import everyday
from shenwan_data.report.table import Cell

# Remarks on harmless irregularities of a file are no news for the person at the keyboard.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

_UNMAPPED = re.compile(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd]")
_LATIN = re.compile(r"[A-Za-z]")


def read_pdf(content: bytes, file: Path) -> str:
    """The text of a PDF, a paragraph a line, tables linearised.

    Raises DataError for a scan (a page that is a picture), an encrypted or a damaged file, and
    for fonts that do not say which characters they print.
    """
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            pages: list[list[PrintedLine]] = []
            above: _Above = _Above([], None)
            for number, page in enumerate(pdf.pages, 1):
                lines, above = _page_lines(page, number, above)
                pages.append(lines)
            scanned = [
                number
                for number, page in enumerate(pdf.pages, 1)
                if not pages[number - 1] and _is_picture(page)
            ]
    # The library raises whatever the broken part leads to; to the reader it is one thing.
    except Exception as error:
        raise _unreadable(error, file) from error
    if scanned:
        raise DataError(
            Text(
                "这是扫描件：页面是图片，没有可读取的文字",
                "a scan: the page is a picture and holds no text",
            ),
            file=file,
            place=f"page {', '.join(map(str, scanned))}",
            remedy=Text(
                "请向发布单位索取文字版（.docx、网页），或人工录入并校对为 .txt",
                "ask the publisher for a text version (.docx, web page) or type it in as .txt",
            ),
        )
    text = "\n".join(join_lines([line for lines in pages for line in lines]))
    unmapped = _UNMAPPED.findall(text)
    if unmapped:
        raise DataError(
            Text(
                f"字体缺少文字对照表，{len(unmapped)} 个字符无法识别",
                f"a font does not say which characters it prints: {len(unmapped)} unreadable",
            ),
            file=file,
            place=f"page {_page_of(pages)}",
            remedy=Text(
                "请向发布单位索取 Word 版或网页版",
                "ask the publisher for the Word file or the web page",
            ),
        )
    return text


def _page_of(pages: Sequence[Sequence[PrintedLine]]) -> int:
    for number, lines in enumerate(pages, 1):
        if any(_UNMAPPED.search(line.text) for line in lines):
            return number
    return 1


def _unreadable(error: Exception, file: Path) -> DataError:
    causes: list[object] = [error, *error.args, error.__cause__, error.__context__]
    if any(isinstance(cause, PDFPasswordIncorrect) for cause in causes):
        return DataError(
            Text("PDF 已加密，需要密码才能读取", "the PDF is encrypted and needs a password"),
            file=file,
            remedy=Text("请另存为不加密的 PDF 后重试", "save it without encryption and try again"),
        )
    return DataError(
        Text("不是有效的 PDF，或文件已损坏", "not a valid PDF, or damaged"),
        file=file,
        remedy=Text("请重新下载该文件", "download the file again"),
    )


def _is_picture(page: Page) -> bool:
    area = float(page.width * page.height) or 1.0
    covered = sum(max(0.0, float(i["width"])) * max(0.0, float(i["height"])) for i in page.images)
    return covered > 0.3 * area


@dataclass(frozen=True, slots=True)
class _Above:
    """What a table that goes on from the page before has from there: its header and its unit."""

    head: table.Grid
    unit: str | None

    def goes_on_as(self, head: table.Grid, columns: int) -> bool:
        """Whether a table with this header (empty for none) is the rest of the one above."""
        if not self.head:
            return False
        if not head:
            return len(self.head[0]) == columns
        return [[cell.text for cell in row] for row in head] == [
            [cell.text for cell in row] for row in self.head
        ]


def _page_lines(page: Page, number: int, above: _Above) -> tuple[list[PrintedLine], _Above]:
    """The lines of a page from top to bottom, each table as lines of its own in its place.

    ``above`` is of the last table of the page before, for a table that goes on here; that of this
    page's last table is given back.
    """
    last = _Above([], None)
    height = float(page.height)
    chars = [c for c in page.dedupe_chars().chars if c["upright"] and c["text"].strip()]
    lines: list[PrintedLine] = []
    inside: set[int] = set()
    for found in page.find_tables():
        within = [i for i, char in enumerate(chars) if _in_box(char, found.bbox)]
        grid = _grid(found, [chars[i] for i in within])
        if not within or not table.is_data_table(grid):
            continue  # A frame around text; its lines are read as text.
        own = table.header(grid)
        goes_on = above.goes_on_as(own, len(grid[0]))
        if goes_on and not own:
            own, grid = above.head, [*(list(row) for row in above.head), *grid]
        inside.update(within)
        left, top, right, bottom = (float(edge) for edge in found.bbox)
        before = _lines(
            [c for i, c in enumerate(chars) if i not in inside and c["top"] < top], number, height
        )
        unit = table.unit_line(before[-1].text) if before else None
        unit = unit or (above.unit if goes_on else None)
        above, last = _Above([], None), _Above(own, unit)
        for place, text in enumerate(table.linearise(grid, unit)):
            at = top + place * 1e-3
            lines.append(
                PrintedLine(text, number, left, right, at, bottom, 0.0, height, whole=True)
            )
    lines.extend(_lines([c for i, c in enumerate(chars) if i not in inside], number, height))
    return sorted(lines, key=lambda line: line.top), last


def _in_box(char: dict[str, Any], box: Sequence[float]) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _grid(found: Any, chars: list[dict[str, Any]]) -> list[list[Cell]]:
    """The cells at every crossing of a row and a column, merged cells at each they cover."""
    boxes = [tuple(float(edge) for edge in box) for box in found.cells]
    cells = {
        box: Cell(
            "".join(line.text for line in _lines([c for c in chars if _in_box(c, box)], 0, 0.0))
        )
        for box in boxes
    }
    across = sorted({round(box[0], 1) for box in boxes} | {round(box[2], 1) for box in boxes})
    down = sorted({round(box[1], 1) for box in boxes} | {round(box[3], 1) for box in boxes})
    across, down = _apart(across), _apart(down)
    empty = Cell("")
    grid = []
    for top, bottom in pairwise(down):
        row = []
        for left, right in pairwise(across):
            spot = {"x0": left, "x1": right, "top": top, "bottom": bottom}
            row.append(next((cells[box] for box in boxes if _in_box(spot, box)), empty))
        grid.append(row)
    return grid


def _apart(edges: list[float]) -> list[float]:
    """Edges that are the same ruled line, but for its thickness, taken as one."""
    kept: list[float] = []
    for edge in edges:
        if not kept or edge - kept[-1] > 3:
            kept.append(edge)
    return kept


def _lines(chars: list[dict[str, Any]], page: int, height: float) -> list[PrintedLine]:
    """Characters put into lines: those whose middles lie within one another's height."""
    rows: list[list[dict[str, Any]]] = []
    for char in sorted(chars, key=lambda c: ((c["top"] + c["bottom"]) / 2, c["x0"])):
        middle = (char["top"] + char["bottom"]) / 2
        if (
            rows
            and middle < rows[-1][0]["bottom"]
            and middle - _middle(rows[-1]) < char["size"] / 2
        ):
            rows[-1].append(char)
        else:
            rows.append([char])
    return [_line(sorted(row, key=lambda c: c["x0"]), page, height) for row in rows]


def _middle(row: list[dict[str, Any]]) -> float:
    return float((row[0]["top"] + row[0]["bottom"]) / 2)


def _line(row: list[dict[str, Any]], page: int, height: float) -> PrintedLine:
    text = ""
    for place, char in enumerate(row):
        if place and _LATIN.search(text[-1]) and _LATIN.match(char["text"]):
            gap = char["x0"] - row[place - 1]["x1"]
            text += " " if gap > 0.2 * char["size"] else ""
        text += char["text"]
    return PrintedLine(
        text=everyday(text),
        page=page,
        left=float(row[0]["x0"]),
        right=float(row[-1]["x1"]),
        top=float(min(char["top"] for char in row)),
        bottom=float(max(char["bottom"] for char in row)),
        size=float(max(char["size"] for char in row)),
        height=height,
    )
