"""What the recorded corrections changed: every corrected value with what it was before.

Belongs here: the changes, field by field. Does not belong here: reading and applying the corrections
(``corrections``), or the published table (``release.tables``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from shenwan_data.indicators.corrections import Decision
from shenwan_data.model import Figure, Report, Revision, figure_id

FIELDS = ("kind", "value", "unit", "lower", "upper", "qualifier", "indicators")


def revisions_of(report: Report, decisions: Iterable[Decision]) -> Iterator[Revision]:
    """What the decisions about one report changed, in their order, then in that of the text."""
    for decision in decisions:
        for start in sorted(decision.before):
            before, after = decision.before[start], decision.after[start]
            for name, old, new in _changes(before, after):
                yield Revision(
                    report=report.id,
                    figure_id=figure_id(report.id, after),
                    quote=after.quote,
                    indicators=tuple(dict.fromkeys((*before.indicators, *after.indicators))),
                    when=decision.correction.when,
                    field=name,
                    old=old,
                    new=new,
                    why=decision.correction.why,
                )


def _changes(before: Figure, after: Figure) -> Iterator[tuple[str, str | None, str | None]]:
    for name in FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield name, _text(old), _text(new)


def _text(value: Any) -> str | None:
    """A field as text: shortest exact digits, codes joined by a space, None for nothing."""
    if value is None or value == ():
        return None
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, str):
        return value
    digits = format(Decimal(repr(value)), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
