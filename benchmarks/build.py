"""What a build costs, against importing its libraries alone in the same run.

``python -m benchmarks.build`` prints Markdown tables; ``--quick`` measures less. Processor seconds of
whole processes, the best of interleaved rounds, because a shared machine only makes a run slower.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.processes import IMPORTS, Cost, best, cost, imports, ours, town_folder

# What Dagster costs by itself: a run of as many steps, none of which does anything.
EMPTY_RUN = f"""
{IMPORTS}
steps = ["reports", "figures", "indicators", "tables", "checks", "packages", "site"]
def step(at):
    @dagster.asset(name=steps[at], deps=steps[max(0, at - 1):at])
    def nothing():
        return None
    return nothing
defs = dagster.Definitions(
    assets=[step(at) for at in range(len(steps))], jobs=[dagster.define_asset_job("all")]
)
with dagster.DagsterInstance.ephemeral() as instance:
    defs.resolve_job_def("all").execute_in_process(instance=instance)
"""


def build(data: Path, *options: str) -> Cost:
    return ours("build", "--data-dir", data, *options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    rounds = 2 if quick else 5
    with tempfile.TemporaryDirectory() as place:
        one = town_folder(Path(place) / "one", 1, 1)
        build(one)  # the bytecode is written once, not measured
        found = best(
            rounds,
            imports=imports,
            empty_run=lambda: cost(sys.executable, "-c", EMPTY_RUN),
            cold=lambda: build(one, "--force"),
            unchanged=lambda: build(one),
            help=lambda: ours("--help"),
        )
        print("| process | CPU s | against the imports | MiB |\n| --- | --- | --- | --- |")
        for name, used in found.items():
            ratio = used.seconds / found["imports"].seconds
            print(f"| {name} | {used.seconds:.2f} | {ratio:.2f} | {used.mib} |")
        sizes = [(1, 1), (5, 1), (20, 1), (1, 30), (5, 30)] + ([] if quick else [(20, 30)])
        print(
            "\n| years x areas | reports | CPU s | ms a further report |\n| --- | --- | --- | --- |"
        )
        first = 0.0
        for years, areas in sizes:
            data = town_folder(Path(place) / f"{years}x{areas}", years, areas)
            seconds = min(
                build(data, "--force").seconds for _ in range(rounds if years * areas < 50 else 1)
            )
            reports = years * areas
            first = first or seconds
            each = "" if reports == 1 else f"{(seconds - first) / (reports - 1) * 1000:.1f}"
            print(f"| {years} x {areas} | {reports} | {seconds:.2f} | {each} |")


if __name__ == "__main__":
    main()
