"""Every numeral of a text, read.

Belongs here: running the grammar over a text, and which numerals are left out. Does not belong here:
what a match becomes (``counts``, ``ranges``, ``names``), what figures in a list share
(``enumerations``), or which indicator a figure is (``shenwan_data.indicators``).

The reading is one pass from left to right. Figures never overlap, come in text order, and together
cover every digit and Chinese numeral of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from shenwan_data.figures.enumerations import NEAR, share_in_lists
from shenwan_data.figures.folding import fold, unfold
from shenwan_data.figures.grammar import Grammar, behind, grammar
from shenwan_data.figures.names import date
from shenwan_data.figures.numerals import LARGEST, LARGEST_IN_WORDS, MYRIADS, NUMERAL_RUN, SPACES
from shenwan_data.figures.quantity import name
from shenwan_data.figures.record import no_data
from shenwan_data.model import Figure
from shenwan_data.schemas import looks_once

_SENTENCE_END = "。；;：:！？!?”"
_CLAUSE_END = _SENTENCE_END + "，,、）)"
_OPENERS = "（(〔["
_BEFORE_MARKER = SPACES | frozenset("\t" + _CLAUSE_END + _OPENERS + "\n\r其")
_SHARE = re.compile(r"[\d.．]+[%％]")
_CLAUSE_MARK = re.compile(r"[，。；,;]")
_MYRIAD = re.compile(f"[{MYRIADS}]")
_LONGEST_NAME = 18


@looks_once
def find_figures(text: str) -> tuple[Figure, ...]:
    """Every numeral of a text as a Figure, in text order, without indicators.

    Offsets are code points into ``text``; ``text[f.start:f.end] == f.quote`` for each.
    """
    folded = fold(text)
    plain = folded.text if folded else text
    found: list[Figure] = []
    near: list[int] = []
    _scan(plain, 0, len(plain), grammar(), found, near)
    found = share_in_lists(plain, found, near)
    return tuple(unfold(text, folded, found) if folded else found)


def _scan(
    text: str, start: int, stop: int, rules: Grammar, found: list[Figure], near: list[int]
) -> None:
    """Append the figures of a stretch to ``found``, and to ``near`` which stand close behind another."""
    position = floor = start
    search, by_first, digits = rules.first.search, rules.by_first.get, rules.digits
    readers, match_marker = rules.readers, rules.marker.match
    while (begin := search(text, position, stop)) is not None:
        place = begin.start()
        # Most places rule a list marker out by the character before them.
        if not place or text[place - 1] in _BEFORE_MARKER:
            marker = match_marker(text, place, stop)
            if marker is not None and _is_marker(text, marker):
                run = NUMERAL_RUN.search(text, place, marker.end())
                if run is not None:
                    found.append(no_data(*run.span(), run[0], "list_marker", "list_marker"))
                    position, floor = marker.end(), run.end()
                    continue
        pattern: re.Pattern[str] | None = by_first(text[place], digits)
        position = place + 1
        while pattern is not None and (match := pattern.match(text, place, stop)) is not None:
            branch = match.lastgroup or ""
            reader = readers[branch]
            if reader is None:
                before = len(found)
                _inside(text, match, rules, found, near)
                position = match.end()
                floor = found[-1].end if len(found) > before else floor
                break
            figure = reader(text, match, floor)
            if figure is not None:
                if (figure.value or figure.upper or 0) >= LARGEST and _is_absurd(figure):
                    figure = name(match, "bare_number")
                if figure.start - floor <= NEAR and found:
                    near.append(len(found))
                found.append(figure)
                floor = figure.end
                position = match.end()
                if position < floor:  # noqa: PLR1730 - a call costs more than the question
                    position = floor
                break
            pattern = behind(pattern, branch)


def _is_absurd(figure: Figure) -> bool:
    """Beyond what can be counted: an identifier, or digits for their own sake."""
    most = max(figure.value or 0, figure.upper or 0)
    if most < LARGEST:
        return False
    return most >= LARGEST_IN_WORDS or not _MYRIAD.search(figure.quote)


def _each_numeral(match: re.Match[str], reason: str, kind: str = "name") -> list[Figure]:
    return [
        no_data(*run.span(), run.group(), kind, reason)
        for run in NUMERAL_RUN.finditer(match.string, match.start(), match.end())
    ]


def _inside(
    text: str, match: re.Match[str], rules: Grammar, found: list[Figure], near: list[int]
) -> None:
    """Append the numerals of a title or a quotation.

    Short words in quotation marks are a name, but for a day (“12·4”), a formula or a percentage. A
    long passage is read like any other text.
    """
    if match.lastgroup == "title":
        found += _each_numeral(match, "law_title")
        return
    start, end = match.start() + 1, match.end() - 1
    if NUMERAL_RUN.search(text, start, end) is None:
        return
    inside = rules.by_first.get(text[start], rules.digits).match(text, start, end)
    whole = inside.lastgroup if inside is not None and inside.end() == end else None
    is_share = _SHARE.fullmatch(text, start, end) is not None
    is_passage = match.lastgroup == "straight" and (
        end - start > _LONGEST_NAME or _CLAUSE_MARK.search(text, start, end) is not None
    )
    if whole == "formula":
        found.append(no_data(start, end, text[start:end], "formula", "formula"))
    elif inside is not None and whole in ("date", "day"):
        found.append(date(text, inside, start))
    elif is_share or is_passage:
        _scan(text, start, end, rules, found, near)
    else:
        found += _each_numeral(match, "slogan")


def _is_marker(text: str, match: re.Match[str]) -> bool:
    """A list marker stands at a line's start, behind the end of a sentence, or in brackets."""
    before = match.start()
    while before and (text[before - 1] in SPACES or text[before - 1] == "\t"):
        before -= 1
    previous = text[before - 1] if before else "\n"
    mark = match.group()
    if mark[-1] in "）)":
        return previous in _OPENERS
    if previous in "\n\r其":
        return True
    if mark[0] == "第" and previous == "、":  # 第一、第二、第三
        return False
    if mark[-1] == "、" and mark[0] in "百千万亿零〇":
        return False
    if mark[-1] in "、.．":
        return previous in _SENTENCE_END
    return previous in _CLAUSE_END


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
