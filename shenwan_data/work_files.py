"""What has been read of each year, kept below ``.build/`` between the steps of a build.

Belongs here: writing and reading the records of a year, and telling whether they are what today's
files and rules would give. Does not belong here: tables, releases, or who asks for a year.

A file is text: its first line names the inputs it was made from and the hash of what follows, and each
line after it is one report. A file that is not as its hash says is as good as absent. The records are
written field by field by pydantic, so a file can be read by people and does not depend on where the
data folder is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shenwan_data.build_record import WORK_FOLDER
from shenwan_data.errors import DataError, Text
from shenwan_data.files import write_atomic
from shenwan_data.model import Blocked, Finding, Observation, Reading, Report
from shenwan_data.versions import year_version

if TYPE_CHECKING:
    from pydantic import TypeAdapter

# What is kept of a report, by asset.
KINDS: Mapping[str, Any] = {
    "reports": Report,
    "figures": Reading,
    "findings": tuple[Finding, ...],
    "observations": tuple[Observation, ...],
}


@dataclass(frozen=True, slots=True)
class Batch:
    """What one asset holds of one year: the version of its inputs, and a record by report id.

    ``blocked`` says what keeps reports of the year out of a release, whatever the asset.
    """

    inputs: str
    records: Mapping[str, Any]
    blocked: tuple[Blocked, ...] = ()


@dataclass(frozen=True, slots=True)
class _Head:
    """The first line of a file."""

    inputs: str
    blocked: tuple[Blocked, ...]
    sha256: str


@lru_cache(maxsize=2 * len(KINDS))
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _moved(record: Any, change: Any) -> Any:
    """The record with the path of its report changed."""
    if isinstance(record, Report):
        return replace(record, path=change(record.path))
    if isinstance(record, Reading):
        return replace(record, report=_moved(record.report, change))
    return record


def write_batch(data_dir: Path, asset: str, year: int, batch: Batch) -> Path:
    """Keep what an asset holds of a year. The file appears whole or not at all.

    Raises MachineError where the disk refuses it.
    """
    path = _path(data_dir, asset, year)
    body = b"".join(_lines(batch, asset, data_dir))
    head = _Head(batch.inputs, batch.blocked, _digest(batch.inputs, batch.blocked, body))
    write_atomic(path, _adapter(_Head).dump_json(head) + b"\n" + body)
    return path


def _digest(inputs: str, blocked: tuple[Blocked, ...], body: bytes) -> str:
    """The hash (hex) of all that a file says."""
    head = _adapter(_Head).dump_json(_Head(inputs, blocked, ""))
    return hashlib.sha256(head + b"\n" + body).hexdigest()


def _lines(batch: Batch, asset: str, data_dir: Path) -> Iterator[bytes]:
    for report, record in batch.records.items():
        portable = _moved(record, lambda path: Path(os.path.relpath(path, data_dir)))
        yield (
            json.dumps(report).encode() + b" " + _adapter(KINDS[asset]).dump_json(portable) + b"\n"
        )


def read_batch(data_dir: Path, asset: str, year: int) -> Batch | None:
    """What an asset keeps of a year, None when it keeps nothing that can be read."""
    try:
        head, body = _sound(_path(data_dir, asset, year))
        records = {}
        for line in body.splitlines():
            report, _, content = line.partition(b" ")
            record = _adapter(KINDS[asset]).validate_json(content)
            records[json.loads(report)] = _moved(record, lambda path: data_dir / path)
        return Batch(head.inputs, records, head.blocked)
    except (FileNotFoundError, ValueError):
        # Written by another version of the code: as good as absent, the year is read again.
        return None


def _sound(path: Path) -> tuple[_Head, bytes]:
    """Head and body of a file. ValueError where it is not as its hash says."""
    first, _, body = path.read_bytes().partition(b"\n")
    head: _Head = _adapter(_Head).validate_json(first)
    if head.sha256 != _digest(head.inputs, head.blocked, body):
        raise ValueError("not the file that was written")
    return head, body


def is_current(data_dir: Path, asset: str, year: int) -> bool:
    """Whether an asset keeps what today's files and rules would give for the year, undamaged."""
    try:
        head, _ = _sound(_path(data_dir, asset, year))
    except (FileNotFoundError, ValueError):
        return False
    return head.inputs == year_version(data_dir, year)


def is_read(data_dir: Path, year: int) -> bool:
    """Whether every asset keeps what today's files and rules would give for the year."""
    return all(is_current(data_dir, asset, year) for asset in KINDS)


def kept_blocked(data_dir: Path, asset: str, year: int) -> tuple[Blocked, ...]:
    """What keeps reports of a year out of a release, by what an asset keeps; none where nothing is kept."""
    try:
        with _path(data_dir, asset, year).open("rb") as stream:
            head: _Head = _adapter(_Head).validate_json(stream.readline())
    except (FileNotFoundError, ValueError):
        return ()
    return head.blocked


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


def kept_readings(data_dir: Path) -> dict[str, Reading]:
    """The extracted readings that the last build kept, by report id; none where it kept nothing."""
    found: dict[str, Reading] = {}
    for path in sorted((data_dir / WORK_FOLDER / "figures").glob("[0-9]*.jsonl")):
        batch = read_batch(data_dir, "figures", int(path.stem))
        found |= batch.records if batch is not None else {}
    return found


def _path(data_dir: Path, asset: str, year: int) -> Path:
    return data_dir / WORK_FOLDER / asset / f"{year}.jsonl"
