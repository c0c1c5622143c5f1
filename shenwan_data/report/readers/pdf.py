"""A PDF with text as lines of text.

Belongs here: a page from its characters to its lines, and refusing what holds no text (scans) or cannot
be read in order. Does not belong here: characters (``glyphs``), rows (``baselines``), columns (``columns``),
joining lines to paragraphs (``paragraphs``) or how a table reads (``table``).
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.page import Page

from shenwan_data.errors import DataError, Text
from shenwan_data.report import table
from shenwan_data.report.header import unit_line
from shenwan_data.report.readers.baselines import Row, row_text, rows_of
from shenwan_data.report.readers.characters import everyday
from shenwan_data.report.readers.columns import Block, LayoutError, Ruled, blocks_of
from shenwan_data.report.readers.faults import Fault, fault_of
from shenwan_data.report.readers.glyphs import Box, Glyph, Sheet, read_sheet, turned, turned_box
from shenwan_data.report.readers.overprint import OverprintError, without_marks
from shenwan_data.report.readers.paragraphs import PrintedLine, join_lines
from shenwan_data.report.table import Cell

# Remarks on harmless irregularities of a file are no news for the person at the keyboard.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

_UNMAPPED = re.compile(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd]")
_UNCLEAR = Text(
    "版面无法辨认，不能确定文字的先后", "the layout is not understood, nor the order of the text"
)
_OVERPRINTED = Text(
    "有文字印在文字上，或页面倾斜，无法辨认",
    "text is printed upon text, or the page is crooked",
)
# Turned words at the edge of a page (装订线) say nothing of the report.
_LONGEST_TURNED_NOTE = 14


def read_pdf(content: bytes, file: Path) -> str:
    """The text of a PDF, a paragraph a line, tables linearised.

    Raises DataError with the page for a scan (a page that is a picture, whatever is typed on it),
    for a layout that cannot be read in order, an encrypted or a damaged file, and for fonts that do
    not say which characters they print.
    """
    pages: list[list[PrintedLine]] = []
    faults: list[tuple[int, Text]] = []
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            above = _Above([], None)
            for number, page in enumerate(pdf.pages, 1):
                sheet = read_sheet(page)
                fault: Text | None
                try:
                    glyphs = without_marks(sheet.glyphs)
                    lines, above = _page_lines(page, sheet, glyphs, number, above)
                except LayoutError:
                    lines, fault = [], _UNCLEAR
                except OverprintError:
                    lines, fault = [], _OVERPRINTED
                else:
                    fault = _FAULTS.get(fault_of(sheet, [line.text for line in lines]))
                if fault is not None:
                    faults.append((number, fault))
                pages.append(lines)
                page.close()
    except MemoryError:
        raise
    # The library raises whatever the broken part leads to; to the reader it is one thing.
    except Exception as error:
        raise _unreadable(error, file) from error
    if faults:
        raise _refused(faults, file)
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


_FAULTS: dict[Fault | None, Text] = {
    Fault.PICTURE: Text(
        "这是扫描件：页面是图片，没有可读取的文字",
        "a scan: the page is a picture and holds no text",
    ),
    Fault.RECOGNISED: Text(
        "这是扫描件：文字是识别（OCR）结果，可能有错",
        "a scan: its text was recognised by a machine (OCR) and may be wrong",
    ),
    Fault.OUTLINES: Text(
        "页面上的文字已转成曲线，无法读取", "the words of the page are drawn as curves, not as text"
    ),
    Fault.VERTICAL: Text("文字竖排，无法读取", "the text is set vertically and cannot be read"),
}


def _refused(faults: Sequence[tuple[int, Text]], file: Path) -> DataError:
    """The error for the pages that cannot be read; the fault of the first of them is named."""
    problem = faults[0][1]
    pages = [number for number, fault in faults if fault == problem]
    return DataError(
        problem,
        file=file,
        place=f"page {', '.join(map(str, pages))}",
        remedy=Text(
            "请向发布单位索取文字版（.docx、网页），或人工录入并校对为 .txt",
            "ask the publisher for a text version (.docx, web page) or type it in as .txt",
        ),
    )


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


def _page_lines(
    page: Page, sheet: Sheet, glyphs: Sequence[Glyph], number: int, above: _Above
) -> tuple[list[PrintedLine], _Above]:
    """The lines of a page in reading order, each table as lines of its own in its place.

    ``above`` is of the last table of the page before, for a table that goes on here; that of this
    page's last table is given back. Text of another direction is read behind the level text.
    """
    tables = [
        [_plain_box(box) for box in found.cells]
        for found in (page.find_tables() if sheet.paths else [])
    ]
    angles = Counter(glyph.angle for glyph in glyphs)
    most = max(angles.values(), default=0)
    lines: list[PrintedLine] = []
    last = _Above([], None)
    for angle in sorted(angles):
        own = [glyph for glyph in glyphs if glyph.angle == angle]
        if angle and len(own) <= _LONGEST_TURNED_NOTE and most > 10 * len(own):
            continue
        level = [turned(glyph, angle, sheet.width, sheet.height) for glyph in own]
        cells = [
            [turned_box(box, angle, sheet.width, sheet.height) for box in boxes] for boxes in tables
        ]
        height = sheet.height if angle in (0, 180) else sheet.width
        part, found_last = _level_lines(level, cells, number, above, height, angle)
        lines.extend(part)
        if found_last.head:
            last = found_last
    return lines, last


def _plain_box(box: Sequence[float]) -> Box:
    return float(box[0]), float(box[1]), float(box[2]), float(box[3])


def _level_lines(
    glyphs: Sequence[Glyph],
    tables: Sequence[Sequence[Box]],
    page: int,
    above: _Above,
    height: float,
    column: int,
) -> tuple[list[PrintedLine], _Above]:
    last = _Above([], None)
    ruled: list[Ruled] = []
    inside: set[int] = set()
    for boxes in sorted(tables, key=lambda boxes: min(box[1] for box in boxes)):
        around = (
            min(box[0] for box in boxes), min(box[1] for box in boxes),
            max(box[2] for box in boxes), max(box[3] for box in boxes),
        )  # fmt: skip
        within = [glyph for glyph in glyphs if _in_box(glyph, around)]
        grid = _grid(boxes, within)
        if not within or not table.is_data_table(grid):
            continue  # A frame around text; its lines are read as text.
        own = table.header(grid)
        goes_on = above.goes_on_as(own, len(grid[0]))
        if goes_on and not own:
            own, grid = above.head, [*(list(row) for row in above.head), *grid]
        inside.update(id(glyph) for glyph in within)
        before = rows_of([g for g in glyphs if id(g) not in inside and g.bottom < around[1] + 1])
        unit = unit_line(row_text(before[-1].glyphs)) if before else None
        unit = unit or (above.unit if goes_on else None)
        above, last = _Above([], None), _Above(own, unit)
        ruled.append(Ruled(tuple(table.linearise(grid, unit)), Row(tuple(within))))
    rows = rows_of([glyph for glyph in glyphs if id(glyph) not in inside])
    # Turned text has margins of its own, as a column has.
    blocks = blocks_of(rows, ruled, column)
    return [line for block in blocks for line in _printed(block, page, height)], last


def _printed(block: Block, page: int, height: float) -> list[PrintedLine]:
    row = block.row
    return [
        PrintedLine(
            text=everyday(text),
            page=page,
            left=row.left,
            right=row.right,
            top=row.top + place * 1e-3,
            bottom=row.bottom,
            size=row.size,
            height=height,
            whole=block.whole,
            column=block.column,
        )
        for place, text in enumerate(block.lines)
    ]


def _in_box(glyph: Glyph, box: Sequence[float]) -> bool:
    x, y = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _grid(boxes: Sequence[Box], glyphs: Sequence[Glyph]) -> list[list[Cell]]:
    """The cells at every crossing of a row and a column, merged cells at each they cover."""
    cells = {
        box: Cell(
            table.cell_text(
                [row_text(row.glyphs) for row in rows_of([g for g in glyphs if _in_box(g, box)])]
            )
        )
        for box in boxes
    }
    across = _apart(sorted({round(edge, 1) for box in boxes for edge in (box[0], box[2])}))
    down = _apart(sorted({round(edge, 1) for box in boxes for edge in (box[1], box[3])}))
    empty = Cell("")
    grid = []
    for top, bottom in pairwise(down):
        row = []
        for left, right in pairwise(across):
            x, y = (left + right) / 2, (top + bottom) / 2
            row.append(
                next((cells[b] for b in boxes if b[0] <= x <= b[2] and b[1] <= y <= b[3]), empty)
            )
        grid.append(row)
    return grid


def _apart(edges: list[float]) -> list[float]:
    """Edges that are the same ruled line, but for its thickness, taken as one."""
    kept: list[float] = []
    for edge in edges:
        if not kept or edge - kept[-1] > 3:
            kept.append(edge)
    return kept
