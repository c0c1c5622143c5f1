"""Every numeral of a text with what it means.

Belongs here: the one call that reads a string. Does not belong here: reports, years, corrections.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from shenwan_data.errors import DataError, Text
from shenwan_data.indicators.corrections import apply_corrections
from shenwan_data.indicators.matching import Conflict, Matching, match_text
from shenwan_data.model import Figure, Report


def interpret(report: Report, data_dir: Path, *, undecided: bool = False) -> tuple[Figure, ...]:
    """Every numeral of a report with its indicators, corrections applied.

    Two figures that fit one indicator equally well, with no correction to decide between them, are
    a DataError, or with ``undecided`` neither of them its value: a person can be asked about the
    reports of a town, not about those of a country. Raises DataError for any correction that does
    not hold.
    """
    matching = match_text(report.text, report.time_period)
    figures, open_ = settle(matching, apply_corrections(report, matching.figures, data_dir))
    if open_ and not undecided:
        raise _undecided(report, open_[0])
    return figures


def settle(
    matching: Matching, corrected: Sequence[Figure]
) -> tuple[tuple[Figure, ...], tuple[Conflict, ...]]:
    """The corrected figures, and the conflicts that no correction has decided.

    Assigning the indicator decides, and so does dropping all figures but one, which then has it.
    """
    figures = {figure.start: figure for figure in corrected}
    undecided: list[Conflict] = []
    for conflict in matching.conflicts:
        if any(conflict.indicator in figure.indicators for figure in figures.values()):
            continue
        claimants = [figures[f.start] for f in conflict.figures]
        left = [f for f in claimants if f.reason != "dropped_by_correction"]
        if len(left) > 1:
            undecided.append(conflict)
            continue
        for figure in left:
            codes = (*figure.indicators, conflict.indicator)
            figures[figure.start] = replace(figure, indicators=codes, reason=None)
    return tuple(figures.values()), tuple(undecided)


def _undecided(report: Report, conflict: Conflict) -> DataError:
    quotes = ", ".join(f"{f.quote} (at {f.start})" for f in conflict.figures)
    return DataError(
        Text(
            f"指标 {conflict.indicator} 对应两个不同的数字：{quotes}",
            f"indicator {conflict.indicator} matches different figures: {quotes}",
        ),
        file=report.path,
        place=f"offsets {', '.join(str(f.start) for f in conflict.figures)}",
        remedy=Text(
            f"请在 data/corrections/{report.time_period}.yaml 用 assign 指定其一（或用 drop 排除），"
            "或在 schemas/indicators 细化写法（says）",
            f"assign it to one (or drop the others) in data/corrections/{report.time_period}.yaml, "
            "or make the ways of saying it in schemas/indicators finer (says)",
        ),
    )


def scan(text: str, year: int | None = None) -> tuple[Figure, ...]:
    """Every numeral of any string, in text order, with value, unit, qualifier, statement and indicators.

    Offsets are code points: ``text[f.start:f.end] == f.quote``. ``year`` is the one the text reports on,
    else the one that its title gives; without any, ``ref_period`` is empty where the text names no time.
    """
    return match_text(text, year).figures
