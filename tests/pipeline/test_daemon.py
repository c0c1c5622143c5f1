"""The server by itself: a real daemon, its sensors and its schedule, on PostgreSQL, nobody at the UI."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from shenwan_data.release.validation import validate_release
from tests.pipeline.postgres_server import ROOT
from tests.servers import end, serve

SECONDS = 240
LOCATION = Path(__file__).with_name("struck_each_minute.py")
ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def wait_until(reached: Callable[[], bool], daemon: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS
    while not reached():
        said = log.read_text(encoding="utf-8", errors="replace")[-4000:]
        assert daemon.poll() is None, said
        assert time.monotonic() < until, said
        time.sleep(1)


@pytest.mark.slow
def test_a_daemon_left_alone_reads_releases_and_keeps_the_calendar(
    data_dir, server, tmp_path, monkeypatch
):
    workspace = tmp_path / "workspace.yaml"
    workspace.write_text(
        f"load_from:\n  - python_file:\n      relative_path: {json.dumps(str(LOCATION))}\n"
        f"      working_directory: {json.dumps(str(ROOT))}\n",
        encoding="utf-8",
    )
    log = tmp_path / "daemon.log"
    monkeypatch.setenv("SHENWAN_DATA_DIR", str(data_dir))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    command = [Path(sys.executable).with_name("dagster-daemon"), "run", "-w", workspace]
    with log.open("wb") as output:
        daemon = serve(command, output=output, folder=ROOT)
        try:
            with dg.DagsterInstance.get() as instance:

                def ended(job: str) -> list[dg.DagsterRun]:
                    return instance.get_runs(dg.RunsFilter(job_name=job, statuses=list(ENDED)))

                # The calendar may strike before the sensor asks for a release, which it then needs not.
                wait_until(
                    lambda: bool(
                        ended("read_years")
                        and ended("rebuild")
                        and list(data_dir.glob("releases/[0-9]*[0-9]"))
                    ),
                    daemon,
                    log,
                )
                runs = instance.get_runs(dg.RunsFilter(statuses=list(ENDED)))
                assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
                # Nobody has a report of last year in this folder; the calendar says who.
                (yearly, *_) = ended("rebuild")
                assert yearly.tags["dagster/schedule_name"] == "yearly_rebuild"
                assert yearly.tags["shenwan/no_report_yet"]
        finally:
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(60)
            finally:
                end(daemon)
    (release,) = (data_dir / "releases").glob("[0-9]*[0-9]")
    assert all(check.passed for check in validate_release(release))
    assert not list(data_dir.rglob("*.tmp"))
