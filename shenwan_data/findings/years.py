"""Checks that need the calendar or the year before.

Belongs here: the last values reported against this year's and against what this year's report says they
were, and the day of publication. Does not belong here: a growth that the report claims (``growth``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date

from shenwan_data.errors import Text
from shenwan_data.findings.check import (
    CheckContext,
    CheckType,
    Interval,
    Parameters,
    Violation,
    rounding,
)
from shenwan_data.findings.wording import date_text, figure_text, ratio_text, same
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.concepts import CASES
from shenwan_data.model import Figure
from shenwan_data.statements.said import PART


def _year_ratio(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """This year's value over the last one reported, outside a band, whatever the hedges allow."""
    for pair in _comparable(context, given):
        if (violation := _outside(context, pair, given["band"])) is not None:
            yield violation


def _flow_ratio(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """The same for flows; persons of one town hall move less than cases and visits do."""
    heads = frozenset(given["heads"])
    for pair in _comparable(context, given):
        band = given["heads_band"] if pair[1].unit in heads else given["band"]
        if (violation := _outside(context, pair, band)) is not None:
            yield violation


Pair = tuple[str, Figure, Figure]


def _comparable(context: CheckContext, given: Parameters) -> Iterator[Pair]:
    """The pairs of some measure types in units that mean the same, both large enough to compare."""
    alike = [frozenset(group) for group in given["alike"]]
    for code, now, before in _pairs(context):
        if catalogue()[code].measure_type not in given["measure_types"]:
            continue
        if not _alike(now, before, alike):
            continue
        if max(Interval.of(now).low, Interval.of(before).low) >= given["smallest"]:
            yield code, now, before


def _alike(now: Figure, before: Figure, alike: Sequence[frozenset[str | None]]) -> bool:
    units = {now.unit, before.unit}
    return len(units) == 1 or any(units <= group for group in alike)


def _outside(context: CheckContext, pair: Pair, band: Sequence[float | None]) -> Violation | None:
    code, now, before = pair
    low, high = band
    allowed = Interval(-math.inf if low is None else low, math.inf if high is None else high)
    last = Interval.of(before)
    quotient = Interval.of(now).over(last)
    if not last.high or quotient.meets(allowed):
        return None
    return Violation(
        figures=(now,),
        indicators=(code,),
        reported=now.value,
        implied=before.value,
        unit=now.unit,
        words=_year_words(context, code, now, before) | {"ratio": ratio_text(quotient)},
    )


def _unit_over_years(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """An indicator in another unit than last year, where the two do not mean the same."""
    alike = [frozenset(group) for group in given["alike"]]
    for code, now, before in _pairs(context):
        if now.unit is None or before.unit is None or _alike(now, before, alike):
            continue
        yield Violation(
            figures=(now,),
            indicators=(code,),
            reported=now.value,
            implied=before.value,
            unit=now.unit,
            words=_year_words(context, code, now, before)
            | {"unit": same(now.unit or ""), "unit_before": same(before.unit or "")},
        )


def _earlier_year(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """An earlier year's value as this report states it, where that year's report gave another."""
    year = "|".join([*map(re.escape, given["base"]), r"\d{4}年度?"])
    bracket = re.compile(rf"[（(](?:{year})(?:为|是|共|仅)?")
    last: Figure | None = None
    for stated in context.data:
        before_it, last = last, stated
        code = context.earlier.get(stated.start)
        before = context.before.get(code or "")
        if code is None or before is None or stated.ref_period != str(context.previous_year):
            continue
        # In brackets stands either a part or, opened by its year alone, the value of that year.
        if stated.coverage == PART and not (
            before_it and bracket.fullmatch(context.between(before_it, stated))
        ):
            continue
        if not _same_unit(stated, before):
            continue
        margin = max(_rounded_by(stated), _rounded_by(before))
        if not Interval.of(stated).wider(margin).meets(Interval.of(before)):
            yield Violation(
                figures=(stated,),
                indicators=(code,),
                reported=stated.value,
                implied=before.value,
                unit=stated.unit,
                words={
                    "stated": figure_text(stated),
                    "before": figure_text(before),
                    "label": catalogue()[code].label,
                    "year": same(str(context.previous_year)),
                },
            )


def _same_unit(one: Figure, other: Figure) -> bool:
    return one.unit == other.unit or {one.unit, other.unit} <= CASES


def _rounded_by(figure: Figure) -> float:
    """How far a value printed with decimals or with 万 and 亿 may be rounded; whole numbers are not."""
    coarse = isinstance(figure.raw_value, float) or (figure.raw_unit or "-")[0] in "万亿"
    return rounding(figure) if coarse else 0.0


def _publication(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """A day of publication before the year was over, or after the deadline of the next."""
    report = context.report
    if report.published is None:
        return
    month, day = given["deadline"]
    end, deadline = date(report.time_period, 12, 31), date(report.time_period + 1, month, day)
    early, late = report.published <= end, report.published > deadline
    if early if given["side"] == "early" else late:
        yield Violation(
            figures=(),
            words={
                "published": date_text(report.published),
                "deadline": date_text(deadline),
                "year": same(str(report.time_period)),
            },
        )


def _pairs(context: CheckContext) -> Iterator[tuple[str, Figure, Figure]]:
    """Every indicator that both reports give: code, this year's figure, the last one before."""
    for code, now in context.by_indicator.items():
        before = context.before.get(code)
        if before is not None:
            yield code, now, before


def _year_words(context: CheckContext, code: str, now: Figure, before: Figure) -> dict[str, Text]:
    year = context.report.time_period
    return {
        "label": catalogue()[code].label,
        "now": figure_text(now),
        "before": figure_text(before),
        "year": same(str(year)),
        "year_before": same(str(context.previous_year)),
    }


_YEAR_WORDS = frozenset({"label", "now", "before", "year", "year_before"})

CHECK_TYPES = {
    "year_ratio": CheckType(
        _year_ratio,
        {
            "measure_types": "measure_types",
            "band": "band",
            "smallest": "number",
            "alike": "unit_groups",
        },
        _YEAR_WORDS | {"ratio"},
    ),
    "flow_ratio": CheckType(
        _flow_ratio,
        {
            "measure_types": "measure_types",
            "band": "band",
            "heads": "units",
            "heads_band": "band",
            "smallest": "number",
            "alike": "unit_groups",
        },
        _YEAR_WORDS | {"ratio"},
    ),
    "unit_over_years": CheckType(
        _unit_over_years, {"alike": "unit_groups"}, _YEAR_WORDS | {"unit", "unit_before"}
    ),
    "earlier_year": CheckType(
        _earlier_year, {"base": "words"}, frozenset({"stated", "before", "label", "year"})
    ),
    "publication": CheckType(
        _publication,
        {"side": "side", "deadline": "month_day"},
        frozenset({"published", "deadline", "year"}),
    ),
}
