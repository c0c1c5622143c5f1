"""What a match of the grammar stands for, where it may be a quantity.

Belongs here: one function for each such branch, which looks at the words around and decides. Does not
belong here: going through a text (``scan``) or putting number, unit and hedge together (``quantity``).
Every function takes the text, the match, the end of the figure before, and the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from shenwan_data.figures.grammar import Grammar
from shenwan_data.figures.hedges import hedge_before
from shenwan_data.figures.numerals import (
    CHINESE_DIGITS,
    Numeral,
    arabic,
    chinese,
    multiplier,
    number,
)
from shenwan_data.figures.quantity import Size, bounded, hedge_after, quantity, read_size, unit_for
from shenwan_data.figures.units import Unit, units
from shenwan_data.model import Figure, Number

_NOUN_ENDS_HERE = frozenset("，。；、,;）)\n")
_PER = {"百": Fraction(1), "千": Fraction(1, 10), "万": Fraction(1, 100)}
# A longer run of digits without separator or unit is an identifier.
_LONGEST_PLAIN_COUNT = 8
# A sign: no letter, digit, percent or bracket before it, which would make it a dash.
_MINUS = re.compile(r"(?:(?<=[一-鿿\s:：|｜（(，,])|(?<![\s\S]))[-－−]$")
_HOTLINE = re.compile(r"1[12]\d{3}|96\d{3,4}|95\d{3}|11[0249]|12[0-9]")


def name(match: re.Match[str], reason: str) -> Figure:
    """The whole match as a numeral that counts nothing."""
    return Figure(match.start(), match.end(), match.group(), "name", reason=reason)


def _rank(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    top = match["top"]
    place = _place(match["place"] or top)
    placed = rules.rank_before.search(text, max(0, match.start() - 14), match.start())
    counted = match.group()[-1] in "名位次强甲"
    if text[max(0, match.start() - 2) : match.start()] == "倒数":
        return name(match, "ordinal_name")
    if place is None or not (placed or (counted and not top and _ends_here(text, match.end()))):
        return name(match, "ordinal_name")
    value = number(place.value)
    return Figure(
        match.start(),
        match.end(),
        match.group(),
        "rank",
        value=value,
        unit="位",
        raw_value=value,
        raw_unit="位",
        lower=None if top else value,
        upper=value,
        qualifier="at_most" if top else "exact",
    )


def _place(words: str) -> Numeral | None:
    """An ordinal's number in either script; None for a run that is no number."""
    return arabic(words) if words[0].isdigit() else chinese(words)


def _ends_here(text: str, end: int) -> bool:
    return end >= len(text) or text[end] in _NOUN_ENDS_HERE or text[end] in " \u3000的"


def _share(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    percent = units()["%"]
    if match["half"]:
        return _fraction(text, match, Fraction(1, 2), percent, floor)
    if match["tenths"]:  # 九成五 is 95 %
        tenths = chinese(match["tenths"] + "十" + match["hundredths"])
        if tenths is None:
            raise AssertionError("two digits make a number")
        raw = tenths.times(Fraction(1, 10))
        size = Size(raw, "", tenths, False, False)
        return quantity(text, match.start(), match.end(), size, percent, floor=floor)
    denominator = match["denominator"]
    numerator = _place(match["numerator"])
    if numerator is not None and denominator in _PER:
        size = Size(
            numerator, "", numerator.times(_PER[denominator]), bool(match["share_more"]), False
        )
        return quantity(text, match.start(), match.end(), size, percent, floor=floor)
    divisor = chinese(denominator)
    if numerator is None or divisor is None or divisor.value == 0:
        return name(match, "idiom")
    return _fraction(text, match, Fraction(numerator.value) / divisor.value, percent, floor)


def _slash(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    """1/4: a share where it is less than one."""
    over, under = int(match["over"]), int(match["under"])
    if not 0 < over < under:
        return name(match, "bare_number")
    return _fraction(text, match, Fraction(over, under), units()["%"], floor)


def _fraction(
    text: str, match: re.Match[str], share: Fraction, percent: Unit, floor: int
) -> Figure:
    """三分之二: printed as a fraction, valued in percent, as fine as a whole percent."""
    size = Size(Numeral(share, share), "", Numeral(share * 100, Fraction(1)), False, False)
    return quantity(text, match.start(), match.end(), size, percent, floor=floor)


def _range(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    low, high = read_size(match, "low"), read_size(match, "high", match["high_unit"])
    unit = rules.unit_by_surface[match["high_unit"]]
    if low is None or high is None:
        return name(match, "idiom")
    lower = low.full.value
    if high.big and not low.big and not match["low_unit"]:
        lower *= multiplier(high.big)  # 3-5万元 is thirty to fifty thousand
    if lower > high.full.value:
        return name(match, "bare_number")
    bounds = (lower, high.full.value)
    return bounded(text, match.span(), bounds, unit, "range", big=high.big)


def _adjacent(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    """Two neighbouring digits make a range: 三四次, 二三十人, 十七八名."""
    low, high = CHINESE_DIGITS[match["low"]], CHINESE_DIGITS[match["high"]]
    if high - low != 1 and (low, high) != (3, 5):
        return name(match, "idiom")
    tens = chinese(match["tens"]) if match["tens"] else None
    base = tens.value if tens else Fraction(0)
    scale = multiplier(match["adjacent_scale"])
    unit = rules.unit_by_surface[match["adjacent_unit"]]
    bounds = ((base + low) * scale, (base + high) * scale)
    return bounded(text, match.span(), bounds, unit, "range")


def _compound(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    """1亿3000万元, 2万3千余册: two groups of digits make one number."""
    head, rest = arabic(match["myriads"]), read_size(match, "k", match["k_unit"] or "")
    if head is None or rest is None:
        return name(match, "bare_number")
    total = head.times(multiplier(match["myriad"]))
    full = Numeral(total.value + rest.full.value, rest.full.grain)
    size = Size(full, "", full, rest.more, False)
    start, end = match.span()
    surface = match["k_unit"]
    if surface:
        return quantity(text, start, end, size, rules.unit_by_surface[surface], floor=floor)
    money = match["myriad"] in "亿億" or rules.money_before.search(text, max(0, start - 12), start)
    unit = units()["元"] if money else None
    return quantity(text, start, end, size, unit, floor=floor, printed=False)


def _arabic(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    surface = match["a_unit"]
    size = read_size(match, "a", surface or "")
    if size is None:
        return name(match, "bare_number")
    start, end = match.span()
    if rules.page_counter_before.search(text, max(0, start - 12), start) and not size.big:
        return name(match, "page_counter")
    if surface is None:
        return _bare(text, match, size, floor, rules)
    unit = unit_for(surface, bool(match["a_times"]), rules.unit_by_surface)
    if start and text[start - 1] == "每":
        return name(match, "denominator")
    if unit.code in ("位", "名") and rules.rank_cue_before.search(text, max(0, start - 8), start):
        return quantity(text, start, end, size, units()["位"], floor=start, kind="rank")
    figure = quantity(text, start, end, size, unit, floor=floor)
    negative = (
        unit.kind == "ratio"
        and start == figure.start > floor
        and _MINUS.search(text, start - 1, start)
    )
    return _below_zero(text, figure) if negative else figure


def _below_zero(text: str, figure: Figure) -> Figure:
    """-9.82%: the sign belongs to a change in percent, nowhere else does a count have one."""
    start = figure.start - 1
    return replace(
        figure,
        start=start,
        quote=text[start : figure.end],
        value=_negative(figure.value),
        raw_value=_negative(figure.raw_value),
        lower=_negative(figure.upper),
        upper=_negative(figure.lower),
    )


def _negative(value: Number | None) -> Number | None:
    return None if value is None else -value


def _bare(text: str, match: re.Match[str], size: Size, floor: int, rules: Grammar) -> Figure:
    """Digits without a unit: a sum of money, a score, a rank, a count, a year, or just a name."""
    start, end = match.span()
    before = (text, max(0, start - 12), start)
    if size.big and rules.money_before.search(*before):
        return quantity(text, start, end, size, units()["元"], floor=floor, printed=False)
    if size.big or size.more:
        return quantity(text, start, end, size, None, floor=floor)
    if rules.score_before.search(*before):
        return quantity(text, start, end, size, units()["分"], floor=floor, printed=False)
    if rules.rank_cue_before.search(*before):
        return quantity(
            text, start, end, size, units()["位"], floor=start, kind="rank", printed=False
        )
    digits = match.group().strip()
    if rules.counted_after.match(text, end):
        return quantity(text, start, end, size, None, floor=floor)
    if len(digits) == 4 and digits[:2] in ("19", "20", "１９", "２０"):
        return Figure(start, end, match.group(), "date", reason="calendar_date")
    if _HOTLINE.fullmatch(digits):
        return Figure(start, end, match.group(), "contact", reason="hotline")
    if len(digits) >= _LONGEST_PLAIN_COUNT:
        return name(match, "bare_number")
    if (rules.cue_before.search(*before) or hedge_before(text, start, bare=False)) and _ends_here(
        text, end
    ):
        return quantity(text, start, end, size, None, floor=floor)
    return name(match, "bare_number")


def _vague(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    several = match["several"]
    if several:
        upper = None if match.group()[0] == "多" else Fraction(10)
        bounds = (Fraction(2), upper)
        return bounded(text, match.span(), bounds, rules.unit_by_surface[several], "vague")
    if text[max(0, match.start() - 1) : match.start()] == "十":
        return name(match, "idiom")
    scale = multiplier(match["vague_scale"])
    surface = match["vague_unit"]
    unit = rules.unit_by_surface[surface] if surface else None
    big = match["vague_scale"].lstrip("十百千")
    if unit is None:
        window = (text, max(0, match.start() - 12), match.start())
        if big and (
            rules.money_before.search(*window) or rules.money_after.match(text, match.end())
        ):
            unit = units()["元"]
    bounds = (Fraction(2 * scale), Fraction(10 * scale))
    return bounded(text, match.span(), bounds, unit, "vague", big=big, printed=surface is not None)


def _zero(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    """零投诉: a count of none, without a unit."""
    return Figure(
        match.start(), match.end(), match.group(), "count",
        value=0, raw_value=0, lower=0, upper=0, qualifier="exact",
    )  # fmt: skip


def _chinese(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    prefix = "c" if match["c_digits"] else "b"
    surface = match["c_unit"]
    size = read_size(match, prefix, surface or "")
    start, end = match.span()
    if size is None or (start and text[start - 1] == "每"):
        return name(match, "idiom")
    unit = unit_for(surface, bool(match["c_times"]), rules.unit_by_surface) if surface else None
    hedged = size.more or hedge_before(text, start, bare=True) or hedge_after(text, end, unit)
    if size.bare and not hedged:
        return name(match, "idiom")
    if unit and unit.code == "分" and size.full.value <= 10:  # 十分 is very
        return name(match, "idiom")
    if unit and unit.code == "番" and not re.search(r"翻了?$", text[max(0, start - 2) : start]):
        return name(match, "idiom")
    if match[f"{prefix}_digits"] == "一" and not size.more:
        counts = unit is not None and _one_counts(text, start, end, unit, rules)
        if not counts:
            return name(match, "idiom")
    return quantity(text, start, end, size, unit, floor=floor)


_COUNTED_BEFORE = re.compile(r"[\d一二三四五六七八九十两]个?[一-鿿]{1,6}[和及与、]$")


def _one_counts(text: str, start: int, end: int, unit: Unit, rules: Grammar) -> bool:
    """Whether 一 counts: before an event (召开一次) or where the noun stands in front (示范村一个，)."""
    if hedge_before(text, start, bare=False):
        return True
    if rules.one_not_after.search(text, max(0, start - 12), start):
        return False
    if unit.one_counts:
        return unit.one_counts == "event"
    if _COUNTED_BEFORE.search(text, max(0, start - 12), start):  # 11个村和一个社区
        return True
    listed = rules.listed_after.match(text, end)
    if listed and rules.unit_by_surface[listed["unit"]] is unit:  # 一个中心、11个站点
        return True
    ends = end == len(text) or text[end] in _NOUN_ENDS_HERE
    return unit.kind == "count" and start > 0 and ends


def _unitless(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    """A Chinese number without a unit: 三千余, 价值两亿. A bare 百, 千, 万 needs a hedge."""
    size = read_size(match, "u")
    start, end = match.span()
    if size is None:
        return name(match, "idiom")
    if size.bare and not hedge_before(text, start, bare=True):
        return name(match, "idiom")
    money = size.big and rules.money_before.search(text, max(0, start - 12), start)
    unit = units()["元"] if money else None
    return quantity(text, start, end, size, unit, floor=floor, printed=False)


def _loose(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    start, end = match.span()
    zero = match.group() == "零" and _ends_here(text, end)
    if zero and rules.zero_noun_before.search(text, max(0, start - 6), start):  # 安全事故为零
        return _zero(text, match, floor, rules)
    reason = "bare_number" if match.group()[0].isdigit() else "idiom"
    return name(match, reason)


Reader = Callable[[str, re.Match[str], int, Grammar], Figure]
READERS: dict[str, Reader] = {
    "rank": _rank,
    "share": _share,
    "slash": _slash,
    "range": _range,
    "adjacent": _adjacent,
    "compound": _compound,
    "arabic": _arabic,
    "vague": _vague,
    "zero": _zero,
    "chinese": _chinese,
    "unitless": _unitless,
    "loose": _loose,
}
