"""Names shared out among numbers: 分别 gives each its own in order, 均 gives one number to all.

Belongs here: which name is which number's. Does not belong here: cutting a sentence (``frame``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from shenwan_data.model import Figure
from shenwan_data.statements.lexicon import Token

_EACH_IN_ORDER = re.compile(r"分别|依次|各为|分列|分居")
_NAMES = re.compile(r"、|和|与|及|以及")
_ONLY_LIST = re.compile(r"[、，,和与及\s]*(?:以及)?[、，,和与及\s]*")
_SAID_TO_BOTH = re.compile(r"(?:[均都皆]|双双|同为|一律|全部)[^，。；,;]{0,6}$")


def shares_out(text: str, start: int, end: int) -> bool:
    """Whether a sentence has a word that shares names out in order."""
    return _EACH_IN_ORDER.search(text, start, end) is not None


def in_order(
    text: str,
    figures: Sequence[Figure],
    index: int,
    sentence_start: int,
    items: Sequence[Token],
    starts: Sequence[int],
    marks: Sequence[int],
) -> tuple[tuple[Token, ...] | None, int, bool] | None:
    """Its own name where 分别 shares out names in order: its words, or how many figures back they are.

    The names may stand in the clause (A和B分别为1、2) or be the figures just before it (1件、2元，分别增长).
    """
    first = index
    while first and _ONLY_LIST.fullmatch(text, figures[first - 1].end, figures[first].start):
        first -= 1
    head = figures[first].start
    low = max(sentence_start, figures[first - 1].end if first else sentence_start)
    word = None
    for match in _EACH_IN_ORDER.finditer(text, low, head):
        word = match
    if word is None:
        return None
    last = index
    while last + 1 < len(figures) and _ONLY_LIST.fullmatch(
        text, figures[last].end, figures[last + 1].start
    ):
        last += 1
    count, place = last - first + 1, index - first
    if count < 2:
        return None
    at = bisect_left(marks, word.start())
    opened = marks[at - 1] + 1 if at else sentence_start
    opened = max(opened, low)
    shared = tuple(items[bisect_left(starts, word.end()) : bisect_left(starts, head)])
    parts = _parts(text, opened, word.start())
    if len(parts) != count and at >= 1:  # 受理数，办结数，分别为…: the names are clauses
        wider = marks[at - 2] + 1 if at >= 2 else sentence_start
        parts = _parts(text, max(wider, low), word.start())
    if len(parts) == count:
        start, end = parts[place]
        own = tuple(items[bisect_left(starts, start) : bisect_left(starts, end)])
        return own + shared, 0, True
    if first >= count and not parts:
        return None, count, True
    if first >= count and len(parts) <= 1:
        return None, count, True
    return None, 0, True


def _parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    position = start
    for match in _NAMES.finditer(text, start, end):
        found.append((position, match.start()))
        position = match.end()
    found.append((position, end))
    return [(low, high) for low, high in found if text[low:high].strip("，, ")]


def several_names(
    text: str, figure: Figure, segment: int, items: Sequence[Token], starts: Sequence[int]
) -> tuple[tuple[Token, ...], ...]:
    """The names that one share or rank stands for."""
    if figure.kind not in ("ratio", "rank"):
        return ()
    words = text[segment : figure.start]
    parts = _parts(text, segment, figure.start)
    if len(parts) > 1 and "率" not in text[parts[0][0] : parts[0][1]] and "率" in words:
        # 重大决策、规范性文件合法性审查率: the last noun is that of each.
        found = [
            tuple(items[bisect_left(starts, low) : bisect_left(starts, high)])
            for low, high in parts
        ]
        shared = next((t for t in reversed(found[-1]) if t.concept.endswith("_rate")), None)
        if shared is not None and all(found) and all(t[-1].kind == "thing" for t in found):
            return (*((*t, shared) for t in found[:-1]), found[-1])
    if len(parts) < 2 or not (
        _SAID_TO_BOTH.search(words) or "率" in text[parts[0][0] : parts[0][1]]
    ):
        return ()
    return tuple(
        tuple(items[bisect_left(starts, low) : bisect_left(starts, high)]) for low, high in parts
    )
