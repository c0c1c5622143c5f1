"""The files that a release offers for download, as its descriptions list them.

Belongs here: one record for each file, with size and hash. Does not belong here: writing them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shenwan_data.errors import Text
from shenwan_data.release.contents import EVIDENCE, Package
from shenwan_data.release.manifest import sha256
from shenwan_data.schemas import metadata

TABLE_FORMATS = ("csv", "parquet")


@dataclass(frozen=True, slots=True)
class File:
    """A file at ``path`` (with slashes, relative to the release). ``sha256`` is bare hexadecimal."""

    path: str
    format: str
    title: Text
    table: str | None
    bytes: int
    sha256: str

    @property
    def media_type(self) -> str:
        """The media type of the format."""
        return str(formats()[self.format]["media_type"])


def formats() -> Mapping[str, Any]:
    """The formats that are offered, from ``catalogues.yaml``."""
    found: Mapping[str, Any] = metadata("catalogues.yaml")["formats"]
    return found


def _file(folder: Path, path: str, title: Text, table: str | None = None) -> File:
    form = path.rsplit(".", 1)[1]
    name = formats()[form]["title"]
    full = Text(f"{title.zh}（{name['zh']}）", f"{title.en} ({name['en']})")
    size = (folder / path).stat().st_size
    return File(path, form, full, table, size, sha256(folder / path))


def table_files(folder: Path, package: Package) -> tuple[File, ...]:
    """The CSV and Parquet files of a package's tables."""
    return tuple(
        _file(folder, f"{package.name}/{table.name}.{form}", table.title, table.name)
        for table in package.tables
        for form in TABLE_FORMATS
    )


def package_files(folder: Path, package: Package) -> tuple[File, ...]:
    """All downloads of a package: its tables, its workbook if it is a topic, its archive."""
    whole = [] if package.name == EVIDENCE else [f"{package.name}.xlsx"]
    whole.append(f"{package.name}.zip")
    return (
        *table_files(folder, package),
        *(_file(folder, path, package.title) for path in whole),
    )
