"""Numbers as a person would write them, in both languages.

Belongs here: printing figures, ratios, dates and changes for messages. Does not belong here: the
messages themselves (``schemas/findings.yaml``).
"""

from __future__ import annotations

import math
import re
from datetime import date

from shenwan_data.errors import Text
from shenwan_data.figures.units import units
from shenwan_data.findings.check import Interval
from shenwan_data.model import Figure, Number

_ENGLISH_HEDGE = {
    "exact": "", "more_than": "more than ", "nearly": "nearly ", "about": "about ",
    "at_least": "at least ", "at_most": "at most ",
}  # fmt: skip
# The classifiers of counts are left to the English sentence: 宗 and 件 are both "cases" there.
_ENGLISH_UNIT = {
    "元": " yuan", "美元": " US dollars", "港元": " Hong Kong dollars", "平方米": " m²", "%": "%",
    "百分点": " percentage points", "分": " points",
}  # fmt: skip
_MULTIPLIERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_MULTIPLIED = re.compile("(?P<multiplier>[十百千万亿]*)(?P<unit>.+)")
# Not from the calendar module, whose names follow the machine's language.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def same(words: str) -> Text:
    """Words that are the same in both languages: a quotation, a plain number."""
    return Text(words, words)


def figure_text(figure: Figure) -> Text:
    """A figure: as printed in Chinese; in English its hedge, value and unit of money, area or share.

    One that a person has corrected is named with the value it was given, which is what is compared.
    """
    if figure.value is not None and _is_corrected(figure):
        now = sum_text(figure.value, figure.unit or "")
        return Text(f"{figure.quote}（更正为{now.zh}）", f"{english(figure)} (corrected)")
    return Text(figure.quote, english(figure))


def _is_corrected(figure: Figure) -> bool:
    """Whether the value is another than the printed number and unit make; shares are left aside."""
    if figure.kind not in ("count", "money", "area", "measure"):
        return False
    printed = _MULTIPLIED.fullmatch(figure.raw_unit or "")
    unit = units().get(figure.unit or "")
    if figure.raw_value is None or figure.value is None or printed is None or unit is None:
        return False
    multiplier = math.prod(_MULTIPLIERS[word] for word in printed["multiplier"])
    spelt = next((u for u in units().values() if printed["unit"] in u.surfaces), None)
    if spelt is None or spelt.base != unit.code:
        return False
    expected = float(figure.raw_value) * multiplier * float(spelt.factor)
    return not math.isclose(expected, float(figure.value), rel_tol=1e-6)


def english(figure: Figure) -> str:
    """A figure in English, without the classifier of a count."""
    unit = _ENGLISH_UNIT.get(figure.unit or "", "")
    if figure.kind == "rank":
        return f"place {amount(figure.value)}" if figure.value else figure.quote
    if figure.value is not None:
        hedge = _ENGLISH_HEDGE.get(figure.qualifier or "exact", "")
        return f"{hedge}{amount(figure.value, grouped=True)}{unit}"
    if figure.lower is not None and figure.upper is not None:
        low, high = (amount(bound, grouped=True) for bound in (figure.lower, figure.upper))
        return f"{low} to {high}{unit}"
    if figure.lower is not None:
        return f"at least {amount(figure.lower, grouped=True)}{unit}"
    return figure.quote


def amount(value: Number | None, *, grouped: bool = False) -> str:
    """A number without needless zeros; ``grouped`` puts commas between thousands."""
    if value is None:
        return ""
    if float(value).is_integer():
        return f"{int(value):,}" if grouped else f"{int(value)}"
    text = f"{value:,.2f}" if grouped else f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def sum_text(value: Number, unit: str) -> Text:
    """A value with its unit: 405.23万元, 4,052,300 yuan."""
    chinese = amount(value)
    for size, word in ((10**8, "亿"), (10**4, "万")):
        if unit in ("元", "平方米") and abs(value) >= size:
            chinese = amount(value / size) + word
            break
    return Text(f"{chinese}{unit}", f"{amount(value, grouped=True)}{_ENGLISH_UNIT.get(unit, '')}")


def bound_text(value: Number | None) -> Text:
    """An end of a band: 1000万, 10,000,000; nothing where the band is open."""
    if value is not None and value >= 10**4 and value % 10**4 == 0:
        return Text(f"{amount(value / 10**4)}万", amount(value, grouped=True))
    return Text(amount(value), amount(value, grouped=True))


def ratio(value: float) -> str:
    """A quotient to three figures or so."""
    if math.isinf(value):
        return "∞"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def ratio_text(interval: Interval, unit: str = "") -> Text:
    """The quotients of an interval: one number, or from the smallest to the largest."""
    low, high = ratio(interval.low), ratio(interval.high)
    if low == high:
        return same(f"{low}{unit}")
    if math.isinf(interval.high):
        return Text(f"不低于{low}{unit}", f"at least {low}{unit}")
    return Text(f"{low}至{high}{unit}", f"{low} to {high}{unit}")


def change_text(value: float, unit: str) -> Text:
    """A signed change: 增长18.3%, 减少5; a rise of 18.3%, a fall of 5."""
    size, shown = ratio(abs(value)), unit if unit in ("%", "倍") else ""
    if unit == "百分点":
        zh_size, en_size = f"{size}个百分点", f"{size} percentage points"
    else:
        zh_size = f"{size}{unit}"
        en_size = f"{size} times" if shown == "倍" else f"{size}{shown}"
    verbs = ("增长", "下降") if shown else ("增加", "减少")
    if value == 0:
        return Text("持平", "no change")
    return Text(
        f"{verbs[0] if value > 0 else verbs[1]}{zh_size}",
        f"a {'rise' if value > 0 else 'fall'} of {en_size}",
    )


def times_text(value: float) -> Text:
    """How many times the value before: 上年的2.18倍, 2.18 times the year before."""
    return Text(f"上年的{ratio(value)}倍", f"{ratio(value)} times the year before")


def date_text(day: date) -> Text:
    """A day in words: 2023年2月15日, 15 February 2023."""
    return Text(
        f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    )
