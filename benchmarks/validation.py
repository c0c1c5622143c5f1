"""How fast the compiled rules judge a Parquet file, against frictionless on the CSV of it.

    python -m benchmarks.validation [ROWS]     # 1,000,000 unless given

The rows are made up: observations in the published schema, with the tables their keys lead to. Each
judge runs in a process of its own and prints seconds, rows a second (also by CPU seconds, which a busy
machine changes less) and the most memory it held.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from itertools import product
from pathlib import Path

import frictionless
import pyarrow as pa

from shenwan_data.release.formats import write_csv, write_parquet
from shenwan_data.release.schema import Table, arrow_schema, table_schema, tables
from shenwan_data.release.table_rules import check_parquet, compile_rules

ROWS = 1_000_000
TABLES = ("enforcement", "indicators", "units", "areas")
YEARS = range(2010, 2030)


def made_up(rows: int) -> dict[str, pa.Table]:
    """A table of observations with so many rows, and the registers it refers to."""
    indicators = [f"indicator_{number:02}" for number in range(50)]
    areas = [f"town_{number:05}" for number in range(rows // (len(indicators) * len(YEARS)) + 1)]
    keys = list(product(areas, YEARS, indicators))[:rows]
    values = [Decimal(number % 9973) / 4 for number in range(len(keys))]
    ids = [f"{area}-{year}-{number % 9000}" for number, (area, year, _) in enumerate(keys)]
    known = tables()
    columns = {
        "ref_area": [area for area, _, _ in keys],
        "time_period": [year for _, year, _ in keys],
        "indicator": [indicator for _, _, indicator in keys],
        "value": values,
        "unit": [("件", "元", "次")[number % 3] for number in range(len(keys))],
        "lower": values,
        "upper": [value + 1 for value in values],
        "qualifier": [("exact", "about", None)[number % 3] for number in range(len(keys))],
        "obs_status": ["reported"] * len(keys),
        "quote": [f"共{number}件" for number in range(len(keys))],
        "figure_id": ids,
        "finding_ids": [None if number % 10 else f"{each}-1" for number, each in enumerate(ids)],
    }
    return {
        "enforcement": filled(known["enforcement"], columns),
        "indicators": filled(known["indicators"], {"indicator": indicators}),
        "units": filled(known["units"], {"unit": ["件", "元", "次"]}),
        "areas": filled(known["areas"], {"ref_area": areas}),
    }


def filled(table: Table, columns: dict[str, list]) -> pa.Table:
    """The columns as a table of the schema, the others with a value that obeys it."""
    schema = arrow_schema(table_schema(table))
    rows = len(next(iter(columns.values())))
    some = {"unit": "件", "base_unit": "件", "dimension": "count", "factor": "1", "topic": "enforcement",
            "measure_type": "flow", "kind": "count"}  # fmt: skip
    arrays = []
    for field in schema:
        if field.name in columns:
            cells = columns[field.name]
        elif field.nullable:
            cells = [None] * rows
        else:
            cells = [some.get(field.name, "x" if pa.types.is_string(field.type) else True)] * rows
        arrays.append(pa.array(cells, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def write(folder: Path, rows: int) -> None:
    """The made-up tables as CSV and Parquet, with a descriptor of the CSV files."""
    resources = []
    for name, table in made_up(rows).items():
        with (folder / f"{name}.csv").open("wb") as stream:
            write_csv(table, stream)
        with (folder / f"{name}.parquet").open("wb") as stream:
            write_parquet(table, stream)
        schema = table_schema(tables()[name], TABLES)
        resources.append({"name": name, "type": "table", "path": f"{name}.csv", "format": "csv",
                          "encoding": "utf-8", "schema": schema})  # fmt: skip
    profile = "https://datapackage.org/profiles/2.0/datapackage.json"
    content = {"$schema": profile, "name": "made-up", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")


def ours(folder: Path) -> bool:
    """The verdict of the compiled rules on the observations, from the same descriptor."""
    content = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    rules = compile_rules("enforcement", content["resources"][0]["schema"])
    others = {name: folder / f"{name}.parquet" for name in TABLES[1:]}
    return not check_parquet(folder / "enforcement.parquet", rules, others)


def theirs(folder: Path) -> bool:
    """The verdict of frictionless on the observations."""
    package = frictionless.Package(str(folder / "datapackage.json"))
    return bool(package.validate(name="enforcement").valid)


def judge(name: str, folder: Path) -> None:
    """Run one judge and print what it took, as JSON."""
    judges = {"ours": ours, "theirs": theirs}
    before = peak()
    began, worked = time.perf_counter(), time.process_time()
    valid = judges[name](folder)
    taken = {"s": time.perf_counter() - began, "cpu": time.process_time() - worked}
    print(json.dumps({"valid": valid, **taken, "base_mb": before, "mb": peak()}))


def peak() -> float:
    """The most memory this process has held so far, in MiB."""
    # Not of getrusage, which begins at what the process held that started this one.
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Write the files, run both judges, print the comparison."""
    if len(sys.argv) > 2:
        judge(sys.argv[1], Path(sys.argv[2]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, rows)
        sizes = [(folder / f"enforcement.{ending}").stat().st_size / 2**20
                 for ending in ("csv", "parquet")]  # fmt: skip
        print(f"{rows} rows, CSV {sizes[0]:.0f} MiB, Parquet {sizes[1]:.0f} MiB")
        rates = {}
        for each, times in (("ours", 5), ("theirs", 1)):
            runs = []
            for _ in range(times):
                command = [sys.executable, __file__, each, name]
                environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
                done = subprocess.run(command, capture_output=True, check=True, env=environment)
                runs.append(json.loads(done.stdout))
            best = min(runs, key=lambda run: run["s"])
            rates[each] = rows / best["s"], rows / min(run["cpu"] for run in runs)
            print(
                f"{each}: valid {best['valid']}, {best['s']:.2f} s ({rates[each][0]:,.0f} rows/s), "
                f"CPU {rows / rates[each][1]:.2f} s ({rates[each][1]:,.0f} rows/s), "
                f"peak {best['mb']:.0f} MiB ({best['base_mb']:.0f} before)"
            )
        ratios = [one / other for one, other in zip(rates["ours"], rates["theirs"], strict=True)]
        print(f"ratio {ratios[0]:.0f}, by CPU seconds {ratios[1]:.0f}")


if __name__ == "__main__":
    main()
