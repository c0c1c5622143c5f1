"""A program that ends with the test that started it, however the test ends.

``serve`` starts it under a small process, which holds a pipe from the test. When the pipe closes,
because the test is done or because its process was interrupted or killed, the program and all that it
started are killed. Belongs here: starting and ending. Does not belong here: which programs there are.
Uses the standard library only; as ``python servers.py [--user NAME] PROGRAM ...`` it is the small process.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any


def serve(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | int = subprocess.DEVNULL,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own.

    The process that is returned is the one that watches: it has the program's exit code, passes SIGTERM
    on, and is ended with ``end``. ``user`` is whose program it is, where root starts it.
    """
    watcher = [sys.executable, "-I", "-S", __file__, *(["--user", user] if user else [])]
    return subprocess.Popen(
        [*watcher, *map(str, command)],
        stdin=subprocess.PIPE, stdout=output, stderr=output, cwd=folder, env=environment,
        start_new_session=True,
    )  # fmt: skip


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the program and all that it started, and wait for it."""
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()
    process.wait(timeout=20)


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _watch(command: list[str], user: str | None) -> int:
    as_user: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user else {}
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **as_user)
    signal.signal(signal.SIGTERM, lambda *_: program.terminate())

    def until_the_pipe_closes() -> None:
        sys.stdin.buffer.read()
        _kill_group(program.pid)

    threading.Thread(target=until_the_pipe_closes, daemon=True).start()
    code = program.wait()
    # What it started may not have noticed.
    _kill_group(program.pid)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    arguments = sys.argv[1:]
    name = arguments[1] if arguments[0] == "--user" else None
    # Not sys.exit: the thread may stand in a read that nothing ends.
    os._exit(_watch(arguments[2:] if name else arguments, name))
