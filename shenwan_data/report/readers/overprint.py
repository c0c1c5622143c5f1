"""Watermarks and stamps: what is printed over the text of a page.

Belongs here: telling them from the text. Does not belong here: text that cannot be seen (``glyphs``).

A watermark is tilted, or pale, or stands upon other words in another size or colour. Where two texts of
one look stand upon one another there is no telling, and the page cannot be read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from shenwan_data.report.readers.glyphs import FIELD, TILTED, Glyph

_PALE = 0.6
# A pale paragraph is text; a pale word is a watermark.
_LONGEST_MARK = 30
_MOST_TILTED = 0.3
# Words that stand as often on a page, upon the text or pale, are a watermark all over it.
_TILES = 4


class OverprintError(Exception):
    """Two texts stand upon one another, or a page is crooked."""


def without_marks(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs of the text. Raises OverprintError."""
    straight = [glyph for glyph in glyphs if glyph.angle != TILTED]
    tilted = [glyph for glyph in glyphs if glyph.angle == TILTED and glyph.light < _PALE]
    # Marks all over a page say the same few words again and again.
    repeated = 4 * len({glyph.text for glyph in tilted}) <= len(tilted)
    if len(tilted) > _MOST_TILTED * len(glyphs) and not repeated:
        raise OverprintError("tilted")
    runs = _runs(straight)
    said = ["".join(glyph.text for glyph in run) for run in runs]
    times = Counter(said)
    tiles = {n for n, run in enumerate(runs) if len(run) > 1 and times[said[n]] >= _TILES}
    # How often each look stands in what is no tile: that of the text is the commonest.
    looks = Counter(glyph.look for n, run in enumerate(runs) for glyph in run if n not in tiles)
    pale = {
        number
        for number, run in enumerate(runs)
        if run[0].light >= _PALE
        and len(run) < _LONGEST_MARK
        and not any(glyph.text in "。；" for glyph in run)
    }
    others = sum(len(run) for number, run in enumerate(runs) if number not in tiles)
    if 2 * sum(len(runs[number]) for number in pale - tiles) > others:
        pale &= tiles
    kept = [n for n, run in enumerate(runs) if n not in pale and run[0].look[0] != FIELD]
    for one, other in _upon_one_another([(number, runs[number]) for number in kept]):
        if one in pale or other in pale:
            continue
        pale.add(_foreign(one, other, runs, looks))
    marks = {said[number] for number in pale & tiles}
    pale |= {number for number in tiles if said[number] in marks}
    return [glyph for number, run in enumerate(runs) if number not in pale for glyph in run]


def _foreign(
    one: int, other: int, runs: list[list[Glyph]], looks: Counter[tuple[str, int, str]]
) -> int:
    """Which of two runs is no part of the text."""
    first, second = runs[one][0], runs[other][0]
    if first.look == second.look:
        raise OverprintError("printed over one another")
    if max(first.size, second.size) > 1.5 * min(first.size, second.size):
        return one if first.size > second.size else other
    if first.look[2] != second.look[2] or abs(first.size - second.size) > 0.1 * first.size:
        return one if looks[first.look] < looks[second.look] else other
    raise OverprintError("printed over one another")


def _runs(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs painted one after the other, in one look and on one line."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and last.look[1:] == glyph.look[1:]
            and last.angle == glyph.angle
            and abs(last.light - glyph.light) < 0.02
            and abs(last.baseline - glyph.baseline) < 0.1 * glyph.size
        ):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return runs


def _upon_one_another(runs: list[tuple[int, list[Glyph]]]) -> list[tuple[int, int]]:
    """Pairs of runs a glyph of which stands upon a glyph of the other, in order."""
    cells: dict[tuple[int, int], list[tuple[int, Glyph]]] = defaultdict(list)
    pairs: dict[tuple[int, int], None] = {}
    for number, run in runs:
        for glyph in run:
            for cell in _cells(glyph):
                for other, there in cells[cell]:
                    if other != number and _covers(glyph, there):
                        pairs[other, number] = None
                cells[cell].append((number, glyph))
    return list(pairs)


_CELL = 12.0


def _cells(glyph: Glyph) -> list[tuple[int, int]]:
    xs = range(int(glyph.left // _CELL), int(glyph.right // _CELL) + 1)
    ys = range(int(glyph.top // _CELL), int(glyph.bottom // _CELL) + 1)
    return [(x, y) for x in xs for y in ys][:400]


def _covers(one: Glyph, other: Glyph) -> bool:
    """Whether the middles of two glyphs meet; boxes of neighbouring lines may touch."""
    return _core(one.left, one.right, other.left, other.right, 0.2) and _core(
        one.top, one.bottom, other.top, other.bottom, 0.27
    )


def _core(start: float, end: float, start2: float, end2: float, share: float) -> bool:
    inset, inset2 = share * (end - start), share * (end2 - start2)
    return start + inset < end2 - inset2 and start2 + inset2 < end - inset
