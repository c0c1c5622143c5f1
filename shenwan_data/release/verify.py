"""Whether two folders of releases have the same bytes, and where they first differ.

Belongs here: comparing two release folders file by file. Does not belong here: making the two builds
(``.ci/verify``), or what changed in meaning between two versions (``diff``).
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from shenwan_data.errors import Text, UsageError
from shenwan_data.release.formats import read_parquet
from shenwan_data.release.manifest import hashes

_ZIPS = (".zip", ".xlsx", ".docx", ".ods")


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not the same in both. ``message`` says where it first differs."""

    file: str
    message: Text


def compare_releases(one: Path, other: Path) -> tuple[Difference, ...]:
    """Every file that is not the same to the byte in two release folders, by name.

    Names the first column and row that differ in a CSV or Parquet file, the member of a zip, and
    the place in any other file. Raises UsageError where one of them is no folder.
    """
    for folder in (one, other):
        if not folder.is_dir():
            raise UsageError(
                Text("没有这个目录", "there is no such folder"),
                file=folder,
                remedy=Text("请给出两个发布目录", "give two release folders"),
            )
    # Compare the files themselves: a manifest may be wrong.
    found = hashes(one), hashes(other)
    differences = []
    for name in sorted({*found[0], *found[1]}):
        if name not in found[0] or name not in found[1]:
            where = one if name not in found[0] else other
            message = Text(f"{where} 中没有", f"it is missing in {where}")
            differences.append(Difference(name, message))
        elif found[0][name] != found[1][name]:
            differences.append(Difference(name, _where(one / name, other / name)))
    if not differences and len(found[0]) == 0:
        differences.append(Difference(".", Text("没有文件", "there are no files")))
    return tuple(differences)


def _where(one: Path, other: Path) -> Text:
    ways: dict[str, Callable[[Path, Path], Text | None]] = {".csv": _csv, ".parquet": _parquet}
    ways.update(dict.fromkeys(_ZIPS, _zip))
    way = ways.get(one.suffix)
    try:
        found = way(one, other) if way else None
    except (ValueError, OSError, EOFError, RuntimeError, csv.Error, pa.ArrowException,
            zipfile.BadZipFile, zlib.error):  # fmt: skip
        # Too damaged to be read as what it is.
        found = None
    return found or _bytes(one.read_bytes(), other.read_bytes())


def _cell(row: int, column: str, one: object, other: object) -> Text:
    return Text(
        f"第 {row} 行 {column} 栏：{one!r}，{other!r}",
        f"row {row}, column {column}: {one!r} and {other!r}",
    )


def _csv(one: Path, other: Path) -> Text | None:
    with (
        one.open(encoding="utf-8", newline="") as first,
        other.open(encoding="utf-8", newline="") as second,
    ):
        names: list[str] = []
        pairs = zip_longest(csv.reader(first), csv.reader(second))
        for number, (mine, theirs) in enumerate(pairs, start=1):
            if mine is None or theirs is None:
                where = one if mine is None else other
                return Text(f"{where} 到第 {number} 行为止", f"{where} ends before row {number}")
            names = names or mine
            for index, (a, b) in enumerate(zip_longest(mine, theirs)):
                if a != b:
                    column = names[index] if index < len(names) else str(index + 1)
                    return _cell(number, column, a, b)
    return None


def _parquet(one: Path, other: Path) -> Text | None:
    first, second = read_parquet(one), read_parquet(other)
    if first.column_names != second.column_names:
        return Text(
            f"各栏为 {first.column_names}，{second.column_names}",
            f"the columns are {first.column_names} and {second.column_names}",
        )
    for mine, theirs in zip(first.schema, second.schema, strict=True):
        if not mine.equals(theirs, check_metadata=True):
            return Text(
                f"{mine.name} 栏的类型或说明不同：{mine}，{theirs}",
                f"column {mine.name} is of another type or description: {mine} and {theirs}",
            )
    rows = min(first.num_rows, second.num_rows)
    found: tuple[int, str] | None = None
    for name in first.column_names:
        a, b = first[name].slice(0, rows), second[name].slice(0, rows)
        differ = pc.or_(
            pc.fill_null(pc.not_equal(a, b), False), pc.xor(pc.is_null(a), pc.is_null(b))
        )
        row = pc.index(differ, pa.scalar(True)).as_py()
        if row >= 0 and (found is None or row < found[0]):
            found = row, name
    if found is not None:
        row, name = found
        return _cell(row + 2, name, first[name][row].as_py(), second[name][row].as_py())
    if first.num_rows != second.num_rows:
        return Text(
            f"行数为 {first.num_rows}，{second.num_rows}",
            f"the rows are {first.num_rows} and {second.num_rows}",
        )
    return None


def _zip(one: Path, other: Path) -> Text | None:
    with zipfile.ZipFile(one) as first, zipfile.ZipFile(other) as second:
        names = first.namelist(), second.namelist()
        if names[0] != names[1]:
            return Text(f"内含 {names[0]}，{names[1]}", f"it holds {names[0]} and {names[1]}")
        for mine, theirs in zip(first.infolist(), second.infolist(), strict=True):
            name = mine.filename
            if first.read(name) != second.read(name):
                inner = _bytes(first.read(name), second.read(name))
                return Text(f"其中 {name} {inner.zh}", f"in {name}, {inner.en}")
            if mine.date_time != theirs.date_time:
                dates = f"{mine.date_time}", f"{theirs.date_time}"
                return Text(
                    f"其中 {name} 的时间为 {dates[0]}，{dates[1]}",
                    f"the time of {name} in it is {dates[0]} and {dates[1]}",
                )
    return None


def _bytes(one: bytes, other: bytes) -> Text:
    """The place of the first byte that differs."""
    first, second = io.BytesIO(one), io.BytesIO(other)
    place = 0
    while (a := first.read(65536)) == (b := second.read(65536)) and a:
        place += len(a)
    shared = min(len(a), len(b))
    place += next((at for at in range(shared) if a[at] != b[at]), shared)
    sizes = f"{len(one)}, {len(other)}"
    return Text(f"第 {place} 字节起不同（大小 {sizes}）", f"byte {place} differs (sizes {sizes})")


def main(arguments: list[str]) -> int:
    """Compare two folders of releases, or two releases: exit code 1 where anything differs."""
    one, other = map(Path, arguments)
    differences = compare_releases(one, other)
    for difference in differences:
        print(  # noqa: T201 - this is a command of the Makefile
            f"{difference.file}: {difference.message.en}\n  {difference.message.zh}",
            file=sys.stderr,
        )
    files = len(hashes(one))
    counts = f"{files} files, {len(differences)} differ; {files} 个文件，{len(differences)} 个不同"
    print(counts)  # noqa: T201
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
