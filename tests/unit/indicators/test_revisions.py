"""Every corrected value stays visible: what, when, from, to, why."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from shenwan_data.errors import DataError
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.corrections import read_corrections
from shenwan_data.indicators.read import extract
from shenwan_data.model import Reading, Report, Revision
from shenwan_data.release.rows import revisions_rows
from shenwan_data.release.tables import build_tables

# Made up.
TEXT = "神湾镇年度报告\n全年共办理行政处罚案件123宗，处罚金额405.23元。开展普法活动12场。\n"


@pytest.fixture
def report() -> Report:
    """A made-up report of 2030."""
    digest = hashlib.sha256(TEXT.encode("utf-8")).hexdigest()
    return Report("shenwan", 2030, "虚构", TEXT, Path("shenwan.txt"), "text/plain", digest, digest)


def decide(folder: Path, *entries: str) -> Path:
    (folder / "corrections").mkdir()
    lines = "".join(f"- {entry}\n" for entry in entries)
    (folder / "corrections/2030.yaml").write_text(lines, encoding="utf-8")
    return folder


def found_in(report: Report, folder: Path) -> tuple[Revision, ...]:
    return extract(report, read_corrections(folder, 2030)).revisions


FINE = TEXT.index("405.23元")
SET = (
    f"{{report: shenwan-2030, quote: 405.23元, start: {FINE}, action: set, who: 某人, "
    "when: 2031-03-01, why: 单位应为万元, expect: {value: 405.23}, to: {value: 4052300}}"
)
DROP = (
    f"{{report: shenwan-2030, quote: 405.23元, start: {FINE}, action: drop, who: 某人, "
    "when: 2031-04-01, why: 与上年口径不同, expect: {value: 4052300}}"
)


def test_without_corrections_there_is_nothing_to_see(report: Report, tmp_path: Path) -> None:
    assert found_in(report, tmp_path) == ()


def test_a_correction_shows_each_field_it_changed_from_and_to(
    report: Report, tmp_path: Path
) -> None:
    found = found_in(report, decide(tmp_path, SET))
    assert {(r.field, r.old, r.new) for r in found} == {
        ("value", "405.23", "4052300"),
        ("lower", "405.23", "4052300"),
        ("upper", "405.23", "4052300"),
    }
    for revision in found:
        assert (revision.when, revision.why) == (date(2031, 3, 1), "单位应为万元")
        assert (revision.quote, revision.figure_id) == ("405.23元", f"shenwan-2030-{FINE}")


def test_a_later_decision_starts_from_the_earlier_one(report: Report, tmp_path: Path) -> None:
    found = found_in(report, decide(tmp_path, SET, DROP))
    (dropped,) = [revision for revision in found if revision.field == "indicators"]
    assert (dropped.when, dropped.new) == (date(2031, 4, 1), None)
    assert dropped.old is not None and dropped.old in catalogue()
    assert dropped.indicators == (dropped.old,)


def test_the_published_table_holds_them_and_not_who_decided(report: Report, tmp_path: Path) -> None:
    folder = decide(tmp_path, SET, DROP)
    rows = (
        build_tables([extract(report, read_corrections(folder, 2030))])
        .tables["revisions"]
        .to_pylist()
    )
    assert [(row["revised_field"], row["value_from"], row["value_to"]) for row in rows][:1] == [
        ("value", "405.23", "4052300")
    ]
    assert len({row["revision_id"] for row in rows}) == len(rows) == 4
    assert {row["revised_on"] for row in rows} == {date(2031, 3, 1), date(2031, 4, 1)}
    assert "某人" not in str(rows)


def test_two_decisions_on_one_field_have_ids_of_their_own() -> None:
    def revision(day: int) -> Revision:
        return Revision(
            "shenwan-2030", "shenwan-2030-1", "1件", (), date(2031, 1, day), "value", "1", "2", "x"
        )

    rows = list(revisions_rows([revision(1), revision(2)]))
    assert [row["revision_id"] for row in rows] == [
        "shenwan-2030-1-1-value",
        "shenwan-2030-1-2-value",
    ]


def test_a_correction_that_no_longer_holds_stops_it(report: Report, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the correction expects value"):
        found_in(report, decide(tmp_path, DROP))


def test_a_revision_of_a_figure_that_is_not_there_breaks_a_rule(report: Report) -> None:
    lost = Revision(
        "shenwan-2030", "shenwan-2030-1", "1件", (), date(2031, 1, 1), "value", "1", "2", "x"
    )
    (problem,) = build_tables([Reading(report, (), revisions=(lost,))]).problems
    assert (problem.table, problem.column) == ("revisions", "figure_id")


def test_the_table_is_empty_and_typed_where_nothing_was_corrected(report: Report) -> None:
    table = build_tables([]).tables["revisions"]
    assert table.num_rows == 0
    assert table.schema.field("revised_on").type == pa.date32()
