"""What a corpus costs: by workers, against its size, and against the plain loop.

``python -m benchmarks.corpus`` prints a Markdown table; ``python -m benchmarks.corpus 1000`` measures
less. Wall seconds of whole commands, with what starting them costs, because that is what a person waits
for; beside them processor seconds, which a busy machine disturbs less, and the most memory that one of
the processes held.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.processes import Cost, ours

from benchmarks.scan import report, table

YEARS = range(2015, 2025)
TOWNS = 20  # of a county; a partition holds a county's towns
NATIONAL = 450_000


def texts(counties: int) -> Iterator[tuple[str, int, str]]:
    """Reports as long as the archived one, each with other numbers: area, year, text."""
    model = report().replace("2022", "YYYY")
    number = re.compile(r"(?<![\dY])[1-9]\d{1,4}(?!\d)(?!年)")
    for town in range(counties * TOWNS):
        area = f"c{town // TOWNS:05d}t{town % TOWNS:02d}"
        for year in YEARS:
            shift = town * 31 + year

            def other(match: re.Match[str], shift: int = shift) -> str:
                return str((int(match.group()) * 7 + shift) % 10 ** len(match.group()) or 1)

            yield area, year, number.sub(other, model).replace("YYYY", str(year))


def write(path: Path, reports: int) -> int:
    """One Parquet file of about so many reports, sorted by area; how many there are."""
    schema = pa.schema(
        [("ref_area", pa.string()), ("time_period", pa.int64()), ("text", pa.string())]
    )
    counties = max(1, round(reports / len(YEARS) / TOWNS))
    size = TOWNS * len(YEARS)
    with pq.ParquetWriter(path, schema) as writer:
        # A county at a time: what this process holds counts as the most that its children held.
        rows, written = texts(counties), 0
        while county := list(islice(rows, size)):
            columns = [list(column) for column in zip(*county, strict=True)]
            writer.write_table(pa.table(columns, schema=schema))
            written += len(county)
    return written


def run(source: Path, target: Path, workers: int) -> tuple[float, Cost]:
    """Wall seconds and cost of one command."""
    begun = time.monotonic()
    used = ours("corpus", source, target, "--workers", str(workers))
    return time.monotonic() - begun, used


# The sum of one indicator by year over the whole output, as a researcher asks it of the files.
QUESTION = """
import time, duckdb
began = time.process_time()
rows = duckdb.sql(
    "select time_period, sum(value), count(*) "
    "from read_parquet('{out}/observations/**/*.parquet', hive_partitioning=true) "
    "where indicator = 'business_subsidy_paid' and obs_status = 'reported' group by 1 order by 1"
).fetchall()
assert len(rows) == {years}, rows
print(time.process_time() - began)
"""


def question(out: Path) -> float:
    """Processor seconds of a DuckDB question over the output, in a new process, without its import."""
    code = QUESTION.format(out=out, years=len(YEARS))
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", nargs="*", type=int, help="sizes; default 1000 4000 16000")
    sizes = parser.parse_args().reports or [1_000, 4_000, 16_000]
    rows = []
    dearest = 0.0
    with tempfile.TemporaryDirectory() as place:
        for size in sizes:
            source = Path(place) / f"{size}.parquet"
            reports = write(source, size)
            plain = 0.0
            for workers in (0, 1, 2):
                out = Path(place) / f"{size}-{workers}"
                wall, used = run(source, out, workers)
                plain = plain or wall
                dearest = max(dearest, used.seconds / reports)
                rows.append(
                    [
                        f"{reports:,}",
                        ("plain loop", "1 worker", "2 workers")[workers],
                        f"{wall:.1f}",
                        f"{used.seconds / reports * 1000:.1f}",
                        f"{plain / wall:.2f}",
                        str(used.mib),
                    ]
                )
            again, used = run(source, Path(place) / f"{size}-0", 0)
            cpu = f"{used.seconds / reports * 1000:.1f}"
            rows.append([f"{reports:,}", "again, nothing to do", f"{again:.1f}", cpu, "", ""])
            asked = question(Path(place) / f"{size}-0")
            cpu = f"{asked / reports * 1000:.2f}"
            rows.append([f"{reports:,}", f"DuckDB question, {asked:.2f} s CPU", "", cpu, "", ""])
    table(
        ["reports", "who", "wall s", "CPU ms a report", "speed-up", "MiB of the largest"],
        rows,
    )
    hours = NATIONAL * dearest / 3600
    print(f"\nThe national corpus, {NATIONAL:,} reports: at most {hours:.1f} processor hours.")


if __name__ == "__main__":
    main()
