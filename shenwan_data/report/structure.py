"""How a report's text is divided: headings, sentences, clauses.

Belongs here: finding the parts by their marks. Does not belong here: what a part says.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_NUMBER = "一二三四五六七八九十"
_HEADINGS = (
    re.compile(rf"[ \t\u3000\xa0]*[{_NUMBER}]{{1,3}}、"),
    re.compile(rf"[ \t\u3000\xa0]*[（(][{_NUMBER}]{{1,3}}[）)]"),
    re.compile(r"[ \t\u3000\xa0]*\d{1,2}[.．、](?!\d)"),
    re.compile(r"[ \t\u3000\xa0]*[（(]\d{1,2}[）)]"),
)
# A heading that runs into its paragraph ends at the first full stop; a longer run is a paragraph.
_LONGEST_HEADING = 60
_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?\n]+[”’」』）)]?|$)")
CLAUSE_MARKS = "，,；;：:。！？!?\n"
_CLAUSE_MARK = re.compile(rf"(?!(?<=\d)[,，](?=\d))[{CLAUSE_MARKS}]")
_LONGEST_CLAUSE = 120


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level (0 for 一、, 1 for （一）, 2 for 1., 3 for （1）), offset and words."""

    level: int
    start: int
    title: str


@dataclass(frozen=True, slots=True)
class Structure:
    """The division of one text; offsets are code points into it."""

    headings: tuple[Heading, ...]
    sentence_starts: tuple[int, ...]
    length: int
    # Worked out once, so that asking for every figure of a long text stays linear.
    _paths: tuple[tuple[str, ...], ...] = field(init=False, repr=False, compare=False)
    _heading_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_paths", tuple(_section_paths(self.headings)))
        object.__setattr__(self, "_heading_starts", tuple(h.start for h in self.headings))

    def section_at(self, offset: int) -> tuple[str, ...]:
        """The headings above an offset, outermost first."""
        index = bisect_right(self._heading_starts, offset) - 1
        return self._paths[index] if index >= 0 else ()

    def sentence_at(self, offset: int) -> tuple[int, int]:
        """Start and end of the sentence that holds an offset."""
        index = bisect_right(self.sentence_starts, offset) - 1
        last = index + 1 >= len(self.sentence_starts)
        return self.sentence_starts[index], self.length if last else self.sentence_starts[index + 1]


def _section_paths(headings: Iterable[Heading]) -> Iterator[tuple[str, ...]]:
    path: list[Heading] = []
    for heading in headings:
        path = [above for above in path if above.level < heading.level]
        path.append(heading)
        yield tuple(above.title for above in path)


def structure(text: str) -> Structure:
    """Divide a text into headings and sentences."""
    starts = [match.start() for match in _SENTENCE.finditer(text) if match.group()]
    return Structure(tuple(_headings(text)), tuple(starts) or (0,), len(text))


def clause_at(text: str, start: int, end: int) -> str:
    """The clause that holds a stretch of a text; a comma within a number parts no clauses."""
    marks = [m.start() for m in _CLAUSE_MARK.finditer(text, max(0, start - _LONGEST_CLAUSE), start)]
    first = marks[-1] + 1 if marks else max(0, start - _LONGEST_CLAUSE)
    mark = _CLAUSE_MARK.search(text, end, end + _LONGEST_CLAUSE)
    last = mark.start() if mark else min(len(text), end + _LONGEST_CLAUSE)
    return text[first:last].strip()


def _headings(text: str) -> list[Heading]:
    found: list[Heading] = []
    offset = 0
    for line in text.splitlines(keepends=True):
        for level, mark in enumerate(_HEADINGS):
            if mark.match(line):
                title = re.split(r"[。；;]", line.strip(), maxsplit=1)[0]
                if len(title) <= _LONGEST_HEADING:
                    found.append(Heading(level, offset, title))
                break
        offset += len(line)
    return found
