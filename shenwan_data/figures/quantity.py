"""From a matched number and unit to a Figure with value, base unit, qualifier and interval.

Belongs here: putting number, multiplier, unit and hedges together. Does not belong here: recognising
them (``grammar``) or deciding whether a match is a quantity at all (``scan``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from shenwan_data.figures.grammar import MORE_UNIT
from shenwan_data.figures.hedges import Bounds, hedge_before, hedges, interval
from shenwan_data.figures.numerals import Numeral, arabic, chinese, multiplier, number
from shenwan_data.figures.units import Unit, units
from shenwan_data.model import Figure, Number

_PARTS = {
    prefix: tuple(f"{prefix}_{part}" for part in ("digits", "scale", "big", "more1", "more2"))
    for prefix in ("a", "b", "c", "k", "u", "low", "high")
}
_TRAILING_BIG = re.compile(r"[万亿萬億]+$")
_MYRIAD = re.compile("[万亿萬億]")
_LONGEST_BIG = 2
_DURATIONS = frozenset(u.code for u in units().values() if u.dimension == "duration")
_BARE = frozenset("百千万亿萬億")


# The same few numbers and units fill most reports: what they come to is worked out once.
_CACHED = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Size:
    """A number as printed: the ``raw`` numeral, the 万/亿 behind it, and what the two come to.

    Compared by identity, which makes it a cheap key.
    """

    raw: Numeral
    big: str
    full: Numeral
    more: bool
    # Begins with 百, 千, 万: a multiplier without a digit, which counts only with a hedge.
    bare: bool


def read_size(match: re.Match[str], prefix: str, surface: str = "") -> Size | None:
    """The number of one ``_size`` group of the grammar; None for a run that is no number.

    ``surface`` is the unit as printed, which may hold a hedge of its own (2个多小时).
    """
    digits, scale, big, more1, more2 = match.group(*_PARTS[prefix])
    return _size(digits, scale, big, bool(more1 or more2 or surface[:2] == MORE_UNIT))


@lru_cache(maxsize=_CACHED)
def _size(digits: str, scale: str, big: str, more: bool) -> Size | None:
    bare = digits[0] in _BARE
    if digits[0].isdecimal():
        raw: Numeral | None = arabic(digits)
    else:
        trailing = _TRAILING_BIG.search(digits)
        # 五十一亿二千三百一十九万: the last 万 multiplies what stands behind 亿 and not the whole.
        alone = trailing is not None and not _MYRIAD.search(digits, 0, trailing.start())
        if trailing and alone and not big and trailing.start() >= len(digits) - _LONGEST_BIG:
            big = trailing.group()
            digits = digits[: trailing.start()]
        # 万 alone is one 万; 百万 keeps its 百 as the number.
        raw = chinese(digits) if digits else Numeral(1, 1)
    if raw is None:
        return None
    raw = raw.times(multiplier(scale))
    return Size(raw=raw, big=big, full=raw.times(multiplier(big)), more=more, bare=bare)


@lru_cache(maxsize=_CACHED)
def _numbers(
    size: Size, factor: Fraction | None, qualifier: str
) -> tuple[Number | None, Number | None, Number | None, Number | None]:
    """Value, raw value, lower and upper bound, the first and the last two in the base unit."""
    full = size.full if factor is None else size.full.times(factor)
    lower, upper = interval(qualifier, full)
    return number(full.value), number(size.raw.value), number(lower), number(upper)


def unit_for(surface: str, times: bool, table: dict[str, Unit]) -> Unit:
    """The unit of a spelling; a classifier with 次 in brackets behind it is the 次 form (家（次）)."""
    unit = table[surface]
    return units().get(unit.code + "次", unit) if times else unit


def quantity(
    text: str,
    start: int,
    end: int,
    size: Size,
    unit: Unit | None,
    *,
    floor: int = 0,
    kind: str | None = None,
    printed: bool = True,
) -> Figure:
    """The figure for a number at ``start`` whose unit ends at ``end``, with the hedges around it.

    ``floor`` is the end of the figure before: a hedge may not reach into it. ``printed`` is False
    where the unit is understood (价值4亿的土地).
    """
    qualifier = "exact"
    before = hedge_before(text, start, bare=size.bare)
    if before and before[0] >= floor:
        start, qualifier = before
    if size.more:
        qualifier = "more_than"
    after = hedge_after(text, end, unit)
    if after:
        end, qualifier = after
    value, raw_value, lower, upper = _numbers(size, unit.factor if unit else None, qualifier)
    return Figure(
        start=start,
        end=end,
        quote=text[start:end],
        kind=kind or (unit.kind if unit else "count"),
        value=value,
        unit=unit.base if unit else None,
        raw_value=raw_value,
        raw_unit=(size.big + unit.code if unit and printed else size.big) or None,
        lower=lower,
        upper=upper,
        qualifier=qualifier,
    )


def bounded(
    text: str,
    span: tuple[int, int],
    bounds: Bounds,
    unit: Unit | None,
    qualifier: str,
    *,
    big: str = "",
    printed: bool = True,
) -> Figure:
    """The figure for words that give bounds and no value: a range (3至5次) or a vague number (数百)."""
    factor = unit.factor if unit else 1
    lower, upper = (None if bound is None else bound * factor for bound in bounds)
    return Figure(
        start=span[0],
        end=span[1],
        quote=text[span[0] : span[1]],
        kind=unit.kind if unit else "count",
        unit=unit.base if unit else None,
        raw_unit=(big + (unit.code if unit and printed else "")) or None,
        lower=number(lower),
        upper=number(upper),
        qualifier=qualifier,
    )


def hedge_after(text: str, end: int, unit: Unit | None) -> tuple[int, str] | None:
    """The hedge behind a unit that ends at ``end``: its own end and its qualifier."""
    table = hedges()
    if text[end : end + 1] not in table.first_after:
        return None
    match = table.after.match(text, end)
    if match is None:
        return None
    word = match.group(1)
    if word is None:  # a plus sign: 10万+
        return match.end(), "at_least"
    if word in table.duration_words and (unit is None or unit.code not in _DURATIONS):
        return None
    if word == "多" and (unit is None or unit.kind not in ("ratio", "measure")):
        return None
    if word == "余" and (unit is None or unit.kind != "measure"):
        return None
    return match.end(), table.meaning_after[word]
