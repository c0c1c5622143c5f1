"""The rules of a Table Schema, compiled once and checked on Arrow tables or batch by batch.

Belongs here: a table as a whole: its header, types, cells, keys, and the first breach of each rule.
Does not belong here: the rules of single cells (``cell_rules``), how keys are compared (``keys``),
or files (``validation``).

The verdict is that of frictionless on the CSV of the same table, at a fraction of its time; a test
holds the two together. Two rules are stricter: ``uniqueKeys``, which frictionless does not check,
and columns that hold lists of codes, whose keys no Table Schema can declare.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shenwan_data.errors import Text
from shenwan_data.release.cell_rules import CellRule, as_in_csv, cell_rules, fits
from shenwan_data.release.keys import Key, dangling
from shenwan_data.release.schema import ForeignKey, Table, table_schema

BATCH = 1 << 17
_WORKERS = 4
# Up to so many bytes a cell a column chunk is worth reading as a dictionary.
_DICTIONARY_BYTES = 3


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


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one table, compiled from its Table Schema by ``compile_rules``."""

    table: str
    types: Mapping[str, str]
    cells: tuple[CellRule, ...]
    primary_key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def ruled(self) -> tuple[str, ...]:
        """The columns whose cells can break a rule, in order; the others need not be read.

        They are all columns where none is required, since then a row may be empty.
        """
        if not any(rule.name == "required" for rule in self.cells):
            return tuple(self.types)
        names = {rule.column for rule in self.cells} | {key.field for key in self.foreign_keys}
        names.update(self.primary_key, *self.unique)
        return tuple(name for name in self.types if name in names)


def compile_rules(table: str, schema: Mapping[str, Any], lists: Sequence[ForeignKey] = ()) -> Rules:
    """The rules of a Table Schema; ``lists`` are keys of columns that hold lists of codes.

    Raises DataError for a constraint that is not known here, so that none is passed over.
    """
    fields = schema["fields"]
    keys = [
        ForeignKey(key["fields"][0], key["reference"]["resource"] or table,
                   key["reference"]["fields"][0], is_list=False)
        for key in schema.get("foreignKeys", ())
    ]  # fmt: skip
    return Rules(
        table=table,
        types={field["name"]: field["type"] for field in fields},
        cells=tuple(rule for field in fields for rule in cell_rules(field)),
        primary_key=tuple(schema.get("primaryKey", ())),
        unique=(
            *((f["name"],) for f in fields if f.get("constraints", {}).get("unique")),
            *(tuple(key) for key in schema.get("uniqueKeys", ())),
        ),
        foreign_keys=(*keys, *lists),
    )


def _first(mask: pa.Array) -> int | None:
    """Index of the first true value, nulls counting as false."""
    index = pc.index(pc.fill_null(mask, False), pa.scalar(True)).as_py()
    return None if index < 0 else int(index)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A batch, its cells as in the CSV, and the first row that breaks each rule of a cell."""

    batch: pa.RecordBatch
    cells: Mapping[str, pa.Array]
    breaches: Sequence[int | None]


class _Search:
    """The first breach of each rule, looked for batch by batch."""

    def __init__(self, rules: Rules, others: Mapping[str, pa.Table]) -> None:
        self.rules = rules
        self.problems: list[Problem] = []
        self._told: set[CellRule] = set()
        self._keys = [Key(names) for names in (rules.primary_key, *rules.unique) if names]
        self._targets = {
            key: as_in_csv(others[key.table][key.column].combine_chunks())
            for key in rules.foreign_keys
            if key.table in others
        }
        self._blank_told = False
        self._labels: list[pa.Array] = []
        self._rows = 0

    def tell(self, column: str, row: int, key: str, message: Text) -> None:
        self.problems.append(Problem(self.rules.table, column, row + 2, key, message))

    def judge(self, batch: pa.RecordBatch) -> _Judged:
        """Hold each cell of a batch, which has the ruled columns in the right types, to its rules.

        It changes nothing here, so several batches may be judged at once.
        """
        cells = {name: as_in_csv(batch[name]) for name in self.rules.ruled}
        return _Judged(batch, cells, [rule.first(cells[rule.column]) for rule in self.rules.cells])

    def take(self, judged: _Judged) -> None:
        """Add the next batch to what is known: what broke a rule in it, and its keys."""
        batch, cells = judged.batch, judged.cells

        def label(row: int) -> str:
            return ", ".join(str(batch[name][row].as_py()) for name in self.rules.primary_key)

        for rule, row in zip(self.rules.cells, judged.breaches, strict=True):
            if row is not None and rule not in self._told:
                self._told.add(rule)
                message = rule.message(batch[rule.column][row].as_py())
                self.tell(rule.column, self._rows + row, label(row), message)
        for key, target in tuple(self._targets.items()):
            lost = dangling(cells[key.field], key, target)
            if lost is not None:
                del self._targets[key]
                message = Text(
                    f"{lost[1]!r} 不在 {key.table} 表的 {key.column} 栏中",
                    f"{lost[1]!r} is not in column {key.column} of table {key.table}",
                )
                self.tell(key.field, self._rows + lost[0], label(lost[0]), message)
        if not self._blank_told and self._might_be_blank(cells):
            row = _first(_every([pc.is_null(column) for column in cells.values()]))
            if row is not None:
                self._blank_told = True
                self.tell("", self._rows + row, "", Text("整行为空", "the row is empty"))
        for each in self._keys:
            each.add([cells[name] for name in each.names])
        if self.rules.primary_key:
            self._labels.append(batch[self.rules.primary_key[-1]])
        self._rows += batch.num_rows

    @staticmethod
    def _might_be_blank(cells: Mapping[str, pa.Array]) -> bool:
        return all(column.null_count for column in cells.values())

    def finish(self) -> tuple[Problem, ...]:
        """The breaches of the keys too."""
        for index, key in enumerate(self._keys):
            primary = bool(self.rules.primary_key) and index == 0
            names = Text("、".join(key.names), ", ".join(key.names))
            empty = key.empty() if primary else None
            if empty is not None:
                message = Text(f"主键 {names.zh} 为空", f"the primary key {names.en} is empty")
                self.tell(key.names[-1], empty, "", message)
            row = key.repeated(nulls_differ=not primary)
            if row is not None:
                message = Text(f"{names.zh} 重复", f"{names.en} occurs twice")
                self.tell(key.names[-1], row, self._label(row), message)
        return tuple(self.problems)

    def _label(self, row: int) -> str:
        for cells in self._labels:
            if row < len(cells):
                return str(cells[row].as_py())
            row -= len(cells)
        return ""


def _every(masks: Sequence[pa.Array]) -> pa.Array:
    whole = masks[0]
    for mask in masks[1:]:
        whole = pc.and_(whole, mask)
    return whole


def _frame(rules: Rules, schema: pa.Schema) -> Iterator[Problem]:
    """What is wrong with the header and the types."""
    if schema.names != list(rules.types):
        message = Text(
            f"各栏为 {schema.names}，应为 {list(rules.types)}",
            f"its columns are {schema.names}, not {list(rules.types)}",
        )
        yield Problem(rules.table, "", 1, "", message)
        return
    for field in schema:
        kind = rules.types[field.name]
        if not fits(field.type, kind):
            message = Text(
                f"{field.name} 栏为 {field.type}，不能存放 {kind}",
                f"column {field.name} is {field.type} and holds no {kind}",
            )
            yield Problem(rules.table, field.name, 1, "", message)


def check_batches(
    rules: Rules,
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch],
    others: Mapping[str, pa.Table],
) -> tuple[Problem, ...]:
    """The first breach of every rule in the batches of a table with the Arrow ``schema``.

    ``others`` are the tables that its keys may refer to, with at least the columns referred to: a
    key to a table that is not among them is not checked.
    """
    frame = tuple(_frame(rules, schema))
    if frame:
        return frame
    search = _Search(rules, others)
    batches = iter(batches)
    first = list(islice(batches, 2))
    if len(first) < 2:
        for batch in first:
            search.take(search.judge(batch))
        return search.finish()
    workers = min(_WORKERS, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        # Taken in order, with no more batches in memory than there are workers, and one waiting.
        waiting: deque[Future[_Judged]] = deque()
        for batch in chain(first, batches):
            waiting.append(pool.submit(search.judge, batch))
            if len(waiting) > workers:
                search.take(waiting.popleft().result())
        while waiting:
            search.take(waiting.popleft().result())
    return search.finish()


def rules_of(table: Table, others: tuple[str, ...]) -> Rules:
    """The rules of a table of this project, with its keys to those of ``others``."""
    lists = [key for key in table.foreign_keys if key.is_list]
    return compile_rules(table.name, table_schema(table, others), lists)


def check_table(
    rules: Rules, rows: pa.Table, others: Mapping[str, pa.Table]
) -> tuple[Problem, ...]:
    """The first breach of every rule in a table; see ``check_batches``."""
    return check_batches(rules, rows.schema, rows.to_batches(max_chunksize=BATCH), others)


def _small(file: pq.ParquetFile) -> list[str]:
    """The text columns with few different values, which are best read as dictionaries."""
    groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    found = []
    for index, field in enumerate(file.schema_arrow):
        chunks = [group.column(index) for group in groups]
        size = sum(chunk.total_uncompressed_size for chunk in chunks)
        cells = sum(chunk.num_values for chunk in chunks)
        if pa.types.is_string(field.type) and cells and size / cells <= _DICTIONARY_BYTES:
            found.append(field.name)
    return found


def check_parquet(
    path: Path, rules: Rules, others: Mapping[str, Path] | None = None
) -> tuple[Problem, ...]:
    """The first breach of every rule in a Parquet file, some rows in memory at a time.

    ``others`` are the Parquet files of the tables its keys may refer to; see ``check_batches``. Of
    its own key columns and of those referred to, all cells are held. Raises ArrowInvalid or OSError
    where a file cannot be read.
    """
    wanted: dict[str, set[str]] = {}
    for key in rules.foreign_keys:
        wanted.setdefault(key.table, set()).add(key.column)
    files = {rules.table: path, **(others or {})}
    held = {
        name: pq.read_table(files[name], columns=sorted(columns))
        for name, columns in wanted.items()
        if name in files
    }
    with pq.ParquetFile(path) as plain:
        small, schema = _small(plain), plain.schema_arrow
    with pq.ParquetFile(path, read_dictionary=small) as file:
        batches = file.iter_batches(batch_size=BATCH, columns=list(rules.ruled))
        return check_batches(rules, schema, batches, held)
