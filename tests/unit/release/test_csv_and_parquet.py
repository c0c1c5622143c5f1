"""Whatever a table holds, its CSV and its Parquet file give it back, in the same bytes."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shenwan_data.release.agreement import parity_problem
from shenwan_data.release.formats import (
    as_stored,
    read_csv_table,
    read_parquet,
    write_csv,
    write_parquet,
)
from shenwan_data.release.schema import DECIMAL, FLOAT, arrow_schema

SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "key", "type": "integer", "title": "键 / Key", "constraints": {"required": True}},
        {"name": "text", "type": "string", "description": "文本 / Text"},
        {"name": "number", "type": "number", "unit": "元 / yuan"},
        {"name": "year", "type": "year"},
        {"name": "flag", "type": "boolean"},
        {"name": "day", "type": "date"},
    ]
}
# Any text that UTF-8 can hold, with what breaks CSV writers more often than chance would have it.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | st.text(
    alphabet="\r\n\t,\"'= \ufeff\u2028\x00神", min_size=1
)
ROWS = st.lists(
    st.tuples(
        st.integers(-(2**63), 2**63 - 1),
        st.none() | TEXT,
        st.none()
        | st.decimals(
            allow_nan=False, allow_infinity=False, places=10, min_value=-(10**27), max_value=10**27
        ),
        st.none() | st.integers(1949, 2999),
        st.none() | st.booleans(),
        st.none() | st.dates(),
    ),
    max_size=20,
)


def table_of(rows: list[tuple[Any, ...]]) -> pa.Table:
    schema = arrow_schema(SCHEMA)
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def csv_bytes(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    write_csv(table, stream)
    return stream.getvalue()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=ROWS)
def test_csv_and_parquet_give_the_table_back(rows: list[tuple[Any, ...]], tmp_path: Path) -> None:
    table = table_of(rows)
    with (tmp_path / "t.csv").open("wb") as stream:
        write_csv(table, stream)
    with (tmp_path / "t.parquet").open("wb") as stream:
        write_parquet(table, stream)
    assert read_csv_table(tmp_path / "t.csv", SCHEMA).equals(table)
    back = read_parquet(tmp_path / "t.parquet")
    assert back.equals(as_stored(table))
    assert back.schema.types == [FLOAT if t == DECIMAL else t for t in table.schema.types]
    assert back["number"].to_pylist() == [
        None if value is None else float(value) for value in table["number"].to_pylist()
    ]
    assert all(
        (one.metadata or {}) == (other.metadata or {})
        for one, other in zip(back.schema, table.schema, strict=True)
    )
    assert parity_problem(tmp_path / "t.csv", tmp_path / "t.parquet", SCHEMA) is None


@given(rows=ROWS)
def test_any_csv_reader_finds_the_same_cells(rows: list[tuple[Any, ...]]) -> None:
    text = csv_bytes(table_of(rows)).decode("utf-8")
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found[0] == ["key", "text", "number", "year", "flag", "day"]
    assert [int(row[0]) for row in found[1:]] == [row[0] for row in rows]
    assert all(len(row) == 6 for row in found)


def test_the_csv_is_utf_8_with_lf_and_no_byte_order_mark() -> None:
    rows = [(1, "神湾, “双高”", Decimal("0.10"), 2030, True, date(2031, 2, 1)), (2, *[None] * 5)]
    assert (
        csv_bytes(table_of(rows))
        == (
            'key,text,number,year,flag,day\n1,"神湾, “双高”",0.1,2030,true,2031-02-01\n2,,,,,\n'
        ).encode()
    )


def test_chunks_do_not_reach_the_bytes() -> None:
    rows = [(n, f"第{n}行", Decimal(n), None, None, None) for n in range(100)]
    whole = table_of(rows)
    pieces = pa.concat_tables([whole.slice(0, 7), whole.slice(7)])
    one, other = io.BytesIO(), io.BytesIO()
    write_parquet(whole, one)
    write_parquet(pieces, other)
    assert one.getvalue() == other.getvalue()
    assert csv_bytes(whole) == csv_bytes(pieces)


def test_a_null_in_a_required_column_is_not_written() -> None:
    schema = arrow_schema(SCHEMA)
    arrays = [pa.array([None], field.type) for field in schema]
    with pytest.raises(pa.ArrowInvalid):
        write_parquet(pa.Table.from_arrays(arrays, schema=schema), io.BytesIO())


def test_a_column_tells_its_description_and_unit_and_nothing_of_pandas() -> None:
    stream = io.BytesIO()
    write_parquet(table_of([]), stream)
    schema = pa.parquet.read_schema(io.BytesIO(stream.getvalue()))
    assert schema.field("number").metadata == {b"unit": "元 / yuan".encode()}
    assert schema.metadata is None


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("key,text\n", "line 1"),
        ("key,text,number,year,flag,day\n1,a,1,2030,true\n", "row 2: 5 cells"),
        ("key,text,number,year,flag,day\n1,a,zwei,2030,true,\n", "row 2, column number"),
        ("key,text,number,year,flag,day\n1,a,1,99999999999,true,\n", "column year"),
    ],
)
def test_a_broken_csv_names_the_place(content: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=place):
        read_csv_table(tmp_path / "t.csv", SCHEMA)
