"""CSV on the Web: a second reader confirms types, keys and headers of every CSV file."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from csvw import CSVW

from shenwan_data.indicators.catalogue import topics


def csvwvalidate(path: Path) -> bool:
    """The verdict of the command of this name. What it only warns of makes a file invalid, too."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            return bool(CSVW(str(path), validate=True).is_valid)
        except ValueError:
            return False


@pytest.mark.parametrize("name", [*topics(), "evidence"])
def test_all_tables_of_a_package_together_are_valid(name: str, pristine: Path) -> None:
    assert csvwvalidate(pristine / name / "csv-metadata.json")


@pytest.mark.parametrize("table", ["services", "indicators", "units", "areas", "codes"])
def test_a_reader_finds_the_metadata_beside_the_file_and_it_is_valid(
    table: str, pristine: Path
) -> None:
    assert csvwvalidate(pristine / "services" / f"{table}.csv-metadata.json")


def rewrite(path: Path, change: Callable[[list[list[str]]], object]) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def put(column: int, text: str) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        rows[1][column] = text

    return change


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("services", put(1, "2024年5月")),
        ("services", put(3, "许多")),
        ("services", put(2, "")),
        ("services", put(2, "lost_indicator")),
        ("services", put(4, "furlong")),
        ("services", lambda rows: rows.append(rows[1])),
        ("services", lambda rows: rows[0].__setitem__(3, "number")),
        ("services", lambda rows: rows[0].reverse()),
        ("areas", put(5, "442000117")),
        ("areas", put(5, "4.42E+11")),
        ("indicators", put(8, "maybe")),
    ],
)
def test_a_spoiled_table_is_refused(
    table: str, change: Callable[[list[list[str]]], object], release: Path
) -> None:
    rewrite(release / "services" / f"{table}.csv", change)
    assert not csvwvalidate(release / "services" / "csv-metadata.json")
