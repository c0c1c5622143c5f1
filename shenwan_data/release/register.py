"""The register of published versions, ``data/published/``, kept in version control.

Belongs here: what is kept of a published release, and what a new one is compared with. Does not belong
here: publishing to a portal (``publish``).

Releases are built and not kept in version control; the record of what was published is, as proof that
a version never changed. ``published/<version>/`` holds the manifest, which pins every byte, and of the
files it lists the descriptors and the CSV tables: what a comparison needs, and text that version
control stores well. The rest can be built again and compared with the manifest.

Until a version is recorded here it is a draft and may be rebuilt at will; from then on a build of that
version with any other content is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from packaging.version import Version

from shenwan_data.config.settings import is_version, parse_version
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.files import DRAFT, LOCK, durable, locked, machine_errors, recover, sync_folder
from shenwan_data.release.descriptor import DESCRIPTOR
from shenwan_data.release.diff import Diff, check_version, diff_snapshots, required_bump
from shenwan_data.release.gone import find_gone, named_first
from shenwan_data.release.manifest import (
    MANIFEST,
    manifest_problems,
    read_manifest,
    sha256,
)
from shenwan_data.release.snapshot import (
    Snapshot,
    descriptors,
    larger,
    next_version,
    read_snapshot,
    table_resources,
)
from shenwan_data.release.withdrawn import check_not_withdrawn

BUSY = Text("另一个进程正在登记", "another process is recording a release here")


def _in_time(since: object, created: str) -> bool:
    """Whether ``since`` is a valid date, and not later than the day of the release."""
    try:
        return date.fromisoformat(str(since)) <= date.fromisoformat(created)
    except ValueError:
        return False


def _marked(old: Snapshot, table: str, column: str) -> bool:
    schema = old.tables[table].schema
    marks = [schema.get("deprecated")]
    marks += [field.get("deprecated") for field in schema["fields"] if field["name"] == column]
    return any(_in_time((mark or {}).get("since"), old.created) for mark in marks)


def _code_marked(old: Snapshot, code_list: str, code: str) -> bool:
    if code_list == "indicator":
        cells = old.tables["indicators"].cells((code,))
    else:
        cells = old.tables["codes"].cells((code_list, code))
    return _in_time(cells.get("deprecated"), old.created)


def check_deprecations(old: Snapshot, diff: Diff) -> None:
    """Whether everything removed was marked as deprecated in ``old``, the previous release.

    Raises DataError that names what was not.
    """
    gone = [
        ".".join(filter(None, (change.table, change.column)))
        for change in diff.schema
        if change.kind == "removed" and not _marked(old, change.table, change.column)
    ]
    gone += [
        f"{change.code_list}:{change.code}"
        for change in diff.codes
        if change.kind == "removed" and not _code_marked(old, change.code_list, change.code)
    ]
    if gone:
        raise DataError(
            Text(
                f"{'、'.join(gone)} 被删除或改名，但已发布的 {old.version} 没有注明弃用",
                f"{', '.join(gone)}: removed or renamed, but not marked as deprecated in the "
                f"published {old.version}",
            ),
            file="schemas/",
            remedy=Text(
                "请先恢复并加上 deprecated: {since: 日期, replaced_by: 新名称}，发布一版，下一版再删除",
                "restore it with `deprecated: {since: <date>, replaced_by: <new name>}`, publish that, "
                "and remove it in the next release",
            ),
        )


SHOWN = 5
REGISTER = "published"


@dataclass(frozen=True, slots=True)
class Published:
    """One entry of the register; ``manifest`` is the hash of every file by its path."""

    version: Version
    folder: Path
    manifest: dict[str, str]


def register_of(releases: Path) -> Path:
    """The register of a folder of releases: the folder beside it."""
    return releases.parent / REGISTER


def _altered(folder: Path, problem: object) -> DataError:
    return DataError(
        Text(
            f"已发布版本的登记被改动：{problem}",
            f"the record of a published version was changed: {problem}",
        ),
        file=folder,
        remedy=Text("请从版本库恢复该目录", "restore the folder from version control"),
    )


def read_register(register: Path) -> tuple[Published, ...]:
    """Every published version, oldest first; none where there is no register.

    Raises DataError where an entry is not what its manifest says.
    """
    found = []
    for folder in register.iterdir() if register.is_dir() else ():
        if not folder.is_dir() or folder.name.startswith("."):
            continue
        version = parse_version(folder.name, str(folder))
        try:
            manifest = read_manifest(folder)
            kept = [path for path in folder.rglob("*") if path.is_file()]
            for path in kept:
                name = path.relative_to(folder).as_posix()
                if name != MANIFEST and manifest.get(name) != sha256(path):
                    raise _altered(folder, name)
        except (OSError, ValueError) as error:
            raise _altered(folder, error) from error
        found.append(Published(version, folder, manifest))
    return tuple(sorted(found, key=lambda entry: entry.version))


def _kept(release: Path) -> list[str]:
    """The paths of the files that the register keeps of a release, beside its manifest."""
    paths = [DESCRIPTOR]
    for name, package in descriptors(release):
        paths.append(f"{name}/{DESCRIPTOR}")
        paths += [f"{name}/{resource['path']}" for resource in table_resources(package)]
    return paths


def check_against_published(draft: Path, version: str, register: Path) -> None:
    """Whether a release may be called ``version``, given what is published.

    A published version must have the same files as when it was published. A new one must be later
    than the newest by as large a step as the changes require, and may only remove what that one
    marked as deprecated. Raises DataError that names reports and values that are gone, then says
    which version it must be.
    """
    check_not_withdrawn(version, register)
    entries = read_register(register)
    if not entries:
        return
    declared, newest = parse_version(version), entries[-1]
    manifest = read_manifest(draft)
    same = next((entry for entry in entries if entry.version == declared), None)
    if same is not None and same.manifest == manifest:
        return
    old, new = read_snapshot(newest.folder), read_snapshot(draft)
    diff = diff_snapshots(old, new)
    try:
        if same is not None:
            raise _changed(same, newest, manifest, diff)
        check_version(str(newest.version), version, diff)
        check_deprecations(old, diff)
    except DataError as error:
        # A missing report is named first: whoever reads of versions only would just raise it.
        raise named_first(error, find_gone(old, new)) from None


def _changed(
    entry: Published, newest: Published, manifest: dict[str, str], diff: Diff
) -> DataError:
    # The tables first: their descriptions differ because they do.
    names = sorted(
        (
            name
            for name in {*entry.manifest, *manifest}
            if entry.manifest.get(name) != manifest.get(name)
        ),
        key=lambda name: (not name.endswith(".csv"), name),
    )
    more = len(names) - SHOWN
    shown = ", ".join(names[:SHOWN]) + (f" (+{more})" if more > 0 else "")
    least = next_version(newest.version, larger((required_bump(diff), "patch")))
    return DataError(
        Text(
            f"版本 {entry.version} 已经发布，已发布的版本不得改变；不同的文件：{shown}",
            f"version {entry.version} is published, and a published version never changes; "
            f"different files: {shown}",
        ),
        file="data/release.yaml",
        place="version",
        remedy=Text(
            f"请把 version 改为 {least} 或更高，并更新 created",
            f"set `version: {least}` or later, and `created:` to today",
        ),
    )


def record_published(release: Path, register: Path) -> Path:
    """Record a release as published and return its entry; an existing entry is left alone.

    Raises DataError where the release is damaged or may not have its version, UsageError where the
    folder is not named after a version or another process is writing.
    """
    if not is_version(release.name):
        raise UsageError(
            Text("发布目录须以版本号命名", "the folder of a release is named after its version"),
            file=release,
            remedy=Text("请给出 data/releases/<版本>", "give a folder data/releases/<version>"),
        )
    problems = manifest_problems(release)
    snapshot = read_snapshot(release)
    if not problems and snapshot.version != release.name:
        problems = (Text(f"其中写的版本是 {snapshot.version}", f"it says {snapshot.version}"),)
    if problems:
        raise DataError(
            Text(
                f"发布不完整，不予登记：{problems[0].zh}",
                f"the release is damaged and is not recorded: {problems[0].en}",
            ),
            file=release,
            remedy=Text("请重新构建", "build again"),
        )
    entry = register / release.name
    with machine_errors(register), locked(register / LOCK, BUSY):
        recover(register)
        check_against_published(release, release.name, register)
        if entry.exists():
            return entry
        draft = register / f".{release.name}{DRAFT}"
        for name in (MANIFEST, *_kept(release)):
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            with durable(draft / name) as stream:
                stream.write((release / name).read_bytes())
        for folder in (*(path for path in draft.iterdir() if path.is_dir()), draft):
            sync_folder(folder)
        draft.rename(entry)
        sync_folder(register)
    return entry


def newest_published(register: Path) -> Published | None:
    """The published version that a new release is compared with."""
    entries = read_register(register)
    return entries[-1] if entries else None
