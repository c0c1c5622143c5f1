"""Persons in a report: numbers and names that must not be published beside a figure.

Belongs here: finding them, from the rules of ``schemas/privacy.yaml``. Does not belong here: deciding
what to do (the build stops; a person masks the place in the record beside the report).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shenwan_data.errors import Text
from shenwan_data.schemas import metadata, while_unchanged

MASK = "■"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A place ``text[start:end]`` that identifies a person, and by which rule."""

    start: int
    end: int
    rule: str
    label: Text


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    label: Text
    whole: bool
    pattern: re.Pattern[str]


@while_unchanged("privacy.yaml")
def _rules() -> tuple[_Rule, ...]:
    table = metadata("privacy.yaml")
    return tuple(
        _Rule(
            code,
            Text(**rule["label"]),
            rule["whole"],
            re.compile(rule["pattern"].replace("{surnames}", table["surnames"])),
        )
        for code, rule in table["rules"].items()
    )


def find_personal_data(
    text: str, sentences: Iterable[tuple[int, int]] = ()
) -> tuple[PersonalData, ...]:
    """The places of a text that identify a person, in text order.

    ``sentences`` are the spans published beside figures: names count only there, identity and
    mobile numbers anywhere, because the whole text is kept with the release.
    """
    published = tuple(dict.fromkeys(sentences))
    found = {
        PersonalData(match.start(), match.end(), rule.code, rule.label)
        for rule in _rules()
        for start, end in (((0, len(text)),) if rule.whole else published)
        for match in rule.pattern.finditer(text, start, end)
    }
    return tuple(sorted(found, key=lambda place: (place.start, place.rule)))


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with the spans blotted out, character by character, so that offsets stay."""
    for start, end in spans:
        text = text[:start] + MASK * (end - start) + text[end:]
    return text
