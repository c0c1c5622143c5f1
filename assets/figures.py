"""Layer figures: every numeral of the reports of a year."""

from collections.abc import Iterator

import dagster as dg

from shenwan_data.fingerprint import code_version
from shenwan_data.indicators.interpretation import interpret

from .checks import LEDGER, PRIVACY, ledger_result, privacy_result
from .metadata import OWNERS
from .partitions import ONE_RUN, YEARS
from .preview import of_records
from .resources import DataFolder
from .storage import Batch

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
