"""Whether publishing the figures of a text would name a person.

Belongs here: which sentences are published beside figures. Does not belong here: what identifies a
person (``report.privacy``).
"""

from __future__ import annotations

from collections.abc import Sequence

from shenwan_data.model import Figure
from shenwan_data.report.privacy import PersonalData, find_personal_data
from shenwan_data.report.structure import structure


def disclosed(text: str, figures: Sequence[Figure]) -> tuple[PersonalData, ...]:
    """The places that identify a person: names in sentences with data, numbers anywhere."""
    parts = structure(text)
    return find_personal_data(text, (parts.sentence_at(f.start) for f in figures if f.is_data))
