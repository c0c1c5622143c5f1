"""A number as printed: numeral, multipliers, and the hedges among them.

Belongs here: the pattern of a number without its unit, and its value. Does not belong here: the unit
and what stands around the two (``quantity``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from shenwan_data.figures.hedges import hedges
from shenwan_data.figures.numerals import (
    ANY_SPACE,
    ARABIC,
    CHINESE,
    MIXED_TAIL,
    MYRIADS,
    ONE_TO_NINE,
    TO,
    Numeral,
    arabic,
    chinese,
    multiplier,
)
from shenwan_data.schemas import while_unchanged

_PARTS = {
    prefix: tuple(f"{prefix}_{part}" for part in ("digits", "scale", "big", "more1", "more2", "ge"))
    for prefix in ("a", "c", "p", "y", "high")
}
_PLAIN = re.compile(r"[\d.,．，]+")
_TRAILING_BIG = re.compile(r"[万亿萬億]+$")
_MYRIAD = re.compile("[万亿萬億]")
_LONGEST_BIG = 2
_BARE = frozenset("百千万亿萬億")
# The same few numbers fill most reports: what they come to is worked out once.
_CACHED = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Size:
    """A number as printed: the ``raw`` numeral, the 万/亿 behind it, and what the two come to.

    Compared by identity, which makes it a cheap key. ``bare`` is a number that begins with 百, 千, 万,
    a multiplier without a digit, which counts only with a hedge; ``spoken`` one that is said with 个
    before its 亿 (3个亿), which is money; ``compound`` one that goes on behind its 万 (3万5).
    """

    raw: Numeral
    big: str
    full: Numeral
    more: bool
    bare: bool = False
    spoken: bool = False
    compound: bool = False


@while_unchanged("hedges.yaml")
def more() -> str:
    """余, 多, 几, 来 between a number and its unit; not the 多 of 多样, the 来 of 统一来."""
    words = hedges().inner.replace("来", "")
    return rf"(?:[{words}](?!样|元化|次性)|(?<![{ONE_TO_NINE}两])来(?![电信访函]))"


def size_pattern(prefix: str, digits: str, *, chinese: bool) -> str:
    """A number with its multipliers and the hedges between them, as groups named by ``prefix``.

    ``_digits`` the numeral, ``_scale`` 十, 百 or 千 behind digits, ``_big`` 万 or 亿, ``_more1`` and
    ``_more2`` a hedge before and behind 万/亿, ``_ge`` the 个 of 3个亿.
    """
    scale = "(?:)" if chinese else r"(?:[十百](?!分)|千(?![米克瓦伏卡])|[拾佰仟])?"
    hundreds = "[百千]?" if chinese else ""
    wan = "" if chinese else "|[wW](?![A-Za-z0-9])"
    gap = "" if chinese else rf"(?:{ANY_SPACE}(?=[十百千{MYRIADS}个{hedges().inner}]))?"
    return (
        rf"(?P<{prefix}_digits>{digits}){gap}(?P<{prefix}_scale>{scale})"
        rf"(?P<{prefix}_ge>(?:个(?=[多余几]?[亿億]))?)(?P<{prefix}_more1>{more()}?)"
        rf"(?P<{prefix}_big>(?:{hundreds}[{MYRIADS}]{{1,2}}{wan})?)(?P<{prefix}_more2>{more()}?)"
    )


@lru_cache(maxsize=2)
def behind_joint(digits: bool) -> re.Pattern[str]:
    """The second number of a range, in Arabic digits or in Chinese ones, with the 至 or dash before it."""
    number = f"(?>{ARABIC}{MIXED_TAIL}?)" if digits else CHINESE
    return re.compile(rf"(?P<joint>{TO}){size_pattern('high', number, chinese=not digits)}")


def read_size(match: re.Match[str], prefix: str) -> Size | None:
    """The number of one group of the grammar; None for a run that is no number."""
    return size_of(*match.group(*_PARTS[prefix]))


@lru_cache(maxsize=_CACHED)
def size_of(
    digits: str, scale: str = "", big: str = "", more1: str = "", more2: str = "", ge: str = ""
) -> Size | None:
    """The number of its parts: numeral, 十/百/千 behind digits, 万/亿, 余 or 多 before and behind it, 个."""
    bare = digits[0] in _BARE
    if digits[0].isdecimal():
        raw = arabic(digits) if _PLAIN.fullmatch(digits) else chinese(digits)
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
    if digits[-1:] in ("零", "〇") and more1:
        raw = Numeral(raw.value, 10)  # 二百零几 is below 210
    raw = raw.times(multiplier(scale))
    full = raw.times(multiplier(big))
    return Size(
        raw, big.replace("w", "万").replace("W", "万"), full, bool(more1 or more2), bare, bool(ge)
    )
