"""The years.

A time window and not a list of keys kept by the instance: an instance that is thrown away after each
build would forget them. It begins with 2004, the first year for which the State Council's outline on
administration by law asked local governments for a yearly report, and holds the year that is running
(``end_offset=1``), because a town may publish before New Year.
"""

from __future__ import annotations

import dagster as dg

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
