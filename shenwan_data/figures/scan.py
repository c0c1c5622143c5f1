"""Every numeral of a text, read.

Belongs here: running the grammar over a text and deciding what each match is. Does not belong here:
putting a quantity together (``quantity``) or which indicator it is (``shenwan_data.indicators``).

The reading is one pass from left to right. Figures never overlap, come in text order, and together
cover every digit and Chinese numeral of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from shenwan_data.figures.figure import Figure, Number
from shenwan_data.figures.grammar import NUMERAL_RUN, Grammar, grammar
from shenwan_data.figures.numerals import (
    CHINESE_DIGITS,
    LARGEST,
    Numeral,
    arabic,
    chinese,
    multiplier,
    number,
)
from shenwan_data.figures.qualifiers import hedge_before
from shenwan_data.figures.quantity import Size, bounded, hedge_after, quantity, read_size, unit_for
from shenwan_data.figures.units import Unit, units

_SPACES = " \u3000\xa0\t"
_SENTENCE_END = "。；;：:！？!?”"
_CLAUSE_END = _SENTENCE_END + "，,、）)"
_OPENERS = "（(〔["
_NOUN_ENDS_HERE = frozenset("，。；、,;）)\n")
_DURATION = re.compile(r"(?:周年|年|年度|学年|星期|周)(?:多|余|来)?$")
_PER = {"百": Fraction(1), "千": Fraction(1, 10), "万": Fraction(1, 100)}
# A longer run of digits without separator or unit is an identifier.
_LONGEST_PLAIN_COUNT = 8
# A sign: no letter, digit, percent or bracket before it, which would make it a dash.
_MINUS = re.compile(r"(?:(?<=[一-鿿\s:：|｜（(，,])|(?<![\s\S]))[-－−]$")
_HOTLINE = re.compile(r"1[12]\d{3}|96\d{3,4}|95\d{3}|11[0249]|12[0-9]")


def find_figures(text: str) -> tuple[Figure, ...]:
    """Every numeral of a text as a Figure, in text order, without indicators.

    Offsets are code points into ``text``; ``text[f.start:f.end] == f.quote`` for each.
    """
    return tuple(_scan(text, 0, len(text), grammar()))


def _scan(text: str, start: int, stop: int, rules: Grammar) -> Iterator[Figure]:
    position = floor = start
    while (match := rules.main.search(text, position, stop)) is not None:
        if match.lastgroup == "marker" and not _is_marker(text, match):
            match = rules.plain.match(text, match.start(), stop)
            if match is None:
                raise AssertionError("the last branch of the grammar takes any numeral")
        position = match.end()
        for figure in _read(text, match, floor, rules):
            floor = figure.end
            position = max(position, floor)
            yield figure


def _read(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Iterator[Figure]:
    """What one match of the grammar stands for; nothing where it holds no numeral."""
    branch = match.lastgroup or ""
    if branch in _OTHER:
        yield from _other(match, *_OTHER[branch])
    elif branch in rules.idiom_reasons:
        reason = rules.idiom_reasons[branch]
        yield from _other(match, "contact" if reason == "hotline" else "name", reason)
    elif branch in ("quoted", "straight"):
        yield from _quotation(text, match, rules)
    elif branch == "title":
        yield from _each_numeral(match, "law_title")
    else:
        figure = _DATA[branch](text, match, floor, rules)
        yield _name(match, "bare_number") if _is_absurd(figure) else figure


def _is_absurd(figure: Figure) -> bool:
    """Beyond what can be counted: an identifier, or digits for their own sake."""
    return max(figure.value or 0, figure.lower or 0, figure.upper or 0) >= LARGEST


_OTHER = {
    "marker": ("list_marker", "list_marker"),
    "circled": ("list_marker", "list_marker"),
    "contact": ("contact", "phone_number"),
    "document": ("document", "document_number"),
    "formula": ("formula", "formula"),
    "code": ("name", "code_name"),
    "date": ("date", "calendar_date"),
    "ordinal": ("name", "ordinal_name"),
}


def _other(match: re.Match[str], kind: str, reason: str) -> Iterator[Figure]:
    quote = match.group()
    if kind == "list_marker" and match.lastgroup == "marker":
        yield from _each_numeral(match, reason, kind)
        return
    if kind == "date" and _DURATION.search(quote) and not re.match(r"(?:19|20)\d\d", quote):
        reason = "duration"
    elif kind == "document" and quote[0] == "第":
        reason = "clause_number"
    if NUMERAL_RUN.search(quote) or match.lastgroup == "circled":
        yield Figure(match.start(), match.end(), quote, kind, reason=reason)


def _each_numeral(match: re.Match[str], reason: str, kind: str = "name") -> Iterator[Figure]:
    for run in NUMERAL_RUN.finditer(match.string, match.start(), match.end()):
        yield Figure(run.start(), run.end(), run.group(), kind, reason=reason)


def _quotation(text: str, match: re.Match[str], rules: Grammar) -> Iterator[Figure]:
    """Short words in quotation marks are a name; a printed percentage or a long passage is read."""
    inside = match.group()[1:-1]
    is_share = re.fullmatch(r"[\d.．]+[%％]", inside) is not None
    is_passage = match.lastgroup == "straight" and (
        len(inside) > 18 or re.search(r"[，。；,;]", inside) is not None
    )
    if is_share or is_passage:
        yield from _scan(text, match.start() + 1, match.end() - 1, rules)
    else:
        yield from _each_numeral(match, "slogan")


def _is_marker(text: str, match: re.Match[str]) -> bool:
    """A list marker stands at a line's start, behind the end of a sentence, or in brackets."""
    before = match.start()
    while before and text[before - 1] in _SPACES:
        before -= 1
    previous = text[before - 1] if before else "\n"
    mark = match.group()
    if mark[-1] in "）)":
        return previous in _OPENERS
    if previous in "\n\r其":
        return True
    if mark[-1] == "、" and mark[0] in "百千万亿零〇":
        return False
    if mark[-1] in "、.．":
        return previous in _SENTENCE_END
    return previous in _CLAUSE_END


def _name(match: re.Match[str], reason: str) -> Figure:
    return Figure(match.start(), match.end(), match.group(), "name", reason=reason)


def _rank(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    top = match["top"]
    place = _place(match["place"] or top)
    placed = rules.rank_before.search(text, max(0, match.start() - 14), match.start())
    counted = match.group()[-1] in "名位次强甲"
    if text[max(0, match.start() - 2) : match.start()] == "倒数":
        return _name(match, "ordinal_name")
    if place is None or not (placed or (counted and not top and _ends_here(text, match.end()))):
        return _name(match, "ordinal_name")
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
    if match["over"]:
        over, under = arabic(match["over"]), arabic(match["under"])
        if over is None or under is None or not 0 < over.value < under.value:
            return _name(match, "bare_number")
        return _fraction(text, match, over.value / under.value, percent, floor)
    if match["tenths"]:  # 九成五 is 95 %
        tenths = chinese(match["tenths"] + "十" + match["hundredths"])
        if tenths is None:
            raise AssertionError("two digits make a number")
        raw = Numeral(tenths.value / 10, tenths.grain / 10)
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
        return _name(match, "idiom")
    return _fraction(text, match, numerator.value / divisor.value, percent, floor)


def _fraction(
    text: str, match: re.Match[str], share: Fraction, percent: Unit, floor: int
) -> Figure:
    """三分之二: printed as a fraction, valued in percent, as fine as a whole percent."""
    size = Size(Numeral(share, share), "", Numeral(share * 100, Fraction(1)), False, False)
    return quantity(text, match.start(), match.end(), size, percent, floor=floor)


def _range(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    first, second = ("r1", "r2") if match["r1_digits"] else ("r3", "r4")
    low, high = read_size(match, first), read_size(match, second)
    unit = rules.unit_by_surface[match[f"{second}_unit"]]
    if low is None or high is None:
        return _name(match, "idiom")
    lower = low.full.value
    if high.big and not low.big and not match[f"{first}_unit"]:
        lower *= multiplier(high.big)  # 3-5万元 is thirty to fifty thousand
    if lower > high.full.value:
        return _name(match, "bare_number")
    bounds = (lower, high.full.value)
    return bounded(text, match.span(), bounds, unit, "range", big=high.big)


def _adjacent(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    """Two neighbouring digits make a range: 三四次, 二三十人, 十七八名."""
    low, high = CHINESE_DIGITS[match["low"]], CHINESE_DIGITS[match["high"]]
    if high - low != 1 and (low, high) != (3, 5):
        return _name(match, "idiom")
    tens = chinese(match["tens"]) if match["tens"] else None
    base = tens.value if tens else Fraction(0)
    scale = multiplier(match["adjacent_scale"])
    unit = rules.unit_by_surface[match["adjacent_unit"]]
    bounds = ((base + low) * scale, (base + high) * scale)
    return bounded(text, match.span(), bounds, unit, "range")


def _compound(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    """1亿3000万元, 2万3千余册: two groups of digits make one number."""
    head, rest = arabic(match["myriads"]), read_size(match, "k")
    if head is None or rest is None:
        return _name(match, "bare_number")
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
    size = read_size(match, "a")
    if size is None:
        return _name(match, "bare_number")
    surface = match["a_unit"]
    start, end = match.span()
    if surface is None:
        return _bare(text, match, size, floor, rules)
    unit = unit_for(surface, bool(match["a_times"]), rules.unit_by_surface)
    if start and text[start - 1] == "每":
        return _name(match, "denominator")
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
        return _name(match, "bare_number")
    if (rules.cue_before.search(*before) or hedge_before(text, start, bare=False)) and _ends_here(
        text, end
    ):
        return quantity(text, start, end, size, None, floor=floor)
    return _name(match, "bare_number")


def _vague(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    several = match["several"]
    if several:
        upper = None if match.group()[0] == "多" else Fraction(10)
        bounds = (Fraction(2), upper)
        return bounded(text, match.span(), bounds, rules.unit_by_surface[several], "vague")
    if text[max(0, match.start() - 1) : match.start()] == "十":
        return _name(match, "idiom")
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
    size = read_size(match, prefix)
    start, end = match.span()
    if size is None or (start and text[start - 1] == "每"):
        return _name(match, "idiom")
    surface = match["c_unit"]
    unit = unit_for(surface, bool(match["c_times"]), rules.unit_by_surface) if surface else None
    hedged = size.more or hedge_before(text, start, bare=True) or hedge_after(text, end, unit)
    if size.bare and not hedged:
        return _name(match, "idiom")
    if unit and unit.code == "分" and size.full.value <= 10:  # 十分 is very
        return _name(match, "idiom")
    if unit and unit.code == "番" and not re.search(r"翻了?$", text[max(0, start - 2) : start]):
        return _name(match, "idiom")
    if match[f"{prefix}_digits"] == "一" and not size.more:
        counts = unit is not None and _one_counts(text, start, end, unit, rules)
        if not counts:
            return _name(match, "idiom")
    return quantity(text, start, end, size, unit, floor=floor)


def _one_counts(text: str, start: int, end: int, unit: Unit, rules: Grammar) -> bool:
    """Whether 一 counts: before an event (召开一次) or where the noun stands in front (示范村一个，)."""
    if hedge_before(text, start, bare=False):
        return True
    if rules.one_not_after.search(text, max(0, start - 12), start):
        return False
    if unit.one_counts:
        return unit.one_counts == "event"
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
        return _name(match, "idiom")
    if size.bare and not hedge_before(text, start, bare=True):
        return _name(match, "idiom")
    money = size.big and rules.money_before.search(text, max(0, start - 12), start)
    unit = units()["元"] if money else None
    return quantity(text, start, end, size, unit, floor=floor, printed=False)


def _loose(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Figure:
    reason = "bare_number" if match.group()[0].isdigit() else "idiom"
    return _name(match, reason)


_DATA = {
    "rank": _rank,
    "share": _share,
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
