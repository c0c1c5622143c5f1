"""Running a PDF page, and what the library's own layout leaves out of it.

Belongs here: the order of painting, opacity, render modes, rise, marked watermarks. Does not belong
here: what is made of them (``glyphs``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pdfminer.layout import LTChar, LTCurve, LTImage
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import dict_value, resolve1
from pdfminer.psparser import literal_name
from pdfplumber.page import PDFPageAggregatorWithMarkedContent


@dataclass(frozen=True, slots=True)
class Painted:
    """A character with what the library's layout leaves out."""

    char: LTChar
    mode: int
    opacity: float
    order: int
    rise: float
    vertical: bool
    watermark: bool


class Device(PDFPageAggregatorWithMarkedContent):
    """Keeps, in the order of painting, what the library's layout leaves out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opacity = 1.0
        self.opacities: list[float] = []
        self.mode = 0
        self.order = 0
        self.watermark = False
        self.chars: list[Painted] = []
        self.images: list[tuple[LTImage, int]] = []
        self.paths: list[tuple[LTCurve, float, int]] = []

    def _items(self) -> list[Any]:
        """What has been painted in the container that is open."""
        items: list[Any] = self.cur_item._objs  # noqa: SLF001 - the list itself, not a copy
        return items

    def begin_tag(self, tag: Any, props: Any = None) -> None:
        """Note whether what follows is marked as a watermark."""
        super().begin_tag(tag, props)
        kind = props.get("Subtype") if isinstance(props, dict) else None
        self.watermark = literal_name(kind) == "Watermark" if kind is not None else False

    def end_tag(self) -> None:
        """What follows is no longer marked."""
        super().end_tag()
        self.watermark = False

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        """Keep the render mode of a string."""
        self.mode = textstate.render
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(self, *args: Any) -> float:
        """Keep a character with its looks."""
        advance = super().render_char(*args)
        font, rise = args[1], args[4]
        self.order += 1
        char = self._items()[-1]
        if isinstance(char, LTChar):
            self.chars.append(
                Painted(
                    char, self.mode, self.opacity, self.order, rise, font.is_vertical(),
                    self.watermark,
                )
            )  # fmt: skip
        return float(advance)

    def render_image(self, *args: Any, **kwargs: Any) -> None:
        """Keep a picture with its place in the order."""
        super().render_image(*args, **kwargs)
        self.order += 1
        if (items := self._items()) and isinstance(items[-1], LTImage):
            self.images.append((items[-1], self.order))

    def paint_path(self, *args: Any, **kwargs: Any) -> None:
        """Keep lines and shapes with their place in the order."""
        before = len(self._items())
        super().paint_path(*args, **kwargs)
        self.order += 1
        for item in self._items()[before:]:
            if isinstance(item, LTCurve):
                self.paths.append((item, self.opacity, self.order))


class Interpreter(PDFPageInterpreter):
    """Runs a page, keeping how opaque the ink is, which the library leaves out."""

    def __init__(self, rsrcmgr: Any, device: Device) -> None:
        super().__init__(rsrcmgr, device)
        self.ink = device

    def do_q(self) -> None:
        """Save the state, opacity included."""
        super().do_q()
        self.ink.opacities.append(self.ink.opacity)

    def do_Q(self) -> None:  # noqa: N802 - the operator's own name
        """Restore the state, opacity included."""
        super().do_Q()
        if self.ink.opacities:
            self.ink.opacity = self.ink.opacities.pop()

    def do_gs(self, name: Any) -> None:
        """Take the opacity from a named state."""
        states = resolve1(self.resources.get("ExtGState")) or {}
        state = dict_value(resolve1(states.get(literal_name(name))) or {})
        opacity = resolve1(state.get("ca"))
        if isinstance(opacity, (int, float)):
            self.ink.opacity = float(opacity)

    def do_Do(self, xobjid_arg: Any) -> None:  # noqa: N802 - the operator's own name
        """Run a form, after which the opacity is what it was."""
        opacity, kept = self.ink.opacity, list(self.ink.opacities)
        super().do_Do(xobjid_arg)
        self.ink.opacity, self.ink.opacities = opacity, kept
