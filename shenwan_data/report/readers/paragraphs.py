"""Printed lines put together again as paragraphs.

Belongs here: what a page of print did to a text, undone: lines broken at the margin, page numbers,
running heads. Does not belong here: getting lines out of a file (``pdf``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line on paper, lengths in points from the left and top of the page of ``height``.

    ``size`` is the height of its characters. ``whole`` lines (rows of a table) are never joined.
    ``column`` numbers the columns of a page; it is 0 where the text goes over the whole width.
    """

    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    size: float
    height: float
    whole: bool = False
    column: int = 0


_PAGE_NUMBER = re.compile(
    r"[-—–－_·~～\s]*(?:第\s*)?(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?:页)?"
    r"(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,3}\s*页?)?[-—–－_·~～\s]*"
)
_MARKER = re.compile(
    r"第[一二三四五六七八九十]+[章节部]|[（(][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、"
    r"|[（(]?\d{1,2}[)）.．、](?!\d)|[①-⑳]"
)
_FIRST = re.compile("一是|首先")
# What print does not break: a Latin word, a number, a formula, with the sign that opens it.
_TOKEN = re.compile(r"[“‘（《(\[]*[\x21-\x7e]*")
_ENDS = ("。", "！", "？", "：", "；", "”", "…", "）", "》")
# Running heads and feet stand in the outer margin; page numbers may stand nearer to the text.
_HEAD = 0.075
_FOOT = 0.12
_WORD = re.compile(r"[A-Za-z]$")


def join_lines(lines: Sequence[PrintedLine]) -> list[str]:
    """The paragraphs of a document, page furniture left out.

    A line starts a paragraph when it is indented, when the line before it stops short of the right
    margin, when the gap above it is wide, or when it starts with a list marker after a full stop or
    a heading.
    Chinese needs no space where two lines meet; between two Latin words one is put.
    """
    lines = _without_furniture(lines)
    body = [line for line in lines if not line.whole]
    if not body:
        return [line.text for line in lines]
    places: dict[tuple[int, int], list[PrintedLine]] = {}
    for line in lines:
        places.setdefault((line.page, line.column), []).append(line)
    margins = {place: _margins(body, places, place) for place in places}
    spacing = _spacing(body)
    interrupting = _notes(body)
    paragraphs: list[str] = []
    held: list[str] = []
    previous: PrintedLine | None = None
    for line in lines:
        if id(line) in interrupting:
            held.append(line.text)
            continue
        if previous is None or _starts(previous, line, margins, spacing, paragraphs[-1]):
            paragraphs += held
            held = []
            paragraphs.append(line.text)
        else:
            latin = _WORD.search(paragraphs[-1]) and _WORD.match(line.text[0])
            paragraphs[-1] += f" {line.text}" if latin else line.text
        previous = line
    return paragraphs + held


def _notes(body: Sequence[PrintedLine]) -> set[int]:
    """Small lines at the foot of pages that part a sentence from its end on the next page.

    They are read behind the paragraph.
    """
    sizes = sorted(line.size for line in body)
    usual = sizes[len(sizes) // 2]
    found: set[int] = set()
    last = max(line.page for line in body)
    for page in {line.page for line in body} - {last}:
        own = [line for line in body if line.page == page]
        notes: list[PrintedLine] = []
        while own and own[-1].size < 0.9 * usual and own[-1].top > 0.4 * own[-1].height:
            notes.append(own.pop())
        if own and notes and not own[-1].text.endswith(_ENDS):
            found.update(id(line) for line in notes)
    return found


def _starts(
    previous: PrintedLine,
    line: PrintedLine,
    margins: dict[tuple[int, int], tuple[float, float]],
    spacing: float,
    paragraph: str,
) -> bool:
    if previous.whole or line.whole:
        return True
    # What stands over the whole width above or below columns is no part of them.
    if previous.page == line.page and (previous.column == 0) != (line.column == 0):
        return True
    em = max(line.size, 1.0)
    if abs(previous.size - line.size) > 0.2 * em:
        return True
    left, own_right = margins[line.page, line.column]
    _, right = margins[previous.page, previous.column]
    middle = (left + own_right) / 2
    marked = _MARKER.match(line.text) is not None
    ended = previous.text.endswith(_ENDS)
    if line.left - left > 1.2 * em and all(
        abs(_middle(x) - middle) < 0.4 * em for x in (previous, line)
    ):
        # The second line of a centred title.
        return ended or marked
    token = 0.0 if ended else _width(_TOKEN.match(line.text), em)
    if right - previous.right > 2.2 * em + token:
        return True
    if line.left - left > 1.2 * em:
        return True
    beside = (previous.page, previous.column) != (line.page, line.column)
    if not beside and line.top - previous.top > 1.7 * spacing:
        return True
    heading = paragraph == previous.text and _MARKER.match(paragraph) and "。" not in paragraph
    return bool((marked and (ended or heading)) or (_FIRST.match(line.text) and heading))


def _width(token: re.Match[str] | None, em: float) -> float:
    """About how wide the unbroken start of a line is."""
    return sum(0.55 * em if sign.isascii() else em for sign in token.group()) if token else 0.0


def _middle(line: PrintedLine) -> float:
    return (line.left + line.right) / 2


def _margins(
    body: Sequence[PrintedLine],
    places: dict[tuple[int, int], list[PrintedLine]],
    place: tuple[int, int],
) -> tuple[float, float]:
    """Left and right margin of a column of a page; odd and even pages differ where a report is bound.

    A few lines show no margin of their own and have those of a place that begins where they do, else
    those of the document.
    """
    own = [line for line in places[place] if not line.whole]
    if len(own) > 5:
        return _edges(own)
    if own:
        left, right = min(line.left for line in own), max(line.right for line in own)
        like = [
            edges
            for lines in places.values()
            if len(lines) > 5
            and (shown := [line for line in lines if not line.whole])
            and abs((edges := _edges(shown))[0] - left) < 3 * own[0].size
            and edges[1] > right - 1
        ]
        if like:
            return min(like, key=lambda edges: edges[1])
    if place[1] and own:
        return _edges(own)
    return _edges([line for line in body if line.column == 0] or body)


def _edges(lines: Sequence[PrintedLine]) -> tuple[float, float]:
    return _margin([line.left for line in lines]), max(line.right for line in lines)


def _margin(edges: list[float]) -> float:
    """The left edge that lines share: the leftmost that occurs twice, else the leftmost."""
    counted = Counter(round(edge / 2) for edge in edges)
    shared = [edge for edge, count in counted.items() if count > 1]
    return min((edge for edge in edges if round(edge / 2) in shared), default=min(edges))


def _spacing(lines: Sequence[PrintedLine]) -> float:
    """The usual distance from line to line."""
    steps = sorted(
        below.top - above.top
        for above, below in pairwise(lines)
        if above.page == below.page and below.top > above.top
    )
    return steps[len(steps) // 2] if steps else 1e9


def _without_furniture(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Without page numbers, and without heads and feet that come back on page after page."""
    pages = {line.page for line in lines}
    edges = [line for line in lines if _at_edge(line, _HEAD)]
    repeated = Counter((_masked(line.text), line.top < line.height / 2) for line in edges)
    most = max(2, len(pages) / 2)
    kept = []
    for line in lines:
        if not line.whole:
            head = line.top < line.height / 2
            if _at_edge(line, _FOOT) and _PAGE_NUMBER.fullmatch(line.text):
                continue
            # Two pages can begin with the same words: only what stands in the margin may go.
            if _at_edge(line, _HEAD) and repeated[_masked(line.text), head] >= most:
                continue
        kept.append(line)
    return kept


def _at_edge(line: PrintedLine, share: float) -> bool:
    return line.bottom < share * line.height or line.top > (1 - share) * line.height


def _masked(text: str) -> str:
    return re.sub(r"\d+", "#", text)
