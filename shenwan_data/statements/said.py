"""One statement with all that an indicator is recognised by, and the concepts around its figure.

Belongs here: the records. Does not belong here: how their columns are read (``statement``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from shenwan_data.model import Figure, Statement
from shenwan_data.statements.carried import is_bare
from shenwan_data.statements.frame import Frame, Sentence
from shenwan_data.statements.phrase import Phrase, unit_group

_NOTHING = frozenset(("",))
LEVEL, CHANGE, TARGET = "level", "change", "target"
WHOLE, PART, EACH, ELSEWHERE = "whole", "part", "each", "elsewhere"


class Words:
    """The concepts around a figure, worked out when they are asked for.

    ``clause`` those of its clause, ``beside`` with the clause before, ``around`` those of its sentence
    up to the end of its clause, ``then`` those behind it.
    """

    __slots__ = ("_closed", "_index", "_kept", "_more", "_sentence", "_text")

    def __init__(
        self, sentence: Sentence, index: int, closed: int, text: str, more: frozenset[str]
    ) -> None:
        self._sentence, self._index, self._closed = sentence, index, closed
        self._text, self._more = text, more
        self._kept: dict[str, frozenset[str]] = {}

    @property
    def clause(self) -> frozenset[str]:
        """Those of its clause."""
        return self._of("clause", self._sentence.frames[self._index].clause)

    @property
    def beside(self) -> frozenset[str]:
        """Those of its clause and the one before."""
        start = self._sentence.frames[self._index].clause
        return self._of("beside", two_clauses(self._text, self._sentence.start, start))

    @property
    def around(self) -> frozenset[str]:
        """Those of its sentence up to the end of its clause."""
        found = self._of("around", self._sentence.start)
        return found | self._more if self._more else found

    @property
    def then(self) -> frozenset[str]:
        """Those behind it in its sentence."""
        return concepts_behind(self._sentence, self._index)

    def _of(self, name: str, start: int) -> frozenset[str]:
        if name not in self._kept:
            self._kept[name] = concepts_in(self._sentence, start, self._closed)
        return self._kept[name]


class Said(NamedTuple):
    """A statement with what an indicator is recognised by.

    ``phrases`` are its noun phrases (several where one share stands for several names), ``near`` the
    domains of the nouns before it in its sentence, ``above`` those of the sentence before and of the
    headings; the nearest first. ``words`` are the concepts around it. ``total`` is how surely its words
    name a whole (2, 1, 0), ``second`` says that it counts in another unit what the figure before it
    did. ``part_by`` says what makes it a part: mark (其中), time, occasion, some;
    ``of`` how many figures back its whole stands (走普通程序的6件), or 0.
    """

    figure: Figure
    statement: Statement
    phrases: tuple[Phrase, ...]
    near: tuple[str, ...]
    above: tuple[str, ...]
    words: Words
    total: int = 0
    second: bool = False
    part_by: str = ""
    of: int = 0
    sentence: tuple[int, int] = (0, 0)
    own_year: str = ""


def concepts_in(sentence: Sentence, start: int, end: int) -> frozenset[str]:
    """The concepts of the words that begin in a stretch of a sentence."""
    starts = sentence.starts
    items = sentence.items[bisect_left(starts, start) : bisect_left(starts, end)]
    return frozenset([item.concept for item in items]) - _NOTHING


def two_clauses(text: str, start: int, clause: int) -> int:
    """Where the clause before a clause begins, or the clause itself behind a stronger mark."""
    if clause <= start or text[clause - 1] not in "，,：:（(":
        return clause
    at = clause - 1
    while at > start:
        at -= 1
        if text[at] in "，,；;：:" and not (text[at - 1].isdigit() and text[at + 1].isdigit()):
            return at + 1
    return start


_ENDS = re.compile(r"[，,；;。！？\n（(]")


def clause_end(text: str, start: int, stop: int) -> int:
    """Where the clause ends that a number stands in."""
    match = _ENDS.search(text, start, stop)
    return match.start() if match else stop


def concepts_behind(sentence: Sentence, index: int) -> frozenset[str]:
    """The concepts behind a figure in its sentence; a success rate of 100 % is none that fell short."""
    frames = sentence.frames
    figure = frames[index].figure
    found = concepts_in(sentence, figure.end, sentence.end)
    if "success_rate" in found:
        short = any(
            f.figure.unit == "%" and f.figure.value is not None and f.figure.value < 100
            for f in frames[index + 1 : index + 4]
        )
        found = found if short else found - {"success_rate"}
    return found


_ASPECT = re.compile(r"[^，,。；;：:]{2,22}?(?:方面|领域|工作中)[，,：:]")


def opening_fields(sentence: Sentence, text: str) -> frozenset[str]:
    """The field that a sentence opens with (垃圾分类方面，检查…): what it tells is of that field."""
    match = _ASPECT.match(text, sentence.start, sentence.end)
    if match is None or sentence.frames[0].figure.start < match.end():
        return frozenset()
    if "、" in match.group() or match.group().startswith(("围绕", "针对", "聚焦")):
        return frozenset()  # 围绕农资市场、渣土清运等领域，开展检查: several fields, not one
    return frozenset(
        i.concept for i in sentence.items if i.kind == "field" and i.start < match.end()
    )


_TOPIC = re.compile(r"[^，,。；;：:\d]{2,12}[：:]")


def colon_topic(sentence: Sentence, text: str, clause: int) -> frozenset[str]:
    """The nouns before the colon that a figure's clause stands behind (学法：中心组6次，支部9次)."""
    low = max(text.rfind(mark, sentence.start, clause) for mark in "；;。") + 1
    low = max(low, sentence.start)
    match = _TOPIC.match(text, low, clause)
    if match is None:
        return frozenset()
    items = sentence.items[
        bisect_left(sentence.starts, low) : bisect_left(sentence.starts, match.end())
    ]
    if any(i.kind == "act" for i in items):
        return frozenset()  # 发放宣传品：水杯600个 says what was done, of what each is a part
    return frozenset([i.concept for i in items if i.kind in ("thing", "doing", "person")])


def is_second(frame: Frame, own: Phrase, units: Sequence[str | None]) -> bool:
    """Whether a bare number counts what the one before it did in another unit (出租屋787栋、2030套)."""
    if not (own.inherited and frame.listed and is_bare(frame) and units):
        return False
    groups = {unit_group(frame.figure.unit), unit_group(units[-1])}
    return frame.figure.kind == "count" and len(groups) == 2 and not groups & {"person", "event"}


_SUM = re.compile(r"累计|总计|合计|共计|总共|总[额数量]")
_SIGN = re.compile(r"[计共总全一现位]")  # each of the words below has one
_ALL = re.compile(r"(?<!公)共|总|全年|全[镇街乡县区]|一年来|现(?:共)?有|(?:整改|化解|处置)到位")
# 应考96名，实际参考95名: the second is meant.
_ACTUAL = re.compile(r"实际|实[到考]")


def total_said(text: str, frame: Frame) -> int:
    """How surely the words before a figure name a whole: 2, 1 or 0."""
    words = text[frame.segment : frame.figure.start]
    if not _SIGN.search(words):
        return 0
    if unit_group(frame.figure.unit) == "person" and _ACTUAL.search(words):
        return 1
    return 2 if _SUM.search(words) else 1 if _ALL.search(words) else 0


# 走普通程序的6件, 退回重拟的有9件: some of what was counted before; 上年的6件 is another year's.
_RELATIVE = re.compile(r"的(?:有|只有|仅有?|占)?$")
_COMPARING = frozenset(("time", "date", "above", "change", "own"))


def relative_to(frame: Frame, text: str, own: Phrase, others: Sequence[Figure]) -> int:
    """How many figures back the number stands that one behind a clause with 的 is some of, or 0."""
    figure = frame.figure
    words = text[frame.clause : figure.start]
    if figure.kind != "count" or not others or others[-1].end > frame.clause:
        return 0
    if not _RELATIVE.search(words) or own.end > figure.start:
        return 0
    if any(i.kind in _COMPARING for i in frame.before[-2:]) or _compared(words):
        return 0
    group = unit_group(figure.unit)
    back = (k for k, o in enumerate(reversed(others), 1) if unit_group(o.unit) == group)
    return next((k for k in back if others[-k].kind == "count"), 0)


def _compared(words: str) -> bool:
    return words.lstrip().startswith(("比", "较", "与", "同", "由", "从", "离", "超"))
