"""The command ``build`` from start to end: what it reports, and what it says where the disk is full."""

import errno
import json

import pytest
from click.testing import CliRunner

from shenwan_data.cli.main import main
from tests.pipeline.made_up import text_of, write_report


def run(*arguments: object):
    """The command with these arguments."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    for name in ("DAGSTER_HOME", "SHENWAN_ALERT_WEBHOOK", "SHENWAN_ALERT_SMTP"):
        monkeypatch.delenv(name, raising=False)
    write_report(tmp_path / "data", 2022, text_of(2022))
    return tmp_path / "data"


@pytest.mark.parametrize("where", ["readings", "tables"])
def test_a_full_disk_is_told_with_its_file_wherever_it_fills(where, tmp_path, monkeypatch):
    def full(*_given, **_options):
        raise OSError(errno.ENOSPC, "a sentence of the library")

    write_report(tmp_path, 2022, text_of(2022))
    if where == "tables":
        monkeypatch.setattr("pyarrow.parquet.write_table", full)
    else:
        monkeypatch.setattr("shenwan_data.files.os.fsync", full)

    result = run("build", "--data-dir", tmp_path)

    assert result.exit_code == 3
    assert ".build/" in result.stderr
    assert "No space left on device" in result.stderr
    assert "磁盘空间" in result.stderr
    assert "Traceback" not in result.output
    assert not list(tmp_path.rglob("*.tmp"))


def test_an_unchanged_build_reports_that_it_did_nothing(data_dir, tmp_path):
    report = tmp_path / "run.md"
    command = ["build", "--data-dir", str(data_dir), "--report", str(report)]

    first = CliRunner().invoke(main, [*command, "--log-format", "json"])
    text = report.read_text(encoding="utf-8")
    again = CliRunner().invoke(main, command)
    quiet = CliRunner().invoke(main, [*command, "--log-format", "json"])

    assert first.exit_code == 0, first.output
    lines = first.stderr.splitlines()
    assert all(line.startswith('{"time": ') for line in lines)
    assert any('"event": "ASSET_CHECK_EVALUATION"' in line for line in lines)
    assert "| reports 报告 | 1 |" in text
    assert "every_numeral_is_accounted_for" in text
    assert again.exit_code == 0
    assert "nothing was done" in report.read_text(encoding="utf-8")
    assert json.loads(quiet.stderr)["event"] == "NOTHING_CHANGED"


def test_a_full_disk_is_told_as_one_in_every_place(data_dir, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "/made/up")

    monkeypatch.setattr("assets.outputs.build_tables", lambda *_, **__: full())
    report = tmp_path / "run.md"
    command = ["build", "--data-dir", str(data_dir), "--report", str(report)]

    result = CliRunner().invoke(main, [*command, "--log-format", "json"])
    plain = CliRunner().invoke(main, command)

    assert result.exit_code == plain.exit_code == 3
    last = json.loads(result.stderr.splitlines()[-1])
    assert (last["level"], last["event"]) == ("error", "BUILD_FAILED")
    assert "/made/up: " in last["message"]
    assert "No space left on device" in last["message"]
    assert "what was there before is unchanged" in plain.stderr
    assert "Traceback" not in plain.stderr
    assert "已停止" in report.read_text(encoding="utf-8")
