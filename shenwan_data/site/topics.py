"""The pages of a topic: a card for each indicator, a table of all rows, the charts to save.

Belongs here: choosing and ordering what they show, charts as files. Does not belong here: markup and
shapes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import svg
from markupsafe import Markup, escape

from shenwan_data.site.charts import (
    SMALL,
    Point,
    doubt_mark,
    patterns,
    rect,
    text,
    trend,
    trend_shapes,
)
from shenwan_data.site.labels import Labels, direction
from shenwan_data.site.layout import CrossReferences, named
from shenwan_data.site.urls import Urls, relative
from shenwan_data.site.view import Published, Row

# The style of a saved chart, which has no page around it; COLOUR is that of its topic.
CHART_STYLE = """
text{font:12px "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif;
fill:#1f2933}.title{font-weight:600;font-size:13px}.head{font-size:17px;font-weight:600}
.tick,.foot{fill:#52606d;font-size:10px}.foot{font-size:11px}.now{font-weight:600}.axis{stroke:#9aa5b1}
.line{fill:none;stroke:COLOUR;stroke-opacity:.5}.dot{fill:COLOUR}
.soft{fill:url(#hatch)}.open{fill:url(#fade)}.up{fill:url(#fade-up)}
.arrow,.gap,.printed,.warn{fill:none;stroke:COLOUR;stroke-width:1.4}.gap{stroke:#7b8794}
.warn{stroke:#b3261e}.paper{fill:#fff}.hatch{stroke:COLOUR;stroke-width:1.2}.fade{stop-color:COLOUR}
"""
COLOURS = {
    "services": "#1b5fa8",
    "enforcement": "#a8382a",
    "governance": "#1f6b4a",
    "outreach": "#7a4a9e",
}


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart of a saved file; ``stated`` is its latest number with year and precision."""

    title: str
    stated: str
    points: Sequence[Point]
    downwards: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A saved file of charts: ``keys`` are the words for each shape, ``source`` where it is from."""

    title: str
    source: str
    keys: Mapping[str, str]
    topic: str


def _room(said: str, size: int) -> float:
    """About how wide a text is: a Chinese character is square, others are some half of that."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in said)
    return size * (wide + 0.58 * (len(said) - wide))


def wrapped(said: str, room: float, size: int) -> list[str]:
    """The text in lines that fit into ``room``, broken at spaces and between Chinese characters."""
    pieces: list[str] = []
    for character in said:
        wide = unicodedata.east_asian_width(character) in "WF"
        if pieces and not wide and pieces[-1][-1].isascii() and not pieces[-1].endswith(" "):
            pieces[-1] += character
        else:
            pieces.append(character)
    lines = [""]
    for piece in pieces:
        if lines[-1] and _room((lines[-1] + piece).rstrip(), size) > room:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


_KEY_SHAPES: Mapping[str, Callable[[], list[svg.Element]]] = {
    "exact": lambda: [svg.Circle(cx=10, cy=6, r=3, class_=["dot"])],
    "soft": lambda: [rect(4, 1, 12, 10, "soft")],
    "open": lambda: [rect(4, 1, 12, 10, "open up")],
    "gap": lambda: [svg.Path(d="M7 3l6 6m0-6l-6 6", class_=["gap"])],  # type: ignore[arg-type]
    "doubt": lambda: [doubt_mark(10, 6)],
}
_COLUMNS, _MARGIN = 3, 16


def _feet(about: Sheet, room: float) -> Iterator[tuple[float, float, list[svg.Element], str]]:
    """The keys and the source below the charts: x, y, shapes and text of each piece."""
    x, y = 0.0, 0.0
    for name, said in about.keys.items():
        needed = 22 + _room(said, 11) + 18
        if x and x + needed > room:
            x, y = 0.0, y + 18
        yield x, y, _KEY_SHAPES[name](), said
        x += needed
    for line in wrapped(about.source, room, 11):
        y += 18
        yield -22, y, [], line


def sheet(about: Sheet, panels: Sequence[Panel]) -> str:
    """Small multiples as an SVG file that can stand alone, three in a row."""
    width = SMALL.width + 24
    titles = [wrapped(panel.title, width - 16, 13) for panel in panels]
    over = max(map(len, titles)) * 17 + 18
    height = over + SMALL.height + 18
    columns = min(_COLUMNS, max(len(panels), 2))
    lines = (len(panels) + columns - 1) // columns
    heads = wrapped(about.title, columns * width - 8, 17)
    head = 26 + 24 * len(heads)
    feet = list(_feet(about, columns * width - 8))
    down = head + lines * height + 8
    whole = (columns * width + 24, int(down + feet[-1][1] + 24))
    elements: list[svg.Element] = [
        svg.Title(text=str(escape(about.title))),
        svg.Style(text=CHART_STYLE.replace("COLOUR", COLOURS.get(about.topic, "#1b4b7a"))),
        svg.Defs(elements=patterns()),
        rect(0, 0, whole[0], whole[1], "paper"),
        *(text(line, _MARGIN, 28 + 24 * at, "head") for at, line in enumerate(heads)),
    ]
    for index, (panel, title) in enumerate(zip(panels, titles, strict=True)):
        x, y = float(_MARGIN + index % columns * width), float(head + index // columns * height)
        elements += [text(line, x, y + 12 + 17 * at, "title") for at, line in enumerate(title)]
        elements.append(text(panel.stated, x, y + 12 + 17 * len(title), "tick"))
        shapes = trend_shapes(panel.points, panel.downwards)
        elements.append(svg.G(transform=[svg.Translate(int(x), int(y) + over)], elements=shapes))
    for x, y, shapes, said in feet:
        if shapes:
            place = svg.Translate(_MARGIN + int(x), down + int(y))
            elements.append(svg.G(transform=[place], elements=shapes))
        elements.append(text(said, _MARGIN + x + 22, down + y + 10, "foot"))
    chart = svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, *whole),
        width=whole[0],
        height=whole[1],
        elements=elements,
        extra={"role": "img", "aria-label": str(escape(about.title))},
    )
    return chart.as_str() + "\n"


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

    def of(self, year: int) -> Row | None:
        """The row of a year."""
        return next((row for row in self.years if row["time_period"] == year), None)


def panel(labels: Labels, title: str, rows: Sequence[Row]) -> Panel:
    """The rows of one indicator and area, earliest first, as a chart of a saved file."""
    latest = next((row for row in reversed(rows) if row["obs_status"] == "reported"), rows[-1])
    return Panel(
        title=title,
        stated=f"{latest['time_period']}: {labels.spoken(latest)}",
        points=[labels.point(row) for row in rows],
        downwards=labels.is_rank(latest),
    )


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
        """The chart of one indicator; none for a single year, which has nothing to compare with."""
        if len(rows) < 2:
            return None
        indicator = self.published.indicators[rows[-1]["indicator"]]
        told = [f"{row['time_period']}: {self.labels.spoken(row)}" for row in rows]
        points = [self.labels.point(row, said) for row, said in zip(rows, told, strict=True)]
        label = f"{self.labels.of(indicator, 'label')}: {'; '.join(told)}"
        return trend(points, indicator["measure_type"] == "rank", label)

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
            panel(self.labels, self.labels.with_unit(card.indicator), card.years)
            for card in self.cards
            if len(card.years) > 1
        ]

    @cached_property
    def _cross_references(self) -> CrossReferences:
        here = self.urls.area(self.topic, self.area)

        def way(code: str) -> str | None:
            topic = self.published.indicators[code]["topic"]
            rows = self.published.rows_of.get((topic, self.area), [])
            # An event that no report of the area speaks of has no card to lead to.
            if all(row["indicator"] != code for row in rows):
                return relative(self.urls.indicator(code), here)
            return relative(f"{self.urls.area(topic, self.area)}#i-{code}", here)

        return CrossReferences(named(self.published.indicators, self.labels.language), way)

    def explained(self, code: str, column: str) -> Markup:
        """The definition or note of an indicator, with links to the indicators it names."""
        text = self.labels.of(self.published.indicators[code], column)
        return self._cross_references.linked(text)
