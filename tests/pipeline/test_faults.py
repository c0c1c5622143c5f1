"""Rebuilds with a fault in each: whatever happens, the release on disk is whole and no lock stays."""

import io
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from assets.build import run_build
from shenwan_data.build_record import exclusive_build
from shenwan_data.release.validation import validate_release
from tests.pipeline.made_up import text_of, write_report

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 20


# A build in a process of its own; a limit bounds the size of a file, as a full disk does.
BUILD = """
import resource, signal, sys
if sys.argv[2] != "0":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
from shenwan_data.cli import main
main(["build", "--data-dir", sys.argv[1]])
"""


def files(folder: Path) -> dict[str, bytes]:
    """Every file of the release."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_twenty_rebuilds_with_faults_leave_a_whole_release_each_time(tmp_path):
    source = random.Random(20)  # noqa: S311
    folder = tmp_path / "data"
    for year in (2020, 2021, 2022):
        write_report(folder, year, text_of(year))
    release = folder / run_build(folder, console=Console(file=io.StringIO())).release
    held = files(release)
    failed, renewed = 0, 0

    for number in range(ROUNDS):
        fault = source.choice(["killed", "full disk", "corrupt", "none"])
        year = source.choice([2020, 2021, 2022])
        write_report(folder, year, text_of(year, cases=500 + number))
        report = folder / "reports" / str(year) / "shenwan.txt"
        sound = report.read_bytes()
        if fault == "corrupt":
            report.write_bytes(bytes(source.choices(range(256), k=400)))
        limit = source.randrange(500, 40_000) if fault == "full disk" else 0
        process = subprocess.Popen(
            [sys.executable, "-c", BUILD, str(folder), str(limit)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if fault == "killed":
            time.sleep(source.uniform(0.5, 6))
            process.kill()
        log = process.communicate(timeout=120)[1]

        failed += process.returncode != 0
        if fault == "none":
            assert process.returncode == 0, log
        if fault == "full disk" and process.returncode:
            assert "EFBIG" in log or "too large" in log or "disk" in log, log
        if fault == "corrupt":
            assert process.returncode == 1
            assert "shenwan.txt" in log and "Traceback" not in log
        with exclusive_build(folder):
            now = files(release)
        if now != held:
            assert all(check.passed for check in validate_release(release)), fault
            held = now
            renewed += 1
        report.write_bytes(sound)

    assert failed >= 5 and renewed >= 3
    run_build(folder, console=Console(file=io.StringIO()))
    fresh = tmp_path / "fresh" / "data"
    for year in (2020, 2021, 2022):
        text = (folder / "reports" / str(year) / "shenwan.txt").read_text(encoding="utf-8")
        write_report(fresh, year, text)
    again = run_build(fresh, console=Console(file=io.StringIO()))
    assert files(fresh / again.release) == files(release)
    assert not list((folder / "releases").glob(".*.draft"))
