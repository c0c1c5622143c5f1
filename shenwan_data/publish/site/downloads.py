"""The data files of the site: a copy of the release, and all of it in one archive.

Belongs here: copying and listing. Does not belong here: the form of any file.

The site carries its own copy, so that it works from any host and any folder. The archive is stored
without compression and without the time of day, so that the same release gives the same bytes.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shenwan_data.publish.site.published import Published
from shenwan_data.release.contents import EVIDENCE

DATA = "data"
_SUFFIXES = {".csv": "CSV", ".parquet": "Parquet", ".xlsx": "XLSX", ".xls": "XLS"}
# The first day that an archive can name.
_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class File:
    """A file to download: its path from the root of the site, what to call it, its size."""

    path: str
    label: str
    size: str


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a package: those of its own table or tables, and its descriptor."""

    name: str
    files: Sequence[File]
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


def archive_name(release: Published) -> str:
    """What the archive of everything is called."""
    return f"{release.descriptor['name']}-{release.version}.zip"


def copy_data(release: Published, site: Path) -> None:
    """Copy the release into the site and put all of it into one archive."""
    target = site / DATA
    target.mkdir()
    name = archive_name(release)
    with zipfile.ZipFile(target / name, "w", zipfile.ZIP_STORED) as archive:
        for path in release_files(release.folder):
            inside = path.relative_to(release.folder)
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / inside)
            entry = zipfile.ZipInfo(f"{name.removesuffix('.zip')}/{inside.as_posix()}", _DAY)
            entry.external_attr = 0o644 << 16
            # Made on any system, it says that it was made on the same one.
            entry.create_system = 3
            archive.writestr(entry, path.read_bytes())


def _file(release: Published, path: Path, label: str) -> File:
    inside = path.relative_to(release.folder).as_posix()
    return File(f"{DATA}/{inside}", label, size(path.stat().st_size))


def package_files(release: Published) -> list[Package]:
    """What the release holds for each package: links to what is there, and nothing else."""
    found = []
    for name in (*release.topics, EVIDENCE):
        folder = release.folder / name
        own = {name} if name in release.topics else {"figures", "reports", "findings", "revisions"}
        files, others = [], []
        for path in release_files(folder):
            label = _SUFFIXES.get(path.suffix)
            if label is None or path.parent != folder:
                continue
            stem, *more = path.name.removesuffix(path.suffix).split(".")
            said = f"{label} ({more[0]})" if more else label
            if stem in own:
                files.append(_file(release, path, said if len(own) == 1 else f"{stem} {said}"))
            elif name == EVIDENCE:
                # The code lists stand in every package, as far as it uses them: here they are whole.
                others.append(_file(release, path, f"{stem} {said}"))
        descriptor = folder / "datapackage.json"
        others.insert(0, _file(release, descriptor, "datapackage.json"))
        found.append(Package(name, files, others))
    return found


def root_files(release: Published) -> list[File]:
    """What lies beside the packages."""
    return [
        _file(release, path, path.name)
        for path in release_files(release.folder)
        if path.parent == release.folder
    ]
