"""The reading keeps to the labels: the real report wholly, made-up ones to the published bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from shenwan_data import scan
from shenwan_data.indicators.accuracy import LEVELS, Accuracy, score, total
from shenwan_data.indicators.gold import codes_known
from shenwan_data.model import Figure
from tests.golden.gold import FOLDER, Gold, made_up_reports, of_set, phrases, table_gold, wordings

REPORT = Path(__file__).resolve().parents[2] / "data" / "reports" / "2022" / "shenwan.txt"
MADE_UP = made_up_reports()
PHRASES = list(phrases())
KNOWN = codes_known(FOLDER)
Reading = tuple[object, ...]


def reading(figure: Gold | Figure) -> Reading:
    """What a label and a figure must agree in, to one part in a million."""
    numbers = (figure.value, figure.lower, figure.upper)
    return (
        figure.start,
        figure.quote,
        figure.kind,
        figure.unit,
        figure.qualifier,
        *(None if n is None else (0 if n == 0 else float(f"{n:.6g}")) for n in numbers),
    )


def readings(figures: Sequence[Gold | Figure]) -> list[Reading]:
    return [reading(figure) for figure in figures]


def data(text: str) -> list[Figure]:
    return [figure for figure in scan(text) if figure.is_data]


def test_the_real_report_is_read_wholly_and_nothing_is_added() -> None:
    gold = table_gold("shenwan-2022")
    found = data(REPORT.read_text(encoding="utf-8"))
    assert readings(found) == readings(gold)
    assert [(f.quote, set(f.indicators)) for f in found] == [
        (g.quote, set(g.indicators)) for g in gold
    ]


@pytest.mark.parametrize(("text", "gold"), PHRASES, ids=[text for text, _ in PHRASES])
def test_a_phrase_is_read_as_labelled(text: str, gold: tuple[Gold, ...]) -> None:
    assert readings(data(text)) == readings(gold)


def measured(name: str) -> Accuracy:
    text, gold = MADE_UP[name]
    return score(gold, scan(text), KNOWN)


@pytest.mark.parametrize("name", of_set("seen"))
def test_a_report_that_the_rules_were_made_with_reaches_the_bars(name: str) -> None:
    accuracy = measured(name)
    assert accuracy.value_unit.f1 >= 0.95
    assert accuracy.value_unit_qualifier.f1 >= 0.90
    assert accuracy.indicator.precision >= 0.88  # two wrong in the few of a single report


@pytest.mark.parametrize("gold_set", ["seen", "unseen"])
def test_all_reports_of_a_set_together_reach_the_bars(gold_set: str) -> None:
    accuracy = total(measured(name) for name in of_set(gold_set))
    assert accuracy.value_unit.f1 >= 0.99
    assert accuracy.value_unit_qualifier.f1 >= 0.99
    assert accuracy.indicator.precision >= 0.98
    assert accuracy.indicator.recall >= 0.87


def test_the_measure_sees_a_reading_that_is_wrong() -> None:
    """A reader that takes every figure for exact falls below the bars: they can fail."""
    text, gold = MADE_UP[min(MADE_UP)]
    blunt = [
        Figure(f.start, f.end, f.quote, f.kind, f.value, f.unit, qualifier="exact")
        for f in scan(text)
    ]
    assert score(gold, blunt).value_unit_qualifier.f1 < 0.90
    assert all(math.isfinite(getattr(score(gold, ()), level).f1) for level in LEVELS)


def test_indicators_are_recognised_in_many_wordings_and_refused_in_their_neighbours() -> None:
    tallies = [0, 0, 0]
    for text, labels in wordings().items():
        found = data(text)
        position = 0
        for quote, codes in labels:
            start = text.index(quote, position)
            position = start + len(quote)
            here = [f for f in found if f.start < position and start < f.end]
            read = {c for f in here for c in f.indicators} & KNOWN
            tallies[0] += len(codes)
            tallies[1] += len(read)
            tallies[2] += len(codes & read)
    labelled, given, hits = tallies
    # Patterns tuned to these passages reached .97 and .90, and .81 on reports they had not seen. The labels
    # are older than the catalogue's narrower definitions, and the lexicon is not tuned to their odd wordings.
    assert hits / given >= 0.90
    assert hits / labelled >= 0.82
