"""Everything that one report says, read.

Belongs here: the record that holds a report with its figures, findings and observations, which is
what a release is built from. Does not belong here: any of the reading itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from shenwan_data.figures.figure import Figure
from shenwan_data.indicators.finding import Finding
from shenwan_data.indicators.observation import Observation
from shenwan_data.report.report import Report


@dataclass(frozen=True, slots=True)
class Reading:
    """One report with all that was read from it."""

    report: Report
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    observations: tuple[Observation, ...]
