"""The value of a numeral, in any script, and how finely it is stated.

Belongs here: arithmetic on one numeral, and how numerals are spelt. Does not belong here: finding one
in a text (``grammar``), its unit (``units``), its qualifier (``hedges``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from shenwan_data.model import Number

CAPITALS = "壹贰叁肆伍陆柒捌玖貳參陸"
CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "○": 0, "两": 2, "兩": 2,
    "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
    "貳": 2, "參": 3, "陸": 6,
}  # fmt: skip
MULTIPLIERS = {
    "十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000,
    "万": 10**4, "萬": 10**4, "w": 10**4, "W": 10**4, "亿": 10**8, "億": 10**8,
}  # fmt: skip
# Two tens and three tens in one character: 廿三件, 卅人.
_TENS = {"廿": 20, "卅": 30}
_NOUGHTS = "零〇○"
_MYRIAD = 10**4
Exact = int | Fraction
# A longer run is no number that anyone counted to; its arithmetic would only cost time.
_LONGEST = 24
# Where a float stops telling whole numbers apart, nobody counts out a number digit by digit; with
# its 万 or 亿 printed (3920万亿元) a sum may be larger.
LARGEST = 10**15
LARGEST_IN_WORDS = 10**20
_HUNDREDTHS, _BELOW_ONE = 2, 4


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
    """Read a numeral in Chinese characters, with digits among them or not.

    ``一百二十``, ``三万五``, ``二〇二二``, ``三点五``, ``千``, ``廿三``, ``伍仟``, ``3千5百万``.
    Returns None for a run that is no number (``一百百``, ``十十``, ``5千8千``).
    """
    if len(words) > _LONGEST:
        return None
    whole, point, decimals = words.partition("点")
    if point:
        return _with_decimals(whole, decimals)
    if len(words) > 1 and all(c in CHINESE_DIGITS for c in words):
        return arabic("".join(str(CHINESE_DIGITS[c]) for c in words))
    value = _Sum().over(words)
    if value is None:
        return None
    if isinstance(value, Fraction) and value.denominator != 1:
        return Numeral(value, Fraction(1, value.denominator))
    return _whole(int(value))


def _with_decimals(whole: str, decimals: str) -> Numeral | None:
    tail = decimals.rstrip("万亿千百十")
    head = _Sum().over(whole)
    if head is None or not tail or not all(c in CHINESE_DIGITS for c in tail):
        return None
    number = arabic(f"{head}.{''.join(str(CHINESE_DIGITS[c]) for c in tail)}")
    return number and number.times(multiplier(decimals[len(tail) :]))


_TOKEN = re.compile(r"\d[\d,，]*(?:[.．]\d+)?|\D")


class _Sum:
    """Digits and multipliers added up from left to right.

    ``section`` is what has no 万 or 亿 yet, ``total`` what has; ``ceiling`` and ``myriad`` are the last
    multiplier of each, which the next must stay below, but for a 亿 that multiplies all before it
    (一万五千亿). ``last`` is the multiplier before a trailing digit, which takes the next one down
    (三万五 is 35 000), 0 after 零.
    """

    def __init__(self) -> None:
        self.total: Exact = 0
        self.section: Exact = 0
        self.digit: Exact | None = None
        self.places = 1
        self.ceiling = 10**5
        self.myriad = 0
        self.last = 0

    def over(self, words: str) -> Exact | None:
        """The sum, or None for a run that nobody would say."""
        for token in _TOKEN.findall(words):
            if token in _NOUGHTS:
                fits = self.digit is None
                self.last = 0
            elif token in CHINESE_DIGITS or token[0].isdecimal():
                fits = self._take(token)
            elif token in _TENS:
                fits = self.digit is None and self.ceiling > 10
                self.section += _TENS[token]
                self.ceiling = self.last = 10
            else:
                power = MULTIPLIERS[token]
                fits = self._myriad(power) if power >= _MYRIAD else self._multiply(power)
                self.last = power
            if not fits:
                return None
        return self._end()

    def _take(self, token: str) -> bool:
        free = self.digit is None
        if token in CHINESE_DIGITS:
            self.digit, self.places = CHINESE_DIGITS[token], 1
        else:
            numeral = arabic(token)
            self.digit, self.places = numeral.value if numeral else None, len(token)
        return free and self.digit is not None

    def _multiply(self, power: int) -> bool:
        if power >= self.ceiling or (self.digit is not None and self.digit * power >= self.ceiling):
            return False  # 三百百, 1千12百
        if self.digit is None and power > 10 and (self.total or self.section):
            return False  # 九万千
        self.section += (1 if self.digit is None else self.digit) * power
        self.ceiling, self.digit = power, None
        return True

    def _myriad(self, power: int) -> bool:
        self.section += self.digit or 0
        self.digit, self.ceiling = None, 10**5
        above = self.myriad and power > self.myriad
        if not self.section:  # 万亿, 亿万
            self.total = (self.total or 1) * power
        elif above and self.total < power:  # 一万五千亿
            self.total = (self.total + self.section) * power
        elif self.myriad and power >= self.myriad:
            return False
        else:
            self.total += self.section * power
        self.section, self.myriad = 0, power
        return True

    def _end(self) -> Exact | None:
        if self.digit is None:
            return self.total + self.section
        unit = self.last // 10 if self.last > 10 and self.places == 1 else 1
        if self.last and self.digit * unit >= self.last:
            return None  # 3千5000
        return self.total + self.section + self.digit * unit


def number(value: Exact | None) -> Number | None:
    """The plain Python number for a value: int where it is whole, else the nearest float.

    A quotient that no decimal gives exactly (亩 as square metres, a third as a percentage) is rounded
    to hundredths, and below one to ten-thousandths: no report prints more.
    """
    if value is None or isinstance(value, int):
        return value
    if value.denominator == 1:
        return int(value)
    return float(value if _terminates(value.denominator) else rounded(value))


def rounded(value: Fraction) -> Fraction:
    """To hundredths; below one to ten-thousandths."""
    return round(value, _HUNDREDTHS if abs(value) >= 1 else _BELOW_ONE)


def _terminates(denominator: int) -> bool:
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1


D = r"\d"
C = "〇○零一二三四五六七八九十百千万亿两萬億兩廿卅"
ONE_TO_NINE = "一二三四五六七八九"
TENS = "十百千"
MYRIADS = "万亿萬億"
NUMERAL_CHARS = rf"{D}{C}"
# 大写: at least one digit and one multiplier, or a digit and 元, because 陆 and 伍 are names and 拾 and
# 伍 parts of words (陆续, 队伍, 收拾): 伍仟元整, 叁拾万, 贰元; 队伍|万人.
CAPITAL = (
    rf"(?:(?<![队退入行落为])伍|(?<![大内登着水海])[陆陸]|[壹贰叁肆柒捌玖貳參])[拾佰仟{MYRIADS}]"
    rf"[拾佰仟零{CAPITALS}{MYRIADS}]*+|(?:[壹贰叁肆柒捌玖貳參]|(?<=[共计币款金])[伍陆陸])(?=[元圆角])|(?<![收捡])拾(?:[{CAPITALS}{MYRIADS}])[拾佰仟零{CAPITALS}{MYRIADS}]*+"
)
NUMERAL_RUN = re.compile(rf"[{NUMERAL_CHARS}]+")
# What may stand between digits and a unit: one space of any kind that stays on the line.
SPACES = frozenset(" \u3000\xa0\u202f\u205f") | frozenset(map(chr, range(0x2000, 0x200B)))
ANY_SPACE = f"[{''.join(sorted(SPACES))}]"
SPACE = f"{ANY_SPACE}?"
DASHES = r"\-—–―~～－‐‑〜"
DASH = rf"[{DASHES}]{{1,2}}"

# Atomic: half a number is never tried.
ARABIC = (
    rf"(?>(?:{D}{{1,3}}(?:,{D}{{3}})+(?!{D})|{D}{{1,3}}(?:，{D}{{3}})+(?!{D})|{D}+)"
    rf"(?:[.．]{D}+)?)"
)
CHINESE = rf"[{C}]+(?:点[{C}]+)?"
# What follows digits in a number of both scripts: 3千5百万, 2万零五百, 12万3456.
MIXED_TAIL = (
    rf"(?:[{TENS}拾佰仟{MYRIADS}]{{1,2}}(?=[{D}零〇{ONE_TO_NINE}两])"
    rf"[{NUMERAL_CHARS}拾佰仟]{{1,{_LONGEST}}}+(?![{NUMERAL_CHARS}]))"
)
ORDINAL = rf"(?:[{C}]+|{D}+)"
TO = rf"{SPACE}(?:{DASH}|至|到){SPACE}"
