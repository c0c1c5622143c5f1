"""The files of a corpus that was read: pieces while it is read, Parquet when a bucket is done.

Belongs here: names and form of the files, putting the pieces of a bucket together, and telling what is
finished. Does not belong here: how a corpus is divided (``partitions``), or reading (``worker``).

Below OUT a year of a bucket is ``figures/year=2022/bucket=<first area>/part-0.parquet``, the same below
``observations``, and ``errors/2022-<first area>.jsonl`` where a document was set aside. Row groups have
100,000 rows; figures are sorted by report and place, observations by area and indicator. The footer of
the two Parquet files names the inputs of every task, so that a run that is begun again knows what is
finished, and takes the rows of a task that did not change from the file that it replaces.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shenwan_data.corpus.documents import Rejected
from shenwan_data.corpus.locations import Store, open_store
from shenwan_data.corpus.partitions import Bucket, Outcome, Part, Task
from shenwan_data.errors import Text, UsageError

ROW_GROUP = 100_000
SORTED_BY = {"figures": ("report_id",), "observations": ("ref_area", "indicator")}
TABLES = tuple(SORTED_BY)
_NOTE = b"shenwan_data:parts"
_PARTITION = re.compile(r"(?:figures|observations)/year=(\d{4})/(\w+)=([^/]+)/part-0\.parquet")
WORK = "work"


def known_parts(store: Store, buckets: Sequence[Bucket]) -> dict[tuple[str, int], tuple[Part, ...]]:
    """The parts that the output holds by bucket and year; what no bucket of the corpus has is removed.

    Raises UsageError where the output is of another corpus.
    """
    planned = {(bucket.name, year) for bucket in buckets for t in bucket.tasks for year in t.years}
    files = store.files()
    there = {
        file: (match[3] if match[2] == "bucket" else "", int(match[1]))
        for file in files
        if (match := _PARTITION.fullmatch(file))
    }
    if there and planned.isdisjoint(there.values()):
        raise UsageError(
            Text("输出目录中是另一批报告的结果", "the folder holds the output of another corpus"),
            file=next(iter(there)),
            remedy=Text(
                "请另选一个目录，或先清空它", "use another folder, or empty this one first"
            ),
        )
    errors = {_errors(year, bucket) for bucket, year in planned} | {_errors(None, "listing")}
    pieces = {_piece(task, table) for b in buckets for task in b.tasks for table in TABLES}
    for file in files:
        kind = file.partition("/")[0]
        gone = file in there and there[file] not in planned
        if (
            gone
            or (kind == "errors" and file not in errors)
            or (kind == WORK and file not in pieces)
        ):
            store.remove(file)
    return {
        place: parts
        for place in sorted(set(there.values()) & planned)
        if (parts := _parts_of(store, *place))
    }


def _parts_of(store: Store, bucket: str, year: int) -> tuple[Part, ...]:
    """The parts of a year of a bucket; none where its two files are not of one run."""
    notes = []
    for table in TABLES:
        try:
            with store.open(_file(table, year, bucket)) as stream, pq.ParquetFile(stream) as kept:
                notes.append((kept.schema_arrow.metadata or {}).get(_NOTE, b""))
        except (OSError, pa.ArrowInvalid):
            return ()
    return _noted(notes[0]) if len(set(notes)) == 1 else ()


def _noted(note: bytes | None) -> tuple[Part, ...]:
    return tuple(Part(**{**part, "fresh": False}) for part in json.loads(note or "[]"))


def _note(parts: Iterable[Part]) -> bytes:
    """The parts as they stand in a footer. Nothing in it tells one run from another."""
    return json.dumps([{**asdict(part), "fresh": False} for part in parts]).encode()


def write_piece(
    store: Store,
    task: Task,
    parts: Sequence[Part],
    tables: Sequence[Mapping[str, pa.Table]],
    rejected: Sequence[Rejected],
) -> None:
    """Keep what was read of a task until its bucket is done: one batch a year in each table."""
    store.write(_errors(None, task.name, WORK), _lines(rejected))
    for name in TABLES:
        schema = tables[0][name].schema.with_metadata({_NOTE: _note(parts)})
        held = io.BytesIO()
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_file(held, schema, options=options) as writer:
            for table in tables:
                for batch in _one_batch(table[name], schema):
                    writer.write_batch(batch)
        store.write(_piece(task, name), held.getvalue())


def _one_batch(table: pa.Table, schema: pa.Schema) -> Sequence[pa.RecordBatch]:
    whole = table.replace_schema_metadata(schema.metadata).combine_chunks().to_batches()
    return whole or [pa.RecordBatch.from_pylist([], schema=schema)]


def piece_parts(store: Store, task: Task) -> tuple[Part, ...]:
    """The parts that the piece of a task holds, none without a whole piece."""
    notes = []
    for table in TABLES:
        try:
            with store.open(_piece(task, table)) as stream, pa.ipc.open_file(stream) as piece:
                notes.append(piece.schema.metadata[_NOTE])
        except (OSError, KeyError, pa.ArrowInvalid):
            return ()
    return _noted(notes[0]) if len(set(notes)) == 1 else ()


def finish(
    target: str,
    bucket: Bucket,
    parts: Sequence[Part],
    known: Mapping[tuple[str, int], tuple[Part, ...]],
) -> tuple[Outcome, ...]:
    """Put the pieces of a bucket together, a year at a time, and remove them. Raises OSError."""
    store = open_store(target)
    outcomes = []
    for year in sorted({part.year for part in parts}):
        of_year = sorted((part for part in parts if part.year == year), key=lambda part: part.task)
        before = known.get((bucket.name, year), ())
        written = any(part.fresh for part in of_year) or len(of_year) != len(before)
        if written:
            old = _Old(store, bucket, year, before)
            lines = b"".join(_errors_of(store, old, part) for part in of_year)
            _write_lines(store, _errors(year, bucket.name), lines)
            for name in TABLES:
                rows = (_rows(store, bucket, old, name, part) for part in of_year)
                content = _parquet(name, rows, _note(of_year))
                store.write(_file(name, year, bucket.name), content)
        outcomes.append(
            Outcome(
                year,
                bucket.name,
                written,
                sum(part.reports for part in of_year),
                sum(part.figures for part in of_year),
                sum(part.observations for part in of_year),
                sum(part.set_aside for part in of_year),
            )
        )
    for task in bucket.tasks:
        store.remove(_errors(None, task.name, WORK))
        for name in TABLES:
            store.remove(_piece(task, name))
    return tuple(outcomes)


class _Old:
    """What the output holds of a year of a bucket, read when it is asked for."""

    def __init__(self, store: Store, bucket: Bucket, year: int, parts: tuple[Part, ...]) -> None:
        self._store, self._bucket, self._year = store, bucket, year
        self._parts = parts
        self._tables: dict[str, pa.Table] = {}
        names = sorted(task.name for task in bucket.tasks)
        self._next = dict(zip(names, [*names[1:], ""], strict=True))

    def rows(self, name: str, task: str) -> pa.Table:
        """The rows of a task."""
        if name not in self._tables:
            file = _file(name, self._year, self._bucket.name)
            with self._store.open(file) as stream, pq.ParquetFile(stream) as kept:
                self._tables = {name: kept.read()}
        table = self._tables[name]
        if name == "figures":
            before = sum(part.figures for part in self._parts if part.task < task)
            count = sum(part.figures for part in self._parts if part.task == task)
            return table.slice(before, count)
        return table.filter(self._holds(table["ref_area"], task))

    def lines(self, task: str) -> bytes:
        """The documents of a task that were set aside, one a line."""
        content = b""
        with suppress(FileNotFoundError):
            content = self._store.read(_errors(self._year, self._bucket.name))
        end = self._next[task]
        return b"".join(
            line
            for line in content.splitlines(keepends=True)
            if task <= json.loads(line)["ref_area"]
            and (json.loads(line)["ref_area"] < end or not end)
        )

    def _holds(self, areas: pa.ChunkedArray, task: str) -> pa.ChunkedArray:
        end = self._next[task]
        found = pc.greater_equal(areas, task)
        return pc.and_(found, pc.less(areas, end)) if end else found


def _rows(store: Store, bucket: Bucket, old: _Old, name: str, part: Part) -> pa.Table:
    if not part.fresh:
        return old.rows(name, part.task)
    task = next(task for task in bucket.tasks if task.name == part.task)
    with store.open(_piece(task, name)) as stream, pa.ipc.open_file(stream) as piece:
        years = [one.year for one in _noted(piece.schema.metadata[_NOTE])]
        return pa.Table.from_batches([piece.get_batch(years.index(part.year))])


def _errors_of(store: Store, old: _Old, part: Part) -> bytes:
    if not part.set_aside:
        return b""
    if not part.fresh:
        return old.lines(part.task)
    lines = store.read(_errors(None, part.task, WORK)).splitlines(keepends=True)
    return b"".join(line for line in lines if json.loads(line)["time_period"] == part.year)


def _parquet(name: str, tables: Iterable[pa.Table], note: bytes) -> bytes:
    """The rows of a year of a bucket as a file, sorted, in row groups of equal length."""
    held = io.BytesIO()
    writer: pq.ParquetWriter | None = None
    for rows in _groups(_in_order(tables) if name == "observations" else tables):
        if writer is None:
            schema = rows.schema.with_metadata({_NOTE: note})
            order = [(column, "ascending") for column in SORTED_BY[name]]
            writer = pq.ParquetWriter(
                held,
                schema,
                compression="zstd",
                version="2.6",
                write_statistics=True,
                write_page_index=True,
                sorting_columns=pq.SortingColumn.from_ordering(schema, order),
            )
        writer.write_table(rows.replace_schema_metadata(schema.metadata), row_group_size=ROW_GROUP)
    if writer is not None:
        writer.close()
    return held.getvalue()


def _in_order(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    whole = pa.concat_tables(list(tables))
    yield whole.sort_by([(column, "ascending") for column in SORTED_BY["observations"]])


def _groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows of some tables again, a row group at a time; one without rows where there is none."""
    waiting: list[pa.Table] = []
    count, given = 0, False
    for table in tables:
        waiting.append(table)
        count += table.num_rows
        while count >= ROW_GROUP:
            whole = pa.concat_tables([one.replace_schema_metadata(None) for one in waiting])
            yield whole.slice(0, ROW_GROUP).combine_chunks()
            given = True
            waiting, count = [whole.slice(ROW_GROUP)], count - ROW_GROUP
    if waiting and (count or not given):
        whole = pa.concat_tables([one.replace_schema_metadata(None) for one in waiting])
        yield whole.combine_chunks()


def keep_listing(store: Store, rejected: Sequence[Rejected]) -> None:
    """Write the documents that cannot even be named to ``errors/listing.jsonl``."""
    _write_lines(store, _errors(None, "listing"), _lines(rejected))


def _write_lines(store: Store, file: str, lines: bytes) -> None:
    if lines:
        store.write(file, lines)
    else:
        store.remove(file)


def _lines(rejected: Sequence[Rejected]) -> bytes:
    lines = [
        json.dumps(
            {
                "ref_area": one.document.ref_area,
                "time_period": one.document.time_period,
                "file": one.document.file,
                "row_group": one.document.group,
                "row": one.document.row,
                "error": one.kind,
                "message_en": one.problem.en,
                "message_zh": one.problem.zh,
            },
            ensure_ascii=False,
        )
        for one in rejected
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _file(table: str, year: int, bucket: str) -> str:
    return f"{table}/year={year}/bucket={bucket}/part-0.parquet"


def _piece(task: Task, table: str) -> str:
    return f"{WORK}/{task.bucket}/{task.name}.{table}.arrow"


def _errors(year: int | None, name: str, folder: str = "errors") -> str:
    return f"{folder}/{name}.jsonl" if year is None else f"{folder}/{year}-{name}.jsonl"
