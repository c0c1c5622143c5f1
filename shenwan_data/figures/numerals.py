"""The value of a numeral, Arabic or Chinese, and how finely it is stated.

Belongs here: arithmetic on one numeral. Does not belong here: finding it (``grammar``), its unit
(``units``), its qualifier (``qualifiers``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from shenwan_data.model import Number

CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "○": 0, "两": 2, "兩": 2,
    "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
MULTIPLIERS = {
    "十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000,
    "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8,
}  # fmt: skip
Exact = int | Fraction
_MYRIADS = "万萬亿億"
# A longer run is no number that anyone counted to; its arithmetic would only cost time.
_LONGEST = 24
# Where a float stops telling whole numbers apart, nobody counts either.
LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as written: its ``value`` and its ``grain``.

    The grain is the place value of the last non-zero digit, or 10 where that is the units digit of
    a number of three or more digits: nobody rounds to 432, so 432余 means the four hundred and thirties.
    """

    value: Exact
    grain: Exact

    def times(self, factor: Exact) -> Numeral:
        """The numeral followed by a multiplier or converted to another unit."""
        return Numeral(self.value * factor, self.grain * factor)


def multiplier(words: str) -> int:
    """The product of a run of 十百千万亿 (``"千万"`` is 10 000 000); 1 for none."""
    product = 1
    for word in words:
        product *= MULTIPLIERS[word]
    return product


def arabic(digits: str) -> Numeral | None:
    """Read digits in either width with an optional point and separators between thousands.

    Returns None for a run too long to be a number.
    """
    if len(digits) > _LONGEST:
        return None
    plain = digits if digits.isdecimal() else digits.replace(",", "").replace("，", "")
    if plain.isdecimal():
        return _whole(int(plain))
    whole, _, decimals = plain.replace("．", ".").partition(".")
    scale = 10 ** len(decimals)
    value = Fraction(int(whole) * scale + int(decimals), scale)
    if value.denominator == 1:
        return _whole(int(value))
    return Numeral(value, Fraction(1, 10 ** len(str(int(decimals[::-1])))))


def _whole(value: int) -> Numeral:
    """A whole number: its grain is 10 to the number of noughts at its end."""
    digits = str(value)
    noughts = len(digits) - len(digits.rstrip("0"))
    if not value:
        return Numeral(0, 1)
    return Numeral(value, 10 if not noughts and len(digits) > 2 else 10**noughts)


def chinese(words: str) -> Numeral | None:
    """Read a Chinese numeral (``一百二十``, ``三万五``, ``二〇二二``, ``三点五``, ``千``).

    Returns None for a run that is no number (``一百百``, ``十十``).
    """
    if len(words) > _LONGEST:
        return None
    whole, point, decimals = words.partition("点")
    if point:
        return _with_decimals(whole, decimals)
    if len(words) > 1 and all(c in CHINESE_DIGITS for c in words):
        return arabic("".join(str(CHINESE_DIGITS[c]) for c in words))
    value = _additive(words)
    if value is None:
        return None
    return _whole(value)


def _with_decimals(whole: str, decimals: str) -> Numeral | None:
    tail = decimals.rstrip("万亿千百十")
    head = _additive(whole)
    if head is None or not tail or not all(c in CHINESE_DIGITS for c in tail):
        return None
    number = arabic(f"{head}.{''.join(str(CHINESE_DIGITS[c]) for c in tail)}")
    return number and number.times(multiplier(decimals[len(tail) :]))


def _additive(words: str) -> int | None:
    """Digits and multipliers summed; a last digit without its multiplier takes the next one down."""
    total = section = 0
    digit: int | None = None
    last = 0  # the multiplier before a trailing digit, for 三万五 = 35 000; 0 after 零
    ceiling = 10**5
    for word in words:
        if word in CHINESE_DIGITS:
            if digit is not None and digit != 0:
                return None
            digit = CHINESE_DIGITS[word]
            last = 0 if digit == 0 else last
            continue
        power = MULTIPLIERS[word]
        if word in _MYRIADS:
            section += digit or 0
            total = total + section * power if section else (total or 1) * power
            section, digit, ceiling = 0, None, 10**5
        else:
            if power >= ceiling or (power > 10 and digit is None and (total or section)):
                return None  # 三百百, 九万千
            section += (1 if digit is None else digit) * power
            ceiling, digit = power, None
        last = power
    if digit:
        section += digit * (last // 10 if last > 10 else 1)
    return total + section


def number(value: Exact | None) -> Number | None:
    """The plain Python number for a value: int where it is whole, else the nearest float."""
    if value is None or isinstance(value, int):
        return value
    return int(value) if value.denominator == 1 else float(value)


D = r"\d"
C = "〇○零一二三四五六七八九十百千万亿两萬億兩"
ONE_TO_NINE = "一二三四五六七八九"
NUMERAL_CHARS = rf"{D}{C}"
NUMERAL_RUN = re.compile(rf"[{NUMERAL_CHARS}]+")
SPACE = r"[ \u3000\xa0]?"
DASHES = r"\-—–―~～－‐‑〜"
DASH = rf"[{DASHES}]{{1,2}}"

# Atomic: half a number is never tried.
ARABIC = (
    rf"(?>(?:{D}{{1,3}}(?:,{D}{{3}})+(?!{D})|{D}{{1,3}}(?:，{D}{{3}})+(?!{D})|{D}+)"
    rf"(?:[.．]{D}+)?)"
)
CHINESE = rf"[{C}]+(?:点[{C}]+)?"
ORDINAL = rf"(?:[{C}]+|{D}+)"
MYRIADS = "万亿萬億"
TO = rf"{SPACE}(?:{DASH}|至|到){SPACE}"
