"""The Dagster graph over ``shenwan_data``.

Belongs here: assets, checks, jobs, schedules, sensors and resources, each a thin call of the
library plus metadata. Does not belong here: any rule about reports, figures or tables. Runs from a
checkout; it is not part of the wheel.
"""
