"""A release in the form in which two are compared: its version, its schemas, its rows as text.

Belongs here: reading the descriptors and CSV files of a release folder, or of what the register of
published versions keeps of one. Does not belong here: comparing (``diff``).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from packaging.version import Version

from shenwan_data.config.settings import is_version
from shenwan_data.errors import DataError, Text
from shenwan_data.release.descriptor import DESCRIPTOR
from shenwan_data.release.formats import restore

Bump = Literal["major", "minor", "patch", "none"]
BUMPS: tuple[Bump, ...] = ("none", "patch", "minor", "major")


def larger(bumps: tuple[Bump, ...]) -> Bump:
    """The largest of some bumps; none where there are none."""
    return max(bumps, key=BUMPS.index, default="none")


def next_version(old: Version, bump: Bump) -> Version:
    """The least version after ``old`` that a change of this size may have.

    Below 1.0.0 nothing is promised yet, so there a minor version is enough for any change.
    """
    if bump == "major" and old.major > 0:
        return Version(f"{old.major + 1}.0.0")
    if bump in ("major", "minor"):
        return Version(f"{old.major}.{old.minor + 1}.0")
    return Version(f"{old.major}.{old.minor}.{old.micro + 1}")


Key = tuple[str, ...]
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*[.]csv", re.ASCII)


@dataclass(frozen=True, slots=True)
class TableSnapshot:
    """One table: its Table Schema and its rows by primary key, every cell as its text.

    A table that several packages hold, each with the rows it uses, is here once with all of them.
    """

    name: str
    schema: Mapping[str, Any]
    rows: Mapping[Key, tuple[str, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(field["name"] for field in self.schema["fields"])

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return tuple(self.schema["primaryKey"])

    def cells(self, key: Key) -> dict[str, str]:
        """The row of a key by column."""
        return dict(zip(self.columns, self.rows[key], strict=True))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One release: version, day of creation (YYYY-MM-DD), and its tables by name."""

    version: str
    created: str
    tables: Mapping[str, TableSnapshot]


def _unreadable(path: Path, problem: object) -> DataError:
    return DataError(
        Text(f"不是完整的发布：{problem}", f"incomplete release: {problem}"),
        file=path,
        remedy=Text(
            "请给出 data/releases/<版本> 或 data/published/<版本> 目录",
            "name a folder data/releases/<version> or data/published/<version>",
        ),
    )


def descriptors(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and descriptor of every package of a release. Raises OSError, ValueError or KeyError."""
    for path in sorted(folder.glob(f"*/{DESCRIPTOR}")):
        yield path.parent.name, json.loads(path.read_text(encoding="utf-8"))


def table_resources(package: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The resources of a package that are CSV tables with a primary key, each a file in its folder.

    Raises ValueError for a path that leads elsewhere.
    """
    for resource in package["resources"]:
        if resource.get("format") == "csv" and "primaryKey" in resource.get("schema", {}):
            # A descriptor may come from anyone, and its paths are read and copied.
            if not _PLAIN_NAME.fullmatch(str(resource["path"])):
                raise ValueError(f"{resource['path']!r} is not the name of a CSV file")
            yield resource


def _rows(path: Path, schema: Mapping[str, Any]) -> dict[Key, tuple[str, ...]]:
    names = [field["name"] for field in schema["fields"]]
    texts = [field["type"] == "string" for field in schema["fields"]]
    keys = [names.index(name) for name in schema["primaryKey"]]
    found: dict[Key, tuple[str, ...]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        lines = csv.reader(stream, strict=True)
        header = next(lines, [])
        if header != names:
            raise ValueError(f"the header is {header}, not {names}")
        for number, line in enumerate(lines, start=2):
            if len(line) != len(names):
                raise ValueError(f"row {number} has {len(line)} cells, not {len(names)}")
            row = tuple(
                restore(cell) if text else cell for cell, text in zip(line, texts, strict=True)
            )
            found[tuple(row[index] for index in keys)] = row
    return found


def read_snapshot(folder: Path) -> Snapshot:
    """Read a release folder. DataError naming the file where it is no release."""
    tables: dict[str, TableSnapshot] = {}
    path = folder / DESCRIPTOR
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        if not is_version(index["version"]):
            raise ValueError(f"version {index['version']!r} is not of the form 1.0.0")
        version, created = str(index["version"]), str(index["created"])[:10]
        for name, package in descriptors(folder):
            path = folder / name / DESCRIPTOR
            for resource in table_resources(package):
                path = folder / name / str(resource["path"])
                table = str(resource["name"])
                rows = _rows(path, resource["schema"])
                before = tables.get(table)
                tables[table] = TableSnapshot(
                    table, resource["schema"], {**(before.rows if before else {}), **rows}
                )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise _unreadable(path, error) from error
    if not tables:
        raise _unreadable(folder, "no tables")
    return Snapshot(version, created, tables)
