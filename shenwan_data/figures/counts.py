"""A number with its unit, or without one: what it counts, and whether it counts at all.

Belongs here: the readers of single numbers. Does not belong here: two numbers that bound one quantity
or divide it (``ranges``), ranks and numerals that are part of a name (``ordinals``).

Every reader takes the text, the match of its branch and the end of the figure before. It gives the
figure, or None where the words around make it no case of the branch: then the next branch is tried.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from shenwan_data.figures.cues import WINDOW, cues
from shenwan_data.figures.hedges import hedge_apart, hedge_before
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
from shenwan_data.figures.sizes import Size, read_size, size_of
from shenwan_data.figures.units import Unit, unit_at, unit_by_surface, units, unlisted
from shenwan_data.model import Figure

_NOUN_ENDS_HERE = frozenset("，。；、,;）)\n")
# A longer run of digits without separator or unit is an identifier.
_LONGEST_PLAIN_COUNT = 8
_SECTION = re.compile(r"[1-9]\d?[.．][1-9]\d?")
_SCALES = frozenset("十百千" + MYRIADS)
_BEFORE_PAGE_COUNT = frozenset(":： \u3000\xa0[【")
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
    last = tail[-2] in _SCALES and tail[-1] not in _SCALES and not size.big
    return not last or size.more or following in ("元", "块", "圆") or ends_here(text, end)


def _counted(
    text: str, match: re.Match[str], size: Size, floor: int, *, plus: bool
) -> Figure | None:
    start, end = match.span()
    before = text[start - 1 : start]
    if before == "每":
        return _denominator(text, match)
    if before in _BEFORE_PAGE_COUNT and not size.big:
        if cues().page_counter_before.search(text, max(0, start - WINDOW), start):
            found = unit_at(text, end, digits=True)
            end = found[1] if found else end
            return Figure(start, end, text[start:end], "name", reason="page_counter")
    following = text[end : end + 1]
    if following == "个":
        halved = half_inside(text, end, size)
        if halved is not None:
            size, unit, end = halved
            return quantity(text, start, end, size, unit, floor=floor)
    found = unit_at(text, end, digits=True)
    if (text[found[1] : found[1] + 1] if found else following) in JOINTS:
        ranged = spread(text, start, size, found, end, floor, digits=True)
        if ranged is not None:
            return ranged
    if found is None:
        return None if plus else _bare(text, match, size, floor)
    unit, end, surface = found
    code = unit.code
    if code == "年" and size.full.value == int(size.full.value):
        return name(match, "bare_number")
    if code in ("位", "名") and cues().rank_cue_before.search(text, max(0, start - 8), start):
        return quantity(text, start, end, size, units()["位"], floor=start, kind="rank")
    if code == "块" and cues().money_after.match(text, end):  # 4500块工资
        unit = units()["元"]
    if surface.startswith("个多"):
        size = replace(size, more=True)
    if text[end : end + 1] in PART_STARTS:
        size, unit, end = with_parts(text, end, size, unit)
    kind = unit.kind
    if (
        kind == "count"
        and text[start - 1 : start] in ("", "\n")
        and _SECTION.fullmatch(match.group())
    ):
        # 2.2本计划: nobody counts things in decimals; at a line's start it numbers a section.
        return Figure(start, match.end(), match.group(), "list_marker", reason="list_marker")
    figure = quantity(text, start, end, size, unit, floor=floor, plus=plus)
    return below_zero(text, figure, start, floor) if kind == "ratio" else figure


def _denominator(text: str, match: re.Match[str]) -> Figure:
    """每10万人口, 每千人: what another number is divided by."""
    found = unit_at(text, match.end(), digits=True)
    end = found[1] if found else match.end()
    return Figure(match.start(), end, text[match.start() : end], "name", reason="denominator")


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
    if around.counted_after.match(text, end):
        return quantity(text, start, end, size, None, floor=floor)
    if len(digits) == 4 and digits[:2] in ("19", "20", "１９", "２０"):
        return Figure(start, end, digits, "date", reason="calendar_date")
    if _HOTLINE.fullmatch(digits):
        return Figure(start, end, digits, "contact", reason="hotline")
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


def chinese(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """A number in Chinese characters: 两家, 二十余名, 一次, 三千余, 价值两亿, 两个半小时."""
    start, end = match.span()
    size = read_size(match, "c")
    if size is None:
        return name(match, "idiom")
    halved = half_inside(text, end, size)
    if halved is not None:
        size, unit, end = halved
        return quantity(text, start, end, size, unit, floor=floor)
    found = unit_at(text, end, digits=False)
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
    if not (size.big or (size.more and size.full.value >= 10)):
        return None
    if size.bare and not hedge_before(text, start, bare=True):
        return _idiom(text, start, end)
    money = size.big and (
        size.spoken or cues().money_before.search(text, max(0, start - WINDOW), start)
    )
    unit = units()["元"] if money else None
    return quantity(text, start, end, size, unit, floor=floor, printed=False)


def _idiom(text: str, start: int, end: int) -> Figure:
    return Figure(start, end, text[start:end], "name", reason="idiom")


def loose(text: str, match: re.Match[str], floor: int) -> Figure:
    """A numeral that nothing else explains."""
    start, end = match.span()
    nought = match.group() == "零" and ends_here(text, end)
    if nought and cues().zero_noun_before.search(text, max(0, start - 6), start):  # 安全事故为零
        return zero(text, match, floor)
    return name(match, "bare_number" if match.group()[0].isdigit() else "idiom")
