"""The interface texts of the site in both languages, and the format of numbers.

Belongs here: strings of ``schemas/site.yaml``, numbers and dates as text. Does not belong here: labels
of codes, units and indicators, which come from the release (``labels``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from shenwan_data.errors import DataError, Text
from shenwan_data.release.codes import text_of
from shenwan_data.schemas import metadata, schemas_dir

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


def _entry(entry: Any, place: str) -> Text:
    # After a comma in an unquoted YAML text the rest would be lost as a new entry.
    more = set(entry) - {"zh", "en"} if isinstance(entry, dict) else set()
    if more:
        raise DataError(
            Text(
                f"多出的项：{sorted(map(str, more))}",
                f"it has more in it: {sorted(map(str, more))}",
            ),
            file=schemas_dir() / FILE,
            place=place,
            remedy=Text("含逗号的文字须加引号", "put a text with a comma in quotation marks"),
        )
    return text_of(entry, FILE, place)


def words() -> Words:
    """The words of ``schemas/site.yaml``."""
    content: Mapping[str, Any] = metadata(FILE)
    return Words(
        ui={key: _entry(entry, f"ui.{key}") for key, entry in content["ui"].items()},
        method=tuple(
            (
                _entry(entry.get("heading"), f"method.{index}.heading"),
                _entry(entry.get("text"), f"method.{index}.text"),
            )
            for index, entry in enumerate(content["method"])
        ),
        issues=tuple(
            _entry(entry, f"issues.{index}") for index, entry in enumerate(content["issues"])
        ),
        headlines={topic: tuple(codes) for topic, codes in content["headlines"].items()},
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
