"""The reading of one file, gathered.

Belongs here: reading a file in or outside the archive. Does not belong here: showing it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shenwan_data.figures.units import listed_unit
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.comparison import Comparison, compare
from shenwan_data.indicators.conflicts import correction_entry
from shenwan_data.indicators.corrections import Correction, read_corrections
from shenwan_data.indicators.matching import Matching
from shenwan_data.indicators.read import extract, matched, read
from shenwan_data.model import Conflict, Figure, Finding, Reading, Report, figure_id
from shenwan_data.report.archive import find_reports, others_of, read_report
from shenwan_data.report.completeness import Other, Problem, is_answered, names_of, problems_of
from shenwan_data.report.privacy import PersonalData, find_personal_data
from shenwan_data.report.source import read_bytes, read_source
from shenwan_data.report.structure import clause_at, structure
from shenwan_data.report.title import find_title, first_line, stated_years
from shenwan_data.versions import years_with_files


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch ``text[start:end]``, the headings above it, and the figures in it."""

    start: int
    end: int
    section: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Inspected:
    """One report with everything that was read from it.

    ``matching`` is what it says before any decision; ``personal_data`` are places of its text,
    ``problems`` what speaks against its being the whole report and is not answered in its record.
    ``comparison`` is with the report of another year, whose reading is ``before``; None without one.
    """

    reading: Reading
    matching: Matching
    personal_data: tuple[PersonalData, ...]
    comparison: Comparison | None
    compared_with: int | None
    before: Reading | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def report(self) -> Report:
        """The report itself."""
        return self.reading.report

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every numeral, in the order of the text."""
        return self.reading.figures

    @property
    def because(self) -> Mapping[int, tuple[str, ...]]:
        """By a figure's start, the words its indicator was recognised by."""
        return self.reading.because

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The indicators that a person has to decide before a release."""
        return self.reading.conflicts

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Where the report disagrees with itself, the year before or plain sense."""
        return self.reading.findings

    @property
    def in_parts(self) -> Mapping[str, str]:
        """By indicator, the clause that gives the first of its parts, where there is no whole."""
        undecided = {conflict.indicator for conflict in self.conflicts}
        return {
            code: clause_at(self.report.text, part.start, part.end)
            for code, part in self.reading.in_parts.items()
            if code not in undecided
        }

    @property
    def mentions(self) -> Mapping[str, str]:
        """Of the indicators that only the other report has a number for, the clause that names them."""
        lacking = self.comparison.lacking if self.comparison else {}
        return {
            row.indicator: row.quote
            for row in self.reading.observations
            if row.indicator in lacking
            and row.obs_status == "mentioned_without_number"
            and row.quote is not None
        }

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences that hold a numeral, each once, in the order of the text."""
        divided = structure(self.report.text)
        by_place: dict[tuple[int, int], list[Figure]] = {}
        for figure in self.figures:
            by_place.setdefault(divided.sentence_at(figure.start), []).append(figure)
        return tuple(
            Sentence(start, end, divided.section_at(start), tuple(inside))
            for (start, end), inside in by_place.items()
        )

    @property
    def unknown_units(self) -> Mapping[str, tuple[Figure, ...]]:
        """The figures in a unit that ``units.csv`` does not have, by unit as printed."""
        found: dict[str, tuple[Figure, ...]] = {}
        for figure in self.figures:
            if figure.unit is not None and listed_unit(figure.unit) is None:
                found[figure.unit] = (*found.get(figure.unit, ()), figure)
        return found

    @property
    def unmapped(self) -> tuple[Figure, ...]:
        """The data figures that are no indicator's value."""
        return tuple(f for f in self.figures if f.is_data and not f.indicators)


def inspect_file(file: Path, against: Path | None = None) -> Inspected:
    """Read one file as a build would, without stopping where a build would.

    A file of the archive (``reports/<year>/<area>.*``) is read with its record and corrections and
    compared with the area's last report before it; any other file just as it is. ``against`` names
    another report to compare with. Raises DataError when a file cannot be read.
    """
    data_dir = _archive_of(file)
    report = _report(file, data_dir)
    other = against or last_before(report, data_dir)
    before = None
    if other is not None:
        its_data = _archive_of(other)
        before = _read(_report(other, its_data), its_data, None)
    corrections = () if data_dir is None else read_corrections(data_dir, report.time_period)
    inspected = inspect_report(report, before, corrections)
    return replace(inspected, problems=_problems(report, data_dir, before))


def _problems(report: Report, data_dir: Path | None, before: Reading | None) -> tuple[Problem, ...]:
    """What speaks against a report, as ``add`` and a build see it."""
    if data_dir is not None and is_answered(report.path):
        return ()
    if data_dir is not None:
        others = others_of(data_dir, report.ref_area, report.time_period, report.text)
    else:
        told = () if before is None else (before.report,)
        others = [Other(one.ref_area, one.time_period, one.text) for one in told]
    return problems_of(
        report.text,
        # Nobody compares with another town's.
        area=report.ref_area if before is None else before.report.ref_area,
        year=report.time_period,
        title=report.title,
        others=others,
        names=names_of(data_dir) if data_dir is not None else {},
    )


def reading_under(
    report: Report, corrections: Sequence[Correction], matching: Matching | None = None
) -> Reading:
    """A report alone with some corrections applied. DataError where one does not hold."""
    return extract(report, corrections, matching)


def inspect_report(
    report: Report,
    before: Reading | None,
    corrections: Sequence[Correction],
    matching: Matching | None = None,
) -> Inspected:
    """A report read as a build would, beside the reading of an earlier one.

    ``matching`` as in ``indicators.read.extract``. Raises DataError for a correction that does not hold.
    """
    matching = matching or matched(report)
    reading = read(report, before, corrections, matching)
    return Inspected(
        reading=reading,
        matching=matching,
        personal_data=find_personal_data(reading.report.text),
        comparison=None if before is None else compare(reading.figures, before.figures),
        compared_with=None if before is None else before.report.time_period,
        before=before,
    )


def _report(file: Path, data_dir: Path | None) -> Report:
    return read_report(file) if data_dir else _loose(file)


def _read(report: Report, data_dir: Path | None, previous: Reading | None) -> Reading:
    corrections = () if data_dir is None else read_corrections(data_dir, report.time_period)
    return read(report, previous, corrections)


def _archive_of(file: Path) -> Path | None:
    """The data folder of an archived file, None for a file elsewhere."""
    path = file.resolve()
    archived = path.parent.parent.name == "reports" and path.parent.name.isdecimal()
    return path.parents[2] if archived else None


def last_before(report: Report, data_dir: Path | None) -> Path | None:
    """The area's last report before this one, as a rule that of the year before."""
    years = () if data_dir is None else reversed(years_with_files(data_dir))
    for year in years:
        if data_dir is not None and year < report.time_period:
            paths = find_reports(data_dir, year)
            found = next((path for path in paths if path.stem == report.ref_area), None)
            if found is not None:
                return found
    return None


def _loose(file: Path) -> Report:
    content = read_bytes(file)
    source = read_source(content, file)
    years = stated_years(source.text)
    return Report(
        ref_area=file.stem,
        time_period=years[0] if years else 0,
        title=find_title(source.text) or first_line(source.text),
        text=source.text,
        path=file,
        media_type=source.media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        text_sha256=hashlib.sha256(source.text.encode()).hexdigest(),
    )


FIELDS = (
    "start", "end", "quote", "kind", "value", "unit", "raw_value", "raw_unit",
    "lower", "upper", "qualifier", "indicators", "reason",
    "counted", "act", "topic", "ref_period", "coverage", "nature",
)  # fmt: skip


def record(figure: Figure) -> dict[str, Any]:
    """The figure as a JSON object with exactly the keys of ``FIELDS``, in that order."""
    values = {name: getattr(figure, name) for name in FIELDS}
    values["indicators"] = list(figure.indicators)
    return values


def json_lines(figures: Iterable[Figure]) -> Iterator[str]:
    """One JSON object a line for every figure, Chinese left readable."""
    for figure in figures:
        yield json.dumps(record(figure), ensure_ascii=False)


def document(inspected: Inspected) -> dict[str, Any]:
    """The whole reading: report, sentences with figures, what is unmapped, findings, comparison."""
    report = inspected.report
    return {
        "report": {
            "id": report.id,
            "title": report.title,
            "ref_area": report.ref_area,
            "time_period": report.time_period,
            "text_sha256": report.text_sha256,
        },
        "problems": [
            {"code": one.code, "message": {"zh": one.message.zh, "en": one.message.en}}
            for one in inspected.problems
        ],
        "coverage": {
            "numerals": len(inspected.figures),
            "mapped": sum(bool(f.indicators) for f in inspected.figures),
            "unmapped": len(inspected.unmapped),
            "not_data": sum(not f.is_data for f in inspected.figures),
        },
        "sentences": [
            {
                "start": sentence.start,
                "end": sentence.end,
                "section": list(sentence.section),
                "text": report.text[sentence.start : sentence.end],
                "figures": [
                    record(f)
                    | {
                        "id": figure_id(report.id, f),
                        "because": list(inspected.because.get(f.start, ())),
                    }
                    for f in sentence.figures
                ],
            }
            for sentence in inspected.sentences
        ],
        "unmapped": [figure_id(report.id, f) for f in inspected.unmapped],
        "unknown_units": {
            unit: [figure_id(report.id, f) for f in figures]
            for unit, figures in inspected.unknown_units.items()
        },
        "conflicts": [
            {
                "indicator": c.indicator,
                "definition": catalogue()[c.indicator].definition._asdict(),
                "figures": [figure_id(report.id, f) for f in c.figures],
                "entry": correction_entry(inspected.reading, c),
            }
            for c in inspected.conflicts
        ],
        "in_parts": dict(inspected.in_parts),
        "personal_data": [
            {"start": place.start, "end": place.end, "rule": place.rule}
            for place in inspected.personal_data
        ],
        "findings": [
            {
                "id": finding.id,
                "rule": finding.rule,
                "grade": finding.grade,
                "figures": list(finding.figures),
                "message": {"zh": finding.message.zh, "en": finding.message.en},
            }
            for finding in inspected.findings
        ],
        "comparison": _comparison(inspected),
    }


def _comparison(inspected: Inspected) -> dict[str, Any] | None:
    if inspected.comparison is None:
        return None
    return {
        "year": inspected.compared_with,
        "lacking": list(inspected.comparison.lacking),
        "mentioned_without_number": dict(inspected.mentions),
        "new": list(inspected.comparison.new),
        "jumps": [
            {"indicator": jump.indicator, "before": jump.before.value, "now": jump.now.value}
            for jump in inspected.comparison.jumps
        ],
    }
