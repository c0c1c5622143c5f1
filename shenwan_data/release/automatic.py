"""The next version, taken without a person where ``release.yaml`` says ``versions: automatic``.

Belongs here: which version a draft is due, writing it as that, and its entry in the changelog. Does not
belong here: how large a step is (``diff``), or setting the version (``review.entries``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pyarrow as pa
from packaging.version import Version

from shenwan_data.config.settings import AUTOMATIC, ReleaseSettings, is_version, parse_version
from shenwan_data.files import write_atomic
from shenwan_data.release.diff import diff_snapshots, required_bump
from shenwan_data.release.diff_report import diff_changelog, reasons
from shenwan_data.release.manifest import read_manifest
from shenwan_data.release.package import write_release
from shenwan_data.release.register import newest_published, register_of
from shenwan_data.release.snapshot import larger, next_version, read_snapshot
from shenwan_data.release.validation import Check
from shenwan_data.release.withdrawn import withdrawn_versions

CHANGELOG = "CHANGELOG.md"
_HEADING = "# 变更记录 Changelog\n\n"
_ENTRY = re.compile(r"^(?=## \[)", re.M)


class _Due(Exception):  # noqa: N818 - no error: it leads from the draft to its next version
    """The draft is due another version."""


def write_as_due(
    tables: Mapping[str, pa.Table],
    texts: Mapping[str, str],
    releases: Path,
    release: ReleaseSettings,
    verify: Callable[[Path], Iterable[Check]],
    take: Callable[[str], ReleaseSettings],
) -> Path:
    """Write a release as ``write_release`` does; where its version is taken, as the next one.

    ``take`` gives ``release.yaml`` the version, and returns the settings as they are then. A major
    step is never taken: a person decides about what a program that reads the data may stumble on.
    """
    register = register_of(releases)

    def judged(draft: Path) -> Iterable[Check]:
        checks = tuple(verify(draft))
        if all(check.passed for check in checks):
            due = _due(draft, release.version, register)
            if due is not None:
                raise _Due(str(due))
        return checks

    if release.versions != AUTOMATIC:
        return write_release(tables, texts, releases, release, verify)
    try:
        return write_release(tables, texts, releases, release, judged)
    except _Due as due:
        return write_release(tables, texts, releases, take(str(due)), verify)


def _due(draft: Path, version: str, register: Path) -> Version | None:
    """The least version for what has changed since the newest published one, if it is a later one."""
    newest, declared = newest_published(register), parse_version(version)
    if newest is None or (newest.version == declared and newest.manifest == read_manifest(draft)):
        return None
    step = required_bump(diff_snapshots(read_snapshot(newest.folder), read_snapshot(draft)))
    least = next_version(newest.version, larger((step, "patch")))
    while str(least) in withdrawn_versions(register):
        least = next_version(least, "patch")
    return least if step != "major" and declared < least else None


def keep_changelog(changelog: Path, release: Path) -> None:
    """Put the entry of a release that is not published yet at the top of a changelog.

    The entries of all versions after the newest published one go: they were drafts.
    """
    newest = newest_published(register_of(release.parent))
    if newest is None or newest.version >= Version(release.name):
        return
    after = read_snapshot(release)
    entry = diff_changelog(diff_snapshots(read_snapshot(newest.folder), after), reasons(after))
    text = changelog.read_text(encoding="utf-8") if changelog.is_file() else _HEADING
    head, *entries = _ENTRY.split(text)
    kept = [one for one in entries if not _is_draft(one, newest.version)]
    write_atomic(changelog, "".join([head, entry.rstrip() + "\n\n", *kept]))


def _is_draft(entry: str, newest: Version) -> bool:
    name = entry.removeprefix("## [").partition("]")[0]
    return is_version(name) and Version(name) > newest
