"""A number in Chinese characters: what it counts, and whether it counts at all.

Belongs here: the readers of 两家, 二十余名, 价值两亿, 伍仟元, and when 一 and a bare 百 or 千 count. Does
not belong here: digits (``counts``). The readers are called as those of ``counts`` are.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from shenwan_data.figures.counts import ends_here
from shenwan_data.figures.cues import WINDOW, cues
from shenwan_data.figures.hedges import hedge_apart, hedge_before
from shenwan_data.figures.numerals import MYRIADS, ONE_TO_NINE, SPACES, multiplier
from shenwan_data.figures.quantity import (
    below_zero,
    bounded,
    half_inside,
    hedge_after,
    name,
    quantity,
    with_parts,
)
from shenwan_data.figures.ranges import JOINTS, spread
from shenwan_data.figures.record import no_data
from shenwan_data.figures.sizes import Size, read_size, size_of
from shenwan_data.figures.units import Unit, in_currency, unit_at, units
from shenwan_data.model import Figure

_NOUN_ENDS_HERE = frozenset("，。；、,;）)\n")
_SCALES = frozenset("十百千零")
# Two thousand and five hundred, where nothing follows: 受理两千五。 Not 二百五, a fool, nor the
# first half of 两千五、六百宗.
_SPOKEN = re.compile(
    rf"(?!二百五)[{ONE_TO_NINE}两][百千万萬][{ONE_TO_NINE}](?=[，。；、,;）)\n]|$)"
    rf"(?!、[{ONE_TO_NINE}两][十百千](?![{ONE_TO_NINE}]))"
)
_DIGITS_BEFORE = re.compile(r"(?:[^\d表图注件号第]|(?<!附)件)\d{1,4}$")
_FEW_TENS = re.compile(r"(?P<step>[十百千])(?P<big>[万亿]{0,2})")


def chinese(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """A number in Chinese characters: 两家, 二十余名, 一次, 三千余, 价值两亿, 两个半小时."""
    size = read_size(match, "c")
    if size is None:
        return name(match, "idiom")
    return _apart(text, match, size, floor) or _whole(text, match, size, floor)


def _whole(text: str, match: re.Match[str], size: Size, floor: int) -> Figure | None:
    start, end = match.span()
    following = text[end : end + 1]
    halved = half_inside(text, end, size) if following == "个" else None
    if halved is not None:
        size, unit, end = halved
        return quantity(text, start, end, size, unit, floor=floor)
    found = unit_at(text, end, digits=False)
    if (text[found[1] : found[1] + 1] if found else following) in JOINTS:
        ranged = spread(text, start, size, found, end, floor, digits=False)
        if ranged is not None:
            return ranged
    if found is None and not match["great"]:
        # 五千米 is 5000 米, but 五千瓦 five 千瓦.
        shorter = _without_thousand(text, match)
        if shorter is not None:
            size, found = shorter
    if start and text[start - 1] == "每":
        return _idiom(text, start, found[1] if found else end)
    if found is None:
        return _without_unit(text, match, size, floor)
    unit, unit_end, surface = found
    if unit.code == "块" and cues().money_after.match(text, unit_end):
        unit = units()["元"]
    unit = in_currency(text, start, unit)
    if surface.startswith("个多"):
        size = replace(size, more=True)
    before = size
    size, unit, unit_end = with_parts(text, unit_end, size, unit)
    if size is before and not _counts(text, start, unit_end, size, unit, match["c_digits"]):
        return _idiom(text, start, unit_end)
    figure = quantity(text, start, unit_end, size, unit, floor=floor)
    return below_zero(text, figure, start, floor) if unit.kind == "ratio" else figure


def capital(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """大写: 伍仟元整, 捌拾柒宗, 叁拾万."""
    figure = chinese(text, match, floor)
    return name(match, "bare_number") if figure is None else figure


def _without_thousand(text: str, match: re.Match[str]) -> tuple[Size, tuple[Unit, int, str]] | None:
    digits = match["c_digits"]
    if len(digits) < 2 or digits[-1] not in "千百" or match.end() != match.end("c_digits"):
        return None
    found = unit_at(text, match.end() - 1, digits=False)
    if found is None:
        return None
    size = size_of(digits[:-1])
    return (size, found) if size else None


def _counts(text: str, start: int, end: int, size: Size, unit: Unit, digits: str) -> bool:
    """Whether a number with a unit counts, rather than being an article or part of a word."""
    if size.bare and not (
        size.more or hedge_before(text, start, bare=True) or hedge_after(text, end, unit)
    ):
        return False
    if unit.code == "分" and size.full.value <= 10:  # 十分 is very
        return False
    if unit.code == "番" and not _DOUBLED.search(text, max(0, start - 5), start):
        return False
    return digits != "一" or size.more or _one_counts(text, start, end, unit)


_DOUBLED = re.compile(r"翻了?(?:[近超约逾]|将近|接近|超过)?$")
_COUNTED_BEFORE = re.compile(r"[\d一二三四五六七八九十两]个?[一-鿿]{1,6}[和及与、]$")


def _one_counts(text: str, start: int, end: int, unit: Unit) -> bool:
    """Whether 一 counts: before an event (召开一次) or where the noun stands in front (示范村一个，)."""
    if hedge_before(text, start, bare=False):
        return unit.one_counts != "never" or ends_here(text, end)
    if cues().one_not_after.search(text, max(0, start - WINDOW), start):
        return False
    if unit.one_counts:
        return unit.one_counts == "event"
    if hedge_apart(text, start, 0, share=False):
        return True
    if _COUNTED_BEFORE.search(text, max(0, start - WINDOW), start):  # 11个村和一个社区
        return True
    listed = cues().listed_after.match(text, end)
    if listed is not None and _counts_the_same(text, listed.end(), unit):  # 一个中心、11个站点
        return True
    ends = end == len(text) or text[end] in _NOUN_ENDS_HERE
    return unit.kind == "count" and start > 0 and ends


_DIGITS = re.compile(r"[\d〇○零一二三四五六七八九十百千万亿两]+")


def _counts_the_same(text: str, place: int, unit: Unit) -> bool:
    number = _DIGITS.match(text, place)
    found = unit_at(text, number.end(), digits=True) if number else None
    return found is not None and found[0] is unit


def _without_unit(text: str, match: re.Match[str], size: Size, floor: int) -> Figure | None:
    """三千余, 价值两亿; a bare 百, 千, 万 needs a hedge, a number below ten is none with 多 (一多)."""
    start, end = match.span()
    if match["great"]:
        return None
    if cues().counted_after.match(text, end):
        hedged = size.more or hedge_before(text, start, bare=True)
        if not size.bare or hedged:
            one = match["c_digits"] == "一" and not size.more
            if one:
                return _idiom(text, start, end)
            return quantity(text, start, end, size, None, floor=floor)
    spoken = _SPOKEN.match(text, start) is not None and _said_of(text, start)
    # 两亿三千万: the last 万 multiplies a part alone.
    big = bool(size.big) or (match["c_digits"][-1] in MYRIADS and not size.bare)
    if not (spoken or big or (size.more and size.full.value >= 10)):
        return None
    if size.bare and not hedge_before(text, start, bare=True):
        return _idiom(text, start, end)
    money = (big or spoken) and (
        size.spoken or cues().money_before.search(text, max(0, start - WINDOW), start)
    )
    unit = units()["元"] if money else None
    return quantity(text, start, end, size, unit, floor=floor, printed=False)


def _said_of(text: str, start: int) -> bool:
    """Whether a word stands before a number, or a list of numbers goes on with it."""
    before = text[start - 1 : start]
    return ("一" <= before <= "鿿" and before != "第") or before == "、"


def _idiom(text: str, start: int, end: int) -> Figure:
    return no_data(start, end, text[start:end], "name", "idiom")


def _apart(text: str, match: re.Match[str], size: Size, floor: int) -> Figure | None:
    """The second half of 一百 二十宗 or 8七宗, no number by itself; 三百几十, two numbers in one."""
    start, end = match.span()
    spaced = floor == start - 1 and text[floor] in SPACES and text[floor - 1] in _SCALES
    digits = floor == start and _DIGITS_BEFORE.search(text, max(0, start - 6), start)
    if spaced or (digits and unit_at(text, end, digits=False)):
        return no_data(start, end, match.group(), "name", "broken_number")
    tens = _FEW_TENS.match(text, end) if match.group()[-1] == "几" else None
    return _few_more(text, start, size, tens) if tens else None


def _few_more(text: str, start: int, size: Size, tens: re.Match[str]) -> Figure:
    """三百几十人, 两千几百万元: 20 to 100 more than 300, 200 to 1,000 more than 2,000."""
    step, big = multiplier(tens["step"]), multiplier(tens["big"])
    lower, upper = (Fraction(size.full.value + times * step) * big for times in (2, 10))
    end, found = tens.end(), unit_at(text, tens.end(), digits=False)
    unit = in_currency(text, start, found[0]) if found else None
    span = (start, found[1] if found else end)
    return bounded(
        text, span, (lower, upper), unit, "vague", big=tens["big"], printed=found is not None
    )
