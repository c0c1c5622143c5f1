"""The server by itself: a real daemon, its sensors and its schedule, on PostgreSQL, nobody at the UI."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml
from dagster._core.execution.backfill import BulkActionStatus

from shenwan_data.release.validation import validate_release
from tests.pipeline.made_up import text_of, write_report
from tests.pipeline.postgres_server import ROOT
from tests.servers import end, serve

SECONDS = 400
LOCATION = Path(__file__).with_name("struck_once.py")
BackfillEnded = (
    BulkActionStatus.COMPLETED_SUCCESS,
    BulkActionStatus.COMPLETED_FAILED,
    BulkActionStatus.FAILED,
)
ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def wait_until(reached: Callable[[], bool], daemon: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS
    while not reached():
        said = log.read_text(encoding="utf-8", errors="replace")[-4000:]
        assert daemon.poll() is None, said
        assert time.monotonic() < until, said
        time.sleep(1)


BACKFILL = """
mutation($years: [String!]!, $assets: [AssetKeyInput!]!) {
  launchPartitionBackfill(backfillParams: {partitionNames: $years, assetSelection: $assets}) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}
"""
YEARLY = [{"path": [name]} for name in ("reports", "figures", "findings", "observations")]


def ask_for_a_backfill(workspace: Path, years: list[str]) -> str:
    """What the UI sends when somebody chooses years and *Materialize*; the id of the backfill."""
    program = Path(sys.executable).with_name("dagster-graphql")
    given = json.dumps({"years": years, "assets": YEARLY})
    done = subprocess.run(
        [program, "-w", workspace, "-t", BACKFILL, "-v", given],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    printed = done.stdout[done.stdout.index("{") :]
    answer = json.JSONDecoder().raw_decode(printed)[0]["data"]["launchPartitionBackfill"]
    assert answer["__typename"] == "LaunchBackfillSuccess", answer
    return str(answer["backfillId"])


def edits(data_dir: Path, schemas: Path) -> Iterator[tuple[Callable[[], object], ...]]:
    """An edit of each kind of input; those that are followed in the same way go together."""
    text = text_of(2022, cases=7)
    correction = {
        "report": "shenwan-2022", "quote": "7宗", "start": text.index("7宗"), "action": "set",
        "to": {"value": 8}, "who": "数据员", "when": "2023-03-01", "why": "漏计一宗",
        "expect": {"value": 7},
    }  # fmt: skip
    corrections = data_dir / "corrections" / "2022.yaml"

    def correct() -> None:
        corrections.parent.mkdir()
        corrections.write_text(yaml.safe_dump([correction], allow_unicode=True), encoding="utf-8")

    def add_a_line(path: Path) -> None:
        path.write_text(path.read_text(encoding="utf-8") + "# made up\n", encoding="utf-8")

    yield lambda: write_report(data_dir, 2022, text), correct
    yield (
        lambda: add_a_line(schemas / "lexicon" / "acts.yaml"),
        lambda: add_a_line(data_dir / "release.yaml"),
    )


@pytest.mark.slow
def test_a_daemon_left_alone_follows_every_edit_and_backfills(
    data_dir, server, tmp_path, monkeypatch
):
    workspace = tmp_path / "workspace.yaml"
    workspace.write_text(
        f"load_from:\n  - python_file:\n      relative_path: {json.dumps(str(LOCATION))}\n"
        f"      working_directory: {json.dumps(str(ROOT))}\n",
        encoding="utf-8",
    )
    schemas = Path(shutil.copytree(ROOT / "schemas", tmp_path / "schemas"))
    log = tmp_path / "daemon.log"
    monkeypatch.setenv("SHENWAN_DATA_DIR", str(data_dir))
    monkeypatch.setenv("SHENWAN_SCHEMAS_DIR", str(schemas))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    soon = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=1, seconds=30)
    monkeypatch.setenv("MADE_UP_CALENDAR", f"{soon.minute} {soon.hour} * * *")
    command = [Path(sys.executable).with_name("dagster-daemon"), "run", "-w", workspace]
    with log.open("wb") as output:
        daemon = serve(command, output=output, folder=ROOT)
        try:
            with dg.DagsterInstance.get() as instance:

                def ended() -> list[dg.DagsterRun]:
                    return list(instance.get_runs(dg.RunsFilter(statuses=list(ENDED))))

                def idle() -> bool:
                    return len(ended()) == len(instance.get_runs())

                def made() -> int:
                    """When the release was made last."""
                    event = instance.get_latest_materialization_event(dg.AssetKey("site"))
                    return event.timestamp if event else 0

                def is_made(after: int) -> Callable[[], bool]:
                    return lambda: made() > after and idle()

                wait_until(is_made(0), daemon, log)
                wait_until(
                    lambda: any(run.job_name == "rebuild" for run in ended()) and idle(),
                    daemon,
                    log,
                )
                # Nobody has a report of last year in this folder; the calendar says who.
                (yearly,) = (run for run in ended() if run.job_name == "rebuild")
                assert yearly.tags["dagster/schedule_name"] == "yearly_rebuild"
                assert yearly.tags["shenwan/no_report_yet"]
                for together in edits(data_dir, schemas):
                    before = made()
                    for edit in together:
                        edit()
                    wait_until(is_made(before), daemon, log)
                asked = ask_for_a_backfill(workspace, ["2021", "2022"])

                def is_done() -> bool:
                    return instance.get_backfill(asked).status in BackfillEnded

                wait_until(is_done, daemon, log)
                assert instance.get_backfill(asked).status is BulkActionStatus.COMPLETED_SUCCESS
                assert {run.status for run in ended()} == {dg.DagsterRunStatus.SUCCESS}
        finally:
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(60)
            finally:
                end(daemon)
    (release,) = (data_dir / "releases").glob("[0-9]*[0-9]")
    assert all(check.passed for check in validate_release(release))
    assert "漏计一宗" in (release / "evidence" / "revisions.csv").read_text("utf-8")
    assert not list(data_dir.rglob("*.tmp"))
