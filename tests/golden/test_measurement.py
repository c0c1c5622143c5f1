"""The accuracy that a release carries is what the program reaches on the labels now."""

from __future__ import annotations

from pathlib import Path

import pytest

from shenwan_data.errors import DataError
from shenwan_data.indicators.accuracy import LEVELS, Tally
from shenwan_data.indicators.gold import Measurement, measure, read_measurements, render
from tests.golden.gold import FOLDER

DATA = Path(__file__).resolve().parents[2] / "data"


def test_the_published_accuracy_is_current() -> None:
    kept = (DATA / "accuracy.csv").read_text("utf-8")
    assert kept == render(measure(FOLDER, DATA)), "run: shenwan-data accuracy --write"


def test_the_file_reads_back_as_it_was_measured() -> None:
    kept = read_measurements(DATA)
    assert render(kept) == (DATA / "accuracy.csv").read_text("utf-8")
    assert {row.level for row in kept} == set(LEVELS)
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
