"""The engine for counted lists: a number says how many items are listed before or behind it.

Belongs here: 行政检查、行政处罚、行政强制三大类案件; 三项制度：公示、记录、审核。; 三项措施：一是…二是….
Does not belong here: the order of markers (``lists``).

An enumeration counts only where it runs straight into the number, so that a number of something else
behind it (民政、教育部门开展3项活动) is left alone; and one behind the number only where a colon, 即 or a
bracket opens it and nothing else follows before the end of the sentence or bracket.
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
        before = _items(text, match.start(), verbs, quoted=bool(match["open"]))
        listed = (before and (*before, match.end())) or _items_behind(text, match.end(), number)
        if listed is None:
            continue
        fewest, most, end = listed
        if fewest <= number <= most:
            continue
        figure = facts.figure_at(match.start("number"))
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


ENGINES = {
    "counted_list": Engine(
        _counted_list,
        {"classifiers": "words", "nouns": "words", "verbs": "words", "largest": "number"},
        frozenset({"quote", "number", "listed", "excerpt"}),
    ),
}
