"""CSV on the Web: a second reader confirms types, keys and headers of every CSV file."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


def csvwvalidate(path: Path) -> bool:
    """The verdict of the command. It says OK or FAIL; its exit code is no verdict."""
    command = [str(Path(sys.executable).with_name("csvwvalidate")), str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=path.parent)
    assert ("OK" in run.stdout) != ("FAIL" in run.stdout), run.stdout + run.stderr
    return "OK" in run.stdout


def test_all_tables_together_are_valid(pristine: Path) -> None:
    assert csvwvalidate(pristine / "csv-metadata.json")


def rewrite(path: Path, change: Callable[[list[list[str]]], object]) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def put(column: str, text: str) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        rows[1][rows[0].index(column)] = text

    return change


def rename(rows: list[list[str]]) -> None:
    rows[0][3] = "number"


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("observations", put("time_period", "2024年5月")),
        ("observations", put("value", "许多")),
        ("observations", put("indicator", "")),
        ("observations", put("indicator", "lost_indicator")),
        ("observations", put("unit", "furlong")),
        ("observations", lambda rows: rows.append(rows[1])),
        ("observations", rename),
        ("observations", lambda rows: rows[0].reverse()),
        ("evidence/areas", put("division_code", "442000117")),
        ("evidence/areas", put("division_code", "4.42E+11")),
        ("evidence/indicators", put("additive_years", "maybe")),
    ],
)
def test_a_spoiled_table_is_refused(
    table: str, change: Callable[[list[list[str]]], object], release: Path
) -> None:
    rewrite(release / f"{table}.csv", change)
    assert not csvwvalidate(release / "csv-metadata.json")
