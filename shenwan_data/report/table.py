"""A table of figures as sentences.

Belongs here: turning a grid of cells, from any source format, into lines of text in which every
figure stands behind its row and column header. Does not belong here: finding tables in a file
(``html``, ``docx``, ``pdf``).

How a table reads as text
-------------------------
One line per row, one clause per cell: row headers, column headers, value, unit::

    项目      案件数（宗）  罚款（万元）
    行政处罚       142         405.23    ->  行政处罚案件数142宗，行政处罚罚款405.23万元。
    行政强制         3            -      ->  行政强制案件数3宗。

- The unit (a word of ``schemas/units.csv``) comes from the end of a header (``罚款（万元）``), from a
  column named 单位, or from a line ``单位：件、万元`` on top, and is put behind a number that has none.
  A unit of the line on top goes only where the headers do not speak of something else: no 件 behind
  a sum, no 万元 behind a number of cases.
- A scale without a unit (``惠及群众（万）``, ``单位：万``) goes behind the number with the unit that the
  header names: ``资料份数`` 1.2 is 1.2万份.
- Empty cells, ``-``, ``—`` and ``/`` say nothing and are left out; ``0`` is a figure and stays.
- A merged cell counts for every row and column it covers; a cell over the full width is a line.
- Where header and value would run together (``第1`` and ``42``) a colon stands between them, as it
  does before words (``责任单位：司法所``). The running number (序号) of a row is left out.
- Without a header row, labels and values alternate: ``案件数 | 142宗 | 听证 | 3次``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shenwan_data.report.header import (
    UNIT_LINE,
    fitting_unit,
    is_unit,
    scaled_unit,
    split_unit,
    unit_line,
)


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One cell. A merged cell is the same object at every place of the grid that it covers."""

    text: str
    header: bool = False


Grid = Sequence[Sequence[Cell]]

_BLANK = re.compile(r"[-—–－/／\\＼.…·\s]*")
_HEDGE = r"(?:约|近|超过?|逾|达|共|不少于|不足)?"
_BARE = re.compile(_HEDGE + r"[+\-－−]?[\d０-９][\d０-９,，.．]*[余多]?")
_VALUE = re.compile(
    _HEDGE + r"[+\-－−]?[\d０-９][\d０-９,，.．]*\s*[^\d０-９\s，。；、：:()（）]{0,8}"
)
_TIME = re.compile(r"(?:年度?|月份?|日|季度?)$|[\d０-９](?:年|[-/.]\d+[-/.])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SPACED = re.compile(r"[一-鿿](?:\s+[一-鿿])+")
_JUST_NUMBER = frozenset(("数值", "数据", "数字", "数目", "具体数值", "数值情况", "统计值", "值"))
_RUNNING = ("序号", "编号", "项次", "序", "No.", "NO.")
_RUNS_ON = re.compile(r"[\d０-９A-Za-z.一二三四五六七八九十百千万亿两〇零几第]$")


def cell_text(lines: Sequence[str]) -> str:
    """The text of a cell of several lines. Two numbers one below the other are two, not one."""
    text = ""
    for line in lines:
        line = line.strip()
        if text and line and text[-1].isdigit() and line[0].isdigit():
            text += "；"
        text += line
    return text


def is_data_table(grid: Grid) -> bool:
    """Whether a grid holds figures or short entries, rather than laying out a page."""
    rows = _trimmed(grid)
    texts = {id(cell): cell.text for row in rows for cell in row if not _is_blank(cell)}
    if not rows or len(rows[0]) < 2 or len(texts) < 2:
        return False
    if any(text.count("。") > 1 or len(text) > 200 for text in texts.values()):
        return False
    short = sum(1 for text in texts.values() if len(text) <= 60)
    has_value = any(_is_value(text) for text in texts.values())
    return short >= 0.8 * len(texts) and (has_value or len(rows) > 1)


def header(grid: Grid) -> Grid:
    """The header rows of a table, for the part of it on the next page; empty when it has none."""
    rows = _trimmed(grid)
    while rows and _full_width(rows[0]) is not None:
        rows = rows[1:]
    return rows[: _header_rows(rows)]


def linearise(grid: Grid, unit: str | None = None) -> list[str]:
    """The lines of a table. ``unit`` (see ``unit_line``) is for numbers that no header gives one."""
    rows = _trimmed(grid)
    lines: list[str] = []
    while rows and (wide := _full_width(rows[0])) is not None:
        unit = unit_line(wide) or unit
        rest = UNIT_LINE.sub("", wide).strip()
        if rest:
            lines.append(rest)
        rows = rows[1:]
    if not rows:
        return lines
    depth = _header_rows(rows)
    if depth == 0:
        lines.extend(line for row in rows if (line := _pairs(row, unit)))
        return lines
    return lines + _under_headers(rows[:depth], rows[depth:], unit)


def _under_headers(head: list[list[Cell]], body: list[list[Cell]], unit: str | None) -> list[str]:
    columns = range(len(head[0]))
    titles = [
        [_with_year(text) for text in _distinct([row[column] for row in head])]
        for column in columns
    ]
    leaf = [title[-1] if title else "" for title in titles]
    skipped = {column for column in columns if leaf[column] in _RUNNING}
    # A header that is only 单位：万人次 gives the unit of the whole table.
    unit = next((found for text in leaf if (found := _only_unit(text))), unit)
    unit_column = next((c for c in columns if leaf[c] in ("单位", "计量单位")), None)
    if unit_column is not None and not all(
        is_unit(row[unit_column].text) or _is_blank(row[unit_column]) for row in body
    ):
        unit_column = None  # 单位 here is an office that does the work, not a unit of measure.
    labels: list[int] = []
    for column in columns:
        if column in skipped or column == unit_column:
            continue
        years = leaf[column] in ("年份", "年度", "年")
        if not years and any(_is_value(row[column].text) for row in body):
            break
        labels.append(column)
    if len(labels) + len(skipped) + (unit_column is not None) == len(head[0]):
        labels = []  # No column holds figures: every cell is an entry of its own.
    lines = []
    for row in body:
        wide = _full_width(row)
        if wide is not None:
            lines.append(wide)
            continue
        own = row[unit_column].text if unit_column is not None else ""
        # In the column of running numbers a word such as 合计 is what names the row.
        named = [c for c in columns if c in labels or (c in skipped and not _runs(row[c].text))]
        names = [_with_year(text) for text in _distinct([row[c] for c in named])]
        clauses = []
        said: set[int] = set()
        for column in columns:
            cell = row[column]
            if column in skipped or column == unit_column or column in labels:
                continue
            if _is_blank(cell) or (id(cell) in said and titles[column] == titles[column - 1]):
                continue
            said.add(id(cell))
            fallback = own if not _BLANK.fullmatch(own) else unit
            clauses.append(_clause([*names, *titles[column]], cell.text, fallback))
        if clauses:
            lines.append("，".join(clauses) + "。")
    return lines


def _only_unit(text: str) -> str | None:
    return unit_line(text) if UNIT_LINE.fullmatch(text) else None


def _pairs(row: list[Cell], unit: str | None) -> str:
    """A row without headers above it: labels, each followed by its value."""
    wide = _full_width(row)
    if wide is not None:
        return wide
    clauses: list[str] = []
    names: list[str] = []
    for text in _distinct(row):
        if _is_value(text):
            clauses.append(_clause(names, text, unit))
            names = []
        else:
            names.append(text)
    if names:
        clauses.append("：".join(names))
    return "，".join(clauses) + "。" if clauses else ""


def _clause(names: list[str], value: str, unit: str | None) -> str:
    """One cell as a clause. The unit of the innermost header is nearest to the value and wins."""
    kept: list[str] = []
    found: str | None = None
    for name in reversed(names):
        stripped, own = split_unit(name)
        found = found or own
        kept.insert(0, stripped.rstrip("：: "))
    # 行政处罚案件 | 数值: the word for the column says no more than that there is a number.
    said = [name for name in kept if name and name not in _JUST_NUMBER]
    title = "".join(said or kept)
    if not _is_value(value):
        return f"{title}：{value.rstrip('。')}" if title else value.rstrip("。")
    if _BARE.fullmatch(value):
        value += scaled_unit(found, kept) if found else (fitting_unit(kept, unit) if unit else "")
    return f"{title}：{value}" if _RUNS_ON.search(title) else title + value


def _header_rows(rows: list[list[Cell]]) -> int:
    """How many rows on top hold no figures: the first, and those a merged cell ties to it."""
    if len(rows) < 2 or not _is_header(rows[0]):
        return 0
    depth = 1
    while depth + 1 < len(rows) and _is_header(rows[depth]):
        above, row = rows[depth - 1], rows[depth]
        merged_across = any(a is b and not _is_blank(a) for a, b in pairwise(above))
        merged_down = any(a is b and not _is_blank(a) for a, b in zip(above, row, strict=True))
        if not (merged_across or merged_down or all(cell.header for cell in row)):
            break
        depth += 1
    return depth


def _is_header(row: list[Cell]) -> bool:
    if all(cell.header for cell in row):
        return True
    return not any(_is_value(cell.text) and not _YEAR.fullmatch(cell.text) for cell in row)


def _distinct(cells: Sequence[Cell]) -> list[str]:
    """The texts of the cells that say something, a merged cell once."""
    texts: list[str] = []
    seen: set[int] = set()
    for cell in cells:
        if id(cell) not in seen and not _is_blank(cell):
            seen.add(id(cell))
            texts.append(cell.text)
    return texts


def _runs(text: str) -> bool:
    """Whether a cell is a running number: 3, （3）, 三."""
    return re.fullmatch(r"[（(]?(?:\d+|[一二三四五六七八九十]+)[)）.、]?", text) is not None


def _with_year(text: str) -> str:
    return f"{text}年" if _YEAR.fullmatch(text) else text


def _full_width(row: list[Cell]) -> str | None:
    """The text of a row that is one merged cell."""
    return row[0].text if len(row) > 1 and all(cell is row[0] for cell in row) else None


def _is_blank(cell: Cell) -> bool:
    return _BLANK.fullmatch(cell.text) is not None


def _is_value(text: str) -> bool:
    return _VALUE.fullmatch(text) is not None and _TIME.search(text) is None


def _trimmed(grid: Grid) -> list[list[Cell]]:
    """The grid made rectangular, without empty rows and columns, 合　计 written as one word."""
    width = max((len(row) for row in grid), default=0)
    empty = Cell("")
    closed: dict[int, Cell] = {}
    rows = [
        [*(_closed(cell, closed) for cell in row), *[empty] * (width - len(row))] for row in grid
    ]
    rows = [row for row in rows if any(cell.text.strip() for cell in row)]
    columns = [c for c in range(width) if any(row[c].text.strip() for row in rows)]
    return [[row[c] for c in columns] for row in rows]


def _closed(cell: Cell, closed: dict[int, Cell]) -> Cell:
    """The cell without the spaces that stretch a word of it; a merged cell stays one object."""
    if not _SPACED.fullmatch(cell.text):
        return cell
    return closed.setdefault(id(cell), Cell(re.sub(r"\s+", "", cell.text), cell.header))
