"""The numerals that count nothing, from ``schemas/idioms.yaml``, by how they start.

Belongs here: reading the table. Does not belong here: when its patterns are tried (``grammar``).
"""

from __future__ import annotations

from dataclasses import dataclass

from shenwan_data.schemas import metadata, while_unchanged

STARTS = ("一", "numeral", "digit")


@dataclass(frozen=True, slots=True)
class Idiom:
    """One pattern, how it starts (one of ``STARTS``), its reason and a made-up example with ⟦ ⟧."""

    start: str
    reason: str
    pattern: str
    example: str


@while_unchanged("idioms.yaml")
def idioms() -> tuple[Idiom, ...]:
    """The patterns in the order of the table."""
    table = metadata("idioms.yaml")
    return tuple(
        Idiom(start, entry["reason"], entry["pattern"], entry["example"])
        for start in STARTS
        for entry in table[start]
    )
