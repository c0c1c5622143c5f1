"""SVG charts that draw a number only as exactly as the report states it.

Belongs here: shapes. Does not belong here: colours (``static/site.css``), charts saved as
files, or which chart goes where (``topics``).

No shape has a style attribute, so the content security policy of the pages can be strict. Text stays
text. Coordinates have one decimal, so the same data gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import svg
from markupsafe import Markup, escape

from shenwan_data.site.words import number

BAR_WIDTH, BAR_HEIGHT = 240, 28
MINI_WIDTH, MINI_HEIGHT = 100, 5
TREND_WIDTH, TREND_HEIGHT = 240, 102
_LEFT, _RIGHT, _TOP, _BASE = 12, 14, 24, 84
# The least width of an interval, or a narrow one would look like an exact number.
_LEAST = 3.0


@dataclass(frozen=True, slots=True)
class Point:
    """One year of one indicator. Without a value and bounds it is a gap.

    ``said`` is the same in words, shown as a tooltip.
    """

    year: int
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    reported: bool
    said: str = ""


def _at(position: float) -> float | int:
    rounded = round(position, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def text(
    content: str, x: float, y: float, css: str, anchor: Literal["start", "middle", "end"] = "start"
) -> svg.Text:
    """A text element with its content escaped: the library does not escape it."""
    return svg.Text(
        x=_at(x),
        y=_at(y),
        class_=[css],
        text_anchor=anchor,
        text=str(escape(content)),
    )


def rect(x: float, y: float, width: float, height: float, css: str) -> svg.Rect:
    """A rectangle; negative sizes become zero."""
    return svg.Rect(
        x=_at(x),
        y=_at(y),
        width=_at(max(width, 0)),
        height=_at(max(height, 0)),
        class_=[css],
    )


def _path(d: str, css: str) -> svg.Path:
    # The path is text already.
    return svg.Path(d=d, class_=[css])  # type: ignore[arg-type]


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> svg.Path:
    return _path(f"M{_at(x1)} {_at(y1)}L{_at(x2)} {_at(y2)}", css)


def _ends(point: Point) -> tuple[Decimal | None, Decimal | None]:
    """The bounds, or the value for both where there are none."""
    if point.lower is None and point.upper is None and point.value is not None:
        return point.value, point.value
    return point.lower, point.upper


def _highest(points: Sequence[Point]) -> Decimal:
    """The highest number of the points."""
    named = [number for p in points for number in (p.value, p.lower, p.upper) if number is not None]
    return max(named, default=Decimal(0))


def _document(elements: Sequence[svg.Element], width: int, height: int, label: str) -> Markup:
    chart = svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, width, height),
        class_=["chart"],
        elements=list(elements),
        extra={"role": "img", "aria-label": str(escape(label))},
        xmlns=None,
    )
    return Markup(chart.as_str())  # noqa: S704 - every text in it went through escape


# Possible ends of a scale, times a power of ten.
_ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def _round_up(number_: float) -> float:
    """The next round integer, for the end of a scale: most numbers are counts."""
    if number_ < 10:
        return float(max(math.ceil(number_), 1))
    power = 10.0 ** math.floor(math.log10(number_))
    return next(power * each for each in (*_ROUND, 100.0) if power * each >= number_)


def top_of(points: Sequence[Point]) -> float:
    """The end of a scale that fits all points, with room for open intervals."""
    is_open = any(_ends(point)[1] is None and _ends(point)[0] is not None for point in points)
    return float(_highest(points)) * (1.15 if is_open else 1.0) or 1.0


def bar_shapes(point: Point, unit_max: int | None) -> list[svg.Element]:
    """The shapes of ``bar``."""
    lower, upper = _ends(point)
    is_open = upper is None
    top = float(unit_max or 0) or _round_up(float(_highest([point])) * (1.25 if is_open else 1.02))
    scale = BAR_WIDTH / top

    def x(value: Decimal) -> float:
        return min(max(float(value), 0.0) * scale, BAR_WIDTH)

    shapes: list[svg.Element] = [rect(0, 5, BAR_WIDTH, 4, "track")]
    solid = x(lower) if lower is not None else 0.0
    if solid:
        shapes.append(rect(0, 2, solid, 10, "solid"))
    if upper is None:
        shapes.append(rect(solid, 2, BAR_WIDTH - solid - 6, 10, "open"))
        tip = BAR_WIDTH - 7
        shapes.append(_path(f"M{tip} 2l6 5l-6 5", "arrow"))
    elif lower != upper:
        shapes.append(rect(solid, 2, max(x(upper) - solid, _LEAST), 10, "soft"))
    if upper is not None and lower == upper:
        shapes.append(_line(solid, 0, solid, 14, "end"))
    shapes.append(text("0", 0, BAR_HEIGHT - 2, "tick"))
    # An open bar ends with the scale.
    if not is_open:
        end = number(Decimal(str(round(top, 4))))
        shapes.append(text(end, BAR_WIDTH, BAR_HEIGHT - 2, "tick", "end"))
    return shapes


def mini(point: Point, top: float) -> Markup:
    """A number as a small bar under its figure, on a scale that ends at ``top`` for all of its row.

    It repeats the number above it, so it is hidden from screen readers.
    """
    lower, upper = _ends(point)
    scale = MINI_WIDTH / top
    solid = min(float(lower or 0) * scale, MINI_WIDTH)
    shapes: list[svg.Element] = [rect(0, 0, solid, MINI_HEIGHT, "solid")] if solid else []
    if upper is None:
        shapes.append(rect(solid, 0, MINI_WIDTH - solid, MINI_HEIGHT, "open"))
    elif lower != upper:
        width = max(min(float(upper) * scale, MINI_WIDTH) - solid, _LEAST / 2)
        shapes.append(rect(solid, 0, width, MINI_HEIGHT, "soft"))
    chart = svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, MINI_WIDTH, MINI_HEIGHT),
        class_=["mini"],
        elements=shapes,
        extra={"aria-hidden": "true"},
        xmlns=None,
    )
    return Markup(chart.as_str())  # noqa: S704 - shapes without texts


def bar(point: Point, unit_max: int | None, label: str) -> Markup:
    """One number as a bar from zero; hatched between its bounds, an arrow where it is open.

    ``unit_max`` is the end of the scale where the unit has one (100 for %).
    """
    return _document(bar_shapes(point, unit_max), BAR_WIDTH, BAR_HEIGHT, label)


@dataclass(frozen=True, slots=True)
class _Plane:
    """The coordinates of a trend. ``downwards`` puts the smallest number at the top."""

    first: int
    span: int
    low: float
    high: float
    downwards: bool

    def x(self, year: int) -> float:
        room = TREND_WIDTH - _LEFT - _RIGHT
        return _LEFT + room * (year - self.first) / self.span

    def y(self, value: Decimal) -> float:
        share = (min(max(float(value), self.low), self.high) - self.low) / (self.high - self.low)
        return _TOP + (_BASE - _TOP) * (share if self.downwards else 1 - share)

    @property
    def half(self) -> float:
        """Half the width of the bar of a year."""
        return min(7.0, (TREND_WIDTH - _LEFT - _RIGHT) / (self.span + 1) / 3)


def _plane(points: Sequence[Point], downwards: bool) -> _Plane:
    top = float(_highest([point for point in points if point.reported])) * 1.12 or 1.0
    first, last = points[0].year, points[-1].year
    # Ranks begin at one, and a few are always shown.
    low, high = (0.5, max(top, 5.0)) if downwards else (0.0, top)
    return _Plane(first, max(last - first, 1), low, high, downwards)


def _through(points: Sequence[Point], plane: _Plane) -> list[svg.Element]:
    """The line through the printed values, broken at a gap."""
    runs: list[list[str]] = [[]]
    for point in points:
        if point.reported and point.value is not None:
            runs[-1].append(f"{_at(plane.x(point.year))} {_at(plane.y(point.value))}")
        else:
            runs.append([])
    d = "".join("M" + "L".join(run) for run in runs if len(run) > 1)
    return [_path(d, "line")] if d else []


def _year(point: Point, plane: _Plane) -> list[svg.Element]:
    """The shape of one year."""
    at, half = plane.x(point.year), plane.half
    if not point.reported:
        return [_path(f"M{_at(at - 3)} {_BASE - 9}l6 6m0-6l-6 6", "gap")]
    lower, upper = _ends(point)
    shapes: list[svg.Element] = []
    bottom = plane.y(lower) if lower is not None else float(_BASE)
    if upper is None:
        shapes.append(rect(at - half, _TOP - 6, 2 * half, bottom - _TOP + 6, "open up"))
        tip = f"M{_at(at - half)} {_TOP - 4}l{_at(half)}-5l{_at(half)} 5"
        shapes.append(_path(tip, "arrow"))
    elif lower != upper:
        ends = sorted((plane.y(upper), bottom))
        height = max(ends[1] - ends[0], _LEAST)
        shapes.append(rect(at - half, ends[0], 2 * half, height, "soft"))
    if point.value is not None:
        y = plane.y(point.value)
        if lower is not None and lower == upper:
            shapes.append(svg.Circle(cx=_at(at), cy=_at(y), r=3, class_=["dot"]))
        else:
            shapes.append(_line(at - half, y, at + half, y, "printed"))
    return shapes


def _tooltips(points: Sequence[Point], plane: _Plane) -> list[svg.Element]:
    """A tooltip area over each year."""
    step = (TREND_WIDTH - _LEFT - _RIGHT) / plane.span
    return [
        svg.Rect(
            x=_at(max(plane.x(point.year) - step / 2, 0)),
            y=0,
            width=_at(min(step, TREND_WIDTH)),
            height=_BASE,
            class_=["hit"],
            elements=[svg.Title(text=str(escape(point.said)))],
        )
        for point in points
        if point.said
    ]


def trend_shapes(points: Sequence[Point], downwards: bool) -> list[svg.Element]:
    """The shapes of ``trend``."""
    plane = _plane(points, downwards)
    shapes: list[svg.Element] = [_line(0, _BASE, TREND_WIDTH, _BASE, "axis")]
    shapes += _through(points, plane)
    for point in points:
        shapes += _year(point, plane)
    shapes += _tooltips(points, plane)
    first, end = points[0].year, points[-1].year
    last = next((point for point in reversed(points) if point.reported), None)
    shown = None if last is None else last.lower if last.value is None else last.value
    if last is not None and shown is not None:
        if last.year == end:
            shapes.append(text(number(shown), TREND_WIDTH - 2, 8, "now", "end"))
        else:
            shapes.append(text(number(shown), plane.x(last.year), 8, "now", "middle"))
    shapes.append(text(str(first), 2, TREND_HEIGHT - 4, "tick"))
    if end != first:
        shapes.append(text(str(end), TREND_WIDTH - 2, TREND_HEIGHT - 4, "tick", "end"))
    return shapes


def trend(points: Sequence[Point], downwards: bool, label: str) -> Markup:
    """The years of one indicator.

    A dot is an exact number, a hatched bar an interval, a bar that runs out upwards an open one, a
    cross a gap. ``points`` are in the order of years, at least one; ``downwards`` puts the
    smallest number at the top.
    """
    return _document(trend_shapes(points, downwards), TREND_WIDTH, TREND_HEIGHT, label)


def patterns() -> list[svg.Element]:
    """The fill patterns: hatching, and fading to the right and upwards."""

    def stops() -> list[svg.Element]:
        return [
            svg.Stop(offset=0, class_=["fade"], stop_opacity=0.85),
            svg.Stop(offset=1, class_=["fade"], stop_opacity=0),
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
    """The patterns that the charts of a page share."""
    chart = svg.SVG(
        width=0,
        height=0,
        class_=["defs"],
        elements=[svg.Defs(elements=patterns())],
        extra={"aria-hidden": "true", "focusable": "false"},
        xmlns=None,
    )
    return Markup(chart.as_str())  # noqa: S704 - fixed shapes
