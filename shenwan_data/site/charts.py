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

MINI_WIDTH, MINI_HEIGHT = 100, 5
_LEFT, _RIGHT, _TOP = 12, 14, 24
# Below the axis: the marks of doubts and the years.
_FOOT = 32


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a chart of years."""

    width: int
    height: int


SMALL, WIDE = Size(240, 116), Size(480, 170)
# The least width of an interval, or a narrow one would look like an exact number.
_LEAST = 3.0


@dataclass(frozen=True, slots=True)
class Point:
    """One year of one indicator. Without a value and bounds it is a gap.

    ``said`` is the same in words, shown as a tooltip; ``doubtful``: there is a finding on it.
    """

    year: int
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    reported: bool
    said: str = ""
    doubtful: bool = False


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


def top_of(points: Sequence[Point]) -> float:
    """The end of a scale that fits all points, with room for open intervals."""
    is_open = any(_ends(point)[1] is None and _ends(point)[0] is not None for point in points)
    return float(_highest(points)) * (1.15 if is_open else 1.0) or 1.0


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


@dataclass(frozen=True, slots=True)
class _Plane:
    """The coordinates of a trend. ``downwards`` puts the smallest number at the top."""

    first: int
    span: int
    low: float
    high: float
    downwards: bool
    size: Size

    @property
    def base(self) -> float:
        """The height of the axis."""
        return float(self.size.height - _FOOT)

    def x(self, year: int) -> float:
        room = self.size.width - _LEFT - _RIGHT
        return _LEFT + room * (year - self.first) / self.span

    def y(self, value: Decimal) -> float:
        share = (min(max(float(value), self.low), self.high) - self.low) / (self.high - self.low)
        return _TOP + (self.base - _TOP) * (share if self.downwards else 1 - share)

    @property
    def half(self) -> float:
        """Half the width of the bar of a year."""
        return min(7.0, (self.size.width - _LEFT - _RIGHT) / (self.span + 1) / 3)


def _plane(points: Sequence[Point], downwards: bool, size: Size, high: float) -> _Plane:
    top = max(float(_highest([point for point in points if point.reported])), high) * 1.12 or 1.0
    first, last = points[0].year, points[-1].year
    # Ranks begin at one, and a few are always shown.
    low, high = (0.5, max(top, 5.0)) if downwards else (0.0, top)
    return _Plane(first, max(last - first, 1), low, high, downwards, size)


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
    at, half, base = plane.x(point.year), plane.half, plane.base
    if not point.reported:
        return [_path(f"M{_at(at - 3)} {_at(base - 9)}l6 6m0-6l-6 6", "gap")]
    lower, upper = _ends(point)
    shapes: list[svg.Element] = []
    bottom = plane.y(lower) if lower is not None else base
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
    if point.doubtful:
        # On the axis, where no number stands.
        shapes.append(doubt_mark(at, base + 10))
    return shapes


def doubt_mark(x: float, y: float) -> svg.Path:
    """The mark of a doubtful number: a triangle with a stroke in it, ten wide around ``x``, ``y``."""
    return _path(f"M{_at(x)} {_at(y - 5)}l5.5 9.5h-11zm0 3.5v3m0 1.2v.6", "warn")


def _tooltips(points: Sequence[Point], plane: _Plane) -> list[svg.Element]:
    """A tooltip area over each year."""
    step = (plane.size.width - _LEFT - _RIGHT) / plane.span
    return [
        svg.Rect(
            x=_at(max(plane.x(point.year) - step / 2, 0)),
            y=0,
            width=_at(min(step, plane.size.width)),
            height=_at(plane.base),
            class_=["hit"],
            elements=[svg.Title(text=str(escape(point.said)))],
        )
        for point in points
        if point.said
    ]


def _numbers(points: Sequence[Point], plane: _Plane) -> list[svg.Element]:
    """The latest number; on a wide chart every one that has room beside the one before it."""
    given = [point for point in points if point.reported and _named(point) is not None]
    if not given:
        return []
    shapes: list[svg.Element] = []
    free = math.inf
    for point in reversed(given):
        said = number(_named(point))
        at, half = plane.x(point.year), len(said) * 3.2
        latest = point is given[-1]
        if latest and point is points[-1]:
            shapes.append(text(said, plane.size.width - 2, 10, "now", "end"))
            free = plane.size.width - 2 - 2 * half - 8
        elif latest or (plane.size is WIDE and at + half < free and at - half > 0):
            shapes.append(text(said, at, 10, "now" if latest else "tick", "middle"))
            free = at - half - 8
    return shapes


def _named(point: Point) -> Decimal | None:
    return point.lower if point.value is None else point.value


def trend_shapes(
    points: Sequence[Point], downwards: bool, size: Size = SMALL, high: float = 0.0
) -> list[svg.Element]:
    """The shapes of ``trend``."""
    plane = _plane(points, downwards, size, high)
    width, foot = size.width, size.height - 4
    shapes: list[svg.Element] = [_line(0, plane.base, width, plane.base, "axis")]
    shapes += _through(points, plane)
    for point in points:
        shapes += _year(point, plane)
    shapes += _tooltips(points, plane)
    shapes += _numbers(points, plane)
    first, end = points[0].year, points[-1].year
    shapes.append(text(str(first), 2, foot, "tick"))
    if size is WIDE:
        inner = [point.year for point in points[1:-1]]
        apart = max(1, math.ceil(46 * plane.span / (width - _LEFT - _RIGHT)))
        shapes += [
            text(str(year), plane.x(year), foot, "tick", "middle")
            for year in inner
            if (year - first) % apart == 0 and end - year >= apart
        ]
    if end != first:
        shapes.append(text(str(end), width - 2, foot, "tick", "end"))
    return shapes


def trend(
    points: Sequence[Point], downwards: bool, label: str, size: Size = SMALL, high: float = 0.0
) -> Markup:
    """The years of one indicator.

    A dot is an exact number, a hatched bar an interval, a bar that runs out upwards an open one, a
    cross a gap, a triangle below the axis a doubt. ``points`` are in the order of years, at least one;
    ``downwards`` puts the smallest number at the top; the scale reaches at least to ``high``.
    """
    shapes = trend_shapes(points, downwards, size, high)
    return _document(shapes, size.width, size.height, label)


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
