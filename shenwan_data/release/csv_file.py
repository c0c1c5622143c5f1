"""Tables as CSV: UTF-8, LF, no byte order mark, header first, quotes only where needed.

Belongs here: rows to bytes and back. Does not belong here: the text of one cell (``cells``).
One explicit writer, because the quoting and number forms of libraries change between versions.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from shenwan_data.release.cells import from_text, to_text
from shenwan_data.release.schema import arrow_schema

BATCH = 10_000
_QUOTE_FOR = frozenset('",\r\n')


def quote(cell: str) -> str:
    """The cell as it stands in the file: in double quotes where the text needs them."""
    if _QUOTE_FOR.isdisjoint(cell) and cell == cell.strip():
        return cell
    return '"' + cell.replace('"', '""') + '"'


def write_csv(table: pa.Table, stream: BinaryIO) -> None:
    """Write the table to a binary stream, some rows at a time. Raises OSError when it cannot."""
    stream.write((",".join(quote(name) for name in table.column_names) + "\n").encode("utf-8"))
    for batch in table.to_batches(max_chunksize=BATCH):
        columns = [column.to_pylist() for column in batch.columns]
        lines = (
            ",".join(quote(to_text(value)) for value in row) for row in zip(*columns, strict=True)
        )
        # A row of one empty cell would be an empty line, which readers skip.
        stream.write("".join(f"{line or chr(34) * 2}\n" for line in lines).encode("utf-8"))


def _rows(text: io.TextIOBase) -> Iterator[list[str]]:
    limit = csv.field_size_limit(2**31 - 1)
    try:
        yield from csv.reader(text, strict=True)
    finally:
        csv.field_size_limit(limit)


def read_csv_table(path: Path, schema: Mapping[str, Any]) -> pa.Table:
    """Read a CSV file of this writer back into the types of its Table Schema.

    Raises ValueError naming line and column where a cell is not of its type, and where the header
    is not the schema's.
    """
    target = arrow_schema(schema)
    kinds = [field["type"] for field in schema["fields"]]
    columns: list[list[Any]] = [[] for _ in kinds]
    with path.open(encoding="utf-8", newline="") as text:
        rows = _rows(text)
        header = next(rows, [])
        if header != target.names:
            raise ValueError(f"line 1: the header is {header}, not {target.names}")
        for number, row in enumerate(rows, start=2):
            if len(row) != len(kinds):
                raise ValueError(f"row {number}: {len(row)} cells, not {len(kinds)}")
            for column, cell, kind, name in zip(columns, row, kinds, target.names, strict=True):
                try:
                    column.append(from_text(cell, kind))
                except ValueError as error:
                    raise ValueError(f"row {number}, column {name}: {error}") from error
    arrays = []
    for column, field in zip(columns, target, strict=True):
        try:
            arrays.append(pa.array(column, type=field.type))
        except (pa.ArrowInvalid, OverflowError) as error:
            raise ValueError(f"column {field.name}: {error}") from error
    return pa.Table.from_arrays(arrays, schema=target)
