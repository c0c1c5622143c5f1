"""Checks that set two or three indicators against each other.

Belongs here: rates against counts, means against totals, parts against wholes, quotients against
bands. Does not belong here: figures without an indicator (``neighbours``) or other years (``years``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from shenwan_data.errors import Text
from shenwan_data.findings.check import (
    CheckContext,
    CheckType,
    Interval,
    Parameters,
    Violation,
    rounded,
    rounding,
)
from shenwan_data.findings.wording import bound_text, figure_text, ratio_text, same
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.model import Figure
from shenwan_data.report.structure import clause_at
from shenwan_data.statements.said import CHANGE


def _rate_bounds(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """A share outside its range: of a rate in the catalogue, or of one of the ``words``."""
    low, high = given["range"]
    for figure in context.data:
        if figure.unit != "%" or figure.nature == CHANGE:
            continue
        rates = [c for c in figure.indicators if catalogue()[c].measure_type == "ratio"]
        if not rates and not any(word in (figure.counted or "") for word in given["words"]):
            continue
        if Interval.of(figure).meets(Interval(low, high)):
            continue
        yield Violation(
            figures=(figure,),
            indicators=figure.indicators,
            reported=figure.value,
            unit="%",
            words={"rate": figure_text(figure)},
        )


def _rank_bounds(context: CheckContext, _given: Parameters) -> Iterator[Violation]:
    """A place below the first, or beyond the number of those who are ranked where that is known."""
    for figure in context.data:
        if figure.kind != "rank" or figure.value is None:
            continue
        clause = clause_at(context.report.text, figure.start, figure.end)
        last = next((number for within, number in context.report.ranked if within in clause), None)
        if figure.value >= 1 and (last is None or figure.value <= last):
            continue
        known = Text("未知", "unknown") if last is None else same(str(last))
        yield Violation(
            figures=(figure,),
            indicators=figure.indicators,
            reported=figure.value,
            implied=None if figure.value < 1 else last,
            unit=figure.unit,
            words={"rank": figure_text(figure), "number": known},
        )


def _mean_over_days(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """A printed daily mean against the year's total over the working days of a year."""
    found = _all(context, given["mean"], given["total"])
    if found is None:
        return
    mean, total = found
    fewest, most = given["days"]
    implied = Interval.of(total).over(Interval(fewest, most))
    if Interval.of(mean).wider(rounding(mean)).meets(implied):
        return
    middle = total.value / ((fewest + most) / 2) if total.value is not None else None
    yield Violation(
        figures=found,
        indicators=(given["mean"], given["total"]),
        reported=mean.value,
        implied=rounded(middle) if middle is not None else None,
        unit=mean.unit,
        words={
            "mean": figure_text(mean),
            "total": figure_text(total),
            "computed": ratio_text(implied),
            "fewest": bound_text(fewest),
            "most": bound_text(most),
        },
    )


def _part_above_whole(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """A part that is larger than its whole, whatever the hedges allow."""
    found = _all(context, given["part"], given["whole"])
    if found is None:
        return
    part, whole = found
    if part.kind != whole.kind or Interval.of(part).low <= Interval.of(whole).high:
        return
    yield Violation(
        figures=found,
        indicators=(given["part"], given["whole"]),
        reported=part.value,
        implied=whole.value,
        unit=part.unit,
        words={"part": figure_text(part), "whole": figure_text(whole)},
    )


def _ratio_band(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """The quotient of two indicators outside a band, whatever the hedges allow."""
    found = _all(context, given["numerator"], given["denominator"])
    if found is None:
        return
    numerator, denominator = found
    low, high = given["band"]
    allowed = Interval(-math.inf if low is None else low, math.inf if high is None else high)
    quotient = Interval.of(numerator).over(Interval.of(denominator))
    if quotient.meets(allowed):
        return
    yield Violation(
        figures=found,
        indicators=(given["numerator"], given["denominator"]),
        reported=numerator.value,
        unit=numerator.unit,
        words={
            "numerator": figure_text(numerator),
            "denominator": figure_text(denominator),
            "ratio": ratio_text(quotient),
            "low": bound_text(low),
            "high": bound_text(high),
        },
    )


def _all(context: CheckContext, *codes: str) -> tuple[Figure, ...] | None:
    """The figures of all the indicators, or None where one is not reported."""
    found = tuple(context.by_indicator[code] for code in codes if code in context.by_indicator)
    return found if len(found) == len(codes) else None


CHECK_TYPES = {
    "rate_bounds": CheckType(
        _rate_bounds,
        {"range": "closed_band", "words": "words"},
        frozenset({"rate"}),
    ),
    "rank_bounds": CheckType(_rank_bounds, {}, frozenset({"rank", "number"})),
    "mean_over_days": CheckType(
        _mean_over_days,
        {"mean": "indicator", "total": "indicator", "days": "closed_band"},
        frozenset({"mean", "total", "computed", "fewest", "most"}),
    ),
    "part_above_whole": CheckType(
        _part_above_whole,
        {"part": "indicator", "whole": "indicator"},
        frozenset({"part", "whole"}),
    ),
    "ratio_band": CheckType(
        _ratio_band,
        {"numerator": "indicator", "denominator": "indicator", "band": "band"},
        frozenset({"numerator", "denominator", "ratio", "low", "high"}),
    ),
}
