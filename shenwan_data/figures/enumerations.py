"""What the figures of one list share: a unit, a hedge, a rank; and what makes them no figures.

Belongs here: figures that stand side by side. Does not belong here: reading one (``scan``).

分别受理17、26、33宗 prints one unit for three numbers, 分别超过96%、97% one hedge for two, and
位列第1、4、6名 one rank for three. 第十三、十四批, 三组与四组 and 七次、八次全会 name things, and
发现一起、查处一起 says how something is done. Where a list can be read in two ways (17，26宗; 12、15栋)
its numbers are none, and a finding says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from shenwan_data.figures.cues import WINDOW, cues
from shenwan_data.figures.hedges import interval
from shenwan_data.figures.numerals import CHINESE_DIGITS, C, chinese, number
from shenwan_data.figures.quantity import quantity
from shenwan_data.figures.record import no_data
from shenwan_data.figures.sizes import Size, size_of
from shenwan_data.figures.units import Unit, units, unlisted
from shenwan_data.model import Figure
from shenwan_data.schemas import metadata, while_unchanged

_JOINTS = frozenset({"、", "和", "与", "及", "以及", "或", "、 ", " 、"})
# Between two numbers that stand close, as in 17,26,33宗.
_COMMAS = frozenset(",，")
_TO = frozenset("至到-—－~～")
# More characters between two figures keep them out of one list.
NEAR = 5
_MANNER = re.compile(r"[，、,]?[一-鿿]{1,3}")
_CLAUSE_ENDS = frozenset("，。；、,;！？\n")
_NUMBER = re.compile(
    r"(?P<digits>\d[\d,，]*(?:[.．]\d+)?)(?P<more>[余多]?)(?P<big>[万亿]{0,2})(?P<rest>.*)"
)
_WORDS = re.compile(rf"(?P<number>[{C}]+)(?P<unit>[一-鿿])")
_BARE_REASONS = frozenset({"bare_number", "idiom", "calendar_date", "hotline"})
_OUTSIDE = frozenset({"at_least", "at_most", "nearly", "about"})
_FRONT = re.compile(r"(?:分别|依次|各自|各|均|都|皆)(?:为|是|达|达到)?$")


def share_in_lists(text: str, figures: list[Figure], near: list[int]) -> list[Figure]:
    """The figures of a text in order, with what each shares with its neighbours in a list.

    ``near`` are the indices of those that begin at most ``NEAR`` characters behind the one before.
    """
    begin = last = -1
    for index in near:
        left, right = figures[index - 1], figures[index]
        between = text[left.end : right.start]
        comma = between in _COMMAS and _is_bare(left) and right.quote[0].isdecimal()
        if comma and _groups_of_three(left, right):
            figures[index - 1 : index + 1] = _broken((left, right))
        if not (comma or between in _JOINTS or (between in _TO and left.quote[0] == "第")):
            if len(right.quote) == 2 and left.quote == right.quote:
                figures[index - 1 : index + 1] = _manner(text, left, right)
            continue
        if last != index - 1:
            if begin >= 0:
                figures[begin : last + 1] = _shared(text, figures[begin : last + 1])
            begin = index - 1
        last = index
    if begin >= 0:
        figures[begin : last + 1] = _shared(text, figures[begin : last + 1])
    return _classes(text, figures) if "类" in text else figures


def _name(figure: Figure, reason: str) -> Figure:
    return no_data(figure.start, figure.end, figure.quote, "name", reason)


def _broken(run: Sequence[Figure]) -> list[Figure]:
    return [_name(figure, "broken_number") for figure in run]


def _is_bare(figure: Figure) -> bool:
    """Digits, and no more: no unit, no date, no rank."""
    lone = figure.reason in _BARE_REASONS or (figure.is_data and figure.unit is None)
    return lone and figure.quote[0].isdecimal() and figure.quote[-1].isdecimal()


def _groups_of_three(left: Figure, right: Figure) -> bool:
    """17,260,33宗: whether the commas part thousands or numbers cannot be known."""
    digits = _NUMBER.match(right.quote)
    numeral = digits["digits"] if digits else ""
    return any(mark in left.quote or mark in numeral for mark in _COMMAS)


def _manner(text: str, left: Figure, right: Figure) -> list[Figure]:
    """发现一起、查处一起; 干一件成一件."""
    ends = right.end >= len(text) or text[right.end] in _CLAUSE_ENDS
    said = right.quote[0] == "一" and right.quote[1] in _table()["correlative"]
    if said and ends and _MANNER.fullmatch(text, left.end, right.start):
        return [_name(left, "idiom"), _name(right, "idiom")]
    return [left, right]


@while_unchanged("contexts.yaml")
def _table() -> dict[str, str]:
    contexts = metadata("contexts.yaml")
    return {name: contexts[name] for name in ("correlative", "ordinal_classifiers", "places")}


def _shared(text: str, run: list[Figure]) -> list[Figure]:
    first = run[0]
    if first.quote[0] == "第":
        return _ordinals(run)
    start = first.start
    distributed = cues().distributed_before.search(text, max(0, start - 2 * WINDOW), start)
    if not distributed and _are_names(run):
        return [_name(figure, "ordinal_name") for figure in run]
    if not distributed and run[-1].reason == "congress_name":  # 五次、六次、七次全会
        return [f if f.kind == "name" else _name(f, "congress_name") for f in run]
    if not distributed and len(run) == 2 and _are_neighbours(run):
        return _broken(run)
    bare = all(_is_bare(figure) for figure in run[:-1]) and run[-1].quote[0].isdecimal()
    if bare and not distributed and _is_unclear(text, run):
        return _broken(run)
    run = list(_with_unit(text, run, shared=bare or distributed is not None))
    front = distributed or _FRONT.search(text, max(0, start - 4), start)
    if front and run[0].qualifier in _OUTSIDE and not run[0].quote[0].isdecimal():
        run = [run[0], *(_hedged(run[0], figure) for figure in run[1:])]
    return run


def _are_neighbours(run: Sequence[Figure]) -> bool:
    """三、四次, 七、八十人: said for about so many, or for two counts."""
    low, high = run[0].quote, run[1].quote[:1]
    digits = len(low) == 1 and low in CHINESE_DIGITS and high in CHINESE_DIGITS
    return digits and run[1].is_data and CHINESE_DIGITS[high] == CHINESE_DIGITS[low] + 1


def _is_unclear(text: str, run: Sequence[Figure]) -> bool:
    """Whether numbers before one unit may be no counts: 12、15栋, or 总数17，26宗, or about 3、4次."""
    unit = _unit_of(run[-1])
    if unit is None or unit.kind != "count":
        return False
    if unit.code in _table()["places"] or unit.code in _table()["ordinal_classifiers"]:
        return True
    if len(run) > 2:
        return False
    digits = [int(f.quote) if f.quote.isdecimal() else 0 for f in run[:-1]]
    about = run[-1].value is not None and digits[0] < 10 and run[-1].value == digits[0] + 1
    return about or text[run[0].end : run[1].start] in _COMMAS


def _ordinals(run: list[Figure]) -> list[Figure]:
    """第1、4、6名 are three ranks, 第十三、十四批 two names."""
    first = run[0]
    if first.kind == "rank" and first.value is not None:
        return [first, *(_ranked(figure) for figure in run[1:])]
    if first.reason == "ordinal_name":
        return [first, *(f if f.quote[0] == "第" else _name(f, "ordinal_name") for f in run[1:])]
    return run


def _ranked(figure: Figure) -> Figure:
    value = figure.value
    if figure.kind == "name" and figure.reason in _BARE_REASONS:
        read = size_of(figure.quote)
        value = number(read.full.value) if read else None
    elif figure.kind != "count" or figure.unit not in ("名", "位"):
        return figure
    if value is None:
        return figure
    return replace(
        figure, kind="rank", value=value, unit="位", raw_value=value, raw_unit="位",
        lower=value, upper=value, qualifier="exact", reason=None,
    )  # fmt: skip


def _are_names(run: list[Figure]) -> bool:
    """三组与四组, 一队、二队: neighbours that count up in Chinese numerals."""
    matches = [_WORDS.fullmatch(figure.quote) for figure in run]
    if not all(matches) or run[-1].qualifier not in ("exact", None):
        return False
    kinds = {match["unit"] for match in matches if match}
    read = [chinese(match["number"]) for match in matches if match]
    values = [numeral.value for numeral in read if numeral]
    rising = values == list(range(int(values[0]), int(values[0]) + len(run))) if values else False
    return rising and len(kinds) == 1 and kinds <= set(_table()["ordinal_classifiers"])


def _unit_of(figure: Figure) -> Unit | None:
    code = (figure.raw_unit or "").lstrip("万亿")
    if not figure.is_data or not code or figure.kind == "rank":
        return None
    return units().get(code) or unlisted(code)


def _with_unit(text: str, run: list[Figure], *, shared: bool) -> Iterator[Figure]:
    """The numbers without a unit take that of the last: 17、26、33宗; 1.6万、2.3万人."""
    last = run[-1]
    unit = _unit_of(last)
    big = (last.raw_unit or "")[: -len(unit.code)] if unit else ""
    floor = 0
    for figure in run:
        lacking = figure.unit is None and (figure.is_data or figure.reason in _BARE_REASONS)
        if not unit or not lacking or figure is last:
            yield figure
        elif big and shared and _may_be_plain(figure, last):
            yield _name(figure, "broken_number")
        else:
            size = _bare_size(figure, big, shared=shared)
            start = figure.end - len(_bare_quote(figure))
            yield quantity(text, start, figure.end, size, unit, floor=floor) if size else figure
        floor = figure.end


def _may_be_plain(figure: Figure, last: Figure) -> bool:
    """Whether a number is too long to share the 万 of the last: 1200、3万份 are no 12 million."""
    match, printed = _NUMBER.fullmatch(_bare_quote(figure)), str(last.raw_value).partition(".")[0]
    if match is None or match["big"]:
        return False
    return len(re.split(r"[.．]", match["digits"])[0]) > len(printed) + 1


def _bare_quote(figure: Figure) -> str:
    match = _NUMBER.search(figure.quote)
    return match.group() if match else figure.quote


def _bare_size(figure: Figure, big: str, *, shared: bool) -> Size | None:
    """The number of a figure without a unit; None where it may be no quantity (12、15栋)."""
    match = _NUMBER.fullmatch(_bare_quote(figure))
    if match is None:
        words = figure.quote
        counted = shared and all(c in CHINESE_DIGITS or c in "十百千" for c in words)
        return size_of(words) if counted else None
    if match["rest"] or not (shared or match["big"] or "." in match["digits"]):
        return None
    return size_of(match["digits"], "", match["big"] or big, match["more"])


def _hedged(first: Figure, figure: Figure) -> Figure:
    """The second number of a list under the hedge of the first: 分别超过96%、97%."""
    same = figure.unit == first.unit and figure.qualifier == "exact" and figure.value is not None
    match = _NUMBER.match(figure.quote)
    size = size_of(match["digits"], "", match["big"]) if match and same else None
    if size is None or first.qualifier is None:
        return figure
    unit = _unit_of(figure)
    lower, upper = interval(first.qualifier, size.full.times(unit.factor if unit else 1))
    return replace(figure, qualifier=first.qualifier, lower=number(lower), upper=number(upper))


_LONGEST_SENTENCE = 120
_CLASS = re.compile(rf"([{C}])类")


def _classes(text: str, figures: list[Figure]) -> list[Figure]:
    """一类, 二类, 三类 in one sentence are classes by name; 三类 alone counts them."""
    seen: tuple[int, int] | None = None
    for index, figure in enumerate(figures):
        match = _CLASS.fullmatch(figure.quote) if figure.quote[-1] == "类" else None
        if match is None or match[1] not in CHINESE_DIGITS:
            continue
        value = CHINESE_DIGITS[match[1]]
        if value == 1 and figure.kind == "name":
            seen = (1, figure.end)
        elif seen and value == seen[0] + 1 and _in_one_sentence(text, seen[1], figure.start):
            figures[index] = _name(figure, "ordinal_name")
            seen = (value, figure.end)
    return figures


def _in_one_sentence(text: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST_SENTENCE and not set(text[start:end]) & set("。\n")
