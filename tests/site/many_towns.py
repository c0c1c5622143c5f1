"""A made-up province: many towns and years, as a release. 虚构数据。

python -m tests.site.many_towns RELEASES TOWNS YEARS
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from shenwan_data.indicators.read import complete, extract
from shenwan_data.model import Reading, Report
from shenwan_data.release.package import write_release
from shenwan_data.release.tables import build_tables
from tests.site.made_up_site import NEXT_YEAR, ROOT
from tests.town_settings import SETTINGS

FIRST = 2004


def readings(towns: int, years: int) -> Iterator[Reading]:
    """The same made-up report for every town and year, read once."""
    digest = hashlib.sha256(NEXT_YEAR.encode("utf-8")).hexdigest()
    path = ROOT / "data" / "reports" / "2023" / "town.txt"
    model = Report("town", 2023, "某镇报告（虚构）", NEXT_YEAR, path, "text/plain", digest, digest)
    reading = extract(model)
    for town in range(towns):
        for year in range(FIRST, FIRST + years):
            report = replace(model, ref_area=f"town{town:02}", time_period=year)
            yield complete(replace(reading, report=report))


def province(releases: Path, towns: int, years: int) -> Path:
    """Write the release; it is not validated, which would take longer than all the rest."""
    read = list(readings(towns, years))
    texts = {reading.report.id: reading.report.text for reading in read}
    return write_release(
        build_tables(read).tables, texts, releases, SETTINGS.release, verify=lambda _: ()
    )


if __name__ == "__main__":
    province(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
