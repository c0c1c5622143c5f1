"""What a corpus costs: by workers, against its size, and against the plain loop.

``python -m benchmarks.corpus`` prints Markdown tables; ``--quick`` measures less. Wall seconds of whole
commands, with what starting them costs, because that is what a person waits for; beside them processor
seconds, which a busy machine disturbs less, and the most memory that one of the processes held.
"""

from __future__ import annotations

import argparse
import os
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

from benchmarks.scan import ROOT, report, table

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


def run(source: Path, target: Path, workers: int) -> tuple[float, float, int]:
    """Wall seconds, processor seconds and MiB of the largest process of one command."""
    command = [sys.executable, "-m", "shenwan_data", "corpus", str(source), str(target)]
    begun = time.monotonic()
    process = subprocess.Popen(
        [*command, "--workers", str(workers)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the command failed: {process.returncode}")
    wall = time.monotonic() - begun
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    sizes = (200, 800) if parser.parse_args().quick else (1_000, 4_000, 16_000)
    rows = []
    rate = 0.0
    with tempfile.TemporaryDirectory() as place:
        for size in sizes:
            source = Path(place) / f"{size}.parquet"
            reports = write(source, size)
            plain = 0.0
            for workers in (0, 1, 2):
                out = Path(place) / f"{size}-{workers}"
                wall, processor, memory = run(source, out, workers)
                plain = plain or wall
                rate = reports / wall
                rows.append(
                    [
                        f"{reports:,}",
                        ("plain loop", "1 worker", "2 workers")[workers],
                        f"{wall:.1f}",
                        f"{processor / reports * 1000:.1f}",
                        f"{rate:.0f}",
                        f"{plain / wall:.2f}",
                        str(memory),
                    ]
                )
            again, _, _ = run(source, Path(place) / f"{size}-0", 0)
            rows.append([f"{reports:,}", "again, nothing to do", f"{again:.1f}", "", "", "", ""])
    table(
        [
            "reports",
            "who",
            "wall s",
            "CPU ms a report",
            "reports/s",
            "speed-up",
            "MiB of the largest",
        ],
        rows,
    )
    print(f"\nThe national corpus, {NATIONAL:,} reports, at the last rate of two workers: ", end="")
    print(f"{NATIONAL / rate / 60:.0f} minutes.")


if __name__ == "__main__":
    main()
