"""Every numeral of a text, read.

Belongs here: running the grammar over a text and deciding what each match is. Does not belong here:
putting a quantity together (``quantity``) or which indicator it is (``shenwan_data.indicators``).

The reading is one pass from left to right. Figures never overlap, come in text order, and together
cover every digit and Chinese numeral of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shenwan_data.figures.branches import READERS, name
from shenwan_data.figures.grammar import Grammar, grammar
from shenwan_data.figures.numerals import LARGEST, NUMERAL_RUN
from shenwan_data.model import Figure


def unaccounted(text: str, figures: Iterable[Figure]) -> tuple[tuple[int, int], ...]:
    """The stretches (start, end) of digits and Chinese numerals that lie in no figure, in order.

    A figure whose quote is not the text at its place accounts for nothing.
    """
    covered = bytearray(len(text))
    for figure in figures:
        if text[figure.start : figure.end] == figure.quote:
            covered[figure.start : figure.end] = b"\x01" * (figure.end - figure.start)
    gaps: list[tuple[int, int]] = []
    for run in NUMERAL_RUN.finditer(text):
        start = run.start()
        while start < run.end():
            stop = start
            while stop < run.end() and not covered[stop]:
                stop += 1
            if stop > start:
                gaps.append((start, stop))
            start = stop + 1
    return tuple(gaps)


_SPACES = " \u3000\xa0\t"
_SENTENCE_END = "。；;：:！？!?”"
_CLAUSE_END = _SENTENCE_END + "，,、）)"
_OPENERS = "（(〔["
_BEFORE_MARKER = frozenset(_SPACES + _CLAUSE_END + _OPENERS + "\n\r其")
_SHARE = re.compile(r"[\d.．]+[%％]")
_CLAUSE_MARK = re.compile(r"[，。；,;]")
_LONGEST_NAME = 18
_YEAR = re.compile(r"(?:19|20)\d\d")
_DURATION = re.compile(r"(?:周年|年|年度|学年|星期|周)(?:多|余|来)?$")


def find_figures(text: str) -> tuple[Figure, ...]:
    """Every numeral of a text as a Figure, in text order, without indicators.

    Offsets are code points into ``text``; ``text[f.start:f.end] == f.quote`` for each.
    """
    return tuple(_scan(text, 0, len(text), grammar()))


def _scan(text: str, start: int, stop: int, rules: Grammar) -> list[Figure]:
    found: list[Figure] = []
    position = floor = start
    while (begin := rules.first.search(text, position, stop)) is not None:
        position = begin.start()
        match = _match(text, position, stop, rules)
        if match is None:
            position += 1
            continue
        position = match.end()
        read = _read(text, match, floor, rules)
        if read:
            found += read
            floor = read[-1].end
            position = max(position, floor)
    return found


def _match(text: str, position: int, stop: int, rules: Grammar) -> re.Match[str] | None:
    """What stands at a position where something may start; a digit or numeral is always something."""
    # Most places rule a list marker out by the character before them.
    if not position or text[position - 1] in _BEFORE_MARKER:
        marker = rules.marker.match(text, position, stop)
        if marker is not None and _is_marker(text, marker):
            return marker
    return rules.by_first.get(text[position], rules.digits).match(text, position, stop)


def _read(text: str, match: re.Match[str], floor: int, rules: Grammar) -> Sequence[Figure]:
    """What one match of the grammar stands for; nothing where it holds no numeral."""
    branch = match.lastgroup or ""
    make = READERS.get(branch)
    if make is not None:
        figure = make(text, match, floor, rules)
        return (name(match, "bare_number") if _is_absurd(figure) else figure,)
    if branch in _OTHER:
        return _other(match, *_OTHER[branch])
    if branch in ("quoted", "straight"):
        return _quotation(text, match, rules)
    if branch == "title":
        return _each_numeral(match, "law_title")
    reason = branch.partition("_")[2]
    return _other(match, "contact" if reason == "hotline" else "name", reason)


def _is_absurd(figure: Figure) -> bool:
    """Beyond what can be counted: an identifier, or digits for their own sake."""
    value, lower, upper = figure.value, figure.lower, figure.upper
    return (
        (value is not None and value >= LARGEST)
        or (lower is not None and lower >= LARGEST)
        or (upper is not None and upper >= LARGEST)
    )


_OTHER = {
    "marker": ("list_marker", "list_marker"),
    "circled": ("list_marker", "list_marker"),
    "contact": ("contact", "phone_number"),
    "document": ("document", "document_number"),
    "formula": ("formula", "formula"),
    "code": ("name", "code_name"),
    "date": ("date", "calendar_date"),
    "ordinal": ("name", "ordinal_name"),
}


def _other(match: re.Match[str], kind: str, reason: str) -> Sequence[Figure]:
    quote = match.group()
    if kind == "list_marker" and match.lastgroup == "marker":
        return _each_numeral(match, reason, kind)
    if kind == "date" and _DURATION.search(quote) and not _YEAR.match(quote):
        reason = "duration"
    elif kind == "document" and quote[0] == "第":
        reason = "clause_number"
    if match.lastgroup == "circled" or NUMERAL_RUN.search(quote):
        return (Figure(match.start(), match.end(), quote, kind, reason=reason),)
    return ()


def _each_numeral(match: re.Match[str], reason: str, kind: str = "name") -> Sequence[Figure]:
    return [
        Figure(run.start(), run.end(), run.group(), kind, reason=reason)
        for run in NUMERAL_RUN.finditer(match.string, match.start(), match.end())
    ]


def _quotation(text: str, match: re.Match[str], rules: Grammar) -> Sequence[Figure]:
    """Short words in quotation marks are a name, but for a day (“12·4”), a formula or a percentage.

    A long passage is read like any other text.
    """
    start, end = match.start() + 1, match.end() - 1
    if NUMERAL_RUN.search(text, start, end) is None:
        return ()
    inside = rules.by_first.get(text[start], rules.digits).match(text, start, end)
    if inside is not None and inside.end() == end and inside.lastgroup in ("formula", "date"):
        return _other(inside, *_OTHER[inside.lastgroup])
    is_share = _SHARE.fullmatch(text, start, end) is not None
    is_passage = match.lastgroup == "straight" and (
        end - start > _LONGEST_NAME or _CLAUSE_MARK.search(text, start, end) is not None
    )
    if is_share or is_passage:
        return _scan(text, start, end, rules)
    return _each_numeral(match, "slogan")


def _is_marker(text: str, match: re.Match[str]) -> bool:
    """A list marker stands at a line's start, behind the end of a sentence, or in brackets."""
    before = match.start()
    while before and text[before - 1] in _SPACES:
        before -= 1
    previous = text[before - 1] if before else "\n"
    mark = match.group()
    if mark[-1] in "）)":
        return previous in _OPENERS
    if previous in "\n\r其":
        return True
    if mark[-1] == "、" and mark[0] in "百千万亿零〇":
        return False
    if mark[-1] in "、.．":
        return previous in _SENTENCE_END
    return previous in _CLAUSE_END
