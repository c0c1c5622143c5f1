"""What a run shows of its rows in the UI: counts and the first rows as Markdown.

Belongs here: metadata of materialisations. Does not belong here: anything that is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 8
_CELL = 60


def markdown(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; long cells are cut, None is empty, pipes are escaped."""

    def cell(value: object) -> str:
        text = "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
        return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"

    lines = [f"| {' | '.join(columns)} |", f"| {' | '.join('---' for _ in columns)} |"]
    lines += [f"| {' | '.join(cell(value) for value in row)} |" for row in rows]
    return "\n".join(lines)


def of_records(records: Sequence[Any], columns: Sequence[str] | None = None) -> dict[str, Any]:
    """Row count and preview of dataclass records, as metadata of a materialisation."""
    found: dict[str, Any] = {"dagster/row_count": len(records)}
    if records:
        names = columns or [field.name for field in fields(records[0])]
        rows = [[getattr(record, name) for name in names] for record in records[:ROWS]]
        found["preview"] = dg.MetadataValue.md(markdown(names, rows))
    return found


def of_table(table: pa.Table) -> dict[str, Any]:
    """Row count, columns and preview of a table, as metadata of a materialisation."""
    return {
        "dagster/row_count": table.num_rows,
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(
                    field.name,
                    str(field.type),
                    description=(field.metadata or {}).get(b"description", b"").decode() or None,
                    constraints=dg.TableColumnConstraints(nullable=field.nullable),
                )
                for field in table.schema
            ]
        ),
        "preview": dg.MetadataValue.md(
            markdown(table.column_names, (row.values() for row in table.slice(0, ROWS).to_pylist()))
        ),
    }


def of_counts(counts: Mapping[str, int]) -> dict[str, Any]:
    """Counts by name as a Markdown table."""
    return {"counts": dg.MetadataValue.md(markdown(("", "rows"), list(counts.items())))}
