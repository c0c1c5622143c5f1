"""The code location: everything Dagster loads.

``build_defs`` reads no environment and no file of ``data/``, so a test can build the real graph with
other resources; what a resource needs is looked up when a run asks for it.
"""

from __future__ import annotations

from typing import Any

import dagster as dg

from .automation import JOBS, SENSORS, YEARLY, yearly_rebuild
from .checks import table_checks
from .corpus_run import CorpusReader, corpus, read_corpus_job
from .outputs import packages, site, tables
from .previews import Listener, event_logger
from .publications import PUBLICATIONS, Portals
from .readings import figures, indicators
from .reports import reports
from .resources import DataFolder
from .run_alerts import Alerts, tell_failure
from .work_files import WorkFiles


def build_defs(
    *, listen: Listener | None = None, yearly: str = YEARLY, **overrides: Any
) -> dg.Definitions:
    """The definitions.

    ``overrides`` replaces resources by name (``data``, ``io_manager``, ``alerts``,
    ``reader``); ``listen`` is handed the events of a run that names the logger ``progress`` in its config;
    ``yearly`` is when the schedule strikes, as cron writes it.
    """
    data = overrides.pop("data", None) or DataFolder()
    return dg.Definitions(
        assets=[reports, figures, indicators, tables, packages, site, corpus, *PUBLICATIONS],
        asset_checks=[table_checks()],
        jobs=[*JOBS, read_corpus_job],
        schedules=[yearly_rebuild(yearly)],
        sensors=[*SENSORS, tell_failure],
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
    """What ``dagster`` and ``dg`` load."""
    return build_defs()
