"""Tables as CSV and Parquet: exact texts in the one, declared types and descriptions in the other.

Belongs here: a table to bytes and back. Does not belong here: comparing the two (``agreement``).

In memory and in the CSV a number is exact; in Parquet it is the nearest float64, because pandas, R and
SQL calculate with floats and with little else.
The same table gives the same bytes under the same pyarrow, whose version stands in the footer.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from shenwan_data.release.schema import DECIMAL, FLOAT, arrow_schema

_STEP = Decimal(1).scaleb(-DECIMAL.scale)
_CONTEXT = Context(prec=DECIMAL.precision, rounding=ROUND_HALF_EVEN)
_LOSS = Decimal("1e-9")


# The same few numbers fill most columns. Typed, because 2**60 and its float print differently.
@lru_cache(maxsize=1 << 14, typed=True)
def to_decimal(value: int | float | Decimal) -> Decimal:
    """The number with ten decimals at the most, half to even.

    A float counts as the shortest decimal that reads back as it, so 99.94 is 99.94. Raises
    ValueError where it is no number, not finite, too large, or loses more than one part in 10⁹.
    """
    if not isinstance(value, int | float | Decimal):
        raise ValueError(f"{value!r} is not a number")
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    try:
        rounded = exact.quantize(_STEP, context=_CONTEXT)
    except InvalidOperation as error:
        raise ValueError(f"{value!r} has too many digits") from error
    if abs(rounded - exact) > abs(exact) * _LOSS:
        raise ValueError(f"{value!r} is too small for {DECIMAL.scale} decimals")
    return rounded


Value = str | int | float | bool | Decimal | date | None

# As they stand in a class of a regular expression.
FORMULA_SIGNS = "=+\\-@\t\r\n＝＋－＠"
_FORMULA = re.compile(f"'*[{FORMULA_SIGNS}]")
_NEUTRALISED = re.compile(f"'+[{FORMULA_SIGNS}]")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)([.][0-9]+)?", re.ASCII)


def neutralise(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would take it for a formula."""
    return "'" + text if _FORMULA.match(text) else text


def restore(cell: str) -> str:
    """The text that ``neutralise`` was given."""
    return cell[1:] if _NEUTRALISED.match(cell) else cell


def number_text(value: Decimal | int) -> str:
    """A number shortest and exact, in plain digits: 600, 99.94, -0.5."""
    text = format(Decimal(value), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def to_text(value: Value) -> str:
    """The text of a cell in a CSV file, before quoting."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        value = to_decimal(value)
    if isinstance(value, Decimal | int):
        return number_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return neutralise(value)


def from_text(cell: str, kind: str) -> Any:
    """The value of a cell of a column of Table Schema type ``kind``. ValueError if it is none."""
    if cell == "":
        return None
    if kind == "string":
        return restore(cell)
    if kind == "boolean" and cell in ("true", "false"):
        return cell == "true"
    if kind in ("integer", "year") and _INTEGER.fullmatch(cell):
        return int(cell)
    if kind == "number" and _NUMBER.fullmatch(cell):
        try:
            return Decimal(cell)
        except InvalidOperation as error:  # pragma: no cover - the pattern leaves no such text
            raise ValueError(cell) from error
    if kind == "date":
        return date.fromisoformat(cell)
    raise ValueError(f"{cell!r} is not a {kind}")


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


ROW_GROUP = 1 << 20


def as_stored(table: pa.Table) -> pa.Table:
    """The table as Parquet has it: the nearest float64 for every number."""
    for index, field in enumerate(table.schema):
        if field.type == DECIMAL:
            # Through the decimals of Python, which round to the nearest float; Arrow's cast may not.
            numbers = [None if v is None else float(v) for v in table.column(index).to_pylist()]
            table = table.set_column(index, field.with_type(FLOAT), pa.array(numbers, type=FLOAT))
    return table


def write_parquet(table: pa.Table, stream: BinaryIO) -> None:
    """Write the table to a binary stream.

    Raises OSError when it cannot, ArrowInvalid for a null in a required column.
    """
    # Written from Arrow, so no pandas metadata; combined, so that the chunks a table happens to
    # have do not reach the bytes.
    pq.write_table(
        as_stored(table.combine_chunks()),
        stream,
        compression="zstd",
        compression_level=9,
        version="2.6",
        row_group_size=ROW_GROUP,
        use_dictionary=True,
        write_statistics=True,
        store_schema=True,
    )


def read_parquet(path: Path) -> pa.Table:
    """The table of a Parquet file with its column metadata. Raises ArrowInvalid or OSError."""
    with pq.ParquetFile(path) as file:
        return file.read(use_threads=False)
