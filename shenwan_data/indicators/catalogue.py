"""The indicators: what is counted every year under one code, from ``schemas/indicators/*.yaml``.

Belongs here: reading and checking the catalogue. Does not belong here: how reports word an indicator
(``anchors``) or applying that to a text (``matching``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from shenwan_data.errors import DataError, Text
from shenwan_data.figures.units import units
from shenwan_data.schemas import metadata, read_yaml, schemas_dir

MEASURE_TYPES = ("stock", "flow", "ratio", "rank", "mean")
_CODE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One entry of the catalogue.

    ``unit`` is the unit of the published value (a code of ``units``); ``units_accepted`` the unit
    codes a report may print instead. ``additive_areas`` and ``additive_years`` say whether values
    may be summed. ``since`` is the first year the indicator is defined for, None for all.
    ``deprecated`` is the day since which it is to go in a later release, ``replaced_by`` the code to
    use then. ``series`` is core (every year is a row, a silent one too) or event (only where it is
    reported). ``says`` are the ways a report says it, in concepts of the lexicon (``concepts``). ``part_of`` is the code whose cases these are some of.
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
    deprecated: date | None = None
    replaced_by: str | None = None
    series: str = "core"
    says: tuple[Mapping[str, Any], ...] = ()
    part_of: str | None = None


def topics() -> tuple[str, ...]:
    """The topics of the release, in order, from ``schemas/package.yaml``."""
    return tuple(metadata("package.yaml")["topics"])


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Indicator]:
    """All indicators by code, in topic and file order.

    Raises DataError naming file and entry for an unknown unit, topic or measure type, a missing
    field, or a code given twice.
    """
    return read_catalogue(schemas_dir() / "indicators")


def read_catalogue(folder: Path) -> dict[str, Indicator]:
    """The catalogue of a folder with one ``<topic>.yaml`` a topic; see ``catalogue``."""
    found: dict[str, Indicator] = {}
    known = topics()
    for path in sorted(folder.glob("*.yaml"), key=lambda p: (p.stem not in known, p.stem)):
        if path.stem not in known:
            raise _wrong(
                path,
                None,
                Text(f"主题“{path.stem}”未在 package.yaml 中定义", f"unknown topic {path.stem!r}"),
                Text(
                    f"文件名须为：{'、'.join(known)}",
                    f"name the file after one of {', '.join(known)}",
                ),
            )
    for topic in known:
        path = folder / f"{topic}.yaml"
        for entry in read_yaml(path) or ():
            indicator = _indicator(entry, topic, path)
            if indicator.code in found:
                raise _wrong(
                    path,
                    indicator.code,
                    Text("指标代码重复", "the code is given twice"),
                    Text("请删除或改名其中一个", "remove or rename one of the two"),
                )
            found[indicator.code] = indicator
    return found


def _indicator(entry: Mapping[str, Any], topic: str, path: Path) -> Indicator:
    code = str(entry.get("code", ""))
    if not _CODE.fullmatch(code):
        raise _wrong(
            path,
            code or "?",
            Text(
                "指标代码须为小写英文、数字和下划线", "a code is lower-case letters, digits and _"
            ),
            Text("请改正代码", "correct the code"),
        )
    declared = entry.get("topic", topic)
    if declared != topic:
        raise _wrong(
            path,
            code,
            Text(f"主题“{declared}”与文件不符", f"topic {declared!r} does not match the file"),
            Text("请把条目移到对应主题的文件", "move the entry to the file of its topic"),
        )
    try:
        unit = entry["unit"]
        accepted = tuple(entry["units_accepted"])
        measure_type = entry["measure_type"]
        indicator = Indicator(
            code=code,
            topic=topic,
            label=Text(**entry["label"]),
            definition=Text(**entry["definition"]),
            unit=unit,
            units_accepted=accepted,
            measure_type=measure_type,
            additive_areas=bool(entry["additive_areas"]),
            additive_years=bool(entry["additive_years"]),
            since=entry.get("since"),
            note=Text(**entry["note"]) if entry.get("note") else None,
            part_of=entry.get("part_of"),
            series=str(entry.get("series", "core")),
            says=tuple(entry.get("says") or ()),
            **_deprecated(entry),
        )
    except (KeyError, TypeError) as error:
        raise _wrong(
            path,
            code,
            Text(f"字段缺失或格式不对：{error}", f"a field is missing or malformed: {error}"),
            Text("请参照其他条目补全", "complete it after the other entries"),
        ) from error
    for name in (unit, *accepted):
        if name not in units():
            raise _wrong(
                path,
                code,
                Text(f"计量单位“{name}”未在 units.csv 中定义", f"unknown unit {name!r}"),
                Text(
                    "请改用已有单位或先在 units.csv 增加", "use a unit of units.csv or add it there"
                ),
            )
    if measure_type not in MEASURE_TYPES:
        raise _wrong(
            path,
            code,
            Text(f"度量类型“{measure_type}”不存在", f"unknown measure type {measure_type!r}"),
            Text(f"可用：{'、'.join(MEASURE_TYPES)}", f"use one of {', '.join(MEASURE_TYPES)}"),
        )
    return indicator


def _deprecated(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The mark ``deprecated: {since: a date, replaced_by: a code}``. TypeError where it is none."""
    mark = entry.get("deprecated")
    if mark is None:
        return {}
    if not isinstance(mark, dict) or type(mark.get("since")) is not date:
        raise TypeError("deprecated must be {since: a date, replaced_by: a code}")
    return {"deprecated": mark["since"], "replaced_by": mark.get("replaced_by")}


def _wrong(path: Path, code: str | None, problem: Text, remedy: Text) -> DataError:
    place = f"indicator {code}" if code else None
    return DataError(problem, file=path, place=place, remedy=remedy)
