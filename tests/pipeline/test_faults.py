"""Rebuilds with a fault in each: whatever happens, the release on disk is whole and no lock stays."""

import io
import multiprocessing as mp
import os
import random
import resource
import signal
import time
from collections import defaultdict
from pathlib import Path

import pytest
from rich.console import Console

from assets.launch import run_build
from shenwan_data.build_lock import exclusive_build
from shenwan_data.release.validation import validate_release
from tests.pipeline.made_up import text_of, write_report
from tests.pipeline.postgres_server import PROGRAMS, Server, running

FAULTS = ["none", "killed", "full disk", "corrupt"]
RESTARTED = "database restarted"
AWAY = "database away"
YEARS = (2021, 2022)
ROUNDS = 20
SECONDS = 120


def files(folder: Path) -> dict[str, bytes]:
    """Every file of the release."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def command(folder: str, log: str, limit: int, variables: dict[str, str]) -> None:
    """`shenwan-data build` in this process; a limit bounds the size of a file, as a full disk does."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.environ.update(variables)
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    from shenwan_data.cli.main import main

    main(["build", "--data-dir", folder])


def wait_for(log: Path, step: int, process: mp.process.BaseProcess) -> None:
    """Until the build has finished that many steps, or has ended."""
    until = time.monotonic() + SECONDS
    while process.is_alive() and time.monotonic() < until:
        if log.exists() and f"[{step}/" in log.read_text(encoding="utf-8", errors="replace"):
            return
        time.sleep(0.02)


@pytest.fixture
def database(tmp_path):
    """PostgreSQL that keeps the runs, and what a build needs to know of it."""
    if not PROGRAMS:
        pytest.fail("PostgreSQL is missing: apt-get install $(cat .ci/system-packages)")
    home = tmp_path / "home"
    home.mkdir()
    with running() as server:
        yield server, server.variables(home)


def faults_in_order(source: random.Random) -> list[str]:
    """What happens in each round."""
    kinds = [*FAULTS, RESTARTED]
    faults = [kinds[number % len(kinds)] for number in range(ROUNDS)]
    # Once: the storage waits long before it gives up.
    faults[0] = AWAY
    source.shuffle(faults)
    return faults


def attempt(
    process: mp.process.BaseProcess,
    fault: str,
    log: Path,
    source: random.Random,
    server: Server,
) -> int | None:
    """Let a build run into its fault; its exit code."""
    if fault == AWAY:
        server.stop()
    process.start()
    if fault == "killed":
        wait_for(log, source.randrange(1, 7), process)
        time.sleep(source.uniform(0, 0.5))
        process.kill()
    if fault == RESTARTED:
        wait_for(log, source.randrange(1, 6), process)
        server.stop()
        server.start()
    process.join(SECONDS)
    if fault == AWAY:
        server.start()
    return process.exitcode


def judge(fault: str, code: int | None, log: str) -> None:
    """A build ends as its fault asks for, and the log says what happened."""
    expected = {
        "none": (0,), "killed": (0, -signal.SIGKILL), "full disk": (0, 1, 3), "corrupt": (1,),
        RESTARTED: (0, 3), AWAY: (3,),
    }  # fmt: skip
    assert code in expected[fault], (fault, code, log)
    said = {
        "full disk": "File too large", "corrupt": "shenwan.txt",
        RESTARTED: "database of the instance failed", AWAY: "database of the instance failed",
    }  # fmt: skip
    if code:
        assert said.get(fault, "") in log, (fault, log)
    assert "Traceback" not in log, log


@pytest.mark.slow
def test_twenty_rebuilds_with_faults_leave_a_whole_release_each_time(tmp_path, database):
    server, variables = database
    source = random.Random(20)  # noqa: S311
    # A process for each build that finds its libraries imported: they are no part of what is tried.
    processes = mp.get_context("forkserver")
    processes.set_forkserver_preload(["assets.launch", "tests.pipeline.test_faults"])
    folder = tmp_path / "data"
    for year in YEARS:
        write_report(folder, year, text_of(year))
    release = folder / run_build(folder, console=Console(file=io.StringIO())).release
    held = files(release)
    ended: dict[str, list[int | None]] = defaultdict(list)
    renewed = 0

    for number, fault in enumerate(faults_in_order(source)):
        year = source.choice(YEARS)
        write_report(folder, year, text_of(year, cases=500 + number))
        report = folder / "reports" / str(year) / "shenwan.txt"
        sound = report.read_bytes()
        if fault == "corrupt":
            report.write_bytes(bytes(source.choices(range(256), k=400)))
        limit = source.randrange(500, 40_000) if fault == "full disk" else 0
        log = tmp_path / f"{number}.log"
        # The database keeps the runs of every fifth build, and of those that it fails.
        kept = variables if fault in (RESTARTED, AWAY) or number % 5 == 0 else {}
        process = processes.Process(target=command, args=(str(folder), str(log), limit, kept))
        code = attempt(process, fault, log, source, server)

        judge(fault, code, log.read_text(encoding="utf-8", errors="replace"))
        ended[fault].append(code)
        with exclusive_build(folder):
            now = files(release)
        if now != held:
            assert all(check.passed for check in validate_release(release)), fault
            held = now
            renewed += 1
        report.write_bytes(sound)

    assert renewed >= 3
    assert -signal.SIGKILL in ended["killed"]
    assert any(ended["full disk"])
    run_build(folder, console=Console(file=io.StringIO()))
    fresh = tmp_path / "fresh" / "data"
    for year in YEARS:
        text = (folder / "reports" / str(year) / "shenwan.txt").read_text(encoding="utf-8")
        write_report(fresh, year, text)
    again = run_build(fresh, console=Console(file=io.StringIO()))
    assert files(fresh / again.release) == files(release)
    assert not list((folder / "releases").glob(".*.draft"))
