"""Checks for units as they are printed: lost, dropped, or of another thing than what is counted.

Belongs here: doubts about a unit within one report. Does not belong here: a unit that changes from
one year to the next (``years``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shenwan_data.errors import Text
from shenwan_data.figures.hedges import hedge_before, hedges
from shenwan_data.figures.numerals import NUMERAL_CHARS
from shenwan_data.figures.units import Unit, units
from shenwan_data.findings.check import (
    CheckContext,
    CheckType,
    Parameters,
    Violation,
    is_mean,
    rounded,
)
from shenwan_data.findings.wording import figure_text, same, sum_text
from shenwan_data.model import Figure, Number
from shenwan_data.report.structure import CLAUSE_MARKS


def _hedge_unrounded(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """A hedge on a number that is given to the last unit: nobody counts 近196件."""
    for figure in context.data:
        raw = figure.raw_value
        if is_mean(figure):  # a mean is a quotient that was rounded
            continue
        if figure.qualifier not in given["qualifiers"] or figure.kind not in given["kinds"]:
            continue
        # A multiplier is a rounding of its own (约148万元).
        if not isinstance(raw, int) or raw % 10 == 0 or len(str(raw)) < given["digits"]:
            continue
        if figure.raw_unit and figure.raw_unit[0] in "万亿":
            continue
        yield Violation(
            figures=(figure,),
            indicators=figure.indicators,
            reported=figure.value,
            unit=figure.unit,
            words={"quote": same(figure.quote)},
        )


def _double_hedge(context: CheckContext, _given: Parameters) -> Iterator[Violation]:
    """Two hedges on one number: 约11000多人."""
    for figure in context.figures:
        if not figure.is_data:
            continue
        words = _hedge_words(context.report.text, figure)
        if len(words) < 2:
            continue
        yield Violation(
            figures=(figure,),
            indicators=figure.indicators,
            reported=figure.value,
            unit=figure.unit,
            words={
                "quote": same(
                    figure.quote if words[0] in figure.quote else words[0] + figure.quote
                ),
                "first": same(words[0]),
                "second": same(words[1]),
            },
        )


def _hedge_words(text: str, figure: Figure) -> list[str]:
    """The hedges of a figure in order: before the number, in it, and behind its unit."""
    table = hedges()
    number = re.search(rf"[{NUMERAL_CHARS}]", figure.quote)
    if number is None:
        return []
    found: list[str] = []
    outer = hedge_before(text, figure.start, bare=False)
    if outer is not None and number.start() > 0:
        found.append(text[outer[0] : figure.start])
    start = figure.start + number.start()
    inner = hedge_before(text, start, bare=True)
    if inner is not None and inner[0] >= figure.start:
        found.append(
            next(w for w in _longest_first(table.meaning_before) if text.startswith(w, inner[0]))
        )
    tail = figure.quote[number.start() :]
    found += re.findall(rf"(?<=[{NUMERAL_CHARS}])[{table.inner}]", tail)
    unit = units().get(figure.unit or "")
    if unit is not None and tail.endswith(unit.surfaces):  # 起 is a unit of cases and a hedge
        return found
    ending = next((w for w in _longest_first(table.meaning_after) if tail.endswith(w)), None)
    if ending is not None:
        found.append(ending)
    return found


def _longest_first(words: dict[str, str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


_MULTIPLIERS = "万亿"


def _bare_money(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """A sum with decimals in the plain unit where the report prints its sums in 万 and 亿.

    Sums of yuan are whole (罚款500元 is a fine of 500 yuan); decimals come with 万 and 亿.
    """
    unit, factor = given["unit"], given["factor"]
    sums = [f for f in context.data if f.kind == "money" and f.unit == unit]
    large = [f for f in sums if _has_multiplier(f)]
    plain = [f for f in sums if not _has_multiplier(f)]
    if len(large) < given["others"] or len(plain) > len(large) * given["share"]:
        return
    for figure in plain:
        value = figure.value
        if not isinstance(value, float) or value != figure.raw_value or value >= given["below"]:
            continue
        words = context.words_before(figure)
        if is_mean(figure) or any(word in words for word in given["not_words"]):
            continue
        implied = rounded(value * factor)
        yield Violation(
            figures=(figure,),
            indicators=figure.indicators,
            reported=value,
            implied=implied,
            unit=unit,
            words={
                "quote": figure_text(figure),
                "others": same(str(len(large))),
                "implied": sum_text(implied, unit),
            },
        )


_SHOWN_BEFORE = 8
# Where nothing that could be counted follows a number.
_SAID = re.compile(rf"\s*(?:的|左右|以上|[{re.escape(CLAUSE_MARKS)}“”（）()]|$)")


def _unit_dropped(context: CheckContext, _given: Parameters) -> Iterator[Violation]:
    """万 or 亿 without the unit behind it (价值2亿的土地, 阅读量10万+).

    A noun that follows and is counted needs no classifier: 覆盖5万居民, 450万困难群众.
    """
    for figure in context.figures:
        if not figure.is_data or not _has_multiplier(figure):
            continue
        unit = units().get(figure.unit or "")
        if unit is not None and _prints(figure, unit.surfaces):
            continue
        if unit is None and not _SAID.match(context.report.text, figure.end):
            continue
        yield Violation(
            figures=(figure,),
            indicators=figure.indicators,
            reported=figure.value,
            unit=figure.unit,
            words={
                "quote": same(figure.quote),
                "reading": _read_in(unit),
            },
        )


def _read_in(unit: Unit | None) -> Text:
    if unit is None:
        return Text("作为没有单位的数目理解", "it is read as a bare number")
    return Text(f"按“{unit.code}”理解", f"it is read in {unit.label.en}")


def _broken_number(context: CheckContext, _given: Parameters) -> Iterator[Violation]:
    """A number that a space, a letter or a point cuts in two: 案件4 0宗, 案件1O6宗, 1.234.567元."""
    text = context.report.text
    for figure in context.figures:
        if figure.reason == "broken_number":
            start = max(0, figure.start - _SHOWN_BEFORE)
            shown = text[start : figure.end].splitlines()[-1].strip()
            yield Violation(figures=(figure,), words={"quote": same(shown)})


def _unit_expected(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """An indicator printed in a unit of another thing than what it counts (visits in 人)."""
    figure = context.by_indicator.get(given["indicator"])
    if figure is None or figure.unit not in given["printed"]:
        return
    yield Violation(
        figures=(figure,),
        indicators=(given["indicator"],),
        reported=figure.value,
        unit=figure.unit,
        words={
            "quote": figure_text(figure),
            "printed": same(figure.unit or ""),
            "expected": same(given["expected"]),
        },
    )


def _two_units(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """One number printed twice, once in a unit of heads and once in a unit of times."""
    pairs = [frozenset(pair) for pair in given["pairs"]]
    seen: dict[Number, list[Figure]] = {}
    for second in context.figures:
        if second.kind != "count" or not second.value or second.value < given["smallest"]:
            continue
        earlier = seen.setdefault(second.value, [])
        first = next((f for f in earlier if frozenset((f.unit, second.unit)) in pairs), None)
        if all(f.unit != second.unit for f in earlier):
            earlier.append(second)
        if first is None:
            continue
        yield Violation(
            figures=(second, first),
            indicators=tuple(dict.fromkeys((*first.indicators, *second.indicators))),
            reported=second.value,
            unit=second.unit,
            words={"first": same(first.quote), "second": same(second.quote)},
        )


def _has_multiplier(figure: Figure) -> bool:
    return bool(figure.raw_unit) and str(figure.raw_unit)[0] in _MULTIPLIERS


def _prints(figure: Figure, surfaces: tuple[str, ...]) -> bool:
    """Whether the unit itself is printed; an area may be printed in another unit of area."""
    printed = [str(figure.raw_unit).lstrip(_MULTIPLIERS)]
    spellings = {s for code in printed if code in units() for s in units()[code].surfaces}
    return any(spelling in figure.quote for spelling in {*surfaces, *spellings})


CHECK_TYPES = {
    "hedge_unrounded": CheckType(
        _hedge_unrounded,
        {"qualifiers": "qualifiers", "kinds": "kinds", "digits": "number"},
        frozenset({"quote"}),
    ),
    "double_hedge": CheckType(_double_hedge, {}, frozenset({"quote", "first", "second"})),
    "bare_money": CheckType(
        _bare_money,
        {
            "unit": "unit",
            "factor": "number",
            "below": "number",
            "others": "number",
            "share": "number",
            "not_words": "words",
        },
        frozenset({"quote", "others", "implied"}),
    ),
    "unit_dropped": CheckType(_unit_dropped, {}, frozenset({"quote", "reading"})),
    "broken_number": CheckType(_broken_number, {}, frozenset({"quote"})),
    "unit_expected": CheckType(
        _unit_expected,
        {"indicator": "indicator", "printed": "units", "expected": "unit"},
        frozenset({"quote", "printed", "expected"}),
    ),
    "two_units": CheckType(
        _two_units,
        {"pairs": "unit_pairs", "smallest": "number"},
        frozenset({"first", "second"}),
    ),
}
