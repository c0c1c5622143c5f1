"""What the assets need from outside: the data folder."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
from pydantic import Field

from shenwan_data.alerts import alert
from shenwan_data.build_record import WORK_FOLDER
from shenwan_data.config.settings import Settings, find_data_dir, load_settings
from shenwan_data.report.inbox import fetch_unattended, inbox_address

OWNERS = ["team:data-office"]


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

    @property
    def releases(self) -> Path:
        """Where finished releases lie."""
        return self.dir / "releases"

    @property
    def work(self) -> Path:
        """Where a build keeps what it has read. Can be deleted at any time."""
        return self.dir / WORK_FOLDER


FIRST_YEAR = 2004

YEARS = dg.TimeWindowPartitionsDefinition(
    start=str(FIRST_YEAR),
    fmt="%Y",
    cron_schedule="0 0 1 1 *",
    timezone="Asia/Shanghai",
    end_offset=1,
)

# One run reads any number of years, so that a backfill of twenty costs one start and not twenty.
ONE_RUN = dg.BackfillPolicy.single_run()
