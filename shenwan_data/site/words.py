"""The interface texts of the site in both languages, and the format of numbers.

Belongs here: strings of ``schemas/site.yaml``, numbers and dates as text. Does not belong here: labels
of codes, units and indicators, which come from the release (``labels``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from shenwan_data.config.forms import Bilingual, Listed, Model, validated
from shenwan_data.config.textfile import read_yaml_document
from shenwan_data.errors import Text
from shenwan_data.schemas import schemas_dir, while_unchanged

FILE = "site.yaml"
LANGUAGES = ("zh", "en")
# The values of `lang` and `hreflang`.
TAGS = {"zh": "zh-Hans", "en": "en"}


@dataclass(frozen=True)
class Words:
    """The interface texts. DataError where one of the two languages is missing."""

    ui: Mapping[str, Text]
    method: tuple[tuple[Text, Text], ...]
    issues: tuple[Text, ...]
    headlines: Mapping[str, tuple[str, ...]]

    def in_language(self, language: str) -> dict[str, str]:
        """Every string of the interface in one language."""
        return {key: say(text, language) for key, text in self.ui.items()}


def say(text: Text, language: str) -> str:
    """A text in one of the two languages."""
    return text.zh if language == "zh" else text.en


class _Part(Model):
    heading: Bilingual
    text: Bilingual


class _WordsFile(Model):
    ui: dict[str, Bilingual]
    method: Listed[_Part]
    issues: Listed[Bilingual]
    headlines: dict[str, Listed[str]]


@while_unchanged(FILE)
def words() -> Words:
    """The words of ``schemas/site.yaml``. Raises DataError naming line and key of a mistake."""
    content = validated(
        _WordsFile,
        read_yaml_document(schemas_dir() / FILE),
        remedy=Text("请参照其他各项改正", "correct it; the other entries show the format"),
    )
    return Words(
        ui=content.ui,
        method=tuple((part.heading, part.text) for part in content.method),
        issues=content.issues,
        headlines=content.headlines,
    )


def number(value: Decimal | int | float | None) -> str:
    """A number for people: grouped in thousands, at most two decimals (more below one)."""
    if value is None:
        return ""
    exact = Decimal(value)
    places = Decimal("0.01") if abs(exact) >= 1 else Decimal("0.0001")
    rounded = exact.quantize(places, rounding=ROUND_HALF_EVEN) if exact % 1 else exact
    text = format(rounded, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def interval(lower: Decimal | None, upper: Decimal | None, open_end: str) -> str:
    """An interval for people; empty where there is no bound at all."""
    if lower is None and upper is None:
        return ""
    if lower == upper:
        return number(lower)
    ends = (open_end if end is None else number(end) for end in (lower, upper))
    return " – ".join(ends)
