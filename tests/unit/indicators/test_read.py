"""The one pipeline: from a report, last year's and a person's decisions to everything it says."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from shenwan_data.errors import DataError
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.conflicts import conflict_errors, correction_entry
from shenwan_data.indicators.corrections import Correction, read_corrections
from shenwan_data.indicators.read import complete, extract, read, scan
from shenwan_data.model import Observation, Reading, Report, figure_id

# Made up, like every text of these tests.
PARTS = "第一季度开展普法活动3场次，受教育群众600人次。"
TWICE = "全年立案查处行政处罚案件86宗。\n全年立案查处行政处罚案件91宗。\n"


def report_of(text: str, year: int = 2023) -> Report:
    digest = hashlib.sha256(text.encode()).hexdigest()
    title = f"测试镇{year}年报告"
    return Report("test", year, title, text, Path("t.txt"), "text/plain", digest, digest)


def dropped(quote: str, text: str, **expect: Any) -> Correction:
    start = text.index(quote)
    return Correction(
        "test-2023", quote, start, "drop", {}, "数据员", date(2024, 3, 1), "口径不同",
        expect, Path("2023.yaml"), 1,
    )  # fmt: skip


def row_of(reading: Reading, code: str) -> Observation:
    return next(row for row in reading.observations if row.indicator == code)


def test_a_reading_holds_everything_that_a_report_says() -> None:
    text = "全年立案查处行政处罚案件86宗，处罚金额86.5万元。"
    reading = read(report_of(text))

    assert reading.figures == scan(text, year=reading.report.time_period)
    core = [c for c, i in catalogue().items() if i.series == "core" and i.deprecated is None]
    assert [row.indicator for row in reading.observations] == core
    assert row_of(reading, "penalty_cases").value == 86
    start = text.index("86宗")
    assert "penalty_cases" in reading.candidates[start]
    assert all(word in text for word in reading.because[start])
    assert (reading.conflicts, reading.revisions, reading.in_parts) == ((), (), {})


def test_the_two_parts_of_the_pipeline_are_the_whole() -> None:
    last = read(report_of("全年立案查处行政处罚案件12宗。", 2022))
    report = report_of("全年立案查处行政处罚案件860宗。")

    whole = read(report, last)

    assert whole == complete(extract(report), last)
    assert any(finding.rule for finding in whole.findings)
    assert whole.findings != read(report).findings


def test_a_dropped_part_is_no_evidence_whatever_else_is_dropped() -> None:
    report = report_of(PARTS)
    assert row_of(read(report), "outreach_events").obs_status == "mentioned_in_parts"

    first = dropped("3场次", PARTS, value=3)
    alone = read(report, None, [first])
    both = read(report, None, [first, dropped("600人次", PARTS, value=600)])

    for reading in (alone, both):
        row = row_of(reading, "outreach_events")
        assert (row.obs_status, row.quote, row.figure_id) == ("not_mentioned", None, None)
        assert "outreach_events" not in reading.in_parts
        start = PARTS.index("3场次")
        assert start not in reading.because
        assert {f.start: f.reason for f in reading.figures}[start] == "dropped_by_correction"


def test_the_next_part_is_the_evidence_where_the_first_is_dropped() -> None:
    text = "第一季度开展普法活动3场次。第二季度开展普法活动5场次。"
    assert row_of(read(report_of(text)), "outreach_events").quote == "第一季度开展普法活动3场次"

    reading = read(report_of(text), None, [dropped("3场次", text, value=3)])

    assert row_of(reading, "outreach_events").quote == "第二季度开展普法活动5场次"


def test_a_part_that_a_person_gives_to_another_indicator_is_no_part_any_more() -> None:
    start = PARTS.index("3场次")
    assigned = Correction(
        "test-2023", "3场次", start, "assign", {"indicator": "law_training_events"}, "数据员",
        date(2024, 3, 1), "是培训", {"value": 3}, Path("2023.yaml"), 1,
    )  # fmt: skip

    reading = read(report_of(PARTS), None, [assigned])

    assert row_of(reading, "law_training_events").value == 3
    assert row_of(reading, "outreach_events").obs_status == "not_mentioned"
    # The words of the program explain what it read, not what a person decided.
    assert start not in reading.because


def test_a_correction_leaves_its_trace_in_the_reading() -> None:
    text = "全年立案查处行政处罚案件86宗。"
    reading = extract(report_of(text), [dropped("86宗", text, value=86)])
    (revision,) = reading.revisions
    assert (revision.field, revision.old, revision.new) == ("indicators", "penalty_cases", None)
    assert revision.figure_id == f"test-2023-{text.index('86宗')}"


def test_corrections_of_other_reports_are_passed_over() -> None:
    other = report_of(PARTS, 2022)
    assert extract(other, [dropped("3场次", PARTS, value=3)]) == extract(other)


def test_a_conflict_is_kept_for_a_person_and_its_figures_are_no_value() -> None:
    reading = read(report_of(TWICE))

    (conflict,) = reading.conflicts
    assert conflict.indicator == "penalty_cases"
    assert [figure.quote for figure in conflict.figures] == ["86宗", "91宗"]
    assert not any("penalty_cases" in figure.indicators for figure in reading.figures)
    assert row_of(reading, "penalty_cases").value is None
    # Why a figure is of no indicator can be told: it fits one that another figure fits as well.
    assert reading.candidates[TWICE.index("91宗")] == ("penalty_cases",)


def test_a_conflict_is_shown_with_both_sentences_the_definition_and_an_entry_to_paste() -> None:
    (error,) = conflict_errors(extract(report_of(TWICE)))

    for text in error.problem:
        assert "86宗 @12: 全年立案查处行政处罚案件86宗。" in text
        assert "91宗 @29: 全年立案查处行政处罚案件91宗。" in text
    assert catalogue()["penalty_cases"].definition.zh in error.problem.zh
    assert catalogue()["penalty_cases"].definition.en in error.problem.en
    assert "data/corrections/2023.yaml" in error.remedy.en
    assert "action: assign" in error.remedy.en
    assert error.file == "t.txt"


@pytest.mark.parametrize("chosen", [0, 1])
def test_the_entry_decides_once_a_person_has_filled_it_in(chosen: int, tmp_path: Path) -> None:
    reading = extract(report_of(TWICE))
    (conflict,) = reading.conflicts
    text = correction_entry(reading, conflict)
    assert yaml.safe_load(text)[0]["who"] is None
    figure = conflict.figures[chosen]
    filled = yaml.safe_load(text)[0] | {
        "quote": figure.quote, "start": figure.start, "who": "数据员", "when": date(2024, 3, 1),
        "why": "已核实",
    }  # fmt: skip
    (tmp_path / "corrections").mkdir()
    (tmp_path / "corrections" / "2023.yaml").write_text(
        yaml.safe_dump([filled], allow_unicode=True), encoding="utf-8"
    )

    decided = read(reading.report, None, read_corrections(tmp_path, 2023))

    assert decided.conflicts == ()
    row = row_of(decided, "penalty_cases")
    assert row.figure_id == figure_id("test-2023", figure)


def test_an_entry_left_unfilled_is_refused(tmp_path: Path) -> None:
    reading = extract(report_of(TWICE))
    (tmp_path / "corrections").mkdir()
    entry = correction_entry(reading, reading.conflicts[0])
    (tmp_path / "corrections" / "2023.yaml").write_text(entry, encoding="utf-8")
    with pytest.raises(DataError, match="key who: should be text"):
        read_corrections(tmp_path, 2023)


def test_two_conflicts_of_one_report_are_both_shown() -> None:
    text = TWICE + "全年开展普法活动30场次。\n全年开展普法活动41场次。\n"
    errors = list(conflict_errors(extract(report_of(text))))
    assert len(errors) == 2
    assert {"penalty_cases", "outreach_events"} == {
        code for error in errors for code in catalogue() if f"indicator {code} " in error.problem.en
    }
