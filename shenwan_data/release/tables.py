"""The published tables, from readings and the registers.

Belongs here: records to rows, rows to Arrow tables in the declared types, and the check that every
rule of the schema holds. Does not belong here: which rows go into which package (``package``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from shenwan_data.config.settings import Area
from shenwan_data.errors import DataError, Text
from shenwan_data.figures.units import units
from shenwan_data.indicators.catalogue import Indicator, catalogue, topics
from shenwan_data.indicators.gold import Measurement
from shenwan_data.indicators.revisions import Revision
from shenwan_data.model import Reading, figure_id
from shenwan_data.release.codes import code_lists
from shenwan_data.release.formats import to_decimal
from shenwan_data.release.schema import Field, Table, arrow_schema, table_schema, tables
from shenwan_data.release.table_rules import broken_rules
from shenwan_data.report.structure import structure

Row = Mapping[str, Any]
_MISFITS = (ValueError, TypeError, OverflowError)


def text_path(report_id: str) -> str:
    """Where the evidence package keeps the text of a report."""
    return f"texts/{report_id}.txt"


def _joined(codes: Sequence[str]) -> str | None:
    return " ".join(codes) or None


def _cell(value: Any, kind: str) -> Any:
    return _column([value], kind)[0]


def _column(values: Iterable[Any], kind: str) -> list[Any]:
    if kind == "number":
        return [None if value is None or value == "" else to_decimal(value) for value in values]
    return [None if value == "" else value for value in values]


def conform(table: Table, rows: Iterable[Row]) -> pa.Table:
    """The rows as an Arrow table of the declared schema; an empty text is null.

    Raises DataError naming table, row and column where a value does not fit its type.
    """
    target = arrow_schema(table_schema(table))
    held = list(rows)
    arrays = []
    for field, declared in zip(table.fields, target, strict=True):
        try:
            cells = _column((row[field.name] for row in held), field.type)
            arrays.append(pa.array(cells, type=declared.type))
        except _MISFITS:
            raise _misfit(table, held, field, declared.type) from None
    return pa.Table.from_arrays(arrays, schema=target)


def _misfit(table: Table, rows: Sequence[Row], field: Field, declared: pa.DataType) -> DataError:
    """The error that names the first cell of a column that does not fit its type."""
    for row in rows:
        try:
            pa.scalar(_cell(row[field.name], field.type), type=declared)
        except _MISFITS as error:
            key = ", ".join(str(row.get(name)) for name in table.primary_key)
            return DataError(
                Text(
                    f"{row[field.name]!r} 不是 {field.type} 类型可以存放的值",
                    f"{row[field.name]!r} does not fit the type {field.type}: {error}",
                ),
                file=f"table {table.name}",
                place=f"{key}, column {field.name}",
                remedy=Text(
                    "请检查读出该值的报告或元数据",
                    "check the report or the metadata that the value comes from",
                ),
            )
    raise AssertionError("a column that does not fit has a cell that does not fit")


def _reports(readings: Iterable[Reading]) -> Iterable[Row]:
    for reading in readings:
        report = reading.report
        yield {
            "report_id": report.id,
            "ref_area": report.ref_area,
            "time_period": report.time_period,
            "report_title": report.title,
            "media_type": report.media_type,
            "sha256": report.sha256,
            "text_sha256": report.text_sha256,
            "text_path": text_path(report.id),
            "url": report.url,
            "published": report.published,
            "retrieved": report.retrieved,
            "numerals": len(reading.figures),
            "data_figures": sum(figure.is_data for figure in reading.figures),
            "mapped_figures": sum(bool(figure.indicators) for figure in reading.figures),
        }


def _figures(readings: Iterable[Reading]) -> Iterable[Row]:
    for reading in readings:
        report = reading.report
        divided = structure(report.text)
        for figure in sorted(reading.figures, key=lambda figure: figure.start):
            begin, stop = divided.sentence_at(figure.start)
            yield {
                "figure_id": figure_id(report.id, figure),
                "report_id": report.id,
                "start": figure.start,
                "end": figure.end,
                "quote": figure.quote,
                "section": " / ".join(divided.section_at(figure.start)),
                "sentence": report.text[begin:stop].strip(),
                "kind": figure.kind,
                "value": figure.value,
                "unit": figure.unit,
                "raw_value": figure.raw_value,
                "raw_unit": figure.raw_unit,
                "lower": figure.lower,
                "upper": figure.upper,
                "qualifier": figure.qualifier,
                "indicators": _joined(figure.indicators),
                "reason": figure.reason,
            }


def _findings(readings: Iterable[Reading]) -> Iterable[Row]:
    for reading in readings:
        for finding in sorted(reading.findings, key=lambda finding: finding.id):
            yield {
                "finding_id": finding.id,
                "report_id": finding.report,
                "rule": finding.rule,
                "grade": finding.grade,
                "figures": _joined(finding.figures),
                "indicators": _joined(finding.indicators),
                "reported": finding.reported,
                "implied": finding.implied,
                "unit": finding.unit,
                "message_zh": finding.message.zh,
                "message_en": finding.message.en,
            }


def _observations(readings: Iterable[Reading], known: Mapping[str, Indicator], topic: str) -> Any:
    found = [
        observation
        for reading in readings
        for observation in reading.observations
        if known[observation.indicator].topic == topic
    ]
    for observation in sorted(found, key=lambda o: (o.ref_area, o.time_period, o.indicator)):
        yield {
            "ref_area": observation.ref_area,
            "time_period": observation.time_period,
            "indicator": observation.indicator,
            "value": observation.value,
            "unit": observation.unit,
            "lower": observation.lower,
            "upper": observation.upper,
            "qualifier": observation.qualifier,
            "obs_status": observation.obs_status,
            "quote": observation.quote,
            "figure_id": observation.figure_id,
            "finding_ids": _joined(observation.finding_ids),
        }


def _indicators(known: Mapping[str, Indicator]) -> Iterable[Row]:
    for entry in known.values():
        yield {
            "indicator": entry.code,
            "topic": entry.topic,
            "label_zh": entry.label.zh,
            "label_en": entry.label.en,
            "definition_zh": entry.definition.zh,
            "definition_en": entry.definition.en,
            "unit": entry.unit,
            "measure_type": entry.measure_type,
            "additive_areas": entry.additive_areas,
            "additive_years": entry.additive_years,
            "since": entry.since,
            "note_zh": entry.note.zh if entry.note else None,
            "note_en": entry.note.en if entry.note else None,
            "deprecated": entry.deprecated,
            "replaced_by": entry.replaced_by,
        }


def _areas(readings: Iterable[Reading], areas: Mapping[str, Area]) -> Iterable[Row]:
    """The register of areas, and by its bare code any area of a report that is not registered."""
    for code in sorted({*areas, *(reading.report.ref_area for reading in readings)}):
        known = areas.get(code)
        # No Area for a bare code: whether it can be one is for the rules of the table to say.
        bare = dict.fromkeys(Area.model_fields) | dict.fromkeys(
            ("ref_area", "name_zh", "name_en"), code
        )
        yield bare if known is None else known.model_dump()


def _units() -> Iterable[Row]:
    for unit in units().values():
        yield {
            "unit": unit.code,
            "label_zh": unit.label.zh,
            "label_en": unit.label.en,
            "kind": unit.kind,
            "dimension": unit.dimension,
            "base_unit": unit.base,
            "factor": str(unit.factor),
            "ucum": unit.ucum,
            "qudt": unit.qudt,
        }


def _codes() -> Iterable[Row]:
    for name, codes in code_lists().items():
        for code in codes.values():
            yield {
                "code_list": name,
                "code": code.code,
                "label_zh": code.label.zh,
                "label_en": code.label.en,
                "description_zh": code.description.zh if code.description else None,
                "description_en": code.description.en if code.description else None,
                "deprecated": code.deprecated.since if code.deprecated else None,
                "replaced_by": code.deprecated.replaced_by if code.deprecated else None,
            }


def _revisions(revisions: Iterable[Revision]) -> Iterable[Row]:
    numbers: Counter[tuple[str, str]] = Counter()
    for revision in revisions:
        numbers[revision.figure_id, revision.field] += 1
        number = numbers[revision.figure_id, revision.field]
        yield {
            "revision_id": f"{revision.figure_id}-{number}-{revision.field}",
            "report_id": revision.report,
            "figure_id": revision.figure_id,
            "quote": revision.quote,
            "indicators": _joined(revision.indicators),
            "revised_on": revision.when,
            "revised_field": revision.field,
            "value_from": revision.old,
            "value_to": revision.new,
            "why": revision.why,
        }


def figure_table(readings: Iterable[Reading]) -> pa.Table:
    """The table ``figures`` of any number of readings, in their order."""
    return conform(tables()["figures"], _figures(readings))


def observation_table(readings: Sequence[Reading]) -> pa.Table:
    """The observations of all topics in one table with the columns of a topic, in key order."""
    known = catalogue()
    rows = [row for topic in topics() for row in _observations(readings, known, topic)]
    rows.sort(key=lambda row: (row["ref_area"], row["time_period"], row["indicator"]))
    return conform(tables()[topics()[0]], rows)


def _accuracy(measurements: Iterable[Measurement]) -> Iterable[Row]:
    for row in measurements:
        tally = row.tally
        yield {
            "gold_set": row.gold_set,
            "gold_text": row.gold_text,
            "level": row.level,
            "gold_figures": tally.gold,
            "read_figures": tally.predicted,
            "hits": tally.hits,
            "precision": round(tally.precision, 4),
            "recall": round(tally.recall, 4),
            "f1": round(tally.f1, 4),
        }


def build_tables(
    readings: Sequence[Reading],
    indicators: Mapping[str, Indicator] | None = None,
    revisions: Sequence[Revision] = (),
    measurements: Sequence[Measurement] = (),
    areas: Mapping[str, Area] = MappingProxyType({}),
) -> dict[str, pa.Table]:
    """Every published table by name, in the order and types of the schemas, rows in key order.

    ``indicators`` is the catalogue, that of ``schemas/`` unless given; ``revisions`` what the
    corrections changed, in the order of the decisions; ``measurements`` the accuracy reached on
    labelled texts; ``areas`` the registered areas by code, others appear by their bare code. Raises
    DataError where an observation is of no indicator, a value fits no type, or a rule of the schema
    is broken.
    """
    known = catalogue() if indicators is None else indicators
    ordered = sorted(
        readings, key=lambda reading: (reading.report.ref_area, reading.report.time_period)
    )
    for reading in ordered:
        for observation in reading.observations:
            if observation.indicator not in known:
                raise DataError(
                    Text(
                        f"指标 {observation.indicator} 不在目录中",
                        f"the indicator {observation.indicator} is not in the catalogue",
                    ),
                    file=reading.report.path,
                    remedy=Text(
                        "请在 schemas/indicators 中加入该指标", "add it under schemas/indicators"
                    ),
                )
    rows: dict[str, Iterable[Row]] = {
        **{topic: _observations(ordered, known, topic) for topic in topics()},
        "indicators": _indicators(known),
        "units": _units(),
        "areas": _areas(ordered, areas),
        "codes": _codes(),
        "reports": _reports(ordered),
        "figures": _figures(ordered),
        "findings": _findings(ordered),
        "revisions": _revisions(revisions),
        "accuracy": _accuracy(measurements),
    }
    declared = tables()
    built = {name: conform(table, rows[name]) for name, table in declared.items()}
    for name, table in declared.items():
        problems = broken_rules(table, built[name], built)
        if problems:
            more = len(problems) - 1
            raise DataError(
                Text(
                    problems[0].message.zh + (f"（另有 {more} 处）" if more else ""),
                    problems[0].message.en + (f" (and {more} more)" if more else ""),
                ),
                file=f"table {name}",
                place=problems[0].place.split(", ", 1)[1],
                remedy=Text(
                    "请检查这一行所出自的报告、指标目录或 schemas/ 中的元数据",
                    "check the report, the catalogue or the metadata in schemas/ it comes from",
                ),
            )
    return built
