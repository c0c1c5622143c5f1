"""The characters of a PDF page as they are painted.

Belongs here: where each character stands, how it is turned, and whether it can be seen at all. Does not
belong here: watermarks (``overprint``), rows (``baselines``), columns and tables (``columns``).

Lengths are points from the left and the top of the page as it is shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pdfminer.psparser import literal_name
from pdfplumber.page import Page

from shenwan_data.report.readers.painting import Device, Interpreter, Painted

Box = tuple[float, float, float, float]

# Render modes that paint nothing: invisible, and clipping only.
_UNPAINTED = (3, 7)
# Nearer to white than this is no ink to a reader.
_WHITE = 0.97
_DARK = 0.6
# Points: words of this size are a line to a reader, if they are seen at all.
_UNREADABLE = 2.0
TILTED = -1
# The font of what is filled in, which lies above the page.
FIELD = "field"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: its box, the line it stands on, and its looks.

    ``angle`` is 0, 90, 180 or 270 degrees (counter-clockwise), or TILTED. ``light`` is the brightness
    of its ink over white paper, 0 for black, 1 for white. ``order`` counts what is painted.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    baseline: float
    size: float
    angle: int
    light: float
    look: tuple[str, int, str]
    order: int
    raised: bool = False


@dataclass(slots=True)
class Sheet:
    """What is on a page: the characters that can be seen, pictures, and what is noted about the rest."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    pictures: list[tuple[Box, int]] = field(default_factory=list)
    curves: int = 0
    paths: int = 0
    unpainted: int = 0
    vertical: int = 0


def read_sheet(page: Page) -> Sheet:
    """The page as it is painted. Sets the library's own layout of the page on the way."""
    device = Device(page.pdf.rsrcmgr, pageno=page.page_number, laparams=page.pdf.laparams)
    Interpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    page._layout = device.get_result()  # noqa: SLF001 - so that the page is run once only
    left, top = float(page.mediabox[0]), float(page.mediabox[1])
    width, height = float(page.width), float(page.height)
    sheet = Sheet(width, height)

    def box(item: Any) -> Box:
        return (
            item.x0 + left, height - item.y1 + top, item.x1 + left, height - item.y0 + top
        )  # fmt: skip

    sheet.pictures = [(box(item), order) for item, order in device.images]
    sheet.paths = len(device.paths)
    sheet.curves = sum(
        1 for path, _, _ in device.paths if any(step[0] == "c" for step in path.original_path or ())
    )
    fills = [
        (box(path), _brightness(path.non_stroking_color), order)
        for path, opacity, order in device.paths
        if path.fill and opacity > 0.9 and path.width > 2 and path.height > 2
    ]
    shown = _meet(page.cropbox, (left, top, left + width, top + height))
    last: Box | None = None
    for painted in device.chars:
        char, order = painted.char, painted.order
        text = char.get_text()
        if not text.strip():
            continue
        place = box(char)
        if max(place[2] - place[0], place[3] - place[1]) <= _UNREADABLE:
            continue
        middle = ((place[0] + place[2]) / 2, (place[1] + place[3]) / 2)
        if painted.mode in _UNPAINTED:
            sheet.unpainted += 1
            continue
        # A line may run over the edge of the page; what begins beyond it was never meant to be seen.
        goes_on = last is not None and abs(place[3] - last[3]) < 1 and -1 < place[0] - last[2] < 6
        last = place if goes_on or _inside(middle, shown) else None
        if painted.watermark or last is None:
            continue
        ink = char.graphicstate.scolor if painted.mode == 1 else char.graphicstate.ncolor
        light = 1 - painted.opacity * (1 - _brightness(ink, getattr(char.ncs, "name", "")))
        under = [fill for fill in fills if _inside(middle, fill[0])]
        if any(order < later for _, _, later in under):
            continue  # Something opaque is painted over it.
        ground = max(under, key=lambda fill: fill[2])[1] if under else 1.0
        if light > _WHITE:
            if ground > _DARK:
                continue
            light = 0.0  # White on a dark ground is as readable as black on paper.
        sheet.vertical += painted.vertical
        sheet.glyphs.append(_glyph(painted, text, place, light, height, left, top))
    sheet.glyphs = _once([*sheet.glyphs, *_filled_in(page, device.order)])
    return sheet


def _glyph(
    painted: Painted,
    text: str,
    place: Box,
    light: float,
    height: float,
    left: float,
    top: float,
) -> Glyph:
    char = painted.char
    a, b, c, d, e, f = char.matrix
    # The matrix stands on the line; a raised character stands above it.
    e, f = e + c * painted.rise, f + d * painted.rise
    degrees = math.degrees(math.atan2(b, a)) % 360
    nearest = round(degrees / 90) * 90
    angle = nearest % 360 if abs(degrees - nearest) < 3 else TILTED
    size = place[2] - place[0] if angle in (90, 270) else place[3] - place[1]
    baseline = {
        0: height - f + top, 180: height - f + top, 90: e + left, 270: e + left, TILTED: 0.0
    }[angle]  # fmt: skip
    look = (char.fontname, round(size * 2), str(char.graphicstate.ncolor))
    return Glyph(text, *_order(place), baseline, max(size, 0.1), angle, light, look, painted.order)


def _order(place: Box) -> tuple[float, float, float, float]:
    return place[0], place[2], place[1], place[3]


def turned(glyph: Glyph, angle: int, width: float, height: float) -> Glyph:
    """The glyph as it stands when the page is turned so that text of an angle is level."""
    if angle == 0:
        return glyph
    left, top, right, bottom = turned_box(
        (glyph.left, glyph.top, glyph.right, glyph.bottom), angle, width, height
    )
    baseline = {90: glyph.baseline, 180: height - glyph.baseline, 270: width - glyph.baseline}
    return replace(
        glyph,
        left=left, right=right, top=top, bottom=bottom, baseline=baseline[angle], angle=0,
    )  # fmt: skip


def turned_box(box: Box, angle: int, width: float, height: float) -> Box:
    """A box of the page as ``turned`` moves it."""
    left, top, right, bottom = box
    if angle == 90:
        return height - bottom, left, height - top, right
    if angle == 180:
        return width - right, height - bottom, width - left, height - top
    if angle == 270:
        return top, width - right, bottom, width - left
    return box


def _brightness(colour: Any, space: str = "") -> float:
    """0 for black to 1 for white; what is no plain colour (a pattern) counts as ink."""
    values = colour if isinstance(colour, Sequence) and not isinstance(colour, str) else (colour,)
    numbers = [float(value) for value in values if isinstance(value, (int, float))]
    if not numbers or len(numbers) != len(values) or any(not 0 <= n <= 1 for n in numbers):
        return 0.0
    if len(numbers) == 1:
        return 1 - numbers[0] if space in ("Separation", "DeviceN") else numbers[0]
    if len(numbers) == 3:
        return 0.299 * numbers[0] + 0.587 * numbers[1] + 0.114 * numbers[2]
    if len(numbers) == 4:
        cyan, magenta, yellow, black = numbers
        return (1 - black) * (1 - (0.299 * cyan + 0.587 * magenta + 0.114 * yellow))
    return 0.0


def _inside(point: tuple[float, float], box: Sequence[float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _meet(one: Sequence[float], other: Sequence[float]) -> Box:
    box = (
        max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
    )  # fmt: skip
    return box if box[0] < box[2] and box[1] < box[3] else tuple(other)  # type: ignore[return-value]


def _once(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Without what is printed again in its place, as some programs do to make it bold."""
    kept: list[Glyph] = []
    seen: dict[tuple[str, float, int, int], list[Glyph]] = {}
    for glyph in glyphs:
        step = max(1.0, round(0.12 * glyph.size, 1))
        # Places of another step are other places.
        what, x, y = (glyph.text, step), round(glyph.left / step), round(glyph.top / step)
        around = ((*what, x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        if not any(
            abs(one.left - glyph.left) <= step and abs(one.top - glyph.top) <= step
            for place in around
            for one in seen.get(place, ())
        ):
            kept.append(glyph)
        seen.setdefault((*what, x, y), []).append(glyph)
    return kept


def _filled_in(page: Page, order: int) -> list[Glyph]:
    """The values of form fields and typed notes, which lie above the page as annotations."""
    found: list[Glyph] = []
    for annotation in page.annots:
        data = annotation["data"]
        kind = literal_name(data.get("Subtype") or "")
        flags = data.get("F") or 0
        if kind not in ("Widget", "FreeText") or (isinstance(flags, int) and flags & 0b100010):
            continue
        value = _value_of(data) if kind == "Widget" else data.get("Contents")
        text = _decoded(value).strip()
        if not text:
            continue
        lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
        high = (annotation["bottom"] - annotation["top"]) / len(lines)
        for number, line in enumerate(lines):
            size = min(0.8 * high, 14.0)
            ems = sum(0.5 if character.isascii() else 1.0 for character in line)
            em = min((annotation["x1"] - annotation["x0"]) / ems, size)
            top = annotation["top"] + number * high + (high - size) / 2
            right = annotation["x0"]
            for character in line:
                left, right = right, right + em * (0.5 if character.isascii() else 1.0)
                if character.strip():
                    found.append(
                        Glyph(
                            character, left, right, top, top + size, top + 0.85 * size,
                            size, 0, 0.0, (FIELD, round(size * 2), ""), order,
                        )
                    )  # fmt: skip
    return found


def _value_of(data: dict[str, Any]) -> Any:
    """The value of a text or choice field, which its parent may hold."""
    for _ in range(8):
        kind = data.get("FT")
        if kind is not None and literal_name(kind) not in ("Tx", "Ch"):
            return None
        if data.get("V") is not None:
            return data["V"]
        parent = data.get("Parent")
        if not isinstance(parent, dict):
            return None
        data = parent
    return None


def _decoded(value: Any) -> str:
    if isinstance(value, bytes):
        if value.startswith((b"\xfe\xff", b"\xff\xfe")):
            return value.decode("utf-16", "replace")
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("gb18030", "replace")
    return value if isinstance(value, str) else ""
