"""What search engines for data sets ask for is there, and what they trip over is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from shenwan_data.schemas import metadata

RULES = Draft202012Validator(metadata("schema_org.yaml"), format_checker=FormatChecker())


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_the_rules_are_a_json_schema() -> None:
    Draft202012Validator.check_schema(metadata("schema_org.yaml"))


def test_the_description_keeps_the_rules(pristine: Path) -> None:
    found = read(pristine / "schema-org.jsonld")
    assert [error.message for error in RULES.iter_errors(found)] == []
    assert found["temporalCoverage"] == "2030/2031"
    assert len(found["distribution"]) == 3
    for download in found["distribution"]:
        path = pristine / download["contentUrl"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == download["sha256"]
        assert download["contentSize"] == f"{path.stat().st_size} B"


def test_every_indicator_is_a_variable_with_its_unit(pristine: Path) -> None:
    found = read(pristine / "schema-org.jsonld")
    variables = {entry["propertyID"]: entry for entry in found["variableMeasured"]}
    assert {"applications", "satisfaction", "fines"} <= set(variables)
    assert variables["satisfaction"]["unitText"] == "% / percent"
    assert variables["satisfaction"]["unitCode"] == "http://qudt.org/vocab/unit/PERCENT"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("name"),
        lambda d: d.pop("license"),
        lambda d: d.pop("distribution"),
        lambda d: d.update(description="too short"),
        lambda d: d.update(description="x" * 5001),
        lambda d: d.update(license="CC-BY-4.0"),
        lambda d: d.update(version=2023),
        lambda d: d.update(datePublished="2024年5月"),
        # A value of a year is of no day, least of all of its first.
        lambda d: d.update(temporalCoverage="2030-01-01"),
        lambda d: d["distribution"][0].update(sha256="sha256:" + "0" * 64),
        lambda d: d["distribution"][0].update(contentUrl="/srv/data/services.csv"),
        lambda d: d["distribution"][0].update(contentUrl="../services.csv"),
        lambda d: d["distribution"][0].update(contentUrl="a/../../services.csv"),
        lambda d: d["distribution"][0].update(contentUrl="file:///services.csv"),
        lambda d: d["distribution"][0].pop("encodingFormat"),
        lambda d: d["creator"].update({"@type": "Nobody"}),
        lambda d: d.update(keywords="rule of law"),
    ],
)
def test_what_search_engines_trip_over_is_refused(
    spoil: Callable[[dict[str, Any]], object], pristine: Path
) -> None:
    found = read(pristine / "schema-org.jsonld")
    spoil(found)
    assert not RULES.is_valid(found)
