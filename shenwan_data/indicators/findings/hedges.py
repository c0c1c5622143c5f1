"""Engines for hedges that say nothing: on a number that is not rounded, or two on one number.

Belongs here: how a number is hedged. Does not belong here: what a hedge means (``figures.qualifiers``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shenwan_data.figures.characters import NUMERAL_CHARS
from shenwan_data.figures.figure import Figure
from shenwan_data.figures.qualifiers import hedge_before, hedges
from shenwan_data.figures.units import units
from shenwan_data.indicators.findings.facts import Facts
from shenwan_data.indicators.findings.hit import Engine, Hit, Parameters
from shenwan_data.indicators.findings.wording import same


def _hedge_unrounded(facts: Facts, given: Parameters) -> Iterator[Hit]:
    """A hedge on a number that is given to the last unit: nobody counts 近196件."""
    for setting in facts.settings:
        figure, raw = setting.figure, setting.figure.raw_value
        if setting.words.mean:  # a mean is a quotient that was rounded
            continue
        if figure.qualifier not in given["qualifiers"] or figure.kind not in given["kinds"]:
            continue
        # A multiplier is a rounding of its own (约148万元).
        if not isinstance(raw, int) or raw % 10 == 0 or len(str(raw)) < given["digits"]:
            continue
        if figure.raw_unit and figure.raw_unit[0] in "万亿":
            continue
        yield Hit(
            figures=(figure,),
            indicators=figure.indicators,
            reported=figure.value,
            unit=figure.unit,
            words={"quote": same(figure.quote)},
        )


def _double_hedge(facts: Facts, _given: Parameters) -> Iterator[Hit]:
    """Two hedges on one number: 约11000多人."""
    for figure in facts.figures:
        if not figure.is_data:
            continue
        words = _hedge_words(facts.report.text, figure)
        if len(words) < 2:
            continue
        yield Hit(
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


ENGINES = {
    "hedge_unrounded": Engine(
        _hedge_unrounded,
        {"qualifiers": "qualifiers", "kinds": "kinds", "digits": "number"},
        frozenset({"quote"}),
    ),
    "double_hedge": Engine(_double_hedge, {}, frozenset({"quote", "first", "second"})),
}
