"""From a number and its unit to a Figure with value, base unit, qualifier and interval.

Belongs here: putting number, multiplier, unit, smaller parts and hedges together. Does not belong
here: recognising them (``grammar``) or deciding whether a match is a quantity at all (``counts``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache, lru_cache

from shenwan_data.figures.hedges import (
    REACH,
    Bounds,
    hedge_apart,
    hedge_before,
    hedges,
    interval,
    overcomes,
)
from shenwan_data.figures.numerals import (
    CAPITALS,
    ONE_TO_NINE,
    Exact,
    Numeral,
    arabic,
    chinese,
    number,
)
from shenwan_data.figures.record import data, no_data
from shenwan_data.figures.sizes import Size
from shenwan_data.figures.units import Unit, unit_by_surface, units
from shenwan_data.model import Figure, Number
from shenwan_data.schemas import while_unchanged

# Below this a count that follows 突破 is of what was overcome (突破7宗积案).
_SMALL = 10
# The same few numbers and units fill most reports: what they come to is worked out once.
_CACHED = 1 << 14


def name(match: re.Match[str], reason: str) -> Figure:
    """The whole match as a numeral that counts nothing."""
    return no_data(match.start(), match.end(), match.group(), "name", reason)


@lru_cache(maxsize=_CACHED)
def _numbers(
    size: Size, unit: Unit | None, qualifier: str
) -> tuple[Number | None, Number | None, Number | None, Number | None]:
    """Value, raw value, lower and upper bound, the first and the last two in the base unit."""
    full = size.full if unit is None else size.full.times(unit.factor)
    lower, upper = interval(qualifier, full)
    return number(full.value), number(size.raw.value), number(lower), number(upper)


_HALVES = frozenset({"duration", "area", "length", "mass", "volume"})
_HALF_UNITS = frozenset({"成", "倍", "元"})
_HALF = re.compile("半(?![价数径天月年载小生点途截])")
_PART_DIGITS = rf"[零〇]?(?P<n>\d{{1,2}}|[{ONE_TO_NINE}两十{CAPITALS}拾]{{1,3}})"
# What a smaller part of a unit starts with, or the half of one.
PART_STARTS = frozenset(f"半零〇{ONE_TO_NINE}两十{CAPITALS}拾0123456789０１２３４５６７８９")
_COMMON = "分钟"
# 高1米8, 长2米5的围墙.
_TENTH = re.compile(r"[1-9](?=[的高宽长深，。；、,;）)\n]|$)")


@while_unchanged("contexts.yaml", "hedges.yaml", "units.csv")
def _half_inside() -> re.Pattern[str]:
    """个半小时, 个半月: half of a unit that is said with 个."""
    words = (s[1:] for s in unit_by_surface() if s[0] == "个" and s[1:2] not in ("", "多", "次"))
    return re.compile(f"个半({'|'.join(sorted(words, key=lambda w: (-len(w), w)))})")


def half_inside(text: str, end: int, size: Size) -> tuple[Size, Unit, int] | None:
    """The number with 个半 and a unit behind it (两个半小时); None where that does not stand there."""
    if not text.startswith("个半", end) or size.big or size.more:
        return None
    match = _half_inside().match(text, end)
    if match is None:
        return None
    return _plus(size, Fraction(1, 2)), unit_by_surface()["个" + match[1]], match.end()


def with_parts(text: str, end: int, size: Size, unit: Unit) -> tuple[Size, Unit, int]:
    """The number with what follows its unit in smaller units: 123元1角1分, 3亩5分, 1小时20分, 2亩半.

    A time is then in minutes, all else in the unit itself.
    """
    follows = text[end : end + 1]
    if unit.code == "米" and (tenth := _TENTH.match(text, end)) and not size.more:
        return _plus(size, Fraction(int(tenth.group()), 10)), unit, tenth.end()
    if follows == "半":
        halves = unit.dimension in _HALVES or unit.code in _HALF_UNITS
        half = _HALF.match(text, end) if halves and not size.more else None
        return (_plus(size, Fraction(1, 2)), unit, half.end()) if half else (size, unit, end)
    if not unit.parts or follows not in PART_STARTS or size.more:
        return size, unit, end
    first, shares = end, dict(unit.parts)
    while (match := _part(unit).match(text, end)) is not None:
        amount = arabic(match["n"]) if match["n"].isdecimal() else chinese(match["n"])
        if amount is None:
            break
        size, end = _plus(size, amount.value * shares[match["part"]]), match.end()
    if end > first and unit.dimension == "duration" and unit.code != _COMMON:
        minutes = size.full.times(1 / shares[_COMMON])
        return Size(minutes, "", minutes, more=False), units()[_COMMON], end
    return size, unit, end


@cache
def _part(unit: Unit) -> re.Pattern[str]:
    names = "|".join(sorted((name for name, _ in unit.parts), key=lambda n: -len(n)))
    money = "钱?" if unit.kind == "money" else ""
    return re.compile(rf"{_PART_DIGITS}(?P<part>{names}){money}(?!之)")


def _plus(size: Size, share: Exact) -> Size:
    """The number and a share of its unit: what is printed is then one number without 万."""
    value = size.full.value + share
    whole = Fraction(value)
    numeral = Numeral(value, Fraction(1, whole.denominator) if whole.denominator > 1 else 1)
    return Size(numeral, "", numeral, more=False)


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
    plus: bool = False,
) -> Figure:
    """The figure for a number at ``start`` whose unit ends at ``end``, with the hedges around it.

    ``floor`` is the end of the figure before: a hedge may not reach into it. ``printed`` is False
    where the unit is understood (价值4亿的土地); ``plus`` says that a plus sign stands before the
    unit (5000+人次).
    """
    table = hedges()
    qualifier, number_start = "exact", start
    if start and text[start - 1] in table.last_before:
        before = hedge_before(text, start, bare=size.bare)
        if before and before[0] >= floor:
            small = size.full.value < _SMALL and unit is not None and unit.kind == "count"
            if not overcomes(text, start, end, small=small):
                start, qualifier = before
    if size.more:
        qualifier = "more_than"
    elif plus:
        qualifier = "at_least"
    if text[end : end + 1] in table.first_after:
        after = hedge_after(text, end, unit)
        if after:
            end, qualifier = after
    if qualifier == "exact" and kind is None:
        reach = text[max(floor, number_start - REACH) : number_start]
        # Nearly all numbers have none: three characters looked for cost less than a pattern.
        if "至" in reach or "止" in reach or "的" in reach[-2:]:
            share = unit is not None and unit.code == "%"
            qualifier = hedge_apart(text, number_start, floor, share=share) or qualifier
    value, raw_value, lower, upper = _numbers(size, unit, qualifier)
    return data(
        start,
        end,
        text[start:end],
        kind or (unit.kind if unit else "count"),
        value,
        unit.base if unit else None,
        raw_value,
        (size.big + unit.code if unit and printed else size.big) or None,
        lower,
        upper,
        qualifier,
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
    match = table.after.match(text, end)
    if match is None:
        return None
    word = match.group(1)
    if word is None:  # a plus sign: 10万+
        return match.end(), "at_least"
    if word in table.duration_words and (unit is None or unit.dimension != "duration"):
        return None
    if word == "多" and (unit is None or unit.kind not in ("ratio", "measure")):
        return None
    if word == "余" and (unit is None or unit.kind != "measure"):
        return None
    return match.end(), table.meaning_after[word]


_MINUS = re.compile(
    r"(?:(?:(?<=[一-鿿\s:：|｜（(，,])|(?<![\s\S]))[-－−]|(?<![减担肩抱胜正背辜自欺增])负(?:增长)?)$"
)
_LONGEST_MINUS = 4


def below_zero(text: str, figure: Figure, start: int, floor: int) -> Figure:
    """-9.82%, 负3.5%, 负增长9.8%: the sign belongs to a change in percent, no count has one.

    ``start`` is where the number starts.
    """
    if start != figure.start or start <= floor or text[start - 1] not in "-－−负长":
        return figure
    sign = _MINUS.search(text, max(floor, start - _LONGEST_MINUS), start)
    if sign is None:
        return figure
    return replace(
        figure,
        start=sign.start(),
        quote=text[sign.start() : figure.end],
        value=_negative(figure.value),
        raw_value=_negative(figure.raw_value),
        lower=_negative(figure.upper),
        upper=_negative(figure.lower),
    )


def _negative(value: Number | None) -> Number | None:
    return None if value is None else -value
