"""The command that publishes, as a process of its own that can be killed.

Nearly all the tests publish dozens of times, and most of a short publication is the start of Python.
So the process is forked from one that has loaded the program already; ``command`` starts it as a
person does.
"""

from __future__ import annotations

import json
import multiprocessing
import multiprocessing.connection
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["pytest", "shenwan_data.cli.main", "shenwan_data.publish.ckan.ckan_target", "shenwan_data.publish.git",
     "shenwan_data.publish.store.open_store", "s3fs", "sshfs", "webdav4.fsspec"]
)  # fmt: skip
# Each start looks after the children that have ended; two threads that read one's end would lose it.
_ONE_AT_A_TIME = threading.Lock()
_SECRETS = ("_TOKEN", "_PASSWORD", "_SECRET")


@dataclass(frozen=True)
class Death:
    """The process kills itself before the ``moment``-th thing it does (from 1).

    A thing is a change under the folder ``root``, or where there is none a program that is started.
    """

    moment: int
    root: Path | None = None

    def prepare(self) -> None:
        """In the process that is to die."""
        changes = ("os.rename", "os.mkdir", "os.remove", "os.rmdir")
        left = self.moment

        def hook(event: str, details: tuple[Any, ...]) -> None:
            nonlocal left
            if self.root is None:
                counts = event == "subprocess.Popen"
            else:
                changing = event in changes or (event == "open" and details[1] not in (None, "rb"))
                counts = changing and str(details[0]).startswith(str(self.root))
            if counts:
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)


def _run(
    arguments: list[str], environment: Mapping[str, str], output: str, death: Death | None
) -> None:
    """In the forked process: what the command does."""
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.chdir(ROOT)
    os.environ.update(environment)
    from shenwan_data.cli.main import main

    if death is not None:
        death.prepare()
    main(arguments)


class Running:
    """A publication under way."""

    def __init__(
        self,
        arguments: list[str],
        environment: Mapping[str, str],
        output: Path,
        death: Death | None = None,
    ) -> None:
        self._output = output
        given = (arguments, environment, str(output), death)
        self._process = _FORKS.Process(target=_run, args=given)
        with _ONE_AT_A_TIME:
            self._process.start()

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a failing machine would, at once."""
        self._process.kill()

    def wait(self, seconds: float = 120) -> tuple[int, str]:
        """Wait for its end; return its exit code (-9 where it was killed) and what it said."""
        multiprocessing.connection.wait([self._process.sentinel], seconds)
        with _ONE_AT_A_TIME:
            code = self._process.exitcode
        if code is None:
            self._process.kill()
            raise AssertionError(f"it does not end: {self._output.read_text(encoding='utf-8')}")
        return code, self._output.read_text(encoding="utf-8") if self._output.exists() else ""


class Victim:
    """A publication that something kills which may be asked for before the process is known."""

    def __init__(self) -> None:
        self._known = threading.Event()
        self._running: Running | None = None

    def is_(self, running: Running) -> Running:
        """This is the one."""
        self._running = running
        self._known.set()
        return running

    def kill(self) -> None:
        """Kill it."""
        assert self._known.wait(10) and self._running is not None
        self._running.kill()


@dataclass
class Publisher:
    """The command as a person runs it, with its file of targets and its environment."""

    folder: Path
    targets: dict[str, Any]
    environment: dict[str, str]
    output: Path = field(init=False)

    def __post_init__(self) -> None:
        self.output = self.folder / "said"
        self.output.mkdir(exist_ok=True)

    def arguments(self, release: Path, *options: str, to: str = "town") -> list[str]:
        """What stands behind ``shenwan-data``."""
        file = self.folder / "targets.yaml"
        file.write_text(json.dumps({"targets": self.targets}), encoding="utf-8")
        return ["publish", str(release), "--to", to, "--targets", str(file), *options]

    def command(self, release: Path, *options: str) -> subprocess.Popen[str]:
        """The command, started from nothing."""
        return subprocess.Popen(
            [sys.executable, "-m", "shenwan_data", *self.arguments(release, *options)],
            cwd=ROOT, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
        )  # fmt: skip

    def start(
        self, release: Path, *options: str, to: str = "town", death: Death | None = None
    ) -> Running:
        """The command, not waited for."""
        output = self.output / secrets.token_hex(8)
        return Running(self.arguments(release, *options, to=to), self.environment, output, death)

    def __call__(self, release: Path, *options: str, to: str = "town", code: int = 0) -> str:
        """The command from start to end. No secret stands in what it said or noted."""
        found, said = self.start(release, *options, to=to).wait()
        assert found == code, said
        noted = [path.read_text("utf-8") for path in release.parent.glob(".published/*")]
        for name, value in self.environment.items():
            if name.endswith(_SECRETS) and value:
                assert not [text for text in (said, *noted) if value in text], name
        return said
