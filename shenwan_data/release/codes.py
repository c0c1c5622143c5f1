"""The code lists: every code a column can hold, with its two labels.

Belongs here: reading ``schemas/codes.yaml`` and the topics of ``schemas/package.yaml`` as lists.
Does not belong here: which column uses which list (``schema``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from shenwan_data.errors import DataError, Text
from shenwan_data.schemas import metadata, schemas_dir


@dataclass(frozen=True, slots=True)
class Deprecated:
    """Says that a table, column or code will go in a later release, and what takes its place."""

    since: date
    replaced_by: str | None


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list. ``description`` is None where the label says what the code means."""

    code: str
    label: Text
    description: Text | None
    deprecated: Deprecated | None = None


def text_of(entry: Any, file: str, place: str) -> Text:
    """A ``{zh, en}`` mapping of the metadata as Text. DataError where a language is missing."""
    if not (
        isinstance(entry, dict)
        and all(isinstance(entry.get(key), str) and entry[key].strip() for key in ("zh", "en"))
    ):
        raise DataError(
            Text("缺少中文或英文", "lacks its Chinese or its English text"),
            file=schemas_dir() / file,
            place=place,
            remedy=Text("请补全 zh 和 en 两项", "give both zh and en"),
        )
    return Text(entry["zh"].strip(), entry["en"].strip())


def deprecated_of(entry: Any, file: str, place: str) -> Deprecated | None:
    """The mark ``deprecated: {since: a date, replaced_by: a name}`` of an entry of the metadata.

    DataError where it has another form; ``replaced_by`` may be left out where nothing takes its
    place.
    """
    mark = entry.get("deprecated") if isinstance(entry, dict) else None
    if mark is None:
        return None
    if (
        not isinstance(mark, dict)
        or not {"since"} <= set(mark) <= {"since", "replaced_by"}
        or type(mark["since"]) is not date
        or not isinstance(mark.get("replaced_by"), str | None)
    ):
        raise DataError(
            Text(
                "deprecated 须为 {since: 日期, replaced_by: 名称}",
                "deprecated must be {since: a date, replaced_by: a name}",
            ),
            file=schemas_dir() / file,
            place=place,
            remedy=Text("请改正这一项", "correct the entry"),
        )
    return Deprecated(mark["since"], mark.get("replaced_by"))


def code_lists() -> dict[str, dict[str, Code]]:
    """All code lists by name, each a dict of its codes in file order; ``topic`` comes last."""
    lists: dict[str, dict[str, Code]] = {}
    for name, entries in metadata("codes.yaml").items():
        lists[name] = {}
        for code, entry in entries.items():
            place = f"{name}.{code}"
            described = entry.get("description") if isinstance(entry, dict) else None
            lists[name][code] = Code(
                code=code,
                label=text_of(entry, "codes.yaml", place),
                description=text_of(described, "codes.yaml", place) if described else None,
                deprecated=deprecated_of(entry, "codes.yaml", place),
            )
    lists["topic"] = {
        code: Code(
            code=code,
            label=text_of(entry.get("title"), "package.yaml", f"topics.{code}.title"),
            description=text_of(
                entry.get("description"), "package.yaml", f"topics.{code}.description"
            ),
        )
        for code, entry in metadata("package.yaml")["topics"].items()
    }
    return lists
