"""Where assets keep their values between steps: JSON per year, Parquet per table, below ``.build/``.

The same files serve a build from the command line and a run from the UI. Records are written field
by field and not pickled, so that a file can be read by people, does not depend on where the checkout
lies, and a record whose fields have changed is read anew instead of half understood.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import dagster as dg

from shenwan_data.build_record import WORK_FOLDER
from shenwan_data.errors import DataError, Text
from shenwan_data.files import replacing
from shenwan_data.model import Figure, Finding, Observation, Report
from shenwan_data.versions import year_version

from .resources import DataFolder

if TYPE_CHECKING:
    import pyarrow as pa

_TYPES: dict[str, type] = {kind.__name__: kind for kind in (Report, Figure, Finding, Observation)}


@dataclass(frozen=True, slots=True)
class Batch:
    """What one asset holds of one year: the version of its inputs, and the records by report id."""

    inputs: str
    records: Mapping[str, tuple[Any, ...]]


def to_json(batch: Batch, data_dir: Path) -> str:
    """One year's records as JSON. Paths are written relative to the data folder."""
    names = sorted({type(record).__name__ for rows in batch.records.values() for record in rows})
    columns = {name: [field.name for field in fields(_TYPES[name])] for name in names}

    def plain(value: object) -> object:
        if isinstance(value, Path):
            return {"path": os.path.relpath(value, data_dir)}
        if isinstance(value, date):
            return {"date": value.isoformat()}
        if isinstance(value, Text):
            return {"text": [value.zh, value.en]}
        if isinstance(value, tuple):
            return [plain(item) for item in value]
        if is_dataclass(value):
            raise TypeError(f"a record inside a record is not kept: {value!r}")
        return value

    rows = {
        report: [
            [type(record).__name__]
            + [plain(getattr(record, name)) for name in columns[type(record).__name__]]
            for record in records
        ]
        for report, records in batch.records.items()
    }
    content = {"inputs": batch.inputs, "columns": columns, "rows": rows}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def from_json(content: str, data_dir: Path) -> Batch:
    """Read what ``to_json`` wrote. Raises ValueError when the records have other fields today."""
    kept = json.loads(content)
    for name, columns in kept["columns"].items():
        if columns != [field.name for field in fields(_TYPES[name])]:
            raise ValueError(f"the fields of {name} have changed")

    def value(item: object) -> object:
        if isinstance(item, list):
            return tuple(value(part) for part in item)
        if isinstance(item, dict):
            if "path" in item:
                return data_dir / item["path"]
            if "date" in item:
                return date.fromisoformat(item["date"])
            return Text(*item["text"])
        return item

    return Batch(
        kept["inputs"],
        {
            report: tuple(_TYPES[row[0]](*(value(item) for item in row[1:])) for row in rows)
            for report, rows in kept["rows"].items()
        },
    )


class WorkFiles(dg.ConfigurableIOManager):
    """Keeps yearly batches as ``.build/<asset>/<year>.json`` and tables as Parquet."""

    data: dg.ResourceDependency[DataFolder]

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Write each year of a mapping year -> Batch, or one table. The file appears whole or not."""
        if not context.has_asset_partitions:
            import pyarrow.parquet as pq

            with replacing(self._path(context.asset_key, None)) as path:
                pq.write_table(obj, path, compression="zstd")
            return
        batches = cast("Mapping[str, Batch]", obj)
        for year in context.asset_partition_keys:
            with replacing(self._path(context.asset_key, year)) as path:
                path.write_text(to_json(batches[year], self.data.dir), encoding="utf-8")

    def load_input(self, context: dg.InputContext) -> "dict[str, Batch] | pa.Table":
        """The batches of the years that were asked for and are there, or the table."""
        if not context.has_asset_partitions:
            import pyarrow.parquet as pq

            return pq.read_table(self._path(context.asset_key, None))
        found = {}
        for year in context.asset_partition_keys:
            batch = read_batch(self.data.dir, context.asset_key.path[-1], int(year))
            if batch is not None:
                found[year] = batch
        return found

    def _path(self, key: dg.AssetKey, year: str | None) -> Path:
        folder = self.data.work.joinpath(*key.path)
        return folder / f"{year}.json" if year else folder.with_suffix(".parquet")


def read_batch(data_dir: Path, asset: str, year: int) -> Batch | None:
    """What an asset keeps of a year, None when it keeps nothing that can be read."""
    path = data_dir / WORK_FOLDER / asset / f"{year}.json"
    try:
        return from_json(path.read_text(encoding="utf-8"), data_dir)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        # Written by another version of the code: as good as absent, the year is read again.
        return None


def is_current(data_dir: Path, asset: str, year: int) -> bool:
    """Whether an asset keeps what today's files and code would give for the year."""
    path = data_dir / WORK_FOLDER / asset / f"{year}.json"
    try:
        with path.open(encoding="utf-8") as stream:
            head = stream.read(100)
    except FileNotFoundError:
        return False
    return head.startswith(f'{{"inputs":"{year_version(data_dir, year)}"')


def require_current(data_dir: Path, asset: str, years: tuple[int, ...]) -> None:
    """Raise DataError unless all these years have been read as they are on disk now."""
    behind = [str(year) for year in years if not is_current(data_dir, asset, year)]
    if behind:
        raise DataError(
            Text(
                f"以下年度的报告尚未读取，或读取后有改动：{'、'.join(behind)}",
                f"reports not read yet, or changed since: {', '.join(behind)}",
            ),
            file=data_dir / "reports",
            remedy=Text(
                "请先运行作业 read_years 读取这些年度",
                "run the job read_years for these years first, or shenwan-data build",
            ),
        )
