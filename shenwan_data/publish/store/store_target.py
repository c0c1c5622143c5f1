"""Publishing to a store: stage, read back, rename, then update the index atomically.

Belongs here: the steps on a store. Does not belong here: the layout (``index``), single operations
(``store``).

On a store that cannot rename the public can list every folder. There the files are written to their
final folder before the index lists them, the manifest last: readers of the index or of the manifest
find a complete release or none.

Nothing but the folder of the release, its staging folder, the index and the lock is ever written or
removed, and a folder of that name that somebody else made is left alone.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from shenwan_data.config.settings import is_version, parse_version
from shenwan_data.errors import Text, UsageError
from shenwan_data.publish.plan import (
    Action,
    ConflictError,
    Journal,
    Plan,
    PortalError,
    withdrawn_version,
)
from shenwan_data.publish.release_folder import ReleaseFile, ReleaseFolder
from shenwan_data.publish.store.index import (
    INDEX,
    LOCK,
    Index,
    parse_index,
    staging,
)
from shenwan_data.publish.store.store import Store
from shenwan_data.release.descriptor import DESCRIPTOR
from shenwan_data.release.manifest import MANIFEST

_LOCK_SECONDS = 3600
_MISSING = Text("文件缺失", "the file is missing")
_CHANGED = Text("内容被改动", "its content was changed")
_EXTRA = Text("不属于该发布版本", "it is not part of the release")


class StoreTarget:
    """A store as a target. ``url`` is where the public reads it, ``name`` what it is called."""

    def __init__(self, store: Store, url: str) -> None:
        self.name = store.target
        self.store = store
        self.url = url

    def _index(self) -> Index:
        return parse_index(self.store.read(INDEX), self.name)

    def _place(self, release: ReleaseFolder) -> str:
        return staging(release.version) if self.store.renames else release.version

    def plan(self, release: ReleaseFolder, *, force: bool) -> Plan:
        """What differs. Reads every file of a release that is published already."""
        index = self._index()
        name = str(release.descriptor["name"])
        if index.name not in ("", name):
            raise self._foreign(INDEX, index.name)
        if release.version in index.withdrawn:
            raise withdrawn_version(self.name, release.version)
        published = index.releases.get(release.version)
        if published is None:
            actions = [Action("create", file.path) for file in release.files]
            actions.append(Action("update" if index.releases else "create", INDEX))
            return Plan(self.name, release.version, tuple(actions))
        if published != release.manifest_sha256:
            raise UsageError(
                Text(
                    f"{release.version} 已以其他内容发布，已发布的版本不再改动",
                    f"{release.version} is already published with other content; a published "
                    "release never changes",
                ),
                place=self.name,
                remedy=Text(
                    "请在数据目录的 release.yaml 中提高版本号后重新构建",
                    "raise the version in release.yaml of the data folder and build again",
                ),
            )
        return Plan(self.name, release.version, tuple(self._differences(release, force)))

    def _foreign(self, path: str, found: str) -> PortalError:
        return PortalError(
            Text(
                f"该目标已有其他内容（{found}），未作改动",
                f"the target holds something else here ({found}); it was left alone",
            ),
            file=path,
            place=self.name,
            remedy=Text(
                "请为该数据集另选目录，或先移走这些文件",
                "choose another folder for this data set, or move those files away first",
            ),
        )

    def _differences(self, release: ReleaseFolder, force: bool) -> Iterator[Action]:
        found = self.store.sizes(release.version)
        for file in release.files:
            digest = None
            if file.path in found:
                digest = self.store.sha256(f"{release.version}/{file.path}")
            if digest == file.sha256:
                yield Action("unchanged", file.path)
            else:
                detail = _MISSING if digest is None else _CHANGED
                yield Action("update" if force else "drift", file.path, detail)
        for path in sorted(set(found) - {file.path for file in release.files}):
            yield Action("remove" if force else "drift", path, _EXTRA)

    def stage(self, release: ReleaseFolder, plan: Plan, journal: Journal) -> None:
        """Bring the files that the plan names, the manifest last; those that are there stay."""
        with self._locked(release.version):
            place, new = self._staged(release, plan), _is_new(plan)
            present = self.store.sizes(place)
            if new and not self.store.renames:
                self._require_own(release, present, journal)
            for file in _manifest_last(_files(release, plan)):
                # A published file was found to be wrong, whatever the journal says.
                was = new and journal.done("sent", f"{place}/{file.path}", file.sha256)
                if not (was and present.get(file.path) == file.size):
                    self.store.put(f"{place}/{file.path}", file.file)
                    journal.write("sent", f"{place}/{file.path}", file.sha256)
            if new:
                # What an earlier attempt with other content left, and cut-off parts of files.
                for path in set(self.store.sizes(place)) - {file.path for file in release.files}:
                    self.store.remove(f"{place}/{path}")

    def _require_own(
        self, release: ReleaseFolder, present: Mapping[str, int], journal: Journal
    ) -> None:
        """Whether all that is in the unlisted folder of the version was put there by this project.

        What an interrupted publication left has names of the release or of the journal.
        """
        known = {file.path for file in release.files}
        for path in sorted(present):
            place = f"{release.version}/{path}"
            if path not in known and not journal.knows("sent", place):
                raise self._foreign(place, path)

    def _remove_own(self, name: str, version: str) -> None:
        """Remove the folder of a version, if it holds a release of this data set."""
        if not self.store.sizes(version):
            return
        content = self.store.read(f"{version}/{DESCRIPTOR}") or b"null"
        try:
            found = json.loads(content)["name"]
        except (ValueError, KeyError, TypeError):
            found = None
        if found != name:
            raise self._foreign(version, str(found or version))
        self.store.remove_release(version)

    def _staged(self, release: ReleaseFolder, plan: Plan) -> str:
        """Where the files of the plan go: a published release is repaired in its own folder."""
        return self._place(release) if _is_new(plan) else release.version

    def verify(self, release: ReleaseFolder, plan: Plan, journal: Journal) -> dict[str, str]:
        """Read every file back from where it was staged."""
        place = self._staged(release, plan)
        drifted = {action.subject for action in plan.drift}
        verified = {}
        for file in release.files:
            if file.path in drifted:
                continue
            found = self.store.sha256(f"{place}/{file.path}")
            if found is None and self.store.renames:
                # An interrupted switch has moved it already.
                found = self.store.sha256(f"{release.version}/{file.path}")
            if found != file.sha256:
                if _is_new(plan):
                    # The next attempt must send it again, whatever the journal says.
                    self.store.remove(f"{place}/{file.path}")
                raise PortalError(
                    Text(
                        f"存储中的文件与发送的不一致（{found}）",
                        f"the stored file differs from the one that was sent ({found})",
                    ),
                    file=file.path,
                    place=self.name,
                    remedy=Text(
                        "没有公开任何内容；请重新发布，若再次出现请检查存储",
                        "nothing was made public; publish again, and check the store if it happens again",
                    ),
                )
            verified[file.path] = found
        journal.write("verified", release.version, release.manifest_sha256)
        return verified

    def switch(self, release: ReleaseFolder, plan: Plan, journal: Journal) -> None:
        """Rename the staged folder to that of the version, then list it in the index."""
        with self._locked(release.version) as lock:
            if self._staged(release, plan) == release.version and self.store.renames:
                self._remove_extra(release, plan)
                return
            if self.store.renames:
                if self.store.sizes(staging(release.version)):
                    # No index lists it: an interrupted publication left it.
                    self._remove_own(str(release.descriptor["name"]), release.version)
                self.store.move(staging(release.version), release.version)
                journal.write("moved", release.version, release.manifest_sha256)
            else:
                self._remove_extra(release, plan)
            # Read again under the lock: another release may have been published meanwhile.
            self._check_lock(lock)
            index = self._index().with_release(release)
            self.store.write(INDEX, index.to_json())
            if self._index().releases.get(release.version) != release.manifest_sha256:
                raise ConflictError(
                    Text("索引被同时改写", "the index was rewritten at the same time"),
                    file=INDEX,
                    place=self.name,
                    remedy=Text("请重新发布", "publish again"),
                )

    def _remove_extra(self, release: ReleaseFolder, plan: Plan) -> None:
        for action in plan.writes:
            if action.kind == "remove":
                self.store.remove(f"{release.version}/{action.subject}")

    def record(self, release: ReleaseFolder) -> str:
        """The address of the release's descriptor."""
        return f"{self.url.rstrip('/')}/{release.version}/datapackage.json"

    def versions(self, name: str) -> tuple[str, ...]:
        """The versions that the index lists, and those that are or were being published."""
        index = self._index()
        folders = {
            path.partition("/")[0].removeprefix(staging("")) for path in self.store.sizes("")
        }
        listed = (
            {*index.releases, *filter(is_version, folders)} if index.name in ("", name) else set()
        )
        return tuple(sorted(listed, key=parse_version))

    def read_file(self, name: str, version: str, path: str) -> bytes | None:  # noqa: ARG002
        """A file of a version, published or staged; None where it holds none."""
        content = self.store.read(f"{version}/{path}")
        return self.store.read(f"{staging(version)}/{path}") if content is None else content

    def withdraw(self, name: str, version: str) -> Text | None:
        """Take a version out of the index, then remove its files. Another data set is left alone."""
        if not is_version(version):
            raise ValueError(version)
        with self._locked(version) as lock:
            self._check_lock(lock)
            index = self._index()
            if index.name not in ("", name):
                raise self._foreign(INDEX, index.name)
            self.store.write(INDEX, index.without(version).to_json())
            if version in index.releases:
                self.store.remove_release(version)
            else:
                self._remove_own(name, version)
            self.store.remove_release(staging(version))
        if self.store.renames:
            return None
        return Text(
            "若该存储桶保留历史版本，请管理员删除其中的旧版本",
            "if the bucket keeps versions of its objects, its administrator removes those",
        )

    @contextmanager
    def _locked(self, version: str) -> Iterator[bytes]:
        """Hold the lock of the store and yield its content. ConflictError where another holds it."""
        owner = f"{socket.gethostname()} {os.getpid()}"
        expires = int(time.time()) + _LOCK_SECONDS
        own = json.dumps({"owner": owner, "version": version, "expires": expires}).encode()
        # Read before and after: some object stores overwrite whatever the request says.
        held = self.store.read(LOCK)
        if held is None and not self.store.create(LOCK, own):
            held = self.store.read(LOCK)
        if held is not None:
            if not _expired(held):
                raise self._busy(held)
            self.store.write(LOCK, own)
        self._check_lock(own)
        try:
            yield own
        finally:
            # Never the lock of another publisher, who found ours expired.
            if self.store.read(LOCK) == own:
                self.store.remove(LOCK)

    def _check_lock(self, own: bytes) -> None:
        held = self.store.read(LOCK)
        if held != own:
            raise self._busy(held or b"{}")

    def _busy(self, held: bytes) -> ConflictError:
        return ConflictError(
            Text(
                f"另一个发布正在进行（{_owner(held)}）",
                f"another publication is under way ({_owner(held)})",
            ),
            file=LOCK,
            place=self.name,
            remedy=Text(
                "请等它结束；若它已中断，一小时后或删除该文件后再试",
                "wait until it has ended; if it was interrupted, try again in an hour or remove that file",
            ),
        )


def _is_new(plan: Plan) -> bool:
    """Whether the plan publishes a new release, rather than repairs a published one."""
    return any(action.subject == INDEX for action in plan.writes)


def _files(release: ReleaseFolder, plan: Plan) -> tuple[ReleaseFile, ...]:
    wanted = {action.subject for action in plan.writes}
    return tuple(file for file in release.files if file.path in wanted)


def _manifest_last(files: tuple[ReleaseFile, ...]) -> list[ReleaseFile]:
    return sorted(files, key=lambda file: (file.path == MANIFEST, file.path))


def _expired(lock: bytes) -> bool:
    """Whether a lock has expired, or its process on this machine has ended."""
    try:
        content = json.loads(lock)
        host, pid = content["owner"].rsplit(" ", 1)
        gone = host == socket.gethostname() and not Path(f"/proc/{int(pid)}").exists()
        return gone or float(content["expires"]) < time.time()
    except (ValueError, KeyError, TypeError, AttributeError):
        return True


def _owner(lock: bytes) -> str:
    try:
        return str(json.loads(lock)["owner"])
    except (ValueError, KeyError, TypeError):
        return "?"
