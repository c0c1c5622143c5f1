"""Two numbers that bound one quantity, or that divide one: ranges and shares.

Belongs here: the readers of 3至5次, 一百五六十件, 三分之二, 九成五, 1/4. Does not belong here: single numbers
(``counts``). The readers are called as those of ``counts`` are.
"""

from __future__ import annotations

import re
from fractions import Fraction

from shenwan_data.figures.counts import WINDOW
from shenwan_data.figures.cues import cues
from shenwan_data.figures.numerals import CHINESE_DIGITS, MYRIADS, Numeral, arabic, chinese, multiplier
from shenwan_data.figures.quantity import Size, bounded, name, quantity, read_size
from shenwan_data.figures.units import Unit, unit_at, units
from shenwan_data.model import Figure

_PER = {"百": Fraction(1), "千": Fraction(1, 10), "万": Fraction(1, 100)}
# What grows or shrinks by the number behind it: 增加27件至186件 is a change and a level.
_CHANGE = re.compile(
    r"(?:增加|增长|增幅|提升|提高|上升|上涨|上调|上浮|新增|扩充|扩大|扩展|扩|增|升|涨|攀升|下降|减少|降低|降幅"
    r"|下调|下跌|下浮|回落|压减|压降|压缩|缩短|缩减|收窄|精简|减|降)了?[约近超逾]?$"
)
_LONGEST_CHANGE = 5


def place(words: str) -> Numeral | None:
    """The number of an ordinal or a numerator in either script; None for a run that is no number."""
    return arabic(words) if words[0].isdecimal() else chinese(words)


def spread(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """3至5次, 10—20万, 600元至3000元; None where the two are no bounds of one quantity."""
    low, high = read_size(match, "low"), read_size(match, "high")
    start, end = match.span()
    if low is None or high is None or (start and text[start - 1] == "每"):
        return None
    found = unit_at(text, end, digits=match["high_digits"][0].isdecimal())
    unit: Unit | None = None
    if found is not None:
        unit, end = found[:2]
    if match["low_unit"]:
        low_digits = match["low_digits"][0].isdecimal()
        lower_unit = unit_at(text, match.start("low_unit"), digits=low_digits)
        if lower_unit is None or lower_unit[1] != match.end("low_unit"):
            return None
        if unit is not None and unit is not lower_unit[0]:
            return None  # 增长13%至2460万元
        changed = _CHANGE.search(text, max(floor, start - _LONGEST_CHANGE), start)
        if changed and ("至" in match["joint"] or "到" in match["joint"]):
            return None  # 增加27件至186件
        unit = lower_unit[0]
    printed = unit is not None
    if unit is None:
        window = (text, max(0, start - WINDOW), start)
        if high.big and cues().money_before.search(*window):
            unit = units()["元"]
        elif not (high.big or cues().amount_before.search(*window)):
            return None
    lower = low.full.value
    if high.big and not low.big and not match["low_unit"]:
        lower *= multiplier(high.big)  # 3-5万元 is thirty to fifty thousand
    if lower > high.full.value:
        return name(match, "bare_number")
    bounds = (lower, high.full.value)
    return bounded(text, (start, end), bounds, unit, "range", big=high.big, printed=printed)


def _neighbours(low: str, high: str) -> tuple[int, int] | None:
    """Two digits said for about so many: 七八, 三五, 三两; None for any other two."""
    first, second = CHINESE_DIGITS[low], CHINESE_DIGITS[high]
    if second - first == 1 or (first, second) == (3, 5):
        return first, second
    return (second, first) if (first, second) == (3, 2) and high in "两兩" else None


def adjacent(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """三四次, 二三十人, 十七八名, 一百五六十件."""
    digits = _neighbours(match["low"], match["high"])
    head = chinese(match["head"]) if match["head"] else Numeral(0, 1)
    found = unit_at(text, match.end(), digits=False)
    if digits is None or head is None or (found is None and not match["adjacent_scale"]):
        return None
    small = match["adjacent_scale"].rstrip(MYRIADS)
    myriads = multiplier(match["adjacent_scale"][len(small) :])
    step, scale = multiplier(small), myriads
    if any(char in MYRIADS for char in match["head"] or ""):  # 三万五六千
        step, scale = step * myriads, 1
    if head.value % (10 * step):
        return None
    if found is None:
        return None
    bounds = ((head.value + digits[0] * step) * scale, (head.value + digits[1] * step) * scale)
    return bounded(text, (match.start(), found[1]), bounds, found[0], "range")


def share(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """三分之二, 百分之九十五, 十分之七八, 九成五, 一半, 百分百."""
    percent = units()["%"]
    span = match.span()
    if match["half"]:
        return _fraction(text, span, Fraction(1, 2), floor)
    if match["hundred"]:
        size = Size(Numeral(100, 1), "", Numeral(100, 1), more=False)
        return quantity(text, *span, size, percent, floor=floor)
    if match["tenths"]:  # 九成五 is 95 %
        if unit_at(text, match.end(), digits=False):
            return None
        tenths = chinese(match["tenths"] + "十" + match["hundredths"])
        if tenths is None:
            raise AssertionError("two digits make a number")
        size = Size(tenths.times(Fraction(1, 10)), "", tenths, more=False)
        return quantity(text, *span, size, percent, floor=floor)
    if match["of_ten"]:  # 十之八九
        return _about(text, span, match["of_ten"], Fraction(10))
    return _divided(text, match, floor)


def _divided(text: str, match: re.Match[str], floor: int) -> Figure:
    denominator, printed = match["denominator"], match["numerator"]
    divisor = chinese(denominator)
    if divisor is None or divisor.value == 0:
        return name(match, "idiom")
    if len(printed) in (2, 3) and printed[0] in CHINESE_DIGITS and printed[1] in CHINESE_DIGITS:
        ranged = _about(text, match.span(), printed, Fraction(100) / divisor.value)
        if ranged is not None:
            return ranged
    numerator = place(printed)
    if numerator is None:
        return name(match, "idiom")
    if denominator in _PER:
        full = numerator.times(_PER[denominator])
        size = Size(numerator, "", full, bool(match["share_more"]))
        return quantity(text, *match.span(), size, units()["%"], floor=floor)
    return _fraction(text, match.span(), Fraction(numerator.value) / divisor.value, floor)


def _about(text: str, span: tuple[int, int], words: str, part: Fraction) -> Figure | None:
    """Two neighbouring digits over a denominator: 十分之七八 is 70 to 80 %, 百分之二三十 20 to 30."""
    digits = _neighbours(words[0], words[1])
    if digits is None or words[2:] not in ("", "十"):
        return None
    step = part * multiplier(words[2:])
    return bounded(text, span, (digits[0] * step, digits[1] * step), units()["%"], "range")


def slash(text: str, match: re.Match[str], floor: int) -> Figure:
    """1/4: a share where it is less than one."""
    over, under = int(match["over"]), int(match["under"])
    if not 0 < over < under:
        return name(match, "bare_number")
    return _fraction(text, match.span(), Fraction(over, under), floor)


def _fraction(text: str, span: tuple[int, int], part: Fraction, floor: int) -> Figure:
    """三分之二: printed as a fraction, valued in percent, as fine as a whole percent."""
    size = Size(Numeral(part, part), "", Numeral(part * 100, Fraction(1)), more=False)
    return quantity(text, *span, size, units()["%"], floor=floor)
