"""Whether a page of a PDF holds its text as text.

Belongs here: telling pages that are pictures, recognised text, curves or vertical text. Does not belong
here: what is said about them (``pdf``).

A scan often bears some text that is none of its own: a page number, a stamp, a typed title, or a layer
of what a machine recognised. So a page that is mostly picture counts as a scan however it is lettered,
unless plenty of visible text is painted on the picture after it, as on a coloured ground.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto

from shenwan_data.report.readers.glyphs import Sheet

_FURNITURE = re.compile(r"[\s\d\-—–－_·~～第页共/／，,]*")
# One character a line, line after line: words set from the top down without a vertical font.
_UPRIGHT = re.compile(r"(?m)(?:^[㐀-䶿一-鿿]$\n?){8}")
# A picture that takes up as much is the page, or most of what it says.
_WHOLE = 0.6
_LARGE = 0.3
_PLENTY = 200
_SOME = 40
_MANY_CURVES = 150


class Fault(Enum):
    """Why the text of a page cannot be had."""

    PICTURE = auto()
    RECOGNISED = auto()
    OUTLINES = auto()
    VERTICAL = auto()


def fault_of(sheet: Sheet, lines: Sequence[str]) -> Fault | None:
    """What keeps a page with these lines from being read, None where nothing does."""
    if sheet.vertical > 0.2 * len(sheet.glyphs) and sheet.vertical > 5:
        return Fault.VERTICAL
    if _UPRIGHT.search("\n".join(lines)):
        return Fault.VERTICAL
    covered, last = _covered(sheet)
    said = sum(len(line) for line in lines if not _FURNITURE.fullmatch(line))
    if covered >= _LARGE:
        under = sum(1 for glyph in sheet.glyphs if glyph.order < last)
        hidden = sheet.unpainted + (under if covered >= _WHOLE else 0)
        if hidden > 20:
            return Fault.RECOGNISED
        if said < (_PLENTY if covered >= _WHOLE else _SOME):
            return Fault.PICTURE
    if sheet.unpainted > 20 and sheet.unpainted > said:
        return Fault.RECOGNISED
    if sheet.curves > _MANY_CURVES and said < _SOME and sheet.curves > 3 * said:
        return Fault.OUTLINES
    return None


def _covered(sheet: Sheet) -> tuple[float, int]:
    """The share of the page that pictures cover, and when the last large one is painted."""
    area = sheet.width * sheet.height or 1.0
    covered, last = 0.0, 0
    for (left, top, right, bottom), order in sheet.pictures:
        wide = max(0.0, min(right, sheet.width) - max(left, 0.0))
        high = max(0.0, min(bottom, sheet.height) - max(top, 0.0))
        covered += wide * high / area
        if wide * high > 0.1 * area:
            last = max(last, order)
    return min(covered, 1.0), last
