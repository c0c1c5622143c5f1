"""A saved web page as lines of text.

Belongs here: turning a tree into lines (what breaks a line, lists, tables, raised marks). Does not
belong here: the tree and what of it is hidden (``dom``), which of the lines are the article
(``article``) or the encoding (``text``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bs4.element import NavigableString, Tag

from shenwan_data.report import table
from shenwan_data.report.header import unit_line
from shenwan_data.report.readers.characters import everyday, without_invisible
from shenwan_data.report.readers.dom import NEVER_SHOWN
from shenwan_data.report.readers.superscript import raised
from shenwan_data.report.table import Cell

_BLOCKS = frozenset(
    ("html", "body", "div", "p", "section", "article", "main", "header", "footer", "nav", "aside",
     "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead",
     "tbody", "tfoot", "tr", "td", "th", "caption", "form", "fieldset", "blockquote", "pre",
     "center", "hr", "figure", "figcaption", "address", "details", "summary", "ucapcontent",
     "ucaptitle")
)  # fmt: skip
_HEADINGS = frozenset(("h1", "h2", "h3"))
# A line broken in the source between Chinese characters is no space to a Chinese reader.
_BROKEN = re.compile(
    r"(?<=[^\x00-\x7f])[^\S\u3000]*\n\s*(?=\S)|(?<=\S)[^\S\u3000]*\n\s*(?=[^\x00-\x7f])"
)
_SPACES = re.compile(r"[^\S\u3000]+")
_DISCLOSURE = re.compile(
    r"索\s*引\s*号|主题分类|信息分类|公开责任部门|体裁分类|发文字号|成文日期|发布机构"
)
_MARKER = re.compile(r"[（(]?(?:\d+|[一二三四五六七八九十]+)[)）.、．]")


# Cells of one table; a page of print holds some hundreds.
_MOST_PLACES = 100_000


class TooLargeError(Exception):
    """A table with more cells than any report prints."""


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


def lines_of(tag: Tag) -> list[Line]:
    """The lines below one element, in reading order, none of them empty."""
    page = _Page()
    page.walk(tag, tag, linked=False)
    page.flush(tag)
    return page.lines


def tidy(text: str) -> str:
    """White space as a reader of the page sees it."""
    text = without_invisible(text)
    if "\n" in text:
        text = _BROKEN.sub("", text)
    return everyday(_SPACES.sub(" ", text).strip(" \u3000"))


@dataclass(slots=True)
class _Page:
    """The lines so far, and the pieces (text, whether linked) of the line being put together."""

    lines: list[Line] = field(default_factory=list)
    pieces: list[tuple[str, bool]] = field(default_factory=list)
    counts: dict[int, int] = field(default_factory=dict)

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
        if name in NEVER_SHOWN:
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
        elif name in ("sup", "sub"):
            # The last pieces hold what stands before; a long line is not put together for each mark.
            before = "".join(piece for piece, _ in self.pieces[-8:])
            self.pieces.append((raised(tidy(tag.get_text()), tidy(before)), linked))
        else:
            self.walk(tag, owner, linked=linked or _is_link(tag))

    def _number(self, item: Tag) -> None:
        """The number a browser would print before an item of an ordered list."""
        parent = item.parent
        if parent is None or parent.name != "ol":
            return
        number = self.counts.get(id(parent))
        if number is None:
            start = str(parent.get("start", "1"))
            number = int(start) if start.isdecimal() and len(start) < 6 else 1
        self.counts[id(parent)] = number + 1
        if not _MARKER.match(item.get_text().strip()[:40]):
            self.pieces.append((f"{number}.", False))

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
                unit = unit_line(self.lines[-1].text) if self.lines else None
                self.lines.extend(Line(text, 0, tag) for text in table.linearise(grid, unit))
                return
        for row in rows:
            for cell in row:
                self.walk(cell, cell, linked=False)
                self.flush(cell)


def _is_link(tag: Tag) -> bool:
    """Whether an element is a link; one without address is, too, but not the mark of a place."""
    return tag.name == "a" and (
        tag.has_attr("href") or not (tag.has_attr("name") or tag.has_attr("id"))
    )


def _is_menu(tag: Tag) -> bool:
    links = sum(len(tidy(link.get_text())) for link in tag.find_all(_is_link))
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
    # A cell may claim to cover a whole table; what no reader could see is not laid out.
    for top, row in enumerate(rows):
        left = 0
        for tag in row:
            while (top, left) in places:
                left += 1
            text = table.cell_text([line.text for line in lines_of(tag)])
            cell = Cell(text, tag.name == "th")
            width = _span(tag, "colspan", 60)
            for y in range(top, min(top + _span(tag, "rowspan", len(rows)), len(rows))):
                if len(places) > _MOST_PLACES:
                    raise TooLargeError
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
