"""How the rows of a page belong together: columns of text, tables without rules, or one text.

Belongs here: finding strips that no row crosses and judging what stands beside them. Does not belong
here: ruled tables and the page as a whole (``pdf``), paragraphs (``paragraphs``).

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
_MOST_CANDIDATES = 60
_SHORT = 12
_RUNNING = 6
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
    band = _band(rows)
    if band is None:
        return [block for level in _levels(rows) for block in _plain(level, column)]
    sides = _sides(rows[band.start : band.end], band.strip)
    if all(_is_running(side) for side in sides):
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


@dataclass(frozen=True, slots=True)
class _Band:
    """Rows that leave a strip free.

    From ``first`` to ``last`` both sides of it go on; from ``start`` up to ``end`` stands also what
    one side has before and behind them.
    """

    start: int
    first: int
    last: int
    end: int
    strip: Strip


def _band(rows: Sequence[Row]) -> _Band | None:
    """The band of the most rows; None where no strip has text on both sides in enough rows."""
    best: _Band | None = None
    for strip in _candidates(rows):
        sides = [_side(row, strip) for row in rows]
        start = 0
        while start < len(rows):
            end = start
            while end < len(rows) and sides[end] and (end == start or _near(rows, end)):
                end += 1
            if end > start:
                found = _shared(rows, sides, start, end, strip)
                if found is not None and (
                    best is None or found.end - found.start > best.end - best.start
                ):
                    best = found
            start = max(end, start + 1)
    return best


def _candidates(rows: Sequence[Row]) -> list[Strip]:
    """Narrow strips before the places where several rows begin or go on behind a gap."""
    starts: Counter[int] = Counter()
    places: dict[int, tuple[float, float]] = {}
    left = min((row.left for row in rows), default=0.0)
    for row in rows:
        begins = [row.left, *(end for _, end in _gaps(row.glyphs))]
        for start in begins:
            if start > left + 2 * row.size:
                key = round(start / 3)
                starts[key] += 1
                known = places.get(key, (start, row.size))
                places[key] = (min(known[0], start), min(known[1], row.size))
    # Cells that are centred or set to the right begin at many places: ends of gaps count as well.
    return [
        (places[key][0] - _NARROWEST * places[key][1], places[key][0] - 0.05)
        for key, count in starts.items()
        if count > 1 or len(starts) < _MOST_CANDIDATES
    ]


def _near(rows: Sequence[Row], place: int) -> bool:
    """Whether a row goes on from the one above; a wide gap ends a band."""
    return rows[place].top - rows[place - 1].bottom < 2.5 * rows[place].size


def _side(row: Row, strip: Strip) -> str:
    """Where a row stands: L, R, or LR of a strip; empty where it crosses it."""
    left = right = False
    for glyph in row.glyphs:
        if glyph.right <= strip[0] + 0.1:
            left = True
        elif glyph.left >= strip[1] - 0.1:
            right = True
        else:
            return ""
    return "L" * left + "R" * right


def _shared(
    rows: Sequence[Row], sides: Sequence[str], start: int, end: int, strip: Strip
) -> _Band | None:
    """The part of rows ``start`` to ``end`` over which both sides reach."""
    lefts = [place for place in range(start, end) if "L" in sides[place]]
    rights = [place for place in range(start, end) if "R" in sides[place]]
    if not lefts or not rights:
        return None
    first, last = max(lefts[0], rights[0]), min(lefts[-1], rights[-1])
    both = sum(1 for place in range(start, end) if sides[place] == "LR")
    inner_left = [place for place in lefts if first <= place <= last]
    inner_right = [place for place in rights if first <= place <= last]
    enough = min(len(inner_left), len(inner_right)) >= _FEWEST_ROWS - (both == 0)
    free = _free(rows[first : last + 1], strip) if last >= first else strip
    size = rows[first].size
    if not enough and not (both >= 2 and free[1] - free[0] >= _WIDE * size):
        return None
    # One side may begin before the other or reach further; it goes on with its rows.
    core = range(first, last + 1)
    before, behind = first, last
    while before > start and _goes_on(rows, sides, before - 1, range(before, core.stop)):
        before -= 1
    while behind + 1 < end and _goes_on(rows, sides, behind + 1, range(before, behind + 1)):
        behind += 1
    return _Band(before, first, last, behind + 1, _free(rows[first : last + 1], strip))


def _goes_on(rows: Sequence[Row], sides: Sequence[str], place: int, band: range) -> bool:
    """Whether a row of one side goes on with the rows of that side in a band."""
    row = rows[place]
    same = [rows[other] for other in band if sides[place] in sides[other]]
    if not same:
        return False
    near = min(same, key=lambda other: abs(other.baseline - row.baseline))
    return (
        abs(near.baseline - row.baseline) < 2.2 * row.size
        and abs(near.size - row.size) < 0.15 * row.size
    )


def _free(rows: Sequence[Row], strip: Strip) -> Strip:
    """The whole width that rows leave free around a strip."""
    glyphs = [glyph for row in rows for glyph in row.glyphs]
    middle = (strip[0] + strip[1]) / 2
    return (
        max((g.right for g in glyphs if g.right <= middle), default=strip[0]),
        min((g.left for g in glyphs if g.left >= middle), default=strip[1]),
    )


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


def _gaps(glyphs: Sequence[Glyph]) -> list[Strip]:
    """The free stretches inside a row, those of single spaces left out."""
    found: list[Strip] = []
    right = glyphs[0].right
    for glyph in glyphs[1:]:
        if glyph.left - right >= _NARROWEST * min(glyph.size, glyphs[0].size):
            found.append((right, glyph.left))
        right = max(right, glyph.right)
    return found


def _strips(rows: Sequence[Row]) -> list[Strip]:
    """All strips inside the rows that each of them leaves free."""
    size = rows[0].size
    edge: float | None = None
    found: list[Strip] = []
    for glyph in _glyphs(rows):
        if edge is not None and glyph.left - edge >= _NARROWEST * size:
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
    if short or len(levels) <= _FEWEST_ROWS:
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
    if len(parts) < _FEWEST_ROWS - 1:
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
    starts = [start for _, start in _gaps(row.glyphs)]
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
