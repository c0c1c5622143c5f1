"""What changed from one release to the next, row by row of the observations.

Belongs here: comparing two releases on disk. Does not belong here: how the difference is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shenwan_data.publish.site.published import Published, Row, read_published, releases_beside

Key = tuple[str, str, int, str]
_SHOWN = ("value", "unit", "lower", "upper", "qualifier", "obs_status", "quote")


@dataclass(frozen=True, slots=True)
class Change:
    """One row that differs. ``before`` is None for a new row, ``after`` for one that went."""

    topic: str
    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """The row as it is now, or as it was."""
        row = self.after or self.before
        assert row is not None
        return row


@dataclass(frozen=True)
class Version:
    """A release and how it differs from the one before, if there is one."""

    version: str
    created: str
    previous: str | None
    changes: tuple[Change, ...]

    def count(self, kind: str) -> int:
        """How many rows were ``added``, ``changed`` or ``removed``."""
        return sum(self.kind(change) == kind for change in self.changes)

    @staticmethod
    def kind(change: Change) -> str:
        """Whether the row was added, changed or removed."""
        if change.before is None:
            return "added"
        return "removed" if change.after is None else "changed"


def _rows(release: Published) -> dict[Key, Row]:
    return {
        (topic, row["ref_area"], row["time_period"], row["indicator"]): row
        for topic, rows in release.observations.items()
        for row in rows
    }


def compare(before: Published, after: Published) -> tuple[Change, ...]:
    """The rows of the observations that differ, in the order of their keys."""
    old, new = _rows(before), _rows(after)
    return tuple(
        Change(key[0], old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if [old.get(key, {}).get(name) for name in _SHOWN]
        != [new.get(key, {}).get(name) for name in _SHOWN]
    )


def versions(release: Published) -> tuple[Version, ...]:
    """The release and those before it in the same folder, latest first."""
    folders: tuple[Path, ...] = releases_beside(release.folder)
    chain = [*(read_published(folder) for folder in folders), release]
    found = []
    for index, one in enumerate(chain):
        before = chain[index - 1] if index else None
        found.append(
            Version(
                version=one.version,
                created=one.created,
                previous=before.version if before else None,
                changes=compare(before, one) if before else (),
            )
        )
    return tuple(reversed(found))
