"""How reports word each indicator, from ``schemas/anchors.yaml``.

Belongs here: reading and compiling the wordings. Does not belong here: cutting a text into the places
they look in (``setting``) or choosing among several that fit (``matching``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from shenwan_data.config.forms import near
from shenwan_data.config.textfile import empty_file
from shenwan_data.errors import DataError, Text
from shenwan_data.figures.units import units
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.schemas import read_yaml, schemas_dir, while_unchanged

_PLACES = ("own", "before", "context")
_REFUSALS = ("not", "not_near", "not_context")


@dataclass(frozen=True, slots=True)
class Anchor:
    """One wording: the groups that must be found in each place, and what must not be there.

    ``units`` narrows the units (empty: all the indicator accepts); a ``weak`` wording gives way to
    any other.
    """

    own: tuple[re.Pattern[str], ...]
    before: tuple[re.Pattern[str], ...]
    context: tuple[re.Pattern[str], ...]
    not_own: re.Pattern[str] | None
    not_near: re.Pattern[str] | None
    not_context: re.Pattern[str] | None
    units: frozenset[str]
    weak: bool


@while_unchanged("anchors.yaml", "indicators", "units.csv", "codes.yaml")
def anchors() -> dict[str, tuple[Anchor, ...]]:
    """The wordings of every indicator by code.

    Raises DataError naming the entry for an unknown indicator or place, or a broken expression.
    """
    path = schemas_dir() / "anchors.yaml"
    compiled: dict[str, tuple[Anchor, ...]] = {}
    content = read_yaml(path)
    if content is None:
        raise empty_file(path)
    for code, wordings in content.items():
        if code not in catalogue():
            raise DataError(
                Text(f"指标“{code}”不在目录中", f"there is no indicator {code!r}"),
                file=path,
                place=code,
                remedy=Text(
                    "请先在 schemas/indicators 中定义", "define it in schemas/indicators first"
                ),
            )
        try:
            compiled[code] = tuple(_anchor(wording) for wording in wordings)
        except (re.error, KeyError, TypeError, ValueError) as error:
            raise DataError(
                Text(f"写法无法使用：{error}", f"a wording cannot be used: {error}"),
                file=path,
                place=code,
                remedy=Text("请参照文件开头的说明改正", "correct it after the notes atop the file"),
            ) from error
    return compiled


def _anchor(wording: dict[str, Any]) -> Anchor:
    unknown = set(wording) - {*_PLACES, *_REFUSALS, "units", "weak"}
    if unknown:
        raise ValueError(f"unknown place {', '.join(sorted(unknown))}")
    for name, words in wording.items():
        if name != "weak" and not isinstance(words, list):
            raise ValueError(f"{name} should be a list, written [a, b], not {words!r}")
    for unit in wording.get("units", ()):
        if unit not in units():
            raise ValueError(f"unknown unit {unit!r}{near(unit, units()).en}")
    places = {place: tuple(re.compile(g) for g in wording.get(place, ())) for place in _PLACES}
    if not places["own"]:
        raise ValueError("'own' is required")
    refusals = {
        name: re.compile("|".join(wording[name])) if wording.get(name) else None
        for name in _REFUSALS
    }
    return Anchor(
        own=places["own"],
        before=places["before"],
        context=places["context"],
        not_own=refusals["not"],
        not_near=refusals["not_near"],
        not_context=refusals["not_context"],
        units=frozenset(wording.get("units", ())),
        weak=bool(wording.get("weak")),
    )
