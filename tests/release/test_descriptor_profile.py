"""The descriptors against the official profile of Data Package v2, by another reader than frictionless.

Frictionless lets some mistakes pass that the profile forbids, and the profile some that frictionless
finds; each is held here by the one that sees it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jsonschema import FormatChecker
from jsonschema.validators import validator_for

from shenwan_data.indicators.catalogue import topics
from shenwan_data.release.manifest import manifest_problems
from shenwan_data.release.tables import build_tables
from shenwan_data.release.validation import validate_package
from tests.release.made_up import CATALOGUE, read_by_hand
from tests.validators import validators_dir

NAMES = [*topics(), "evidence"]


def descriptor(folder: Path, name: str = "services") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name / "datapackage.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="session")
def profile() -> Any:
    """The official JSON Schema profile of a Data Package v2.0, with its formats checked."""
    path = validators_dir() / "dplib" / "profiles" / "2.0" / "datapackage.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    return validator_for(schema)(schema, format_checker=FormatChecker())


@pytest.mark.parametrize("name", [".", *NAMES])
def test_the_descriptor_keeps_the_official_profile(name: str, pristine: Path, profile: Any) -> None:
    found = descriptor(pristine, name)
    assert found["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert [error.message for error in profile.iter_errors(found)] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_neither_reader_sees_is_right(name: str, pristine: Path) -> None:
    found = descriptor(pristine, name)
    resources = found["resources"]
    assert len({resource["name"] for resource in resources}) == len(resources)
    for resource in resources:
        # A Parquet file is no resource of its own, so no key leads from it to a CSV file.
        assert resource["format"] in ("csv", "txt")
        schema = resource.get("schema", {"fields": []})
        # Of this the standard and its first profile disagree on the form.
        assert "fieldsMatch" not in schema
        columns = {field["name"] for field in schema["fields"]}
        for key in ([schema["primaryKey"]] if "primaryKey" in schema else []) + schema.get(
            "uniqueKeys", []
        ):
            assert set(key) <= columns
    for contributor in found["contributors"]:
        assert "role" not in contributor
    assert isinstance(found["version"], str)


def first(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["resources"][0]
    return found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: first(d).update(hash=first(d)["hash"].removeprefix("sha256:")),
        lambda d: d.update(version=2023),
        lambda d: first(d).update(path="/srv/data/services.csv"),
        lambda d: first(d).update(path="../services/services.csv"),
        lambda d: d.pop("resources"),
        lambda d: d.update(resources=[]),
        lambda d: d.update(contributors=[]),
        lambda d: d.update(created="2024年5月"),
        lambda d: first(d)["schema"]["fields"][0].update(type="text"),
        lambda d: d.update(keywords=[]),
    ],
)
def test_what_the_profile_forbids_is_refused(
    spoil: Callable[[dict[str, Any]], object], pristine: Path, profile: Any
) -> None:
    found = descriptor(pristine)
    spoil(found)
    assert not profile.is_valid(found)


def test_a_byte_order_mark_or_other_line_ends_are_another_file(release: Path) -> None:
    path = release / "services" / "services.csv"
    plain = path.read_bytes()
    for spoiled in (b"\xef\xbb\xbf" + plain, plain.replace(b"\n", b"\r\n")):
        path.write_bytes(spoiled)
        assert manifest_problems(release)
        checks = validate_package(release, "services")
        assert "frictionless" in {check.name for check in checks if not check.passed}
    path.write_bytes(plain)
    assert not manifest_problems(release)
    assert all(check.passed for check in validate_package(release, "services"))


def test_a_number_stored_as_a_decimal_is_found(release: Path) -> None:
    path = release / "services" / "services.parquet"
    table = pq.read_table(path)
    index = table.schema.get_field_index("value")
    field = table.schema.field("value").with_type(pa.decimal128(38, 10))
    exact = [value and Decimal(repr(value)) for value in table["value"].to_pylist()]
    pq.write_table(table.set_column(index, field, pa.array(exact, type=field.type)), path)
    (check,) = [
        check
        for check in validate_package(release, "services")
        if not check.passed and check.name == "parquet"
    ]
    assert "column value is" in check.message.en


@pytest.mark.parametrize("area", ["合计", "小计", "total:all", "Total"])
def test_a_row_of_totals_is_no_area(area: str) -> None:
    reading = read_by_hand(2030, 5)
    total = replace(reading.observations[0], ref_area=area)
    spoiled = replace(reading, observations=(*reading.observations, total))
    problems = build_tables((spoiled,), CATALOGUE).problems
    assert ("services", "ref_area") in {(problem.table, problem.column) for problem in problems}


@pytest.mark.parametrize("unit", [None, "万元", "亩（万）"])
def test_a_value_has_its_unit_in_its_own_row(unit: str | None) -> None:
    """A unit of the header alone, or one of 万 that is no unit of the register, is none."""
    reading = read_by_hand(2030, 5)
    first, *rest = reading.observations
    spoiled = replace(reading, observations=(replace(first, unit=unit), *rest))  # type: ignore[arg-type]
    problems = build_tables((spoiled,), CATALOGUE).problems
    assert ("services", "unit") in {(problem.table, problem.column) for problem in problems}


def test_numbers_are_published_in_the_base_unit(pristine: Path) -> None:
    """1亩 is printed, 10000/15 平方米 is published, to hundredths."""
    found = {
        row["indicator"]: row
        for row in pq.read_table(pristine / "enforcement/enforcement.parquet").to_pylist()
    }
    assert found["land_reclaimed"]["unit"] == "平方米"
    assert found["land_reclaimed"]["value"] == 666.67
    assert found["fines"]["value"] == 400_000_000
