"""Layer indicators: what the figures of a year mean, and where they disagree."""

from collections.abc import Iterator
from dataclasses import replace

import dagster as dg

from shenwan_data.findings import find_findings
from shenwan_data.indicators.observations import observe
from shenwan_data.indicators.read import interpret
from shenwan_data.versions import code_version, years_with_files

from .checks import FINDINGS, LEDGER, PRIVACY, findings_result, ledger_result, privacy_result
from .previews import of_records
from .resources import ONE_RUN, OWNERS, YEARS, DataFolder
from .work_files import Batch, require_current

GROUP = "figures"
_SHOWN = ("start", "end", "quote", "kind", "value", "unit", "qualifier", "indicators", "reason")


@dg.asset(
    partitions_def=YEARS,
    backfill_policy=ONE_RUN,
    group_name=GROUP,
    owners=OWNERS,
    kinds={"python"},
    code_version=code_version()[:12],
    check_specs=[LEDGER, PRIVACY],
    description=(
        "Every numeral of the year's reports with its place, value, unit, precision and indicator, "
        "or the reason why it is none; recorded corrections are applied.\n\n"
        "报告正文中的每一个数字：位置、数值、单位、精度和所属指标。"
    ),
)
def figures(
    context: dg.AssetExecutionContext, data: DataFolder, reports: dict[str, Batch]
) -> Iterator[dg.MaterializeResult[dict[str, Batch]]]:
    """Read the figures of the years of this run."""
    batches = {}
    for year in context.partition_keys:
        of_year = [report for (report,) in reports[year].records.values()]
        found = {report.id: interpret(report, data.dir) for report in of_year}
        batches[year] = Batch(reports[year].inputs, found)
        rows = [figure for figures in found.values() for figure in figures]
        context.add_asset_metadata(
            {**of_records(rows, _SHOWN), "data_figures": sum(row.is_data for row in rows)},
            partition_key=year,
        )
    texts = {
        report.id: report.text for batch in reports.values() for (report,) in batch.records.values()
    }
    checks = [ledger_result(texts, batches), privacy_result(texts, batches)]
    yield dg.MaterializeResult(value=batches, check_results=checks)


INDICATOR_GROUP = "indicators"
_FINDING = ("report", "rule", "grade", "reported", "implied", "unit", "message")
_OBSERVATION = ("ref_area", "time_period", "indicator", "value", "unit", "qualifier", "obs_status")

# The year before is an input too: a report is compared with the one before it.
_WITH_YEAR_BEFORE = dg.TimeWindowPartitionMapping(
    start_offset=-1, end_offset=0, allow_nonexistent_upstream_partitions=True
)


@dg.multi_asset(
    name="indicators",
    partitions_def=YEARS,
    backfill_policy=ONE_RUN,
    group_name=INDICATOR_GROUP,
    ins={
        "reports": dg.AssetIn("reports"),
        "figures": dg.AssetIn("figures", partition_mapping=_WITH_YEAR_BEFORE),
    },
    outs={
        "findings": dg.AssetOut(
            owners=OWNERS,
            kinds={"python"},
            code_version=code_version()[:12],
            description=(
                "Where a report disagrees with itself, with the year before or with plain sense. A "
                "doubt is published beside the value; it never changes it.\n\n核查发现的疑点。"
            ),
        ),
        "observations": dg.AssetOut(
            owners=OWNERS,
            kinds={"python"},
            code_version=code_version()[:12],
            description=(
                "The value of every indicator of the catalogue for each area and year, or a named "
                "absence where the report gives none.\n\n各地区各年度每个指标的观测值。"
            ),
        ),
    },
    internal_asset_deps={
        "findings": {dg.AssetKey("reports"), dg.AssetKey("figures")},
        "observations": {dg.AssetKey("reports"), dg.AssetKey("figures"), dg.AssetKey("findings")},
    },
    check_specs=[FINDINGS],
)
def indicators(
    context: dg.AssetExecutionContext,
    data: DataFolder,
    reports: dict[str, Batch],
    figures: dict[str, Batch],
) -> Iterator[dg.Output[dict[str, Batch]] | dg.AssetCheckResult]:
    """Compare the figures of the years of this run and give each indicator its value."""
    present = years_with_files(data.dir)
    before_these = {int(year) - 1 for year in context.partition_keys}
    # Else a report would be held against what last year's said before it changed.
    require_current(data.dir, "figures", tuple(sorted(before_these & set(present))))
    found: dict[str, Batch] = {}
    observed: dict[str, Batch] = {}
    for year in context.partition_keys:
        before = figures.get(str(int(year) - 1))
        findings = {}
        observations = {}
        for (report,) in reports[year].records.values():
            own = figures[year].records[report.id]
            previous = None
            if before is not None:
                last = replace(report, time_period=report.time_period - 1)
                previous = before.records.get(last.id)
            findings[report.id] = find_findings(report, own, previous)
            observations[report.id] = observe(report, own, findings[report.id])
        found[year] = Batch(reports[year].inputs, findings)
        observed[year] = Batch(reports[year].inputs, observations)
        for asset, batch, shown in (
            ("findings", found[year], _FINDING),
            ("observations", observed[year], _OBSERVATION),
        ):
            rows = [row for rows in batch.records.values() for row in rows]
            context.add_asset_metadata(
                of_records(rows, shown), asset_key=dg.AssetKey(asset), partition_key=year
            )
    yield dg.Output(found, "findings")
    yield findings_result(found)
    yield dg.Output(observed, "observations")
