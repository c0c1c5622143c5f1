"""Reading a file in a process of its own, which has limits and may die.

Belongs here: starting that process, handing it files, and saying what became of them. Does not belong
here: reading (``source``).

A file of some kilobytes can ask for gigabytes of memory or never come to an end. So every source that
is not plain text is read by a child with limits on memory, processor and wall time; one child serves
many files, and a new one is started where one was lost. The limits are SHENWAN_READER_MEMORY (megabytes,
by default 1024) and SHENWAN_READER_SECONDS (by default 60).
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from shenwan_data.errors import DataError, MachineError, Text, UsageError

MEMORY = "SHENWAN_READER_MEMORY"
SECONDS = "SHENWAN_READER_SECONDS"
_DEFAULTS = {MEMORY: 1024, SECONDS: 60}


@dataclass(frozen=True, slots=True)
class Limits:
    """Memory in megabytes, and seconds for one file, of the processor and on the clock."""

    megabytes: int
    seconds: int


def limits() -> Limits:
    """The limits that hold, from the environment. Raises UsageError where they are no numbers."""
    return Limits(_setting(MEMORY), _setting(SECONDS))


def _setting(name: str) -> int:
    value = os.environ.get(name) or str(_DEFAULTS[name])
    if not value.isdecimal() or not 0 < int(value) < 1_000_000:
        raise UsageError(
            Text(f"{name} 应为正整数", f"{name} should be a whole number above 0"),
            place=value,
            remedy=Text(f"请改正环境变量 {name}", f"correct the environment variable {name}"),
        )
    return int(value)


def read_in_box(content: bytes, path: Path) -> tuple[str, str]:
    """Text and media type of a file.

    Raises DataError, also where the file outruns the limits, and MachineError where the process that
    reads cannot be started.
    """
    allowed = limits()
    with _lock:
        child = _running(allowed)
        try:
            answer = child.ask(content, path, allowed.seconds)
        except _LostError as lost:
            child.stop()
            raise _outrun(path, lost.reason, allowed) from None
        if answer.get("last"):
            child.stop()
    if "text" in answer:
        return str(answer["text"]), str(answer["media_type"])
    if "limit" in answer:
        raise _outrun(path, "memory", allowed)
    raise DataError(
        Text(*answer["problem"]),
        file=answer["file"],
        place=answer["place"],
        remedy=Text(*answer["remedy"]),
    )


class _LostError(Exception):
    """The child gave no answer: ``time`` or ``crash``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Child:
    """A running reader."""

    def __init__(self, allowed: Limits) -> None:
        self.owner = os.getpid()
        self.allowed = allowed
        root = str(Path(__file__).resolve().parents[2])
        search = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH")) if part)
        self.process = subprocess.Popen(  # noqa: S603 - this interpreter, this package
            [sys.executable, "-m", "shenwan_data.report.child", str(allowed.megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": search},
        )

        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the reader has no pipes")
        self.input: IO[bytes] = self.process.stdin
        self.output: IO[bytes] = self.process.stdout

    def ask(self, content: bytes, path: Path, seconds: int) -> dict[str, Any]:
        """What the child makes of a file. Raises _LostError."""
        answers: list[dict[str, Any]] = []

        def exchange() -> None:
            with contextlib.suppress(OSError, ValueError):
                send(self.input, {"name": str(path), "seconds": seconds}, content)
                answer = receive(self.output)
                if answer is not None:
                    answers.append(answer[0])

        # A pipe cannot be read with a time limit on every system; a thread can be waited for.
        thread = threading.Thread(target=exchange, daemon=True)
        thread.start()
        thread.join(seconds + 2)
        if answers:
            return answers[0]
        raise _LostError("time" if thread.is_alive() or self._out_of_time() else "crash")

    def _out_of_time(self) -> bool:
        """Whether the system ended the child for having used up its processor time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return -(self.process.wait(1) or 0) == _SIGXCPU
        return False

    def stop(self) -> None:
        """End the child, in any state it is in."""
        global _child  # noqa: PLW0603 - the one child of this process
        if _child is self:
            _child = None
        if self.owner != os.getpid():
            return
        self.process.kill()
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            self.process.wait(5)
        for stream in (self.input, self.output):
            with contextlib.suppress(OSError):
                stream.close()


_SIGXCPU = 24
_lock = threading.Lock()
_child: _Child | None = None


def _running(allowed: Limits) -> _Child:
    """The child of this process, a new one where there is none that can serve."""
    global _child  # noqa: PLW0603 - the one child of this process
    # A process that was forked has its parent's child in memory, but it is not its own.
    if _child is not None and _child.owner != os.getpid():
        _child = None
    if _child is not None and (
        _child.process.poll() is not None or _child.allowed.megabytes != allowed.megabytes
    ):
        _child.stop()
    if _child is None:
        try:
            _child = _Child(allowed)
        except OSError as error:
            said = error.strerror or str(error)
            raise MachineError(
                Text(f"无法启动读取进程：{said}", f"the reader cannot be started: {said}"),
                remedy=Text(
                    "请检查内存和进程数限制后重试",
                    "check memory and the limit on processes, and try again",
                ),
            ) from error
    return _child


@atexit.register
def _stop() -> None:
    if _child is not None:
        _child.stop()


def send(stream: IO[bytes], head: dict[str, Any], content: bytes = b"") -> None:
    """One message: a line that says how long its parts are, a head as JSON, and bytes."""
    text = json.dumps(head).encode()
    stream.write(b"%d %d\n" % (len(text), len(content)) + text)
    stream.write(content)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next message, None at the end."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    first, second = (int(part) for part in line.split())
    text, content = stream.read(first), stream.read(second)
    if len(text) < first or len(content) < second:
        return None
    head: dict[str, Any] = json.loads(text)
    return head, content


def _outrun(path: Path, reason: str, allowed: Limits) -> DataError:
    problem = {
        "time": Text(
            f"读取超过 {allowed.seconds} 秒，已中止",
            f"reading it took more than {allowed.seconds} seconds and was ended",
        ),
        "memory": Text(
            f"读取所需内存超过 {allowed.megabytes} MB，已中止",
            f"reading it took more than {allowed.megabytes} MB of memory and was ended",
        ),
        "crash": Text("读取时程序崩溃，已中止", "reading it crashed the reader"),
    }[reason]
    return DataError(
        problem,
        file=path,
        remedy=Text(
            "文件可能已损坏或有意构造；请重新下载，或另存为 .txt",
            "the file may be damaged or made to do so; download it again, or save it as .txt",
        ),
    )
