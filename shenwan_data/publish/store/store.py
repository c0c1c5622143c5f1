"""The operations on a store that publishing needs, over any file system of fsspec.

Belongs here: reading and writing with retries, and named errors. Does not belong here: how a store
is reached (``open_store``) or its layout (``index``).

No operation leaves the folder of the target, and only the folder of one release can be removed
recursively, whatever a caller asks for.
"""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from shenwan_data.errors import Text
from shenwan_data.publish.http import Retries, TransientError
from shenwan_data.publish.plan import PortalError
from shenwan_data.publish.store.index import is_release_folder

Result = TypeVar("Result")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")

PART = ".part"
_CHUNK = 1 << 20
# A full or read-only disk will be the same at the next attempt.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


@dataclass(frozen=True, slots=True)
class Client:
    """The client of one kind of store.

    ``connect`` returns a file system of fsspec. ``rename`` moves a file or folder atomically and is
    None where the store cannot. ``create`` writes a new file, else raises FileExistsError.
    ``failures`` are the exceptions that may be transient, ``refused`` says which of them are not.
    ``leads_out`` says whether a path below a root leads out of it by a link.
    """

    connect: Callable[[], Any]
    rename: Callable[[Any, str, str], None] | None
    create: Callable[[Any, str, bytes], None]
    failures: tuple[type[Exception], ...] = (OSError,)
    refused: Callable[[Exception], bool] = lambda _: False
    leads_out: Callable[[str, str], bool] = lambda _, __: False


def _is_below(path: str) -> bool:
    """Whether a path with slashes stays below the folder it is relative to, and is not that folder."""
    parts = path.split("/")
    return not _CONTROL.search(path) and all(part not in ("", ".", "..") for part in parts)


class Store:
    """A folder of a store. Paths are relative to it, with slashes.

    Every method raises PortalError when the store refuses, or fails for longer than the retries.
    """

    def __init__(self, target: str, client: Client, root: str, retries: Retries) -> None:
        self.target = target
        self.root = root
        self._client = client
        self._retries = retries
        self._connected: Any = None
        self._made: set[str] = set()

    @property
    def renames(self) -> bool:
        """Whether a file or folder can be renamed atomically."""
        return self._client.rename is not None

    @property
    def filesystem(self) -> Any:
        """The file system, connected when it is first needed and again after a failure."""
        if self._connected is None:
            self._connected = self._client.connect()
        return self._connected

    def _at(self, path: str) -> str:
        """Where a path is on the store. PortalError where it could lead out of the target."""
        place = f"{self.root.rstrip('/')}/{path}" if self.root else path
        if not _is_below(path) or self._client.leads_out(self.root, place):
            raise self._outside(path)
        return place

    def _outside(self, path: str) -> PortalError:
        return PortalError(
            Text(f"拒绝写入目标目录之外：{path!r}", f"{path!r} is not below the target; refused"),
            place=self.target,
            remedy=Text(
                "没有改动任何内容；请检查发布版本和目标目录中的链接",
                "nothing was changed; check the release, and the target for links",
            ),
        )

    def _try(self, what: str, action: Callable[[], Result]) -> Result:
        failures: tuple[type[Exception], ...] = (PermissionError, *self._client.failures)

        def once() -> Result:
            try:
                return action()
            except (FileNotFoundError, FileExistsError, PortalError):
                raise
            except failures as error:
                self._connected = None
                self._made.clear()
                full = isinstance(error, OSError) and error.errno in _NO_ROOM
                if full or isinstance(error, PermissionError) or self._client.refused(error):
                    raise self._refusal(what, error) from None
                raise TransientError(f"{type(error).__name__}: {error}") from None

        # Every operation is idempotent, so all may be retried.
        return self._retries.read(self.target, what, once)

    def _refusal(self, what: str, error: Exception) -> PortalError:
        return PortalError(
            Text(f"{what}：存储拒绝了请求（{error}）", f"{what}: the store refused ({error})"),
            place=self.target,
            remedy=Text(
                "请检查凭据、权限和剩余空间后重新发布",
                "check credentials, rights and free space, then publish again",
            ),
        )

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None where there is none."""
        try:
            return self._try(path, lambda: bytes(self.filesystem.cat_file(self._at(path))))
        except FileNotFoundError:
            return None

    def sha256(self, path: str) -> str | None:
        """The hash of a file as it is read back, or None where there is none."""

        def digest() -> str:
            found = hashlib.sha256()
            with self.filesystem.open(self._at(path), "rb") as stream:
                while chunk := stream.read(_CHUNK):
                    found.update(chunk)
            return found.hexdigest()

        try:
            return self._try(path, digest)
        except FileNotFoundError:
            return None

    def sizes(self, folder: str) -> dict[str, int]:
        """The size of every file under a folder (the whole store for ""), by relative path."""
        place = self._at(folder) if folder else self.root.rstrip("/")
        base = f"{place.strip('/')}/".lstrip("/")

        def find() -> dict[str, int]:
            # Otherwise a folder that cannot be listed would look empty.
            strict = {"on_error": "raise"} if self.renames else {}
            found = self.filesystem.find(place, detail=True, **strict)
            return {
                name.strip("/").removeprefix(base): int(info["size"] or 0)
                for name, info in found.items()
                if name.strip("/").startswith(base)
            }

        try:
            return self._try(folder, find)
        except FileNotFoundError:
            return {}

    def put(self, path: str, file: Path) -> None:
        """Write a file, through a temporary one where the store can rename."""
        self._send(path, lambda place: self.filesystem.put_file(str(file), place))

    def write(self, path: str, content: bytes) -> None:
        """Write a small file atomically."""
        self._send(path, lambda place: self.filesystem.pipe_file(place, content))

    def _send(self, path: str, send: Callable[[str], object]) -> None:
        if not self.renames:
            self._try(path, lambda: send(self._at(path)))
            return
        part = self._at(path + PART)

        def beside() -> None:
            self._parent(path)
            send(part)

        self._try(path, beside)

        def rename() -> None:
            # After a lost answer the part may have been renamed already.
            if self._exists(part):
                self._rename(part, self._at(path))

        self._try(path, rename)

    def create(self, path: str, content: bytes) -> bool:
        """Write a small file only where there is none; False where there is one."""
        try:
            self._try(path, lambda: self._create(path, content))
        except FileExistsError:
            # After a lost answer the existing file may be our own.
            return self.read(path) == content
        return True

    def _create(self, path: str, content: bytes) -> None:
        self._parent(path)
        self._client.create(self.filesystem, self._at(path), content)

    def move(self, source: str, target: str) -> None:
        """Rename a file or folder; done already where the source is gone."""

        def rename() -> None:
            self._made.clear()
            if self._exists(self._at(source)):
                self._rename(self._at(source), self._at(target))

        self._try(target, rename)

    def _rename(self, source: str, target: str) -> None:
        if self._client.rename is None:
            raise TypeError("this store cannot rename")
        self._client.rename(self.filesystem, source, target)

    def remove(self, path: str) -> None:
        """Remove a file; nothing happens where there is none."""
        try:
            self._try(path, lambda: self.filesystem.rm_file(self._at(path)))
        except FileNotFoundError:
            return

    def remove_release(self, folder: str) -> None:
        """Remove the folder of one release, published or staged, and all in it.

        PortalError for any other folder: nothing else may be removed recursively.
        """
        if not is_release_folder(folder):
            raise self._outside(folder)

        def remove() -> None:
            self._made.clear()
            place = self._at(folder)
            if self._exists(place):
                if self.filesystem.info(place).get("islink"):
                    raise self._outside(folder)
                self.filesystem.rm(place, recursive=True)

        self._try(folder, remove)

    def _exists(self, place: str) -> bool:
        # The client's own exists() takes every failure for an absence.
        try:
            self.filesystem.info(place)
        except FileNotFoundError:
            return False
        return True

    def _parent(self, path: str) -> None:
        parent = self._at(path).rpartition("/")[0]
        if self.renames and parent not in self._made:
            self.filesystem.makedirs(parent, exist_ok=True)
            self._made.add(parent)
