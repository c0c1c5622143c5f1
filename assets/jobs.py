"""What can be started.

``rebuild`` does everything, for one year or a range of years in one run; ``read_years`` only reads,
``release`` only publishes what has been read.
"""

from __future__ import annotations

import dagster as dg

from .partitions import YEARS

_RELEASE = dg.AssetSelection.groups("release")
# A corpus is read, and a release published, when somebody asks for it: no rebuild and no schedule does.
_TOWN = dg.AssetSelection.all() - dg.AssetSelection.groups("corpus", "publication")
FORCE = "shenwan/force"

rebuild = dg.define_asset_job(
    "rebuild",
    selection=_TOWN,
    description="Read the reports of the chosen years and build the release. 读取所选年度并生成发布版本。",
)
read_years = dg.define_asset_job(
    "read_years",
    selection=_TOWN - _RELEASE,
    description="Read the reports of the chosen years. 只读取所选年度的报告。",
)
release = dg.define_asset_job(
    "release",
    selection=_RELEASE,
    description="Build the release from all that has been read. 由已读取的内容生成发布版本。",
)

JOBS = (rebuild, read_years, release)


def range_tags(first: int, last: int) -> dict[str, str]:
    """The tags that make one run of a yearly job cover all years from first to last."""
    keys = YEARS.get_partition_keys()
    for year in (first, last):
        if str(year) not in keys:
            raise ValueError(f"{year} is outside {keys[0]} to {keys[-1]}")
    return {
        "dagster/asset_partition_range_start": str(first),
        "dagster/asset_partition_range_end": str(last),
    }
