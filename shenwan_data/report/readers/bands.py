"""Strips of a page that several rows leave free, with text on both sides.

Belongs here: finding the widest reach of such a strip. Does not belong here: judging what stands on its
sides (``columns``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shenwan_data.report.readers.baselines import Row
from shenwan_data.report.readers.glyphs import Glyph

Strip = tuple[float, float]

NARROWEST = 0.5
FEWEST_ROWS = 3
_WIDE = 1.0
_MOST_CANDIDATES = 60


@dataclass(frozen=True, slots=True)
class Band:
    """Rows that leave a strip free.

    From ``first`` to ``last`` both sides of it go on; from ``start`` up to ``end`` stands also what
    one side has before and behind them.
    """

    start: int
    first: int
    last: int
    end: int
    strip: Strip


def find_band(rows: Sequence[Row]) -> Band | None:
    """The band of the most rows; None where no strip has text on both sides in enough rows."""
    best: Band | None = None
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
        begins = [row.left, *(end for _, end in gaps_of(row.glyphs))]
        for start in begins:
            if start > left + 2 * row.size:
                key = round(start / 3)
                starts[key] += 1
                known = places.get(key, (start, row.size))
                places[key] = (min(known[0], start), min(known[1], row.size))
    # Cells that are centred or set to the right begin at many places: ends of gaps count as well.
    return [
        (places[key][0] - NARROWEST * places[key][1], places[key][0] - 0.05)
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
) -> Band | None:
    """The part of rows ``start`` to ``end`` over which both sides reach."""
    lefts = [place for place in range(start, end) if "L" in sides[place]]
    rights = [place for place in range(start, end) if "R" in sides[place]]
    if not lefts or not rights:
        return None
    first, last = max(lefts[0], rights[0]), min(lefts[-1], rights[-1])
    both = sum(1 for place in range(start, end) if sides[place] == "LR")
    inner_left = [place for place in lefts if first <= place <= last]
    inner_right = [place for place in rights if first <= place <= last]
    enough = min(len(inner_left), len(inner_right)) >= FEWEST_ROWS - (both == 0)
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
    return Band(before, first, last, behind + 1, _free(rows[first : last + 1], strip))


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


def gaps_of(glyphs: Sequence[Glyph]) -> list[Strip]:
    """The free stretches inside a row, those of single spaces left out."""
    found: list[Strip] = []
    right = glyphs[0].right
    for glyph in glyphs[1:]:
        if glyph.left - right >= NARROWEST * min(glyph.size, glyphs[0].size):
            found.append((right, glyph.left))
        right = max(right, glyph.right)
    return found
