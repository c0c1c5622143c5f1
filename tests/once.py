"""A folder that is expensive to make, made once in a run of the tests, however many processes share it.

Belongs here: making it once. Does not belong here: what is in it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Path]) -> Path:
    """What ``make`` returned for an empty folder of this name; nobody may change it.

    The processes of pytest-xdist have a folder of their own each below that of the run; what is
    shared goes into the latter. ``make`` runs under a lock, and again where it failed before.
    """
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    note = shared / f"{name}.made"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            folder = factory.mktemp(name)
            note.write_text(str(make(folder)), encoding="utf-8")
        return Path(note.read_text(encoding="utf-8"))
