"""One numeral of a text with what it was read as.

Belongs here: the record and its vocabulary. Does not belong here: how it is found (``grammar``,
``scan``) or what it means (``shenwan_data.indicators``).
"""

from __future__ import annotations

from dataclasses import dataclass

Number = int | float

DATA_KINDS = ("count", "ratio", "money", "area", "rank", "score", "measure")
OTHER_KINDS = ("date", "list_marker", "name", "document", "formula", "contact")
KINDS = DATA_KINDS + OTHER_KINDS

QUALIFIERS = (
    "exact", "more_than", "nearly", "about", "at_least", "at_most", "range", "vague",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A numeral as it stands in the text: ``text[start:end] == quote`` (code points).

    ``value`` and ``unit`` are in the base unit (元, 平方米, % on 0-100, else the classifier as
    written without 万/亿); ``raw_value`` and ``raw_unit`` are what is printed. ``lower`` and
    ``upper`` bound the value; None is open. For a kind that is not data, ``value`` to
    ``qualifier`` are None. ``indicators`` are catalogue codes; ``reason`` says, as a code of
    ``schemas/codes.yaml``, why there are none, and is None where there are some.
    """

    start: int
    end: int
    quote: str
    kind: str
    value: Number | None = None
    unit: str | None = None
    raw_value: Number | None = None
    raw_unit: str | None = None
    lower: Number | None = None
    upper: Number | None = None
    qualifier: str | None = None
    indicators: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def is_data(self) -> bool:
        """Whether the numeral states a quantity."""
        return self.kind in DATA_KINDS


def figure_id(report_id: str, figure: Figure) -> str:
    """Stable identifier of a figure: the report and where the figure starts in its text."""
    return f"{report_id}-{figure.start}"
