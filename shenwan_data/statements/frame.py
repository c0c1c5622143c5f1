"""The words around each data figure, as words of the lexicon, cut to what belongs to it.

Belongs here: dividing a sentence among its figures. Does not belong here: what the words say
(``counted``, ``period``, ``coverage``, ``nature``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from shenwan_data.model import Figure
from shenwan_data.report.structure import Structure
from shenwan_data.statements.lexicon import NOUNS, TRAILING, Token, lexicon
from shenwan_data.statements.order import in_order, several_names, shares_out

# A page without a full stop has no sentences; no sentence is read further than this.
_REACH = 400
# Nor more figures than this together: a line without a full stop is read in pieces.
_MOST = 40
_MARKS = "，,；;：:。！？!?\n"
_MARK = re.compile(rf"[{_MARKS}]|[（(](?![^（()）]{{1,4}}[）)](?:数|站|活动|会|法律))|[）)]")
# Brackets that give a noun's other half: 村（社区）, 联络站(点), 商（协）会.
_HALF = re.compile(r"[（(](?:社区|居|含社区|村|街道|镇|乡|居委会|协|点|室|站|次|场|组)[）)]")
_LIST_MARK = re.compile(r"[、和及与]|以及|并")
_BROKEN = re.compile(r"(?:违反|依据|适用|按照)[了]?$")
_GIVES = re.compile(r"(?:共?涉及?|总?价值|涉案)(?:金额)?(?:约|近|超)?")
_FIRST = itemgetter(0)
_QUOTED = re.compile(r"“[^”“，,。；;\n]{2,10}”")
_VERBAL = frozenset(("act", "each", "part", "prep"))
_FORMS = frozenset("书单函册")
_LAW = re.compile(r"(?:法|条例|法典)》")
_TITLE = re.compile(r"《[^》\n]{1,80}》")


class Frame(NamedTuple):
    """One data figure in its words.

    ``before`` are the words from its clause or the figure before it up to it, ``after`` those up to the
    next mark or figure; ``clause`` is where its clause begins, ``segment`` where ``before`` does.
    ``sentence`` are the bounds of its sentence. ``listed`` says that it is joined to the figure before
    it as one of a list, ``names`` the other names that one number stands for (审查率、发布率均达100%).
    ``follows`` is the number of figures back that a bare list refers to in order (较去年分别增长), or 0.
    """

    figure: Figure
    before: tuple[Token, ...]
    after: tuple[Token, ...]
    sentence: tuple[int, int]
    clause: int
    segment: int
    listed: bool
    names: tuple[tuple[Token, ...], ...]
    follows: int


class Sentence(NamedTuple):
    """One sentence with data figures: its bounds, words (unknown stretches too), their starts, frames."""

    start: int
    end: int
    items: tuple[Token, ...]
    starts: tuple[int, ...]
    frames: tuple[Frame, ...]


def sentences(text: str, figures: Sequence[Figure], divided: Structure) -> Iterator[Sentence]:
    """The sentences of a text that hold data figures, in text order."""
    group: list[Figure] = []
    bounds = (0, 0)
    dates = [f for f in figures if f.kind == "date"]
    starts = [f.start for f in dates]
    for figure in figures:
        if not figure.is_data:
            continue
        near = bool(group) and figure.start - group[-1].end <= _REACH and len(group) < _MOST
        if near and figure.start < bounds[1]:
            group.append(figure)
            continue
        if group:
            yield _sentence(text, bounds, group, dates, starts)
        low, high = divided.sentence_at(figure.start)
        if group:
            low = max(low, group[-1].end)
        bounds = (max(low, figure.start - _REACH), high)
        group = [figure]
    if group:
        yield _sentence(text, bounds, group, dates, starts)


def _sentence(
    text: str,
    bounds: tuple[int, int],
    figures: Sequence[Figure],
    dates: Sequence[Figure],
    date_starts: Sequence[int],
) -> Sentence:
    start = bounds[0]
    end = min(bounds[1], figures[-1].end + _REACH)
    low, high = bisect_left(date_starts, start), bisect_left(date_starts, end)
    items = tuple(_items(text, start, end, figures, dates[low:high]))
    marks = _marks(text, start, end, figures)
    starts = tuple(map(_FIRST, items))
    frames = tuple(_frames(text, (start, end), figures, items, starts, marks))
    return Sentence(start, end, items, starts, frames)


def words_of(text: str, start: int, end: int) -> list[Token]:
    """The words of a stretch without figures, what no word covers as `unknown`."""
    if text.find("《", start, end) < 0:
        return _words(text, start, end)
    found: list[Token] = []
    position = start
    for match in _TITLE.finditer(text, start, end):
        low, high = match.span()
        found += _words(text, position, low)
        found.append(_titled(text, low, high))
        position = high
    return found + _words(text, position, end)


def _titled(text: str, start: int, end: int) -> Token:
    """A title; that of a law broken names the field (违反《市容环境卫生条例》39起), of a form the form."""
    if _BROKEN.search(text[max(0, start - 4) : start]):
        for token in lexicon().tokens(text, start, end):
            if token.kind == "field":
                return Token(start, end, "field", token.concept, "")
    if text[end - 2] in _FORMS:  # 《责令改正通知书》66份
        last = lexicon().tokens(text, start + 1, end - 1)[-1:]
        if last and last[0].kind == "thing" and last[0].end == end - 1:
            return last[0]
    elif _LAW.search(text, start, end):
        return Token(start, end, "plain", "law", "")
    return Token(start, end, "title", "title", "")


def _words(text: str, start: int, end: int) -> list[Token]:
    tokens = lexicon().tokens(text, start, end, unknown=True)
    if text.find("“", start, end) >= 0:
        return _named(text, start, end, tokens)
    return tokens


def _named(text: str, start: int, end: int, tokens: Sequence[Token]) -> list[Token]:
    """The words of a stretch with the names in quotation marks as what they are (“四送一服”走访企业).

    A name that is put together from verbs and small words says nothing of what was done.
    """
    found = list(tokens)
    for match in _QUOTED.finditer(text, start, end):
        low, high = match.span()
        inside = [t for t in found if low < t.start and t.end < high]
        known = [t for t in inside if t.kind != "unknown"]
        if not known and any(t.end == low and t.kind in NOUNS for t in found):
            if not any(t.start == high and t.kind in NOUNS for t in found):
                # 公众号“绿水先声”发布: the name of the noun in front.
                at = found.index(inside[0]) if inside else len(found)
                found[at : at + len(inside)] = [
                    t._replace(kind="filler", concept="", domain="") for t in inside
                ]
            continue
        if not known or known[-1].kind in NOUNS or not any(t.kind in _VERBAL for t in known):
            if any(t.start == high and t.kind in NOUNS for t in found):
                # “法治能力提升”培训: what stands in the marks narrows the noun behind them.
                found = [
                    Token(t.start, t.end, "unknown", "", "")
                    if low < t.start < high and t.kind in TRAILING
                    else t
                    for t in found
                ]
            continue
        at = found.index(inside[0])
        found[at : at + len(inside)] = [Token(low + 1, high - 1, "unknown", "", "")]
    return found


def _items(
    text: str, start: int, end: int, figures: Sequence[Figure], dates: Sequence[Figure]
) -> list[Token]:
    found: list[Token] = []
    position = start
    stops = sorted((*figures, *dates), key=_start) if dates else figures
    for stop in stops:
        if stop.start < position:
            continue
        found += words_of(text, position, stop.start)
        if stop.kind == "date":
            found.append(Token(stop.start, stop.end, "date", "date", ""))
        position = stop.end
    found += words_of(text, position, end)
    return found


def _start(figure: Figure) -> int:
    return figure.start


def _marks(text: str, start: int, end: int, figures: Sequence[Figure]) -> list[int]:
    """Where clauses end: commas and the like, and brackets that open a remark; none in a number."""
    halves = {at for m in _HALF.finditer(text, start, end) for at in (m.start(), m.end() - 1)}
    found = []
    index = 0
    for match in _MARK.finditer(text, start, end):
        at = match.start()
        while index < len(figures) and figures[index].end <= at:
            index += 1
        inside = index < len(figures) and figures[index].start <= at
        if not inside and at not in halves:
            found.append(at)
    return found


def _frames(
    text: str,
    sentence: tuple[int, int],
    figures: Sequence[Figure],
    items: tuple[Token, ...],
    starts: tuple[int, ...],
    marks: Sequence[int],
) -> Iterator[Frame]:
    shares = shares_out(text, *sentence)
    for index, figure in enumerate(figures):
        before_mark = bisect_left(marks, figure.start)
        clause = _clause_start(text, sentence[0], figure, figures, marks)
        previous = figures[index - 1] if index else None
        segment = clause
        listed = False
        beside = figure.kind != "rank" or (previous is not None and previous.kind == "rank")
        if previous is not None and beside:
            gap = text[previous.end : figure.start]
            listed = 0 < len(gap) <= 24 and gap[0] in "、和及与" and "。" not in gap
            if previous.end > clause:
                segment = _after_list_mark(text, previous.end, figure.start)
        before = items[bisect_left(starts, segment) : bisect_left(starts, figure.start)]
        after = _after(text, sentence, figures, index, items, starts, marks[before_mark:])
        order = (
            in_order(text, figures, index, sentence[0], items, starts, marks) if shares else None
        )
        names: tuple[tuple[Token, ...], ...] = ()
        follows = 0
        if order is not None:
            before, follows = order[0] if order[0] is not None else before, order[1]
            listed = listed and not order[2]
        else:
            names = several_names(text, figure, segment, items, starts)
        yield Frame(figure, before, after, sentence, clause, segment, listed, names, follows)


def _clause_start(
    text: str, start: int, figure: Figure, figures: Sequence[Figure], marks: Sequence[int]
) -> int:
    """Where the clause of a figure begins."""
    index = bisect_left(marks, figure.start)
    clause = marks[index - 1] + 1 if index else start
    if not index or text[clause : figure.start].strip():
        return clause
    if text[clause - 1] in "：:":  # 法治督导：2轮 has its words before the colon
        return marks[index - 2] + 1 if index > 1 else start
    if text[clause - 1] in "）)":  # 当场处罚（简易程序）86卷 goes on behind its brackets
        opened = max(text.rfind("（", start, clause), text.rfind("(", start, clause))
        at = bisect_left(marks, opened)
        if opened >= 0 and not any(opened < f.start < clause for f in figures):
            return marks[at - 1] + 1 if at else start
    return clause


def _after(
    text: str,
    sentence: tuple[int, int],
    figures: Sequence[Figure],
    index: int,
    items: tuple[Token, ...],
    starts: Sequence[int],
    marks: Sequence[int],
) -> tuple[Token, ...]:
    """The words behind a figure, up to the next mark or figure."""
    figure = figures[index]
    next_mark = sentence[1]
    for at in marks:
        if at >= figure.end:
            next_mark = at
            break
    stop = next_mark
    if index + 1 < len(figures):
        stop = min(stop, figures[index + 1].start)
    pause = text.find("、", figure.end, stop)
    # 2次市、镇工作会议: a single word before the mark is the first half of a noun.
    after_end = (
        pause
        if pause >= 0 and (pause - figure.end != 1 or not text[pause + 1 : stop].strip())
        else stop
    )
    after = items[bisect_left(starts, figure.end) : bisect_left(starts, after_end)]
    if index + 1 < len(figures) and _GIVES.fullmatch(text, figure.end, figures[index + 1].start):
        # 17宗涉148万元的分配问题: the noun stands behind the second number.
        low = figures[index + 1].end
        if text[low : low + 1] == "的":
            after = items[bisect_left(starts, low) : bisect_left(starts, next_mark)]
    return after


def _after_list_mark(text: str, start: int, end: int) -> int:
    match = _LIST_MARK.match(text, start, end)
    return match.end() if match else max(start, text.find("、", start, end) + 1)


def renamed(frame: Frame, names: tuple[Token, ...]) -> Frame:
    """A frame with one of several names that its number stands for."""
    return Frame(frame.figure, names, (), frame.sentence, frame.clause, frame.segment, False, (), 0)
