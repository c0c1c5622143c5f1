"""Figures made quickly: a text of any length is mostly the making of its records.

Belongs here: the ways to make a Figure. Does not belong here: what it says (``quantity``,
``names``).

The constructor of a frozen dataclass sets each field by a call of its own, which took a quarter of the
time of reading a report. Here the fields that differ from their defaults are set at once.
"""

from __future__ import annotations

from shenwan_data.model import Figure, Number

_new = object.__new__


def no_data(start: int, end: int, quote: str, kind: str, reason: str) -> Figure:
    """A numeral that counts nothing: a date, a name, a list marker."""
    figure = _new(Figure)
    given = figure.__dict__
    given["start"] = start
    given["end"] = end
    given["quote"] = quote
    given["kind"] = kind
    given["reason"] = reason
    return figure


def data(
    start: int,
    end: int,
    quote: str,
    kind: str,
    value: Number | None,
    unit: str | None,
    raw_value: Number | None,
    raw_unit: str | None,
    lower: Number | None,
    upper: Number | None,
    qualifier: str,
) -> Figure:
    """A quantity, in the order of the fields of Figure."""
    figure = _new(Figure)
    figure.__dict__.update(
        start=start,
        end=end,
        quote=quote,
        kind=kind,
        value=value,
        unit=unit,
        raw_value=raw_value,
        raw_unit=raw_unit,
        lower=lower,
        upper=upper,
        qualifier=qualifier,
    )
    return figure


def stated(
    figure: Figure, indicators: tuple[str, ...], reason: str | None, columns: tuple[str, ...]
) -> Figure:
    """A figure with its indicators or the reason for none, and the six columns of its statement."""
    made = _new(Figure)
    given = made.__dict__
    given.update(figure.__dict__)
    given["indicators"] = indicators
    given["reason"] = reason
    (
        given["counted"], given["act"], given["topic"],
        given["ref_period"], given["coverage"], given["nature"],
    ) = columns  # fmt: skip
    return made
