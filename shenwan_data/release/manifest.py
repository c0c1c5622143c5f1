"""The manifest: the SHA-256 of every file of a release, in the form ``sha256sum -c`` reads.

Belongs here: writing, reading and checking it. Does not belong here: what the files hold.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shenwan_data.errors import Text
from shenwan_data.release.contents import OBSERVATIONS, Package
from shenwan_data.schemas import metadata

MANIFEST = "MANIFEST.sha256"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)", re.ASCII)


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _entries(folder: Path) -> dict[str, Path]:
    """Whatever is under a folder and no folder itself, by its path with slashes, sorted."""
    paths = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    return {name: paths[name] for name in sorted(paths)}


def _is_regular(path: Path) -> bool:
    # A link could publish any file of this machine, a pipe would never end.
    return stat.S_ISREG(path.lstat().st_mode)


def hashes(folder: Path) -> dict[str, str]:
    """The hash of every regular file under a folder but the manifest, by its path, sorted."""
    return {
        name: sha256(path)
        for name, path in _entries(folder).items()
        if name != MANIFEST and _is_regular(path)
    }


def manifest_text(found: Mapping[str, str]) -> str:
    """The content of the manifest for hashes by path."""
    return "".join(f"{found[name]}  {name}\n" for name in sorted(found))


def read_manifest(folder: Path) -> dict[str, str]:
    """The hashes that a release's manifest gives, by path. ValueError for a malformed line."""
    listed: dict[str, str] = {}
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"line {number}: not of the form 'hash  path'")
        listed[match[2]] = match[1]
    return listed


def manifest_problems(folder: Path) -> tuple[Text, ...]:
    """What is missing, changed, extra or no regular file in a release folder."""
    try:
        if (folder / MANIFEST).is_symlink():
            raise ValueError("it is a link")
        listed = read_manifest(folder)
        found = hashes(folder)
    except (OSError, ValueError) as error:
        return (Text(f"{MANIFEST} 无法读取", f"{MANIFEST} cannot be read: {error}"),)
    problems = [
        Text(f"{name} 是链接或特殊文件", f"{name} is a link or a special file")
        for name, path in _entries(folder).items()
        if not _is_regular(path)
    ]
    problems += [
        Text(f"缺少文件 {name}", f"{name} is missing") for name in listed if name not in found
    ]
    problems += [
        Text(f"文件 {name} 已被改动", f"{name} has changed")
        for name in listed
        if name in found and found[name] != listed[name]
    ]
    problems += [
        Text(f"多出文件 {name}", f"{name} is not in the manifest")
        for name in found
        if name not in listed
    ]
    return tuple(problems)


TABLE_FORMATS = ("csv", "parquet")
WORKBOOK = "observations.xlsx"


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


def whole_archive(name: str, version: str) -> str:
    """The file name of the archive of all."""
    return f"{name}-{version}.zip"


def file_of(folder: Path, path: str, title: Text, table: str | None = None) -> File:
    """A file of the release in ``folder``, titled with its format."""
    form = path.rsplit(".", 1)[1]
    name = formats()[form]["title"]
    full = Text(f"{title.zh}（{name['zh']}）", f"{title.en} ({name['en']})")
    size = (folder / path).stat().st_size
    return File(path, form, full, table, size, sha256(folder / path))


def table_files(folder: Path, package: Package) -> tuple[File, ...]:
    """The CSV and Parquet files of a package's tables."""
    return tuple(
        file_of(folder, package.path(f"{table.name}.{form}"), table.title, table.name)
        for table in package.tables
        for form in TABLE_FORMATS
    )


def package_files(folder: Path, package: Package) -> tuple[File, ...]:
    """The forms in which a package can be had: its first table, and the workbook or the descriptor."""
    first = package.tables[0].name
    main = (file for file in table_files(folder, package) if file.table == first)
    whole = WORKBOOK if package.name == OBSERVATIONS else package.path("datapackage.json")
    return (*main, file_of(folder, whole, package.title))
