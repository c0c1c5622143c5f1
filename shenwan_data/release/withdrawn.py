"""What was taken back: ``data/published/withdrawn.yaml``, kept in version control.

Belongs here: recording that something was withdrawn, and refusing the versions it was in. Does not
belong here: what it was, which is recorded nowhere, or taking it back (``publish.withdrawal``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from shenwan_data.config.settings import parse_version
from shenwan_data.errors import DataError, Text
from shenwan_data.files import write_atomic
from shenwan_data.release.snapshot import next_version
from shenwan_data.schemas import read_yaml

WITHDRAWN = "withdrawn.yaml"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """That a passage of some reports was taken back, and with it these versions; not which."""

    versions: tuple[str, ...]
    reports: tuple[str, ...]
    why: str
    when: date


def read_withdrawn(register: Path) -> tuple[Withdrawn, ...]:
    """Every withdrawal, the oldest first. Raises DataError where the file is not as it was written."""
    path = register / WITHDRAWN
    if not path.is_file():
        return ()
    try:
        return tuple(
            Withdrawn(
                tuple(map(str, entry["versions"])),
                tuple(map(str, entry["reports"])),
                str(entry["why"]),
                date.fromisoformat(str(entry["when"])),
            )
            for entry in read_yaml(path)
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            Text(f"撤回记录被改动：{error}", f"the record of withdrawals was altered: {error}"),
            file=path,
            remedy=Text("请从版本库恢复该文件", "restore the file from version control"),
        ) from error


def add_withdrawn(register: Path, entry: Withdrawn) -> Path:
    """Record a withdrawal and return the file."""
    register.mkdir(parents=True, exist_ok=True)
    entries = [
        {
            "when": each.when,
            "versions": list(each.versions),
            "reports": list(each.reports),
            "why": each.why,
        }
        for each in (*read_withdrawn(register), entry)
    ]
    path = register / WITHDRAWN
    write_atomic(path, yaml.safe_dump(entries, allow_unicode=True, sort_keys=False))
    return path


def withdrawn_versions(register: Path) -> frozenset[str]:
    """The versions that were taken back and are not used again."""
    return frozenset(version for entry in read_withdrawn(register) for version in entry.versions)


def check_not_withdrawn(version: str, register: Path) -> None:
    """Whether a version was never withdrawn. DataError that names the next one to use otherwise."""
    withdrawn = withdrawn_versions(register)
    if version in withdrawn:
        newest = max(parse_version(each) for each in withdrawn)
        least = next_version(newest, "patch")
        raise DataError(
            Text(
                f"版本 {version} 已撤回，版本号不再使用",
                f"version {version} was withdrawn, and its number is not used again",
            ),
            file="data/release.yaml",
            place="version",
            remedy=Text(
                f"请把 version 改为 {least} 或更高，并更新 created",
                f"set version to {least} or later and created to the day",
            ),
        )
