"""Readings become tables, and every rule of their schemas that does not hold is a problem."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from shenwan_data.figures.scan import find_figures
from shenwan_data.indicators.accuracy import Tally
from shenwan_data.indicators.catalogue import catalogue, topics
from shenwan_data.indicators.gold import FINDING, Measurement
from shenwan_data.model import Reading
from shenwan_data.release.rows import accuracy_rows, unit_in_english
from shenwan_data.release.schema import tables
from shenwan_data.release.table_rules import check_table, rules_of
from shenwan_data.release.tables import build_tables
from tests.release.made_up import CATALOGUE, read_by_hand
from tests.town_settings import SETTINGS

TOPICS = topics()


def test_each_topic_has_every_indicator_of_every_year_in_key_order(
    built: dict[str, pa.Table],
) -> None:
    keys = {
        topic: [(row["time_period"], row["indicator"]) for row in built[topic].to_pylist()]
        for topic in TOPICS
    }
    assert keys["services"] == [
        (year, code) for year in (2030, 2031) for code in ("applications", "satisfaction")
    ]
    assert keys["enforcement"] == sorted(keys["enforcement"])
    assert keys["outreach"] == [(2030, "lectures"), (2031, "lectures")]


def test_a_value_is_the_decimal_that_the_report_prints(built: dict[str, pa.Table]) -> None:
    rows = {row["indicator"]: row for row in built["services"].to_pylist()}
    assert rows["satisfaction"]["value"] == Decimal("99.94")
    rows = {row["indicator"]: row for row in built["enforcement"].to_pylist()}
    assert rows["land_reclaimed"]["value"] == Decimal("666.67")
    assert rows["fines"]["finding_ids"] == "shenwan-2031-doubt-1"


def test_what_is_not_reported_says_so(built: dict[str, pa.Table]) -> None:
    row = built["governance"].to_pylist()[0]
    assert (row["value"], row["quote"], row["figure_id"]) == (None, None, None)
    assert row["obs_status"] == "not_mentioned"


def test_figures_carry_their_place_in_the_text(
    built: dict[str, pa.Table], texts: dict[str, str]
) -> None:
    rows = built["figures"].to_pylist()
    assert [row["start"] for row in rows if row["report_id"] == "shenwan-2030"] == sorted(
        row["start"] for row in rows if row["report_id"] == "shenwan-2030"
    )
    for row in rows:
        assert texts[row["report_id"]][row["start"] : row["end"]] == row["quote"]
        assert row["quote"] in row["sentence"]
    assert rows[-1]["reason"] == "formula"


def test_a_unit_known_only_as_printed_is_an_empty_cell() -> None:
    reading = with_figure(READING, unit="furlong", raw_unit="furlong")
    built = build_tables((reading,), CATALOGUE)
    assert built.problems == ()
    row = built.tables["figures"].to_pylist()[0]
    assert (row["unit"], row["raw_unit"]) == (None, "furlong")


def test_figures_carry_what_they_state() -> None:
    stated = {
        "counted": "普法讲座", "act": "", "topic": "other", "ref_period": "2030-01/2030-10",
        "coverage": "part", "nature": "level",
    }  # fmt: skip
    built = build_tables((with_figure(READING, **stated),), CATALOGUE)
    assert built.problems == ()
    row = built.tables["figures"].to_pylist()[0]
    assert {name: row[name] for name in stated} == stated | {"act": None}


def test_the_order_of_the_readings_does_not_matter(
    readings: tuple[Reading, ...], built: dict[str, pa.Table]
) -> None:
    turned = build_tables(readings[::-1], CATALOGUE, areas=SETTINGS.areas).tables
    assert all(turned[name].equals(built[name]) for name in built)


def test_no_reading_gives_empty_tables_with_their_types(built: dict[str, pa.Table]) -> None:
    empty = build_tables((), CATALOGUE).tables
    assert empty["figures"].num_rows == empty["services"].num_rows == 0
    assert all(empty[name].schema == built[name].schema for name in built)


def with_figure(reading: Reading, **changes: Any) -> Reading:
    return replace(reading, figures=(replace(reading.figures[0], **changes), *reading.figures[1:]))


def with_observation(reading: Reading, **changes: Any) -> Reading:
    changed = replace(reading.observations[0], **changes)
    return replace(reading, observations=(changed, *reading.observations[1:]))


READING = read_by_hand(2030, 600)
BREACHES = {
    "unknown unit": (with_observation(READING, unit="furlong"), "services", "unit", "furlong"),
    "unknown nature": (with_figure(READING, nature="mood"), "figures", "nature", "mood"),
    "no period": (with_figure(READING, ref_period="last year"), "figures", "ref_period", "last year"),
    "unknown kind": (with_figure(READING, kind="size"), "figures", "kind", "size"),
    "unknown reason": (with_figure(READING, reason="whim"), "figures", "reason", "whim"),
    "unknown indicator": (with_figure(READING, indicators=("x",)), "figures", "indicators", "x"),
    "not finite": (with_figure(READING, value=float("nan")), "figures", "value", "nan"),
    "too large": (with_figure(READING, value=10**30), "figures", "value", "digits"),
    "text as number": (with_figure(READING, value="many"), "figures", "value", "many"),
    "no key": (with_observation(READING, ref_area=""), "services", "ref_area", "required"),
    "no quote": (with_figure(READING, quote=""), "figures", "quote", "required"),
    "path in an area": (
        with_observation(READING, ref_area="../etc"), "services", "ref_area", "does not match",
    ),
    "year out of range": (
        with_observation(READING, time_period=22), "services", "time_period", "less than",
    ),
    "figure that is not there": (
        with_observation(READING, figure_id="shenwan-2030-9999"), "services", "figure_id", "9999",
    ),
    "finding that is not there": (
        with_observation(READING, finding_ids=("a", "b")), "services", "finding_ids", "'a'",
    ),
    "the same indicator twice": (
        replace(READING, observations=READING.observations * 2), "services", "indicator", "twice",
    ),
    "lone surrogate": (with_figure(READING, quote="\ud800"), "figures", "quote", "does not fit"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREACHES)
def test_a_reading_that_breaks_a_rule_is_a_problem_with_its_place(name: str) -> None:
    reading, table, column, said = BREACHES[name]
    built = build_tables((reading,), CATALOGUE)
    found = [p for p in built.problems if (p.table, p.column) == (table, column)]
    assert found, built.problems
    assert said in found[0].message.en
    assert f"table {table}, row " in found[0].place and f"column {column}" in found[0].place
    # The tables are there all the same, in their types.
    assert set(built.tables) == set(tables())


def test_sound_readings_have_no_problem(readings: tuple[Reading, ...]) -> None:
    assert build_tables(readings, CATALOGUE).problems == ()


def test_several_breaches_are_all_there() -> None:
    first, second, *rest = READING.figures
    spoiled = replace(
        READING,
        figures=(replace(first, reason="whim", kind="size"), replace(second, value="x"), *rest),
    )
    problems = build_tables((spoiled,), CATALOGUE).problems
    assert {p.column for p in problems if p.table == "figures"} >= {"reason", "kind", "value"}


def test_two_reports_of_one_area_and_year_are_a_problem() -> None:
    problems = build_tables((READING, READING), CATALOGUE).problems
    assert any("occurs twice" in problem.message.en for problem in problems)


def test_an_observation_of_an_indicator_outside_the_catalogue_is_a_problem() -> None:
    (problem,) = build_tables((with_observation(READING, indicator="weather"),), CATALOGUE).problems
    assert "not in the catalogue" in problem.message.en
    assert "shenwan-2030" in problem.message.zh


def test_a_catalogue_with_an_unknown_unit_or_topic_is_a_problem() -> None:
    entry = CATALOGUE["meetings"]
    for changed, said in (
        (replace(entry, unit="furlong"), "furlong"),
        (replace(entry, topic="sports"), "sports"),
    ):
        problems = build_tables((), {**CATALOGUE, "meetings": changed}).problems
        assert any(said in problem.message.en for problem in problems)


def test_every_breach_is_given_with_its_row(built: dict[str, pa.Table]) -> None:
    units = built["units"]
    column = pa.array(["?"] * units.num_rows, pa.string())
    wrong = units.set_column(
        units.schema.get_field_index("kind"), units.schema.field("kind"), column
    )
    rules = rules_of(tables()["units"], ("units",))
    (problem,) = check_table(rules, wrong, {"units": wrong})
    assert (problem.row, problem.column, problem.key) == (2, "kind", units["unit"][0].as_py())
    assert problem.place == f"table units, row 2 ({problem.key}), column kind"


def test_a_unit_known_only_as_printed_is_no_code_and_a_broken_number_has_both_its_lines(
    readings: tuple[Reading, ...],
) -> None:
    text = "全年规范流动摊点612摊，共立案处罚无证经营1\n9宗。"
    first = readings[0]
    made = replace(
        first,
        report=replace(first.report, text=text),
        figures=find_figures(text),
        findings=(),
        observations=(),
    )
    rows = build_tables((made,), CATALOGUE, areas=SETTINGS.areas).tables["figures"].to_pylist()
    assert [(r["value"], r["unit"], r["raw_unit"]) for r in rows] == [
        (612, None, "摊"),
        (19, "宗", "宗"),
    ]
    assert all(row["quote"] in row["sentence"] for row in rows)


def test_findings_have_a_precision_and_no_recall() -> None:
    [row] = accuracy_rows([Measurement("labelled", "all", FINDING, Tally(0, 4, 3))])
    assert (row["read_figures"], row["hits"], row["precision"]) == (4, 3, 0.75)
    assert row["gold_figures"] is row["recall"] is row["f1"] is None


@pytest.mark.parametrize("code", catalogue())
def test_what_is_counted_has_a_plain_english_word(code: str) -> None:
    entry = catalogue()[code]
    word = unit_in_english(entry)
    assert re.fullmatch("[a-z][a-z -]*", word) and " or " not in word
    assert (word == "place") == (entry.measure_type == "rank")
