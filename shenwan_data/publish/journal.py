"""The journal: which steps of a publication were done, so that a person and a rerun can see it.

Belongs here: one line of JSON for each finished step, brought to the disk before the next begins.
Does not belong here: deciding what is left to do; that is asked of the portal, which may have been
changed by others since.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """The journal of one release on one target, a file of JSON lines. Holds no credentials."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = _now) -> None:
        self.path = path
        self._clock = clock
        self._done = {(step, subject, digest) for step, subject, digest in self._lines()}

    def _lines(self) -> Iterator[tuple[str, str, str]]:
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        for line in text.splitlines():
            try:
                entry = json.loads(line)
                yield entry["step"], entry["subject"], entry["sha256"]
            except (ValueError, KeyError, TypeError):
                # The last line of a publisher that was killed may be cut short.
                continue

    def done(self, step: str, subject: str, sha256: str = "") -> bool:
        """Whether this step was done before, with a content of this hash."""
        return (step, subject, sha256) in self._done

    def write(self, step: str, subject: str, sha256: str = "") -> None:
        """Note that a step is done."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        entry = {
            "time": self._clock().isoformat(timespec="seconds"),
            "step": step,
            "subject": subject,
            "sha256": sha256,
        }
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        with self.path.open("ab") as stream:
            # A line that was cut short must not swallow this one.
            if stream.tell() and not self._ends_line():
                line = "\n" + line
            stream.write(line.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        self._done.add((step, subject, sha256))

    def _ends_line(self) -> bool:
        with self.path.open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) == b"\n"


def journal_of(release: Path, target: str) -> Journal:
    """The journal of a release folder on a target: beside the releases, not in one."""
    return Journal(release.parent / ".published" / f"{target}-{release.name}.jsonl")
