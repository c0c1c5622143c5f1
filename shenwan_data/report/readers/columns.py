"""How the rows of a page belong together: columns of text, tables without rules, or one text.

Belongs here: judging what stands on the two sides of a strip that no row crosses. Does not belong
here: finding strips (``bands``), ruled tables and the page as a whole (``pdf``), paragraphs (``paragraphs``).

A strip that several rows leave free, with text on both sides, parts columns or the cells of a table.
Where both sides are running text, the left column is read before the right; where they are short entries
with values, each row is read under its headers. What is neither cannot be read, and is said so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shenwan_data.report import table
from shenwan_data.report.readers.bands import FEWEST_ROWS, NARROWEST, Strip, find_band, gaps_of
from shenwan_data.report.readers.baselines import Row, row_text
from shenwan_data.report.readers.glyphs import Glyph
from shenwan_data.report.table import Cell


class LayoutError(Exception):
    """Rows of a page that are neither text, columns nor a table."""


@dataclass(frozen=True, slots=True)
class Block:
    """A line of text in a column (0 for the page as a whole), or the lines of a table."""

    lines: tuple[str, ...]
    row: Row
    column: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruled table, read already: its lines and where it stands."""

    lines: tuple[str, ...]
    row: Row


_SHORT = 12
_RUNNING = 6
_MARKER = re.compile(
    r"[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.、．]?|[①-⑳●○■□◆◇▪·•–—\-*]|第?[一二三四五六七八九十]{1,3}[是章节条]?"
)
_VALUE = re.compile(
    r"[约近超达共]?[+\-－−]?[\d０-９][\d０-９,，.．]*\s*[^\d，。；、\s]{0,5}|[-—–－/／\s]+"
)

_COUNTED = re.compile(r"[\d０-９][\d０-９,，.．]*\s*[^\d，。；、\s年月日号期.．)）]{1,5}")


def blocks_of(rows: Sequence[Row], ruled: Sequence[Ruled] = (), column: int = 0) -> list[Block]:
    """The blocks of a page in reading order. Raises LayoutError."""
    if ruled:
        first = min(ruled, key=lambda one: one.row.top)
        top, bottom = first.row.top, first.row.bottom
        above = [row for row in rows if row.baseline <= top + 0.5 * row.size]
        below = [row for row in rows if row.baseline > top + 0.5 * row.size]
        beside = [row for row in below if row.baseline < bottom]
        rest = [one for one in ruled if one is not first]
        if beside:
            raise LayoutError("text beside a table")
        return [
            *blocks_of(above, (), column),
            Block(first.lines, first.row, column, whole=True),
            *blocks_of(below, rest, column),
        ]
    band = find_band(rows)
    if band is None:
        return [block for level in _levels(rows) for block in _plain(level, column)]
    sides = _sides(rows[band.start : band.end], band.strip)
    running = [_is_running(side) for side in sides]
    # A box of figures beside the text is no column of a table that the text is the other of.
    boxed = not running[0] and any(_COUNTED.fullmatch(row_text(row.glyphs)) for row in sides[0])
    if (running != [False, True] and any(running) and not all(running)) or (running[1] and boxed):
        raise LayoutError("figures beside running text")
    if all(running):
        start, end = band.start, band.end
        inner = 2 * column + 1
        read = [*blocks_of(sides[0], (), inner), *blocks_of(sides[1], (), inner + 1)]
    else:
        start, end = band.first, band.last + 1
        read = _read_entries(rows[start:end], band.strip, column)
    return [
        *blocks_of(rows[:start], (), column),
        *read,
        *blocks_of(rows[end:], (), column),
    ]


def _levels(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows side by side at nearly one height as one, which a reader reads across."""
    found: list[list[Row]] = []
    for row in rows:
        others = found[-1] if found else []
        level = bool(others) and row.baseline - others[0].baseline < 0.5 * min(
            row.size, others[0].size
        )
        if level and all(row.left > other.right or row.right < other.left for other in others):
            others.append(row)
        else:
            found.append([row])
    return found


def _glyphs(rows: Sequence[Row]) -> list[Glyph]:
    return sorted((glyph for row in rows for glyph in row.glyphs), key=lambda g: (g.left, g.right))


def _strips(rows: Sequence[Row]) -> list[Strip]:
    """All strips inside the rows that each of them leaves free."""
    size = rows[0].size
    edge: float | None = None
    found: list[Strip] = []
    for glyph in _glyphs(rows):
        if edge is not None and glyph.left - edge >= NARROWEST * size:
            found.append((edge, glyph.left))
        edge = glyph.right if edge is None else max(edge, glyph.right)
    return found


def _parted(rows: Sequence[Row], strips: Sequence[Strip]) -> list[list[Glyph]]:
    """The characters of a visual row between the strips."""
    edges = [-1e9, *((a + b) / 2 for a, b in strips), 1e9]
    glyphs = _glyphs(rows)
    return [[g for g in glyphs if a <= (g.left + g.right) / 2 < b] for a, b in pairwise(edges)]


def _read_entries(rows: Sequence[Row], strip: Strip, column: int) -> list[Block]:
    """Rows of short entries: a table, a list with its numbers, or words set apart."""
    sides = _sides(rows, strip)
    if all(_MARKER.fullmatch(row_text(row.glyphs)) for row in sides[0]):
        # List numbers set apart from their text.
        return [block for level in _levels(rows) for block in _plain(level, column)]
    levels = _levels(rows)
    parted = [_parted(level, _strips(rows)) for level in levels]
    texts = [[row_text(cell) if cell else "" for cell in cells] for cells in parted]
    if any(_VALUE.fullmatch(text) for cells in texts for text in cells[1:] if text):
        return [_as_table(levels, parted, column)]
    short = all(len(text) <= _SHORT for cells in texts for text in cells)
    if short or len(levels) <= FEWEST_ROWS:
        return [block for level in levels for block in _plain(level, column)]
    raise LayoutError("rows that are neither columns nor a table")


def _sides(rows: Sequence[Row], strip: Strip) -> tuple[list[Row], list[Row]]:
    """The parts of rows before and behind a strip."""
    sides: tuple[list[Row], list[Row]] = ([], [])
    middle = (strip[0] + strip[1]) / 2
    for row in rows:
        for side, glyphs in (
            (sides[0], tuple(g for g in row.glyphs if g.left < middle)),
            (sides[1], tuple(g for g in row.glyphs if g.left >= middle)),
        ):
            if glyphs:
                side.append(Row(glyphs))
    return sides


def _plain(rows: Sequence[Row], column: int) -> list[Block]:
    glyphs = tuple(_glyphs(rows))
    return [Block((row_text(glyphs),), Row(glyphs), column, whole=False)]


def _is_running(side: Sequence[Row]) -> bool:
    """Whether the rows of one side are running text: long, with commas, most of them full."""
    parts = [part for row in side for part in _segments(row)]
    if len(parts) < FEWEST_ROWS - 1:
        return False
    texts = [row_text(part) for part in parts]
    if sum(1 for text in texts if _VALUE.fullmatch(text)) * 4 > len(texts):
        return False
    long = sorted(len(text) for text in texts)[len(texts) // 2] >= _RUNNING
    # The right edges that several rows share are margins.
    ends = Counter(round(part[-1].right / (1.5 * part[-1].size)) for part in parts)
    full = sum(
        1
        for part in parts
        if sum(ends[round(part[-1].right / (1.5 * part[-1].size)) + by] for by in (-1, 0, 1)) > 1
    )
    marks = sum(text.count(mark) for text in texts for mark in "，。、；")
    return long and 2 * full >= len(parts) and marks * 4 >= len(texts)


def _segments(row: Row) -> list[tuple[Glyph, ...]]:
    """The parts of a row between its gaps."""
    starts = [start for _, start in gaps_of(row.glyphs)]
    edges = [-1e9, *starts, 1e9]
    return [
        part
        for a, b in pairwise(edges)
        if (part := tuple(glyph for glyph in row.glyphs if a <= glyph.left < b))
    ]


def _as_table(
    levels: Sequence[Sequence[Row]], parted: Sequence[Sequence[Sequence[Glyph]]], column: int
) -> Block:
    """A table without rules, its cells told by the strips. Raises LayoutError where rows don't fit."""
    grid: list[list[list[str]]] = []
    above: float | None = None
    for rows, cells in zip(levels, parted, strict=True):
        texts = [row_text(cell) if cell else "" for cell in cells]
        has_value = any(_VALUE.fullmatch(text) for text in texts[1:] if text)
        goes_on = (
            grid
            and above is not None
            and not has_value
            and not texts[0]
            and rows[0].top - above < 1.6 * rows[0].size
        )
        if goes_on:
            for cell, text in zip(grid[-1], texts, strict=True):
                if text:
                    cell.append(text)
        elif has_value and not texts[0]:
            raise LayoutError("a row of values without its label")
        else:
            grid.append([[text] if text else [] for text in texts])
        above = rows[0].top
    cells_of = [[Cell("".join(cell)) for cell in line] for line in grid]
    glyphs = tuple(_glyphs([row for rows in levels for row in rows]))
    box = Row(tuple(sorted(glyphs, key=lambda g: (g.left, g.right))))
    if not table.is_data_table(cells_of):
        raise LayoutError("rows that are neither columns nor a table")
    return Block(tuple(table.linearise(cells_of)), box, column, whole=True)
