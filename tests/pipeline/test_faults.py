"""Rebuilds with a fault in each: whatever happens, the release on disk is whole and no lock stays."""

import io
import multiprocessing
import os
import random
import resource
import signal
import time
import traceback
from pathlib import Path

import pytest
from rich.console import Console

from assets.build import run_build
from shenwan_data.build_record import exclusive_build
from shenwan_data.release.validation import validate_release
from tests.pipeline.made_up import text_of, write_report

ROUNDS = 20


def build(folder: str, limit: int | None, log: str) -> None:
    """A build in a process of its own; ``limit`` bounds the size of a file, as a full disk does."""
    if limit is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        run_build(Path(folder), console=Console(file=io.StringIO()))
    except BaseException:
        if limit is not None:
            resource.setrlimit(
                resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            )
        Path(log).write_text(traceback.format_exc(), encoding="utf-8")
        os._exit(1)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of the release."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_twenty_rebuilds_with_faults_leave_a_whole_release_each_time(tmp_path):
    source = random.Random(20)
    folder = tmp_path / "data"
    for year in (2020, 2021, 2022):
        write_report(folder, year, text_of(year))
    release = folder / run_build(folder, console=Console(file=io.StringIO())).release
    held = files(release)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["assets.definitions", "shenwan_data.release.validation"])
    told, failed, renewed = 0, 0, 0

    for number in range(ROUNDS):
        fault = source.choice(["killed", "full disk", "corrupt", "none"])
        year = source.choice([2020, 2021, 2022])
        write_report(folder, year, text_of(year, cases=500 + number))
        report = folder / "reports" / str(year) / "shenwan.txt"
        sound = report.read_bytes()
        if fault == "corrupt":
            report.write_bytes(bytes(source.choices(range(256), k=400)))
        log = tmp_path / f"{number}.log"
        limit = source.randrange(500, 40_000) if fault == "full disk" else None
        process = context.Process(target=build, args=(str(folder), limit, str(log)))
        process.start()
        if fault == "killed":
            time.sleep(source.uniform(0.05, 3))
            process.kill()
        process.join(120)
        assert not process.is_alive()

        failed += process.exitcode != 0
        told += log.exists()
        if process.exitcode == 1:
            assert log.read_text(encoding="utf-8").strip()
        if fault == "none":
            assert process.exitcode == 0, log.read_text(encoding="utf-8")
        if fault == "corrupt":
            assert "shenwan.txt" in log.read_text(encoding="utf-8")
        with exclusive_build(folder):
            now = files(release)
        if now != held:
            assert all(check.passed for check in validate_release(release)), fault
            held = now
            renewed += 1
        report.write_bytes(sound)

    assert failed >= 5 and told >= 3 and renewed >= 3
    run_build(folder, console=Console(file=io.StringIO()))
    fresh = tmp_path / "fresh" / "data"
    for year in (2020, 2021, 2022):
        text = (folder / "reports" / str(year) / "shenwan.txt").read_text(encoding="utf-8")
        write_report(fresh, year, text)
    again = run_build(fresh, console=Console(file=io.StringIO()))
    assert files(fresh / again.release) == files(release)
    assert not list((folder / "releases").glob(".*.draft"))
