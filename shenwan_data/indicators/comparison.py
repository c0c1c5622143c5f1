"""One report beside the year before: what it no longer says, says anew, and says very differently.

Belongs here: the comparison that the publisher reads before a release. Does not belong here: rules
whose outcome is published (``findings``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.model import Figure, Number

# A flow seldom triples or falls to a third within a year; a stock or share moves less.
_FACTOR = {"flow": 3.0, "mean": 3.0, "stock": 1.5, "ratio": 1.2, "rank": 3.0}


@dataclass(frozen=True, slots=True)
class Jump:
    """An indicator whose value moved by more than is usual for its kind."""

    indicator: str
    before: Figure
    now: Figure


@dataclass(frozen=True, slots=True)
class Comparison:
    """Indicators of last year's report only, of this one only, and the jumps, all in key order.

    ``lacking`` holds last year's figure by the code of the indicator.
    """

    lacking: Mapping[str, Figure]
    new: tuple[str, ...]
    jumps: tuple[Jump, ...]


def compare(now: Sequence[Figure], before: Sequence[Figure]) -> Comparison:
    """Compare the indicators of two readings of one area."""
    ours, theirs = _by_code(now), _by_code(before)
    both = [code for code in catalogue() if code in ours and code in theirs]
    return Comparison(
        lacking={c: theirs[c] for c in catalogue() if c in theirs and c not in ours},
        new=tuple(code for code in catalogue() if code in ours and code not in theirs),
        jumps=tuple(
            Jump(code, theirs[code], ours[code])
            for code in both
            if _jumps(code, theirs[code].value, ours[code].value)
        ),
    )


def _by_code(figures: Sequence[Figure]) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for figure in figures:
        for code in figure.indicators:
            found.setdefault(code, figure)
    return found


def _jumps(code: str, before: Number | None, now: Number | None) -> bool:
    if before is None or now is None or before == now:
        return False
    low, high = sorted((before, now))
    return low <= 0 or high / low > _FACTOR[catalogue()[code].measure_type]
