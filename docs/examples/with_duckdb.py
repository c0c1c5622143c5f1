"""SQL on the Parquet files of a release: reported values with the sentence each was read from."""

import sys
from pathlib import Path

import duckdb

release = Path(sys.argv[1])

rows = duckdb.execute(
    """
    select o.time_period, o.indicator, i.label_en, o.value, o.unit, f.sentence
    from read_parquet($observations) o
    join read_parquet($indicators) i using (indicator)
    left join read_parquet($figures) f using (figure_id)
    where o.obs_status = 'reported'
    order by o.time_period, o.indicator
    """,
    {
        "observations": str(release / "enforcement" / "enforcement.parquet"),
        "indicators": str(release / "enforcement" / "indicators.parquet"),
        "figures": str(release / "evidence" / "figures.parquet"),
    },
).fetchall()
for row in rows:
    print(*row, sep=" | ")
