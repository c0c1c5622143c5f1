"""The numerals that count nothing, from ``schemas/idioms.yaml``, sorted by how they start.

Belongs here: reading the table and telling at which character each pattern can start. Does not belong
here: when they are tried (``grammar``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shenwan_data.schemas import metadata, while_unchanged

_RANGES = {"0-9": "0123456789", "０-９": "０１２３４５６７８９"}
_LOOK_BACK = re.compile(r"\(\?<[=!](?:[^()\[\]]|\[[^\]]*\])*\)")


@dataclass(frozen=True, slots=True)
class Idiom:
    """One pattern: the characters it may start with (None where that is not plain) and its reason."""

    pattern: str
    starts: frozenset[str] | None
    reason: str


@while_unchanged("idioms.yaml")
def idioms() -> tuple[Idiom, ...]:
    """The patterns in the order of the table, one for each alternative."""
    return tuple(
        Idiom(alternative, first_characters(alternative), entry["reason"])
        for entry in metadata("idioms.yaml")
        for pattern in entry["patterns"]
        for alternative in alternatives(pattern)
    )


def alternatives(pattern: str) -> list[str]:
    """The parts of a regular expression between the bars that stand in no bracket."""
    parts, depth, in_class, escaped, begin = [], 0, False, False, 0
    for position, char in enumerate(pattern):
        if escaped or char == "\\":
            escaped = not escaped
        elif in_class or char == "[":
            in_class = char != "]"
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and not depth:
            parts.append(pattern[begin:position])
            begin = position + 1
    return [*parts, pattern[begin:]]


def first_characters(pattern: str) -> frozenset[str] | None:
    """What a pattern without a bar can start with; None where this simple reading does not tell."""
    while look_back := _LOOK_BACK.match(pattern):
        pattern = pattern[look_back.end() :]
    if group := re.match(r"\(\?:((?:[^()\[\]\\]|\[[^\]]*\])*)\)", pattern):
        starts = [
            first_characters(part + pattern[group.end() :]) for part in alternatives(group[1])
        ]
        known = [chars for chars in starts if chars is not None]
        return frozenset().union(*known) if len(known) == len(starts) else None
    if listed := re.match(r"\[([^\^\]\\][^\]\\]*)\](?![?*]|\{0)", pattern):
        chars = listed[1]
        for name, members in _RANGES.items():
            chars = chars.replace(name, members)
        return None if "-" in chars else frozenset(chars)
    if re.match(r"[^\\\[\](){}.?*+^$|](?![?*]|\{0)", pattern):
        return frozenset(pattern[0])
    return None
