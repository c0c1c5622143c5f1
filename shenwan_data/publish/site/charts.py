"""Charts as SVG that draw a number no more exactly than the report states it.

Belongs here: shapes. Does not belong here: colours (``static/site.css``, and ``CHART_STYLE`` for a
chart saved as a file) or which chart goes where.

Nothing is styled inside the shapes, so that the strict policy of the pages holds; text stays text;
coordinates have one decimal, so the same data gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import svg
from markupsafe import Markup, escape

from shenwan_data.publish.site.words import number

BAR_WIDTH, BAR_HEIGHT = 240, 14
TREND_WIDTH, TREND_HEIGHT = 240, 96
_LEFT, _RIGHT, _TOP, _BASE = 12, 14, 16, 78
# An interval too narrow to see is drawn this wide, or a hedge would look like an exact number.
_LEAST = 3.0


@dataclass(frozen=True, slots=True)
class Point:
    """One year of one indicator. Without a value and bounds it is a gap."""

    year: int
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    reported: bool


def _at(position: float) -> float | int:
    rounded = round(position, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def _text(content: str, x: float, y: float, css: str, anchor: str = "start") -> svg.Text:
    # The library writes text as it is given, so it is escaped here, and only here.
    return svg.Text(
        x=_at(x),  # type: ignore[arg-type]
        y=_at(y),  # type: ignore[arg-type]
        class_=[css],
        text_anchor=anchor,  # type: ignore[arg-type]
        text=str(escape(content)),
    )


def _rect(x: float, y: float, width: float, height: float, css: str) -> svg.Rect:
    return svg.Rect(
        x=_at(x),  # type: ignore[arg-type]
        y=_at(y),  # type: ignore[arg-type]
        width=_at(max(width, 0)),  # type: ignore[arg-type]
        height=_at(max(height, 0)),  # type: ignore[arg-type]
        class_=[css],
    )


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> svg.Path:
    path = f"M{_at(x1)} {_at(y1)}L{_at(x2)} {_at(y2)}"
    return svg.Path(d=path, class_=[css])  # type: ignore[arg-type]


def _path(d: str, css: str) -> svg.Path:
    return svg.Path(d=d, class_=[css])  # type: ignore[arg-type]


def _ends(point: Point) -> tuple[Decimal | None, Decimal | None]:
    """The bounds; where only a value is known it is both."""
    if point.lower is None and point.upper is None and point.value is not None:
        return point.value, point.value
    return point.lower, point.upper


def _highest(points: Sequence[Point]) -> Decimal:
    """The highest number that any of the points names."""
    named = [
        number for p in points for number in (p.value, p.lower, p.upper) if number is not None
    ]
    return max(named, default=Decimal(0))


def _document(elements: Sequence[svg.Element], width: int, height: int, label: str) -> Markup:
    chart = svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, width, height),
        class_=["chart"],
        elements=list(elements),
        extra={"role": "img", "aria-label": str(escape(label))},
        xmlns=None,  # type: ignore[arg-type]
    )
    return Markup(chart.as_str())  # noqa: S704 - every text in it went through escape


def _bar_shapes(point: Point, unit_max: int | None) -> list[svg.Element]:
    lower, upper = _ends(point)
    top = float(unit_max or 0) or float(_highest([point])) * 1.2 or 1.0
    scale = BAR_WIDTH / top

    def x(value: Decimal) -> float:
        return min(max(float(value), 0.0) * scale, BAR_WIDTH)

    shapes: list[svg.Element] = [_rect(0, 5, BAR_WIDTH, 4, "track")]
    solid = x(lower) if lower is not None else 0.0
    if solid:
        shapes.append(_rect(0, 2, solid, 10, "solid"))
    if upper is None:
        shapes.append(_rect(solid, 2, BAR_WIDTH - solid - 6, 10, "open"))
        tip = BAR_WIDTH - 7
        shapes.append(_path(f"M{tip} 2l6 5l-6 5", "arrow"))
    elif lower != upper:
        shapes.append(_rect(solid, 2, max(x(upper) - solid, _LEAST), 10, "soft"))
    if upper is not None and lower == upper:
        shapes.append(_line(solid, 0, solid, 14, "end"))
    return shapes


def bar(point: Point, unit_max: int | None, label: str) -> Markup:
    """One number as a bar from zero; hatched where the wording leaves room, an arrow where open.

    ``unit_max`` is the end of the scale where the unit has one (100 for %).
    """
    return _document(_bar_shapes(point, unit_max), BAR_WIDTH, BAR_HEIGHT, label)


def _trend_shapes(points: Sequence[Point], downwards: bool) -> list[svg.Element]:
    known = [point for point in points if point.reported]
    top = float(_highest(known)) * 1.12 or 1.0
    # A rank has its best place at the top.
    low = 0.5 if downwards else 0.0
    high = max(top, 5.0) if downwards else top

    def y(value: Decimal) -> float:
        share = (min(max(float(value), low), high) - low) / (high - low)
        return _TOP + (_BASE - _TOP) * (share if downwards else 1 - share)

    years = [point.year for point in points]
    span = max(years[-1] - years[0], 1)
    room = TREND_WIDTH - _LEFT - _RIGHT

    def x(year: int) -> float:
        return _LEFT + room * (year - years[0]) / span

    half = min(7.0, room / (span + 1) / 3)
    shapes: list[svg.Element] = [_line(0, _BASE, TREND_WIDTH, _BASE, "axis")]
    run: list[str] = []
    line: list[str] = []
    for point in points:
        if point.reported and point.value is not None:
            run.append(f"{_at(x(point.year))} {_at(y(point.value))}")
        else:
            line += ["M" + "L".join(run)] if len(run) > 1 else []
            run = []
    line += ["M" + "L".join(run)] if len(run) > 1 else []
    if line:
        shapes.append(_path("".join(line), "line"))
    for point in points:
        at = x(point.year)
        if not point.reported:
            shapes.append(_path(f"M{_at(at - 3)} {_BASE - 9}l6 6m0-6l-6 6", "gap"))
            continue
        lower, upper = _ends(point)
        bottom = y(lower) if lower is not None else float(_BASE)
        if upper is None:
            shapes.append(_rect(at - half, _TOP - 6, 2 * half, bottom - _TOP + 6, "open up"))
            shapes.append(
                _path(f"M{_at(at - half)} {_TOP - 4}l{_at(half)}-5l{_at(half)} 5", "arrow")
            )
        elif lower != upper:
            ends = sorted((y(upper), bottom))
            height = max(ends[1] - ends[0], _LEAST)
            shapes.append(_rect(at - half, ends[0], 2 * half, height, "soft"))
        if point.value is not None:
            place = y(point.value)
            if lower is not None and lower == upper:
                shapes.append(
                    svg.Circle(
                        cx=_at(at),  # type: ignore[arg-type]
                        cy=_at(place),  # type: ignore[arg-type]
                        r=3,
                        class_=["dot"],
                    )
                )
            else:
                shapes.append(_line(at - half, place, at + half, place, "printed"))
    last = next((point for point in reversed(points) if point.reported), None)
    if last is not None:
        shown = last.value if last.value is not None else last.lower
        if shown is not None:
            end = last.year == years[-1]
            shapes.append(
                _text(
                    number(shown),
                    TREND_WIDTH - 2 if end else x(last.year),
                    10 if last.upper is not None else 8,
                    "now",
                    "end" if end else "middle",
                )
            )
    shapes.append(_text(str(years[0]), 2, TREND_HEIGHT - 4, "tick"))
    if years[-1] != years[0]:
        shapes.append(_text(str(years[-1]), TREND_WIDTH - 2, TREND_HEIGHT - 4, "tick", "end"))
    return shapes


def trend(points: Sequence[Point], downwards: bool, label: str) -> Markup:
    """The years of one indicator: a dot for an exact number, a hatched bar for an interval, a bar
    running out upwards for an open one, a cross for a gap. ``points`` are in the order of years,
    one at the least; ``downwards`` puts the smallest number at the top."""
    return _document(_trend_shapes(points, downwards), TREND_WIDTH, TREND_HEIGHT, label)


# What a chart saved as a file brings along, as it has no page around it.
CHART_STYLE = """
text{font:12px "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif;
fill:#1f2933}.title{font-weight:600;font-size:13px}.head{font-size:17px;font-weight:600}
.tick,.foot{fill:#52606d;font-size:10px}.now{font-weight:600}.axis{stroke:#9aa5b1}
.line{fill:none;stroke:#1d5fa8;stroke-opacity:.5}.dot{fill:#1d5fa8}
.soft{fill:url(#hatch);stroke:#1d5fa8;stroke-width:.7}.open{fill:url(#fade)}.up{fill:url(#fade-up)}
.arrow,.gap,.printed{fill:none;stroke:#1d5fa8;stroke-width:1.4}.gap{stroke:#7b8794}
.solid{fill:#1d5fa8}.track{fill:#e4e7eb}.end{stroke:#1d5fa8;stroke-width:2}.paper{fill:#fff}
.hatch{stroke:#1d5fa8;stroke-width:1.2}.fade{stop-color:#1d5fa8}
"""


def _definitions() -> list[svg.Element]:
    def stops() -> list[svg.Element]:
        return [
            svg.Stop(offset=0, class_=["fade"], stop_opacity=0.85),  # type: ignore[arg-type]
            svg.Stop(offset=1, class_=["fade"], stop_opacity=0),  # type: ignore[arg-type]
        ]

    return [
        svg.Pattern(
            id="hatch",
            width=4,
            height=4,
            patternUnits="userSpaceOnUse",
            elements=[_path("M-1 1l2-2M0 4l4-4M3 5l2-2", "hatch")],
        ),
        svg.LinearGradient(id="fade", elements=stops()),
        svg.LinearGradient(id="fade-up", x1=0, y1=1, x2=0, y2=0, elements=stops()),
    ]


def definitions() -> Markup:
    """The patterns that the charts of a page refer to, once for the page."""
    chart = svg.SVG(
        width=0,
        height=0,
        class_=["defs"],
        elements=[svg.Defs(elements=_definitions())],
        extra={"aria-hidden": "true", "focusable": "false"},
        xmlns=None,  # type: ignore[arg-type]
    )
    return Markup(chart.as_str())  # noqa: S704 - fixed shapes


@dataclass(frozen=True, slots=True)
class Panel:
    """One indicator of a saved chart; ``stated`` is its latest number as people read it."""

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
        svg.Defs(elements=_definitions()),
        _rect(0, 0, whole[0], whole[1], "paper"),
        _text(title, 16, 28, "head"),
        _text(foot, 16, whole[1] - 12, "foot"),
    ]
    for index, panel in enumerate(panels):
        x, y = 16 + index % columns * width, head + index // columns * height
        elements.append(_text(panel.title, x, y + 12, "title"))
        if not single:
            shapes = _trend_shapes(panel.points, panel.downwards)
        else:
            elements.append(_text(panel.stated, x, y + 28, "now"))
            flat = panel.downwards or not panel.points[0].reported
            shapes = [] if flat else _bar_shapes(panel.points[0], panel.unit_max)
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
