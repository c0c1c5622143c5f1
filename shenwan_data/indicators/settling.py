"""Which of several figures that say one indicator is its value, and which are parts beside their like.

Belongs here: what shows only when all figures of a text are compared. Does not belong here: what a figure
says by itself (``concepts``), its own words of scope (``shenwan_data.statements.coverage``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shenwan_data.indicators.concepts import CASES, Fit
from shenwan_data.model import Conflict, Figure
from shenwan_data.statements.said import LEVEL, Said

_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_LISTED = re.compile(r"[、和及与]")
# Smaller sums come about by chance.
_LEAST_SUM = 10
_MOVED = frozenset((("add",), ("leave",), ("apply",)))
Claimant = tuple[tuple[int, int, bool], int]


def settle(
    text: str,
    said: Sequence[Said],
    claims: list[tuple[Fit, ...]],
    reasons: list[str],
    beside: set[int],
) -> tuple[Conflict, ...]:
    """Leave each indicator to one figure; a draw of different values to none.

    A total goes before its parts, what names the thing before what takes it over. Figures side by side
    are added to ``beside``.
    """
    for index, its in enumerate(claims):
        if len(its) > 1 and len(said[index].phrases) == 1:
            claims[index], reasons[index] = (), "ambiguous_indicator"
    by_code: dict[str, list[Claimant]] = {}
    for index, its in enumerate(claims):
        for fit in its:
            rank = (-fit.order, said[index].total, not said[index].phrases[0].inherited)
            by_code.setdefault(fit.code, []).append((rank, index))
    conflicts: list[Conflict] = []
    for code, found in by_code.items():
        claimants = _first_stages(said, found)
        left = {index for _, index in found} - {index for _, index in claimants}
        _leave(code, left, claims, reasons, "no_indicator")
        if len(claimants) == 1:
            continue
        keep, drawn = _kept(text, said, claimants, beside)
        if drawn:
            conflicts.append(Conflict(code, tuple(said[i].figure for i in drawn)))
        reason = "part_of_whole" if keep else "ambiguous_indicator"
        _leave(code, {index for _, index in claimants} - keep, claims, reasons, reason)
    return tuple(conflicts)


def _leave(
    code: str,
    left: set[int],
    claims: list[tuple[Fit, ...]],
    reasons: list[str],
    reason: str,
) -> None:
    """Take an indicator from some figures."""
    for index in left:
        claims[index] = tuple(f for f in claims[index] if f.code != code)
        reasons[index] = reason


def _kept(
    text: str, said: Sequence[Said], claimants: Sequence[Claimant], beside: set[int]
) -> tuple[set[int], list[int]]:
    """The figures that keep an indicator, and those that contradict each other about it."""
    best = max(rank for rank, _ in claimants)
    first = [index for rank, index in claimants if rank == best]
    agreed = {_value(said[index].figure) for index in first}
    if _side_by_side(text, said, best, claimants):
        beside |= {index for _, index in claimants}
        return set(), []
    if len(agreed) > 1:
        return set(), first
    keep = {i for _, i in claimants if _value(said[i].figure) in agreed}
    others = [index for _, index in claimants if index not in keep]
    if len(others) > 1 and len({said[i].sentence for i in others}) == 1:
        beside |= set(others)  # 广场3个、长廊5处。现有阵地14处
    return keep, []


def _side_by_side(
    text: str,
    said: Sequence[Said],
    best: tuple[int, int, bool],
    claimants: Sequence[Claimant],
) -> bool:
    """Whether the best claimant names no total and has its equals in the same sentence."""
    if best[1]:
        return False
    first = next(index for rank, index in claimants if rank == best)
    for rank, index in claimants:
        low, high = sorted((first, index))
        if (
            rank[:2] == best[:2]
            and index != first
            and (rank == best or said[index].phrases[0].acts[:1] == said[first].phrases[0].acts[:1])
            and not _SENTENCE_END.search(text, said[low].figure.end, said[high].figure.start)
        ):
            return True
    return False


def _first_stages(said: Sequence[Said], claimants: Sequence[Claimant]) -> list[Claimant]:
    """The claimants without those that say what was then done to the same (受理980件，办结980件)."""
    kept: list[Claimant] = []
    for rank, index in claimants:
        phrase = said[index].phrases[0]
        further = phrase.alike and any(
            said[i].sentence == said[index].sentence
            and rank[0] == its[0]
            and said[i].phrases[0].acts[:1] != phrase.acts[:1]
            and not (said[index].total and phrase.acts[:1] in ((), ("have",)))
            for its, i in kept
        )
        if not further:
            kept.append((rank, index))
    return kept


def parts_of_lists(text: str, said: Sequence[Said]) -> Iterator[int]:
    """The figures that are parts because of their neighbours: those a total adds up, and kinds in a list."""
    for index in range(len(said)):
        yield from _added_up(said, index)
        if index and _is_listed_kind(text, said[index - 1], said[index]):
            yield from (index - 1, index)
        phrase = said[index].phrases[0]
        if phrase.alike and phrase.acts[:1] in _MOVED:
            yield index  # 在册12人，全年新接收5人


def _added_up(said: Sequence[Said], index: int) -> Iterator[int]:
    """The figures just behind or, for a total, just before one that add up to it (92件：24件、61件、7件)."""
    whole = said[index].figure
    if whole.kind != "count" or not whole.value or whole.value < _LEAST_SUM:
        return
    directions = ((1, len(said)), (-1, -1)) if said[index].total else ((1, len(said)),)
    for step, stop in directions:
        rest = whole.value
        found: list[int] = []
        for at in range(index + step, stop, step):
            one = said[at]
            alike = one.sentence == said[index].sentence and one.figure.unit == whole.unit
            if one.sentence == said[index].sentence and one.figure.unit in ("类", "项次"):
                continue  # 三类许可合计92件
            if not alike or not one.figure.value or one.statement.nature != LEVEL:
                break
            rest -= one.figure.value
            found.append(at)
            if rest <= 0:
                break
        if rest == 0 and len(found) > 1:
            yield from found


def _is_listed_kind(text: str, one: Said, other: Said) -> bool:
    """Whether two figures of a list count kinds of one thing (取水许可24件、涉河项目许可7件)."""
    first, second = one.phrases[0], other.phrases[0]
    if first.head is None or second.head is None or first.inherited or second.inherited:
        return False
    return (
        one.sentence == other.sentence
        and first.head.concept == second.head.concept
        and one.figure.kind == other.figure.kind
        and one.figure.kind in ("count", "area")
        and one.figure.unit == other.figure.unit
        and not one.total
        and (bool(first.strong | second.strong) or first.odd or second.odd)
        and _LISTED.match(text, one.figure.end) is not None
    )


def _value(figure: Figure) -> tuple[object, ...]:
    unit = "件" if figure.unit in CASES else figure.unit
    return figure.value, figure.lower, figure.upper, unit
