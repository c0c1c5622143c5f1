"""What the recorded corrections changed: every corrected value with what it was before.

Belongs here: the changes, field by field. Does not belong here: reading and applying the corrections
(``corrections``), or the published table (``release.tables``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from shenwan_data.indicators.corrections import decide, read_corrections
from shenwan_data.indicators.matching import match_text
from shenwan_data.model import Figure, Report, figure_id

FIELDS = ("kind", "value", "unit", "lower", "upper", "qualifier", "indicators")


@dataclass(frozen=True, slots=True)
class Revision:
    """One field of one figure that a correction changed.

    ``old`` and ``new`` are texts (numbers in plain digits, codes joined by a space), None for
    nothing. ``indicators`` are the codes the figure had before or has after. Who decided stays in
    the correction and is not published.
    """

    report: str
    figure_id: str
    quote: str
    indicators: tuple[str, ...]
    when: date
    field: str
    old: str | None
    new: str | None
    why: str


def find_revisions(reports: Iterable[Report], data_dir: Path) -> tuple[Revision, ...]:
    """What the corrections in ``data_dir`` changed in some reports, in the order of the decisions.

    A report without a correction is not read again. Raises DataError for a correction that does not
    hold.
    """
    found: list[Revision] = []
    for report in sorted(reports, key=lambda report: (report.ref_area, report.time_period)):
        corrections = read_corrections(data_dir, report.time_period)
        if any(correction.report == report.id for correction in corrections):
            figures = match_text(report.text, report.time_period).figures
            for correction, before, after in decide(report, figures, data_dir):
                for start in sorted(before):
                    found.extend(
                        Revision(
                            report=report.id,
                            figure_id=figure_id(report.id, after[start]),
                            quote=after[start].quote,
                            indicators=tuple(
                                dict.fromkeys((*before[start].indicators, *after[start].indicators))
                            ),
                            when=correction.when,
                            field=name,
                            old=old,
                            new=new,
                            why=correction.why,
                        )
                        for name, old, new in _changes(before[start], after[start])
                    )
    return tuple(found)


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
