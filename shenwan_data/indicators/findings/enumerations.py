"""The engine for counted lists: the number that closes an enumeration says how many it holds.

Belongs here: 行政检查、行政处罚、行政强制三大类案件. Does not belong here: lists with markers (``lists``).

An enumeration counts only where it runs straight into the number, so that a number of something else
behind it (民政、教育部门开展3项活动) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shenwan_data.figures.characters import C, D
from shenwan_data.figures.numerals import arabic, chinese
from shenwan_data.indicators.findings.facts import Facts
from shenwan_data.indicators.findings.hit import Engine, Hit, Parameters
from shenwan_data.indicators.findings.wording import same
from shenwan_data.report.structure import CLAUSE_MARKS

_OPEN_QUOTE, _CLOSE_QUOTE = '“"「『‘', '”"」』’'
_NESTED = re.compile(r"《[^》\n]*》|“[^”\n]*”|（[^）\n]*）|\([^)\n]*\)")
_AND = re.compile(r"以及|[和及与]")
_LONGEST_LINK = 6
_LONGEST_CLAUSE = 400


def _counted_list(facts: Facts, given: Parameters) -> Iterator[Hit]:
    """A number of things that differs from the number of items listed just before it."""
    text = facts.report.text
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
        items = _items(text, match.start(), verbs, quoted=bool(match["open"]))
        if items is None:
            continue
        fewest, most = items
        if fewest <= number <= most:
            continue
        figure = next((f for f in facts.figures if f.start <= match.start("number") < f.end), None)
        if figure is None:
            continue
        start = _clause_start(text, match.start())
        yield Hit(
            figures=(figure,),
            reported=number,
            implied=fewest,
            words={
                "quote": same(match.group().strip(_OPEN_QUOTE)),
                "number": same(str(number)),
                "listed": same(str(fewest)),
                "excerpt": same(text[start : match.end()].strip()),
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


ENGINES = {
    "counted_list": Engine(
        _counted_list,
        {"classifiers": "words", "nouns": "words", "verbs": "words", "largest": "number"},
        frozenset({"quote", "number", "listed", "excerpt"}),
    ),
}
