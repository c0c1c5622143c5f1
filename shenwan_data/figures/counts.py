"""A number with its unit, or without one: what it counts, and whether it counts at all.

Belongs here: the readers of single numbers. Does not belong here: two numbers that bound one quantity
or divide it (``ranges``), ranks and numerals that are part of a name (``names``).

Every reader takes the text, the match of its branch and the end of the figure before. It gives the
figure, or None where the words around make it no case of the branch: then the next branch is tried.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from shenwan_data.figures.cues import WINDOW, cues
from shenwan_data.figures.hedges import hedge_before
from shenwan_data.figures.numerals import MYRIADS, SPACES, multiplier
from shenwan_data.figures.quantity import (
    PART_STARTS,
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
from shenwan_data.figures.sizes import Size, read_size
from shenwan_data.figures.units import Unit, in_currency, unit_at, unit_by_surface, units, unlisted
from shenwan_data.model import Figure

_NOUN_ENDS_HERE = frozenset("，。；、,;）)\n")
# A longer run of digits without separator or unit is an identifier.
_LONGEST_PLAIN_COUNT = 8
_SECTION = re.compile(r"[1-9]\d?[.．][1-9]\d?")
_SCALES = frozenset("十百千" + MYRIADS)
_BEFORE_PAGE_COUNT = frozenset(":： \u3000\xa0[【")
# What stands before the second half of a number: 案件4 0宗, 案件1O6宗 and l42宗 (typed or scanned
# letters for 0 and 1), 1.234.567元, with a space before it or none. Not 第3 5项, 附件1 3份, 表2 12宗.
_BROKEN = re.compile(
    r"[一-鿿：:](?<![第表图注号])(?<!附件)[ \xa0\u2009\u3000]?(?:[\d０-９]{1,3}[ \xa0\u2009])+$"
    r"|[一-鿿\d０-９][lIOoQZЗОо|][.．]?$|[\d０-９][.．'’‘^]$"
    r"|[一-鿿][\d０-９]+(?:[.．][ \u3000]|[ \u3000][.．])$|[一二三四五六七八九十百千]$"
)
_LONGEST_BREAK = 12
# Metres: no wall is as high, no area as small.
_HIGH = 10
_BREAKS = frozenset(" \xa0\u2009lIOoQZЗОо|.．'’‘^一二三四五六七八九十百千")
_OPENERS, _CLOSERS = frozenset("（("), frozenset("）)")
_HOTLINE = re.compile(r"1[12]\d{3}|96\d{3,4}|95\d{3}|11[0249]|12[0-9]")


def ends_here(text: str, end: int) -> bool:
    """Whether a noun phrase can end at a place."""
    return (
        end >= len(text) or text[end] in _NOUN_ENDS_HERE or text[end] in SPACES or text[end] == "的"
    )


def arabic(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """Digits: 142宗, 2万余人次, 5000+人次, 3个亿, 价值4亿, 3亩5分, 3至5次; 3千5百万元, 2万零五百份."""
    size = read_size(match, "a")
    tail = match["a_tail"]
    if size is None or (tail and not _goes_on(text, match, size, tail)):
        return None if tail else name(match, "bare_number")
    if tail and not size.big:
        size = replace(size, compound=True)
    return _counted(text, match, size, floor, plus=match["a_plus"] is not None)


def plain(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """Digits whose multiplier is not followed by more of the number: 20万|一次性."""
    size = read_size(match, "p")
    return _counted(text, match, size, floor, plus=False) if size else name(match, "bare_number")


def _goes_on(text: str, match: re.Match[str], size: Size, tail: str) -> bool:
    """Whether what follows the multiplier of digits belongs to their number."""
    digits, end = match["a_digits"], match.end()
    following = text[end : end + 1]
    if following == "年" or not digits[: -len(tail)].isdecimal():
        return False
    # A last digit without its multiplier belongs to the number only before money or an end.
    last = tail[-2] in _SCALES - {"十"} and tail[-1] not in _SCALES and not size.big
    return not last or size.more or following in ("元", "块", "圆") or ends_here(text, end)


def _counted(
    text: str, match: re.Match[str], size: Size, floor: int, *, plus: bool
) -> Figure | None:
    start, end = match.span()
    before = text[start - 1 : start]
    if before in _BREAKS and _BROKEN.search(text, max(0, start - _LONGEST_BREAK), start):
        return _with_unit_as(text, match, "broken_number")
    if before == "每":
        return _with_unit_as(text, match, "denominator")  # 每10万人口
    if before in _BEFORE_PAGE_COUNT and not size.big:
        window = (text, max(0, start - WINDOW), start)
        if cues().page_counter_before.search(*window):
            return _with_unit_as(text, match, "page_counter")
    following = text[end : end + 1]
    if following == "个":
        halved = half_inside(text, end, size)
        if halved is not None:
            return quantity(text, start, halved[2], halved[0], halved[1], floor=floor)
    found = unit_at(text, end, digits=True)
    if found is None and (following in _OPENERS or text[end + 1 : end + 2] in _OPENERS):
        found = _in_brackets(text, end)
    if (text[found[1] : found[1] + 1] if found else following) in JOINTS:
        ranged = spread(text, start, size, found, end, floor, digits=True)
        if ranged is not None:
            return ranged
    if found is None:
        if not plus:
            return _bare(text, match, size, floor)
        long = len(match["a_digits"]) > 1 and ends_here(text, end)
        return quantity(text, start, end, size, None, floor=floor, plus=True) if long else None
    return _measured(text, match, size, found, floor, plus=plus)


def _in_brackets(text: str, end: int) -> tuple[Unit, int, str] | None:
    """The unit that stands in brackets behind a number: 120（次）, 120 ( 次 )."""
    if text[end] in SPACES:
        end += 1
    found = unit_at(text, end + 1, digits=True) if text[end] in _OPENERS else None
    if found is None:
        return None
    unit, inside, surface = found
    if text[inside : inside + 1] in SPACES:
        inside += 1
    return (unit, inside + 1, surface) if text[inside : inside + 1] in _CLOSERS else None


def _measured(
    text: str,
    match: re.Match[str],
    size: Size,
    found: tuple[Unit, int, str],
    floor: int,
    *,
    plus: bool,
) -> Figure:
    """A number with its unit."""
    start = match.start()
    unit, end, surface = found
    code, kind = unit.code, unit.kind
    if code == "年" and size.raw.value == int(size.raw.value):
        return name(match, "bare_number")
    if code in ("位", "名") and cues().rank_cue_before.search(text, max(0, start - 8), start):
        return quantity(text, start, end, size, units()["位"], floor=start, kind="rank")
    if surface in ("米2", "米3") and size.full.value < _HIGH:  # 高1米2
        unit, end = units()["米"], end - 1
    if code == "块" and cues().money_after.match(text, end):  # 4500块工资
        unit = units()["元"]
    unit = in_currency(text, start, unit)
    if surface.startswith("个多"):
        size = replace(size, more=True)
    if text[end : end + 1] in PART_STARTS:
        size, unit, end = with_parts(text, end, size, unit)
    if kind == "count" and text[start - 1 : start] in ("", "\n") and _SECTION.fullmatch(match[0]):
        # 2.2本计划: nobody counts things in decimals; at a line's start it numbers a section.
        return no_data(start, match.end(), match[0], "list_marker", "list_marker")
    figure = quantity(text, start, end, size, unit, floor=floor, plus=plus)
    return below_zero(text, figure, start, floor) if kind == "ratio" else figure


def _with_unit_as(text: str, match: re.Match[str], reason: str) -> Figure:
    """The number and its unit as a numeral that counts nothing."""
    found = unit_at(text, match.end(), digits=True)
    end = found[1] if found else match.end()
    return no_data(match.start(), end, text[match.start() : end], "name", reason)


def _bare(text: str, match: re.Match[str], size: Size, floor: int) -> Figure:
    """Digits without a unit: a sum of money, a score, a rank, a count, a year, or just a name."""
    start, end = match.span()
    around = cues()
    before = (text, max(0, start - WINDOW), start)
    yuan = units()["元"]
    large = size.big or size.compound
    if large and (size.spoken or around.money_before.search(*before)):
        return quantity(text, start, end, size, yuan, floor=floor, printed=False)
    if text.endswith(("人民币", "人民币：", "人民币:"), 0, start):
        return quantity(text, start, end, size, yuan, floor=floor, printed=False)
    if large or size.more:
        return quantity(text, start, end, size, None, floor=floor)
    if around.score_before.search(*before):
        return quantity(text, start, end, size, units()["分"], floor=floor, printed=False)
    if around.rank_cue_before.search(*before) and not around.unknown_unit_after.match(text, end):
        return quantity(
            text, start, end, size, units()["位"], floor=start, kind="rank", printed=False
        )
    digits = match.group()
    if around.counted_after.match(text, end) or hedge_after(text, end, None):
        return quantity(text, start, end, size, None, floor=floor)
    if len(digits) == 4 and digits[:2] in ("19", "20", "１９", "２０"):
        return no_data(start, end, digits, "date", "calendar_date")
    if _HOTLINE.fullmatch(digits):
        return no_data(start, end, digits, "contact", "hotline")
    if len(digits) >= _LONGEST_PLAIN_COUNT and digits.isdecimal():
        return name(match, "bare_number")
    unknown = around.unknown_unit_after.match(text, end)
    counted = unknown and len(digits) > 1 and digits[0] not in "0０"
    if unknown and counted and not text[start - 1 : start].isascii():
        unit = unlisted(unknown["word"])
        return quantity(text, start, unknown.end(), size, unit, floor=floor)
    if (around.value_before.search(*before) or hedge_before(text, start, bare=False)) and ends_here(
        text, end
    ):
        return quantity(text, start, end, size, None, floor=floor)
    return name(match, "bare_number")


def currency(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """￥3500, RMB3500, US$200: the unit stands before the number."""
    size = read_size(match, "y")
    if size is None:
        return name(match, "bare_number")
    unit = next(u for u in units().values() if match["sign"] in u.prefixes)
    end = match.end()
    found = unit_at(text, end, digits=True)
    if found is not None and found[0] is unit:
        end = found[1]
    return quantity(text, match.start(), end, size, unit, floor=floor)


def vague(text: str, match: re.Match[str], floor: int) -> Figure:
    """数百人, 几十余位, 数千万."""
    if text[max(0, match.start() - 1) : match.start()] == "十":
        return name(match, "idiom")
    scale = multiplier(match["vague_scale"])
    big = match["vague_scale"].lstrip("十百千")
    end = match.end()
    found = unit_at(text, end, digits=False)
    unit = found[0] if found else None
    if found:
        end = found[1]
    elif big:
        window = (text, max(0, match.start() - WINDOW), match.start())
        if cues().money_before.search(*window) or cues().money_after.match(text, end):
            unit = units()["元"]
    bounds = (Fraction(2 * scale), Fraction(10 * scale))
    span = (match.start(), end)
    return bounded(text, span, bounds, unit, "vague", big=big, printed=found is not None)


def several(text: str, match: re.Match[str], floor: int) -> Figure:
    """多次, 数家: at least two, and with 数 fewer than ten."""
    upper = None if match.group()[0] == "多" else Fraction(10)
    unit = unit_by_surface()[match["classifier"]]
    return bounded(text, match.span(), (Fraction(2), upper), unit, "vague")


def zero(text: str, match: re.Match[str], floor: int) -> Figure:
    """零投诉: a count of none, without a unit."""
    return Figure(
        match.start(), match.end(), match.group(), "count",
        value=0, raw_value=0, lower=0, upper=0, qualifier="exact",
    )  # fmt: skip


def loose(text: str, match: re.Match[str], floor: int) -> Figure:
    """A numeral that nothing else explains."""
    start, end = match.span()
    quote = match[0]
    nought = quote == "零" and ends_here(text, end)
    if nought and cues().zero_noun_before.search(text, max(0, start - 6), start):  # 安全事故为零
        return zero(text, match, floor)
    if not quote[0].isdecimal():
        mixed = quote[-1].isdecimal() and unit_at(text, end, digits=True)  # 八7宗
        return no_data(start, end, quote, "name", "broken_number" if mixed else "idiom")
    return no_data(start, end, quote, "name", "bare_number")
