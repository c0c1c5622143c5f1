"""The hold of a data folder by one build: who has it, whether it still lives, and when it must end.

Belongs here: the lock with its heartbeat, and the time limit of a build. Does not belong here: the
build itself (``assets``), or what it made (``build_record``).
"""

from __future__ import annotations

import json
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from shenwan_data.build_record import WORK_FOLDER
from shenwan_data.errors import MachineError, Text, UsageError
from shenwan_data.files import locked

LIMIT = "SHENWAN_BUILD_MINUTES"
_DEFAULT_MINUTES = 60.0
_BEAT = 5.0
# A build that has shown nothing for so long hangs.
_SILENT = 60.0
# How long a build may take to end by itself once its time is over.
_GRACE = 60.0


@contextmanager
def exclusive_build(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for one build; the hold ends with the process, however it ends.

    Raises UsageError when another build holds it, saying since when and whether it still lives;
    MachineError where the folder cannot be written.
    """
    lock = data_dir / WORK_FOLDER / "lock"
    with locked(lock, _busy(lock)), _beating(lock):
        yield


def _busy(lock: Path) -> Text:
    """What to say where another build holds the lock."""
    zh, en = "另一个构建正在进行", "another build of this data folder is running"
    try:
        held = json.loads(lock.read_text(encoding="utf-8"))
        since, age = str(held["since"]), time.time() - float(held["beat"])
        number = int(held["process"])
    except (OSError, ValueError, KeyError, TypeError):
        return Text(zh, en)
    zh, en = f"{zh}（{since} 开始，进程 {number}", f"{en} (since {since}, process {number}"
    shown = max(0, round(age))
    if age < _SILENT:
        return Text(f"{zh}，{shown} 秒前仍有响应）", f"{en}, last sign of life {shown} s ago)")
    return Text(
        f"{zh}，已 {shown} 秒无响应，可能已停滞，可结束该进程）",
        f"{en}, no sign of life for {shown} s: it may hang and can be ended)",
    )


@contextmanager
def _beating(lock: Path) -> Iterator[None]:
    """Write to the lock, which this process holds, since when and that it lives, every few seconds."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    over = threading.Event()

    def write(text: str) -> None:
        # Not replaced: the hold is on this very file. A full disk is no reason to stop.
        with suppress(OSError), lock.open("r+", encoding="utf-8") as stream:
            stream.write(text)
            stream.truncate()

    def beat() -> None:
        while True:
            held = {"process": os.getpid(), "since": since, "beat": time.time()}
            write(json.dumps(held))
            if over.wait(_BEAT):
                return

    thread = threading.Thread(target=beat, name="heartbeat of the build", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(_BEAT)
        write("")


def build_limit() -> float:
    """How many minutes a build may take. Raises UsageError where the setting is no number of them."""
    given = os.environ.get(LIMIT, "").strip()
    try:
        minutes = float(given) if given else _DEFAULT_MINUTES
    except ValueError:
        minutes = math.nan
    if not 0 < minutes < math.inf:
        raise UsageError(
            Text(f"应为分钟数，现为“{given}”", f"should be a number of minutes, not {given!r}"),
            file=LIMIT,
            remedy=Text("例如 60", "for example 60"),
        )
    return minutes


@contextmanager
def time_limit(minutes: float, give_up: Callable[[MachineError], None]) -> Iterator[None]:
    """Stop the block by a MachineError once its time is over.

    The error is raised wherever the main thread is, again and again until the block has ended; it also
    takes the place of whatever a library made of it. Where the block does not end, ``give_up`` is
    called after a while and the process ends with exit code 3. In another thread than the main one
    there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    error = MachineError(
        Text(f"构建超过 {minutes:g} 分钟，已停止", f"the build took more than {minutes:g} minutes"),
        remedy=Text(
            f"原有发布不变；请查看运行报告中的步骤，确需更久时设置 {LIMIT}",
            "the previous release is unchanged; see the steps in the report of the run, and set "
            f"{LIMIT} where more time is needed",
        ),
    )

    def end() -> None:
        give_up(error)
        os._exit(MachineError.exit_code)

    over = False

    def raise_it(_number: int, _frame: FrameType | None) -> None:
        nonlocal over
        over = True
        raise error

    seconds = minutes * 60
    watch = threading.Timer(seconds + _GRACE, end)
    watch.daemon = True
    former = signal.signal(signal.SIGALRM, raise_it)
    signal.setitimer(signal.ITIMER_REAL, seconds, _BEAT)
    watch.start()
    try:
        yield
    except Exception as other:
        if over:
            raise error from other
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
        watch.cancel()
