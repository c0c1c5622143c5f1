"""The doctor finds and names what keeps a machine from building; alerts reach the configured channels."""

import socketserver
import threading
import time
from importlib import metadata
from importlib.metadata import PackageNotFoundError

import pytest
from click.testing import CliRunner

from shenwan_data.alerts import Channels, channels, send
from shenwan_data.build_lock import exclusive_build
from shenwan_data.cli.main import main
from shenwan_data.doctor import examine
from shenwan_data.errors import Text, UsageError
from shenwan_data.publish.credentials import Credentials
from shenwan_data.publish.http import Retries
from shenwan_data.publish.targets import Address, needed_credentials, open_target
from tests.pipeline.made_up import text_of, write_report


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    for name in ("DAGSTER_HOME", "SHENWAN_ALERT_WEBHOOK", "SHENWAN_ALERT_SMTP", "SHENWAN_TARGETS"):
        monkeypatch.delenv(name, raising=False)
    write_report(tmp_path / "data", 2022, text_of(2022))
    return tmp_path / "data"


def states(found):
    return {one.name: one.state for one in found}


def test_a_sound_machine_passes(data_dir):
    result = CliRunner().invoke(main, ["doctor", "--data-dir", str(data_dir)])

    assert result.exit_code == 0, result.output
    assert "FAIL" not in result.output


def test_a_town_without_a_name_is_told(data_dir):
    write_report(data_dir, 2022, text_of(2022))
    for path in (data_dir / "reports" / "2022").iterdir():
        path.rename(path.with_stem("shenwam"))

    result = CliRunner().invoke(main, ["doctor", "--data-dir", str(data_dir)])

    assert result.exit_code == 0, result.output
    assert "area 地区 shenwam" in result.output
    assert "areas.csv" in result.output


def test_each_fault_is_found_by_itself_with_a_way_out(data_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("SHENWAN_ALERT_SMTP", "mail.example")

    with exclusive_build(data_dir):
        found = examine(data_dir)

    bad = [one for one in found if one.state == "FAIL"]
    assert len(bad) == 3
    assert all(one.remedy and one.remedy.zh and one.remedy.en for one in bad)
    assert states(found)["python"] == "ok"


TARGETS = """targets:
  town-portal: {type: ckan, url: https://data.example.org, organization: made-up}
  storage: {type: s3, bucket: open}
  intranet: {type: sftp, host: drop.example.org, path: /in, key_file: /made/up}
  shared: {type: folder, path: /srv/open}
"""


def test_targets_without_their_credentials_are_found(data_dir, tmp_path, monkeypatch):
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS, encoding="utf-8")
    monkeypatch.setenv("SHENWAN_TARGETS", str(file))
    monkeypatch.setenv("SHENWAN_CREDENTIALS", str(tmp_path / "none.yaml"))
    monkeypatch.setenv("SHENWAN_STORAGE_KEY_ID", "a-key")
    monkeypatch.setenv("SHENWAN_INTRANET_USER", "a-user")

    said = {one.name.split()[-1]: one for one in examine(data_dir) if "target" in one.name}

    assert {name: one.state for name, one in said.items()} == {
        "town-portal": "FAIL", "storage": "FAIL", "intranet": "ok", "shared": "ok",
    }  # fmt: skip
    assert "SHENWAN_TOWN_PORTAL_TOKEN" in said["town-portal"].remedy.en
    assert "SHENWAN_STORAGE_SECRET" in said["storage"].remedy.zh

    file.write_text("targets: {here: {type: nowhere}}", encoding="utf-8")
    (wrong,) = (one for one in examine(data_dir) if one.state == "FAIL")
    assert wrong.name == str(file)


@pytest.mark.parametrize("kind", ["ckan", "sftp", "webdav"])
def test_the_doctor_asks_for_what_a_target_asks_for(kind, tmp_path):
    known = tmp_path / "known_hosts"
    known.touch()
    options = {
        "ckan": {"url": "https://data.example.org", "organization": "made-up"},
        "sftp": {"host": "drop.example.org", "path": "/in", "known_hosts": str(known)},
        "webdav": {"address": "https://cloud.example.org/"},
    }[kind]
    address = Address("here", kind, options, Retries())
    given = dict.fromkeys(needed_credentials(address), "made-up")

    open_target(address, Credentials("here", given))
    for field in given:
        rest = {name: value for name, value in given.items() if name != field}
        with pytest.raises(UsageError, match="missing"):
            open_target(address, Credentials("here", rest))


def test_other_versions_than_the_locked_and_missing_libraries_are_told(data_dir, monkeypatch):
    def version(name):
        if name == "pdfplumber":
            raise PackageNotFoundError(name)
        return "0.1" if name == "pyarrow" else metadata.version(name)

    monkeypatch.setattr("shenwan_data.doctor.version", version)
    monkeypatch.setattr("sys.version_info", (3, 9, 1))

    found = states(examine(data_dir))

    assert (found["python"], found["pdfplumber"], found["pyarrow"]) == ("FAIL", "FAIL", "warn")
    assert found["pandas"] == "ok"


def test_an_instance_that_does_not_answer_fails_the_doctor(data_dir, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("storage: {nothing: {}}\n", encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(home))

    result = CliRunner().invoke(main, ["doctor", "--data-dir", str(data_dir)])

    assert result.exit_code == 1
    assert "dagster.yaml" in result.output


def test_half_of_a_mail_is_refused():
    with pytest.raises(UsageError, match="go together"):
        channels({"SHENWAN_ALERT_SMTP": "mail.example:25"})
    with pytest.raises(UsageError, match="not an http"):
        channels({"SHENWAN_ALERT_WEBHOOK": "file:///etc/passwd"})
    assert channels({}) == Channels()


@pytest.mark.parametrize("webhook", ["http://127.0.0.1:notaport/", "http://127.0.0.1:9/a b"])
def test_an_address_that_is_none_is_a_channel_that_failed(webhook):
    assert send(Channels(webhook), Text("构建失败", "failed"), "why") == ("webhook",)


def test_a_web_hook_that_never_ends_holds_nobody_up(monkeypatch):
    monkeypatch.setattr("shenwan_data.alerts._LONGEST", 0.5)
    over = threading.Event()

    class Drip(socketserver.StreamRequestHandler):
        def handle(self):
            while not over.wait(0.1):
                self.wfile.write(b"H")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drip) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        began = time.monotonic()
        failed = send(
            Channels(f"http://127.0.0.1:{server.server_address[1]}/"), Text("失败", "failed"), "why"
        )
        spent = time.monotonic() - began
        over.set()
        server.shutdown()

    assert failed == ("webhook",) and spent < 5


def test_a_name_in_another_encoding_reaches_every_channel():
    came = []

    class Hook(socketserver.StreamRequestHandler):
        def handle(self):
            length = 0
            while line := self.rfile.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            came.append(self.rfile.read(length))
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        to = Channels(f"http://127.0.0.1:{server.server_address[1]}/")
        assert send(to, Text("失败", "failed"), "\udcb1\udca8.txt") == ()
    assert b"udcb1" in came[0]


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
