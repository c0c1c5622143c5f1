"""The indicators: what is counted every year under one code, from ``schemas/indicators/*.yaml``.

Belongs here: reading and checking the catalogue. Does not belong here: applying an anchor to a text
(``matching``).
"""

from __future__ import annotations

from dataclasses import dataclass

from shenwan_data.errors import Text

TOPICS = ("services", "enforcement", "governance", "outreach")
MEASURE_TYPES = ("stock", "flow", "ratio", "rank", "mean")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One entry of the catalogue.

    ``unit`` is the unit of the published value (a code of ``units``); ``units_accepted`` the unit
    codes a report may print instead. ``additive_areas`` and ``additive_years`` say whether values
    may be summed. ``since`` is the first year the indicator is defined for, None for all.
    """

    code: str
    topic: str
    label: Text
    definition: Text
    unit: str
    units_accepted: tuple[str, ...]
    measure_type: str
    additive_areas: bool
    additive_years: bool
    since: int | None
    note: Text | None
