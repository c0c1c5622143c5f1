"""The pages of a topic: a card for each indicator, a table of all rows.

Belongs here: choosing and ordering what they show. Does not belong here: markup and shapes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import svg
from markupsafe import Markup, escape

from shenwan_data.site.charts import (
    BAR_HEIGHT,
    TREND_HEIGHT,
    TREND_WIDTH,
    Point,
    bar,
    bar_shapes,
    patterns,
    rect,
    text,
    trend,
    trend_shapes,
)
from shenwan_data.site.labels import Labels, direction, point
from shenwan_data.site.layout import CrossReferences, named
from shenwan_data.site.urls import Urls, relative
from shenwan_data.site.view import Published, Row

# The style of a saved chart, which has no page around it.
CHART_STYLE = """
text{font:12px "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif;
fill:#1f2933}.title{font-weight:600;font-size:13px}.head{font-size:17px;font-weight:600}
.tick,.foot{fill:#52606d;font-size:10px}.now{font-weight:600}.axis{stroke:#9aa5b1}
.line{fill:none;stroke:#1d5fa8;stroke-opacity:.5}.dot{fill:#1d5fa8}
.soft{fill:url(#hatch)}.open{fill:url(#fade)}.up{fill:url(#fade-up)}
.arrow,.gap,.printed{fill:none;stroke:#1d5fa8;stroke-width:1.4}.gap{stroke:#7b8794}
.solid{fill:#1d5fa8}.track{fill:#e4e7eb}.end{stroke:#1d5fa8;stroke-width:2}.paper{fill:#fff}
.hatch{stroke:#1d5fa8;stroke-width:1.2}.fade{stop-color:#1d5fa8}
"""


@dataclass(frozen=True, slots=True)
class Panel:
    """One indicator of a saved chart; ``stated`` is its latest number as text."""

    title: str
    stated: str
    points: Sequence[Point]
    downwards: bool
    unit_max: int | None


def sheet(title: str, foot: str, panels: Sequence[Panel]) -> str:
    """Small multiples as an SVG file of its own, three in a row."""
    single = all(len(panel.points) == 1 for panel in panels)
    columns, width, head = 3, TREND_WIDTH + 24, 48
    height = (BAR_HEIGHT if single else TREND_HEIGHT) + (50 if single else 34)
    lines = (len(panels) + columns - 1) // columns
    whole = (columns * width + 24, head + lines * height + 30)
    elements: list[svg.Element] = [
        svg.Title(text=str(escape(title))),
        svg.Style(text=CHART_STYLE),
        svg.Defs(elements=patterns()),
        rect(0, 0, whole[0], whole[1], "paper"),
        text(title, 16, 28, "head"),
        text(foot, 16, whole[1] - 12, "foot"),
    ]
    for index, panel in enumerate(panels):
        x, y = 16 + index % columns * width, head + index // columns * height
        elements.append(text(panel.title, x, y + 12, "title"))
        if not single:
            shapes = trend_shapes(panel.points, panel.downwards)
        else:
            elements.append(text(panel.stated, x, y + 28, "now"))
            flat = panel.downwards or not panel.points[0].reported
            shapes = [] if flat else bar_shapes(panel.points[0], panel.unit_max)
        down = y + (32 if single else 18)
        elements.append(svg.G(transform=[svg.Translate(x, down)], elements=shapes))
    chart = svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, *whole),
        width=whole[0],
        height=whole[1],
        elements=elements,
        extra={"role": "img", "aria-label": str(escape(title))},
    )
    return chart.as_str() + "\n"


def _scale(indicator: Row) -> int | None:
    """The end of the scale of an indicator's unit, where it has one."""
    return 100 if indicator["unit"] == "%" else None


@dataclass(frozen=True)
class Card:
    """One indicator of an area.

    ``latest`` is its row of the area's latest year, ``before`` that of the last earlier year that
    reports it, which need not be the year before.
    """

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
    urls: Urls
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
        """The offset of the indicator in the latest report that has it."""
        for row in reversed(rows):
            if row["figure_id"]:
                figure = self.published.figure_by_id[row["figure_id"]]
                return (-row["time_period"], figure["start"], row["indicator"])
        return (0, 0, rows[-1]["indicator"])

    def chart(self, rows: Sequence[Row]) -> Markup | None:
        """The chart of one indicator; none for a rank of a single year."""
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
        return [self._card(rows) for rows in sorted(given, key=self._place)]

    def _card(self, rows: Sequence[Row]) -> Card:
        indicator = self.published.indicators[rows[-1]["indicator"]]
        earlier = (row for row in reversed(rows[:-1]) if row["obs_status"] == "reported")
        before = next(earlier, None)
        return Card(
            indicator=indicator,
            latest=rows[-1],
            direction=direction(rows[-1], before, rank=indicator["measure_type"] == "rank"),
            before=before,
            chart=self.chart(rows),
            years=rows,
        )

    def absent(self) -> list[Row]:
        """The rows of the latest year for indicators without a figure in any year."""
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
        """The charts of all indicators with a figure, for the saved file."""
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
    def _cross_references(self) -> CrossReferences:
        here = self.urls.area(self.topic, self.area)

        def way(code: str) -> str | None:
            topic = self.published.indicators[code]["topic"]
            if (topic, self.area) not in self.published.rows_of:
                return None
            return relative(f"{self.urls.area(topic, self.area)}#i-{code}", here)

        return CrossReferences(named(self.published.indicators, self.labels.language), way)

    def explained(self, code: str, column: str) -> Markup:
        """The definition or note of an indicator, with links to the indicators it names."""
        text = self.labels.of(self.published.indicators[code], column)
        return self._cross_references.linked(text)

    def source(self, row: Row) -> str | None:
        """The page and anchor of the sentence that a row comes from."""
        if row["figure_id"]:
            return self.urls.figure(row["figure_id"])
        if not row["quote"]:
            return None
        report = f"{row['ref_area']}-{row['time_period']}"
        return self.urls.sentence(report, row["quote"])
