"""What keeps a machine from building is found and said; alerts go where they are told to."""

import socketserver
import threading

import pytest
from click.testing import CliRunner

from shenwan_data.alerts import Channels, channels, send
from shenwan_data.build_record import exclusive_build
from shenwan_data.cli import main
from shenwan_data.doctor import examine
from shenwan_data.errors import Text, UsageError
from tests.pipeline.made_up import text_of, write_report


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    for name in ("DAGSTER_HOME", "SHENWAN_ALERT_WEBHOOK", "SHENWAN_ALERT_SMTP"):
        monkeypatch.delenv(name, raising=False)
    write_report(tmp_path / "data", 2022, text_of(2022))
    return tmp_path / "data"


def states(found):
    return {one.name: one.state for one in found}


def test_a_sound_machine_passes(data_dir):
    told = CliRunner().invoke(main, ["doctor", "--data-dir", str(data_dir)])

    assert told.exit_code == 0, told.output
    assert "FAIL" not in told.output


def test_a_town_without_a_name_is_told(data_dir):
    write_report(data_dir, 2022, text_of(2022))
    for path in (data_dir / "reports" / "2022").iterdir():
        path.rename(path.with_stem("shenwam"))

    told = CliRunner().invoke(main, ["doctor", "--data-dir", str(data_dir)])

    assert told.exit_code == 0, told.output
    assert "area 地区 shenwam" in told.output
    assert "areas.csv" in told.output


def test_each_fault_is_found_by_itself_with_a_way_out(data_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("SHENWAN_ALERT_SMTP", "mail.example")

    with exclusive_build(data_dir):
        found = examine(data_dir)

    bad = [one for one in found if one.state == "FAIL"]
    assert len(bad) == 3
    assert all(one.remedy and one.remedy.zh and one.remedy.en for one in bad)
    assert states(found)["python"] == "ok"


def test_an_instance_that_does_not_answer_fails_the_doctor(data_dir, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("storage: {nothing: {}}\n", encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(home))

    told = CliRunner().invoke(main, ["doctor", "--data-dir", str(data_dir)])

    assert told.exit_code == 1
    assert "dagster.yaml" in told.output


def test_half_of_a_mail_is_refused():
    with pytest.raises(UsageError, match="go together"):
        channels({"SHENWAN_ALERT_SMTP": "mail.example:25"})
    with pytest.raises(UsageError, match="not an http"):
        channels({"SHENWAN_ALERT_WEBHOOK": "file:///etc/passwd"})
    assert channels({}) == Channels()


def test_a_channel_that_fails_does_not_keep_the_alert_from_the_others(caplog):
    came = []

    class Mail(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 made-up\r\n")
            body = False
            for line in self.rfile:
                came.append(line)
                if body:
                    if line == b".\r\n":
                        body = False
                        self.wfile.write(b"250 ok\r\n")
                    continue
                if line.upper().startswith(b"QUIT"):
                    self.wfile.write(b"221 bye\r\n")
                    return
                body = line.upper().startswith(b"DATA")
                self.wfile.write(b"354 go on\r\n" if body else b"250 ok\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Mail) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        port = server.server_address[1]
        to = Channels("http://127.0.0.1:9/", f"127.0.0.1:{port}", "a@b.example", ("c@d.example",))
        failed = send(to, Text("构建失败", "the build has failed"), "because")

    assert failed == ("webhook",)
    assert any(b"c@d.example" in line for line in came)
    assert "the build has failed" in caplog.text


def test_an_unchanged_build_reports_that_it_did_nothing(data_dir, tmp_path):
    report = tmp_path / "run.md"
    command = ["build", "--data-dir", str(data_dir), "--report", str(report)]

    first = CliRunner().invoke(main, [*command, "--log-format", "json"])
    told = report.read_text(encoding="utf-8")
    again = CliRunner().invoke(main, command)

    assert first.exit_code == 0, first.output
    lines = first.stderr.splitlines()
    assert all(line.startswith('{"time": ') for line in lines)
    assert any('"event": "ASSET_CHECK_EVALUATION"' in line for line in lines)
    assert "| reports 报告 | 1 |" in told
    assert "every_numeral_is_accounted_for" in told
    assert again.exit_code == 0
    assert "nothing was done" in report.read_text(encoding="utf-8")
