"""The rows of the published tables, from readings and the registers.

Belongs here: one record, or one entry of a register, to one row by the names of the columns. Does not
belong here: types and rules (``tables``), or which rows go into which package (``package``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shenwan_data.config.settings import Area
from shenwan_data.figures.units import listed_unit, units
from shenwan_data.indicators.catalogue import Indicator
from shenwan_data.indicators.gold import FINDING, Measurement
from shenwan_data.model import Figure, Reading, Revision, figure_id
from shenwan_data.release.schema import code_lists
from shenwan_data.report.structure import structure

Row = Mapping[str, Any]
# The gravest first.
GRADES = ("error", "doubt", "note")


def text_path(report_id: str) -> str:
    """Where the evidence package keeps the text of a report."""
    return f"texts/{report_id}.txt"


def _joined(codes: Sequence[str]) -> str | None:
    return " ".join(codes) or None


def reports_rows(readings: Iterable[Reading]) -> Iterable[Row]:
    """One row a report."""
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
            "publisher": report.publisher,
            "url": report.url,
            "published": report.published,
            "retrieved": report.retrieved,
            "numerals": len(reading.figures),
            "data_figures": sum(figure.is_data for figure in reading.figures),
            "mapped_figures": sum(bool(figure.indicators) for figure in reading.figures),
        }


def _only_printed(figure: Figure) -> bool:
    """Whether a unit is a word of the text that ``units.csv`` does not have: no code, only `raw_unit`."""
    unit = figure.unit
    return unit is not None and listed_unit(unit) is None and (figure.raw_unit or "").endswith(unit)


def figures_rows(readings: Iterable[Reading]) -> Iterable[Row]:
    """One row a numeral, in the order of each text."""
    for reading in readings:
        report = reading.report
        divided = structure(report.text)
        for figure in sorted(reading.figures, key=lambda figure: figure.start):
            # A number broken over two lines stands in both.
            begin, stop = (
                divided.sentence_at(figure.start)[0],
                divided.sentence_at(figure.end - 1)[1],
            )
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
                "unit": None if _only_printed(figure) else figure.unit,
                "raw_value": figure.raw_value,
                "raw_unit": figure.raw_unit,
                "lower": figure.lower,
                "upper": figure.upper,
                "qualifier": figure.qualifier,
                "indicators": _joined(figure.indicators),
                "reason": figure.reason,
                "counted": figure.counted or None,
                "act": figure.act or None,
                "topic": figure.topic,
                "ref_period": figure.ref_period or None,
                "coverage": figure.coverage,
                "nature": figure.nature,
            }


def findings_rows(readings: Iterable[Reading]) -> Iterable[Row]:
    """One row a finding, in the order of their ids."""
    for reading in readings:
        printed = {figure.unit for figure in reading.figures if _only_printed(figure)}
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
                "unit": None if finding.unit in printed else finding.unit,
                "message_zh": finding.message.zh,
                "message_en": finding.message.en,
            }


# The columns that put into words what the codes of an observation mean.
WORDS = (
    "area_zh", "area_en", "topic", "indicator_zh", "indicator_en", "unit_en",
    "doubt", "doubt_zh", "doubt_en", "sentence", "counted", "act",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Registers:
    """The rows that an observation refers to, by their keys."""

    areas: Mapping[str, Row]
    indicators: Mapping[str, Row]
    figures: Mapping[str, Row]
    findings: Mapping[str, Row]

    @classmethod
    def of(
        cls,
        areas: Iterable[Row],
        indicators: Iterable[Row],
        figures: Iterable[Row],
        findings: Iterable[Row],
    ) -> Registers:
        """The registers of some rows."""
        return cls(
            {row["ref_area"]: row for row in areas},
            {row["indicator"]: row for row in indicators},
            {row["figure_id"]: row for row in figures},
            {row["finding_id"]: row for row in findings},
        )

    def in_words(self, row: Row) -> Row:
        """The ``WORDS`` of an observation; None where what it refers to is not there."""
        nothing: Row = {}
        area = self.areas.get(row["ref_area"], nothing)
        indicator = self.indicators.get(row["indicator"], nothing)
        figure = self.figures.get(row["figure_id"] or "", nothing)
        ids = (row["finding_ids"] or "").split()
        doubts = sorted(
            (self.findings[one] for one in ids if one in self.findings),
            key=lambda finding: (GRADES.index(finding["grade"]), finding["finding_id"]),
        )
        return {
            "area_zh": area.get("name_zh"),
            "area_en": area.get("name_en"),
            "topic": indicator.get("topic"),
            "indicator_zh": indicator.get("label_zh"),
            "indicator_en": indicator.get("label_en"),
            "unit_en": indicator.get("unit_en"),
            "doubt": doubts[0]["grade"] if doubts else None,
            "doubt_zh": "".join(doubt["message_zh"] for doubt in doubts) or None,
            "doubt_en": " ".join(doubt["message_en"] for doubt in doubts) or None,
            **{name: figure.get(name) for name in ("sentence", "counted", "act")},
        }


def observations_rows(
    readings: Iterable[Reading], known: Mapping[str, Indicator], topic: str
) -> Iterable[Row]:
    """The observations of one topic in key order, in codes alone."""
    found = [
        observation
        for reading in readings
        for observation in reading.observations
        if observation.indicator in known and known[observation.indicator].topic == topic
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


def unit_in_english(entry: Indicator) -> str:
    """What the values of an indicator are counted in, without the remarks of the unit's own label."""
    if entry.measure_type == "rank":
        return "place"
    if entry.unit_en:
        return entry.unit_en
    known = units().get(entry.unit)
    return known.label.en.partition(" (")[0] if known else entry.unit


def indicators_rows(known: Mapping[str, Indicator]) -> Iterable[Row]:
    """One row an indicator of the catalogue."""
    for entry in known.values():
        yield {
            "indicator": entry.code,
            "topic": entry.topic,
            "label_zh": entry.label.zh,
            "label_en": entry.label.en,
            "definition_zh": entry.definition.zh,
            "definition_en": entry.definition.en,
            "unit": entry.unit,
            "unit_en": unit_in_english(entry),
            "measure_type": entry.measure_type,
            "additive_areas": entry.additive_areas,
            "additive_years": entry.additive_years,
            "since": entry.since,
            "note_zh": entry.note.zh if entry.note else None,
            "note_en": entry.note.en if entry.note else None,
            "deprecated": entry.deprecated,
            "replaced_by": entry.replaced_by,
        }


def areas_rows(readings: Iterable[Reading], areas: Mapping[str, Area]) -> Iterable[Row]:
    """The register of areas, and by its bare code any area of a report that is not registered."""
    for code in sorted({*areas, *(reading.report.ref_area for reading in readings)}):
        known = areas.get(code)
        # No Area for a bare code: whether it can be one is for the rules of the table to say.
        bare = dict.fromkeys(Area.model_fields) | dict.fromkeys(
            ("ref_area", "name_zh", "name_en"), code
        )
        yield bare if known is None else known.model_dump()


def units_rows() -> Iterable[Row]:
    """One row a unit."""
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


def codes_rows() -> Iterable[Row]:
    """One row a code of a code list."""
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


def revisions_rows(revisions: Iterable[Revision]) -> Iterable[Row]:
    """One row for each field that a correction changed, numbered where one changed it twice."""
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


def accuracy_rows(measurements: Iterable[Measurement]) -> Iterable[Row]:
    """One row a measurement."""
    for row in measurements:
        tally = row.tally
        compared = row.level != FINDING
        yield {
            "gold_set": row.gold_set,
            "gold_text": row.gold_text,
            "level": row.level,
            "gold_figures": tally.gold if compared else None,
            "read_figures": tally.predicted,
            "hits": tally.hits,
            "precision": round(tally.precision, 4),
            "recall": round(tally.recall, 4) if compared else None,
            "f1": round(tally.f1, 4) if compared else None,
        }
