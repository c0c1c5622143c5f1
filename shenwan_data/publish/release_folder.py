"""A release ready to be published: its files with their hashes, package by package.

Belongs here: reading a release folder and refusing one that is not as its manifest says. Does not
belong here: what a portal makes of it (the targets).
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.release.contents import EVIDENCE
from shenwan_data.release.declared import check_identity, package_folders, read_declared
from shenwan_data.release.descriptor import DESCRIPTOR
from shenwan_data.release.manifest import (
    MANIFEST,
    WORKBOOK,
    manifest_problems,
    read_manifest,
    sha256,
    whole_archive,
)

AREAS = f"{EVIDENCE}/areas.csv"
_REBUILD = Text("请重新构建后再发布", "build the release again, then publish")


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file of a release: ``path`` with slashes, relative to the release or to its package."""

    path: str
    file: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class PackageFolder:
    """One package of a release. ``descriptor`` is its parsed datapackage.json.

    ``beside`` are the files next to its folder that hold it too: the workbook and the archive of the
    release. Their paths are relative to the release, the others' to the package. ``title`` names
    the release too, so that the package can be told apart on a portal with other data. ``areas`` are
    the rows of the areas of the release.
    """

    folder: str
    title: str
    descriptor: Mapping[str, Any]
    inside: tuple[ReleaseFile, ...]
    beside: tuple[ReleaseFile, ...] = ()
    areas: tuple[Mapping[str, str], ...] = ()

    @property
    def files(self) -> tuple[ReleaseFile, ...]:
        """Every file of the package, in its folder and beside it."""
        return (*self.inside, *self.beside)

    @property
    def name(self) -> str:
        """The name of the package, unique within a portal."""
        return str(self.descriptor["name"])

    @property
    def sha256(self) -> str:
        """One hash for all its files: two packages with the same one are the same."""
        lines = "".join(f"{file.sha256}  {file.path}\n" for file in self.files)
        return hashlib.sha256(lines.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class ReleaseFolder:
    """A release on disk, as its manifest says it is. ``files`` has every file and the manifest."""

    folder: Path
    version: str
    descriptor: Mapping[str, Any]
    packages: tuple[PackageFolder, ...]
    files: tuple[ReleaseFile, ...]

    @property
    def manifest_sha256(self) -> str:
        """The hash of the manifest, and so of the whole release."""
        return next(file.sha256 for file in self.files if file.path == MANIFEST)

    @property
    def created(self) -> str:
        """The date of the release, as YYYY-MM-DDThh:mm:ssZ."""
        return str(self.descriptor["created"])


def _release_file(folder: Path, path: str, digest: str) -> ReleaseFile:
    return ReleaseFile(path, folder / path, digest, (folder / path).stat().st_size)


def _full_title(whole: str, part: str) -> str:
    """The title of a package behind that of its release, in each of their languages."""
    (whole_zh, _, whole_en), (zh, _, en) = whole.partition(" / "), part.partition(" / ")
    return f"{whole_zh}：{zh} / {whole_en}: {en}" if whole_en and en else part


def _areas(folder: Path) -> tuple[Mapping[str, str], ...]:
    with (folder / AREAS).open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def read_release_folder(folder: Path) -> ReleaseFolder:
    """The release in ``folder``: every file hashed and as the manifest says, every name checked.

    Raises UsageError where there is no release, DataError where it is not as its manifest says or
    declares a version, name or path that it may not have.
    """
    if not (folder / MANIFEST).is_file():
        raise UsageError(
            Text("该目录不是一个发布版本", f"this is no release: it has no {MANIFEST}"),
            file=folder,
            remedy=Text(
                "请给出 data/releases/<版本> 目录", "name a folder data/releases/<version>"
            ),
        )
    problems = manifest_problems(folder)
    if problems:
        raise DataError(problems[0], file=folder, remedy=_REBUILD)
    listed = read_manifest(folder)
    check_identity(folder)
    declared, index = read_declared(folder / DESCRIPTOR)
    areas = _areas(folder) if AREAS in listed else ()
    packages = []
    for name in package_folders(declared):
        files = tuple(
            _release_file(folder / name, each.removeprefix(f"{name}/"), digest)
            for each, digest in sorted(listed.items())
            if each.startswith(f"{name}/")
        )
        beside = tuple(
            _release_file(folder, each, listed[each])
            for each in (WORKBOOK, whole_archive(declared.name, declared.version))
            if each in listed
        )
        part, package = read_declared(folder / name / DESCRIPTOR)
        title = _full_title(declared.title, part.title)
        packages.append(PackageFolder(name, title, package, files, beside, areas))
    everything = {**listed, MANIFEST: sha256(folder / MANIFEST)}
    return ReleaseFolder(
        folder=folder,
        version=declared.version,
        descriptor=index,
        packages=tuple(packages),
        files=tuple(
            _release_file(folder, path, digest) for path, digest in sorted(everything.items())
        ),
    )
