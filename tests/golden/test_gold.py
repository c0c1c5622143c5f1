"""The gold is well formed, keeps to the labelling manual, and is broad enough to measure by."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest

from shenwan_data.indicators.accuracy import ARGUABLE
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.model import DATA_KINDS, QUALIFIERS
from tests.golden.gold import FOLDER, Gold, made_up_reports, parse_marked, phrases, table_gold

REPORT = Path(__file__).resolve().parents[2] / "data" / "reports" / "2022" / "shenwan.txt"
UNITS_OF_KIND = {
    "ratio": {"%", "百分点", "倍", "番"},
    "money": {"元", "美元", "港元"},
    "area": {"平方米"},
    "rank": {"位"},
    "score": {"分"},
}


def texts() -> list[tuple[str, str, tuple[Gold, ...]]]:
    reports = [(name, text, gold) for name, (text, gold) in made_up_reports().items()]
    real = REPORT.read_text(encoding="utf-8")
    return [*reports, ("shenwan-2022", real, table_gold("shenwan-2022"))]


REPORTS = texts()
PHRASES = [figure for _, golds in phrases() for figure in golds]
GOLD = [figure for _, _, golds in REPORTS for figure in golds] + PHRASES
GROUPS = [*((name, golds) for name, _, golds in REPORTS), ("phrases", tuple(PHRASES))]


@pytest.mark.parametrize(("name", "text", "golds"), REPORTS, ids=[name for name, _, _ in REPORTS])
def test_every_quote_stands_at_its_offsets_in_text_order(
    name: str, text: str, golds: tuple[Gold, ...]
) -> None:
    assert [text[gold.start : gold.end] for gold in golds] == [gold.quote for gold in golds]
    for left, right in pairwise(golds):
        assert left.end <= right.start, (name, left, right)


@pytest.mark.parametrize(("name", "golds"), GROUPS, ids=[name for name, _ in GROUPS])
def test_labels_keep_to_the_table_of_kinds_and_qualifiers(
    name: str, golds: tuple[Gold, ...]
) -> None:
    assert golds, name
    for gold in golds:
        check_label(gold)


def check_label(gold: Gold) -> None:
    assert gold.kind in DATA_KINDS
    assert gold.qualifier in QUALIFIERS
    if gold.kind in UNITS_OF_KIND:
        assert gold.unit in UNITS_OF_KIND[gold.kind]
    value, lower, upper = gold.value, gold.lower, gold.upper
    if gold.qualifier in ("range", "vague"):
        assert value is None
        assert lower is not None
        assert (upper is None and gold.qualifier == "vague") or (upper or 0) > lower
        return
    assert value is not None
    match gold.qualifier:
        case "exact":
            assert lower == upper == value
        case "at_least":
            assert (lower, upper) == (value, None)
        case "at_most":
            assert (lower, upper) == (None, value)
        case "more_than":
            assert lower == value < (upper or 0)
        case "nearly":
            assert lower is not None and lower < value == upper
        case "about":
            assert lower is not None and upper is not None
            assert value - lower == pytest.approx(upper - value)
            assert lower < value


@pytest.mark.parametrize(("name", "text", "golds"), REPORTS, ids=[name for name, _, _ in REPORTS])
def test_a_report_gives_each_indicator_once(name: str, text: str, golds: tuple[Gold, ...]) -> None:
    codes = [code for gold in golds for code in gold.indicators if not code.startswith(ARGUABLE)]
    assert sorted(codes) == sorted(set(codes))
    assert len(golds) >= 50
    every = {code.removeprefix(ARGUABLE) for gold in golds for code in gold.indicators}
    assert len(every) >= len(golds) // 5
    assert every <= set(catalogue())


def test_the_gold_reaches_every_kind_and_qualifier() -> None:
    assert {gold.kind for gold in GOLD} == set(DATA_KINDS)
    assert {gold.qualifier for gold in GOLD} == set(QUALIFIERS)
    assert len(made_up_reports()) >= 7


def test_phrases_are_many_distinct_and_half_of_them_traps() -> None:
    table = list(phrases())
    with (FOLDER / "phrases.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert sum(max(len(golds), 1) for _, golds in table) == len(rows)
    assert len(table) >= 300
    assert sum(not golds for _, golds in table) >= 100


def test_marks_are_stripped_and_counted_in_code_points() -> None:
    text, golds = parse_marked(
        "共𠮷⟦142宗|count|142|宗|exact|142|142|penalty_cases⟧，⟦零|count|0|-|exact|0|0|-⟧投诉"
    )
    assert text == "共𠮷142宗，零投诉"
    assert [(gold.start, gold.end, gold.unit) for gold in golds] == [(2, 6, "宗"), (7, 8, None)]
    assert [gold.indicators for gold in golds] == [("penalty_cases",), ()]


@pytest.mark.parametrize(
    "broken",
    ["⟦142宗|count|142⟧", "⟦142宗|count|x|宗|exact|142|142|-⟧", "共⟦142宗", "共142宗⟧"],
)
def test_a_broken_mark_is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match=r"fields|float|bracket"):
        parse_marked(broken)
