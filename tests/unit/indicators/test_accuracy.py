"""Scoring what was read against labels; all figures here are made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shenwan_data.indicators.accuracy import LEVELS, Accuracy, Tally, pair, score, total
from shenwan_data.model import Figure

CASES = Figure(4, 8, "142宗", "count", 142, "宗", 142, "宗", 142, 142, "exact", ("penalty_cases",))
RATE = Figure(20, 24, "100%", "ratio", 100, "%", 100, "%", 100, 100, "exact", ("a", "b"))
SEVERAL = Figure(
    30, 32, "多次", "count", unit="次", lower=2, upper=None, qualifier="vague", indicators=()
)
YEAR = Figure(0, 4, "2022", "date")
GOLD = (CASES, RATE, SEVERAL)


def hits(accuracy: Accuracy) -> list[int]:
    return [getattr(accuracy, level).hits for level in LEVELS]


def test_a_perfect_reading_scores_one_everywhere() -> None:
    accuracy = score(GOLD, GOLD)
    assert hits(accuracy) == [3, 3, 3, 3, 3]
    assert {getattr(accuracy, level).f1 for level in LEVELS} == {1.0}


def test_numerals_that_are_not_data_count_on_neither_side() -> None:
    assert score((*GOLD, YEAR), (*GOLD, replace(YEAR, start=50, end=54))) == score(GOLD, GOLD)


def test_a_missed_figure_costs_recall_and_an_invented_one_precision() -> None:
    invented = replace(CASES, start=60, end=64, indicators=("x",))
    accuracy = score(GOLD, (CASES, RATE, invented, replace(invented, start=70, end=74)))
    assert accuracy.span == Tally(gold=3, predicted=4, hits=2)
    assert accuracy.span.precision == pytest.approx(0.5)
    assert accuracy.span.recall == pytest.approx(2 / 3)
    assert accuracy.span.f1 == pytest.approx(4 / 7)
    assert accuracy.indicator == Tally(gold=3, predicted=5, hits=3)


def test_a_code_that_readers_could_differ_about_counts_neither_way() -> None:
    doubtful = replace(CASES, indicators=("?penalty_cases",))
    assert score((doubtful,), (CASES,)).indicator == Tally(gold=0, predicted=0, hits=0)
    silent = replace(CASES, indicators=())
    assert score((doubtful,), (silent,)).indicator == Tally(gold=0, predicted=0, hits=0)
    other = replace(CASES, indicators=("admin_inspections",))
    assert score((doubtful,), (other,)).indicator == Tally(gold=0, predicted=1, hits=0)


@pytest.mark.parametrize(
    ("misread", "expected"),
    [
        (replace(CASES, value=143), [1, 0, 0, 0, 1]),
        (replace(CASES, unit="件"), [1, 1, 0, 0, 1]),
        (replace(CASES, unit=None), [1, 1, 0, 0, 1]),
        (replace(CASES, qualifier="about"), [1, 1, 1, 0, 1]),
        (replace(CASES, lower=0, upper=None), [1, 1, 1, 1, 1]),
        (replace(CASES, indicators=("penalty_amount",)), [1, 1, 1, 1, 0]),
        (replace(CASES, value=None), [1, 0, 0, 0, 1]),
        (replace(CASES, value=142.0001), [1, 1, 1, 1, 1]),
        (replace(CASES, value=142.001), [1, 0, 0, 0, 1]),
        (replace(CASES, start=7, end=9), [1, 1, 1, 1, 1]),
        (replace(CASES, start=8, end=12), [0, 0, 0, 0, 0]),
        (replace(CASES, kind="date"), [0, 0, 0, 0, 0]),
    ],
)
def test_each_level_asks_for_more(misread: Figure, expected: list[int]) -> None:
    assert hits(score((CASES,), (misread,))) == expected


@pytest.mark.parametrize(
    ("misread", "expected"),
    [
        (SEVERAL, 1),
        (replace(SEVERAL, lower=3), 0),
        (replace(SEVERAL, upper=10), 0),
        (replace(SEVERAL, value=2), 0),
    ],
)
def test_without_a_value_the_bounds_are_compared(misread: Figure, expected: int) -> None:
    assert score((SEVERAL,), (misread,)).value.hits == expected


def test_no_unit_equals_no_unit_however_it_is_written() -> None:
    zero = replace(CASES, value=0, unit=None)
    assert score((zero,), (replace(zero, unit="-"),)).value_unit.hits == 1


def test_figures_pair_one_to_one_by_the_longest_overlap() -> None:
    halves = (replace(CASES, start=2, end=5), replace(CASES, start=5, end=8))
    assert pair((CASES,), halves) == ((0, 1),)
    assert pair(halves, (CASES,)) == ((1, 0),)


def test_texts_add_up_by_figure_and_nothing_at_all_is_no_error() -> None:
    both = total((score(GOLD, GOLD), score(GOLD, ())))
    assert both.span == Tally(gold=6, predicted=3, hits=3)
    assert (both.span.precision, both.span.recall) == (1.0, 0.5)
    assert total(()).span.f1 == score((), ()).indicator.precision == 1.0
