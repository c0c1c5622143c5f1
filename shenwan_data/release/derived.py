"""What of a release follows from its tables and texts, derived again and compared byte by byte.

Belongs here: reading the tables back from the CSV files and writing the release once more, to a
temporary folder. Does not belong here: the checks of the tables and texts themselves (``validation``).

A forger who edits a README, a workbook, an archive or the metadata for machines can write a manifest
that fits. The tables cannot be made to fit, so everything is compared with what they give.
"""

from __future__ import annotations

import json
import math
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from numbers import Real
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
from shenwan_data.indicators.read import scan
from shenwan_data.release.contents import EVIDENCE, packages
from shenwan_data.release.descriptor import DESCRIPTOR
from shenwan_data.release.formats import read_csv_table
from shenwan_data.release.manifest import whole_archive
from shenwan_data.release.package import write_files
from shenwan_data.release.rows import Registers
from shenwan_data.release.schema import Table, table_schema
from shenwan_data.release.tables import conform
from shenwan_data.release.verify import compare_releases

# What a scan of the text gives of every figure and nobody but a person changes.
_READ = ("end", "quote", "kind", "value", "lower", "upper", "qualifier")


def _read(folder: Path, package: str, table: Table) -> pa.Table:
    return read_csv_table(folder / package / f"{table.name}.csv", table_schema(table))


def _tables(folder: Path) -> dict[str, pa.Table]:
    """Every table of the release from the CSV files, which are exact.

    Of a topic its observations are read, in codes; all else is in the evidence, whole.
    """
    *topics, evidence = packages()
    built = {table.name: _read(folder, EVIDENCE, table) for table in evidence.tables}
    registers = Registers.of(
        *(built[name].to_pylist() for name in ("areas", "indicators", "figures", "findings"))
    )
    for topic in topics:
        table = topic.tables[0]
        rows = _read(folder, topic.name, table).to_pylist()
        built[topic.name], _ = conform(table, [{**row, **registers.in_words(row)} for row in rows])
    return built


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


def _read_again(built: Mapping[str, pa.Table], texts: Mapping[str, str]) -> Iterator[Text]:
    """Every figure that is not what the archived text gives, but for what a person has corrected."""
    revised = {(row["figure_id"], row["revised_field"]) for row in built["revisions"].to_pylist()}
    years = {row["report_id"]: row["time_period"] for row in built["reports"].to_pylist()}
    held: dict[str, dict[int, dict[str, Any]]] = {report: {} for report in texts}
    for row in built["figures"].to_pylist():
        held.setdefault(row["report_id"], {})[row["start"]] = row
    for report, text in sorted(texts.items()):
        found = {figure.start: figure for figure in scan(text, years.get(report))}
        rows = held[report]
        lost = [start for start, figure in found.items() if figure.is_data and start not in rows]
        more = [start for start in rows if start not in found]
        for start in sorted([*lost, *more]):
            where = Text("表", "the table") if start in found else Text("正文", "the text")
            yield Text(
                f"{report} 第 {start} 字处的数字{where.zh}中没有",
                f"{report}: the figure at {start} is not in {where.en}",
            )
        for start in sorted(rows.keys() & found.keys()):
            for field in _READ:
                one, other = _cell(rows[start][field]), _cell(getattr(found[start], field))
                known = (rows[start]["figure_id"], field) in revised
                if not known and not _same(one, other):
                    yield Text(
                        f"{report} 第 {start} 字处的数字，{field} 为 {one}，按正文应为 {other}",
                        f"{report}: {field} of the figure at {start} is {one}, by the text {other}",
                    )


def _cell(value: Any) -> Any:
    return float(value) if isinstance(value, Real | Decimal) else value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        # Tables hold a number rounded where its unit was converted.
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)
    return bool(one == other)


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
    yield from _read_again(built, texts)
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
