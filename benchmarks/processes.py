"""What a whole process costs: processor seconds and memory, which a busy machine disturbs less than time.

Belongs here: running a command and folders of made-up reports. Does not belong here: what is compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# The folder of the checkout comes first.
from tests.pipeline.made_up import text_of  # noqa: E402
from tests.town_settings import give_settings  # noqa: E402

IMPORTS = "import dagster, pandas, pyarrow.parquet, frictionless"


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds of a process and of what it waited for, and MiB of the largest of them."""

    seconds: float
    mib: int


def cost(*command: str) -> Cost:
    """Run a command to its end. Raises SystemExit with what it said where it fails."""
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        said = process.stderr.read() if process.stderr else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {said}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)


def ours(*arguments: str | Path) -> Cost:
    """One command of the project in a process of its own."""
    return cost(sys.executable, "-m", "shenwan_data", *map(str, arguments))


def imports() -> Cost:
    """Importing what a build is made with, and nothing else: what every build is held against."""
    return cost(sys.executable, "-c", IMPORTS)


def best(rounds: int, **measured: Callable[[], Cost]) -> dict[str, Cost]:
    """The cheapest of several interleaved rounds."""
    found: dict[str, list[Cost]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, measure in measured.items():
            found[name].append(measure())
    return {name: min(costs, key=lambda one: one.seconds) for name, costs in found.items()}


def town_folder(at: Path, years: int, areas: int) -> Path:
    """A data folder with made-up reports of a few sentences, up to the year 2023."""
    give_settings(at)
    for year in range(2024 - years, 2024):
        for area in range(areas):
            add_report(at, year, area)
    return at


def add_report(at: Path, year: int, area: int) -> None:
    """One more made-up report of a data folder."""
    folder = at / "reports" / str(year)
    folder.mkdir(parents=True, exist_ok=True)
    body = text_of(year, cases=100 + area).replace("神湾镇", "某某镇")
    (folder / f"area{area:02d}.txt").write_text(body, encoding="utf-8")
