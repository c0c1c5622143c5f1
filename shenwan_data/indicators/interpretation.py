"""One report, read and decided: its figures with indicators and a person's corrections.

Belongs here: the order of the steps, and stopping where a report cannot be decided. Does not belong
here: the steps themselves.
"""

from __future__ import annotations

from pathlib import Path

from shenwan_data.errors import DataError, Text
from shenwan_data.figures.figure import Figure
from shenwan_data.figures.scan import find_figures
from shenwan_data.indicators.corrections import apply_corrections
from shenwan_data.indicators.matching import Conflict, match_figures
from shenwan_data.report.report import Report


def interpret(report: Report, data_dir: Path) -> tuple[Figure, ...]:
    """Every numeral of a report with its indicators, corrections applied.

    Raises DataError when two figures fit one indicator equally well and no correction decides
    between them, and for any correction that does not hold.
    """
    matching = match_figures(report.text, find_figures(report.text))
    figures = apply_corrections(report, matching.figures, data_dir)
    given = {code for figure in figures for code in figure.indicators}
    touched = {figure.start for figure in figures if figure.reason == "dropped_by_correction"}
    for conflict in matching.conflicts:
        open_claims = [f for f in conflict.figures if f.start not in touched]
        if conflict.indicator not in given and len(open_claims) > 1:
            raise _undecided(report, conflict)
    return figures


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
            "或在 schemas/anchors.yaml 细化写法",
            f"assign it to one (or drop the others) in data/corrections/{report.time_period}.yaml, "
            "or make the wording in schemas/anchors.yaml finer",
        ),
    )
