"""Engines for values that cannot be: a share above the whole, a place that no one can take.

Belongs here: one figure against a bound. Does not belong here: two figures against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shenwan_data.errors import Text
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.findings.facts import Facts, Interval
from shenwan_data.indicators.findings.hit import Engine, Hit, Parameters
from shenwan_data.indicators.findings.wording import figure_text, same
from shenwan_data.indicators.setting import FIGURE


def _rate_bounds(facts: Facts, given: Parameters) -> Iterator[Hit]:
    """A share outside its range: of a rate in the catalogue, or behind one of the ``words``."""
    named = re.compile(rf"(?:{'|'.join(map(re.escape, given['words']))})[^，。；,;]{{0,4}}{FIGURE}")
    low, high = given["range"]
    for setting in facts.settings:
        figure = setting.figure
        if figure.unit != "%" or setting.words.role == "change":
            continue
        rates = [c for c in figure.indicators if catalogue()[c].measure_type == "ratio"]
        if not rates and not named.search(setting.words.own):
            continue
        if Interval.of(figure).meets(Interval(low, high)):
            continue
        yield Hit(
            figures=(figure,),
            indicators=figure.indicators,
            reported=figure.value,
            unit="%",
            words={"rate": figure_text(figure)},
        )


def _rank_bounds(facts: Facts, given: Parameters) -> Iterator[Hit]:
    """A place below the first, or beyond the number of those who are ranked where that is known."""
    numbers = [
        (place["within"], place["number"])
        for place in given["places"]
        if place["ref_area"] == facts.report.ref_area
    ]
    for setting in facts.settings:
        figure = setting.figure
        if figure.kind != "rank" or figure.value is None:
            continue
        last = next((number for within, number in numbers if within in setting.words.own), None)
        if figure.value >= 1 and (last is None or figure.value <= last):
            continue
        known = Text("未知", "unknown") if last is None else same(str(last))
        yield Hit(
            figures=(figure,),
            indicators=figure.indicators,
            reported=figure.value,
            implied=None if figure.value < 1 else last,
            unit=figure.unit,
            words={"rank": figure_text(figure), "number": known},
        )


ENGINES = {
    "rate_bounds": Engine(
        _rate_bounds,
        {"range": "closed_band", "words": "words"},
        frozenset({"rate"}),
    ),
    "rank_bounds": Engine(_rank_bounds, {"places": "places"}, frozenset({"rank", "number"})),
}
