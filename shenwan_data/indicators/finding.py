"""A place where a report disagrees with itself, with the year before, or with plain sense.

Belongs here: the record. Does not belong here: the rules (``findings``, ``schemas/findings.yaml``).
"""

from __future__ import annotations

from dataclasses import dataclass

from shenwan_data.errors import Text
from shenwan_data.figures.figure import Number


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement. ``rule`` is a code of ``schemas/findings.yaml``; ``severity`` fail or warn.

    ``reported`` and ``implied`` are the two numbers that disagree, in ``unit``; either may be None
    where the rule compares no numbers. ``figures`` are figure ids, ``indicators`` catalogue codes.
    """

    id: str
    report: str
    rule: str
    severity: str
    figures: tuple[str, ...]
    indicators: tuple[str, ...]
    reported: Number | None
    implied: Number | None
    unit: str | None
    message: Text
