"""The compiled rules judge a Parquet file as frictionless judges the CSV of the same table."""

from __future__ import annotations

import csv
import json
import math
import tempfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import frictionless
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shenwan_data.errors import DataError
from shenwan_data.release.formats import to_text
from shenwan_data.release.schema import ARROW_TYPES, tables
from shenwan_data.release.table_rules import check_parquet, compile_rules

Columns = dict[str, list[Any]]

# A made-up table with every kind of rule, and the table its key leads to.
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "area", "type": "string",
         "constraints": {"required": True, "pattern": "^[a-z][a-z0-9_-]*$"}},
        {"name": "year", "type": "year",
         "constraints": {"required": True, "minimum": 1949, "maximum": 2999}},
        {"name": "unit", "type": "string", "constraints": {"required": True}},
        {"name": "code", "type": "string", "constraints": {"enum": ["a", "b", "'-c"]}},
        {"name": "value", "type": "number", "constraints": {"minimum": -1, "maximum": 1000.5}},
        {"name": "count", "type": "integer", "constraints": {"minimum": 0}},
        {"name": "flag", "type": "boolean"},
        {"name": "day", "type": "date", "constraints": {"minimum": "2000-01-01"}},
        {"name": "text", "type": "string", "constraints": {"minLength": 2, "maxLength": 5}},
        {"name": "mark", "type": "string", "constraints": {"unique": True}},
        {"name": "either", "type": "string", "constraints": {"pattern": "(?:ab|c)+"}},
        {"name": "open", "type": "string", "constraints": {"pattern": "a|b"}},
        {"name": "digits", "type": "string", "constraints": {"pattern": "\\d+"}},
        {"name": "free", "type": "number"},
    ],
    "missingValues": [""],
    "primaryKey": ["area", "year"],
    "foreignKeys": [
        {"fields": ["unit"], "reference": {"resource": "units", "fields": ["unit"]}},
        {"fields": ["text"], "reference": {"resource": "", "fields": ["text"]}},
    ],
}  # fmt: skip
NAMES = [field["name"] for field in SCHEMA["fields"]]
KINDS = {field["name"]: field["type"] for field in SCHEMA["fields"]} | {"row": "integer"}
UNITS = {"fields": [{"name": "unit", "type": "string"}], "primaryKey": ["unit"]}


def good() -> Columns:
    """Four rows in which every rule holds."""
    return {
        "area": ["x", "x", "y_2", "z-3"],
        "year": [2030, 2031, 2030, 1949],
        "unit": ["件", "元", "件", "-1"],
        "code": ["a", "b", "-c", None],
        "value": [Decimal("1000.5"), Decimal(-1), None, Decimal(0)],
        "count": [0, 1, 2**62, None],
        "flag": [True, False, None, True],
        "day": [date(2000, 1, 1), date(2030, 2, 28), None, date(2999, 12, 31)],
        "text": ["二字", "five5", "二字", None],
        "mark": ["1", "2", None, None],
        "either": ["ab", "abc", "c", None],
        "open": ["a", "b", "ax", "b"],
        "digits": ["12", "１２", None, "0"],
        "free": [Decimal("0.1"), None, Decimal(-3), Decimal("1e5")],
    }


def cell(value: Any) -> str:
    return repr(value) if isinstance(value, float) else to_text(value)


def array(name: str, values: list[Any]) -> pa.Array:
    """The column in its declared type; as floats or texts where a cell is of no such type."""
    kind = ARROW_TYPES[KINDS[name]] if name in KINDS else pa.string()
    if kind != pa.string():
        values = [None if value == "" else value for value in values]
    try:
        if pa.types.is_integer(kind) and any(isinstance(value, float) for value in values):
            raise TypeError(name)
        if KINDS.get(name) == "number" and any(isinstance(value, float) for value in values):
            return pa.array([None if v is None else float(v) for v in values], pa.float64())
        return pa.array(values, kind)
    except (ValueError, TypeError, OverflowError):
        return pa.array([None if v is None else cell(v) for v in values], pa.string())


def write(folder: Path, name: str, columns: Columns) -> pa.Table:
    arrays = {column: array(column, values) for column, values in columns.items()}
    table = pa.table(arrays)
    pq.write_table(table, folder / f"{name}.parquet", row_group_size=3)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(
            [cell(value) for value in row] for row in zip(*columns.values(), strict=True)
        )
    return table


def verdicts(columns: Columns, schema: dict[str, Any] = SCHEMA) -> tuple[bool, bool]:
    """Whether the CSV is valid to frictionless, and the Parquet file to the compiled rules."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, "rows", columns)
        write(folder, "units", {"unit": ["件", "元", "-1", "=x"]})
        resources = [
            {"name": each, "path": f"{each}.csv", "format": "csv", "schema": rules,
             "encoding": "utf-8", "type": "table",
             "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True}}
            for each, rules in (("rows", schema), ("units", UNITS))
        ]  # fmt: skip
        descriptor = {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
                      "name": "made-up", "resources": resources}  # fmt: skip
        (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
        theirs = frictionless.Package(str(folder / "datapackage.json")).validate()
        assert not theirs.errors
        ours = check_parquet(
            folder / "rows.parquet", compile_rules("rows", schema),
            {"units": folder / "units.parquet"},
        )  # fmt: skip
        return bool(theirs.valid), not ours


def with_cell(column: str, row: int, value: Any) -> Columns:
    columns = good()
    columns[column][row] = value
    return columns


def test_the_good_table_is_good_to_both() -> None:
    assert verdicts(good()) == (True, True)


# One cell changed: what it is, and whether the table is still valid.
CELLS: list[tuple[str, int, Any, bool]] = [
    ("area", 0, None, False), ("area", 0, "", False), ("area", 0, "X", False),
    ("area", 0, "x\n", True), ("area", 0, "x\n\n", False), ("area", 0, "\nx", False),
    ("area", 1, "y_2", True), ("area", 2, "x", False), ("area", 0, "x y", False),
    ("year", 0, None, False), ("year", 0, 1948, False), ("year", 0, 3000, False),
    ("year", 0, 999, False), ("year", 0, -999, False), ("year", 0, 20300, False),
    ("year", 0, "soon", False), ("year", 1, 2030, False), ("year", 0, 2999, True),
    ("unit", 0, None, False), ("unit", 0, "furlong", False), ("unit", 0, "=x", True),
    ("unit", 0, "'=x", False), ("unit", 0, "件 ", False),
    ("code", 0, "c", False), ("code", 0, "-c", True), ("code", 0, "'-c", False),
    ("code", 0, "", True), ("code", 0, "A", False), ("code", 0, "a\n", False),
    ("value", 0, Decimal("1000.5000000001"), False), ("value", 0, Decimal("-1.1"), False),
    ("value", 0, math.nan, False), ("value", 0, math.inf, False), ("value", 0, 3.5, True),
    ("value", 0, "12a", False), ("value", 0, None, True), ("value", 0, 1e-7, True),
    ("count", 0, -1, False), ("count", 0, 1.5, False), ("count", 0, "1 2", False),
    ("count", 0, None, True),
    ("flag", 0, "yes", False), ("flag", 0, "T", False), ("flag", 0, None, True),
    ("day", 0, date(1999, 12, 31), False), ("day", 0, "2030-02-30", False),
    ("day", 0, "1.2.2030", False),
    ("text", 0, "一", False), ("text", 0, "六个字的文本", False), ("text", 0, "𠮷𠮷", True),
    ("text", 0, "=123", True), ("text", 0, "=1234", False), ("text", 0, "=12345", False),
    ("text", 0, "-", True), ("text", 0, "", True), ("text", 0, "\n", True), ("text", 0, "a\n", True),
    ("mark", 1, "1", False), ("mark", 2, "1", False), ("mark", 2, "", True),
    ("either", 0, "abcc", True), ("either", 0, "abd", False), ("either", 0, "xab", False),
    ("open", 0, "xb", False), ("open", 0, "a anything", True), ("open", 0, "bx", False),
    ("open", 0, "b\n", True),
    ("digits", 0, "一", False), ("digits", 0, "٣", True), ("digits", 0, "1\n", True),
    ("free", 0, math.nan, True), ("free", 0, -math.inf, True), ("free", 0, "", True),
    ("free", 0, "1,000", False),
]  # fmt: skip


@pytest.mark.parametrize(("column", "row", "value", "valid"), CELLS)
def test_one_cell_is_judged_alike(column: str, row: int, value: Any, valid: bool) -> None:
    theirs, ours = verdicts(with_cell(column, row, value))
    assert theirs == ours
    assert ours == valid


def without_a_column(columns: Columns) -> Columns:
    del columns["flag"]
    return columns


def without_the_last(columns: Columns) -> Columns:
    del columns["free"]
    return columns


def with_another(columns: Columns) -> Columns:
    return {**columns, "more": ["x"] * 4}


def with_another_between(columns: Columns) -> Columns:
    items = list(columns.items())
    return dict([*items[:3], ("more", ["x"] * 4), *items[3:]])


def in_another_order(columns: Columns) -> Columns:
    return dict([*list(columns.items())[1:], ("area", columns["area"])])


def renamed(columns: Columns) -> Columns:
    return {"Flag" if name == "flag" else name: cells for name, cells in columns.items()}


def with_no_rows(columns: Columns) -> Columns:
    return {name: [] for name in columns}


def with_an_empty_row(columns: Columns) -> Columns:
    return {name: [*cells, None] for name, cells in columns.items()}


FRAMES = [
    (without_a_column, False), (without_the_last, False), (with_another, False),
    (with_another_between, False), (in_another_order, False), (renamed, False),
    (with_no_rows, True), (with_an_empty_row, False),
]  # fmt: skip


@pytest.mark.parametrize(("change", "valid"), FRAMES)
def test_the_frame_of_a_table_is_judged_alike(
    change: Callable[[Columns], Columns], valid: bool
) -> None:
    assert verdicts(change(good())) == (valid, valid)


def loosened(**constraints: Any) -> dict[str, Any]:
    """A schema without required fields, to see nulls in keys."""
    fields = [{"name": field["name"], "type": field["type"]} for field in SCHEMA["fields"]]
    fields[0]["constraints"] = constraints
    return {**SCHEMA, "fields": fields, "foreignKeys": []}


@pytest.mark.parametrize(
    ("area", "year", "valid"),
    [
        ([None, "b", "c", "d"], [1949, 1949, 1949, 1949], True),
        ([None, None, "c", "d"], [1949, 1949, 1949, 1949], False),
        ([None, "", "c", "d"], [1949, 1949, 1949, 1949], False),
        ([None, "b", "c", "d"], [None, 1949, 1949, 1949], False),
        ([None, "b", "c", "d"], [1949, None, 1949, 1949], True),
        (["b", "b", "b", "b"], [1949, 1950, 1951, None], True),
        (["b", "b", "b", "b"], [1949, 1950, None, None], False),
    ],
)
def test_nulls_in_a_key_are_judged_alike(area: list[Any], year: list[Any], valid: bool) -> None:
    columns = {**good(), "area": area, "year": year}
    assert verdicts(columns, loosened()) == (valid, valid)


def test_a_row_of_nothing_is_judged_alike_without_a_key() -> None:
    schema = {**loosened(), "primaryKey": []}
    assert verdicts(with_an_empty_row(good()), schema) == (False, False)
    assert verdicts(good(), schema) == (True, True)


TEXTS = st.one_of(
    st.sampled_from(["", "a", "b", "ab", "件", "=x", "-c", "x\n", "'", "1", "１", "x", "\t", " "]),
    st.text(alphabet="ab-=\n'c1件 X", max_size=4),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXTS,
    "year": st.one_of(st.integers(-1, 4000), st.sampled_from([1949, 2999, 2030, 2031])),
    "integer": st.integers(-3, 5),
    "number": st.one_of(
        st.decimals(-2, 1002, places=2),
        st.sampled_from([math.nan, math.inf, -math.inf, 0.5, -0.0, 1e300]),
    ),
    "boolean": st.one_of(st.booleans(), st.just("maybe")),
    "date": st.dates(date(1998, 1, 1), date(2002, 1, 1)),
}


@st.composite
def mutated(draw: st.DrawFn) -> Columns:
    """The good table, some cells of it replaced, some rows repeated or taken out."""
    columns = good()
    rows = draw(st.lists(st.integers(0, 3), min_size=0, max_size=6))
    if draw(st.booleans()):
        columns = {name: [cells[row] for row in rows] for name, cells in columns.items()}
    count = len(columns["area"])
    for _ in range(draw(st.integers(0, 3)) if count else 0):
        name = draw(st.sampled_from(NAMES))
        row = draw(st.integers(0, count - 1))
        columns[name][row] = draw(st.one_of(st.none(), VALUES[KINDS[name]]))
    return columns


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_any_mutation_is_judged_alike(columns: Columns) -> None:
    theirs, ours = verdicts(columns)
    assert theirs == ours


PATTERNS = st.sampled_from([
    "^[a-z]+$", "a|b", "(a|b)", "[^ ]+( [^ ]+)*", "[$]", "a$", "^a", "\\d", "\\.", "[.]", "a{2}",
    "a*?", "(?:a|b)$|1", "(?=a)a", "[\\n]", "[^a]", ".", ".*", "a?", "^$", "$", "a\\$",
    "[]a]", "[a-b1]{1,2}", "x*",
])  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PATTERNS, st.lists(TEXTS, min_size=1, max_size=3))
def test_any_pattern_means_the_same(pattern: str, texts: list[str]) -> None:
    schema: dict[str, Any] = {
        "fields": [
            {"name": "row", "type": "integer"},
            {"name": "text", "type": "string", "constraints": {"pattern": pattern}},
        ],
        "primaryKey": ["row"],
    }
    try:
        theirs, ours = verdicts({"row": list(range(len(texts))), "text": texts}, schema)
    except frictionless.FrictionlessException:
        return  # a pattern that is none
    assert theirs == ours


def test_a_rule_that_is_not_known_is_not_passed_over() -> None:
    schema = {"fields": [{"name": "x", "type": "string", "constraints": {"jsonSchema": {}}}]}
    with pytest.raises(DataError, match="jsonSchema"):
        compile_rules("x", schema)


def test_every_rule_that_the_metadata_uses_is_compiled() -> None:
    from shenwan_data.release.schema import table_schema

    for table in tables().values():
        rules = compile_rules(table.name, table_schema(table, tuple(tables())))
        assert rules.primary_key == table.primary_key
        assert list(rules.types) == list(table.columns)


def test_a_breach_is_named_by_its_row_in_whatever_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shenwan_data.release.table_rules.BATCH", 100)
    rows = 1000
    columns: Columns = {
        "key": [f"k{row}" for row in range(rows)],
        "low": ["same"] * 777 + ["other"] + ["same"] * (rows - 778),
        "number": [Decimal(row) for row in range(rows)],
    }
    columns["key"][900] = "k5"
    schema = {
        "fields": [
            {"name": "key", "type": "string"},
            {"name": "low", "type": "string", "constraints": {"enum": ["same"]}},
            {"name": "number", "type": "number", "constraints": {"maximum": 555}},
        ],
        "primaryKey": ["key"],
    }
    pq.write_table(pa.table(columns), tmp_path / "rows.parquet", row_group_size=250)
    found = check_parquet(tmp_path / "rows.parquet", compile_rules("rows", schema))
    assert {(problem.column, problem.row) for problem in found} == {
        ("low", 779), ("number", 558), ("key", 902),
    }  # fmt: skip
    assert all(problem.message.zh != problem.message.en for problem in found)
