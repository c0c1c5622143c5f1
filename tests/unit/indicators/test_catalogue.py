"""The catalogue is right, and the error of a wrong entry names file, place and way out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from shenwan_data import schemas
from shenwan_data.config.declarations import WayEntry
from shenwan_data.errors import DataError
from shenwan_data.figures.units import units
from shenwan_data.indicators.catalogue import catalogue, read_catalogue, topics
from shenwan_data.indicators.concepts import ways
from shenwan_data.statements.lexicon import lexicon

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


def test_every_indicator_says_how_it_is_told() -> None:
    said = {way.code for its in ways().values() for way in its}
    assert said == set(catalogue())


def test_every_unit_of_the_catalogue_can_be_read() -> None:
    for indicator in catalogue().values():
        assert indicator.unit in indicator.units_accepted
        assert set(indicator.units_accepted) <= set(units())


@pytest.fixture
def own_schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the metadata that a test may break."""
    folder = tmp_path / "schemas"
    shutil.copytree(schemas.schemas_dir(), folder)
    for module in ("indicators.catalogue", "indicators.concepts", "statements.lexicon"):
        monkeypatch.setattr(f"shenwan_data.{module}.schemas_dir", lambda: folder)
    monkeypatch.setattr("shenwan_data.schemas.schemas_dir", lambda: folder)
    return folder


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("things: [penalty_case,", "things: [no_such_thing,", "no concept no_such_thing"),
        ("things: [penalty_case,", "thing: [penalty_case,", "thing"),
    ],
)
def test_a_way_of_saying_that_cannot_be_used_is_told(
    own_schemas: Path, old: str, new: str, message: str
) -> None:
    path = own_schemas / "indicators" / "enforcement.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(DataError) as caught:
        ways()
    assert message in str(caught.value) and "enforcement.yaml" in str(caught.value)


def test_a_word_that_is_given_twice_is_told(own_schemas: Path) -> None:
    path = own_schemas / "lexicon" / "acts.yaml"
    path.write_text(path.read_text("utf-8") + "again: [矛盾纠纷]\n", "utf-8")
    with pytest.raises(DataError, match="given twice") as caught:
        lexicon()
    assert "acts.yaml" in str(caught.value) and "矛盾纠纷" in str(caught.value)


def test_a_new_word_is_known_without_a_restart(own_schemas: Path) -> None:
    assert "造句" not in lexicon().words
    path = own_schemas / "lexicon" / "acts.yaml"
    path.write_text(path.read_text("utf-8") + "made_up: [造句]\n", "utf-8")
    assert lexicon().words["造句"].concept == "made_up"


def test_no_indicator_has_a_list_of_what_it_is_not() -> None:
    """What an indicator is not is said by another word's own concept, never by an exclusion."""
    fields = set(WayEntry.model_fields)
    assert fields == {
        "things", "acts", "about", "clause", "beside", "around", "then", "own", "source", "further",
        "units", "order",
    }  # fmt: skip
