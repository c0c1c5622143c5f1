"""What a build costs, against importing its libraries alone in the same run.

``python -m benchmarks.build`` prints Markdown tables; ``--quick`` measures less. Processor seconds of
whole processes, the best of interleaved rounds, because a shared machine only makes a run slower.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# The folder of the checkout comes first.
from tests.pipeline.made_up import text_of  # noqa: E402
from tests.town_settings import give_settings  # noqa: E402

IMPORTS = "import dagster, pandas, pyarrow.parquet, frictionless"
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


def cost(*command: str) -> float:
    """Processor seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def build(data: Path, *options: str) -> float:
    return cost(sys.executable, "-m", "shenwan_data", "build", "--data-dir", str(data), *options)


def folder(at: Path, years: int, areas: int) -> Path:
    """A data folder with made-up reports of ordinary length."""
    give_settings(at)
    for year in range(2024 - years, 2024):
        (at / "reports" / str(year)).mkdir(parents=True)
        for area in range(areas):
            body = text_of(year, cases=100 + area).replace("神湾镇", "某某镇")
            (at / "reports" / str(year) / f"area{area:02d}.txt").write_text(body, encoding="utf-8")
    return at


def best(rounds: int, **measured: Callable[[], float]) -> dict[str, float]:
    """The least of several interleaved rounds."""
    times: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, measure in measured.items():
            times[name].append(measure())
    return {name: min(found) for name, found in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    rounds = 2 if quick else 5
    with tempfile.TemporaryDirectory() as place:
        one = folder(Path(place) / "one", 1, 1)
        build(one)  # the bytecode is written once, not measured
        found = best(
            rounds,
            imports=lambda: cost(sys.executable, "-c", IMPORTS),
            empty_run=lambda: cost(sys.executable, "-c", EMPTY_RUN),
            cold=lambda: build(one, "--force"),
            unchanged=lambda: build(one),
            help=lambda: cost(sys.executable, "-m", "shenwan_data", "--help"),
        )
        print("| process | CPU s | against the imports |\n| --- | --- | --- |")
        for name, seconds in found.items():
            print(f"| {name} | {seconds:.2f} | {seconds / found['imports']:.2f} |")
        sizes = [(1, 1), (5, 1), (20, 1), (1, 30), (5, 30)] + ([] if quick else [(20, 30)])
        print(
            "\n| years x areas | reports | CPU s | ms a further report |\n| --- | --- | --- | --- |"
        )
        first = 0.0
        for years, areas in sizes:
            data = folder(Path(place) / f"{years}x{areas}", years, areas)
            seconds = min(
                build(data, "--force") for _ in range(rounds if years * areas < 50 else 1)
            )
            reports = years * areas
            first = first or seconds
            each = "" if reports == 1 else f"{(seconds - first) / (reports - 1) * 1000:.1f}"
            print(f"| {years} x {areas} | {reports} | {seconds:.2f} | {each} |")


if __name__ == "__main__":
    main()
