"""The rules of a Table Schema, checked on Arrow tables.

Belongs here: required, enum, pattern, minimum, maximum, unique and foreign keys, each as one
vectorised pass. Does not belong here: types (Arrow holds them) and files (``validation``).
The verdict is meant to be that of a Table Schema validator on the CSV, at a fraction of its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shenwan_data.errors import Text
from shenwan_data.release.schema import ForeignKey, Table


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that breaks a rule. ``row`` is that of the CSV, the header being row 1."""

    table: str
    column: str
    row: int
    key: str
    message: Text

    @property
    def place(self) -> str:
        """Where it is, for a message: table, row, key and column."""
        return f"table {self.table}, row {self.row} ({self.key}), column {self.column}"


def _first(mask: pa.ChunkedArray | pa.Array) -> int | None:
    """Index of the first true value, nulls counting as false."""
    index = pc.index(pc.fill_null(mask, False), pa.scalar(True)).as_py()
    return None if index < 0 else int(index)


def _cell_rules(
    name: str, column: pa.ChunkedArray, constraints: Mapping[str, Any]
) -> Iterable[tuple[int, Text]]:
    def value(row: int) -> Any:
        return column[row].as_py()

    if constraints.get("required"):
        row = _first(pc.is_null(column))
        if row is not None:
            yield row, Text(f"{name} 不能为空", f"{name} is required and empty")
    if "enum" in constraints:
        known = pa.array(constraints["enum"], type=column.type)
        row = _first(pc.and_(pc.is_valid(column), pc.invert(pc.is_in(column, value_set=known))))
        if row is not None:
            yield (
                row,
                Text(
                    f"{value(row)!r} 不在 {name} 的代码表中",
                    f"{value(row)!r} is not a code of {name}",
                ),
            )
    if "pattern" in constraints:
        matches = pc.match_substring_regex(column, constraints["pattern"])
        row = _first(pc.invert(matches))
        if row is not None:
            yield (
                row,
                Text(
                    f"{value(row)!r} 不合格式 {constraints['pattern']}",
                    f"{value(row)!r} does not match {constraints['pattern']}",
                ),
            )
    bounds: tuple[tuple[str, Callable[..., Any], str, str], ...] = (
        ("minimum", pc.less, "小于", "is less than"),
        ("maximum", pc.greater, "大于", "is greater than"),
    )
    for rule, beyond, chinese, english in bounds:
        if rule in constraints:
            limit = constraints[rule]
            row = _first(beyond(column, pa.scalar(limit).cast(column.type)))
            if row is not None:
                yield (
                    row,
                    Text(f"{value(row)} {chinese} {limit}", f"{value(row)} {english} {limit}"),
                )


def _repeated(table: pa.Table, columns: tuple[str, ...]) -> int | None:
    """Row of the second occurrence of a key, None where keys are unique. Null keys do not count."""
    numbered = table.select(columns).append_column(
        "__row", pa.array(range(table.num_rows), type=pa.int64())
    )
    for column in columns:
        numbered = numbered.filter(pc.is_valid(numbered[column]))
    groups = numbered.group_by(list(columns), use_threads=False).aggregate(
        [("__row", "count"), ("__row", "max")]
    )
    twice = groups.filter(pc.greater(groups["__row_count"], 1))
    return None if twice.num_rows == 0 else int(pc.min(twice["__row_max"]).as_py())


def dangling(column: pa.ChunkedArray, key: ForeignKey, target: pa.Table) -> tuple[int, str] | None:
    """Row and code of the first reference that leads nowhere."""
    rows = pa.array(range(len(column)), type=pa.int64())
    codes = column.combine_chunks()
    if key.is_list:
        parts = pc.split_pattern(codes, " ")
        rows, codes = pc.list_parent_indices(parts), pc.list_flatten(parts)
    known = target[key.column].combine_chunks()
    missing = pc.and_(pc.is_valid(codes), pc.invert(pc.is_in(codes, value_set=known)))
    index = _first(missing)
    return None if index is None else (int(rows[index].as_py()), str(codes[index].as_py()))


def broken_rules(
    table: Table, rows: pa.Table, others: Mapping[str, pa.Table]
) -> tuple[Problem, ...]:
    """The first breach of every rule of a table.

    ``rows`` has the table's columns; ``others`` are the tables that its keys may refer to: a key to
    a table that is not among them is not checked.
    """
    problems: list[Problem] = []

    def report(column: str, row: int, message: Text) -> None:
        key = ", ".join(str(rows[name][row].as_py()) for name in table.primary_key)
        problems.append(Problem(table.name, column, row + 2, key, message))

    for field in table.fields:
        constraints = {**field.constraints, "required": field.name in table.required}
        for row, message in _cell_rules(field.name, rows[field.name], constraints):
            report(field.name, row, message)
    for unique in (table.primary_key, *table.unique_keys):
        repeated = _repeated(rows, unique)
        if repeated is not None:
            report(
                unique[-1],
                repeated,
                Text(f"{'、'.join(unique)} 重复", f"{', '.join(unique)} occurs twice"),
            )
    for key in table.foreign_keys:
        if key.table in others:
            lost = dangling(rows[key.field], key, others[key.table])
            if lost is not None:
                row, code = lost
                report(
                    key.field,
                    row,
                    Text(
                        f"{code!r} 不在 {key.table} 表的 {key.column} 栏中",
                        f"{code!r} is not in column {key.column} of table {key.table}",
                    ),
                )
    return tuple(problems)
