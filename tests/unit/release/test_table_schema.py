"""One schema, from which the descriptor, the Arrow types and the dictionary follow."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from frictionless import Schema

from shenwan_data.errors import DataError
from shenwan_data.indicators.catalogue import MEASURE_TYPES, topics
from shenwan_data.model import KINDS, OBS_STATUSES, QUALIFIERS
from shenwan_data.release import schema as schema_module
from shenwan_data.release.contents import packages
from shenwan_data.release.schema import arrow_schema, code_lists, dictionary, table_schema, tables
from shenwan_data.schemas import VARIABLE, metadata, schemas_dir
from tests.town_settings import SETTINGS

TOPICS = topics()

CHINESE = re.compile("[\u4e00-\u9fff]|UCUM")
ENGLISH = re.compile("[A-Za-z]{2}")


def test_every_table_of_the_design_is_declared() -> None:
    assert tuple(tables()) == (
        *TOPICS, "indicators", "units", "areas", "codes", "reports", "figures", "findings",
        "revisions",
        "accuracy",
    )  # fmt: skip


def test_the_topics_have_the_same_columns() -> None:
    assert len({tables()[topic].columns for topic in TOPICS}) == 1


def test_every_column_is_used_by_a_table() -> None:
    used = {column for table in tables().values() for column in table.columns}
    own = {f"{table.name}.{column}" for table in tables().values() for column in table.columns}
    declared = set(metadata("fields.yaml")["fields"])
    assert used <= declared
    assert declared <= used | own


def test_a_column_may_mean_something_else_in_one_table() -> None:
    topic = {
        name: {f.name: f for f in tables()[name].fields}["topic"]
        for name in ("indicators", "figures")
    }
    assert topic["indicators"].codes == "topic"
    assert topic["figures"].codes == "figure_topic"
    assert "other" in topic["figures"].constraints["enum"]
    assert "other" not in topic["indicators"].constraints["enum"]


@pytest.mark.parametrize("table", tables().values(), ids=lambda table: table.name)
def test_everything_is_named_in_chinese_and_in_english(table: schema_module.Table) -> None:
    for text in [
        table.title,
        table.description,
        *(text for field in table.fields for text in (field.title, field.description)),
    ]:
        assert CHINESE.search(text.zh), text
        assert ENGLISH.search(text.en), text


def test_every_code_is_named_in_chinese_and_in_english() -> None:
    for codes in code_lists().values():
        for code in codes.values():
            for text in [code.label, *([code.description] if code.description else [])]:
                assert CHINESE.search(text.zh), code
                assert ENGLISH.search(text.en), code


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("kinds", KINDS),
        ("qualifiers", QUALIFIERS),
        ("obs_status", OBS_STATUSES),
        ("measure_type", MEASURE_TYPES),
        ("topic", TOPICS),
    ],
)
def test_the_code_lists_are_the_words_of_the_records(name: str, codes: tuple[str, ...]) -> None:
    assert tuple(code_lists()[name]) == codes


@pytest.mark.parametrize("table", tables().values(), ids=lambda table: table.name)
def test_frictionless_takes_the_schema(table: schema_module.Table) -> None:
    schema = Schema.from_descriptor(table_schema(table, tuple(tables())))
    assert tuple(schema.field_names) == table.columns
    assert schema.primary_key == list(table.primary_key)
    for key in table.primary_key:
        assert schema.get_field(key).required


@pytest.mark.parametrize("table", tables().values(), ids=lambda table: table.name)
def test_arrow_has_the_columns_of_the_schema_with_their_meaning(table: schema_module.Table) -> None:
    arrow = arrow_schema(table_schema(table))
    assert tuple(arrow.names) == table.columns
    for field, declared in zip(arrow, table.fields, strict=True):
        assert field.nullable == (field.name not in table.required)
        assert declared.description.zh in field.metadata[b"description"].decode()
        assert declared.description.en in field.metadata[b"description"].decode()


def test_a_position_tells_its_unit() -> None:
    arrow = arrow_schema(table_schema(tables()["figures"]))
    assert "code points" in arrow.field("start").metadata[b"unit"].decode()


def test_the_dictionary_has_every_column_and_its_codes() -> None:
    rows = {row["name"]: row for row in dictionary(tables()["services"], ("services", "units"))}
    assert tuple(rows) == tables()["services"].columns
    assert rows["qualifier"]["codes"] == "qualifiers"
    assert rows["unit"]["refers_to"] == "units.unit"
    assert rows["figure_id"]["refers_to"] == "evidence/figures.figure_id"


def test_a_package_declares_no_key_that_leads_out_of_it() -> None:
    for package in packages():
        for table in package.tables:
            schema = table_schema(table, package.table_names)
            for key in schema.get("foreignKeys", []):
                assert key["reference"]["resource"] in ("", *package.table_names)


def test_division_codes_are_text_of_twelve_digits() -> None:
    assert [area.division_code for area in SETTINGS.areas.values()] == ["442000117000"]
    field = next(field for field in tables()["areas"].fields if field.name == "division_code")
    assert field.type == "string"


@pytest.fixture
def change(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Let the metadata be a copy that has another value at one place of one file."""
    folder = Path(shutil.copytree(schemas_dir(), tmp_path / "schemas"))
    monkeypatch.setenv(VARIABLE, str(folder))

    def changed(name: str, place: list[str], value: object) -> None:
        content = inner = yaml.safe_load((folder / name).read_text("utf-8"))
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
        (folder / name).write_text(
            yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8"
        )

    return changed


@pytest.mark.parametrize(
    ("name", "place", "value", "named"),
    [
        ("fields.yaml", ["fields", "value", "type"], "float", "value"),
        ("fields.yaml", ["fields", "value", "title"], {"zh": "数值"}, "value.title"),
        ("fields.yaml", ["fields", "value", "title"], {"zh": "", "en": "Value"}, "value.title"),
        ("fields.yaml", ["fields", "kind", "codes"], "sorts", "kind"),
        ("codes.yaml", ["reason", "idiom"], {"zh": "固定说法"}, "reason.idiom"),
        ("tables.yaml", ["tables", "units", "fields"], ["unit", "colour"], "units.colour"),
        ("tables.yaml", ["tables", "units", "required"], ["value"], "units.value"),
        (
            "tables.yaml",
            ["tables", "units", "foreign_keys"],
            [{"field": "base_unit", "table": "measures"}],
            "units.foreign_keys.base_unit",
        ),
    ],
)
def test_metadata_that_contradicts_itself_is_refused_by_name(
    name: str, place: list[str], value: object, named: str, change: Callable[..., None]
) -> None:
    change(name, place, value)
    with pytest.raises(DataError) as refused:
        tables()
    assert str(refused.value.file).endswith(name)
    assert re.search(rf"line \d+, (key (\w+[.])?)?{re.escape(named)}", str(refused.value.place))


def test_a_new_code_reaches_the_enum(change: Callable[..., None]) -> None:
    change("codes.yaml", ["reason", "made_up"], {"zh": "虚构", "en": "Made up"})
    fields = {field["name"]: field for field in table_schema(tables()["figures"])["fields"]}
    reason = fields["reason"]
    assert reason["constraints"]["enum"][-1] == "made_up"


def test_building_loads_no_validator() -> None:
    program = (
        "import sys, shenwan_data.release.package\n"
        "print(sorted({'frictionless', 'pandas', 'dagster'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
