"""The check type for list markers: 一、（一）1. 一是 ① run in order at each level and in each branch.

Belongs here: the order of markers. Does not belong here: recognising one (``figures.scan``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shenwan_data.errors import Text
from shenwan_data.figures.numerals import NUMERAL_CHARS, C, D, arabic, chinese
from shenwan_data.findings.check import CheckContext, CheckType, Parameters, Violation
from shenwan_data.findings.wording import same
from shenwan_data.model import Figure
from shenwan_data.report.structure import CLAUSE_MARKS

_OPEN_QUOTE, _CLOSE_QUOTE = '“"「『‘', '”"」』’'
_NESTED = re.compile(r"《[^》\n]*》|“[^”\n]*”|（[^）\n]*）|\([^)\n]*\)")
_AND = re.compile(r"以及|[和及与]")
# A list behind a number: “三项制度”（…）, 三项制度：…, 三项制度，即….
_OPENS = re.compile(
    rf"[{_CLOSE_QUOTE}]?(?P<mark>[，,]?即[:：]?|[，,]?分别[是为][:：]?|[:：（(]|——)"
)
_CLOSES = re.compile(r"[）)\n。]")
_SENTENCE_END = re.compile(r"[。；;\n]")
_COUNTING = "一二三四五六七八九"
_LONGEST_EXCERPT = 80
_LONGEST_LINK = 6
_LONGEST_CLAUSE = 400


def _counted_list(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """A number of things that differs from the number of items listed just before it."""
    text = context.report.text
    nouns = "|".join(map(re.escape, given["nouns"]))
    classifiers = "|".join(sorted(map(re.escape, given["classifiers"]), key=len, reverse=True))
    counted = re.compile(
        rf"(?P<open>[{_OPEN_QUOTE}]?)(?P<number>(?<![{C}{D}])(?:[{C}]{{1,2}}|{D}{{1,2}}))"
        rf"(?P<classifier>{classifiers})(?P<close>[{_CLOSE_QUOTE}]?)[一-鿿]{{0,4}}?(?:{nouns})"
    )
    verbs = re.compile("|".join(map(re.escape, given["verbs"])))
    for match in counted.finditer(text):
        number = _number(match["number"])
        if number is None or not 2 <= number <= given["largest"]:
            continue
        if counted.search(text, _clause_start(text, match.start()), match.start()):
            continue  # 三大行动、五大工程: the items are programmes that are counted themselves
        before = _items(text, match.start(), verbs, quoted=bool(match["open"]))
        listed = (before and (*before, match.end())) or _items_behind(text, match.end(), number)
        if listed is None:
            continue
        fewest, most, end = listed
        if fewest <= number <= most:
            continue
        figure = context.figure_at(match.start("number"))
        if figure is None:
            continue
        start = _clause_start(text, match.start())
        yield Violation(
            figures=(figure,),
            reported=number,
            implied=fewest,
            words={
                "quote": same(match.group().strip(_OPEN_QUOTE)),
                "number": same(str(number)),
                "listed": same(str(fewest)),
                "excerpt": same(_shortened(text[start:end].strip())),
            },
        )


def _number(words: str) -> int | None:
    numeral = arabic(words) if words.isdecimal() else chinese(words)
    return int(numeral.value) if numeral is not None else None


def _items(text: str, end: int, verbs: re.Pattern[str], *, quoted: bool) -> tuple[int, int] | None:
    """The least and most items that the enumeration ending at ``end`` holds; None for none there."""
    clause = _NESTED.sub("〇", text[_clause_start(text, end) : end])
    listed, among, link = clause.rpartition("等")
    if not among:
        listed = clause
    elif link and not (quoted and len(link) <= _LONGEST_LINK and not verbs.search(link)):
        return None  # 等 belongs to words that go on to something else
    parts = listed.split("、")
    if len(parts) < 2 or not all(part.strip() for part in parts):
        return None
    last = parts[-1]
    if not among and (verbs.search(last) or len(last) > 2 * max(len(p) for p in parts[:-1])):
        return None
    count = len(parts)
    joined = _AND.search(last) is not None
    # 等 may leave items out, and 和 may join two items or stand inside one.
    return count, 10**6 if among else count + joined


def _items_behind(text: str, end: int, number: int) -> tuple[int, int, int] | None:
    """The least and most items of the list that opens behind a number, and where it ends."""
    opening = _OPENS.match(text, end)
    if opening is None:
        return None
    if opening["mark"] in "（(":
        close = _CLOSES.search(text, opening.end())
        if close is None or close.group() not in "）)":
            return None
        stop = close.start()
    else:
        if (marked := _marked_items(text, opening.end(), number)) is not None:
            return marked
        close = _SENTENCE_END.search(text, opening.end())
        stop = close.start() if close else len(text)
    listed = _NESTED.sub("〇", text[opening.end() : stop])
    if any(mark in listed for mark in CLAUSE_MARKS):
        return None  # what follows a comma may go on with the list or leave it
    listed, among, rest = listed.partition("等")
    parts = listed.split("、")
    if len(parts) < 2 or not all(part.strip() for part in parts) or len(rest) > _LONGEST_LINK:
        return None
    joined = sum(_AND.search(part) is not None for part in parts)
    return len(parts), 10**6 if among else len(parts) + joined, stop


def _marked_items(text: str, start: int, number: int) -> tuple[int, int, int] | None:
    """The items of a list whose items are marked 一是, 二是, … as far as the paragraph goes."""
    if not text.startswith("一是", start):
        return None
    stop = text.find("\n", start)
    stop = len(text) if stop < 0 else stop
    count, place = 0, start
    while (
        count < len(_COUNTING) and (found := text.find(f"{_COUNTING[count]}是", place, stop)) >= 0
    ):
        count, place = count + 1, found + 2
    following = text[stop : stop + 8].strip()
    if count < 2 or (count < number and following.startswith(f"{_COUNTING[count]}是")):
        return None
    return count, count, place


def _shortened(excerpt: str) -> str:
    return excerpt if len(excerpt) <= _LONGEST_EXCERPT else f"{excerpt[:_LONGEST_EXCERPT]}…"


def _clause_start(text: str, end: int) -> int:
    """Where the clause before ``end`` begins; marks inside brackets and titles do not cut it."""
    depth = 0
    for position in range(end - 1, max(-1, end - _LONGEST_CLAUSE), -1):
        char = text[position]
        if char == "\n":
            return position + 1
        if char in "）)》":
            depth += 1
        elif char in "（(《":
            if depth == 0:
                return position + 1
            depth -= 1
        elif depth == 0 and char in CLAUSE_MARKS:
            return position + 1
    return max(0, end - _LONGEST_CLAUSE)


# The levels of headings, outermost first; a heading closes every list below its level.
_LEVELS = {"一、": 0, "（一）": 1, "1.": 2, "（1）": 3}
_INNERMOST = 9
_MAY_OPEN = "\n\r。；;：:，,、！？!?”"
_SPACES = " \t\u3000\xa0"


@dataclass(frozen=True, slots=True)
class Marker:
    """One list marker: its figure, style (as the first of its kind is written), place and line."""

    figure: Figure
    style: str
    place: int
    line: int
    opens_line: bool


def _list_order(context: CheckContext, _given: Parameters) -> Iterator[Violation]:
    """A marker that does not follow the one before it in its list."""
    open_lists: dict[str, list[int]] = {}
    lines: dict[str, int] = {}
    last: dict[str, int] = {}
    ends: dict[str, int] = {}
    for marker in _markers(context):
        style, place = marker.style, marker.place
        stack = open_lists.setdefault(style, [])
        if place == 1:
            # A list may hold another of its style only within one paragraph.
            if lines.get(style) != marker.line:
                stack.clear()
            stack.append(1)
        elif place - 1 in stack:
            while stack[-1] != place - 1:
                stack.pop()
            stack[-1] = place
        elif not stack and last.get(style) == place - 1:
            stack.append(place)  # numbered on through the headings
        else:
            if not _is_written(context, marker, place - 1, ends.get(style, 0)):
                yield _out_of_order(context, marker, stack[-1] + 1 if stack else 1)
            open_lists[style] = [place]
        ends[style] = marker.figure.end
        lines[style] = marker.line
        last[style] = place
        if marker.opens_line:
            level = _LEVELS.get(style, _INNERMOST)
            for other in open_lists:
                if _LEVELS.get(other, _INNERMOST) > level:
                    open_lists[other] = []


def _is_written(context: CheckContext, marker: Marker, place: int, since: int) -> bool:
    """Whether the marker before stands in the text after all, where it was not taken for a marker."""
    text, figure = context.report.text, marker.figure
    mark = text[figure.end : figure.end + 1]
    runs = re.finditer(rf"([{NUMERAL_CHARS}]+){re.escape(mark)}", text[since : figure.start])
    return bool(mark) and any(_place(run[1]) == place for run in runs)


def _out_of_order(context: CheckContext, marker: Marker, expected: int) -> Violation:
    quote = context.report.text[marker.figure.start : marker.figure.end + 1]
    return Violation(
        figures=(marker.figure,),
        reported=marker.place,
        implied=expected,
        words={
            "quote": same(quote),
            "place": same(str(marker.place)),
            "expected": same(str(expected)),
            "excerpt": _excerpt(context, marker),
        },
    )


def _excerpt(context: CheckContext, marker: Marker) -> Text:
    """The marker with the first words behind it, so that a person finds the place."""
    start = marker.figure.start - marker.style.startswith("（")
    words = re.split(r"[。，,；;\n]", context.report.text[start : start + 80], maxsplit=1)[0]
    return same(words[:16] + ("…" if len(words) > 16 else ""))


def _markers(context: CheckContext) -> Iterator[Marker]:
    text = context.report.text
    line = counted = 0
    for figure in context.figures:
        if figure.kind != "list_marker":
            continue
        line, counted = line + text.count("\n", counted, figure.start), figure.start
        place, style = _place(figure.quote), _style(text, figure)
        if place is None or style is None:
            continue
        start = figure.start - (
            1 if style.startswith("（") and text[figure.start - 1] in "（(" else 0
        )
        before = text[max(0, start - 12) : start].rstrip(_SPACES)[-1:] or "\n"
        if style != "其一" and before not in _MAY_OPEN:
            continue  # a clause of a law: 第五条第（三）项
        yield Marker(figure, style, place, line, before in "\n\r")


def _place(quote: str) -> int | None:
    words = quote.strip(_SPACES)
    if len(words) == 1 and not words.isdecimal() and unicodedata.category(words) == "No":
        return int(unicodedata.numeric(words))
    words = words.removeprefix("第")
    numeral = arabic(words) if words.isdecimal() else chinese(words)
    return int(numeral.value) if numeral is not None else None


def _style(text: str, figure: Figure) -> str | None:
    """How a marker is written; full and half width, and the marks behind it, are one style."""
    quote = figure.quote.strip(_SPACES)
    before = text[figure.start - 1 : figure.start]
    after = text[figure.end : figure.end + 1]
    digits = quote.isdecimal()
    if len(quote) == 1 and unicodedata.category(quote) == "No":
        return "①"
    if quote.startswith("第"):
        return "第一，"
    if before == "其":
        return "其一"
    if after in "）)" and after:
        closed = before in "（(" and before != ""
        return ("（1）" if closed else "1）") if digits else ("（一）" if closed else "一）")
    if digits:
        return "1." if after in "、.．" and after else None
    return {"、": "一、", "是": "一是", "要": "一要", "则": "一则", ".": "一、", "．": "一、"}.get(
        after
    )


CHECK_TYPES = {
    "counted_list": CheckType(
        _counted_list,
        {"classifiers": "words", "nouns": "words", "verbs": "words", "largest": "number"},
        frozenset({"quote", "number", "listed", "excerpt"}),
    ),
    "list_order": CheckType(_list_order, {}, frozenset({"quote", "place", "expected", "excerpt"})),
}
