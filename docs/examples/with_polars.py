"""The Parquet files of a release in polars, read only as far as they are needed."""

import sys
from pathlib import Path

import polars as pl

release = Path(sys.argv[1])

observations = pl.scan_parquet(release / "services" / "services.parquet")
indicators = pl.scan_parquet(release / "services" / "indicators.parquet")
found = (
    observations.filter(pl.col("obs_status") == "reported")
    .join(indicators.select("indicator", "label_en", "measure_type"), on="indicator")
    .select("time_period", "label_en", "value", "unit", "measure_type")
    .sort("time_period", "label_en")
    .collect()
)
print(found.schema["value"])
for row in found.iter_rows():
    print(*row, sep=" | ")
