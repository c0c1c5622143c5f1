"""The Dagster graph over ``shenwan_data``.

Belongs here: assets, checks, jobs, schedules, sensors and resources, each a thin call of the
library plus metadata. Does not belong here: any rule about reports, figures or tables. In a
wheel it is ``shenwan_data.assets``, so its modules import each other relatively.
"""

import warnings

import dagster as dg

# Owners, backfill policies and partition mappings of years that may be absent are marked beta; the
# lock holds the version they are known to work with.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
warnings.filterwarnings("ignore", category=dg.PreviewWarning)
