"""How the characters of a Word file look: hidden, struck through, set above the line, or not seen at all.

Belongs here: what a run shows by its own properties and by its styles, and the ground it stands on.
Does not belong here: what is made of it (``docx``).

White words on a white page are read by nobody, and white words on a dark ground by everybody. So a run
in the colour of its ground is left out; where the ground is not known (a table style with colours of its
own, a picture behind the text, the fill of a shape) the words are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from lxml import etree

from shenwan_data.report.readers.numbering import W

# Half points that lift text above its line, rather than align a taller font with it.
_LIFTED = 4
# Half points: words of two points or less are lines to a reader.
_UNREADABLE = 4
_WHITE = "FFFFFF"
# How far apart two colours of a screen can be that nobody tells apart.
_ALIKE = 12
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_FILLS = frozenset(f"{_DRAWING}{kind}Fill" for kind in ("solid", "grad", "blip", "patt"))
_ANCHOR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}anchor"
_SHAPE = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_VML = "{urn:schemas-microsoft-com:vml}"
_MOST_STYLES = 12


class Looks:
    """The looks of one document: its styles and the colour of its page."""

    def __init__(self, document: etree._Element, styles: etree._Element | None) -> None:
        self._document = document
        self._styles = {
            style.get(f"{W}styleId") or "": style
            for style in (styles.iterfind(f"{W}style") if styles is not None else ())
        }
        self._usual = next(
            (name for name, style in self._styles.items()
             if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true")),
            "",
        )  # fmt: skip
        self._said: dict[tuple[str, str], etree._Element | None] = {}

    def is_withdrawn(self, run: etree._Element) -> bool:
        """Whether a run is hidden, struck through, too small to see, or in the colour of its ground."""
        marks = (self._of(run, name) for name in ("vanish", "strike", "dstrike"))
        if any(
            mark is not None and mark.get(f"{W}val") not in ("0", "false", "off") for mark in marks
        ):
            return True
        size = self._of(run, "sz")
        height = (size.get(f"{W}val") or "") if size is not None else ""
        if height.isdecimal() and int(height) <= _UNREADABLE:
            return True
        colour = _colour(self._of(run, "color"), "val")
        return colour is not None and _are_alike(colour, self._ground(run))

    def is_raised(self, run: etree._Element) -> bool:
        """Whether a run is set above or below the line."""
        place = self._of(run, "vertAlign")
        if place is not None:
            return place.get(f"{W}val") in ("superscript", "subscript")
        lifted = self._of(run, "position")
        height = (lifted.get(f"{W}val") or "").lstrip("-") if lifted is not None else ""
        return height.isdecimal() and int(height) >= _LIFTED

    def _of(self, run: etree._Element, name: str) -> etree._Element | None:
        """A property of a run: its own, else that of its style, else that of its paragraph's style."""
        own = run.find(f"{W}rPr/{W}{name}")
        if own is not None:
            return own
        style = run.find(f"{W}rPr/{W}rStyle")
        found = self._styled(style.get(f"{W}val") or "", name) if style is not None else None
        return self._styled(self._paragraph_style(run), name) if found is None else found

    def _paragraph_style(self, run: etree._Element) -> str:
        paragraph = next(run.iterancestors(f"{W}p"), None)
        style = paragraph.find(f"{W}pPr/{W}pStyle") if paragraph is not None else None
        return (style.get(f"{W}val") or "") if style is not None else self._usual

    def _styled(self, style: str, name: str) -> etree._Element | None:
        if (style, name) not in self._said:
            properties = (one.find(f"{W}rPr/{W}{name}") for one in self._based(style))
            self._said[style, name] = next((p for p in properties if p is not None), None)
        return self._said[style, name]

    def _based(self, style: str) -> Iterator[etree._Element]:
        """A style and those it is based on."""
        for _ in range(_MOST_STYLES):
            element = self._styles.get(style)
            if element is None:
                return
            yield element
            base = element.find(f"{W}basedOn")
            style = (base.get(f"{W}val") or "") if base is not None else ""

    def _ground(self, run: etree._Element) -> str | None:
        """The colour behind a run; None where it is not known."""
        light = self._of(run, "highlight")
        if light is not None and light.get(f"{W}val") not in ("none", "white"):
            return None
        if (shade := _shade(self._of(run, "shd"))) != "":
            return shade
        for element in run.iterancestors():
            shade = self._behind(element)
            if shade != "":
                return shade
        return self._page

    def _behind(self, element: etree._Element) -> str | None:
        """The colour that a paragraph, cell, table or shape puts behind its text; empty for none."""
        tag = element.tag
        if tag == f"{W}p":
            own = element.find(f"{W}pPr/{W}shd")
            if own is not None:
                return _shade(own)
            style = element.find(f"{W}pPr/{W}pStyle")
            name = (style.get(f"{W}val") or "") if style is not None else self._usual
            shades = (one.find(f"{W}pPr/{W}shd") for one in self._based(name))
            return _shade(next((shade for shade in shades if shade is not None), None))
        if tag == f"{W}tc":
            return _shade(element.find(f"{W}tcPr/{W}shd"))
        if tag == f"{W}tbl":
            style = element.find(f"{W}tblPr/{W}tblStyle")
            name = (style.get(f"{W}val") or "") if style is not None else ""
            if any(_shade(one) != "" for base in self._based(name) for one in base.iter(f"{W}shd")):
                return None
            return _shade(element.find(f"{W}tblPr/{W}shd"))
        return _fill(element)

    @cached_property
    def _page(self) -> str | None:
        """The colour of the page; None where pictures lie behind the text."""
        if any(anchor.get("behindDoc") in ("1", "true") for anchor in self._document.iter(_ANCHOR)):
            return None
        return _colour(self._document.find(f"{W}background"), "color") or _WHITE


def _fill(element: etree._Element) -> str | None:
    """The colour a shape is filled with; empty for none, None where it is not plainly stated."""
    if element.tag == f"{_SHAPE}wsp":
        properties = element.find(f"{_SHAPE}spPr")
        for child in properties if properties is not None else ():
            if child.tag == f"{_DRAWING}noFill":
                return ""
            if str(child.tag) in _FILLS:
                plain = child.find(f"{_DRAWING}srgbClr")
                return plain.get("val") if plain is not None else None
        reference = element.find(f"{_SHAPE}style/{_DRAWING}fillRef")
        return "" if reference is None or reference.get("idx") == "0" else None
    filled = str(element.tag).startswith(_VML) and element.get("fillcolor")
    return None if filled and element.get("filled") not in ("f", "false") else ""


def _colour(element: etree._Element | None, name: str) -> str | None:
    """A colour of six digits; None for ``auto``, which always shows, and for none."""
    value = (element.get(f"{W}{name}") or "") if element is not None else ""
    digits = value.removeprefix("#")
    return (
        digits if len(digits) == 6 and all(c in "0123456789abcdefABCDEF" for c in digits) else None
    )


def _shade(element: etree._Element | None) -> str | None:
    """The colour of a shading; empty for none, None for a pattern of two colours."""
    if element is None:
        return ""
    kind = element.get(f"{W}val") or "clear"
    if kind in ("clear", "nil"):
        return _colour(element, "fill") or ""
    return _colour(element, "color") if kind == "solid" else None


def _are_alike(one: str, other: str | None) -> bool:
    if other is None:
        return False
    pairs = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
    return all(abs(a - b) <= _ALIKE for a, b in pairs)
