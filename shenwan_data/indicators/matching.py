"""Which indicator a figure is.

Belongs here: choosing among the figures of a text that claim one indicator. Does not belong here: what
a figure claims (``claims``), a person's decisions (``corrections``).

Precision first: what is a part, a change, last year's value or a plan is no indicator's value; a draw
between two indicators is none; and of two figures that claim one indicator the better wording wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shenwan_data.figures.scan import find_figures
from shenwan_data.indicators.candidates import Claim, claims_of, same_unit
from shenwan_data.model import Conflict, Figure
from shenwan_data.statements.context import Setting, settings

_SENTENCE_END = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True, slots=True)
class Matching:
    """The figures with their indicators, and the indicators that could not be settled.

    By the start of a figure, ``because`` holds the words that its indicator was recognised by, and
    ``candidates`` the indicators it fits before the better of two figures is chosen. ``in_parts``
    holds, by indicator, the figures that give only parts of it, or several values of which none is
    the whole, in text order.
    """

    figures: tuple[Figure, ...]
    conflicts: tuple[Conflict, ...]
    because: Mapping[int, tuple[str, ...]]
    in_parts: Mapping[str, tuple[Figure, ...]]
    candidates: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def match_text(text: str) -> Matching:
    """Every numeral of a text, each data figure with its indicators or the reason why it has none."""
    return match_figures(text, find_figures(text))


def match_figures(text: str, figures: Sequence[Figure]) -> Matching:
    """Give each data figure its indicators, or the reason why it has none."""
    around = settings(text, figures)
    claims: list[tuple[Claim, ...]] = []
    reasons: list[str] = []
    for setting in around:
        role = setting.words.role
        chosen, reason = ((), role) if role is not None else claims_of(setting)
        whole = claims[setting.words.part] if setting.words.part is not None else ()
        repeats = any(claim.code in {w.code for w in whole} for claim in chosen)
        if repeats or (setting.words.part is not None and reason == "no_indicator"):
            chosen, reason = (), "part_of_whole"
        claims.append(chosen)
        reasons.append(reason)
    raised = [
        *_parts(around),
        *((setting.figure, c) for setting, c in zip(around, claims, strict=True)),
    ]
    candidates = {
        setting.figure.start: tuple(claim.code for claim in claim_set)
        for setting, claim_set in zip(around, claims, strict=True)
        if claim_set
    }
    conflicts = _settle(text, [setting.figure for setting in around], claims, reasons)
    decided = {
        setting.figure.start: (tuple(claim.code for claim in claim_set), reason)
        for setting, claim_set, reason in zip(around, claims, reasons, strict=True)
    }
    because = {
        setting.figure.start: tuple(dict.fromkeys(word for c in claim_set for word in c.words))
        for setting, claim_set in zip(around, claims, strict=True)
        if claim_set
    }
    given = {claim.code for claim_set in claims for claim in claim_set}
    in_parts: dict[str, tuple[Figure, ...]] = {}
    for figure, raised_claims in sorted(raised, key=lambda pair: pair[0].start):
        for claim in raised_claims:
            if claim.code not in given:
                in_parts[claim.code] = (*in_parts.get(claim.code, ()), figure)
    decided_figures = tuple(_decide(figure, decided) for figure in figures)
    return Matching(decided_figures, conflicts, because, in_parts, candidates)


def _parts(around: Sequence[Setting]) -> Iterator[tuple[Figure, tuple[Claim, ...]]]:
    """What figures would be the value of, were they not parts."""
    for setting in around:
        if setting.words.role == "part_of_whole":
            yield setting.figure, claims_of(setting)[0]


def _decide(figure: Figure, decided: dict[int, tuple[tuple[str, ...], str]]) -> Figure:
    if not figure.is_data:
        return figure
    codes, reason = decided[figure.start]
    return replace(figure, indicators=codes, reason=None if codes else reason)


def _settle(
    text: str,
    figures: Sequence[Figure],
    claims: list[tuple[Claim, ...]],
    reasons: list[str],
) -> tuple[Conflict, ...]:
    """Leave each indicator to the figure that words it best; a draw of different values to none.

    A strong wording goes before a weak one, a total before its parts, more words before fewer. Of
    figures that one sentence lists side by side (干部培训4次，调解员培训2次) none is the whole.
    """
    by_code: dict[str, list[tuple[tuple[bool, int, int, bool], int]]] = {}
    for index, claim_set in enumerate(claims):
        for claim in claim_set:
            by_code.setdefault(claim.code, []).append((claim.rank, index))
    conflicts: list[Conflict] = []
    for code, claimants in by_code.items():
        if len(claimants) == 1:
            continue
        best = max(rank for rank, _ in claimants)
        first = [index for rank, index in claimants if rank == best]
        agreed = {_said(figures[index]) for index in first}
        if _side_by_side(text, figures, best, claimants):
            keep: set[int] = set()
        elif len(agreed) > 1:
            conflicts.append(Conflict(code, tuple(figures[index] for index in first)))
            keep = set()
        else:
            keep = {index for _, index in claimants if _said(figures[index]) in agreed}
        for _, index in claimants:
            if index not in keep:
                claims[index] = tuple(c for c in claims[index] if c.code != code)
                reasons[index] = "ambiguous_indicator"
    return tuple(conflicts)


def _side_by_side(
    text: str,
    figures: Sequence[Figure],
    best: tuple[bool, int, int, bool],
    claimants: Sequence[tuple[tuple[bool, int, int, bool], int]],
) -> bool:
    """Whether the best claimant names no total and has its equals in the same sentence."""
    strong, total, _, in_unit = best
    if total:
        return False
    first = next(index for rank, index in claimants if rank == best)
    for rank, index in claimants:
        low, high = sorted((first, index))
        if (
            (rank[0], rank[1], rank[3]) == (strong, total, in_unit)
            and _said(figures[index]) != _said(figures[first])
            and not _SENTENCE_END.search(text, figures[low].end, figures[high].start)
        ):
            return True
    return False


def _said(figure: Figure) -> tuple[object, ...]:
    return figure.value, figure.lower, figure.upper, same_unit(figure.unit)
