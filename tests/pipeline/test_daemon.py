"""The server by itself: a real daemon, its sensors and its schedule, on PostgreSQL, nobody at the UI."""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml
from dagster._core.execution.backfill import BulkActionStatus

from assets.definitions import build_defs
from tests.pipeline.made_up import text_of, write_report
from tests.pipeline.postgres_server import ROOT
from tests.servers import end, serve

SECONDS = 900
YEARS = range(2021, 2026)
LOCATION = Path(__file__).with_name("struck_once.py")
DAEMON = Path(__file__).with_name("quick_daemon.py")
BackfillEnded = (
    BulkActionStatus.COMPLETED_SUCCESS,
    BulkActionStatus.COMPLETED_FAILED,
    BulkActionStatus.FAILED,
)
ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
# As the page of the UI sends it when somebody chooses years and *Materialize*.
BACKFILL = """
mutation LaunchPartitionBackfill($backfillParams: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $backfillParams) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}
"""


@dataclass(frozen=True)
class Watched:
    """A daemon at work and what it writes of it."""

    daemon: subprocess.Popen[bytes]
    log: Path
    instance: dg.DagsterInstance

    def wait_until(self, reached: Callable[[], object]) -> None:
        until = time.monotonic() + SECONDS
        while not reached():
            going_on = self.daemon.poll() is None and time.monotonic() < until
            assert going_on, self.log.read_text(encoding="utf-8", errors="replace")[-4000:]
            time.sleep(1)

    def ended(self) -> list[dg.DagsterRun]:
        return list(self.instance.get_runs(dg.RunsFilter(statuses=list(ENDED))))

    def failures(self) -> list[str]:
        """What is recorded of every run that failed."""
        return [
            f"{run.job_name}, {entry.user_message or entry.message}: {entry.dagster_event}"
            for run in self.ended()
            if run.status is not dg.DagsterRunStatus.SUCCESS
            for entry in self.instance.all_logs(run.run_id)
            if entry.level >= logging.ERROR
            or (entry.is_dagster_event and entry.get_dagster_event().is_failure)
        ]

    def is_made(self, after: float) -> bool:
        """Whether the release was made after a moment, and nothing is going on."""
        event = self.instance.get_latest_materialization_event(dg.AssetKey("site"))
        idle = len(self.ended()) == len(self.instance.get_runs())
        return event is not None and event.timestamp > after and idle

    def version(self, source: str, year: str | None) -> tuple[str, float]:
        """The data version that was recorded last of a source, and when."""
        key = dg.AssetKey(source)
        record = self.instance.get_latest_data_version_record(key, partition_key=year)
        if record is None:
            return "", 0.0
        return record.asset_observation.tags["dagster/data_version"], record.timestamp

    def looked(self, since: float, until: float) -> int:
        """How often the sensor of files has begun to look in a stretch of time."""
        states = self.instance.all_instigator_state()
        (state,) = (one for one in states if one.instigator_name == "report_files")
        ticks = self.instance.get_ticks(
            state.instigator_origin_id, state.selector_id, after=since, before=until
        )
        return len(ticks)

    def edit(self, source: str, year: str | None, edit: Callable[[], object]) -> float:
        """Edit something, and wait until it is a new version; when it was recorded."""
        before, _ = self.version(source, year)
        at = time.time()
        edit()
        self.wait_until(lambda: self.version(source, year)[0] != before)
        _, seen = self.version(source, year)
        assert self.looked(at, seen) <= 2
        return seen

    def backfill(self, workspace: Path, keys: list[dg.AssetKey]) -> None:
        """Ask for all years of some assets, as the UI does, and wait for a good end."""
        given = {
            "partitionNames": [str(year) for year in YEARS],
            "assetSelection": [{"path": list(key.path)} for key in keys],
            "fromFailure": False,
            "tags": [{"key": "dagster/from_ui", "value": "true"}],
        }
        program = Path(sys.executable).with_name("dagster-graphql")
        variables = json.dumps({"backfillParams": given})
        done = subprocess.run(
            [program, "-w", workspace, "-t", BACKFILL, "-v", variables],
            cwd=workspace.parent,
            capture_output=True,
            text=True,
            check=True,
        )
        said = json.JSONDecoder().raw_decode(done.stdout[done.stdout.index("{") :])[0]
        answer = said["data"]["launchPartitionBackfill"]
        assert answer["__typename"] == "LaunchBackfillSuccess", answer

        def status() -> BulkActionStatus:
            return self.instance.get_backfill(answer["backfillId"]).status

        self.wait_until(lambda: status() in BackfillEnded)
        assert status() is BulkActionStatus.COMPLETED_SUCCESS


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, path
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def edits(
    data_dir: Path, checkout: Path, drop: Path
) -> list[tuple[str, str | None, Callable[[], object]]]:
    """An edit of each kind of input, with the source that it is a new version of."""
    text = text_of(2025, cases=7)
    write_report(drop, 2025, text)
    correction = {
        "report": "shenwan-2025", "quote": "7宗", "start": text.index("7宗"), "action": "set",
        "to": {"value": 8}, "who": "数据员", "when": "2026-03-01", "why": "漏计一宗",
        "expect": {"value": 7},
    }  # fmt: skip

    def report() -> None:
        for file in (drop / "reports" / "2025").iterdir():
            file.replace(data_dir / "reports" / "2025" / file.name)

    def correct() -> None:
        path = data_dir / "corrections" / "2025.yaml"
        path.parent.mkdir()
        path.write_text(yaml.safe_dump([correction], allow_unicode=True), encoding="utf-8")

    schemas, templates = checkout / "schemas", checkout / "shenwan_data" / "release" / "templates"
    catalogue = schemas / "indicators" / "enforcement.yaml"
    return [
        ("settings", None, lambda: replaced(data_dir / "release.yaml", "法治政府", "法治（改）")),
        ("settings", None, lambda: replaced(templates / "release.md.j2", "版本 /", "版本（改） /")),
        ("files_of_a_year", "2025", report),
        ("files_of_a_year", "2025", correct),
        (
            "files_of_a_year",
            "2021",
            lambda: replaced(catalogue, "Administrative penalty cases", "Edited cases"),
        ),
        (
            "files_of_a_year",
            "2021",
            lambda: replaced(schemas / "lexicon" / "acts.yaml", "\n", "\n# edited\n"),
        ),
    ]


@pytest.mark.slow
def test_a_daemon_left_alone_follows_every_edit_and_backfills(server, tmp_path, monkeypatch):
    data_dir = tmp_path / "data"
    for year in YEARS:
        write_report(data_dir, year, text_of(year))
    # A checkout of its own, whose templates and catalogue can be edited.
    checkout = tmp_path / "checkout"
    for name in ("shenwan_data", "assets", "schemas"):
        shutil.copytree(ROOT / name, checkout / name)
    workspace = tmp_path / "workspace.yaml"
    workspace.write_text(
        f"load_from:\n  - python_file:\n      relative_path: {json.dumps(str(LOCATION))}\n"
        f"      working_directory: {json.dumps(str(checkout))}\n",
        encoding="utf-8",
    )
    home = Path(os.environ["DAGSTER_HOME"])
    replaced(home / "dagster.yaml", "config:\n", "config:\n    dequeue_interval_seconds: 2\n")
    log = tmp_path / "daemon.log"
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    monkeypatch.setenv("SHENWAN_DATA_DIR", str(data_dir))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    # A busy machine is no fault.
    monkeypatch.setenv("DAGSTER_GRPC_TIMEOUT_SECONDS", "300")
    soon = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=1, seconds=30)
    monkeypatch.setenv("MADE_UP_CALENDAR", f"{soon.minute} {soon.hour} * * *")
    readings = list(build_defs().resolve_job_def("read_years").asset_layer.executable_asset_keys)
    everything = list(build_defs().resolve_job_def("rebuild").asset_layer.executable_asset_keys)
    with log.open("wb") as output:
        command = [sys.executable, DAEMON, "run", "-w", workspace]
        daemon = serve(command, output=output, folder=checkout)
        try:
            with dg.DagsterInstance.get() as instance:
                watched = Watched(daemon, log, instance)
                watched.wait_until(lambda: watched.is_made(0))
                for source, year, edit in edits(data_dir, checkout, tmp_path / "drop"):
                    seen = watched.edit(source, year, edit)
                watched.wait_until(lambda: watched.is_made(seen))
                # Nothing is due: what a person asks for is done all the same.
                watched.backfill(workspace, readings)
                watched.backfill(workspace, everything)
                # The calendar has struck meanwhile.
                watched.wait_until(lambda: watched.is_made(0))
                (yearly,) = (run for run in watched.ended() if run.job_name == "rebuild")
                assert yearly.tags["dagster/schedule_name"] == "yearly_rebuild"
                assert watched.failures() == []
        finally:
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(60)
            finally:
                end(daemon)
    (release,) = (data_dir / "releases").glob("[0-9]*[0-9]")
    # By the edited catalogue: the checkout's own command.
    command = [sys.executable, "-m", "shenwan_data", "validate", release, "-q"]
    judged = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert "版本（改）" in (release / "README.md").read_text("utf-8")
    assert "法治（改）" in (release / "datapackage.json").read_text("utf-8")
    tables = "".join(path.read_text("utf-8") for path in release.rglob("*.csv"))
    assert "漏计一宗" in tables and "Edited cases" in tables
    assert not list(data_dir.rglob("*.tmp"))
