"""Layers report, figures and indicators: what the reports of each year say.

Belongs here: three steps over the years of a run, each a call of the library for every report. Does
not belong here: how a report is read (``shenwan_data.indicators.read``).

A report that cannot be read, or that a person has to look at, is blocked: it fails a check that
names it, and all other reports go on. No release is built while one is blocked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import dagster as dg

from shenwan_data.build_record import unchanged_build
from shenwan_data.errors import DataError
from shenwan_data.indicators.conflicts import conflict_errors
from shenwan_data.indicators.corrections import read_corrections
from shenwan_data.indicators.read import complete, extract
from shenwan_data.model import Blocked, Reading, Report
from shenwan_data.report.archive import find_reports, read_report
from shenwan_data.report.completeness import names_of, unanswered
from shenwan_data.versions import compared_years, layer_version, year_version, years_with_files
from shenwan_data.work_files import Batch, is_read, read_batch, require_current

from .automation import FORCE
from .checks import (
    DECIDED,
    FINDINGS,
    LEDGER,
    PRIVACY,
    READABLE,
    RELEASE,
    REPORTING,
    blocked_result,
    findings_result,
    ledger_result,
    privacy_result,
    reporting_result,
)
from .instance import has_history
from .previews import of_records
from .resources import ONE_RUN, OWNERS, DataFolder

_REPORT = ("ref_area", "time_period", "title", "media_type", "published", "sha256")
_FIGURE = ("start", "end", "quote", "kind", "value", "unit", "qualifier", "indicators", "reason")
_FINDING = ("report", "rule", "grade", "reported", "implied", "unit", "message")
_OBSERVATION = ("ref_area", "time_period", "indicator", "value", "unit", "qualifier", "obs_status")

# The year before is an input too: a report is compared with the one before it.
_WITH_YEAR_BEFORE = dg.TimeWindowPartitionMapping(
    start_offset=-1, end_offset=0, allow_nonexistent_upstream_partitions=True
)
# A backfill that materialises nothing counts as failed.
_BACKFILL = "dagster/backfill"


def reading_assets(years: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    """The assets that read, partitioned by year."""
    return [_reports(years), _figures(years), _indicators(years)]


def nothing_to_do(context: dg.AssetExecutionContext, folder: Path) -> bool:
    """Whether the years of a run are read as they are on disk and the release holds them.

    What the instance has no history of is done, so that the UI has something to show, and so is a
    backfill. The tag ``shenwan/force`` of a run says that it is to be done in any case.
    """
    if {FORCE, _BACKFILL} & set(context.run.tags):
        return False
    if not all(is_read(folder, int(year)) for year in context.partition_keys):
        return False
    if context.run.job_name == "read_years":
        key = dg.AssetKey("observations")
        return has_history(context.instance, key, context.partition_keys)
    return unchanged_build(folder) is not None and has_history(context.instance, RELEASE)


def _reports(years: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.asset(
        partitions_def=years,
        backfill_policy=ONE_RUN,
        group_name="report",
        owners=OWNERS,
        kinds={"python"},
        code_version=layer_version("report")[:12],
        check_specs=[READABLE, REPORTING],
        output_required=False,
        description=(
            "The reports of a year as text with their origin, from `reports/<year>/<area>` (text, "
            "HTML, Word or PDF). A year that has no report yet is empty.\n\n某年度的报告全文及其来源。"
        ),
    )
    def reports(
        context: dg.AssetExecutionContext, data: DataFolder
    ) -> Iterator[dg.MaterializeResult[dict[str, Batch]] | dg.AssetCheckResult]:
        folder, keys = data.dir, context.partition_keys
        if nothing_to_do(context, folder):
            # Without an output the steps that need it are skipped: the run materialises nothing.
            context.log.info("nothing has changed; nothing is read 没有变化，无需读取")
            kept = [read_batch(folder, "reports", int(year)) for year in keys]
            yield blocked_result(READABLE, [b for batch in kept if batch for b in batch.blocked])
            yield reporting_result(folder, keys)
            return
        batches = _compared(folder, {year: _read_year(folder, int(year)) for year in keys})
        for year, batch in batches.items():
            rows = list(batch.records.values())
            context.add_asset_metadata(of_records(rows, _REPORT), partition_key=year)
        blocked = [one for batch in batches.values() for one in batch.blocked]
        yield dg.MaterializeResult(
            value=batches,
            check_results=[blocked_result(READABLE, blocked), reporting_result(folder, keys)],
        )

    return reports


def _read_year(folder: Path, year: int) -> Batch:
    # Taken before the files are read: what changes meanwhile is noticed by the next run.
    inputs = year_version(folder, year)
    found: dict[str, Report] = {}
    blocked = []
    for path in find_reports(folder, year) if year in years_with_files(folder) else ():
        try:
            report = read_report(path)
            found[report.id] = report
        except DataError as error:
            blocked.append(Blocked.by(f"{path.stem}-{year}", error))
    return Batch(inputs, found, tuple(blocked))


def _compared(folder: Path, batches: Mapping[str, Batch]) -> dict[str, Batch]:
    """The batches with what speaks against their reports, each compared with the years beside it."""
    read = {year: tuple(batch.records.values()) for year, batch in batches.items()}
    names = names_of(folder)
    found = {}
    for year, batch in batches.items():
        near = [str(int(year) + step) for step in (-1, 1)]
        beside = [
            report
            for other in near
            for report in (read.get(other) or _read_year(folder, int(other)).records.values())
        ]
        blocked = [
            Blocked.by(one.report.id, one.error()) for one in unanswered(read[year], beside, names)
        ]
        found[year] = replace(batch, blocked=(*batch.blocked, *blocked))
    return found


def _of_year(batches: Mapping[str, Batch], folder: Path, asset: str, year: str) -> Batch:
    """What the step before has kept of a year; nothing for a year that has no report.

    Raises DataError for a year with reports that have not been read.
    """
    if year in batches:
        return batches[year]
    if int(year) in years_with_files(folder):
        require_current(folder, asset, (int(year),))
    return Batch(year_version(folder, int(year)), {})


def _figures(years: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.asset(
        partitions_def=years,
        backfill_policy=ONE_RUN,
        group_name="figures",
        owners=OWNERS,
        kinds={"python"},
        code_version=layer_version("figures", "reading")[:12],
        check_specs=[LEDGER, PRIVACY, DECIDED],
        description=(
            "Every numeral of the year's reports with its place, value, unit, precision and "
            "indicator, or the reason why it is none; recorded corrections are applied.\n\n"
            "报告正文中的每一个数字：位置、数值、单位、精度和所属指标。"
        ),
    )
    def figures(
        context: dg.AssetExecutionContext, data: DataFolder, reports: dict[str, Batch]
    ) -> Iterator[dg.MaterializeResult[dict[str, Batch]]]:
        batches: dict[str, Batch] = {}
        own: list[Blocked] = []
        for year in context.partition_keys:
            before = _of_year(reports, data.dir, "reports", year)
            batches[year] = _extract_year(data.dir, int(year), before)
            own += batches[year].blocked[len(before.blocked) :]
            rows = [f for reading in batches[year].records.values() for f in reading.figures]
            context.add_asset_metadata(
                {**of_records(rows, _FIGURE), "data_figures": sum(row.is_data for row in rows)},
                partition_key=year,
            )
        readings = [r for batch in batches.values() for r in batch.records.values()]
        yield dg.MaterializeResult(
            value=batches,
            check_results=[
                ledger_result(readings),
                privacy_result(readings),
                blocked_result(DECIDED, own),
            ],
        )

    return figures


def _extract_year(folder: Path, year: int, reports: Batch) -> Batch:
    blocked = list(reports.blocked)
    found: dict[str, Reading] = {}
    try:
        corrections = read_corrections(folder, year) if reports.records else ()
    except DataError as error:
        return Batch(reports.inputs, {}, (*blocked, Blocked.by(str(year), error)))
    for report in reports.records.values():
        try:
            reading = extract(report, corrections)
        except DataError as error:
            blocked.append(Blocked.by(report.id, error))
            continue
        found[report.id] = reading
        blocked += [Blocked.by(report.id, error) for error in conflict_errors(reading)]
    return Batch(reports.inputs, found, tuple(blocked))


def _indicators(years: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="indicators",
        partitions_def=years,
        backfill_policy=ONE_RUN,
        group_name="indicators",
        ins={"figures": dg.AssetIn("figures", partition_mapping=_WITH_YEAR_BEFORE)},
        outs={
            "findings": dg.AssetOut(
                owners=OWNERS,
                kinds={"python"},
                code_version=layer_version("reading")[:12],
                description=(
                    "Where a report disagrees with itself, with the year before or with plain "
                    "sense. A doubt is published beside the value; it never changes it.\n\n"
                    "核查发现的疑点。"
                ),
            ),
            "observations": dg.AssetOut(
                owners=OWNERS,
                kinds={"python"},
                code_version=layer_version("reading")[:12],
                description=(
                    "The value of every indicator of the catalogue for each area and year, or a "
                    "named absence where the report gives none.\n\n各地区各年度每个指标的观测值。"
                ),
            ),
        },
        internal_asset_deps={
            "findings": {dg.AssetKey("figures")},
            "observations": {dg.AssetKey("figures"), dg.AssetKey("findings")},
        },
        check_specs=[FINDINGS],
    )
    def indicators(
        context: dg.AssetExecutionContext, data: DataFolder, figures: dict[str, Batch]
    ) -> Iterator[dg.Output[dict[str, Batch]] | dg.AssetCheckResult]:
        earlier = {
            other
            for year in context.partition_keys
            for other in compared_years(data.dir, int(year))
        }
        # Else a report would be compared with what the last one said before it changed.
        require_current(data.dir, "figures", tuple(sorted(earlier)))
        found: dict[str, Batch] = {}
        observed: dict[str, Batch] = {}
        for year in context.partition_keys:
            batch = _of_year(figures, data.dir, "figures", year)
            read = _complete_year(batch, _last_readings(data.dir, figures, int(year)))
            found[year] = replace(batch, records={key: r.findings for key, r in read.items()})
            observed[year] = replace(
                batch, records={key: r.observations for key, r in read.items()}
            )
            for asset, one, shown in (
                ("findings", found[year], _FINDING),
                ("observations", observed[year], _OBSERVATION),
            ):
                rows = [row for rows in one.records.values() for row in rows]
                context.add_asset_metadata(
                    of_records(rows, shown), asset_key=dg.AssetKey(asset), partition_key=year
                )
        yield dg.Output(found, "findings")
        yield findings_result(found)
        yield dg.Output(observed, "observations")

    return indicators


def _last_readings(folder: Path, figures: Mapping[str, Batch], year: int) -> dict[str, Reading]:
    """By area, what its last report before a year says; that of the year before may be missing."""
    found: dict[str, Reading] = {}
    for other in reversed(compared_years(folder, year)):
        batch = figures.get(str(other)) or read_batch(folder, "figures", other)
        for reading in batch.records.values() if batch is not None else ():
            found.setdefault(reading.report.ref_area, reading)
    return found


def _complete_year(batch: Batch, last: Mapping[str, Reading]) -> dict[str, Reading]:
    """The readings of a year, each compared with the last of the same area."""
    return {
        key: complete(reading, last.get(reading.report.ref_area))
        for key, reading in batch.records.items()
    }
