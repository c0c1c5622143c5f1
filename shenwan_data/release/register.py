"""The register of published versions, ``data/published/``, kept in version control.

Belongs here: what is kept of a published release, and what a new one is held against. Does not
belong here: publishing to a portal (``publish``).

Releases are built and not kept in version control; what was published has to be, or nobody could
say later that a version never changed. ``published/<version>/`` holds the manifest, which pins every
byte, and of the files it lists the descriptors and the CSV tables: what a comparison needs, and text
that version control keeps small. The rest can be built again and compared with the manifest.

Until a version is recorded here it is a draft and may be built anew as often as one likes; from then
on a build of that version with any other content is refused.
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
    """Whether a mark's date is one, and the release that carried it had reached it."""
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
    """Whether all that is gone was marked in ``old``, the release published before.

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
                "put it back with deprecated: {since: a date, replaced_by: the new name}, publish "
                "that, and remove it in the release after",
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
    """The register that belongs to a folder of releases: it lies beside it."""
    return releases.parent / REGISTER


def _altered(folder: Path, problem: object) -> DataError:
    return DataError(
        Text(
            f"已发布版本的登记被改动：{problem}",
            f"the record of a published version has been altered: {problem}",
        ),
        file=folder,
        remedy=Text("请从版本库恢复该目录", "restore the folder from version control"),
    )


def read_register(register: Path) -> tuple[Published, ...]:
    """Every published version, the oldest first; none where there is no register.

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
    """The paths of what the register keeps of a release, beside its manifest."""
    paths = [DESCRIPTOR]
    for name, package in descriptors(release):
        paths.append(f"{name}/{DESCRIPTOR}")
        paths += [f"{name}/{resource['path']}" for resource in table_resources(package)]
    return paths


def check_against_published(draft: Path, version: str, register: Path) -> None:
    """Whether a release may be called ``version``, given what is published.

    A published version must have the very files it was published with; a new one must be later than
    the newest and by as large a step as the change asks for, and may only leave out what that one
    marked as deprecated. Raises DataError that says what is wrong and which version it must be.
    """
    check_not_withdrawn(version, register)
    entries = read_register(register)
    if not entries:
        return
    declared, newest = parse_version(version), entries[-1]
    manifest = read_manifest(draft)
    for entry in entries:
        if entry.version == declared:
            if entry.manifest != manifest:
                raise _changed(draft, entry, newest, manifest)
            return
    old, new = read_snapshot(newest.folder), read_snapshot(draft)
    diff = diff_snapshots(old, new)
    check_version(str(newest.version), version, diff)
    check_deprecations(old, diff)


def _changed(
    draft: Path, entry: Published, newest: Published, manifest: dict[str, str]
) -> DataError:
    # The tables first: what describes them differs because they do.
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
    bump = required_bump(diff_snapshots(read_snapshot(newest.folder), read_snapshot(draft)))
    least = next_version(newest.version, larger((bump, "patch")))
    return DataError(
        Text(
            f"版本 {entry.version} 已经发布，已发布的版本不得改变；不同的文件：{shown}",
            f"version {entry.version} is published, and a published version never changes; "
            f"what differs: {shown}",
        ),
        file="data/release.yaml",
        place="version",
        remedy=Text(
            f"请把 version 改为 {least} 或更高，并更新 created",
            f"set version to {least} or later and created to the day",
        ),
    )


def record_published(release: Path, register: Path) -> Path:
    """Record a release as published and return its entry; it is left alone if it is there already.

    Raises DataError where the release is damaged or may not have its version, UsageError where the
    folder is not named for a version or another process is writing.
    """
    if not is_version(release.name):
        raise UsageError(
            Text("发布目录须以版本号命名", "the folder of a release is named for its version"),
            file=release,
            remedy=Text("请给出 data/releases/<版本>", "name a folder data/releases/<version>"),
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
            remedy=Text("请重新构建", "build it again"),
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
