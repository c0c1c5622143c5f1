"""Croissant: the reader of machine-learning tools accepts the release and loads every record of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import pytest
from absl import logging as absl_logging

from shenwan_data.release.formats import read_parquet

# The log handler of this library closes its stream whenever logging is set up anew, and the stream it
# found when it was imported is the one in which pytest keeps what the tests write.
absl_logging.get_absl_handler().python_handler.setStream(sys.__stderr__)


def plain(value: Any) -> Any:
    return value.decode("utf-8") if isinstance(value, bytes) else value


def records(path: Path, record_set: str) -> list[dict[str, Any]]:
    found = mlc.Dataset(path).records(record_set)
    return [{key.split("/")[1]: plain(value) for key, value in row.items()} for row in found]


def test_every_record_set_is_loaded_as_it_was_published(pristine: Path) -> None:
    path = pristine / "croissant.json"
    dataset = mlc.Dataset(path)
    assert not dataset.metadata.ctx.issues.errors
    assert not dataset.metadata.ctx.issues.warnings
    names = [record_set.id for record_set in dataset.metadata.record_sets]
    evidence = json.loads((pristine / "evidence" / "datapackage.json").read_text("utf-8"))
    assert names == [
        "observations",
        *(one["name"] for one in evidence["resources"] if one.get("type") == "table"),
    ]
    for table in names:
        folder = pristine if table == "observations" else pristine / "evidence"
        rows = read_parquet(folder / f"{table}.parquet").to_pylist()
        found = records(path, table)
        assert len(found) == len(rows)
        for row, record in zip(rows, found, strict=True):
            assert set(record) == set(row)
            for column, value in row.items():
                if isinstance(value, str | int | float | None):
                    assert record[column] == value or (
                        value is None and record[column] != record[column]
                    )


def test_a_text_that_begins_like_a_formula_is_the_text(pristine: Path) -> None:
    # The CSV has an apostrophe before it.
    found = records(pristine / "croissant.json", "findings")
    assert {record["message_en"] for record in found} == {"=the amount is large"}


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def first_file(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["distribution"][0]
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda d: first_file(d).pop("sha256"),
        lambda d: d.pop("conformsTo"),
        lambda d: d["recordSet"][0]["field"][0]["source"].update(fileObject={"@id": "lost.csv"}),
        lambda d: d["recordSet"][0]["field"][0].pop("dataType"),
        lambda d: first_file(d).pop("encodingFormat"),
    ],
)
def test_a_broken_description_is_refused(
    change: Callable[[dict[str, Any]], object], release: Path
) -> None:
    path = release / "croissant.json"
    changed(path, change)
    with pytest.raises(mlc.ValidationError):
        mlc.Dataset(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: first_file(d).update(sha256="0" * 64),
        lambda d: d["recordSet"][0]["field"][0]["source"]["extract"].update(column="lost"),
    ],
)
def test_what_only_loading_finds_is_found_by_loading(
    change: Callable[[dict[str, Any]], object], release: Path
) -> None:
    path = release / "croissant.json"
    changed(path, change)
    with pytest.raises(Exception, match=r"(?i)hash|column|generation"):
        records(path, "observations")


def test_a_file_changed_after_it_was_described_is_not_loaded(release: Path) -> None:
    path = release / "observations.parquet"
    path.write_bytes((release / "outreach" / "outreach.parquet").read_bytes())
    with pytest.raises(Exception, match=r"(?i)hash|generation"):
        records(release / "croissant.json", "observations")
