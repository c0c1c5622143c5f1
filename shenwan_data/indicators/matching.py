"""Which indicator a figure is.

Belongs here: applying the wordings of ``anchors`` to the settings of figures, and choosing. Does not
belong here: the wordings (``schemas/anchors.yaml``), a person's decisions (``corrections``).

Precision first: what is a part, a change, last year's value or a plan is no indicator's value; a draw
between two indicators is none; and of two figures that claim one indicator the better wording wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from shenwan_data.figures.figure import Figure
from shenwan_data.figures.scan import find_figures
from shenwan_data.indicators.anchors import Anchor, anchors
from shenwan_data.indicators.catalogue import Indicator, catalogue
from shenwan_data.indicators.setting import Setting, settings

_GROUP_WEIGHT = 4
_WEAK = 4  # a weak wording counts a quarter
# What says that a figure is the whole, the stronger words first.
_TOTALS = (
    re.compile(r"累计|总计|合计|共计|总[额数量]"),
    re.compile(r"共|总|全年|全[镇街乡县区]"),
)
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two figures of one report that fit one indicator equally well and give different values."""

    indicator: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """The figures with their indicators, and the indicators that could not be settled.

    ``because`` holds, by the start of a figure, the words that its indicator was recognised by;
    ``in_parts``, by indicator, the first figure of those that the report gives parts of only, or
    several values that none is the whole of.
    """

    figures: tuple[Figure, ...]
    conflicts: tuple[Conflict, ...]
    because: Mapping[int, tuple[str, ...]]
    in_parts: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class _Claim:
    """``strong`` is false for a weak wording, ``total`` how surely its words name the whole.

    ``in_unit`` says that the figure is in the indicator's own unit, not in another that it accepts.
    """

    code: str
    strong: bool
    total: int
    score: int
    in_unit: bool
    words: tuple[str, ...]

    @property
    def rank(self) -> tuple[bool, int, int, bool]:
        """What decides between two figures that claim one indicator."""
        return self.strong, self.total, self.score, self.in_unit


# One report is read for its figures, its page and its revisions, in one build; a very long text only once.
_REMEMBERED, _LONGEST_REMEMBERED = 64, 200_000


def match_text(text: str) -> Matching:
    """Every numeral of a text, each data figure with its indicators or the reason why it has none.

    What was read lately is remembered.
    """
    read = _read_lately if len(text) <= _LONGEST_REMEMBERED else match_anew
    return read(text)


def match_anew(text: str) -> Matching:
    """The same, whatever is remembered."""
    return match_figures(text, find_figures(text))


@lru_cache(maxsize=_REMEMBERED)
def _read_lately(text: str) -> Matching:
    return match_anew(text)


def match_figures(text: str, figures: Sequence[Figure]) -> Matching:
    """Give each data figure its indicators, or the reason why it has none."""
    around = settings(text, figures)
    claims: list[tuple[_Claim, ...]] = []
    reasons: list[str] = []
    for setting in around:
        chosen, reason = _choose(setting)
        whole = claims[setting.part] if setting.part is not None else ()
        repeats = any(claim.code in {w.code for w in whole} for claim in chosen)
        if repeats or (setting.part is not None and reason == "no_indicator"):
            chosen, reason = (), "part_of_whole"
        claims.append(chosen)
        reasons.append(reason)
    raised = [
        *_parts(around),
        *((setting.figure, c) for setting, c in zip(around, claims, strict=True)),
    ]
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
    in_parts: dict[str, Figure] = {}
    for figure, raised_claims in sorted(raised, key=lambda pair: pair[0].start):
        for claim in raised_claims:
            if claim.code not in given:
                in_parts.setdefault(claim.code, figure)
    decided_figures = tuple(_decide(figure, decided) for figure in figures)
    return Matching(decided_figures, conflicts, because, in_parts)


def _parts(around: Sequence[Setting]) -> Iterator[tuple[Figure, tuple[_Claim, ...]]]:
    """What figures would be the value of, were they not parts."""
    for setting in around:
        if setting.role == "part_of_whole":
            yield setting.figure, _choose(replace(setting, role=None))[0]


def _decide(figure: Figure, decided: dict[int, tuple[tuple[str, ...], str]]) -> Figure:
    if not figure.is_data:
        return figure
    codes, reason = decided[figure.start]
    return replace(figure, indicators=codes, reason=None if codes else reason)


def _choose(setting: Setting) -> tuple[tuple[_Claim, ...], str]:
    """The indicators a figure fits best, and the reason if there are none."""
    if setting.role is not None:
        return (), setting.role
    if setting.figure.qualifier == "vague" and setting.figure.upper is None:
        return (), "no_number"
    figure = setting.figure
    fits: dict[str, list[tuple[bool, int, tuple[str, ...]]]] = {}
    # Most wordings fail at their first word, so that is looked for first.
    for code, anchor, first_word in _candidates(figure.kind, figure.unit, setting.mean):
        if first_word(setting.own) and (fit := _fit(anchor, setting)):
            fits.setdefault(code, []).append(fit)
    fitting = [_claim(code, found, setting) for code, found in fits.items()]
    if not fitting:
        return (), "no_indicator"
    if setting.shared and setting.figure.kind in ("ratio", "rank"):
        return tuple(fitting), ""
    best = max(claim.score for claim in fitting)
    winners = [claim for claim in fitting if claim.score == best]
    return (tuple(winners), "") if len(winners) == 1 else ((), "ambiguous_indicator")


def _claim(
    code: str, fits: Sequence[tuple[bool, int, tuple[str, ...]]], setting: Setting
) -> _Claim:
    strong, score, words = max(fits, key=lambda fit: fit[:2])
    total = _total(setting.own) or min(1, _total(setting.near))
    in_unit = _same_unit(setting.figure.unit) == _same_unit(catalogue()[code].unit)
    return _Claim(code, strong, total, score, in_unit, words)


@cache
def _candidates(
    kind: str, unit: str | None, mean: bool
) -> tuple[tuple[str, Anchor, Callable[[str], object]], ...]:
    """The wordings whose unit and measure fit a figure, in the catalogue's order, with their first word."""
    return tuple(
        (code, anchor, anchor.own[0].search)
        for code, indicator in catalogue().items()
        if _unit_fits(kind, unit, mean, indicator)
        for anchor in anchors().get(code, ())
        if not anchor.units or unit in anchor.units
    )


def _unit_fits(kind: str, unit: str | None, mean: bool, indicator: Indicator) -> bool:
    if mean != (indicator.measure_type == "mean"):
        return False
    if kind in ("rank", "ratio") or indicator.measure_type in ("rank", "ratio"):
        return unit == indicator.unit
    if unit is None:
        return indicator.unit not in ("元", "平方米")
    return unit in indicator.units_accepted


def _total(own: str) -> int:
    """How surely the words name a whole: 2, 1 or 0."""
    return next((2 - i for i, words in enumerate(_TOTALS) if words.search(own)), 0)


def _fit(anchor: Anchor, setting: Setting) -> tuple[bool, int, tuple[str, ...]] | None:
    """Whether a wording is strong, how much of it is there (groups, then length), and its words."""
    if anchor.not_own and anchor.not_own.search(setting.own):
        return None
    if anchor.not_near and anchor.not_near.search(setting.near):
        return None
    if anchor.not_context and anchor.not_context.search(setting.context):
        return None
    found: list[str] = []
    places = (
        (anchor.own, setting.own),
        (anchor.before, setting.near),
        (anchor.context, setting.context),
    )
    for groups, words in places:
        for group in groups:
            match = _longest(group, words)
            if not match:
                return None
            found.append(match)
    score = sum(_GROUP_WEIGHT + len(match) for match in found)
    score = max(1, score // _WEAK) if anchor.weak else score
    return not anchor.weak, score, tuple(found)


def _longest(group: re.Pattern[str], words: str) -> str:
    return max((match.group() for match in group.finditer(words)), key=len, default="")


def _settle(
    text: str,
    figures: Sequence[Figure],
    claims: list[tuple[_Claim, ...]],
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


# One number of cases is told as 47宗 in the text and as 47件 in the table below it.
_CASES = frozenset(("宗", "件", "起", "例"))


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


def _same_unit(unit: str | None) -> str | None:
    return "件" if unit in _CASES else unit


def _said(figure: Figure) -> tuple[object, ...]:
    return figure.value, figure.lower, figure.upper, _same_unit(figure.unit)
