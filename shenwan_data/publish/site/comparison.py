"""The latest year of every area side by side.

Belongs here: which rows are compared and on which scale. Does not belong here: markup, shapes
(``charts``), or the years of one area (``topics``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from shenwan_data.publish.site.charts import Point, mini, top_of
from shenwan_data.publish.site.labels import Labels, point
from shenwan_data.publish.site.published import Published, Row


@dataclass(frozen=True)
class Comparison:
    """One topic of all areas."""

    published: Published
    labels: Labels
    topic: str

    @cached_property
    def latest(self) -> Mapping[str, Mapping[str, Row]]:
        """By area, the rows of its latest year by indicator."""
        found: dict[str, dict[str, Row]] = {}
        for area in self.published.reporting_areas:
            rows = self.published.rows_of.get((self.topic, area), [])
            year = max((row["time_period"] for row in rows), default=None)
            found[area] = {row["indicator"]: row for row in rows if row["time_period"] == year}
        return found

    @property
    def codes(self) -> Sequence[str]:
        """The indicators, those that some area gives first; each part in catalogue order."""
        codes = [c for c, row in self.published.indicators.items() if row["topic"] == self.topic]
        return sorted(codes, key=lambda code: not self._points(code))

    def year(self, area: str) -> int | None:
        """The latest year of an area."""
        return next((row["time_period"] for row in self.latest[area].values()), None)

    def _points(self, code: str) -> list[Point]:
        rows = (found[code] for found in self.latest.values() if code in found)
        return [point(row) for row in rows if row["obs_status"] == "reported"]

    def bars(self, code: str) -> Mapping[str, Markup]:
        """By area, the number as a bar on the scale of all areas; none for ranks, which are no lengths."""
        indicator = self.published.indicators[code]
        points = self._points(code)
        if indicator["measure_type"] == "rank" or not points:
            return {}
        top = 100.0 if indicator["unit"] == "%" else top_of(points)
        return {
            area: mini(point(found[code]), top)
            for area, found in self.latest.items()
            if code in found and found[code]["obs_status"] == "reported"
        }
