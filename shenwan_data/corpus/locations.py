"""A folder, wherever it is: on this machine, or at an address such as ``s3://bucket/folder``.

Belongs here: listing, reading and writing files whole. Does not belong here: what the files hold.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from shenwan_data.errors import Text, UsageError
from shenwan_data.extras import needs_for
from shenwan_data.files import LOCK, locked, remove_temporaries, write_atomic


@dataclass(frozen=True, slots=True)
class Store:
    """A place for files named by relative paths with ``/``.

    ``folder`` is set on this machine; else ``system`` and ``root`` are of fsspec.
    """

    folder: Path | None
    system: Any = None
    root: str = ""
    only: str | None = None

    def files(self) -> tuple[str, ...]:
        """The names of all files, in order; none where the place does not exist."""
        if self.only is not None:
            return (self.only,)
        if self.folder is not None:
            return tuple(
                sorted(
                    Path(where, name).relative_to(self.folder).as_posix()
                    for where, folders, names in os.walk(self.folder)
                    for name in names
                    if not name.startswith(".")
                )
            )
        found = self.system.find(self.root)
        return tuple(sorted(str(name)[len(self.root) :].lstrip("/") for name in found))

    def read(self, name: str) -> bytes:
        """The content of a file. Raises OSError."""
        if self.folder is not None:
            return (self.folder / name).read_bytes()
        return cast("bytes", self.system.cat_file(self._at(name)))

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """A file for reading anywhere in it. Raises OSError."""
        path = self.folder / name if self.folder is not None else None
        with path.open("rb") if path else self.system.open(self._at(name), "rb") as stream:
            yield stream

    def write(self, name: str, content: bytes) -> None:
        """Put a file in its place, whole: beside it first and renamed, or by one upload."""
        if self.folder is None:
            self.system.makedirs(self._at(name).rpartition("/")[0], exist_ok=True)
            self.system.pipe_file(self._at(name), content)
            return
        write_atomic(self.folder / name, content)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold a folder for one run, and remove what a killed process was writing.

        The hold ends with the process, however it ends; an address is not held. Raises UsageError
        when another run has it.
        """
        if self.folder is None:
            yield
            return
        busy = Text("另一次运行正在写入此目录", "another run is writing to this folder")
        with locked(self.folder / LOCK, busy):
            remove_temporaries(self.folder)
            try:
                yield
            finally:
                # A worker that was killed and replaced left what it was writing.
                remove_temporaries(self.folder)

    def remove(self, name: str) -> None:
        """Remove a file that may not be there."""
        if self.folder is not None:
            (self.folder / name).unlink(missing_ok=True)
        elif self.system.exists(self._at(name)):
            self.system.rm_file(self._at(name))

    def remove_folder(self, name: str) -> None:
        """Remove a folder with what is in it; it may not be there."""
        if self.folder is not None:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        elif self.system.exists(self._at(name)):
            self.system.rm(self._at(name), recursive=True)

    def _at(self, name: str) -> str:
        return f"{self.root}/{name}"


def open_store(address: str) -> Store:
    """The store at a path or an fsspec address; a path to one file is a store of that file.

    Raises UsageError where the address is of a kind that is not installed.
    """
    if "://" not in address:
        path = Path(address)
        if path.is_file():
            return Store(path.parent, only=path.name)
        return Store(path)
    try:
        import fsspec

        with needs_for(address):
            system, root = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise UsageError(
            Text("不支持这种地址", f"this kind of address cannot be opened: {error}"),
            file=address,
            remedy=Text(
                "请安装 shenwan-data[corpus] 和相应的 fsspec 实现（S3 用 s3fs）",
                "install shenwan-data[corpus] and the fsspec implementation (s3fs for S3)",
            ),
        ) from error
    root = str(root).rstrip("/")
    if root.endswith(".parquet") and system.isfile(root):
        parent, _, name = root.rpartition("/")
        return Store(None, system, parent, only=name)
    return Store(None, system, root)
