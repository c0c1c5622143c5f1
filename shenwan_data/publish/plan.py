"""What a publication would do: one action for each thing on the portal.

Belongs here: the record of a plan and its text. Does not belong here: finding the actions (each
target) or carrying them out (``publisher``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shenwan_data.errors import Text

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
    """One thing on the portal and what becomes of it.

    ``drift`` is a difference that somebody made on the portal after the publication; it is kept.
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


def forced(actions: Iterable[Action], force: bool) -> tuple[Action, ...]:
    """The actions; with ``force`` every drift becomes the update or removal that undoes it."""
    if not force:
        return tuple(actions)
    return tuple(
        Action("update", action.subject, action.detail) if action.kind == "drift" else action
        for action in actions
    )
