"""The indicators: what is counted every year under one code, from ``schemas/indicators/*.yaml``.

Belongs here: reading and checking the catalogue. Does not belong here: how reports word an indicator
(``concepts``) or applying that to a text (``matching``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shenwan_data.config.declarations import MEASURE_TYPES, IndicatorEntry, WayEntry
from shenwan_data.config.forms import validated
from shenwan_data.config.textfile import Document, read_yaml_document
from shenwan_data.errors import DataError, Text
from shenwan_data.figures.units import units
from shenwan_data.schemas import metadata, schemas_dir, while_unchanged

__all__ = ["MEASURE_TYPES", "Indicator", "catalogue", "read_catalogue", "topics"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One entry of the catalogue.

    ``unit`` is the unit of the published value (a code of ``units``); ``units_accepted`` the unit
    codes a report may print instead. ``additive_areas`` and ``additive_years`` say whether values
    may be summed. ``since`` is the first year the indicator is defined for, None for all.
    ``deprecated`` is the day since which it is to go in a later release, ``replaced_by`` the code to
    use then. ``series`` is core (every year is a row, a silent one too) or event (only where it is
    reported). ``says`` are the ways a report says it, in concepts of the lexicon (``concepts``).
    ``part_of`` is the code whose cases these are some of. ``unit_en`` is what the values are counted
    in, in English, where the label of the unit is not the word for it (件 are cases, or requests).
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
    says: tuple[WayEntry, ...] = ()
    part_of: str | None = None
    unit_en: str | None = None


def topics() -> tuple[str, ...]:
    """The topics of the release, in order: the codes of the list ``topic`` of ``codes.yaml``."""
    return tuple(metadata("codes.yaml")["topic"])


@while_unchanged("indicators", "units.csv", "codes.yaml")
def catalogue() -> dict[str, Indicator]:
    """All indicators by code, in topic and file order. Raises DataError as ``read_catalogue`` does."""
    return read_catalogue(schemas_dir() / "indicators")


def read_catalogue(folder: Path) -> dict[str, Indicator]:
    """The catalogue of a folder with one ``<topic>.yaml`` a topic.

    Raises DataError naming file, line and indicator for an unknown unit, topic or measure type, a
    missing field, or a code given twice.
    """
    found: dict[str, Indicator] = {}
    known = topics()
    for path in sorted(folder.glob("*.yaml"), key=lambda p: (p.stem not in known, p.stem)):
        if path.stem not in known:
            raise DataError(
                Text(f"主题“{path.stem}”未在 codes.yaml 中定义", f"unknown topic {path.stem!r}"),
                file=path,
                remedy=Text(
                    f"文件名须为：{'、'.join(known)}",
                    f"name the file after one of {', '.join(known)}",
                ),
            )
    for topic in known:
        document = read_yaml_document(folder / f"{topic}.yaml")
        entries = validated(
            list[IndicatorEntry],
            document,
            context={"units": units()},
            remedy=Text("请参照其他条目改正", "correct it; the other entries show the format"),
            entry="indicator",
        )
        for index, entry in enumerate(entries):
            if entry.topic not in (None, topic):
                raise _wrong(
                    document,
                    index,
                    Text(
                        f"主题“{entry.topic}”与文件不符",
                        f"topic {entry.topic!r} does not match the file",
                    ),
                    Text("请把条目移到对应主题的文件", "move the entry to the file of its topic"),
                )
            if entry.code in found:
                raise _wrong(
                    document,
                    index,
                    Text("指标代码重复", "the code is given twice"),
                    Text("请删除或改名其中一个", "remove or rename one of the two"),
                )
            found[entry.code] = _indicator(entry, topic)
    return found


def _indicator(entry: IndicatorEntry, topic: str) -> Indicator:
    return Indicator(
        code=entry.code,
        topic=topic,
        label=entry.label,
        definition=entry.definition,
        unit=entry.unit,
        units_accepted=entry.units_accepted,
        measure_type=entry.measure_type,
        additive_areas=entry.additive_areas,
        additive_years=entry.additive_years,
        since=entry.since,
        note=entry.note,
        deprecated=entry.deprecated.since if entry.deprecated else None,
        replaced_by=entry.deprecated.replaced_by if entry.deprecated else None,
        series=entry.series,
        says=entry.says,
        part_of=entry.part_of,
        unit_en=entry.unit_en,
    )


def _wrong(document: Document, index: int, problem: Text, remedy: Text) -> DataError:
    code = document.content[index]["code"]
    place = f"line {document.line_of((index,))}, indicator {code}"
    return DataError(problem, file=document.file, place=place, remedy=remedy)
