"""Indicators that a report names without giving a number (全覆盖, 均得到解决, 多次, 未发生…).

Belongs here: finding the clause, by the same lexicon and the same ways of saying as for figures. Does not
belong here: figures (``matching``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.concepts import mentioned, ways
from shenwan_data.model import Figure
from shenwan_data.report.structure import CLAUSE_MARKS, structure
from shenwan_data.schemas import while_unchanged
from shenwan_data.statements.coverage import is_elsewhere, scopes_of
from shenwan_data.statements.frame import words_of
from shenwan_data.statements.lexicon import Token
from shenwan_data.statements.nature import is_plan_heading, opens_plans, plans
from shenwan_data.statements.phrase import built, phrases_of
from shenwan_data.statements.topic import near_domains

_CLAUSE = re.compile(rf"[^{re.escape(CLAUSE_MARKS)}]+")
# A clause shorter than this names a heading or a fragment, not a fact.
_SHORTEST = 4
_NONE = re.compile(
    r"未(?:发生|出现|收到|接到|受理|立案|查处|办理|出台|制定|印发|产生|提起|开展|发现)"
    r"|没有(?:发生|出现|收到|接到|受理)?|(?<![有])无(?![论法偿障缝])|零(?=[一-鿿])"
)
# What makes a noun alone a statement: that there is none, that it is everywhere, that it often is.
_SAYS = re.compile(
    r"未[发出收接受立查办制印产提开]|没有|(?<!有)无(?![论法偿障缝])|零(?=[一-鿿])|全覆盖|均|全部|多次|定期|持续|百分百|应[一-鿿]尽[一-鿿]|到位|率先|配齐|都"
)
_ALL = re.compile(r"全覆盖|全部|均已|均得到|均经|百分百|应[一-鿿]尽[一-鿿]")


@dataclass(frozen=True, slots=True)
class Mention:
    """The clause that names an indicator, and the value its words imply: 0, 100 (%) or None."""

    quote: str
    implied: int | None


def find_mentions(
    text: str, figures: Sequence[Figure], wanted: Collection[str], year: int | None = None
) -> dict[str, Mention]:
    """For each wanted code, the first clause without a usable number that says it.

    Plans, headings, the past year's and other bodies' doings are no mention; a number that is none
    (多次) is no number. 未发生行政复议 implies 0, and for a share 全覆盖 implies 100.
    """
    parts = structure(text)
    left = set(wanted)
    stocks = frozenset(code for code in left if catalogue()[code].measure_type == "stock")
    data = sorted((f for f in figures if f.is_data), key=lambda figure: figure.start)
    starts = [figure.start for figure in data]
    heading_starts = {heading.start for heading in parts.headings}
    found: dict[str, Mention] = {}
    planned_until = -1
    for match in _CLAUSE.finditer(text):
        if not left:
            break
        clause = match.group()
        start = match.start() + len(clause) - len(clause.lstrip())
        clause = clause.strip()
        if opens_plans(clause + "："):
            end = text.find("\n", start)
            planned_until = end if end >= 0 else len(text)
        if (
            len(clause) < _SHORTEST
            or " > " in clause
            or match.start() in heading_starts
            or start < planned_until
        ):
            continue
        if any(is_plan_heading(t, year) for t in parts.section_at(start)[:2]) or plans(clause):
            continue
        if _FAULT.search(parts.section_at(start)[0] if parts.section_at(start) else ""):
            continue
        low, high = bisect_left(starts, match.start()), bisect_left(starts, match.end())
        counted = low < high and not any(_is_no_number(figure) for figure in data[low:high])
        if year is not None and _OTHER_YEAR.search(clause) and str(year) not in clause:
            continue
        # With a number, which is of something else, only who is there is said.
        codes = left & stocks if counted else left
        said = set(_said(text, start, match.end(), codes, stocks, counted=counted)) if codes else ()
        found.update({code: Mention(clause, _implied(code, clause)) for code in said})
        left.difference_update(said)
    return found


# Persons who take part in everything: that they act says nothing of how many there are.
_ANYBODY = frozenset(("enforcer", "staff", "official", "person"))
_FAULT = re.compile(r"存在的?(?:主要)?(?:问题|不足|困难)|不足|短板")
_OTHER_YEAR = re.compile(r"20\d\d年|去年|上年|[五四三]年来")


def _is_no_number(figure: Figure) -> bool:
    """Whether a figure says no more than that there are several (多次)."""
    return figure.qualifier == "vague" and figure.upper is None


def _said(
    text: str,
    start: int,
    end: int,
    codes: AbstractSet[str],
    stocks: AbstractSet[str],
    *,
    counted: bool,
) -> Iterator[str]:
    items = words_of(text, start, end)
    named = bool(_SAYS.search(text, start, end))
    # Who does something is there (经法律顾问审查).
    persons = codes & stocks
    people = [i for i in items if i.kind == "person" and i.concept not in _ANYBODY and persons]
    phrases = [
        phrase
        for phrase in (() if counted else phrases_of(text, items))
        if (named or phrase.acts) and not codes.isdisjoint(_codes_of(phrase.head))
    ]
    # What is around a clause costs more than the clause, and most clauses say nothing.
    if not phrases and not people:
        return
    place = Figure(end, end, "", "count")
    if is_elsewhere(text, place, start, scopes_of(text, start, end, items), town=True):
        return
    context = [*_before(text, start), *items]
    concepts = frozenset(i.concept for i in items if i.concept)
    for item in people:
        near = near_domains(context, item.start)
        yield from mentioned(built(text, [item], []), concepts, near, persons, named=True)
    for phrase in phrases:
        near = near_domains(context, phrase.start)
        yield from mentioned(phrase, concepts, near, codes, named=named)


@while_unchanged("indicators", "lexicon", "codes.yaml", "units.csv")
def _codes_by_head() -> Mapping[str, frozenset[str]]:
    return {head: frozenset(way.code for way in its) for head, its in ways().items()}


def _codes_of(head: Token | None) -> frozenset[str]:
    """The indicators that a noun phrase with this head may say."""
    return _codes_by_head().get(head.concept, frozenset()) if head else frozenset()


def _before(text: str, start: int) -> list[Token]:
    low = max(0, start - 80, text.rfind("。", 0, start) + 1, text.rfind("\n", 0, start) + 1)
    return words_of(text, low, start)


def _implied(code: str, clause: str) -> int | None:
    if _NONE.search(clause):
        return 0
    return 100 if _ALL.search(clause) and catalogue()[code].measure_type == "ratio" else None
