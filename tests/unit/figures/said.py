"""What a sentence says in numbers, as one short line for a figure.

Belongs here: writing readings down for tables of tests. Does not belong here: asserting.
"""

from __future__ import annotations

from shenwan_data.figures.scan import find_figures
from shenwan_data.model import Figure, Number

_SIGNS = {"more_than": "+", "nearly": "-", "about": "~", "at_least": ">", "at_most": "<"}


def said(text: str) -> list[str]:
    """The data figures of a text, such as ``近9户 = -9 户``, ``3至5次 = 3..5 次``, ``第2 = #2 位``."""
    return [_line(figure) for figure in find_figures(text) if figure.is_data]


def _line(figure: Figure) -> str:
    if figure.value is None:
        number = f"{_short(figure.lower)}..{_short(figure.upper)}"
    else:
        sign = "#" if figure.kind == "rank" else _SIGNS.get(figure.qualifier or "", "")
        number = sign + _short(figure.value)
    return f"{figure.quote} = {number} {figure.unit or '-'}"


def _short(value: Number | None) -> str:
    return "" if value is None else f"{value:.12g}" if abs(value) < 10**12 else str(value)
