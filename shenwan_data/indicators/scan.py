"""Every numeral of a text with what it means.

Belongs here: the one call that reads a string. Does not belong here: reports, years, corrections.
"""

from __future__ import annotations

from shenwan_data.figures.figure import Figure
from shenwan_data.indicators.matching import match_text


def scan(text: str) -> tuple[Figure, ...]:
    """Every numeral of any string, in text order, with value, unit, qualifier and indicators.

    Offsets are code points: ``text[f.start:f.end] == f.quote``. Needs no file and no year.
    """
    return match_text(text).figures
