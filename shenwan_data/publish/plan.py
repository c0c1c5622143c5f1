"""What a publication would do: one action for each thing on the portal.

Belongs here: the record of a plan and its text. Does not belong here: finding the actions (each
target) or carrying them out (``publisher``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from shenwan_data.errors import ShenwanError, Text, UsageError
from shenwan_data.files import append_durable


class PortalError(ShenwanError):
    """The portal could not be reached, refused, or does not hold what was sent. Exit code 3."""

    exit_code = 3


class ConflictError(PortalError):
    """The portal changed during the publication: somebody else is publishing. Exit code 4."""

    exit_code = 4


Kind = Literal["create", "update", "unchanged", "remove", "drift"]

_LABELS: dict[Kind, Text] = {
    "create": Text("新建", "create"),
    "update": Text("更新", "update"),
    "unchanged": Text("不变", "unchanged"),
    "remove": Text("删除", "remove"),
    "drift": Text("门户上有人改动", "drift"),
}
_WRITES: frozenset[Kind] = frozenset({"create", "update", "remove"})


@dataclass(frozen=True, slots=True)
class Action:
    """One thing on the portal and what is done with it.

    ``drift`` is a change that somebody made on the portal after the publication; it is kept.
    ``subject`` names the thing (a dataset, a file, a field), ``detail`` says what differs.
    """

    kind: Kind
    subject: str
    detail: Text | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All actions of a publication, in the order in which they are done."""

    target: str
    version: str
    actions: tuple[Action, ...]

    @property
    def writes(self) -> tuple[Action, ...]:
        """The actions that change the portal."""
        return tuple(action for action in self.actions if action.kind in _WRITES)

    @property
    def drift(self) -> tuple[Action, ...]:
        """The differences made on the portal that are kept."""
        return tuple(action for action in self.actions if action.kind == "drift")

    def count(self, kind: Kind) -> int:
        """How many actions are of this kind."""
        return sum(1 for action in self.actions if action.kind == kind)

    def render(self) -> str:
        """The plan for a person: one line for each action, then the counts in both languages."""
        lines = [f"{self.target}: {self.version}"]
        for action in self.actions:
            lines.append(f"  {action.kind:<9}  {action.subject}")
            if action.detail is not None and action.kind != "unchanged":
                lines += [f"             {action.detail.en}", f"             {action.detail.zh}"]
        kinds = list(_LABELS.items())
        lines.append(", ".join(f"{self.count(kind)} {label.en}" for kind, label in kinds))
        lines.append("，".join(f"{label.zh} {self.count(kind)} 项" for kind, label in kinds))
        return "\n".join(lines)


def withdrawn_version(target: str, version: str) -> UsageError:
    """What to say where a version that was taken back is to be published."""
    return UsageError(
        Text(f"{version} 已撤回，版本号不再使用", f"{version} was withdrawn; it is not used again"),
        place=target,
        remedy=Text("请提高版本号后重新构建", "raise the version, build again and publish that"),
    )


def forced(actions: Iterable[Action], force: bool) -> tuple[Action, ...]:
    """The actions; with ``force`` every drift becomes the update or removal that undoes it."""
    if not force:
        return tuple(actions)
    return tuple(
        Action("update", action.subject, action.detail) if action.kind == "drift" else action
        for action in actions
    )


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """What was done to publish one release on one target, as JSON lines. Holds no credentials."""

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

    def knows(self, step: str, subject: str) -> bool:
        """Whether this step was done before, with whatever content."""
        return any(entry[:2] == (step, subject) for entry in self._done)

    def write(self, step: str, subject: str, sha256: str = "") -> None:
        """Note that a step is done."""
        entry = {
            "time": self._clock().isoformat(timespec="seconds"),
            "step": step,
            "subject": subject,
            "sha256": sha256,
        }
        append_durable(self.path, json.dumps(entry, ensure_ascii=False))
        self._done.add((step, subject, sha256))


# Part of file names and of the names of variables; town officials may write it in Chinese.
TARGET_NAME = re.compile(r"[^\W_][\w-]{0,63}")


def journal_of(release: Path, target: str) -> Journal:
    """The journal of a release folder on a target: beside the releases, not in one.

    Raises UsageError where the target's name cannot be part of a file name.
    """
    if not TARGET_NAME.fullmatch(target):
        raise UsageError(
            Text(f"目标名称不可用：{target!r}", f"{target!r} cannot be the name of a target"),
            place="targets",
            remedy=Text(
                "请使用字母、数字、连字符和下划线", "use letters, digits, hyphens and underscores"
            ),
        )
    folder = release.resolve()
    return Journal(folder.parent / ".published" / f"{target}-{folder.name}.jsonl")
