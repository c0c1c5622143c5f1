"""One indicator over all areas and years, and one topic over all areas.

Belongs here: which rows, comparisons and charts those pages show. Does not belong here: addresses
(``urls``), markup (``templates``), shapes (``charts``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from shenwan_data.site.charts import SMALL, WIDE, Point, Size, mini, top_of, trend
from shenwan_data.site.labels import Labels
from shenwan_data.site.topics import Panel, panel
from shenwan_data.site.view import Published, Row

# Cells of a table of areas and years, and charts on one page: each of some hundred bytes or more.
MOST_CELLS = 1200
MOST_CHARTS = 60


@dataclass(frozen=True)
class Series:
    """One indicator in one language: its rows of every area and year."""

    published: Published
    labels: Labels
    code: str

    @property
    def indicator(self) -> Row:
        """Its entry in the catalogue."""
        return self.published.indicators[self.code]

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, the latest year first, then by area."""
        return self.published.rows_by_indicator.get(self.code, [])

    @cached_property
    def by_area(self) -> Mapping[str, Sequence[Row]]:
        """The rows of each area, the earliest year first."""
        found: dict[str, list[Row]] = {}
        for row in sorted(self.rows, key=lambda row: (row["ref_area"], row["time_period"])):
            found.setdefault(row["ref_area"], []).append(row)
        return found

    @property
    def reported(self) -> int:
        """How many rows have a number."""
        return sum(row["obs_status"] == "reported" for row in self.rows)

    @cached_property
    def years(self) -> Sequence[int]:
        """The years of the table of areas and years, latest first: as many as fit."""
        years = sorted({row["time_period"] for row in self.rows}, reverse=True)
        return years[: max(1, MOST_CELLS // max(len(self.by_area), 1))]

    def cells(self, area: str) -> Sequence[Row | None]:
        """The row of each of ``years``, None where there is none."""
        found = {row["time_period"]: row for row in self.by_area[area]}
        return [found.get(year) for year in self.years]

    @cached_property
    def drawn(self) -> Mapping[str, Sequence[Row]]:
        """The areas that have numbers of several years."""
        return {
            area: rows
            for area, rows in self.by_area.items()
            if sum(row["obs_status"] == "reported" for row in rows) > 1
        }

    def charts(self) -> Mapping[str, Markup]:
        """The years of each area on one scale; none where there are too many for one page."""
        drawn = self.drawn
        if len(drawn) > MOST_CHARTS:
            return {}
        rank = self.indicator["measure_type"] == "rank"
        ends = (number for rows in drawn.values() for row in rows for number in _numbers(row))
        high = 0.0 if rank else max(ends, default=0.0)
        size = WIDE if len(drawn) == 1 else SMALL
        return {area: self._chart(area, rows, high, size) for area, rows in drawn.items()}

    def _chart(self, area: str, rows: Sequence[Row], high: float, size: Size) -> Markup:
        told = [f"{row['time_period']}: {self.labels.spoken(row)}" for row in rows]
        # One chart alone answers to the pointer; in many the table does.
        shown = told if size is WIDE else [""] * len(told)
        points = [self.labels.point(row, said) for row, said in zip(rows, shown, strict=True)]
        label = f"{self.labels.area(area)}: {'; '.join(told)}"
        return trend(points, self.indicator["measure_type"] == "rank", label, size, high)

    def panels(self) -> list[Panel]:
        """The charts of the saved file."""
        return [
            panel(self.labels, self.labels.area(area), rows)
            for area, rows in list(self.drawn.items())[:MOST_CHARTS]
        ]


def _numbers(row: Row) -> list[float]:
    return [float(row[name]) for name in ("value", "lower", "upper") if row[name] is not None]


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
        return [self.labels.point(row) for row in rows if row["obs_status"] == "reported"]

    def bars(self, code: str) -> Mapping[str, Markup]:
        """By area, the number as a bar on one scale for all areas; none for ranks or a single area."""
        indicator = self.published.indicators[code]
        points = self._points(code)
        # One bar alone is compared with nothing.
        if indicator["measure_type"] == "rank" or len(points) < 2:
            return {}
        top = 100.0 if indicator["unit"] == "%" else top_of(points)
        return {
            area: mini(self.labels.point(found[code]), top)
            for area, found in self.latest.items()
            if code in found and found[code]["obs_status"] == "reported"
        }
