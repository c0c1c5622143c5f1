"""The pages of a topic: one indicator a card, all rows in a table.

Belongs here: choosing and ordering what they show. Does not belong here: markup and shapes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from shenwan_data.publish.site.charts import bar, trend
from shenwan_data.publish.site.crossing import Crossing, named
from shenwan_data.publish.site.labels import Labels, direction, point
from shenwan_data.publish.site.places import Places, relative
from shenwan_data.publish.site.published import Published, Row
from shenwan_data.publish.site.sheet import Panel


def _scale(indicator: Row) -> int | None:
    """The end of the scale of an indicator's unit, where it has one."""
    return 100 if indicator["unit"] == "%" else None


@dataclass(frozen=True)
class Card:
    """One indicator of an area. ``latest`` is its row of the area's latest year."""

    indicator: Row
    latest: Row
    direction: str
    before: Row | None
    chart: Markup | None
    years: Sequence[Row]


@dataclass(frozen=True)
class TopicArea:
    """One topic of one area in one language."""

    published: Published
    places: Places
    labels: Labels
    topic: str
    area: str

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, in the order of the table."""
        return self.published.rows_of.get((self.topic, self.area), [])

    @property
    def latest_year(self) -> int:
        """The area's latest year."""
        return max(int(row["time_period"]) for row in self.rows)

    def by_indicator(self) -> Mapping[str, list[Row]]:
        """The rows of each indicator, earliest year first."""
        found: dict[str, list[Row]] = {}
        for row in sorted(self.rows, key=lambda row: int(row["time_period"])):
            found.setdefault(row["indicator"], []).append(row)
        return found

    def _place(self, rows: Sequence[Row]) -> tuple[int, int, str]:
        """Where the latest report that gives the indicator gives it."""
        for row in reversed(rows):
            if row["figure_id"]:
                figure = self.published.figure_by_id[row["figure_id"]]
                return (-row["time_period"], figure["start"], row["indicator"])
        return (0, 0, rows[-1]["indicator"])

    def chart(self, rows: Sequence[Row]) -> Markup | None:
        """The chart of one indicator; none for a rank of one year, which is no length."""
        indicator = self.published.indicators[rows[-1]["indicator"]]
        told = [f"{row['time_period']}: {self.labels.spoken(row)}" for row in rows]
        points = [point(row, said) for row, said in zip(rows, told, strict=True)]
        downwards = indicator["measure_type"] == "rank"
        if len(points) > 1:
            said = "; ".join(told)
            return trend(points, downwards, f"{self.labels.of(indicator, 'label')}: {said}")
        if downwards or not points[0].reported:
            return None
        said = self.labels.spoken(rows[-1])
        return bar(points[0], _scale(indicator), said)

    @cached_property
    def cards(self) -> list[Card]:
        """The indicators that have a figure in any year, in the order of the latest report."""
        found = self.by_indicator().values()
        given = [rows for rows in found if any(row["obs_status"] == "reported" for row in rows)]
        return [
            Card(
                indicator=self.published.indicators[rows[-1]["indicator"]],
                latest=rows[-1],
                direction=direction(rows[-1], rows[-2] if len(rows) > 1 else None),
                before=rows[-2] if len(rows) > 1 else None,
                chart=self.chart(rows),
                years=rows,
            )
            for rows in sorted(given, key=self._place)
        ]

    def absent(self) -> list[Row]:
        """The rows of the latest year of the indicators that no year gives."""
        return [
            rows[-1]
            for rows in self.by_indicator().values()
            if all(row["obs_status"] != "reported" for row in rows)
        ]

    def table(self, years: Sequence[int]) -> list[Row]:
        """The rows of some years: latest year first, in the order of the cards."""
        order = {row["indicator"]: n for n, row in enumerate(card.latest for card in self.cards)}
        chosen = [row for row in self.rows if row["time_period"] in years]
        return sorted(
            chosen,
            key=lambda row: (
                -row["time_period"],
                order.get(row["indicator"], len(order)),
                row["indicator"],
            ),
        )

    def panels(self) -> list[Panel]:
        """The charts of all indicators with a figure, for the file."""
        return [
            Panel(
                title=self.labels.with_unit(card.indicator),
                stated=f"{self.labels.stated(card.latest)} {self.labels.unit(card.latest['unit'])}",
                points=[point(row) for row in card.years],
                downwards=card.indicator["measure_type"] == "rank",
                unit_max=_scale(card.indicator),
            )
            for card in self.cards
        ]

    @cached_property
    def _crossing(self) -> Crossing:
        here = self.places.area(self.topic, self.area)

        def way(code: str) -> str | None:
            topic = self.published.indicators[code]["topic"]
            if (topic, self.area) not in self.published.rows_of:
                return None
            return relative(f"{self.places.area(topic, self.area)}#i-{code}", here)

        return Crossing(named(self.published.indicators, self.labels.language), way)

    def explained(self, code: str, column: str) -> Markup:
        """The definition or the note of an indicator, leading to the others that it names."""
        text = self.labels.of(self.published.indicators[code], column)
        return self._crossing.linked(text)

    def source(self, row: Row) -> str | None:
        """The page and anchor of the sentence that a row comes from."""
        if row["figure_id"]:
            return self.places.figure(row["figure_id"])
        if not row["quote"]:
            return None
        report = f"{row['ref_area']}-{row['time_period']}"
        return self.places.sentence(report, row["quote"])
