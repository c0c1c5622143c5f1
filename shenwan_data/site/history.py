"""What changed from one version to the next, prepared for the pages.

Belongs here: finding the earlier versions and grouping a difference by row. Does not belong here:
finding the difference (``release.diff``), or how it looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from shenwan_data.config.settings import is_version, parse_version
from shenwan_data.release.diff import Diff, diff_snapshots
from shenwan_data.release.diff_report import diff_json, diff_markdown
from shenwan_data.release.manifest import MANIFEST
from shenwan_data.release.register import read_register, register_of
from shenwan_data.release.snapshot import read_snapshot
from shenwan_data.site.view import Published, visible


@dataclass(frozen=True)
class ChangedRow:
    """An observation that was added, changed or removed, with the cells that differ."""

    kind: str
    topic: str
    area: str
    year: str
    indicator: str
    cells: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Version:
    """A version and how it differs from the previous one, if there is one."""

    version: str
    created: str
    previous: str | None
    diff: Diff | None
    topics: Sequence[str]

    def count(self, kind: str) -> int:
        """How many observations were ``added``, ``changed`` or ``removed``."""
        return sum(row.kind == kind for row in self.rows)

    @cached_property
    def rows(self) -> list[ChangedRow]:
        """The observations that differ: added, then changed, then removed."""
        if self.diff is None:
            return []
        found: dict[tuple[str, ...], ChangedRow] = {}

        def row(kind: str, table: str, key: Sequence[str]) -> ChangedRow:
            place = (kind, table, *key)
            if place not in found:
                area, year, indicator = key
                found[place] = ChangedRow(kind, table, area, year, indicator)
            return found[place]

        def whole(cells: Mapping[str, str]) -> str:
            shown = cells.get("quote") or cells.get("value") or cells.get("obs_status") or ""
            return visible(shown)

        for one in self.diff.rows_added:
            if one.table in self.topics:
                cell = ("quote", "", whole(one.cells))
                row("added", one.table, one.key).cells.append(cell)
        for change in self.diff.rows_changed:
            if change.table in self.topics:
                cell = (change.column, visible(change.old), visible(change.new))
                row("changed", change.table, change.key).cells.append(cell)
        for one in self.diff.rows_removed:
            if one.table in self.topics:
                cell = ("quote", whole(one.cells), "")
                row("removed", one.table, one.key).cells.append(cell)
        return list(found.values())

    def files(self) -> Mapping[str, str]:
        """The whole difference as files, by their path from the root of the site."""
        if self.diff is None:
            return {}
        stem = f"changes/{self.previous}-{self.version}"
        return {
            f"{stem}.json": diff_json(self.diff),
            f"{stem}.md": diff_markdown(self.diff),
        }


def _earlier(release: Published) -> list[Path]:
    """The versions before this one, oldest first.

    From the register beside the releases, and from the same folder.
    """
    folder = release.folder
    if not is_version(folder.name):
        return []
    found = {
        path.name: path
        for path in folder.parent.iterdir()
        if is_version(path.name) and (path / MANIFEST).is_file()
    }
    # The register takes precedence: it holds what was published.
    found |= {
        str(entry.version): entry.folder for entry in read_register(register_of(folder.parent))
    }
    own = parse_version(folder.name)
    return [found[name] for name in sorted(found, key=parse_version) if parse_version(name) < own]


def versions(release: Published) -> tuple[Version, ...]:
    """The release and earlier ones, latest first. DataError where one of them is broken."""
    chain = [read_snapshot(folder) for folder in (*_earlier(release), release.folder)]
    found = []
    for index, after in enumerate(chain):
        before = chain[index - 1] if index else None
        found.append(
            Version(
                version=after.version,
                created=after.created[:10],
                previous=before.version if before else None,
                diff=diff_snapshots(before, after) if before else None,
                topics=release.topics,
            )
        )
    return tuple(reversed(found))
