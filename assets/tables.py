"""Layer release: the published tables, of all years together."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow as pa

from shenwan_data.build_record import unchanged_build
from shenwan_data.fingerprint import code_version, years_with_files
from shenwan_data.indicators.measurement import read_measurements
from shenwan_data.indicators.reading import Reading
from shenwan_data.indicators.revisions import find_revisions
from shenwan_data.release.schema import tables as declared_tables
from shenwan_data.release.tables import build_tables

from .checks import RELEASE, table_key
from .instance import has_history
from .jobs import FORCE
from .metadata import OWNERS
from .preview import of_table
from .resources import DataFolder
from .storage import Batch, require_current

GROUP = "release"
_READ = ("reports", "figures", "findings", "observations")


def readings(batches: dict[str, dict[str, Batch]], years: tuple[int, ...]) -> list[Reading]:
    """All that was read from the reports of the years, one Reading per report."""
    return [
        Reading(
            report=report,
            figures=batches["figures"][str(year)].records[report_id],
            findings=batches["findings"][str(year)].records[report_id],
            observations=batches["observations"][str(year)].records[report_id],
        )
        for year in years
        for report_id, (report,) in batches["reports"][str(year)].records.items()
    ]


@dg.multi_asset(
    name="tables",
    group_name=GROUP,
    ins={name: dg.AssetIn(name) for name in _READ},
    outs={
        name: dg.AssetOut(
            key=table_key(name),
            is_required=False,
            owners=OWNERS,
            kinds={"arrow"},
            code_version=code_version()[:12],
            description=f"{table.description.en}\n\n{table.description.zh}",
        )
        for name, table in declared_tables().items()
    },
)
def tables(
    context: dg.AssetExecutionContext, data: DataFolder, **batches: Any
) -> Iterator[dg.Output[pa.Table]]:
    """Build every table from the readings of all years."""
    current = unchanged_build(data.dir) is not None and has_history(context.instance, RELEASE)
    if current and not context.run.tags.get(FORCE):
        context.log.info("the release holds all that has been read 发布版本已是最新")
        return
    years = years_with_files(data.dir)
    # A year whose files have changed since they were read would publish what is no longer there.
    require_current(data.dir, "observations", years)
    held = readings(batches, years)
    revisions = find_revisions([reading.report for reading in held], data.dir)
    built = build_tables(held, revisions=revisions, measurements=read_measurements(data.dir))
    for name, table in built.items():
        yield dg.Output(table, name, metadata=of_table(table))
