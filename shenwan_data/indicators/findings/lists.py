"""The engine for list markers: 一、（一）1. 一是 ① run in order at each level and in each branch.

Belongs here: the order of markers. Does not belong here: recognising one (``figures.scan``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shenwan_data.errors import Text
from shenwan_data.figures.characters import NUMERAL_CHARS
from shenwan_data.figures.figure import Figure
from shenwan_data.figures.numerals import arabic, chinese
from shenwan_data.indicators.findings.facts import Facts
from shenwan_data.indicators.findings.hit import Engine, Hit, Parameters
from shenwan_data.indicators.findings.wording import same

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


def _list_order(facts: Facts, _given: Parameters) -> Iterator[Hit]:
    """A marker that does not follow the one before it in its list."""
    open_lists: dict[str, list[int]] = {}
    lines: dict[str, int] = {}
    last: dict[str, int] = {}
    ends: dict[str, int] = {}
    for marker in _markers(facts):
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
            if not _is_written(facts, marker, place - 1, ends.get(style, 0)):
                yield _out_of_order(facts, marker, stack[-1] + 1 if stack else 1)
            open_lists[style] = [place]
        ends[style] = marker.figure.end
        lines[style] = marker.line
        last[style] = place
        if marker.opens_line:
            level = _LEVELS.get(style, _INNERMOST)
            for other in open_lists:
                if _LEVELS.get(other, _INNERMOST) > level:
                    open_lists[other] = []


def _is_written(facts: Facts, marker: Marker, place: int, since: int) -> bool:
    """Whether the marker before stands in the text after all, where it was not taken for a marker."""
    text, figure = facts.report.text, marker.figure
    mark = text[figure.end : figure.end + 1]
    runs = re.finditer(rf"([{NUMERAL_CHARS}]+){re.escape(mark)}", text[since : figure.start])
    return bool(mark) and any(_place(run[1]) == place for run in runs)


def _out_of_order(facts: Facts, marker: Marker, expected: int) -> Hit:
    quote = facts.report.text[marker.figure.start : marker.figure.end + 1]
    return Hit(
        figures=(marker.figure,),
        reported=marker.place,
        implied=expected,
        words={
            "quote": same(quote),
            "place": same(str(marker.place)),
            "expected": same(str(expected)),
            "excerpt": _excerpt(facts, marker),
        },
    )


def _excerpt(facts: Facts, marker: Marker) -> Text:
    """The marker with the first words behind it, so that a person finds the place."""
    start = marker.figure.start - marker.style.startswith("（")
    words = re.split(r"[。，,；;\n]", facts.report.text[start : start + 80], maxsplit=1)[0]
    return same(words[:16] + ("…" if len(words) > 16 else ""))


def _markers(facts: Facts) -> Iterator[Marker]:
    text = facts.report.text
    line = counted = 0
    for figure in facts.figures:
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


ENGINES = {
    "list_order": Engine(_list_order, {}, frozenset({"quote", "place", "expected", "excerpt"})),
}
