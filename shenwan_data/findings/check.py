"""What the rules look at: one report's figures, by text order and by indicator, and last year's.

Belongs here: the lookups that several check types need, and the intervals they compare. Does not belong
here: any rule.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from shenwan_data.errors import Text
from shenwan_data.model import Figure, Number, Report
from shenwan_data.report.structure import CLAUSE_MARKS, Structure, structure
from shenwan_data.statements.said import CHANGE, EACH, ELSEWHERE, TARGET

Parameters = Mapping[str, Any]
_CLAUSE_MARK = re.compile(f"[{re.escape(CLAUSE_MARKS)}]")
# A page without marks has no clauses.
_REACH = 200


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a rule is broken.

    ``figures`` come in the order the finding names them; ``indicators`` are catalogue codes;
    ``reported`` and ``implied`` disagree, both in ``unit``. ``words`` fill the message.
    """

    figures: tuple[Figure, ...]
    words: Mapping[str, Text]
    reported: Number | None = None
    implied: Number | None = None
    unit: str | None = None
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckType:
    """One kind of rule: the function, its parameters with their types, and its placeholders.

    The types are those of ``parameters.PARAMETER_TYPES``; every parameter must be given.
    """

    run: Callable[[CheckContext, Parameters], Iterator[Violation]]
    parameters: Mapping[str, str]
    placeholders: frozenset[str]


def rounded(value: float) -> Number:
    """A computed number as it is published: at most two decimals, whole where it is whole."""
    short = round(float(value), 2)
    return int(short) if short.is_integer() else short


@dataclass(frozen=True)
class CheckContext:
    """One report and its figures.

    ``previous`` are the figures of the area's last report before this one, ``previous_year`` the
    year of that report; both are None where there is none. It need not be the year before.
    ``earlier`` gives, by the start of a figure, the indicator whose value of an earlier year it states.
    """

    report: Report
    figures: tuple[Figure, ...]
    previous: tuple[Figure, ...] | None
    previous_year: int | None = None
    earlier: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def structure(self) -> Structure:
        """The division of the report's text."""
        return structure(self.report.text)

    @cached_property
    def data(self) -> tuple[Figure, ...]:
        """Every data figure, in text order."""
        return tuple(figure for figure in self.figures if figure.is_data)

    @cached_property
    def _figure_starts(self) -> tuple[int, ...]:
        return tuple(figure.start for figure in self.figures)

    def figure_at(self, offset: int) -> Figure | None:
        """The figure that holds an offset of the text."""
        index = bisect_right(self._figure_starts, offset) - 1
        return self.figures[index] if index >= 0 and offset < self.figures[index].end else None

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(figure.start for figure in self.data)

    def data_between(self, start: int, end: int) -> tuple[Figure, ...]:
        """The data figures that begin within a stretch of the text."""
        return self.data[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def words_before(self, figure: Figure) -> str:
        """The words of a data figure's clause before it, from the data figure beside it on."""
        index = bisect_left(self._starts, figure.start)
        floor = self.data[index - 1].end if index else 0
        return _CLAUSE_MARK.split(
            self.report.text[max(floor, figure.start - _REACH) : figure.start]
        )[-1]

    @cached_property
    def by_indicator(self) -> Mapping[str, Figure]:
        """The first figure of each indicator."""
        return _by_indicator(self.figures)

    @cached_property
    def before(self) -> Mapping[str, Figure]:
        """The first figure of each indicator in the last report before; empty without one."""
        return _by_indicator(self.previous or ())

    @property
    def year_before(self) -> Mapping[str, Figure]:
        """The same, but empty unless that report is of the year before: what 上年 and 同比 mean."""
        adjacent = self.previous_year == self.report.time_period - 1
        return self.before if adjacent else {}

    def between(self, left: Figure, right: Figure) -> str:
        """The text from the end of one figure to the start of another."""
        return self.report.text[left.end : right.start]

    def same_sentence(self, left: Figure, right: Figure) -> bool:
        """Whether two figures stand in one sentence."""
        start, end = self.structure.sentence_at(left.start)
        return start <= right.start < end


def _by_indicator(figures: Sequence[Figure]) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for figure in figures:
        for code in figure.indicators:
            found.setdefault(code, figure)
    return found


def is_result(figure: Figure) -> bool:
    """Whether a figure is what came of something here: no change, no target, of no other body."""
    return figure.nature not in (CHANGE, TARGET) and figure.coverage != ELSEWHERE


def is_mean(figure: Figure) -> bool:
    """Whether a figure is a mean, or said of each of many."""
    return figure.coverage == EACH


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from ``low`` to ``high``; infinite where a bound is open."""

    low: float
    high: float

    @classmethod
    def of(cls, figure: Figure) -> Interval:
        """The values that a figure's wording allows. A count, sum or share is never below zero."""
        low = 0.0 if figure.lower is None else float(figure.lower)
        return cls(low, math.inf if figure.upper is None else float(figure.upper))

    def over(self, other: Interval) -> Interval:
        """All quotients; what is divided by zero is infinite."""
        low = 0.0 if math.isinf(other.high) else _quotient(self.low, other.high)
        return Interval(low, math.inf if math.isinf(self.high) else _quotient(self.high, other.low))

    def minus(self, other: Interval) -> Interval:
        """All differences."""
        return Interval(self.low - other.high, self.high - other.low)

    def times(self, factor: float) -> Interval:
        """All values multiplied by a positive factor."""
        return Interval(self.low * factor, self.high * factor)

    def wider(self, margin: float) -> Interval:
        """The interval with a margin on both sides."""
        return Interval(self.low - margin, self.high + margin)

    def meets(self, other: Interval) -> bool:
        """Whether a value lies in both."""
        return self.low <= other.high and other.low <= self.high


def _quotient(over: float, under: float) -> float:
    return over / under if under else math.inf


def rounding(figure: Figure) -> float:
    """How far the true value may lie from a printed one: one unit of its last decimal.

    A whole unit rather than a half, because offices cut off as often as they round.
    """
    printed = repr(figure.raw_value)
    decimals = len(printed.partition(".")[2]) if isinstance(figure.raw_value, float) else 0
    scale = figure.value / figure.raw_value if figure.value and figure.raw_value else 1
    return float(10**-decimals * abs(scale))
