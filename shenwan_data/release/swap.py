"""Putting a release in place: beside the old one first, then in its stead at one stroke.

Belongs here: durable files, the lock, the swap of two folders, and tidying up after a build that
was killed. Does not belong here: what a release holds (``package``).

A build writes ``.<version>.draft`` under the lock. The draft then changes places with the release
by one rename, or two where the file system cannot exchange: between those two the old release is
``.<version>.old``, and whoever takes the lock next puts it back.
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

from shenwan_data.errors import Text, UsageError

DRAFT, OLD, LOCK = ".draft", ".old", ".lock"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def durable(path: Path) -> Iterator[BinaryIO]:
    """A new file whose bytes are on the disk when the block ends. Raises OSError."""
    with path.open("xb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(releases: Path) -> Iterator[None]:
    """The right to change the releases folder. Raises UsageError where another build has it."""
    releases.mkdir(parents=True, exist_ok=True)
    with (releases / LOCK).open("a") as lock:
        try:
            # The system drops the lock with the process, so a killed build leaves none behind.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                Text("另一个构建正在写入此目录", "another build is writing to this folder"),
                file=releases,
                remedy=Text("请等它结束后再试", "wait for it to end and try again"),
            ) from error
        yield


def recover(releases: Path) -> None:
    """Undo what a killed build left; only under the lock, where no draft can be a living one's."""
    for old in sorted(releases.glob(f".*{OLD}")):
        release = releases / old.name[1 : -len(OLD)]
        if release.exists():
            shutil.rmtree(old)
        else:
            old.rename(release)
    for draft in sorted(releases.glob(f".*{DRAFT}")):
        shutil.rmtree(draft)
    sync_folder(releases)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    paths = os.fsencode(one), os.fsencode(other)
    return bool(
        renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], ctypes.c_uint(_RENAME_EXCHANGE)) == 0
    )


def put_in_place(draft: Path, release: Path) -> None:
    """Make the draft the release, whether or not there is one already; the old one is removed."""
    releases = release.parent
    if not release.exists():
        draft.rename(release)
    elif exchange(draft, release):
        sync_folder(releases)
        shutil.rmtree(draft)
    else:
        old = releases / f".{release.name}{OLD}"
        release.rename(old)
        try:
            draft.rename(release)
        except OSError:
            old.rename(release)
            raise
        sync_folder(releases)
        shutil.rmtree(old)
    sync_folder(releases)
