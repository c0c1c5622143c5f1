"""How well the program reads, measured against labels made by hand.

Belongs here: pairing labelled with predicted figures, and precision, recall and F1. Does not belong
here: the labels (``tests/golden``) or printing the result (``cli``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from shenwan_data.figures.numerals import rounded
from shenwan_data.model import DATA_KINDS

TOLERANCE = 1e-6
# Stands before a code of the gold that careful readers could differ about.
ARGUABLE = "?"
LEVELS = ("span", "value", "value_unit", "value_unit_qualifier", "indicator")


class Read(Protocol):
    """What is compared: a figure of the program or of the gold. Spans are half open."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def lower(self) -> float | None: ...
    @property
    def upper(self) -> float | None: ...
    @property
    def qualifier(self) -> str | None: ...
    @property
    def indicators(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts at one level. The shares are 0 to 1, and 1 where there is nothing to divide by."""

    gold: int
    predicted: int
    hits: int

    @property
    def precision(self) -> float:
        """Share of what was predicted that is right."""
        return self.hits / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found."""
        return self.hits / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.gold + self.predicted
        return 2 * self.hits / total if total else 1.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.gold + other.gold, self.predicted + other.predicted, self.hits + other.hits
        )


@dataclass(frozen=True, slots=True)
class Accuracy:
    """One tally for each of ``LEVELS``. ``indicator`` counts pairs of a figure and a code."""

    span: Tally
    value: Tally
    value_unit: Tally
    value_unit_qualifier: Tally
    indicator: Tally

    def __add__(self, other: Accuracy) -> Accuracy:
        return Accuracy(*(getattr(self, level) + getattr(other, level) for level in LEVELS))


def pair(gold: Sequence[Read], predicted: Sequence[Read]) -> tuple[tuple[int, int], ...]:
    """Indices (gold, predicted) of figures that overlap, one to one, the longest overlap first."""
    overlaps = sorted(
        (max(left.start, right.start) - min(left.end, right.end), i, j)
        for i, left in enumerate(gold)
        for j, right in enumerate(predicted)
        if left.start < right.end and right.start < left.end
    )
    pairs: list[tuple[int, int]] = []
    taken_gold: set[int] = set()
    taken_predicted: set[int] = set()
    for _, i, j in overlaps:
        if i not in taken_gold and j not in taken_predicted:
            pairs.append((i, j))
            taken_gold.add(i)
            taken_predicted.add(j)
    return tuple(sorted(pairs))


def score(
    gold: Iterable[Read], predicted: Iterable[Read], codes_known: frozenset[str] | None = None
) -> Accuracy:
    """Compare the figures of one text. Numerals that are not data are left out on both sides.

    A pair of figures is a hit for the value when the values agree to one part in a million, or are the
    same where the label is rounded as a converted value is; where
    the gold has no value (vague, range), when both bounds agree. Unit and qualifier are asked for
    on top of that. An indicator is a hit when the paired figure carries the same code; a code of the
    gold that is marked ``ARGUABLE`` counts neither way, read or not, and so does a code that is not
    among ``codes_known``: labels made before an indicator was defined cannot know it.
    """
    wanted = [figure for figure in gold if figure.kind in DATA_KINDS]
    given = [figure for figure in predicted if figure.kind in DATA_KINDS]
    pairs = [(wanted[i], given[j]) for i, j in pair(wanted, given)]
    value = [(left, right) for left, right in pairs if _same_value(left, right)]
    unit = [(left, right) for left, right in value if (left.unit or "-") == (right.unit or "-")]
    qualifier = [(left, right) for left, right in unit if left.qualifier == right.qualifier]
    codes = sum(len(set(left.indicators) & set(right.indicators)) for left, right in pairs)
    unknown = 0
    if codes_known is not None:
        unknown = sum(len(set(f.indicators) - codes_known) for f in given)
    arguable = sum(
        len({ARGUABLE + code for code in right.indicators} & set(left.indicators))
        for left, right in pairs
    )
    return Accuracy(
        span=Tally(len(wanted), len(given), len(pairs)),
        value=Tally(len(wanted), len(given), len(value)),
        value_unit=Tally(len(wanted), len(given), len(unit)),
        value_unit_qualifier=Tally(len(wanted), len(given), len(qualifier)),
        indicator=Tally(_codes(wanted), _codes(given) - arguable - unknown, codes),
    )


def total(parts: Iterable[Accuracy]) -> Accuracy:
    """The counts of several texts added up, so that every figure weighs the same."""
    return sum(parts, start=Accuracy(*(Tally(0, 0, 0) for _ in LEVELS)))


def _codes(figures: Iterable[Read]) -> int:
    return sum(
        not code.startswith(ARGUABLE) for figure in figures for code in set(figure.indicators)
    )


def _same_value(gold: Read, predicted: Read) -> bool:
    if gold.value is not None or predicted.value is not None:
        return _close(gold.value, predicted.value)
    return _close(gold.lower, predicted.lower) and _close(gold.upper, predicted.upper)


def _close(gold: float | None, predicted: float | None) -> bool:
    if gold is None or predicted is None:
        return gold is predicted
    if math.isclose(gold, predicted, rel_tol=TOLERANCE):
        return True
    # Labelled is the quotient itself, read is that quotient rounded.
    return predicted == float(rounded(Fraction(repr(gold))))
