"""Engines for units as they are printed: lost, dropped, or of another thing than what is counted.

Belongs here: doubts about a unit within one report. Does not belong here: a unit that changes from
one year to the next (``years``).
"""

from __future__ import annotations

from collections.abc import Iterator

from shenwan_data.errors import Text
from shenwan_data.figures.figure import Figure, Number
from shenwan_data.figures.grammar import grammar
from shenwan_data.figures.units import Unit, units
from shenwan_data.indicators.findings.facts import Facts
from shenwan_data.indicators.findings.hit import Engine, Hit, Parameters, rounded
from shenwan_data.indicators.findings.wording import figure_text, same, sum_text

_MULTIPLIERS = "万亿"


def _bare_money(facts: Facts, given: Parameters) -> Iterator[Hit]:
    """A small sum in the plain unit where the report prints its sums in 万 and 亿."""
    unit, factor = given["unit"], given["factor"]
    sums = [s for s in facts.settings if s.figure.kind == "money" and s.figure.unit == unit]
    large = [s for s in sums if _has_multiplier(s.figure)]
    plain = [s for s in sums if not _has_multiplier(s.figure)]
    if len(large) < given["others"] or len(plain) > len(large) * given["share"]:
        return
    for setting in plain:
        figure = setting.figure
        value = figure.value
        if value is None or value != figure.raw_value or not 0 < value < given["below"]:
            continue
        if setting.words.mean or any(word in setting.words.own for word in given["not_words"]):
            continue
        implied = rounded(value * factor)
        yield Hit(
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


def _unit_dropped(facts: Facts, _given: Parameters) -> Iterator[Hit]:
    """万 or 亿 without the unit behind it, unless the noun that is counted follows at once."""
    for figure in facts.figures:
        if not figure.is_data or not _has_multiplier(figure):
            continue
        unit = units().get(figure.unit or "")
        if unit is not None and _prints(figure, unit.surfaces):
            continue
        if unit is None and grammar().counted_after.match(facts.report.text, figure.end):
            continue
        yield Hit(
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


def _unit_expected(facts: Facts, given: Parameters) -> Iterator[Hit]:
    """An indicator printed in a unit of another thing than what it counts (visits in 人)."""
    figure = facts.by_indicator.get(given["indicator"])
    if figure is None or figure.unit not in given["printed"]:
        return
    yield Hit(
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


def _two_units(facts: Facts, given: Parameters) -> Iterator[Hit]:
    """One number printed twice, once in a unit of heads and once in a unit of times."""
    pairs = [frozenset(pair) for pair in given["pairs"]]
    seen: dict[Number, list[Figure]] = {}
    for second in facts.figures:
        if second.kind != "count" or not second.value or second.value < given["smallest"]:
            continue
        earlier = seen.setdefault(second.value, [])
        first = next((f for f in earlier if frozenset((f.unit, second.unit)) in pairs), None)
        if all(f.unit != second.unit for f in earlier):
            earlier.append(second)
        if first is None:
            continue
        yield Hit(
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


ENGINES = {
    "bare_money": Engine(
        _bare_money,
        {
            "unit": "unit", "factor": "number", "below": "number", "others": "number",
            "share": "number", "not_words": "words",
        },
        frozenset({"quote", "others", "implied"}),
    ),
    "unit_dropped": Engine(_unit_dropped, {}, frozenset({"quote", "reading"})),
    "unit_expected": Engine(
        _unit_expected,
        {"indicator": "indicator", "printed": "units", "expected": "unit"},
        frozenset({"quote", "printed", "expected"}),
    ),
    "two_units": Engine(
        _two_units,
        {"pairs": "unit_pairs", "smallest": "number"},
        frozenset({"first", "second"}),
    ),
}  # fmt: skip
