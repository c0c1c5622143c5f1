"""The charts of a topic as one SVG file, to be saved and used elsewhere.

Belongs here: the layout and the colours of the file. Does not belong here: the shapes (``charts``).
There is no PNG beside it: its pixels would depend on the fonts of the machine that makes them, and
the same release must give the same bytes everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import svg
from markupsafe import escape

from shenwan_data.publish.site.charts import (
    BAR_HEIGHT,
    TREND_HEIGHT,
    TREND_WIDTH,
    Point,
    bar_shapes,
    patterns,
    rect,
    text,
    trend_shapes,
)

# What a chart saved as a file brings along, as it has no page around it.
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
