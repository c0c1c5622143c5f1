"""Whether the Parquet file of a table says the same as its CSV file.

Belongs here: comparing the two, cell by cell and column by column. Does not belong here: the rules of
the table itself (``table_rules``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shenwan_data.errors import Text
from shenwan_data.release.formats import Value, read_csv_table, read_parquet, to_text
from shenwan_data.release.schema import arrow_schema


def _kind(field: pa.Field) -> str:
    return f"{field.type}{'' if field.nullable else ' not null'}"


def _shown(value: Value) -> str:
    return "null" if value is None else repr(value) if isinstance(value, str) else to_text(value)


def _schema_problem(found: pa.Schema, declared: pa.Schema) -> Text | None:
    if found.names != declared.names:
        return Text(
            f"各栏为 {found.names}，应为 {declared.names}",
            f"its columns are {found.names}, not {declared.names}",
        )
    for is_, must in zip(found, declared, strict=True):
        if is_.type != must.type or is_.nullable != must.nullable:
            return Text(
                f"{must.name} 栏类型为 {_kind(is_)}，应为 {_kind(must)}",
                f"column {must.name} is {_kind(is_)}, not {_kind(must)}",
            )
        if (is_.metadata or {}) != (must.metadata or {}):
            return Text(
                f"{must.name} 栏的说明与 datapackage.json 不一致",
                f"the metadata of column {must.name} differs from datapackage.json",
            )
    if found.metadata:
        return Text("含有多余的元数据", f"it carries other metadata: {sorted(found.metadata)}")
    return None


def parity_problem(csv: Path, parquet: Path, schema: Mapping[str, Any]) -> Text | None:
    """The first difference between the two files of a table, or None.

    ``schema`` is the Table Schema of the descriptor; both files must be of it. A difference names
    the row (the header is row 1) and the column.
    """
    try:
        declared = arrow_schema(schema)
        found = read_parquet(parquet)
    except (pa.ArrowException, OSError, KeyError) as error:
        return Text(f"无法读取：{error}", f"it cannot be read: {error}")
    problem = _schema_problem(found.schema, declared)
    if problem is not None:
        return problem
    try:
        expected = read_csv_table(csv, schema)
    except (ValueError, OSError) as error:
        return Text(f"{csv.name} 无法读取：{error}", f"{csv.name} cannot be read: {error}")
    if found.num_rows != expected.num_rows:
        return Text(
            f"有 {found.num_rows} 行，{csv.name} 有 {expected.num_rows} 行",
            f"it has {found.num_rows} rows, {csv.name} has {expected.num_rows}",
        )
    for name in declared.names:
        one, other = found[name], expected[name]
        same = pc.or_(
            pc.fill_null(pc.equal(one, other), False), pc.and_(pc.is_null(one), pc.is_null(other))
        )
        row = pc.index(same, pa.scalar(False)).as_py()
        if row >= 0:
            values = _shown(one[row].as_py()), _shown(other[row].as_py())
            return Text(
                f"第 {row + 2} 行 {name} 栏为 {values[0]}，{csv.name} 为 {values[1]}",
                f"row {row + 2}, column {name}: {values[0]}, but {values[1]} in {csv.name}",
            )
    return None
