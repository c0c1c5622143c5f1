"""What of a release follows from its tables and texts, derived again and compared byte by byte.

Belongs here: reading the tables back from the Parquet files and writing the release once more, to a
temporary folder. Does not belong here: the checks of the tables and texts themselves (``validation``).

A forger who edits a README, a workbook, an archive or the metadata for machines can write a manifest
that fits. The tables cannot be made to fit, so everything is compared with what they give.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import pyarrow as pa

from shenwan_data.config.settings import (
    RELEASE_FILE,
    ReleaseSettings,
    find_data_dir,
    read_release_settings,
)
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.release.companions import whole_archive
from shenwan_data.release.contents import EVIDENCE, packages
from shenwan_data.release.descriptor import DESCRIPTOR
from shenwan_data.release.formats import read_parquet
from shenwan_data.release.package import write_files
from shenwan_data.release.verify import compare_releases


def _merged(name: str, parts: Sequence[pa.Table]) -> pa.Table:
    """The rows of all parts, each once, in an order that has those of every part in its own order.

    Raises ValueError where two parts disagree about their order.
    """
    rows: dict[str, dict[str, Any]] = {}
    before: dict[str, set[str]] = {}
    for part in parts:
        last = None
        for row in part.to_pylist():
            key = repr(list(row.values()))
            rows[key] = row
            before.setdefault(key, set()).update(() if last is None else (last,))
            last = key
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:
        raise ValueError(f"the rows of {name} are in different orders") from None
    return pa.Table.from_pylist([rows[key] for key in order], schema=parts[0].schema)


def _tables(folder: Path) -> dict[str, pa.Table]:
    """Every table of the release, whole, from the Parquet files of its packages."""
    parts: dict[str, list[pa.Table]] = {}
    for package in packages():
        for table in package.tables:
            found = read_parquet(folder / package.name / f"{table.name}.parquet")
            parts.setdefault(table.name, []).append(found)
    return {name: found[0] if len(found) == 1 else _merged(name, found)
            for name, found in parts.items()}  # fmt: skip


def _texts(folder: Path) -> dict[str, str]:
    return {
        path.stem: path.read_bytes().decode("utf-8")
        for path in (folder / EVIDENCE / "texts").glob("*.txt")
    }


def settings_for(folder: Path) -> ReleaseSettings | None:
    """The settings of the data set that a release is of, with the version and day it declares.

    They are those of the data folder around the release, else of the one in use. None where there are
    none, or only those of another data set.
    """
    index = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    created = date.fromisoformat(str(index["created"])[:10])
    around = folder.resolve().parent.parent
    try:
        if not (around / RELEASE_FILE).is_file():
            around = find_data_dir()
        found = read_release_settings(around)
    except (DataError, UsageError):
        return None
    if found.name != index["name"]:
        return None
    return found.model_copy(update={"version": str(index["version"]), "created": created})


def _unpacked(folder: Path, release: ReleaseSettings) -> Path:
    """What the archive of a whole release holds, beside the folder of that release."""
    into = folder.with_name("unpacked")
    with zipfile.ZipFile(folder / whole_archive(release.name, release.version)) as archive:
        archive.extractall(into)
    return into


def derived_problems(folder: Path, release: ReleaseSettings) -> Iterator[Text]:
    """Every file that differs from what the tables and texts of the release give.

    The release is written as this version of the program does it, with the settings ``release``.
    """
    try:
        built, texts = _tables(folder), _texts(folder)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
        # Whatever cannot be read has a failed check of its own.
        return
    with tempfile.TemporaryDirectory() as temporary:
        again = Path(temporary) / "release"
        try:
            write_files(again, built, texts, release)
        except (DataError, pa.ArrowException, KeyError, ValueError) as error:
            said = error.problem if isinstance(error, DataError) else Text(str(error), str(error))
            yield Text(f"无法由数据表重新生成：{said.zh}", f"cannot be derived again: {said.en}")
            return
        if not any(folder.glob("*.zip")):
            # The archive of all, unpacked, is a release by itself: what it holds and no archive.
            again = _unpacked(again, release)
        for found in compare_releases(folder, again):
            where = str(found.message.en).replace(str(again), "derived").replace(str(folder), ".")
            yield Text(
                f"{found.file} 与由数据表重新生成的不一致",
                f"{found.file} is not what the tables give: {where}",
            )
