"""Whether what is said twice is said alike: a table in its two files, an observation and its figure.

Belongs here: comparing the Parquet file of a table with its CSV file, rows of a topic with rows of the
evidence, and values with their bounds. Does not belong here: the rules of single cells (``cell_rules``),
of keys (``keys``) and of a table as a whole (``table_rules``).

No Table Schema can state these. They find a value that was changed after it was read, in a cache or a
file, and faults of the program as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shenwan_data.errors import Text
from shenwan_data.indicators.catalogue import topics
from shenwan_data.release.contents import EVIDENCE, OBSERVATIONS, packages
from shenwan_data.release.formats import (
    Value,
    as_stored,
    read_csv_table,
    read_parquet,
    to_text,
)
from shenwan_data.release.keys import dangling
from shenwan_data.release.schema import arrow_schema
from shenwan_data.release.tables import all_observations


def _shown(value: Value) -> str:
    if value is None or isinstance(value, str):
        return "null" if value is None else repr(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return to_text(value)


def _kind(field: pa.Field) -> str:
    return f"{field.type}{'' if field.nullable else ' not null'}"


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
        declared = as_stored(arrow_schema(schema).empty_table()).schema
        found = read_parquet(parquet)
    except (pa.ArrowException, OSError, KeyError) as error:
        return Text(f"无法读取：{error}", f"it cannot be read: {error}")
    problem = _schema_problem(found.schema, declared)
    if problem is not None:
        return problem
    try:
        expected = as_stored(read_csv_table(csv, schema))
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


# What an observation takes over from its figure as it is.
TAKEN = ("value", "unit", "lower", "upper", "qualifier", "quote")
_NEEDED = ("ref_area", "time_period", "indicator", "obs_status", "figure_id", *TAKEN)
_FIGURE = ("figure_id", "report_id", "indicators", *TAKEN)
REPORTED = "reported"

Row = Mapping[str, Any]


def interval_problem(row: Row) -> Text | None:
    """Whether ``lower <= value <= upper``, so far as they are given."""
    lower, value, upper = row["lower"], row["value"], row["upper"]
    ends = [number for number in (lower, value, upper) if number is not None]
    if ends == sorted(ends):
        return None
    shown = ", ".join("" if one is None else _shown(one) for one in (lower, value, upper))
    return Text(
        f"数值不在上下限之内（下限、数值、上限：{shown}）",
        f"the value is outside its bounds (lower, value, upper: {shown})",
    )


def _tie_problem(row: Row, figures: Mapping[str, Row]) -> Text | None:
    figure_id = row["figure_id"]
    if figure_id is None:
        if row["obs_status"] == REPORTED or row["value"] is not None:
            return Text("有数值却没有对应的数字", "it has a value but names no figure")
        return None
    figure = figures.get(figure_id)
    if figure is None:
        # Keys have a check of their own.
        return None
    report = f"{row['ref_area']}-{row['time_period']}"
    if figure["report_id"] != report:
        return Text(f"数字 {figure_id} 属于另一份报告", f"figure {figure_id} is of another report")
    if row["indicator"] not in (figure["indicators"] or "").split():
        return Text(
            f"数字 {figure_id} 不属于该指标",
            f"figure {figure_id} is not assigned to this indicator",
        )
    for column in TAKEN:
        if row[column] != figure[column]:
            shown = _shown(row[column]), _shown(figure[column])
            return Text(
                f"{column} 为 {shown[0]}，数字 {figure_id} 为 {shown[1]}",
                f"{column} is {shown[0]}, but {shown[1]} in figure {figure_id}",
            )
    return None


def _rows(table: pa.Table, columns: tuple[str, ...]) -> list[Row] | None:
    """The rows of some columns, None where one is missing: that fails elsewhere."""
    if not set(columns) <= set(table.column_names):
        return None
    return list(table.select(list(columns)).to_pylist())


def observation_problems(observations: pa.Table, figures: pa.Table) -> Iterator[Text]:
    """What contradicts the figures in the rows of a topic. A row is counted with the header."""
    rows, of_figures = _rows(observations, _NEEDED), _rows(figures, _FIGURE)
    if rows is None or of_figures is None:
        return
    known = {row["figure_id"]: row for row in of_figures}
    for number, row in enumerate(rows, start=2):
        for problem in (interval_problem(row), _tie_problem(row, known)):
            if problem is not None:
                yield Text(
                    f"第 {number} 行 {row['indicator']}：{problem.zh}",
                    f"row {number}, {row['indicator']}: {problem.en}",
                )


def figure_problems(figures: pa.Table) -> Iterator[Text]:
    """The figures whose value lies outside their own bounds."""
    rows = _rows(figures, ("figure_id", "lower", "value", "upper"))
    for number, row in enumerate(rows or (), start=2):
        problem = interval_problem(row)
        if problem is not None:
            place = row["figure_id"]
            yield Text(
                f"第 {number} 行 {place}：{problem.zh}", f"row {number}, {place}: {problem.en}"
            )


def read_if_any(path: Path) -> pa.Table | None:
    """The table of a Parquet file; None where it cannot be read, for which there is a check of its own."""
    try:
        return read_parquet(path)
    except (pa.ArrowException, OSError):
        return None


def topic_problems(folder: Path, name: str) -> list[Text] | None:
    """Keys of a topic of the release that lead nowhere, and rows that the evidence does not have.

    None where there is no such topic, or a table of it cannot be read.
    """
    declared = {package.name: package for package in packages()}.get(name)
    if declared is None or name == EVIDENCE:
        return None
    problems: list[Text] = []
    for table in declared.tables:
        rows = read_if_any(folder / name / f"{table.name}.parquet")
        if rows is None:
            return None
        for key in table.foreign_keys:
            # A figure may be the value of an indicator of another topic as well.
            own = key.table in declared.table_names and key.table != "indicators"
            place = name if own else EVIDENCE
            target = read_if_any(folder / place / f"{key.table}.parquet")
            names_known = key.field in rows.column_names
            if target is None or key.column not in target.column_names or not names_known:
                continue
            lost = dangling(rows[key.field], key, target[key.column])
            if lost is not None:
                problems.append(
                    Text(
                        f"{table.name} 第 {lost[0] + 2} 行 {key.field} 栏："
                        f"{lost[1]} 不在 {place}/{key.table} 中",
                        f"{table.name}, row {lost[0] + 2}, column {key.field}: {lost[1]} is not in "
                        f"{place}/{key.table}",
                    )
                )
        if table.name != name:
            problems += _not_in_evidence(folder, table.name, rows)
    return problems


def _not_in_evidence(folder: Path, table: str, rows: pa.Table) -> Iterator[Text]:
    """The first row of a table that is not one of the evidence."""
    every = read_if_any(folder / EVIDENCE / f"{table}.parquet")
    if every is None or every.column_names != rows.column_names:
        return
    known = {repr(row) for row in every.to_pylist()}
    for number, row in enumerate(rows.to_pylist(), start=2):
        if repr(row) not in known:
            yield Text(
                f"{table} 第 {number} 行与 {EVIDENCE}/{table} 不一致",
                f"{table}, row {number}: not a row of {EVIDENCE}/{table}",
            )
            return


def has_the_rows_of_the_topics(folder: Path) -> bool:
    """Whether the table of all observations is that of the topics together, where all can be read."""
    rows = read_if_any(folder / f"{OBSERVATIONS}.parquet")
    parts = {topic: read_if_any(folder / topic / f"{topic}.parquet") for topic in topics()}
    read = {topic: part for topic, part in parts.items() if part is not None}
    if rows is None or len(read) < len(parts):
        return True
    try:
        return bool(all_observations(read).equals(rows))
    except (pa.ArrowException, KeyError):
        return False
