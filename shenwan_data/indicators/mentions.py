"""Indicators that a report names without giving a number (全覆盖, 均得到解决, 未发生…).

Belongs here: finding the clause. Does not belong here: figures (``matching``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shenwan_data.indicators.patterns import Anchor
from shenwan_data.model import Figure
from shenwan_data.report.structure import CLAUSE_MARKS, Structure, structure
from shenwan_data.statements.roles import is_plan

_CLAUSE = re.compile(rf"[^{re.escape(CLAUSE_MARKS)}]+")
# A clause shorter than this names a heading or a fragment, not a fact.
_SHORTEST = 6
# A page without a full stop has no sentences; no clause is read further around than this.
_REACH = 600
# A clause that reports something done or not done; without one the words only stand in passing.
_REPORTS = re.compile(
    r"全覆盖|均|全部|开展|组织|举办|召开|落实|实现|完成|得到|未[发出收接受立查办制印产提]|没有|零|持续|定期|多次|受理|办理|出台|发放|建立|聘请"
)
_NONE = (
    r"(?:未(?:发生|出现|收到|接到|受理|立案|查处|办理|出台|制定|印发|产生|提起)"
    r"|没有(?:发生|出现|收到|接到|受理)?|无(?![论法偿障])|零)[^，。；]{0,4}"
)
_NEGATED = re.compile(r"未发生|未出现|没有发生|没有出现|未发现")
_ALL = re.compile(r"全覆盖|全部|均已|均得到|均经|百分百")


@dataclass(frozen=True, slots=True)
class Mention:
    """The clause that names an indicator, and the value its words imply: 0, 100 (%) or None."""

    quote: str
    implied: int | None


def find_mentions(
    text: str, figures: Sequence[Figure], wanted: Mapping[str, Sequence[Anchor]]
) -> dict[str, Mention]:
    """For each wanted code, the first clause without a data figure that words it.

    Plans for next year and headings are no mention. A mention must fit a whole wording: the clause
    stands for the words of the figure and the clause before, its sentence and headings for the
    context. 未发生行政复议案件 implies 0, and for a share 全覆盖 implies 100.
    """
    parts = structure(text)
    taken = sorted((f.start, f.end) for f in figures if f.is_data)
    heading_starts = {heading.start for heading in parts.headings}
    # Most wordings fail at their first word, so that is looked for first.
    heads = [(code, [(a.own[0].search, a) for a in anchors]) for code, anchors in wanted.items()]
    found: dict[str, Mention] = {}
    position = 0
    for match in _CLAUSE.finditer(text):
        while position < len(taken) and taken[position][1] <= match.start():
            position += 1
        if position < len(taken) and taken[position][0] < match.end():
            continue
        clause = match.group().strip()
        if len(clause) < _SHORTEST or match.start() in heading_starts:
            continue
        if not _REPORTS.search(clause):
            continue
        context = _context(text, match.start(), parts)
        fitting = [
            code
            for code, wordings in heads
            if code not in found
            and any(first(clause) and _words(a, clause, context) for first, a in wordings)
        ]
        if _NEGATED.search(clause):  # 未发生违法增设行政许可等问题 says nothing of licences issued
            fitting = [code for code in fitting if _implied(wanted[code], clause) == 0]
        if fitting and not is_plan(clause, "".join(parts.section_at(match.start())[:1])):
            found.update(
                {code: Mention(clause, _implied(wanted[code], clause)) for code in fitting}
            )
    return found


def _context(text: str, offset: int, parts: Structure) -> str:
    start, end = parts.sentence_at(offset)
    around = text[max(start, offset - _REACH) : min(end, offset + _REACH)]
    return "\n".join((*parts.section_at(offset), around))


def _words(anchor: Anchor, clause: str, context: str) -> bool:
    if not all(group.search(clause) for group in (*anchor.own, *anchor.before)):
        return False
    if any(refusal and refusal.search(clause) for refusal in (anchor.not_own, anchor.not_near)):
        return False
    if anchor.not_context and anchor.not_context.search(context):
        return False
    return all(group.search(context) for group in anchor.context)


def _implied(wordings: Sequence[Anchor], clause: str) -> int | None:
    heads = [group.pattern for anchor in wordings for group in anchor.own[:1]]
    if any(re.search(_NONE + rf"(?:{head})", clause) for head in heads):
        return 0
    return 100 if _ALL.search(clause) else None
