"""Shares of a whole: 三分之二, 百分之九十五, 十分之七八, 九成五, 一半, 百分百, 1/4.

Belongs here: the readers of what is printed as a share without a percent sign. Does not belong here:
a number with one (``counts``). The readers are called as those of ``counts`` are.
"""

from __future__ import annotations

import re
from fractions import Fraction

from shenwan_data.figures.numerals import (
    CHINESE,
    CHINESE_DIGITS,
    ONE_TO_NINE,
    TO,
    Numeral,
    arabic,
    chinese,
    multiplier,
)
from shenwan_data.figures.quantity import bounded, name, quantity
from shenwan_data.figures.ranges import is_change, neighbours
from shenwan_data.figures.sizes import Size
from shenwan_data.figures.units import unit_at, units
from shenwan_data.model import Figure

_PER = {"百": Fraction(1), "千": Fraction(1, 10), "万": Fraction(1, 100)}


def place(words: str) -> Numeral | None:
    """The number of an ordinal or a numerator in either script; None for a run that is no number."""
    return arabic(words) if words[0].isdecimal() else chinese(words)


def share(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """三分之二, 百分之九十五, 十分之七八, 九成五, 一半, 百分百."""
    percent = units()["%"]
    span = match.span()
    if (ranged := _between(text, match, floor)) is not None:
        return ranged
    if match["half"]:
        return _fraction(text, span, Fraction(1, 2), floor)
    if match["hundred"]:
        size = Size(Numeral(100, 1), "", Numeral(100, 1), more=False)
        return quantity(text, *span, size, percent, floor=floor)
    if match["tenths"]:  # 九成五 is 95 %
        if not match["hundredths"] or unit_at(text, match.end(), digits=False):
            return None
        tenths = chinese(match["tenths"] + "十" + match["hundredths"])
        if tenths is None:
            raise AssertionError("two digits make a number")
        size = Size(tenths.times(Fraction(1, 10)), "", tenths, more=False)
        return quantity(text, *span, size, percent, floor=floor)
    if match["of_ten"]:  # 十之八九
        return _about(text, span, match["of_ten"], Fraction(10))
    return _divided(text, match, floor)


_SECOND = re.compile(
    rf"(?P<joint>{TO})(?:(?P<tenths>[{ONE_TO_NINE}两])成(?P<hundredths>[{ONE_TO_NINE}])?"
    rf"|(?:(?P<denominator>{CHINESE})分之)?(?P<numerator>{CHINESE}))"
)


def _between(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """百分之三十至五十, 三分之一至二分之一, 八成五至九成: from one share to another."""
    low = _percent(match["denominator"], match["numerator"], match["tenths"], match["hundredths"])
    second = _SECOND.match(text, match.end()) if low is not None else None
    if low is None or second is None or is_change(text, match.start(), floor, second["joint"]):
        return None
    over = second["denominator"] or match["denominator"]
    high = _percent(over, second["numerator"], second["tenths"], second["hundredths"])
    if high is None or high <= low:
        return None
    if second["tenths"] is None and second["denominator"] is None:
        counted = unit_at(text, second.end(), digits=False) or not match["numerator"]
        if counted:  # 百分之三十到三个村
            return None
    return bounded(text, (match.start(), second.end()), (low, high), units()["%"], "range")


def _percent(
    denominator: str | None, numerator: str | None, tenths: str | None, hundredths: str | None
) -> Fraction | None:
    if tenths:
        return Fraction(10 * CHINESE_DIGITS[tenths] + CHINESE_DIGITS[hundredths or "零"])
    over, under = place(numerator or "零"), chinese(denominator or "零")
    if over is None or under is None or not under.value:
        return None
    return Fraction(over.value * 100) / Fraction(under.value)


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
    digits = neighbours(words[0], words[1])
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
