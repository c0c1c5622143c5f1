"""A saved web page as lines of text.

Belongs here: turning markup into lines (what is hidden, what breaks a line, lists, tables). Does
not belong here: which of the lines are the article (``article``) or the encoding (``encoding``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from shenwan_data.report import table
from shenwan_data.report.readers.text import everyday
from shenwan_data.report.table import Cell

# Struck text (del, s) is shown, but its author has taken it back.
_NEVER_SHOWN = (
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas",
    "select", "button", "input", "textarea", "option", "audio", "video", "map", "head",
    "title", "rp", "rt", "del", "s", "strike",
)  # fmt: skip
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt)?\s*(?:;|$)"
    r"|text-decoration[^;]*line-through",
    re.I,
)
_BLOCKS = frozenset(
    ("html", "body", "div", "p", "section", "article", "main", "header", "footer", "nav", "aside",
     "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead",
     "tbody", "tfoot", "tr", "td", "th", "caption", "form", "fieldset", "blockquote", "pre",
     "center", "hr", "figure", "figcaption", "address", "details", "summary", "ucapcontent",
     "ucaptitle")
)  # fmt: skip
_HEADINGS = frozenset(("h1", "h2", "h3"))
_SQUARES = {"2": "²", "3": "³"}
_LENGTHS = ("m", "km", "cm", "米", "M")
_ZERO_WIDTH = re.compile(r"[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
# A line broken in the source between Chinese characters is no space to a Chinese reader.
_BROKEN = re.compile(
    r"(?<=[^\x00-\x7f])[^\S\u3000]*\n\s*(?=\S)|(?<=\S)[^\S\u3000]*\n\s*(?=[^\x00-\x7f])"
)
_SPACES = re.compile(r"[^\S\u3000]+")
_DISCLOSURE = re.compile(
    r"索\s*引\s*号|主题分类|信息分类|公开责任部门|体裁分类|发文字号|成文日期|发布机构"
)
_MARKER = re.compile(r"[（(]?(?:\d+|[一二三四五六七八九十]+)[)）.、．]")


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of a page. ``linked`` is how many of its characters are link text."""

    text: str
    linked: int
    owner: Tag

    @property
    def is_link(self) -> bool:
        """Whether the line is mostly link text, as a menu is."""
        return 2 * self.linked > len(self.text)


def parse(markup: str) -> BeautifulSoup:
    """The tree of a page without what a reader never sees."""
    soup = BeautifulSoup(markup.replace("\0", ""), "lxml")
    for tag in soup.find_all(_NEVER_SHOWN):
        if tag.name not in ("head", "title"):
            tag.decompose()
    everything = len(soup.get_text())
    for tag in soup.find_all(_is_hidden):
        # Some pages hold the article hidden until a script has run; then it is what is read.
        if not tag.decomposed and 2 * len(tag.get_text()) < everything:
            tag.decompose()
    return soup


def lines_of(tag: Tag) -> list[Line]:
    """The lines below one element, in reading order, none of them empty."""
    page = _Page([], [])
    page.walk(tag, tag, linked=False)
    page.flush(tag)
    return page.lines


def tidy(text: str) -> str:
    """White space as a reader of the page sees it."""
    text = _ZERO_WIDTH.sub("", text)
    if "\n" in text:
        text = _BROKEN.sub("", text)
    return everyday(_SPACES.sub(" ", text).strip(" \u3000"))


def _is_hidden(tag: Tag) -> bool:
    attributes: Any = tag.attrs  # None once the tag has been taken out of the tree
    if attributes is None:
        return False
    style = str(tag.attrs.get("style", ""))
    return (
        "hidden" in tag.attrs
        or str(tag.attrs.get("aria-hidden", "")).lower() == "true"
        or bool(style and _HIDDEN.search(style))
    )


@dataclass(slots=True)
class _Page:
    """The lines so far, and the pieces (text, whether linked) of the line being put together."""

    lines: list[Line]
    pieces: list[tuple[str, bool]]

    def flush(self, owner: Tag) -> None:
        text = tidy("".join(piece for piece, _ in self.pieces))
        if text:
            linked = sum(len(tidy(piece)) for piece, is_linked in self.pieces if is_linked)
            self.lines.append(Line(text, linked, owner))
        self.pieces.clear()

    def walk(self, tag: Tag, owner: Tag, *, linked: bool) -> None:
        for child in tag.children:
            if isinstance(child, Tag):
                self._element(child, owner, linked=linked)
            # Comments, CDATA and declarations are subclasses, and none of them is shown.
            elif type(child) is NavigableString:
                self.pieces.append((str(child), linked))

    def _element(self, tag: Tag, owner: Tag, *, linked: bool) -> None:
        name = tag.name.lower()
        if name in _NEVER_SHOWN:
            return
        if name == "br":
            if owner.name not in _HEADINGS:
                self.flush(owner)
        elif name == "table":
            self.flush(owner)
            self._table(tag)
        elif name in _BLOCKS:
            self.flush(owner)
            if name == "li":
                self._number(tag)
            self.walk(tag, tag, linked=linked)
            self.flush(tag)
        elif name == "sup" and tag.get_text().strip() in _SQUARES:
            before = "".join(piece for piece, _ in self.pieces)[-2:]
            digit = tag.get_text().strip()
            self.pieces.append((_SQUARES[digit] if before.endswith(_LENGTHS) else digit, linked))
        else:
            self.walk(tag, owner, linked=linked or (name == "a" and tag.has_attr("href")))

    def _number(self, item: Tag) -> None:
        """The number a browser would print before an item of an ordered list."""
        parent = item.parent
        if parent is None or parent.name != "ol" or _MARKER.match(item.get_text().strip()):
            return
        start = str(parent.get("start", "1"))
        before = len(item.find_previous_siblings("li"))
        self.pieces.append((f"{(int(start) if start.isdigit() else 1) + before}.", False))

    def _table(self, tag: Tag) -> None:
        caption = tag.find("caption", recursive=False)
        if isinstance(caption, Tag):
            self.walk(caption, tag, linked=False)
            self.flush(tag)
        rows = _rows(tag)
        if tag.find("table") is None:
            grid = _grid(rows)
            if len(set(_DISCLOSURE.findall(text := tag.get_text()))) > 1 and len(tidy(text)) < 600:
                self.lines.append(Line(_disclosure(grid), 0, tag))
                return
            if table.is_data_table(grid) and not _is_menu(tag):
                unit = table.unit_line(self.lines[-1].text) if self.lines else None
                self.lines.extend(Line(text, 0, tag) for text in table.linearise(grid, unit))
                return
        for row in rows:
            for cell in row:
                self.walk(cell, cell, linked=False)
                self.flush(cell)


def _is_menu(tag: Tag) -> bool:
    links = sum(len(tidy(link.get_text())) for link in tag.find_all("a", href=True))
    return 2 * links > len(tidy(tag.get_text()))


def _rows(tag: Tag) -> list[list[Tag]]:
    """The cells of a table's own rows, not those of a table inside it."""
    return [
        row.find_all(("td", "th"), recursive=False)
        for row in tag.find_all("tr")
        if row.find_parent("table") is tag
    ]


def _grid(rows: list[list[Tag]]) -> list[list[Cell]]:
    """The table as a browser lays it out, merged cells at every place they cover."""
    places: dict[tuple[int, int], Cell] = {}
    for top, row in enumerate(rows):
        left = 0
        for tag in row:
            while (top, left) in places:
                left += 1
            text = "".join(line.text for line in lines_of(tag))
            cell = Cell(text, tag.name == "th")
            width = _span(tag, "colspan", 60)
            for y in range(top, min(top + _span(tag, "rowspan", len(rows)), len(rows))):
                for x in range(left, left + width):
                    places.setdefault((y, x), cell)
            left += width
    width = max((x for _, x in places), default=-1) + 1
    empty = Cell("")
    return [[places.get((y, x), empty) for x in range(width)] for y in range(len(rows))]


def _span(tag: Tag, name: str, most: int) -> int:
    value = str(tag.get(name, "1")).strip()
    if not value.isdigit():
        return 1
    return min(int(value), most) or most if name == "rowspan" else max(1, min(int(value), most))


def _disclosure(grid: list[list[Cell]]) -> str:
    """The table of a disclosure page (索引号, 发布机构, 发布日期) as one line of what it says."""
    texts: list[str] = []
    for row in grid:
        seen: set[int] = set()
        for cell in row:
            if id(cell) not in seen and cell.text:
                texts.append(cell.text)
            seen.add(id(cell))
    line = ""
    for text in texts:
        line += text if line.endswith((":", "：")) or not line else " " + text
    return line
