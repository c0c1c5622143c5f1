"""What a figure says of itself: the indicators whose wording, unit and measure fit it.

Belongs here: one figure in its words against the wordings of ``anchors``, and how well each fits. Does
not belong here: what bars a figure (``roles``), which of several figures is the value (``matching``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shenwan_data.indicators.catalogue import Indicator, catalogue
from shenwan_data.indicators.patterns import Anchor, anchors
from shenwan_data.schemas import while_unchanged
from shenwan_data.statements.context import Setting, Words

_GROUP_WEIGHT = 4
_WEAK = 4  # a weak wording counts a quarter
# What says that a figure is the whole, the stronger words first.
_TOTALS = (
    re.compile(r"累计|总计|合计|共计|总[额数量]"),
    re.compile(r"共|总|全年|全[镇街乡县区]"),
)
# One number of cases is told as 47宗 in the text and as 47件 in the table below it.
_CASES = frozenset(("宗", "件", "起", "例"))


@dataclass(frozen=True, slots=True)
class Claim:
    """One indicator that a figure fits.

    ``strong`` is false for a weak wording, ``total`` how surely its words name the whole.

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


def claims_of(setting: Setting) -> tuple[tuple[Claim, ...], str]:
    """The indicators a figure fits best, whatever its role, and the reason if there are none."""
    figure, words = setting.figure, setting.words
    if figure.qualifier == "vague" and figure.upper is None:
        return (), "no_number"
    fits: dict[str, list[tuple[bool, int, tuple[str, ...]]]] = {}
    # Most wordings fail at their first word, so that is looked for first.
    for code, anchor, first_word in _candidates(figure.kind, figure.unit, words.mean):
        if first_word(words.own) and (fit := _fit(anchor, words)):
            fits.setdefault(code, []).append(fit)
    fitting = [_claim(code, found, setting) for code, found in fits.items()]
    if not fitting:
        return (), "no_indicator"
    if words.shared and figure.kind in ("ratio", "rank"):
        return tuple(fitting), ""
    best = max(claim.score for claim in fitting)
    winners = [claim for claim in fitting if claim.score == best]
    return (tuple(winners), "") if len(winners) == 1 else ((), "ambiguous_indicator")


def same_unit(unit: str | None) -> str | None:
    """A unit, or the one of cases that stands for all of them."""
    return "件" if unit in _CASES else unit


def _claim(code: str, fits: Sequence[tuple[bool, int, tuple[str, ...]]], setting: Setting) -> Claim:
    strong, score, words = max(fits, key=lambda fit: fit[:2])
    total = _total(setting.words.own) or min(1, _total(setting.words.near))
    in_unit = same_unit(setting.figure.unit) == same_unit(catalogue()[code].unit)
    return Claim(code, strong, total, score, in_unit, words)


_Fitting = tuple[tuple[str, Anchor, Callable[[str], object]], ...]


@while_unchanged("anchors.yaml", "indicators", "units.csv", "codes.yaml")
def _kept() -> dict[tuple[str, str | None, bool], _Fitting]:
    """What ``_candidates`` has found so far."""
    return {}


def _candidates(kind: str, unit: str | None, mean: bool) -> _Fitting:
    """The wordings whose unit and measure fit a figure, in the catalogue's order, with their first word."""
    kept = _kept()
    if (kind, unit, mean) not in kept:
        kept[kind, unit, mean] = _fitting(kind, unit, mean)
    return kept[kind, unit, mean]


def _fitting(kind: str, unit: str | None, mean: bool) -> _Fitting:
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


def _fit(anchor: Anchor, around: Words) -> tuple[bool, int, tuple[str, ...]] | None:
    """Whether a wording is strong, how much of it is there (groups, then length), and its words."""
    if anchor.not_own and anchor.not_own.search(around.own):
        return None
    if anchor.not_near and anchor.not_near.search(around.near):
        return None
    if anchor.not_context and anchor.not_context.search(around.context):
        return None
    found: list[str] = []
    places = (
        (anchor.own, around.own),
        (anchor.before, around.near),
        (anchor.context, around.context),
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
