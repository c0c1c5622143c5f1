"""The code location: everything Dagster loads.

``build_defs`` reads no environment and no file of ``data/``, so a test can build the real graph with
other resources; what a resource needs is looked up when a run asks for it. ``defs`` alone, which
Dagster calls when it loads the code location, looks for the targets to publish to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from .automation import (
    INTERVAL,
    JOBS,
    SOURCES,
    YEARLY,
    follow_changes,
    report_files,
    yearly_rebuild,
)
from .corpus_run import CorpusReader, corpus, read_corpus_job
from .outputs import packages, site, tables
from .previews import Listener, event_logger
from .publications import Portals, configured_targets, publications
from .readings import READINGS
from .resources import DataFolder, WorkFiles
from .run_alerts import Alerts, failure_alert


def build_defs(
    *,
    listen: Listener | None = None,
    yearly: str = YEARLY,
    interval: int = INTERVAL,
    targets: Mapping[str, str] | None = None,
    **overrides: Any,
) -> dg.Definitions:
    """The definitions.

    ``overrides`` replaces resources by name (``data``, ``io_manager``, ``alerts``,
    ``reader``); ``listen`` is handed the events of a run that names the logger ``progress`` in its
    config; ``yearly`` is when the schedule runs, as cron writes it; ``interval`` is how often
    the sensors look, in seconds; ``targets`` are those to publish to, kinds by name.
    """
    data = overrides.pop("data", None) or DataFolder()
    return dg.Definitions(
        assets=[
            *SOURCES,
            *READINGS,
            tables,
            packages,
            site,
            corpus,
            *publications(targets or {}),
        ],
        jobs=[*JOBS, read_corpus_job],
        schedules=[yearly_rebuild(yearly)],
        sensors=[report_files(interval), follow_changes(interval), failure_alert],
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
    """What ``dagster`` and ``dg`` load: with an asset for each target in ``targets.yaml``."""
    return build_defs(targets=configured_targets())
