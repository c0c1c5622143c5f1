"""The account of every numeral: none of a text may be missing among its figures.

Belongs here: what is left out. Does not belong here: reading (``scan``).
"""

from __future__ import annotations

from collections.abc import Iterable

from shenwan_data.figures.numerals import NUMERAL_RUN
from shenwan_data.model import Figure


def unaccounted(text: str, figures: Iterable[Figure]) -> tuple[tuple[int, int], ...]:
    """The stretches (start, end) of digits and Chinese numerals that lie in no figure, in order.

    A figure whose quote is not the text at its place accounts for nothing.
    """
    covered = bytearray(len(text))
    for figure in figures:
        if text[figure.start : figure.end] == figure.quote:
            covered[figure.start : figure.end] = b"\x01" * (figure.end - figure.start)
    gaps: list[tuple[int, int]] = []
    for run in NUMERAL_RUN.finditer(text):
        start = run.start()
        while start < run.end():
            stop = start
            while stop < run.end() and not covered[stop]:
                stop += 1
            if stop > start:
                gaps.append((start, stop))
            start = stop + 1
    return tuple(gaps)
