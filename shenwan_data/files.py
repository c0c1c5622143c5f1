"""The one place that writes files whole, locks and renames.

Belongs here: atomic writes, durable files, locks, the swap of two folders, and the tidying up after
a process that was killed. Does not belong here: what a file holds.

A file is written beside its name and renamed. A folder is written as ``.<name>.draft`` and then
exchanged with the current one by one rename, or two where the file system cannot exchange: between
those two the current folder is ``.<name>.old``, and ``recover`` renames it back.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from shenwan_data.errors import Text, UsageError, cannot_write

DRAFT, OLD, LOCK, TEMPORARY = ".draft", ".old", ".lock", ".tmp"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def machine_errors(path: Path | str | None = None, what: Text | None = None) -> Iterator[None]:
    """Turn an OSError of the block into MachineError; ``what`` could not be written."""
    try:
        yield
    except OSError as error:
        raise cannot_write(error, path, what) from error


@contextmanager
def durable(path: Path) -> Iterator[BinaryIO]:
    """A new file whose bytes are on the disk when the block ends. Raises OSError."""
    with path.open("xb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path for the new content of ``path``, renamed to it when the block succeeds.

    The folder is made where it is missing. ``path`` holds its former content or the whole new one.
    Raises MachineError where the system refuses.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    with machine_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # A link that somebody put there would be followed.
            beside.unlink(missing_ok=True)
            yield beside
            with beside.open("rb") as stream:
                os.fsync(stream.fileno())
            beside.replace(path)
        finally:
            # On a full disk the first error counts, not that of tidying up.
            beside.unlink(missing_ok=True)


def write_atomic(path: Path, content: bytes | str) -> None:
    """Write a file whole, text as UTF-8. Raises MachineError; the file is then unchanged."""
    with replacing(path) as beside:
        beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def append_durable(path: Path, line: str) -> None:
    """Add one line at the end of a file of lines and bring it to the disk. Raises MachineError.

    A last line that an earlier process left unfinished gets its own line end first.
    """
    with machine_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as stream:
            size = stream.seek(0, os.SEEK_END)
            if size:
                stream.seek(-1, os.SEEK_END)
            unfinished = size > 0 and stream.read(1) != b"\n"
            stream.write(("\n" if unfinished else "").encode() + f"{line}\n".encode())
            stream.flush()
            os.fsync(stream.fileno())


@contextmanager
def locked(lock: Path, busy: Text) -> Iterator[None]:
    """Hold the lock file ``lock`` for the block; it is made where it is missing.

    The hold ends with the process, however it ends. Raises UsageError saying ``busy`` where another
    process holds it, MachineError where the system refuses the file.
    """
    with machine_errors(lock):
        lock.parent.mkdir(parents=True, exist_ok=True)
        stream = lock.open("a")
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                busy,
                file=lock.parent,
                remedy=Text("请等它结束后再试", "wait until it has ended and try again"),
            ) from error
        yield


def remove_temporaries(folder: Path) -> None:
    """Remove every half-written file below a folder that the caller has locked."""
    for left in folder.rglob(f".*{TEMPORARY}"):
        left.unlink(missing_ok=True)


def recover(folder: Path) -> None:
    """Undo what a killed process left of swaps in a folder that the caller has locked."""
    for old in sorted(folder.glob(f".*{OLD}")):
        current = folder / old.name[1 : -len(OLD)]
        if current.exists():
            _remove(old)
        else:
            old.rename(current)
    for draft in sorted(folder.glob(f".*{DRAFT}")):
        _remove(draft)
    sync_folder(folder)


def _remove(path: Path) -> None:
    """Remove a folder, or a file or link that stands in its place."""
    if path.is_symlink() or not path.is_dir():
        path.unlink()
    else:
        shutil.rmtree(path)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    paths = os.fsencode(one), os.fsencode(other)
    return bool(
        renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], ctypes.c_uint(_RENAME_EXCHANGE)) == 0
    )


def swap(draft: Path, current: Path) -> None:
    """Put a draft folder in the place of ``current``, which need not exist. Raises OSError."""
    folder = current.parent
    if not current.exists():
        draft.rename(current)
    elif exchange(draft, current):
        sync_folder(folder)
        _remove(draft)
    else:
        old = folder / f".{current.name}{OLD}"
        current.rename(old)
        try:
            draft.rename(current)
        except OSError:
            old.rename(current)
            raise
        sync_folder(folder)
        _remove(old)
    sync_folder(folder)
