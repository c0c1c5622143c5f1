"""The text of a report as blocks, sentences and runs, with its figures.

Belongs here: cutting the text so that every character and every figure is in exactly one run. Does
not belong here: how they look (``marks``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup, escape

from shenwan_data.report.structure import Structure, structure
from shenwan_data.site.view import Row

# A code may stand right beside Chinese characters, which are letters as well.
_NAMES = re.compile(r"“([^“”]+)”|(?<![A-Za-z0-9_])([a-z]+(?:_[a-z0-9]+)+)(?![A-Za-z0-9_])")


@dataclass(frozen=True)
class CrossReferences:
    """The names of the indicators in one language. ``way`` gives the link from the current page."""

    labels: Mapping[str, str]
    way: Callable[[str], str | None]

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        return {label: code for code, label in self.labels.items()}

    def linked(self, text: str) -> Markup:
        """The text as HTML; a name without a page is not linked."""
        pieces: list[Markup] = []
        at = 0
        for match in _NAMES.finditer(text):
            quoted, written = match.groups()
            code: str | None = self._codes.get(quoted) if quoted else written
            if code is None or code not in self.labels:
                continue
            pieces.append(escape(text[at : match.start()]))
            way = self.way(code)
            label = escape(self.labels[code])
            name = Markup('<a href="{}">{}</a>').format(way, label) if way else label
            pieces.append(Markup("“{}”").format(name))
            at = match.end()
        pieces.append(escape(text[at:]))
        return Markup("").join(pieces)


def named(indicators: Mapping[str, Row], language: str) -> dict[str, str]:
    """The labels of all indicators in one language, by code."""
    return {code: str(row[f"label_{language}"]) for code, row in indicators.items()}


# The limits of a page: some 900 bytes a figure and 3 a character.
FIGURES_PER_PART = 300
CHARACTERS_PER_PART = 30_000


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading: half-open offsets into the text; ``depth`` is 0 for a paragraph."""

    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a sentence: plain text, or one figure."""

    start: int
    end: int
    figure: Row | None


@dataclass(frozen=True)
class Layout:
    """A text laid out. ``parts`` are the blocks of each page, in order."""

    text: str
    parts: tuple[tuple[Block, ...], ...]
    figures: Sequence[Row]
    division: Structure

    def part_at(self, offset: int) -> int:
        """The part that holds an offset."""
        starts = [blocks[0].start for blocks in self.parts]
        return max(bisect_right(starts, offset) - 1, 0)

    def sentence_with(self, quote: str) -> int | None:
        """The start of the first sentence with these words, or None."""
        at = self.text.find(quote)
        return None if at < 0 else self.division.sentence_at(at)[0]

    def sentences(self, block: Block) -> Iterator[tuple[int, int, int]]:
        """The start of each sentence, and the start and end of its part within the block."""
        at = block.start
        while at < block.end:
            start, end = self.division.sentence_at(at)
            stop = min(max(end, at + 1), block.end)
            yield start, at, stop
            at = stop

    def runs(self, start: int, end: int) -> Iterator[Run]:
        """The runs that begin between two offsets.

        A figure that begins there is complete, even if it ends later; text taken by an earlier figure is
        left out.
        """
        index = bisect_right(self.figures, start - 1, key=lambda row: row["start"])
        at = start
        if index and self.figures[index - 1]["end"] > start:
            at = self.figures[index - 1]["end"]
        for row in self.figures[index:]:
            if row["start"] >= end:
                break
            if row["start"] > at:
                yield Run(at, row["start"], None)
            # Of overlapping figures the later one shows only the rest.
            yield Run(max(row["start"], at), max(row["end"], at), row)
            at = max(row["end"], at)
        if at < end:
            yield Run(at, end, None)


def _blocks(text: str, division: Structure) -> Iterator[Block]:
    headings = {heading.start: heading for heading in division.headings}
    depth = 0
    at = start = 0
    # Only line feeds separate lines: other separators are shown as marks.
    for line in text.split("\n"):
        end = at + len(line)
        if line.strip():
            heading = headings.get(at)
            # A heading followed by text in the same line is part of the paragraph.
            alone = heading is not None and heading.title == line.strip().rstrip("。；;")
            if alone:
                # Levels may be skipped in a report, but not in a page.
                depth = min(len(division.section_at(at)), depth + 1)
            # Text between two blocks belongs to the later one, so that nothing is lost.
            yield Block(start, end, depth if alone else 0)
            start = end
        at = end + 1
    if start < len(text):
        yield Block(start, len(text), 0)


def lay_out(text: str, figures: Sequence[Row]) -> Layout:
    """Lay out a text; ``figures`` are its rows in order of their start."""
    division = structure(text)
    parts: list[list[Block]] = [[]]
    starts = [row["start"] for row in figures]
    held = 0
    for block in _blocks(text, division):
        count = bisect_right(starts, block.end - 1) - bisect_right(starts, block.start - 1)
        size = block.end - (parts[-1][0].start if parts[-1] else block.start)
        full = held + count > FIGURES_PER_PART or size > CHARACTERS_PER_PART
        if parts[-1] and full:
            parts.append([])
            held = 0
        parts[-1].append(block)
        held += count
    if not parts[-1]:
        parts[-1].append(Block(0, len(text), 0))
    return Layout(text, tuple(tuple(blocks) for blocks in parts), figures, division)
