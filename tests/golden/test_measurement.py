"""The accuracy that a release carries is what the program reaches on the labels now."""

from __future__ import annotations

from pathlib import Path

import pytest

from shenwan_data.errors import DataError
from shenwan_data.indicators.accuracy import LEVELS, Tally
from shenwan_data.indicators.gold import (
    FINDING,
    VERSION_FILE,
    Measurement,
    current_measurements,
    measure,
    read_measurements,
    render,
    write_measurements,
)
from shenwan_data.indicators.rule_changes import current_run, keep_run, kept_run, moved
from tests.golden.gold import FOLDER

DATA = Path(__file__).resolve().parents[2] / "data"


def test_the_published_accuracy_is_current() -> None:
    kept = (DATA / "accuracy.csv").read_text("utf-8")
    assert kept == render(measure(FOLDER, DATA)), "run: shenwan-data accuracy --write"


def test_the_file_reads_back_as_it_was_measured() -> None:
    kept = read_measurements(DATA)
    assert render(kept) == (DATA / "accuracy.csv").read_text("utf-8")
    assert {row.level for row in kept} == {*LEVELS, FINDING}
    assert {row.gold_set for row in kept if row.gold_text == "all"} >= {"real", "seen"}


def test_a_broken_file_and_a_folder_without_labels_are_told(tmp_path: Path) -> None:
    assert read_measurements(tmp_path) == ()
    (tmp_path / "accuracy.csv").write_text("gold_set,hits\nreal,many\n", "utf-8")
    with pytest.raises(DataError, match=r"accuracy\.csv"):
        read_measurements(tmp_path)
    with pytest.raises(DataError, match="no labelled texts"):
        measure(tmp_path, DATA)


def test_counts_are_written_and_shares_worked_out() -> None:
    row = Measurement("seen", "town-2022", "value", Tally(gold=4, predicted=5, hits=3))
    assert render([row]).splitlines()[1] == "seen,town-2022,value,4,5,3"
    assert (row.tally.precision, row.tally.recall) == (0.6, 0.75)


ROW = Measurement("seen", "town-2022", "value", Tally(gold=4, predicted=5, hits=3))


def test_an_accuracy_of_other_rules_is_not_published(tmp_path: Path) -> None:
    assert current_measurements(tmp_path) == ()
    write_measurements(tmp_path, [ROW])
    assert current_measurements(tmp_path) == (ROW,)
    for stale in ("0" * 64, ""):
        (tmp_path / VERSION_FILE).write_text(stale, "utf-8")
        with pytest.raises(DataError, match="other rules") as refused:
            current_measurements(tmp_path)
        assert "shenwan-data accuracy --write" in refused.value.remedy.en
    (tmp_path / VERSION_FILE).unlink()
    with pytest.raises(DataError, match="另一版"):
        current_measurements(tmp_path)


def test_the_kept_accuracy_is_of_these_rules() -> None:
    assert current_measurements(DATA), "run: shenwan-data accuracy --write"


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A made-up labelled text and one with statements."""
    seen, stated = tmp_path / "seen", tmp_path / "statements" / "seen"
    seen.mkdir()
    stated.mkdir(parents=True)
    (seen / "moxi-2031.gold.txt").write_text(
        "墨溪镇2031年报告\n办理行政处罚案件⟦15宗|count|15|宗|exact|15|15|penalty_cases⟧。\n",
        "utf-8",
    )
    text = "墨溪镇2031年报告\n举办普法讲座8场。\n"
    (stated / "01-moxi-2031.txt").write_text(text, "utf-8")
    start = text.index("8场")
    label = f'{{"start": {start}, "end": {start + 2}, "surface": "8场", "value": 8, "counted": "普法讲座"}}'
    (stated / "01-moxi-2031.jsonl").write_text(label + "\n", "utf-8")
    return tmp_path


def test_what_a_change_of_rules_moved_is_listed_with_the_label(
    labels: Path, tmp_path: Path
) -> None:
    run, gold = current_run(labels, tmp_path)
    path = tmp_path / "run.jsonl"
    assert kept_run(path) is None
    keep_run(path, run)
    before = kept_run(path)
    assert before is not None and list(moved(before, run, gold)) == []

    (penalties,) = before["seen/moxi-2031"].values()
    penalties["indicators"] = ""
    (lectures,) = before["seen/01-moxi-2031"].values()
    lectures["counted"] = "讲座8"
    codes, counted = moved(before, run, gold)
    assert (codes.text, codes.quote, codes.field) == ("seen/moxi-2031", "15宗", "indicators")
    assert (codes.before, codes.after, codes.gold) == ("", "penalty_cases", "penalty_cases")
    assert (counted.before, counted.after, counted.gold) == ("讲座8", "普法讲座", "普法讲座")

    before["seen/moxi-2031"].clear()
    whole, _ = moved(before, run, gold)
    assert (whole.field, whole.before, whole.after) == ("figures", "", "15 宗 penalty_cases")


def test_a_broken_record_of_a_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_text("{", "utf-8")
    with pytest.raises(DataError, match=r"recorded run") as refused:
        kept_run(tmp_path / "run.jsonl")
    assert "run.jsonl" in str(refused.value)
