"""Characters of a page put into rows, and rows into text.

Belongs here: what stands on one line, marks raised above it, the spaces a reader sees. Does not belong
here: columns and tables (``columns``), paragraphs (``paragraphs``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from shenwan_data.report.readers.glyphs import FIELD, Glyph
from shenwan_data.report.readers.superscript import raised

_LATIN = re.compile(r"[A-Za-z]")
_DIGIT = re.compile(r"[\d０-９.．,，%％]$")
_SMALL = 0.82
_LONGEST_MARK = 6


@dataclass(frozen=True, slots=True)
class Row:
    """The characters of one line, from left to right."""

    glyphs: tuple[Glyph, ...]

    @property
    def left(self) -> float:
        """Where the row begins."""
        return self.glyphs[0].left

    @property
    def right(self) -> float:
        """Where the row ends."""
        return max(glyph.right for glyph in self.glyphs)

    @property
    def top(self) -> float:
        """The top of its tallest character."""
        return min(glyph.top for glyph in self.glyphs)

    @property
    def bottom(self) -> float:
        """The bottom of its lowest character."""
        return max(glyph.bottom for glyph in self.glyphs)

    @property
    def baseline(self) -> float:
        """The line the characters stand on."""
        return self.glyphs[0].baseline

    @property
    def size(self) -> float:
        """The height of its characters."""
        return max(glyph.size for glyph in self.glyphs)


def rows_of(glyphs: Sequence[Glyph]) -> list[Row]:
    """The rows of a page from top to bottom: characters that stand on one line."""
    found: list[list[Glyph]] = []
    for glyph in sorted(_with_marks(glyphs), key=lambda g: (g.baseline, g.left)):
        if found and glyph.baseline - found[-1][0].baseline < 0.25 * min(
            glyph.size, found[-1][0].size
        ):
            found[-1].append(glyph)
        else:
            found.append([glyph])
    rows = [Row(tuple(sorted(row, key=lambda g: (g.left, g.right)))) for row in found]
    return sorted(rows, key=lambda row: row.baseline)


def _with_marks(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs, those set above or below a line put on that line and marked as raised.

    The digits of a note stand close behind a character (or, where the note itself begins, close
    before one), are smaller, and stand on another line than it does.
    """
    if not glyphs:
        return []
    sizes = sorted(glyph.size for glyph in glyphs)
    usual = sizes[len(sizes) // 2]
    ordered = sorted(glyphs, key=lambda g: (g.left, g.baseline))
    lefts = [glyph.left for glyph in ordered]
    found: list[Glyph] = []
    moved: dict[int, Glyph] = {}
    for glyph in ordered:
        host = None
        if glyph.size < _SMALL * usual * 1.2:
            host = _host(glyph, ordered, lefts, moved)
        if host is not None:
            lifted = replace(glyph, baseline=host.baseline, raised=True)
            moved[id(glyph)] = lifted
            found.append(lifted)
        else:
            found.append(glyph)
    return found


def _host(
    glyph: Glyph, ordered: Sequence[Glyph], lefts: Sequence[float], moved: dict[int, Glyph]
) -> Glyph | None:
    """The character that a raised or lowered mark stands beside."""
    reach = 8 * glyph.size
    start = bisect_left(lefts, glyph.left - reach)
    best: Glyph | None = None
    for other in ordered[start : start + 400]:
        if other.left > glyph.right + reach:
            break
        if other is glyph:
            continue
        before = moved.get(id(other))
        close = -0.5 * glyph.size < glyph.left - other.right < 0.45 * other.size
        if before is not None:
            # Behind another digit of the same mark.
            if close and abs(other.baseline - glyph.baseline) < 0.1 * glyph.size:
                return before
            continue
        ahead = -0.5 * glyph.size < other.left - glyph.right < 0.45 * other.size
        if not (close or ahead) or glyph.size > _SMALL * other.size:
            continue
        above = (other.baseline - glyph.baseline) / other.size
        if 0.12 < above < 0.95 or -0.4 < above < -0.06:
            if close:
                return other
            best = best or other
    return best


def row_text(glyphs: Sequence[Glyph]) -> str:
    """The text of characters on one line, raised marks read, gaps as a reader sees them.

    Between Latin words a space is put. Digits that a gap of ems parts are two numbers, not one, and
    a mark stands between them; a narrow gap between digits is a space.
    """
    gaps = sorted(b.left - a.right for a, b in pairwise(glyphs))
    # In a row set with wide spacing (合　计) a gap is no more than the spacing.
    spread = max(0.0, gaps[len(gaps) // 2]) if len(gaps) > 2 else 0.0
    text = ""
    place = 0
    while place < len(glyphs):
        glyph = glyphs[place]
        end = place + 1
        while glyph.raised and end < len(glyphs) and glyphs[end].raised and end - place < 9:
            end += 1
        if glyph.raised and end - place <= _LONGEST_MARK:
            text += raised("".join(g.text for g in glyphs[place:end]), text[-8:])
            place = end
            continue
        if text and FIELD not in (glyph.look[0], glyphs[place - 1].look[0]):
            gap = glyph.left - glyphs[place - 1].right - spread
            text += _between(text, glyph.text, gap / glyph.size)
        text += glyph.text
        place += 1
    return text


def _between(before: str, after: str, ems: float) -> str:
    """What a reader sees between two characters that stand some ems apart."""
    numbers = _DIGIT.search(before) is not None and _DIGIT.search(after[:1]) is not None
    if ems >= 1.2:
        return "；" if numbers else " "
    if numbers and ems >= 0.12 and before[-1].isdigit() and after[0].isdigit():
        return " "
    if _LATIN.search(before[-1]) and _LATIN.match(after) and ems > 0.2:
        return " "
    return ""
