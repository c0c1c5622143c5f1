"""Layer report: the documents of a year, read."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from shenwan_data.build_record import unchanged_build
from shenwan_data.report.archive import read_reports
from shenwan_data.versions import code_version, year_version, years_with_files

from .automation import FORCE
from .checks import RELEASE, REPORTING, reporting_result
from .instance import has_history
from .previews import of_records
from .resources import ONE_RUN, OWNERS, YEARS, DataFolder
from .work_files import Batch, is_current

GROUP = "report"
_SHOWN = ("ref_area", "time_period", "title", "media_type", "published", "sha256")


def nothing_to_do(context: dg.AssetExecutionContext, folder: Path) -> bool:
    """Whether the years of a run are read as they are on disk and the release holds them.

    What the instance has no history of is done, so that the UI has something to show. The tag
    ``shenwan/force`` of a run says that it is to be done in any case.
    """
    if context.run.tags.get(FORCE):
        return False
    if not all(is_current(folder, "observations", int(year)) for year in context.partition_keys):
        return False
    if context.run.job_name == "read_years":
        key = dg.AssetKey("observations")
        return has_history(context.instance, key, context.partition_keys)
    return unchanged_build(folder) is not None and has_history(context.instance, RELEASE)


@dg.asset(
    partitions_def=YEARS,
    backfill_policy=ONE_RUN,
    group_name=GROUP,
    owners=OWNERS,
    kinds={"python"},
    code_version=code_version()[:12],
    check_specs=[REPORTING],
    output_required=False,
    description=(
        "The reports of a year as text with their origin, from `reports/<year>/<area>` (text, HTML, "
        "Word or PDF). A year that has no report yet is empty.\n\n"
        "某年度的报告全文及其来源。"
    ),
)
def reports(
    context: dg.AssetExecutionContext, data: DataFolder
) -> Iterator[dg.MaterializeResult[dict[str, Batch]] | dg.AssetCheckResult]:
    """Read the reports of the years of this run."""
    folder = data.dir
    if nothing_to_do(context, folder):
        # Without an output the steps that need it are skipped: the run materialises nothing.
        context.log.info("nothing has changed; nothing is read 没有变化，无需读取")
        yield reporting_result(folder, context.partition_keys)
        return
    present = years_with_files(folder)
    batches = {}
    for year in context.partition_keys:
        # Taken before the files are read: what changes meanwhile is noticed by the next run.
        inputs = year_version(folder, int(year))
        found = read_reports(folder, int(year)) if int(year) in present else ()
        batches[year] = Batch(inputs, {report.id: (report,) for report in found})
        context.add_asset_metadata(of_records(found, _SHOWN), partition_key=year)
    yield dg.MaterializeResult(
        value=batches, check_results=[reporting_result(folder, context.partition_keys)]
    )
