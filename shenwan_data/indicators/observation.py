"""The value of an indicator for an area and a year.

Belongs here: the record and its statuses. Does not belong here: choosing the figure (``matching``).
"""

from __future__ import annotations

from dataclasses import dataclass

from shenwan_data.figures.figure import Number

OBS_STATUSES = (
    "reported", "mentioned_in_parts", "mentioned_without_number", "not_mentioned", "not_yet_defined",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Observation:
    """One row of a topic table; keyed by (ref_area, time_period, indicator).

    ``obs_status`` is ``reported`` where a figure gives it; all else is a named absence with
    value, bounds, qualifier and figure None. ``quote`` is the figure's, or for
    ``mentioned_in_parts`` and ``mentioned_without_number`` the clause that speaks of it.
    """

    ref_area: str
    time_period: int
    indicator: str
    value: Number | None
    unit: str
    lower: Number | None
    upper: Number | None
    qualifier: str | None
    obs_status: str
    quote: str | None
    figure_id: str | None
    finding_ids: tuple[str, ...]
