"""Numbers that a page or a typesetter broke up, made whole for reading, and the way back.

Belongs here: spaces between thousands (35 000), numbers broken over two lines, note marks between number
and unit (87[1]宗), characters without width. Does not belong here: any other change to a text.

The text itself is never altered: what is read in the folded text is given in the places of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shenwan_data.figures.hedges import hedges
from shenwan_data.figures.numerals import ANY_SPACE, MYRIADS, SPACES, C, D
from shenwan_data.figures.units import unit_at
from shenwan_data.model import Figure
from shenwan_data.schemas import while_unchanged

_WIDTHLESS = "\u200b\u200c\u200d\u2060\ufeff\xad"
_RAISED = "¹²³⁰⁴-⁹"
_NOTE = re.compile(
    rf"(?:\[\d{{1,2}}\]|［\d{{1,2}}］|〔\d{{1,2}}〕|【\d{{1,2}}】|[①-⒇]|[（(](?:注\d{{0,2}}|\d{{1,2}})[）)]|注\d{{1,2}}|[*＊※†‡]{{1,3}}|[{_RAISED}]{{1,2}})"
)
# A place where a number may be broken: a rare character behind a numeral, found by itself first.
_MARKS = rf"\[［〔【①-⒇（(注*＊※†‡{_RAISED}"
_SEAM = re.compile(
    rf"[\n{_MARKS}{_WIDTHLESS}{ANY_SPACE[1:-1]}](?<=[{D}{C}.．,，](?s:.))"
    rf"(?:(?<={ANY_SPACE})(?={D}{{3}})|(?<=[{_WIDTHLESS}])|(?<=\n)(?=[{D}{C}.．{MYRIADS}%％‰一-鿿㎡])|(?<=[{_MARKS}]))"
)
_GROUPED = re.compile(rf"{D}{{1,3}}(?:{ANY_SPACE}{D}{{3}})+(?![{D}]|{ANY_SPACE}{D})(?:[.．]{D}+)?")
_PARTS = frozenset(".．,，")
_ENDS_LINE = re.compile(rf"(?:{D}[{D},，]*(?:[.．]{D}*)?|[{C}]+)$")
_BEGINS_LINE = re.compile(rf"(?:[.．]?{D}[{D},，]*(?:[.．]{D}+)?|[{C}]+)")
_SCALES = frozenset("十百千" + MYRIADS)
_LONGEST_NUMBER = 24
# A shorter line is a cell of a table or a heading, not running text that was broken.
_SHORTEST_LINE = 10
_CLAUSE_NUMBER = re.compile(rf"[第条款][{D}{C}]{{1,3}}$")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without what broke its numbers.

    ``starts`` are where its stretches begin, ``origins`` where each begins in the text it was made of.
    """

    text: str
    starts: Sequence[int]
    origins: Sequence[int]

    def origin(self, offset: int) -> int:
        """The place in the text of a place in the folded text."""
        index = bisect_right(self.starts, offset) - 1
        return self.origins[index] + offset - self.starts[index]


def fold(text: str) -> Folded | None:
    """The text with its broken numbers made whole; None where none is broken."""
    if _SEAM.search(text) is None:
        return None
    starts, origins, pieces = [0], [0], []
    position = length = 0
    for start, end in _breaks(text):
        if start < position:
            continue
        pieces.append(text[position:start])
        length += start - position
        position = end
        starts.append(length)
        origins.append(position)
    if not pieces:
        return None
    pieces.append(text[position:])
    return Folded("".join(pieces), starts, origins)


def unfold(text: str, folded: Folded, figures: Sequence[Figure]) -> Iterator[Figure]:
    """The figures of the folded text in the places of the text."""
    for figure in figures:
        start = folded.origin(figure.start)
        end = folded.origin(figure.end - 1) + 1
        yield replace(figure, start=start, end=end, quote=text[start:end])


def _breaks(text: str) -> Iterator[tuple[int, int]]:
    """The stretches that stand in a number and are no part of it, in order."""
    done = 0
    for seam in _SEAM.finditer(text):
        place, mark = seam.start(), seam.group()
        if place < done:
            continue
        if mark == "\n":
            stretches = [seam.span()] if _is_broken(text, place) else []
        elif mark in _WIDTHLESS:
            stretches = [seam.span()]
        elif mark in SPACES:
            stretches = _grouped(text, place)
        else:
            note = _NOTE.match(text, place)
            noted = note is not None and _counts_behind(text, note.end())
            # 第3（1）项 has no note.
            noted = noted and _CLAUSE_NUMBER.search(text, max(0, place - 5), place) is None
            stretches = [note.span()] if note and noted else []
        yield from stretches
        done = stretches[-1][1] if stretches else done


def _grouped(text: str, space: int) -> list[tuple[int, int]]:
    """The spaces between the thousands of a number, where a unit or 万 follows (35 000余份)."""
    start = space - 1
    while start > space - 3 and text[start - 1 : start].isdecimal():
        start -= 1
    number = _GROUPED.match(text, start)
    before = text[max(0, start - 2) : start]
    inside = before[-1:] in _PARTS and before[:1].isdecimal()
    if number is None or before[-1:].isdecimal() or inside:
        return []
    if not _counts_behind(text, number.end()):
        return []
    return [(at, at + 1) for at in range(start, number.end()) if text[at] in SPACES]


@while_unchanged("hedges.yaml")
def _multiplier() -> re.Pattern[str]:
    return re.compile(
        rf"{ANY_SPACE}?(?:[{MYRIADS}十百千]|[{hedges().inner}+＋]|[wW](?![A-Za-z0-9]))"
    )


def _counts_behind(text: str, place: int) -> bool:
    """Whether what follows a number makes it a quantity: a unit, 万, 余."""
    return (
        _multiplier().match(text, place) is not None
        or unit_at(text, place, digits=True) is not None
    )


def _is_broken(text: str, line_end: int) -> bool:
    """Whether a number goes on behind the end of a line: 8 | 7宗, 12. | 5万元, 87 | 宗.

    The line must be one of running text with a word before the number, or the next cell of a table
    would be read into it; and a unit must follow.
    """
    before = _ENDS_LINE.search(text, max(0, line_end - _LONGEST_NUMBER), line_end)
    if before is None or not text[before.start() - 1 : before.start()].strip():
        return False
    if before.start() == 0 or not "一" <= text[before.start() - 1] <= "鿿":
        return False
    printed, place = before.group(), line_end + 1
    after = _BEGINS_LINE.match(text, place)
    if after is None or (printed[-1].isdecimal() and after.group()[0] in _SCALES):
        whole = printed[-1] not in ".．,，" and (len(printed) > 1 or printed != "一")
        return whole and text[place : place + 1] != "年" and _counts_behind(text, place)
    pointed = printed[-1] in ".．,，" or after.group()[0] in ".．"
    if not pointed and "\n" in text[max(0, line_end - _SHORTEST_LINE) : line_end]:
        return False
    if (
        _YEAR.fullmatch(printed)
        or printed[0].isdecimal() != after.group().lstrip(".．")[0].isdecimal()
    ):
        return False
    return unit_at(text, after.end(), digits=True) is not None or (
        after.group()[-1].isdecimal() and _counts_behind(text, after.end())
    )
