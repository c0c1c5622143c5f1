"""Texts of the catalogue with the indicators that they name as links.

Belongs here: finding the names of other indicators in a definition or a note. Does not belong here:
the texts (``schemas/indicators``), where an indicator is shown (``places``).

English texts name an indicator by its code, Chinese ones by its label in quotation marks; a reader wants
the label, and the way to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup, escape

from shenwan_data.publish.site.published import Row

_NAMES = re.compile(r"“([^“”]+)”|\b([a-z]+(?:_[a-z0-9]+)+)\b")


@dataclass(frozen=True)
class Crossing:
    """The names of the indicators in one language. ``way`` leads to one from the page at hand."""

    labels: Mapping[str, str]
    way: Callable[[str], str | None]

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        return {label: code for code, label in self.labels.items()}

    def linked(self, text: str) -> Markup:
        """The text as HTML; a name that leads nowhere stays a name."""
        pieces: list[Markup] = []
        at = 0
        for match in _NAMES.finditer(text):
            quoted, written = match.groups()
            code: str | None = self._codes.get(quoted) if quoted else written
            if code is None or code not in self.labels:
                continue
            pieces.append(escape(text[at : match.start()]))
            way = self.way(code)
            label = escape(self.labels[code])
            name = Markup('<a href="{}">{}</a>').format(way, label) if way else label
            pieces.append(Markup("“{}”").format(name))
            at = match.end()
        pieces.append(escape(text[at:]))
        return Markup("").join(pieces)


def named(indicators: Mapping[str, Row], language: str) -> dict[str, str]:
    """The labels of all indicators in one language, by code."""
    return {code: str(row[f"label_{language}"]) for code, row in indicators.items()}
