"""The catalogue is right, and a wrong entry is told by file and place with the way out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from shenwan_data import schemas
from shenwan_data.errors import DataError
from shenwan_data.figures.units import units
from shenwan_data.indicators.catalogue import catalogue, read_catalogue, topics
from shenwan_data.indicators.patterns import anchors

FOLDER = schemas.schemas_dir() / "indicators"


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "code": "test_cases",
        "label": {"zh": "测试案件数", "en": "Test cases"},
        "definition": {"zh": "全年测试案件。", "en": "Test cases of the year."},
        "unit": "宗",
        "units_accepted": ["宗", "件"],
        "measure_type": "flow",
        "additive_areas": True,
        "additive_years": True,
    } | changes


def folder_of(tmp_path: Path, *entries: dict[str, Any], topic: str = "services") -> Path:
    for name in topics():
        (tmp_path / f"{name}.yaml").write_text("[]\n", "utf-8")
    path = tmp_path / f"{topic}.yaml"
    path.write_text(yaml.safe_dump(list(entries), allow_unicode=True), "utf-8")
    return tmp_path


def test_a_right_entry_is_read(tmp_path: Path) -> None:
    [indicator] = read_catalogue(folder_of(tmp_path, entry())).values()
    assert (indicator.code, indicator.topic, indicator.unit) == ("test_cases", "services", "宗")
    assert indicator.label.zh == "测试案件数" and indicator.since is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "宗儿"}, "unknown unit '宗儿'"),
        ({"units_accepted": ["宗", "桩儿"]}, "unknown unit '桩儿'"),
        ({"topic": "sports"}, "topic 'sports' does not match the file"),
        ({"measure_type": "level"}, "unknown measure type 'level'"),
        ({"code": "Test Cases"}, "lower-case letters"),
        ({"label": {"zh": "只有中文"}}, "needs zh and en"),
    ],
)
def test_a_wrong_entry_is_told_with_its_file_and_place(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_catalogue(folder_of(tmp_path, entry(**change)))
    said = str(caught.value)
    assert message in said and "services.yaml" in said and "->" in said


def test_a_file_of_an_unknown_topic_and_a_code_given_twice_are_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, entry(), entry())
    with pytest.raises(DataError, match="given twice"):
        read_catalogue(folder)
    (folder / "services.yaml").write_text("[]\n", "utf-8")
    (folder / "sports.yaml").write_text("[]\n", "utf-8")
    with pytest.raises(DataError, match="unknown topic 'sports'"):
        read_catalogue(folder)


def test_every_indicator_has_a_wording_and_only_indicators_have() -> None:
    assert set(anchors()) == set(catalogue())


def test_every_unit_of_the_catalogue_can_be_read() -> None:
    for indicator in catalogue().values():
        assert indicator.unit in indicator.units_accepted
        assert set(indicator.units_accepted) <= set(units())


@pytest.fixture
def own_schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the metadata that a test may break."""
    folder = tmp_path / "schemas"
    shutil.copytree(schemas.schemas_dir(), folder)
    monkeypatch.setenv(schemas.VARIABLE, str(folder))
    return folder


@pytest.mark.parametrize(
    ("wording", "message"),
    [
        ("no_such_code:\n  - {own: [案件]}\n", "no indicator 'no_such_code'"),
        ("penalty_cases:\n  - {own: ['(案件']}\n", "cannot be used"),
        ("penalty_cases:\n  - {below: [案件]}\n", "unknown place below"),
        ("penalty_cases:\n  - {before: [案件]}\n", "'own' is required"),
    ],
)
def test_a_wording_that_cannot_be_used_is_told(
    own_schemas: Path, wording: str, message: str
) -> None:
    (own_schemas / "anchors.yaml").write_text(wording, "utf-8")
    with pytest.raises(DataError) as caught:
        anchors()
    assert message in str(caught.value) and "anchors.yaml" in str(caught.value)
