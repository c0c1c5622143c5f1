"""When reports are due, and who is late.

Belongs here: the legal date and the areas that have no report for a year. Does not belong here: what
is done about it (a check and a schedule in ``assets``).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

from shenwan_data.report.archive import find_reports


def due_date(year: int) -> date:
    """The day by which the report of a year must be public: before 1 April of the next year."""
    return date(year + 1, 3, 31)


def areas_without_report(data_dir: Path, year: int) -> tuple[str, ...]:
    """The areas that have reported for an earlier year and not for this one, in order."""
    years: dict[str, set[int]] = defaultdict(set)
    for path in find_reports(data_dir):
        years[path.stem].add(int(path.parent.name))
    return tuple(
        sorted(
            area
            for area, reported in years.items()
            if year not in reported and min(reported) < year
        )
    )
