"""What takes longer than a click: a build, a publication, in a process of its own.

Belongs here: starting a command of ``shenwan-data``, its progress and its end. Does not belong here:
what the commands do. A command that the desk runs is the one a person would type, so that both give
the same.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from shenwan_data.config.settings import RELEASE_FILE, is_version, load_settings
from shenwan_data.errors import Text, UsageError
from shenwan_data.publish.targets import find_targets_file, read_addresses
from shenwan_data.review.entries import set_key, writing

_LINES = 400
# What the events of a build mean to a person; others are not shown.
_STEPS = ("STEP_START", "STEP_SUCCESS", "STEP_FAILURE")


@dataclass
class Job:
    """One command under way or ended: its output so far, the steps done, and the exit code."""

    name: str
    command: tuple[str, ...]
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=_LINES))
    step: str = ""
    steps: int = 0
    code: int | None = None
    process: subprocess.Popen[str] | None = None

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.code is None

    @property
    def text(self) -> str:
        """What it has printed."""
        return "\n".join(self.lines)


class Jobs:
    """One job at a time; the last one is kept to be looked at."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.last: Job | None = None
        self._lock = threading.Lock()

    def start(self, name: str, *commands: Sequence[str]) -> Job:
        """Run commands of ``shenwan-data`` one after the other, as long as each succeeds.

        Raises UsageError while another job is running.
        """
        with self._lock:
            if self.last is not None and self.last.running:
                raise UsageError(
                    Text("上一步还没有结束", "the last step has not ended yet"),
                    place=self.last.name,
                    remedy=Text("请等它结束", "wait until it has"),
                )
            job = self.last = Job(name, tuple(commands[0]))
        threading.Thread(target=self._run, args=(job, commands), daemon=True).start()
        return job

    def build(self, name: str, version: str, today: date) -> None:
        """Build this version: it and today's date go into ``release.yaml`` first, if it is another.

        Raises UsageError for what is no version.
        """
        if not is_version(version):
            raise UsageError(
                Text("版本号须形如 1.0.0", "the version must be of the form 1.0.0"),
                place=version,
                remedy=Text("请改正版本号", "correct the version"),
            )
        if version != load_settings(self.data_dir).release.version:
            path = self.data_dir / RELEASE_FILE
            with writing(self.data_dir):
                set_key(path, "version", version)
                set_key(path, "created", today.isoformat())
        self.start(name, ["build", "--log-format", "json"])

    def record(self, name: str) -> None:
        """Record the release that was built."""
        self.start(name, ["record", str(load_settings(self.data_dir).release_dir)])

    def publish(self, name: str, target: str, *, dry_run: bool) -> None:
        """Publish to a target, or only show the plan.

        Raises UsageError for an unknown target, and where the plan was not the last thing shown.
        """
        if target not in self.targets():
            raise UsageError(
                Text("没有这个发布目标", "there is no such target"),
                place=target,
                remedy=Text("请从列表中选择", "choose one of the list"),
            )
        release = str(load_settings(self.data_dir).release_dir)
        plan = ("publish", release, "--to", target, "--dry-run")
        shown = self.last is not None and (self.last.command, self.last.code) == (plan, 0)
        if not dry_run and not shown:
            raise UsageError(
                Text("请先看计划", "look at the plan first"),
                place=target,
                remedy=Text("点“先看计划”，看过后再发布", "show the plan, then publish"),
            )
        self.start(name, plan if dry_run else plan[:-1])

    def targets(self) -> tuple[str, ...]:
        """The names of the targets of the data folder; none where it has no such file."""
        try:
            path = find_targets_file(self.data_dir)
        except UsageError:
            return ()
        return tuple(read_addresses(path))

    def stop(self) -> None:
        """End the job under way, if any; what it was writing stays as it was."""
        job = self.last
        if job is not None and job.running and job.process is not None:
            job.process.terminate()

    def _run(self, job: Job, commands: Sequence[Sequence[str]]) -> None:
        code = 1
        try:
            for command in commands:
                code = self._one(job, command)
                if code:
                    break
        except OSError as error:
            job.lines.append(str(error))
        finally:
            job.code = code

    def _one(self, job: Job, command: Sequence[str]) -> int:
        job.process = subprocess.Popen(  # noqa: S603 - a command of ours, no shell
            [sys.executable, "-m", "shenwan_data", *command, "--data-dir", str(self.data_dir)]
            if command[0] in ("build", "accuracy", "publish")
            else [sys.executable, "-m", "shenwan_data", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=self.data_dir.parent,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        for line in job.process.stdout or ():
            self._note(job, line.rstrip("\n"))
        return job.process.wait()

    def _note(self, job: Job, line: str) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            job.lines.append(line)
        elif event.get("event") in _STEPS:
            job.step = str(event.get("step") or "").replace("__", " / ")
            job.steps += event["event"] == "STEP_SUCCESS"
        elif event.get("event") == "BUILD_FAILED":
            job.lines.append(str(event["message"]))
