"""Whatever goes wrong in a build: one message, an exit code, a free lock and the previous release."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from assets.launch import outside_error
from shenwan_data.build_lock import exclusive_build, time_limit
from shenwan_data.cli.main import main
from shenwan_data.errors import MachineError, UsageError
from tests.pipeline.made_up import text_of, write_report

ROOT = Path(__file__).resolve().parents[2]
# What each step of the job calls, in their order.
STEPS = {
    "reports": "assets.readings.read_report",
    "figures": "assets.readings.extract",
    "indicators": "assets.readings.complete",
    "tables": "assets.outputs.build_tables",
    "packages": "assets.outputs.write_as_due",
    "site": "assets.outputs.build_site",
}
FAULTS = {
    "mistake": (KeyError("2026"), "KeyError: '2026'"),
    "full disk": (OSError(errno.ENOSPC, "a library's word", "/made/up"), "No space left on device"),
    "no permission": (PermissionError(errno.EACCES, "x", "/made/up"), "Permission denied"),
}


def build(folder):
    return CliRunner().invoke(main, ["build", "--data-dir", str(folder)])


def release_of(folder):
    """The files of the release, without the site."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted((folder / "releases" / "1.0.0").rglob("*"))
        if path.is_file()
    }


def test_the_steps_are_those_of_the_job():
    from assets.definitions import build_defs

    job = build_defs().resolve_job_def("rebuild")
    assert {node.name for node in job.graph.node_defs} == set(STEPS)


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        *((step, "mistake") for step in STEPS),
        ("reports", "no permission"),
        ("tables", "full disk"),
        ("site", "full disk"),
    ],
)
def test_a_step_that_fails_ends_the_build_with_one_message(
    built, monkeypatch, tmp_path, step, fault
):
    before = release_of(built)
    alerts = []
    monkeypatch.setenv("SHENWAN_ALERT_WEBHOOK", "http://127.0.0.1:9/")
    monkeypatch.setattr("shenwan_data.alerts._post", lambda _, __, body: alerts.append(body))
    report = tmp_path / "run.md"
    write_report(built, 2022, text_of(2022, cases=999))
    error, said = FAULTS[fault]

    def fail(*_, **__):
        # As libraries do: the error goes back to another one and that to it.
        try:
            raise RuntimeError("inner") from error
        except RuntimeError as inner:
            error.__context__ = inner
            raise error from None

    monkeypatch.setattr(STEPS[step], fail)

    ended = CliRunner().invoke(main, ["build", "--data-dir", str(built), "--report", str(report)])

    assert ended.exit_code == 3, ended.output
    assert said in ended.stderr and said in report.read_text("utf-8")
    assert len(alerts) == 1 and said in alerts[0]
    message = [line for line in ended.stderr.splitlines() if not line.startswith("[")]
    assert 2 <= len(message) <= 4, message
    assert any("\u4e00" <= char <= "\u9fff" for char in "".join(message))
    assert "Traceback" not in ended.output
    with exclusive_build(built):
        pass
    if step != "site":
        assert release_of(built) == before
    if fault == "mistake":
        # Where it went wrong is kept for those who look after the program.
        details = built / ".build" / "error.txt"
        assert str(details) in ended.stderr
        assert "KeyError" in details.read_text(encoding="utf-8")


@pytest.mark.parametrize("step", ["figures", "site"])
def test_a_step_that_never_ends_is_ended(built, monkeypatch, step, tmp_path):
    before = release_of(built)
    write_report(built, 2022, text_of(2022, cases=999))
    monkeypatch.setenv("SHENWAN_BUILD_MINUTES", "0.08")
    monkeypatch.setattr(STEPS[step], lambda *_, **__: time.sleep(60))
    report = tmp_path / "run.md"

    ended = CliRunner().invoke(main, ["build", "--data-dir", str(built), "--report", str(report)])

    assert ended.exit_code == 3, ended.output
    assert "the build took more than 0.08 minutes" in ended.stderr
    assert "已停止" in ended.stderr and "Traceback" not in ended.output
    assert "took more than" in report.read_text("utf-8")
    with exclusive_build(built):
        pass
    if step != "site":
        assert release_of(built) == before


STUBBORN = """
import sys, time
import shenwan_data.build_lock as build_lock
import assets.outputs
build_lock._GRACE = build_lock._BEAT = 0.5
def stubborn(*_, **__):
    while True:
        try:
            time.sleep(60)
        except Exception:
            pass
assets.outputs.build_tables = stubborn
from shenwan_data.cli.main import main
from shenwan_data.errors import UsageError
main(["build", "--data-dir", sys.argv[1], "--report", sys.argv[2]])
"""


@pytest.mark.slow
def test_a_step_that_takes_no_notice_is_ended_with_the_process(built, tmp_path):
    write_report(built, 2022, text_of(2022, cases=999))
    report = tmp_path / "run.md"
    command = [sys.executable, "-c", STUBBORN, str(built), str(report)]
    variables = {**os.environ, "SHENWAN_BUILD_MINUTES": "0.05"}

    ended = subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120, check=False
    )

    assert ended.returncode == 3, ended.stderr
    assert "the build took more than 0.05 minutes" in ended.stderr
    assert "took more than" in report.read_text("utf-8")
    with exclusive_build(built):
        pass


def test_what_a_library_makes_of_the_limit_does_not_hide_it():
    def library() -> None:
        try:
            time.sleep(5)
        except MachineError as error:
            raise ValueError("the file is not valid") from error

    def limited() -> None:
        with time_limit(0.001, lambda _: None):
            library()

    with pytest.raises(MachineError, match=r"more than 0\.001 minutes"):
        limited()


@pytest.mark.parametrize("given", ["x", "0", "-1", "inf", "nan"])
def test_a_limit_that_is_no_number_of_minutes_is_wrong_use(built, monkeypatch, given):
    monkeypatch.setenv("SHENWAN_BUILD_MINUTES", given)
    ended = CliRunner().invoke(main, ["build", "--data-dir", str(built), "--force"])
    assert ended.exit_code == 2
    assert "SHENWAN_BUILD_MINUTES" in ended.stderr


def test_a_build_that_waits_is_told_since_when_and_whether_the_other_lives(built):
    lock = built / ".build" / "lock"
    with exclusive_build(built):
        until = time.monotonic() + 10
        while not lock.read_text() and time.monotonic() < until:
            time.sleep(0.02)
        with pytest.raises(UsageError, match=rf"process {os.getpid()}, last sign of life \d s ago"):
            exclusive_build(built).__enter__()
        held = json.loads(lock.read_text())
        assert held["since"] in refusal(built)
        lock.write_text(json.dumps(held | {"beat": held["beat"] - 900}))
        assert re.search(r"no sign of life for 90\d s", refusal(built))
        lock.write_text("not JSON")
        assert "is running" in refusal(built)
    assert lock.read_text() == ""
    with exclusive_build(built):
        pass


def refusal(folder):
    """The error of a second build."""
    with pytest.raises(UsageError) as refused:
        exclusive_build(folder).__enter__()
    return str(refused.value)


def test_an_error_that_goes_back_to_itself_has_an_end():
    first, second = KeyError("a"), ValueError("b")
    first.__cause__, second.__context__ = second, first
    assert outside_error(first) is None
    second.__context__ = OSError(errno.ENOSPC, "full")
    assert outside_error(first).exit_code == 3


def test_a_row_that_breaks_its_schema_fails_the_check_of_its_table(built, tmp_path, monkeypatch):
    from shenwan_data.release import tables

    before = release_of(built)
    write_report(built, 2022, text_of(2022, cases=999))
    real = tables.areas_rows
    monkeypatch.setattr(tables, "areas_rows", lambda *given: [*real(*given)] * 2)
    report = tmp_path / "run.md"

    command = ["build", "--data-dir", str(built), "--report", str(report)]
    ended = CliRunner().invoke(main, command)

    assert ended.exit_code == 1
    assert "check tables/areas: keeps_its_schema" in ended.stderr
    assert "occurs twice" in ended.stderr
    assert release_of(built) == before
    # It is a check that failed, in the record of the run too, and the other tables passed theirs.
    lines = report.read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| keeps_its_schema")]
    assert len(rows) == 13
    assert [row for row in rows if "error 未通过" in row and "tables/areas" in row]
    assert sum("passed 通过" in row for row in rows) == 12


def conflict(folder, year, area):
    """A report with two different numbers of one indicator."""
    again = f"全年立案查处行政处罚案件{year}宗。\n全年立案查处行政处罚案件{year + 1}宗。\n二、普法"
    text = text_of(year).replace("神湾镇", "测试镇").replace("二、普法", again)
    (folder / "reports" / str(year) / f"{area}.txt").write_text(text, encoding="utf-8")


def test_what_keeps_reports_back_is_shown_for_all_of_them_at_once(built):
    before = release_of(built)
    for year, area in ((2021, "aaa"), (2022, "bbb")):
        conflict(built, year, area)
    (built / "reports" / "2022" / "ccc.txt").write_bytes(b"\x00\x01\x02")

    ended = build(built)

    assert ended.exit_code == 1, ended.output
    for name in ("2021/aaa.txt", "2022/bbb.txt", "2022/ccc.txt"):
        assert name in ended.stderr
    for words in ("2021宗", "2022宗", "2023宗", "action: assign", "corrections/2021.yaml"):
        assert words in ended.stderr
    assert "every_figure_is_decided" in ended.stderr
    assert "every_file_can_be_read" in ended.stderr
    # Nobody was named and no numeral lost: no other check fails with it.
    assert "nobody_is_named" not in ended.stderr
    assert "every_numeral_is_accounted_for" not in ended.stderr
    assert release_of(built) == before
    # The other reports of those years have been read all the same.
    for year in (2021, 2022):
        lines = (built / ".build" / "observations" / f"{year}.jsonl").read_text("utf-8")
        assert f'"shenwan-{year}"' in lines
    assert '"ccc-2022" ' not in lines
    # Asked again with nothing changed, it says the same.
    again = build(built)
    assert again.exit_code == 1
    assert "2021/aaa.txt" in again.stderr
    # Undoing the edits clears it.
    for path in (*built.rglob("aaa.txt"), *built.rglob("bbb.txt"), *built.rglob("ccc.txt")):
        path.unlink()
    assert build(built).exit_code == 0


def test_a_conflict_is_decided_by_the_entry_that_the_message_gives(built):
    conflict(built, 2022, "bbb")
    said = build(built).stderr
    start = said.index("- report: bbb-2022")
    lines = said[start:].splitlines()
    entry = [lines[0], *(line for line in lines[1:12] if line.startswith("  ") and "#" not in line)]
    (decision,) = yaml.safe_load("\n".join(entry[:12]).split("\n     ")[0])
    decision |= {"who": "数据员", "when": "2023-03-01", "why": "已核实"}
    path = built / "corrections" / "2022.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump([decision], allow_unicode=True), encoding="utf-8")

    ended = build(built)

    assert ended.exit_code == 0, ended.stderr


@pytest.mark.parametrize("kind", ["missing", "relative", "a file", "broken"])
def test_a_wrong_dagster_home_is_one_message(built, monkeypatch, tmp_path, kind):
    home = tmp_path / "home"
    if kind == "a file":
        home.touch()
    elif kind == "broken":
        home.mkdir()
        (home / "dagster.yaml").write_text("storage: [[[\n")
    monkeypatch.setenv("DAGSTER_HOME", "home" if kind == "relative" else str(home))
    (built / "releases" / "1.0.0" / "README.md").unlink()

    ended = build(built)

    assert ended.exit_code == 2, ended.output
    assert ended.stderr.startswith("DAGSTER_HOME: this instance cannot be used")
    assert "Traceback" not in ended.output


def test_a_name_in_another_encoding_is_one_message_and_in_the_report(built, tmp_path):
    odd = built / "reports" / "2022" / os.fsdecode("报告.txt".encode("gbk"))
    odd.write_text("x")
    report = tmp_path / "run.md"

    ended = CliRunner().invoke(main, ["build", "--data-dir", str(built), "--report", str(report)])

    assert ended.exit_code == 1, ended.output
    assert "\\udcb1" in ended.stderr and "\\udcb1" in report.read_text("utf-8")
    assert "Traceback" not in ended.output


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_is_one_line_and_leaves_the_release(built, number):
    before = release_of(built)
    write_report(built, 2022, text_of(2022, cases=999))
    command = [sys.executable, "-m", "shenwan_data", "build", "--data-dir", str(built)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        # In the middle of a step, where Dagster has taken over the signal.
        while "[1/" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(0.1)
        process.send_signal(number)
        _, rest = process.communicate(timeout=120)

    assert process.returncode == 130, rest
    lines = [line for line in rest.splitlines() if not line.startswith("[")]
    assert len(lines) == 1, rest
    assert "Interrupted" in lines[0] and "已中断" in lines[0]
    assert release_of(built) == before
    with exclusive_build(built):
        pass
    assert build(built).exit_code == 0
