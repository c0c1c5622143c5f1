"""Layers report, figures and indicators: what the reports of each year say.

Belongs here: three steps over the years of a run, each a call of the library for every report. Does
not belong here: how a report is read (``shenwan_data.indicators.read``).

A report that cannot be read, or that a person has to look at, is blocked: it fails a check that
names it, and all other reports go on. No release is built while one is blocked, unless a person sets
it aside (``release.yaml``); it is then not read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import dagster as dg

from shenwan_data.config.settings import set_aside
from shenwan_data.errors import DataError
from shenwan_data.figures.scan import unaccounted
from shenwan_data.indicators.conflicts import conflict_errors, ledger_error, privacy_error
from shenwan_data.indicators.corrections import read_corrections
from shenwan_data.indicators.read import complete, extract
from shenwan_data.model import Blocked, Reading, Report
from shenwan_data.report.archive import find_reports, read_report
from shenwan_data.report.completeness import names_of, unanswered
from shenwan_data.report.privacy import find_personal_data
from shenwan_data.versions import (
    compared_years,
    digest,
    layer_version,
    year_version,
    years_with_files,
)
from shenwan_data.work_files import Batch, is_current, kept_blocked, read_batch

from .automation import FILES, READ, YEAR_FILES
from .checks import (
    DECIDED,
    FINDINGS,
    LEDGER,
    PRIVACY,
    READABLE,
    REPORTING,
    WHOLE,
    blocked_result,
    findings_result,
    release_is_whole,
    reporting_result,
)
from .previews import of_records
from .resources import (
    GROUP_FIGURES,
    GROUP_INDICATORS,
    GROUP_REPORT,
    ONE_RUN,
    OWNERS,
    YEARS,
    DataFolder,
)
from .run_alerts import Alerts

_REPORT = ("ref_area", "time_period", "title", "media_type", "published", "sha256")
_FIGURE = ("start", "end", "quote", "kind", "value", "unit", "qualifier", "indicators", "reason")
_FINDING = ("report", "rule", "grade", "reported", "implied", "unit", "message")
_OBSERVATION = ("ref_area", "time_period", "indicator", "value", "unit", "qualifier", "obs_status")


def _version(batches: Mapping[str, Batch]) -> dg.DataVersion:
    """The version of what the years of a run were read from: what the command line decides by."""
    found = [batch.inputs for batch in batches.values()]
    if len(found) == 1:
        return dg.DataVersion(found[0])
    return dg.DataVersion(digest(inputs.encode() for inputs in found))


def _blocked(folder: Path, asset: str, batches: Mapping[str, Batch]) -> list[Blocked]:
    """All that is blocked now: by these batches, and in the other years by what is kept of them.

    A check has one result for all years, so it speaks of all of them.
    """
    years = sorted({*years_with_files(folder), *map(int, batches)})
    return [
        one
        for year in years
        for one in (
            batches[str(year)].blocked
            if str(year) in batches
            else kept_blocked(folder, asset, year)
        )
    ]


@dg.asset(
    partitions_def=YEARS,
    backfill_policy=ONE_RUN,
    automation_condition=FILES,
    deps=[YEAR_FILES],
    group_name=GROUP_REPORT,
    owners=OWNERS,
    kinds={"python"},
    code_version=layer_version("report")[:12],
    check_specs=[READABLE, REPORTING],
    description=(
        "The reports of a year as text with their origin, from `reports/<year>/<area>` (text, HTML, "
        "Word or PDF).\n\n某年度的报告全文及其来源。"
    ),
)
def reports(
    context: dg.AssetExecutionContext, data: DataFolder
) -> Iterator[dg.MaterializeResult[dict[str, Batch]]]:
    """Read the files of the years, and compare each report with the others."""
    folder, keys = data.dir, context.partition_keys
    batches = _compared(folder, {year: _read_year(folder, int(year)) for year in keys})
    for year, batch in batches.items():
        rows = list(batch.records.values())
        files = {"files": dg.MetadataValue.path(folder / "reports" / year)}
        context.add_asset_metadata({**of_records(rows, _REPORT), **files}, partition_key=year)
    blocked = _blocked(folder, "reports", batches)
    yield dg.MaterializeResult(
        value=batches,
        data_version=_version(batches),
        check_results=[blocked_result(READABLE, blocked), reporting_result(folder)],
    )


def _read_year(folder: Path, year: int) -> Batch:
    # Taken before the files are read: what changes meanwhile is noticed by the next run.
    inputs = year_version(folder, year)
    aside = {one.report for one in set_aside(folder)}
    found: dict[str, Report] = {}
    blocked = []
    try:
        paths = find_reports(folder, year) if year in years_with_files(folder) else ()
    except DataError as error:
        return Batch(inputs, {}, (Blocked.by(READABLE.name, str(year), error),))
    for path in paths:
        name = f"{path.stem}-{year}"
        if name in aside:
            continue
        try:
            found[name] = read_report(path)
        except DataError as error:
            blocked.append(Blocked.by(READABLE.name, name, error))
    return Batch(inputs, found, tuple(blocked))


def _compared(folder: Path, batches: Mapping[str, Batch]) -> dict[str, Batch]:
    """The batches with what speaks against their reports, each compared with the years beside it."""
    read = {year: tuple(batch.records.values()) for year, batch in batches.items()}
    names = names_of(folder)
    found = {}
    for year, batch in batches.items():
        there = sorted({*years_with_files(folder), *map(int, read)})
        earlier, later = (
            [other for other in there if other < int(year)][-1:],
            [other for other in there if other > int(year)][:1],
        )
        near = map(str, (*earlier, *later))
        beside = [
            report
            for other in near
            for report in (read.get(other) or _read_year(folder, int(other)).records.values())
        ]
        blocked = [
            Blocked.by(READABLE.name, one.report.id, one.error())
            for one in unanswered(read[year], beside, names)
        ]
        found[year] = replace(batch, blocked=(*batch.blocked, *blocked))
    return found


@dg.asset(
    partitions_def=YEARS,
    backfill_policy=ONE_RUN,
    automation_condition=READ,
    group_name=GROUP_FIGURES,
    owners=OWNERS,
    kinds={"python"},
    code_version=layer_version("figures", "reading")[:12],
    check_specs=[LEDGER, PRIVACY, DECIDED],
    description=(
        "Every numeral of the year's reports with its place, value, unit, precision and indicator, "
        "or the reason why it is none; recorded corrections are applied.\n\n"
        "报告正文中的每一个数字：位置、数值、单位、精度和所属指标。"
    ),
)
def figures(
    context: dg.AssetExecutionContext, data: DataFolder, reports: dict[str, Batch]
) -> Iterator[dg.MaterializeResult[dict[str, Batch]]]:
    """Extract what the reports of the years say."""
    batches: dict[str, Batch] = {}
    for year in context.partition_keys:
        before = reports.get(year) or _read_year(data.dir, int(year))
        batches[year] = _extract_year(data.dir, int(year), before)
        rows = [f for reading in batches[year].records.values() for f in reading.figures]
        context.add_asset_metadata(
            {**of_records(rows, _FIGURE), "data_figures": sum(row.is_data for row in rows)},
            partition_key=year,
        )
    blocked = _blocked(data.dir, "figures", batches)
    yield dg.MaterializeResult(
        value=batches,
        data_version=_version(batches),
        check_results=[blocked_result(spec, blocked) for spec in (LEDGER, PRIVACY, DECIDED)],
    )


def _extract_year(folder: Path, year: int, reports: Batch) -> Batch:
    blocked = list(reports.blocked)
    found: dict[str, Reading] = {}
    try:
        corrections = read_corrections(folder, year) if reports.records else ()
    except DataError as error:
        return Batch(reports.inputs, {}, (*blocked, Blocked.by(DECIDED.name, str(year), error)))
    for report in reports.records.values():
        try:
            reading = extract(report, corrections)
        except DataError as error:
            blocked.append(Blocked.by(DECIDED.name, report.id, error))
            continue
        found[report.id] = reading
        blocked += _objections(reading)
    return Batch(reports.inputs, found, tuple(blocked))


def _objections(reading: Reading) -> Iterator[Blocked]:
    """What a person has to decide about a report that was read."""
    report = reading.report
    for error in conflict_errors(reading):
        yield Blocked.by(DECIDED.name, report.id, error)
    missed = unaccounted(report.text, reading.figures)
    if missed:
        yield Blocked.by(LEDGER.name, report.id, ledger_error(report, missed))
    places = find_personal_data(report.text)
    if places:
        yield Blocked.by(PRIVACY.name, report.id, privacy_error(report, places))


_INDICATORS = {
    "findings": (
        "Where a report disagrees with itself, with the last one before or with plain sense. A doubt "
        "is published beside the value; it never changes it.\n\n"
        "报告前后不一、与上次报告不符或不合常理之处；疑点随数值一并发布，不改动数值。"
    ),
    "observations": (
        "The value of every indicator of the catalogue for each area and year, or a named absence "
        "where the report gives none.\n\n各地区各年度每个指标的观测值。"
    ),
}


@dg.multi_asset(
    name="indicators",
    partitions_def=YEARS,
    backfill_policy=ONE_RUN,
    group_name=GROUP_INDICATORS,
    ins={"figures": dg.AssetIn("figures")},
    outs={
        name: dg.AssetOut(
            owners=OWNERS,
            kinds={"python"},
            automation_condition=READ,
            code_version=layer_version("reading")[:12],
            description=description,
        )
        for name, description in _INDICATORS.items()
    },
    internal_asset_deps={
        "findings": {dg.AssetKey("figures")},
        "observations": {dg.AssetKey("figures"), dg.AssetKey("findings")},
    },
    check_specs=[FINDINGS, WHOLE],
)
def indicators(
    context: dg.AssetExecutionContext,
    data: DataFolder,
    alerts: Alerts,
    figures: dict[str, Batch],
) -> Iterator[dg.Output[dict[str, Batch]] | dg.AssetCheckResult]:
    """Compare the reports of the years, and give every indicator its value."""
    found: dict[str, Batch] = {}
    observed: dict[str, Batch] = {}
    for year in context.partition_keys:
        batch = figures.get(year) or _figures_of(data.dir, int(year))
        read = _complete_year(batch, _last_readings(data.dir, figures, int(year)))
        found[year] = replace(batch, records={key: r.findings for key, r in read.items()})
        observed[year] = replace(batch, records={key: r.observations for key, r in read.items()})
        for asset, one, shown in (
            ("findings", found[year], _FINDING),
            ("observations", observed[year], _OBSERVATION),
        ):
            rows = [row for rows in one.records.values() for row in rows]
            context.add_asset_metadata(
                of_records(rows, shown), asset_key=dg.AssetKey(asset), partition_key=year
            )
    blocked = _blocked(data.dir, "observations", observed)
    yield dg.Output(found, "findings", data_version=_version(found))
    yield findings_result(found)
    yield dg.Output(observed, "observations", data_version=_version(observed))
    yield blocked_result(WHOLE, blocked)
    if blocked:
        # The release on disk is older than what has arrived: it is not green meanwhile.
        # Its types leave out the checks that it takes.
        context.op_execution_context.log_event(release_is_whole(blocked))  # type: ignore[arg-type]
    alerts.about_blocked(data.work, blocked)


def _figures_of(folder: Path, year: int) -> Batch:
    """What is kept of a year where it is as the files are now, else the year read again."""
    kept = read_batch(folder, "figures", year) if is_current(folder, "figures", year) else None
    return kept or _extract_year(folder, year, _read_year(folder, year))


def _last_readings(folder: Path, figures: Mapping[str, Batch], year: int) -> dict[str, Reading]:
    """By area, what its last report before a year says; that of the year before may be missing."""
    found: dict[str, Reading] = {}
    for other in reversed(compared_years(folder, year)):
        batch = figures.get(str(other)) or _figures_of(folder, other)
        for reading in batch.records.values():
            found.setdefault(reading.report.ref_area, reading)
    return found


def _complete_year(batch: Batch, last: Mapping[str, Reading]) -> dict[str, Reading]:
    """The readings of a year, each compared with the last of the same area."""
    return {
        key: complete(reading, last.get(reading.report.ref_area))
        for key, reading in batch.records.items()
    }


READINGS = [reports, figures, indicators]
