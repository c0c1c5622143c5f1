"""CSV on the Web: a second reader confirms types, keys and headers of every CSV file."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from csvw import CSVW


def csvwvalidate(path: Path) -> bool:
    """The verdict of the command of this name. What it only warns of makes a file invalid, too."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            return bool(CSVW(str(path), validate=True).is_valid)
        except ValueError:
            return False


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
