"""Somebody who has never heard of this project downloads a release from the portal and reads it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import openpyxl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
import requests
from ckanapi import RemoteCKAN

from tests.portal import ckan_server


@pytest.fixture(scope="module")
def downloaded(on_portal: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every dataset of the organisation, found by the portal's public API, a folder for each."""
    folder = tmp_path_factory.mktemp("stranger")
    visitor = RemoteCKAN(on_portal, get_only=True)
    found = visitor.action.package_search(
        fq='organization:made-up-town tags:"rule of law"', q="shenwan-rule-of-law*", rows=100
    )
    assert found["count"] == 5
    for dataset in found["results"]:
        for resource in dataset["resources"]:
            place = folder / dataset["name"] / resource["path"]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(requests.get(resource["url"], timeout=30).content)
    return folder


@pytest.fixture(scope="module")
def unpacked(downloaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive with everything for machines, which each dataset offers."""
    folder = tmp_path_factory.mktemp("unpacked")
    archive = downloaded / "shenwan-rule-of-law-services" / "shenwan-rule-of-law-1.0.0.zip"
    with zipfile.ZipFile(archive) as found:
        found.extractall(folder)
    return folder


def test_a_dataset_has_few_resources_and_the_table_first(on_portal: str) -> None:
    visitor = RemoteCKAN(on_portal, get_only=True)
    for topic in ("services", "enforcement", "governance", "outreach", "evidence"):
        found = visitor.action.package_show(id=f"shenwan-rule-of-law-{topic}")["resources"]
        assert len(found) <= 8
        main = "figures" if topic == "evidence" else topic
        assert [one["path"] for one in found[:2]] == [f"{main}.csv", "observations.xlsx"]
        assert found[0]["datastore_active"]
        assert found[-1]["path"].endswith(".zip")


def test_frictionless_finds_every_package_valid(unpacked: Path) -> None:
    found = sorted(unpacked.glob("*/datapackage.json"))
    assert len(found) == 5
    for path in found:
        report = frictionless.Package(str(path)).validate()
        assert report.valid, report.flatten(["title", "message"])


def test_pyarrow_reads_tables_equal_to_the_source(unpacked: Path, whole: Path) -> None:
    for file in unpacked.rglob("*.parquet"):
        source = whole / file.relative_to(unpacked)
        assert pq.read_table(file).equals(pq.read_table(source), check_metadata=True)
        assert (
            pa_csv.read_csv(file.with_suffix(".csv")).num_rows == pq.read_metadata(source).num_rows
        )


def test_duckdb_finds_the_same_values_in_csv_and_parquet(unpacked: Path) -> None:
    folder = unpacked / "services"
    parquet, csv = str(folder / "services.parquet"), str(folder / "services.csv")
    query = "SELECT time_period, indicator, value FROM '{}' ORDER BY 1, 2"
    from_parquet: list[Any] = duckdb.sql(query.format(parquet)).fetchall()
    from_csv = duckdb.sql(query.format(csv)).fetchall()
    assert [row[:2] for row in from_parquet] == [row[:2] for row in from_csv]
    assert [float(row[2]) for row in from_parquet] == [float(row[2]) for row in from_csv]
    assert from_parquet[2][:2] == (2031, "applications") and float(from_parquet[2][2]) == 37991
    indicators = str(folder / "indicators.parquet")
    joined = duckdb.sql(
        f"SELECT count(*) FROM '{parquet}' JOIN '{indicators}' USING (indicator)"
    ).fetchall()
    assert joined == [(4,)]


def test_workbook_and_archive_hold_the_same_values(downloaded: Path, unpacked: Path) -> None:
    folder = downloaded / "shenwan-rule-of-law-services"
    assert (unpacked / "services/services.csv").read_bytes() == (
        folder / "services.csv"
    ).read_bytes()
    sheet = openpyxl.load_workbook(folder / "observations.xlsx").worksheets[0]
    header, *rows = list(sheet.iter_rows(values_only=True))
    table = pq.read_table(unpacked / "observations.parquet")
    column = header.index("数值 value")
    assert [row[column] for row in rows] == table["value"].to_pylist()


def test_portal_s_own_metadata_exports_carry_the_dataset(downloaded: Path, ckan: str) -> None:
    turtle = requests.get(
        f"{ckan}/dataset/shenwan-rule-of-law-services.ttl", timeout=30
    ).content.decode()
    for part in ("dcat:Dataset", "政务与公共法律服务", "2030-01-01", "text/csv"):
        assert part in turtle


def test_datastore_answers_like_the_source(downloaded: Path, ckan: str, whole: Path) -> None:
    visitor = RemoteCKAN(ckan, get_only=True)
    dataset = visitor.action.package_show(id="shenwan-rule-of-law-evidence")
    resource = next(each for each in dataset["resources"] if each["path"] == "figures.csv")
    found = visitor.action.datastore_search(resource_id=resource["id"], limit=1000)
    source = pq.read_table(whole / "evidence" / "figures.parquet")
    assert found["total"] == source.num_rows
    names = source.column_names
    quotes = sorted(row["quote"] for row in found["records"])
    assert [field["id"] for field in found["fields"]] == ["_id", *names]
    assert quotes == sorted(source.column("quote").to_pylist())
    assert isinstance(source, pa.Table) and ckan == ckan_server.URL
