"""The rules that tie an observation to the figure it was taken from.

Belongs here: comparing rows of a topic with rows of the evidence. Does not belong here: the rules of
single cells (``cell_rules``) and keys (``keys``).

No Table Schema can state these. They find a value that was changed after it was read, in a cache or a
file, and faults of the program as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from shenwan_data.errors import Text

# What an observation takes over from its figure as it is.
TAKEN = ("value", "unit", "lower", "upper", "qualifier", "quote")
_NEEDED = ("ref_area", "time_period", "indicator", "obs_status", "figure_id", *TAKEN)
_FIGURE = ("figure_id", "report_id", "indicators", *TAKEN)
REPORTED = "reported"

Row = Mapping[str, Any]


def interval_problem(row: Row) -> Text | None:
    """Whether ``lower <= value <= upper``, so far as they are given."""
    lower, value, upper = row["lower"], row["value"], row["upper"]
    ends = [number for number in (lower, value, upper) if number is not None]
    if ends == sorted(ends):
        return None
    shown = ", ".join("" if number is None else f"{number:f}" for number in (lower, value, upper))
    return Text(
        f"数值不在上下限之内（下限、数值、上限：{shown}）",
        f"the value is outside its bounds (lower, value, upper: {shown})",
    )


def _tie_problem(row: Row, figures: Mapping[str, Row]) -> Text | None:
    figure_id = row["figure_id"]
    if figure_id is None:
        if row["obs_status"] == REPORTED or row["value"] is not None:
            return Text("有数值却没有对应的数字", "it has a value but names no figure")
        return None
    figure = figures.get(figure_id)
    if figure is None:
        # Keys have a check of their own.
        return None
    report = f"{row['ref_area']}-{row['time_period']}"
    if figure["report_id"] != report:
        return Text(f"数字 {figure_id} 属于另一份报告", f"figure {figure_id} is of another report")
    if row["indicator"] not in (figure["indicators"] or "").split():
        return Text(
            f"数字 {figure_id} 不属于该指标",
            f"figure {figure_id} is not assigned to this indicator",
        )
    for column in TAKEN:
        if row[column] != figure[column]:
            shown = _shown(row[column]), _shown(figure[column])
            return Text(
                f"{column} 为 {shown[0]}，数字 {figure_id} 为 {shown[1]}",
                f"{column} is {shown[0]}, but {shown[1]} in figure {figure_id}",
            )
    return None


def _shown(value: Any) -> str:
    return "null" if value is None else repr(value) if isinstance(value, str) else f"{value:f}"


def _rows(table: pa.Table, columns: tuple[str, ...]) -> list[Row] | None:
    """The rows of some columns, None where one is missing: that fails elsewhere."""
    if not set(columns) <= set(table.column_names):
        return None
    return list(table.select(list(columns)).to_pylist())


def observation_problems(observations: pa.Table, figures: pa.Table) -> Iterator[Text]:
    """What contradicts the figures in the rows of a topic. A row is counted with the header."""
    rows, of_figures = _rows(observations, _NEEDED), _rows(figures, _FIGURE)
    if rows is None or of_figures is None:
        return
    known = {row["figure_id"]: row for row in of_figures}
    for number, row in enumerate(rows, start=2):
        for problem in (interval_problem(row), _tie_problem(row, known)):
            if problem is not None:
                yield Text(
                    f"第 {number} 行 {row['indicator']}：{problem.zh}",
                    f"row {number}, {row['indicator']}: {problem.en}",
                )


def figure_problems(figures: pa.Table) -> Iterator[Text]:
    """The figures whose value lies outside their own bounds."""
    rows = _rows(figures, ("figure_id", "lower", "value", "upper"))
    for number, row in enumerate(rows or (), start=2):
        problem = interval_problem(row)
        if problem is not None:
            place = row["figure_id"]
            yield Text(
                f"第 {number} 行 {place}：{problem.zh}", f"row {number}, {place}: {problem.en}"
            )
