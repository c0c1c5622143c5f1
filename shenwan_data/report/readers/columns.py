"""How the rows of a page belong together: columns of text, tables without rules, or one text.

Belongs here: finding strips that no row crosses and judging what stands beside them. Does not belong
here: ruled tables and the page as a whole (``pdf``), paragraphs (``paragraphs``).

A strip that several rows leave free, with text on both sides, parts columns or the cells of a table.
Where both sides are running text, the left column is read before the right; where they are short entries
with values, each row is read under its headers. What is neither cannot be read, and is said so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shenwan_data.report import table
from shenwan_data.report.readers.glyphs import Glyph
from shenwan_data.report.readers.rows import Row, row_text
from shenwan_data.report.table import Cell

Strip = tuple[float, float]


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


_NARROWEST = 0.5
_WIDE = 1.0
_FEWEST_ROWS = 3
_MARKER = re.compile(
    r"[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.、．]?|[①-⑳●○■□◆◇▪·•–—\-*]|第?[一二三四五六七八九十]{1,3}[是章节条]?"
)
_VALUE = re.compile(
    r"[约近超达共]?[+\-－−]?[\d０-９][\d０-９,，.．]*\s*[^\d，。；、\s]{0,5}|[-—–－/／\s]+"
)


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
    found: list[Block] = []
    place = 0
    merged = _visual_rows(rows)
    while place < len(merged):
        band = _band(merged, place)
        if band is None:
            for row in merged[place]:
                found.append(Block((row_text(row.glyphs),), row, column, whole=False))
            place += 1
            continue
        end, strips = band
        found.extend(_read_band(merged[place:end], strips, column))
        place = end
    return found


def _visual_rows(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows side by side at nearly one height, as in columns whose lines are not level, as one."""
    found: list[list[Row]] = []
    for row in rows:
        if found:
            others = found[-1]
            level = row.baseline - others[0].baseline < 0.6 * min(row.size, others[0].size)
            apart = all(
                row.left > other.right + _NARROWEST * row.size
                or row.right < other.left - _NARROWEST * row.size
                for other in others
            )
            if level and apart:
                others.append(row)
                others.sort(key=lambda one: one.left)
                continue
        found.append([row])
    return found


def _glyphs(rows: Sequence[Row]) -> list[Glyph]:
    return sorted((glyph for row in rows for glyph in row.glyphs), key=lambda g: (g.left, g.right))


def _gaps(glyphs: Sequence[Glyph]) -> list[Strip]:
    """The free stretches inside a row, those of single spaces left out."""
    found: list[Strip] = []
    right = glyphs[0].right
    for glyph in glyphs[1:]:
        if glyph.left - right >= _NARROWEST * min(glyph.size, glyphs[0].size):
            found.append((right, glyph.left))
        right = max(right, glyph.right)
    return found


def _band(merged: list[list[Row]], start: int) -> tuple[int, list[Strip]] | None:
    """How far a strip reaches that begins at a row, and the strips free over all of it.

    None where none has text on both sides in enough rows.
    """
    first = _glyphs(merged[start])
    size = first[0].size
    alive = _gaps(first)
    if not alive:
        return None
    edges = (min(g.left for g in first), max(g.right for g in first))
    both = 1
    last_both = start
    end = start + 1
    kept = alive
    previous = merged[start][0]
    while end < len(merged):
        glyphs = _glyphs(merged[end])
        row = merged[end][0]
        # A wide gap above a row ends what stands above it.
        if row.top - previous.bottom > 2.5 * size:
            break
        free = _gaps(glyphs)
        outer = [(-1e9, glyphs[0].left), (max(g.right for g in glyphs), 1e9)]
        shared = [
            strip
            for one in alive
            for other in [*free, *outer]
            if (strip := (max(one[0], other[0]), min(one[1], other[1])))[1] - strip[0]
            >= _NARROWEST * size
        ]
        if not shared:
            break
        alive = shared
        if any(_meets(strip, gap) for strip in shared for gap in free):
            both += 1
            last_both = end
            kept = shared
        edges = (min(edges[0], glyphs[0].left), max(edges[1], glyphs[-1].right))
        previous = row
        end += 1
    inside = [strip for strip in alive if strip[0] > edges[0] and strip[1] < edges[1]]
    wide = [strip for strip in kept if strip[1] - strip[0] >= _WIDE * size]
    if both >= _FEWEST_ROWS and inside:
        return _end_of(merged, last_both, end, inside), inside
    if both == 2 and wide and last_both == start + 1:
        return last_both + 1, wide
    return None


def _end_of(merged: list[list[Row]], last: int, end: int, strips: Sequence[Strip]) -> int:
    """Where a band ends: rows below it that one side only has go on with its column."""
    size = merged[last][0].size
    place = last + 1
    while place < end:
        row, above = merged[place][0], merged[place - 1][0]
        if row.top - above.top > 1.8 * size or abs(row.size - size) > 0.15 * size:
            break
        place += 1
    return place


def _meets(one: Strip, other: Strip) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _parted(rows: Sequence[Row], strips: Sequence[Strip]) -> list[list[Glyph]]:
    """The characters of a visual row between the strips."""
    edges = [-1e9, *((a + b) / 2 for a, b in strips), 1e9]
    glyphs = _glyphs(rows)
    return [[g for g in glyphs if a <= (g.left + g.right) / 2 < b] for a, b in pairwise(edges)]


def _read_band(merged: list[list[Row]], strips: list[Strip], column: int) -> list[Block]:
    parted = [_parted(rows, strips) for rows in merged]
    texts = [[row_text(cell) if cell else "" for cell in cells] for cells in parted]
    lead = [cells[0] for cells in texts if cells[0]]
    if len(strips) > 0 and all(_MARKER.fullmatch(text) for text in lead):
        # List numbers set apart from their text.
        if len(strips) == 1:
            return [block for rows in merged for block in _plain(rows, column)]
    best = max(strips, key=lambda strip: _crossing(parted, strips, strip))
    if _is_text(merged, best):
        left: list[Row] = []
        right: list[Row] = []
        for rows in merged:
            for side, glyphs in zip((left, right), _parted(rows, [best]), strict=True):
                if glyphs:
                    side.append(Row(tuple(glyphs)))
        inner = 2 * column + 1
        return [*blocks_of(left, (), inner), *blocks_of(right, (), inner + 1)]
    values = [text for cells in texts for text in cells[1:] if text]
    if any(_VALUE.fullmatch(text) for text in values):
        return [_as_table(merged, parted, column)]
    if len(merged) <= _FEWEST_ROWS or all(len(text) <= 12 for cells in texts for text in cells):
        return [block for rows in merged for block in _plain(rows, column)]
    raise LayoutError("rows that are neither columns nor a table")


def _crossing(
    parted: list[list[list[Glyph]]], strips: Sequence[Strip], strip: Strip
) -> tuple[int, float]:
    """In how many rows a strip has text on both sides, and how wide it is."""
    index = strips.index(strip)
    both = sum(
        1 for cells in parted if any(cells[: index + 1]) and any(cells[index + 1 :])
    )
    return both, strip[1] - strip[0]


def _plain(rows: Sequence[Row], column: int) -> list[Block]:
    glyphs = tuple(_glyphs(rows))
    return [Block((row_text(glyphs),), Row(glyphs), column, whole=False)]


def _is_text(merged: list[list[Row]], strip: Strip) -> bool:
    """Whether running text stands on both sides of a strip."""
    sides: tuple[list[Row], list[Row]] = ([], [])
    for rows in merged:
        for side, glyphs in zip(sides, _parted(rows, [strip]), strict=True):
            if glyphs:
                side.append(Row(tuple(glyphs)))
    return all(_is_running(side) for side in sides)


def _is_running(side: Sequence[Row]) -> bool:
    if len(side) < _FEWEST_ROWS - 1:
        return False
    texts = [row_text(row.glyphs) for row in side]
    if sum(1 for text in texts if _VALUE.fullmatch(text)) * 4 > len(texts):
        return False
    wide = sorted(len(text) for text in texts)[len(texts) // 2] >= 6
    right = max(row.right for row in side)
    full = sum(1 for row in side if right - row.right < 2.5 * row.size)
    marks = sum(text.count(mark) for text in texts for mark in "，。、；")
    return wide and 2 * full >= len(side) and marks * 4 >= len(texts)


def _as_table(merged: list[list[Row]], parted: list[list[list[Glyph]]], column: int) -> Block:
    """A table without rules, its cells told by the strips. Raises LayoutError where rows don't fit."""
    grid: list[list[list[str]]] = []
    above: float | None = None
    for rows, cells in zip(merged, parted, strict=True):
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
    glyphs = tuple(_glyphs([row for rows in merged for row in rows]))
    box = Row(tuple(sorted(glyphs, key=lambda g: (g.left, g.right))))
    if not table.is_data_table(cells_of):
        raise LayoutError("rows that are neither columns nor a table")
    return Block(tuple(table.linearise(cells_of)), box, column, whole=True)
