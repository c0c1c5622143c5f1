"""Quantities as a report may print them, each with what it means, made by hypothesis.

Belongs here: strategies that write a number, unit and hedge, and work out the meaning from how it was
written, with no help from the code under test. Does not belong here: asserting (``test_round_trip``).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from shenwan_data.figures.units import Unit, units
from shenwan_data.schemas import metadata

HEDGES = metadata("hedges.yaml")
FULL_WIDTH = str.maketrans("0123456789.,%", "０１２３４５６７８９．，％")
_DIGITS = "零一二三四五六七八九"
_SCALES = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
# Larger quantities are no report's; the program takes them for identifiers.
MOST = 10**14
MYRIADS = {"": 1, "万": 10**4, "亿": 10**8}


@dataclass(frozen=True, slots=True)
class Written:
    """A number as printed, without its 万 or 亿: its value, and the step it is stated in."""

    words: str
    value: Fraction
    step: Fraction
    chinese: bool


@dataclass(frozen=True, slots=True)
class Quantity:
    """A whole quantity as printed and the reading it must have (base unit)."""

    words: str
    kind: str
    value: Fraction
    unit: str
    raw_value: Fraction
    raw_unit: str
    qualifier: str
    lower: Fraction | None
    upper: Fraction | None


def step_of(value: Fraction) -> Fraction:
    """Place value of the last non-zero digit; 10 for the units digit of three or more digits."""
    if not value:
        return Fraction(1)
    step = Fraction(10) ** 12
    while value % step:
        step /= 10
    return Fraction(10) if step == 1 and value >= 100 else step


def chinese_words(value: int, *, two: str = "二") -> str:
    """A whole number below 10**12 in Chinese, the way it is said: 一千零五, 十二, 三万零四十."""
    if value < 10_000:
        return _section(value, two, leading=True)
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if value >= size:
            high, low = divmod(value, size)
            head = chinese_words(high, two=two) + name
            if not low:
                return head
            return head + ("零" if low < size // 10 else "") + _no_leading_ten(low, two)
    raise AssertionError(value)


def _no_leading_ten(value: int, two: str) -> str:
    words = chinese_words(value, two=two)
    return "一" + words if words[0] == "十" else words


def _section(value: int, two: str, *, leading: bool) -> str:
    if value == 0:
        return "零"
    words, pending = "", False
    for size, name in _SCALES:
        digit, value = divmod(value, size)
        if digit:
            words += ("零" if pending else "") + _digit(digit, size, two) + name
            pending = False
        elif words:
            pending = bool(value)
    return words[1:] if leading and words.startswith("一十") else words


def _digit(digit: int, size: int, two: str) -> str:
    return two if digit == 2 and size >= 100 else _DIGITS[digit]


def separated(whole: int, comma: str) -> str:
    """1234567 as 1,234,567."""
    return f"{whole:,}".replace(",", comma)


@st.composite
def arabic_numbers(draw: st.DrawFn, most: int = 10**9 - 1) -> Written:
    """Digits in either width, with or without separators between thousands and with decimals."""
    whole = draw(st.one_of(st.integers(0, 99), st.integers(100, 9999), st.integers(10**4, most)))
    places = draw(st.integers(0, 3))
    decimals = draw(st.text("0123456789", min_size=places, max_size=places))
    grouped = draw(st.booleans())
    words = separated(whole, ",") if grouped else str(whole)
    if decimals:
        words += "." + decimals
    value = Fraction(Decimal(f"{whole}.{decimals or 0}"))
    if draw(st.booleans()):
        words = words.translate(FULL_WIDTH)
    return Written(words, value, step_of(value), chinese=False)


@st.composite
def chinese_numbers(draw: st.DrawFn, most: int = 9999) -> Written:
    """Chinese numerals, 两 or 二 before 百 and 千; 两 alone for 2, as is said before a classifier."""
    value = draw(st.one_of(st.integers(2, 20), st.integers(21, most)))
    words = chinese_words(value, two=draw(st.sampled_from("二两")))
    words = "两" if words == "二" else words
    return Written(words, Fraction(value), step_of(Fraction(value)), chinese=True)


def _accepts(unit: Unit, number: Written) -> bool:
    """What the table or plain sense keeps apart: 十分 is very, 5日 is a date, 番 needs 翻."""
    if number.chinese and (unit.digits_only or unit.code in ("分", "番")):
        return False
    if unit.code in ("千瓦", "千瓦时") and number.chinese:
        return False
    if unit.code == "年":  # 3年 is a duration, 11.4年 a measure
        return number.value.denominator != 1
    return unit.code != "日" or number.value > 31


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    """Any number × 万/亿 × unit × hedge of the tables."""
    number = draw(st.one_of(arabic_numbers(), chinese_numbers()))
    unit = draw(st.sampled_from([u for u in units().values() if _accepts(u, number)]))
    fitting = [big for big, size in MYRIADS.items() if number.value * size * unit.factor < MOST]
    big = draw(st.sampled_from(["", *fitting]))
    # Behind Chinese numerals 千米 is a thousand metres and 百分点 a hundred points of something.
    surfaces = [s for s in unit.surfaces if not (number.chinese and s[0] in "千百")]
    surface = draw(
        st.sampled_from(surfaces if number.chinese else [*surfaces, *unit.digit_surfaces])
    )
    place = draw(st.sampled_from(["none", "before", "inner", "after"]))
    more, prefix, suffix, qualifier = "", "", "", "exact"
    if place == "inner" and number.value:
        more = draw(st.sampled_from(HEDGES["inner"]["more_than"]))
        if more == "来" and number.chinese and number.words[-1] not in "十百千":
            more = "多"  # 来 follows a round number (十来件); 一来 is another word
        qualifier = "more_than"
    elif place == "before":
        qualifier, prefix = draw(st.sampled_from(_words("before")))
        prefix += draw(st.sampled_from(["", "", *HEDGES["link"]]))
    elif place == "after":
        qualifier, suffix = draw(st.sampled_from(_after(unit)))
    inner_first = big and draw(st.booleans())
    middle = f"{more}{big}" if inner_first else f"{big}{more}"
    factor = MYRIADS[big]
    value, step = number.value * factor * unit.factor, number.step * factor * unit.factor
    lower, upper = bounds(qualifier, value, step)
    return Quantity(
        words=f"{prefix}{number.words}{middle}{surface}{suffix}",
        kind=unit.kind,
        value=value,
        unit=unit.base,
        raw_value=number.value,
        raw_unit=f"{big}{unit.code}",
        qualifier=qualifier,
        lower=lower,
        upper=upper,
    )


def _words(place: str) -> list[tuple[str, str]]:
    bare_only = HEDGES["only_before_bare_multiplier"]
    return [
        (name, word)
        for name, words in HEDGES[place].items()
        for word in words
        if word not in bare_only
    ]


def _after(unit: Unit) -> list[tuple[str, str]]:
    """余 and 多 behind the unit belong to measures, 内 to durations."""
    words = [(name, word) for name, word in _words("after") if word not in ("余", "多")]
    if unit.kind == "measure":
        words += [("more_than", "余"), ("more_than", "多")]
    if unit.dimension == "duration":
        words += [("at_most", "内")]
    return words


def bounds(
    qualifier: str, value: Fraction, step: Fraction
) -> tuple[Fraction | None, Fraction | None]:
    """The published table of qualifiers."""
    table: dict[str, tuple[Fraction | None, Fraction | None]] = {
        "exact": (value, value),
        "more_than": (value, value + step),
        "nearly": (value - step, value),
        "about": (value - step / 2, value + step / 2),
        "at_least": (value, None),
        "at_most": (None, value),
    }
    return table[qualifier]


_CAPITAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
SPACES = " \u3000\xa0\u2009\u202f"


def capital_words(value: int) -> str:
    """A whole number in 大写, as on a receipt: 壹佰贰拾叁, 伍仟; 10 to 19 begin with 壹拾."""
    return _no_leading_ten(value, "二").translate(_CAPITAL)


def mixed_words(value: int) -> str:
    """Digits with the multipliers of speech: 3千5百万, 2万零五百, 1亿零500万, 12万5千6百."""
    words = ""
    for size, name in (
        (10**8, "亿"),
        (10**4, "万"),
        (1000, "千"),
        (100, "百"),
        (10, "十"),
        (1, ""),
    ):
        digits, value = divmod(value, size)
        if digits:
            words += f"{digits}{name}"
        elif words and value and words[-1] != "零":
            words += "零"
    return words


def short_ten_words(value: int) -> str:
    """零十 as it is said beside 零一十: 一千零十七."""
    return chinese_words(value).replace("零一十", "零十")


def twenty_words(value: int) -> str:
    """廿三, 卅 for 二十三, 三十 where the number is no more."""
    words = chinese_words(value)
    return words.replace("二十", "廿").replace("三十", "卅") if 20 <= value < 40 else words


def spaced(value: int, space: str) -> str:
    """35 000: thousands parted by a space (GB/T 15835-2011)."""
    return f"{value:,}".replace(",", space)


@st.composite
def spellings(draw: st.DrawFn) -> tuple[int, str]:
    """A whole number and one of the ways to write it."""
    value = draw(
        st.one_of(st.integers(2, 120), st.integers(121, 99_999), st.integers(10**5, 10**11))
    )
    writers = [chinese_words, capital_words, mixed_words, short_ten_words, twenty_words, str]
    writers += [lambda n: f"{n:,}", lambda n: spaced(n, draw(st.sampled_from(SPACES)))]
    return value, draw(st.sampled_from(writers))(value)
