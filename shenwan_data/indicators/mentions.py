"""Indicators that a report names without giving a number (全覆盖, 均得到解决, 未发生…).

Belongs here: finding the clause. Does not belong here: figures (``matching``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from shenwan_data.figures.figure import Figure
from shenwan_data.indicators.anchors import Anchor
from shenwan_data.indicators.setting import PLAN, PLAN_HEADING
from shenwan_data.report.structure import CLAUSE_MARKS, Structure, structure

_CLAUSE = re.compile(rf"[^{re.escape(CLAUSE_MARKS)}]+")
# A clause shorter than this names a heading or a fragment, not a fact.
_SHORTEST = 6


def find_mentions(
    text: str, figures: Sequence[Figure], wanted: Mapping[str, Sequence[Anchor]]
) -> dict[str, str]:
    """For each wanted code, the first clause without a data figure that words it.

    Plans for next year and headings are no mention. A mention must fit a whole wording, except
    that the clause itself stands for all its places.
    """
    parts = structure(text)
    taken = sorted((f.start, f.end) for f in figures if f.is_data)
    heading_starts = {heading.start for heading in parts.headings}
    found: dict[str, str] = {}
    position = 0
    for match in _CLAUSE.finditer(text):
        while position < len(taken) and taken[position][1] <= match.start():
            position += 1
        if position < len(taken) and taken[position][0] < match.end():
            continue
        clause = match.group().strip()
        if len(clause) < _SHORTEST or _is_heading(match.start(), heading_starts, parts):
            continue
        pending = [code for code in wanted if code not in found]
        fitting = [code for code in pending if any(_words(a, clause) for a in wanted[code])]
        if fitting and not _is_plan(clause, match.start(), parts):
            found.update(dict.fromkeys(fitting, clause))
    return found


def _words(anchor: Anchor, clause: str) -> bool:
    if anchor.not_own and anchor.not_own.search(clause):
        return False
    return all(group.search(clause) for group in (*anchor.own, *anchor.before))


def _is_heading(start: int, heading_starts: set[int], parts: Structure) -> bool:
    return start in heading_starts


def _is_plan(clause: str, start: int, parts: Structure) -> bool:
    headings = parts.section_at(start)
    return bool(PLAN.search(clause)) or bool(PLAN_HEADING.search("".join(headings[:1])))
