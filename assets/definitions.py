"""The code location: everything Dagster loads.

``build_defs`` reads no environment and no file of ``data/``, so a test can build the real graph with
other resources; what a resource needs is looked up when a run asks for it. ``defs`` alone, which
Dagster calls when it loads the code location, looks at the data folder.
"""

from __future__ import annotations

from typing import Any

import dagster as dg

from shenwan_data.config.settings import find_data_dir
from shenwan_data.errors import UsageError

from .automation import JOBS, YEARLY, first_partition_of, sensors, yearly_rebuild
from .corpus_run import CorpusReader, corpus, read_corpus_job
from .outputs import packages, site, tables
from .previews import Listener, event_logger
from .publications import PUBLICATIONS, Portals
from .readings import reading_assets
from .resources import FIRST_YEAR, DataFolder, WorkFiles, years_from
from .run_alerts import Alerts, failure_alert


def build_defs(
    *,
    listen: Listener | None = None,
    yearly: str = YEARLY,
    first_year: int = FIRST_YEAR,
    **overrides: Any,
) -> dg.Definitions:
    """The definitions.

    ``overrides`` replaces resources by name (``data``, ``io_manager``, ``alerts``,
    ``reader``); ``listen`` is handed the events of a run that names the logger ``progress`` in its
    config; ``yearly`` is when the schedule runs, as cron writes it; ``first_year`` is the first
    partition.
    """
    data = overrides.pop("data", None) or DataFolder()
    return dg.Definitions(
        assets=[
            *reading_assets(years_from(first_year)),
            tables,
            packages,
            site,
            corpus,
            *PUBLICATIONS,
        ],
        jobs=[*JOBS, read_corpus_job],
        schedules=[yearly_rebuild(yearly, first_year)],
        sensors=[*sensors(first_year), failure_alert],
        resources={
            "data": data,
            "io_manager": WorkFiles(data=data),
            "alerts": Alerts(),
            "reader": CorpusReader(),
            "portals": Portals(),
            **overrides,
        },
        loggers={
            "console": dg.colored_console_logger,
            "progress": event_logger(listen or (lambda _: None)),
        },
        # A step of this graph is a second of work at the most: a process for each would cost more.
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What ``dagster`` and ``dg`` load: partitions begin with the first year that has a report."""
    try:
        first = first_partition_of(find_data_dir())
    except UsageError:
        # A server may be started before its data folder is there.
        first = FIRST_YEAR
    return build_defs(first_year=first)
