"""What the assets need from outside: the data folder, and the files that keep what was read.

Belongs here: resources and the years that partition what is read. Does not belong here: the form of
the work files (``shenwan_data.work_files``).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import dagster as dg
from pydantic import Field

from shenwan_data.alerts import alert
from shenwan_data.build_record import WORK_FOLDER
from shenwan_data.config.settings import RELEASE_FILE, Settings, find_data_dir, load_settings
from shenwan_data.files import replacing
from shenwan_data.report.inbox import fetch_unattended, inbox_address
from shenwan_data.review.entries import set_key, writing
from shenwan_data.work_files import Batch, read_batch, write_batch

if TYPE_CHECKING:
    import pyarrow as pa

OWNERS = ["team:data-office"]

# The UI lists groups by their names: a number gives each its place on the way.
GROUP_SOURCES, GROUP_REPORT, GROUP_FIGURES = "1_sources", "2_report", "3_figures"
GROUP_INDICATORS, GROUP_RELEASE, GROUP_PUBLICATION = "4_indicators", "5_release", "6_publication"


def asked_for_alone(context: dg.AssetExecutionContext) -> bool:
    """Whether a person has asked for this asset, and not for all that there is (*Materialize all*)."""
    chosen = context.run.asset_selection
    backfill = context.run.tags.get("dagster/backfill")
    if backfill is not None and (whole := context.instance.get_backfill(backfill)) is not None:
        chosen = frozenset(whole.asset_selection or ())
    if chosen is None or chosen == {context.asset_key}:
        return True
    context.log.warning(
        "left out: %s is done when it is asked for by itself 已跳过：须单独选中才会执行",
        context.asset_key.to_user_string(),
    )
    return False


class DataFolder(dg.ConfigurableResource[Path]):
    """The folder with ``reports/`` and ``corrections/``, where ``releases/`` is written."""

    path: str | None = Field(
        default=None,
        description="The data folder. Left out: SHENWAN_DATA_DIR, else data/ of the checkout.",
    )

    inbox: str | None = Field(
        default=None,
        description="Where reports arrive, a path or an fsspec address. Left out: SHENWAN_INBOX.",
    )

    def fetch(self) -> tuple[Path, ...]:
        """Put what has arrived into the archive; the files that were written.

        A file that is not taken, or an inbox that cannot be read, sends one alert.
        """
        address = self.inbox or inbox_address()
        return fetch_unattended(address, self.dir, self.work, alert) if address else ()

    @property
    def dir(self) -> Path:
        """The folder, absolute. Looked up when it is needed, never at import."""
        return find_data_dir(Path(self.path) if self.path else None)

    @property
    def settings(self) -> Settings:
        """The settings of the town, as its files are now."""
        return load_settings(self.dir)

    def set_version(self, version: str) -> None:
        """Write the version and its day, as it is in China, into ``release.yaml``."""
        today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
        with writing(self.dir):
            set_key(self.dir / RELEASE_FILE, "version", version)
            set_key(self.dir / RELEASE_FILE, "created", today.isoformat())

    @property
    def releases(self) -> Path:
        """The folder of finished releases."""
        return self.dir / "releases"

    @property
    def work(self) -> Path:
        """Where a build keeps what it has read. Can be deleted at any time."""
        return self.dir / WORK_FOLDER


# The years that have a report, by the folders of ``reports/``: none is missing that never was.
YEARS = dg.DynamicPartitionsDefinition(name="year")


def range_tags(years: Sequence[str]) -> dict[str, str]:
    """The tags that make one run of a yearly job cover these years, in the order they are kept in."""
    return {
        "dagster/asset_partition_range_start": years[0],
        "dagster/asset_partition_range_end": years[-1],
    }


# One run reads any number of years, so that a backfill of twenty costs one start and not twenty.
ONE_RUN = dg.BackfillPolicy.single_run()


class WorkFiles(dg.ConfigurableIOManager):
    """Keeps what was read of a year as ``.build/<asset>/<year>.jsonl``, and tables as Parquet.

    The same files serve a build from the command line and a run from the UI.
    """

    data: dg.ResourceDependency[DataFolder]

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Write each year of a mapping year -> Batch, or one table. A file appears whole or not."""
        if context.has_asset_partitions:
            batches = cast("Mapping[str, Batch]", obj)
            for year in context.asset_partition_keys:
                write_batch(self.data.dir, context.asset_key.path[-1], int(year), batches[year])
            return
        import pyarrow.parquet as pq

        with replacing(self._table(context.asset_key)) as path:
            pq.write_table(obj, path, compression="zstd")

    def load_input(self, context: dg.InputContext) -> "dict[str, Batch] | pa.Table":
        """The batches of the years that were asked for and are there, or the table."""
        if context.has_asset_partitions:
            asset = context.asset_key.path[-1]
            found = {
                year: read_batch(self.data.dir, asset, int(year))
                for year in context.asset_partition_keys
            }
            return {year: batch for year, batch in found.items() if batch is not None}
        import pyarrow.parquet as pq

        return pq.read_table(self._table(context.asset_key))

    def _table(self, key: dg.AssetKey) -> Path:
        return self.data.work.joinpath(*key.path).with_suffix(".parquet")
