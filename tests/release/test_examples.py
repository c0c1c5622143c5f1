"""The examples do what they show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"

EXPECTED = {
    "with_pandas.py": [
        "Float64",
        "fines | 二、执法 | 罚款近4亿元",
        "CC-BY-4.0",
        "300000000.0  400000000.0",
    ],
    "with_duckdb.py": ["2030 | fines | Label of fines | 400000000.0 | 元 | 罚款近4亿元"],
    "with_polars.py": ["Float64", "2031 | Label of satisfaction | 99.94"],
    "with_excel.py": [
        "全部观测值 observations | 核查发现 findings",
        "2030 | Label of applications | 600 | 件",
        "doubtful: =the amount is large",
    ],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_runs_and_shows_what_it_says(name: str, pristine: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(EXAMPLES / name), str(pristine)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    for text in EXPECTED[name]:
        assert text in run.stdout


def test_every_example_is_listed_and_run() -> None:
    listed = set(re.findall(r"\]\((with_[^)]+)\)", (EXAMPLES / "README.md").read_text("utf-8")))
    assert listed == {path.name for path in EXAMPLES.glob("with_*")}
    assert {name for name in listed if name.endswith(".py")} == set(EXPECTED)


def test_the_example_in_r_names_files_and_columns_that_are_there(pristine: Path) -> None:
    import csv

    text = (EXAMPLES / "with_r.R").read_text(encoding="utf-8")
    for parts in re.findall(r"file\.path\(release, ([^)]+)\)", text):
        assert (pristine / Path(*re.findall(r'"([^"]+)"', parts))).is_file()
    with (pristine / "enforcement/enforcement.csv").open(encoding="utf-8") as stream:
        columns = set(next(csv.reader(stream)))
    assert {"obs_status", "time_period", "indicator", "value", "unit", "figure_id"} <= columns
