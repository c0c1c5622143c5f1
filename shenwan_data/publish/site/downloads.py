"""The data files of the site: a copy of the release, and what there is to download.

Belongs here: copying and listing. Does not belong here: the form of any file.

The site carries its own copy, so that it works from any host and any folder. It lists what the
release holds, in the forms it has there, and nothing else.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shenwan_data.publish.site.published import Published
from shenwan_data.release.contents import EVIDENCE

DATA = "data"
_TABLES = {".csv": "CSV", ".parquet": "Parquet"}
# What lies beside the folder of a package and holds the same.
_BESIDE = {".xlsx": "XLSX", ".zip": "ZIP"}
_EVIDENCE_TABLES = ("figures", "reports", "findings", "revisions", "accuracy")
# What describes a package to programs, by the name of the file.
_DESCRIPTORS = {
    "datapackage.json": "Data Package",
    "croissant.json": "Croissant",
    "csv-metadata.json": "CSVW",
    "schema-org.jsonld": "schema.org",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file to download: its path from the root of the site, what to call it, its size."""

    path: str
    label: str
    size: str


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a package.

    ``tables`` are those it is there for, each in its forms by their name; ``whole`` holds the package in
    one file; ``others`` describe it or list its codes.
    """

    name: str
    tables: Mapping[str, Mapping[str, File]]
    whole: Mapping[str, File]
    others: Sequence[File]


def size(count: int) -> str:
    """A number of bytes for people."""
    return f"{count} B" if count < 1000 else f"{count / 1000:,.0f} KB"


def release_files(folder: Path) -> list[Path]:
    """The files of a release, without hidden ones, in the order of their paths."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part[0] == "." for part in path.relative_to(folder).parts)
    ]


def archive(release: Published) -> File | None:
    """The archive of the whole release, where it has one."""
    path = release.folder / f"{release.descriptor['name']}-{release.version}.zip"
    return _file(release, path, "ZIP") if path.is_file() else None


def copy_data(release: Published, site: Path) -> None:
    """Copy the release into the site."""
    for path in release_files(release.folder):
        target = site / DATA / path.relative_to(release.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _file(release: Published, path: Path, label: str) -> File:
    inside = path.relative_to(release.folder).as_posix()
    return File(f"{DATA}/{inside}", label, size(path.stat().st_size))


def package_files(release: Published) -> list[Package]:
    """What the release holds for each package."""
    found = []
    for name in (*release.topics, EVIDENCE):
        folder = release.folder / name
        is_evidence = name == EVIDENCE
        own = _EVIDENCE_TABLES if is_evidence else (name,)
        tables: dict[str, dict[str, File]] = {table: {} for table in own}
        others = []
        for path in release_files(folder):
            label = _TABLES.get(path.suffix)
            if path.parent != folder:
                continue
            if path.name in _DESCRIPTORS:
                others.append(_file(release, path, _DESCRIPTORS[path.name]))
            elif label and path.stem in own:
                tables[path.stem][label] = _file(release, path, label)
            elif label and is_evidence:
                # The code lists stand in every package, as far as it uses them: here they are whole.
                others.append(_file(release, path, f"{path.stem} {label}"))
        beside = {label: folder.with_suffix(suffix) for suffix, label in _BESIDE.items()}
        whole = {
            label: _file(release, path, label) for label, path in beside.items() if path.is_file()
        }
        held = {table: files for table, files in tables.items() if files}
        found.append(Package(name, held, whole, others))
    return found


def root_files(release: Published) -> list[File]:
    """What is about the release as a whole."""
    packages = {*release.topics, EVIDENCE}
    return [
        _file(release, path, path.name)
        for path in release_files(release.folder)
        if path.parent == release.folder and path.stem not in packages
    ]
