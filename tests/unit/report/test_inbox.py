"""Reports that arrive at an address are put into the archive, each once and byte for byte.

Whoever may write to the inbox can do no more than deliver reports: see the second half.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import pytest
from click.testing import CliRunner

from shenwan_data.cli.main import main
from shenwan_data.errors import MachineError, Text, UsageError
from shenwan_data.report import inbox_stores
from shenwan_data.report.archive import find_reports
from shenwan_data.report.inbox import Refusal, fetch, fetch_unattended, listing
from shenwan_data.report.inbox_stores import hide, shown_address
from tests.pipeline.made_up import text_of
from tests.town_settings import give_settings

REPORT = text_of(2022)


@pytest.fixture
def inbox(request):
    """An object store with one report and other files; its address and file system."""
    memory = fsspec.filesystem("memory")
    root = f"/inbox-{request.node.name}"
    for name, content in {
        "2022/shenwan.txt": REPORT.encode(),
        "2022/.hidden.txt": b"",
        "2022/notes.tmp": b"",
        "readme.md": b"",
    }.items():
        memory.pipe_file(f"{root}/{name}", content)
    return f"memory:/{root}", memory, root


def test_what_is_new_or_changed_is_fetched_once(inbox, tmp_path):
    address, memory, root = inbox
    data, work = tmp_path / "data", tmp_path / "data" / ".build"
    target = data / "reports" / "2022" / "shenwan.txt"

    assert listing(address) == ("2022/shenwan.txt",)
    assert fetch(address, data, work) == (target,)
    assert target.read_bytes() == REPORT.encode()
    assert fetch(address, data, work) == ()

    memory.pipe_file(f"{root}/2022/shenwan.txt", text_of(2022, cases=123).encode())
    assert fetch(address, data, work) == (target,)
    assert target.read_bytes() == text_of(2022, cases=123).encode()


def test_what_was_archived_stays_and_what_was_edited_here_is_left_alone(inbox, tmp_path):
    address, memory, root = inbox
    data, work = tmp_path / "data", tmp_path / "data" / ".build"
    fetch(address, data, work)
    target = data / "reports" / "2022" / "shenwan.txt"
    target.write_text("edited here", encoding="utf-8")

    assert fetch(address, data, work) == ()
    memory.rm_file(f"{root}/2022/shenwan.txt")
    assert fetch(address, data, work) == ()
    assert target.read_text(encoding="utf-8") == "edited here"


def test_an_address_that_cannot_be_read_is_an_error(inbox, tmp_path, monkeypatch):
    address, memory, _ = inbox
    with pytest.raises(UsageError, match="cannot be opened"):
        fetch("nowhere://there", tmp_path, tmp_path)

    def away(*_, **__):
        raise OSError("the store is away")

    monkeypatch.setattr(type(memory), "find", away)
    with pytest.raises(MachineError, match="the store is away"):
        fetch(address, tmp_path, tmp_path / ".build")


def test_the_command_takes_what_has_arrived_before_it_builds(tmp_path, monkeypatch):
    arrived = tmp_path / "arrived" / "2022" / "shenwan.txt"
    arrived.parent.mkdir(parents=True)
    arrived.write_text(REPORT, encoding="utf-8")
    data = give_settings(tmp_path / "data")
    (data / "reports").mkdir(parents=True)
    found = []
    monkeypatch.setattr(
        "shenwan_data.cli.main._run_build",
        lambda *_, **__: found.extend(data.glob("reports/2022/shenwan.txt")),
    )
    command = ["build", "--data-dir", str(data)]

    result = CliRunner().invoke(main, command, env={"SHENWAN_INBOX": str(tmp_path / "arrived")})

    assert result.exit_code == 0, result.output
    assert "arrived 收到" in result.stdout
    assert len(found) == 1


class Drop:
    """A drop folder with one good report, an empty archive, and what was said of the rest."""

    def __init__(self, folder: Path) -> None:
        self.root, self.data = folder / "drop", folder / "data"
        self.alerts: list[str] = []
        self.put("2022/shenwan.txt", REPORT.encode())

    def put(self, name: str, content: bytes = b"x") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def fetch(self, address: str | None = None) -> list[str]:
        found = fetch_unattended(
            address or str(self.root), self.data, self.data / ".build",
            lambda subject, body: self.alerts.append(f"{subject.en}: {body}"),
        )  # fmt: skip
        return [path.relative_to(self.data / "reports").as_posix() for path in found]


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    return Drop(tmp_path)


def link(drop: Drop, tmp_path: Path) -> None:
    secret = tmp_path / "secret.conf"
    secret.write_text("password = hunter2")
    (drop.root / "2022" / "yunping.txt").symlink_to(secret)


def link_of_a_folder(drop: Drop, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "yunping.txt").write_text("password = hunter2")
    (drop.root / "2021").symlink_to(elsewhere)


def pipe(drop: Drop, _: Path) -> None:
    os.mkfifo(drop.root / "2022" / "yunping.txt")


def large(drop: Drop, _: Path) -> None:
    with drop.put("2022/yunping.txt").open("wb") as stream:
        stream.truncate(8 << 30)


@pytest.mark.parametrize(
    ("poison", "why"),
    [
        (lambda drop, _: drop.put("2022/神湾镇2022年法治政府建设年度报告.docx"), "its name must be"),
        (lambda drop, _: drop.put("神湾镇年度报告.doc"), "its name must be"),
        (lambda drop, _: drop.put("2022/SHENWAN.TXT"), "its name must be"),
        (lambda drop, _: drop.put("2022/yunping.TXT"), "its ending must be one of"),
        (lambda drop, _: drop.put("2022/yunping.wps"), "its ending must be one of"),
        (lambda drop, _: drop.put("old/shenwan.txt"), "its name must be"),
        (lambda drop, _: drop.put("2022/shenwan.html"), "another report of the year"),
        (lambda drop, _: drop.put("2022/yunping.yaml"), "no report that it belongs to"),
        (lambda drop, _: drop.put("2022/a\x1b[31m\n.txt"), "a\\x1b[31m\\x0a.txt: not taken"),
        (link, "a link or a special file"),
        (link_of_a_folder, "a link or a special file"),
        (pipe, "a link or a special file"),
        (large, "larger than 64 MB"),
    ],
    ids=["chinese", "at-the-root", "capitals", "ending", "wps", "folder", "two", "record",
         "escape", "link", "folder-link", "pipe", "large"],
)  # fmt: skip
def test_poison_is_reported_once_and_left(
    poison: Callable[[Drop, Path], object], why: str, drop: Drop, tmp_path: Path
) -> None:
    poison(drop, tmp_path)
    # Of two reports the first in alphabetical order is taken; the other is left.
    assert [len(drop.fetch()) for _ in range(3)] == [1, 0, 0]
    assert len(drop.alerts) == 1
    assert why in drop.alerts[0] and str(drop.root) in drop.alerts[0]
    assert "\x1b" not in drop.alerts[0] and "hunter2" not in drop.alerts[0]
    assert len(find_reports(drop.data)) == 1, "the archive must stay readable"
    kept = [path.read_bytes() for path in drop.data.rglob("*") if path.is_file()]
    assert not [content for content in kept if b"hunter2" in content]


def test_two_reports_of_one_area_do_not_stop_the_archive(drop: Drop) -> None:
    drop.fetch()
    drop.put("2022/shenwan.docx")
    assert drop.fetch() == []
    assert "(.txt)" in drop.alerts[0]
    assert [path.name for path in find_reports(drop.data)] == ["shenwan.txt"]


def test_a_file_that_becomes_a_link_after_it_was_listed_is_not_followed(
    drop: Drop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.put("2022/yunping.txt")
    listed = inbox_stores.Folder.entries

    def swapped(self: inbox_stores.Folder) -> Iterator[inbox_stores.Entry]:
        found = list(listed(self))
        (drop.root / "2022" / "yunping.txt").unlink(missing_ok=True)
        link(drop, tmp_path)
        return iter(found)

    monkeypatch.setattr(inbox_stores.Folder, "entries", swapped)
    assert drop.fetch() == ["2022/shenwan.txt"]
    assert "cannot be read" in drop.alerts[0]
    assert not (drop.data / "reports" / "2022" / "yunping.txt").exists()


def test_a_file_that_grows_beyond_the_limit_while_it_is_read_is_left(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHENWAN_INBOX_LIMIT_MB", "1")
    grown = drop.put("2022/yunping.txt", b"x" * (3 << 20))
    listed = inbox_stores.Folder.entries

    def small(self: inbox_stores.Folder) -> Iterator[inbox_stores.Entry]:
        for entry in listed(self):
            yield inbox_stores.Entry(entry.name, entry.version, 10)

    monkeypatch.setattr(inbox_stores.Folder, "entries", small)
    assert drop.fetch() == ["2022/shenwan.txt"]
    assert "larger than 1 MB" in drop.alerts[0]
    assert {path.name for path in grown.parent.iterdir()} == {"shenwan.txt", "yunping.txt"}
    assert {path.name for path in (drop.data / "reports/2022").iterdir()} == {"shenwan.txt"}
    monkeypatch.setenv("SHENWAN_INBOX_LIMIT_MB", "many")
    with pytest.raises(UsageError, match="SHENWAN_INBOX_LIMIT_MB"):
        drop.fetch()


def test_a_corrected_file_is_taken_and_reported_no_more(drop: Drop) -> None:
    wrong = drop.put("2022/Yunping.txt", b"1")
    drop.fetch()
    wrong.rename(wrong.with_name("yunping.txt"))
    assert drop.fetch() == ["2022/yunping.txt"]
    assert len(drop.alerts) == 1


def test_a_missing_inbox_is_an_error_and_one_alert_until_it_is_back(
    drop: Drop, tmp_path: Path
) -> None:
    away = tmp_path / "mnt"
    drop.root.rename(away)
    for _ in range(3):
        with pytest.raises(MachineError, match="is not a folder") as failed:
            drop.fetch()
        assert "mounted" in failed.value.remedy.en
    assert len(drop.alerts) == 1 and "the inbox cannot be read" in drop.alerts[0]
    away.rename(drop.root)
    assert drop.fetch() == ["2022/shenwan.txt"]
    drop.root.rename(away)
    with pytest.raises(MachineError):
        drop.fetch()
    assert len(drop.alerts) == 2


def test_a_missing_inbox_fails_the_command(tmp_path: Path) -> None:
    (give_settings(tmp_path) / "reports").mkdir()
    command = ["build", "--data-dir", str(tmp_path), "--inbox", str(tmp_path / "none")]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 3 and "the inbox cannot be read" in result.output


MADE_UP = "s3cr3tPW"  # made up


class Server:
    """A web server with a list of folders; ``paths`` maps a path to status, headers and body."""

    def __init__(self) -> None:
        self.paths: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str | None]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, self.headers.get("Authorization")))
                status, headers, body = server.paths.get(self.path, (404, {}, b""))
                self.send_response(status)
                for key, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(key, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def do_HEAD(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._http.server_port
        self.url = f"http://127.0.0.1:{self.port}/drop"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def list(self, **files: bytes) -> None:
        """Offer files of 2022 by the name of their area."""
        links = "".join(f'<a href="{name}.txt">x</a>' for name in files)
        self.paths["/drop/"] = 200, {}, b'<a href="../">up</a><a href="2022/">2022</a>'
        self.paths["/drop/2022/"] = 200, {}, links.encode()
        for name, content in files.items():
            self.paths[f"/drop/2022/{name}.txt"] = 200, {"ETag": str(hash(content))}, content

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def test_reports_on_a_web_server_are_fetched_once(server: Server, drop: Drop) -> None:
    server.list(shenwan=REPORT.encode())
    assert drop.fetch(server.url) == ["2022/shenwan.txt"]
    assert drop.fetch(server.url) == []
    server.list(shenwan=text_of(2022, cases=5).encode())
    assert drop.fetch(server.url) == ["2022/shenwan.txt"]


@pytest.mark.parametrize("path", ["/drop/", "/drop/2022/", "/drop/2022/shenwan.txt"])
@pytest.mark.parametrize("target", ["http://127.0.0.1:{other}/x", "http://169.254.169.254/x",
                                    "http://localhost:{other}/x", "file:///etc/passwd"])  # fmt: skip
def test_a_redirect_to_another_server_is_not_followed(
    path: str, target: str, server: Server, drop: Drop
) -> None:
    canary = Server()
    try:
        server.list(shenwan=REPORT.encode())
        location = target.format(other=canary.port)
        server.paths[path] = 302, {"Location": location}, b""
        with pytest.raises(MachineError):
            drop.fetch(server.url)
        assert canary.asked == []
        assert not (drop.data / "reports").exists() or not list(drop.data.rglob("shenwan.txt"))
    finally:
        canary.close()


def test_a_redirect_on_the_same_server_or_to_a_configured_host_is_followed(
    server: Server, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.list(shenwan=REPORT.encode())
    server.paths["/drop/2022/shenwan.txt"] = 302, {"Location": "/moved"}, b""
    server.paths["/moved"] = 200, {"ETag": "1"}, REPORT.encode()
    assert drop.fetch(server.url) == ["2022/shenwan.txt"]
    other = f"http://localhost:{server.port}/other"
    server.paths["/drop/2022/shenwan.txt"] = 302, {"Location": other}, b""
    server.paths["/other"] = 200, {"ETag": "2"}, text_of(2022, cases=7).encode()
    monkeypatch.setenv("SHENWAN_INBOX_HOSTS", "mirror.example.org, localhost")
    address = server.url.replace("//", f"//town:{MADE_UP}@")
    assert drop.fetch(address) == ["2022/shenwan.txt"]
    assert [auth for path, auth in server.asked if path == "/other"] == [None, None]


def test_a_large_answer_is_cut_off(
    server: Server, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHENWAN_INBOX_LIMIT_MB", "1")
    server.list(shenwan=b"x" * (2 << 20), yunping=REPORT.encode())
    assert drop.fetch(server.url) == ["2022/yunping.txt"]
    assert "larger than 1 MB" in drop.alerts[0]


def test_a_slow_answer_is_cut_off(
    server: Server, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_stores, "_SECONDS", -1)
    server.list(shenwan=REPORT.encode())
    with pytest.raises(MachineError, match="it takes longer than"):
        drop.fetch(server.url)


def test_a_server_that_refuses_or_proves_nothing_is_an_error(drop: Drop, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(MachineError, match="cannot be read"):
        drop.fetch(f"http://127.0.0.1:{port}/x")
    # A certificate that nobody has signed.
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
            "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "pem")]  # fmt: skip
    subprocess.run(made, check=True, capture_output=True)
    strange = Server()
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "pem", tmp_path / "key")
        strange._http.socket = context.wrap_socket(strange._http.socket, server_side=True)
        with pytest.raises(MachineError, match="certificate"):
            drop.fetch(f"https://localhost:{strange.port}/drop")
    finally:
        strange.close()
    assert strange.asked == [] and len(drop.alerts) == 2


def test_a_password_is_used_and_never_printed_kept_or_sent(server: Server, drop: Drop) -> None:
    address = server.url.replace("//", f"//town:{MADE_UP}@")
    server.list(shenwan=REPORT.encode(), Yunping=b"x")
    drop.fetch(address)
    assert server.asked[0][1] is not None, "the server was asked with the password"
    server.paths.clear()
    with pytest.raises(MachineError) as failed:
        drop.fetch(address)
    kept = (drop.data / ".build" / "inbox.json").read_text()
    for text in (failed.value.render(), *drop.alerts, kept):
        assert MADE_UP not in text and "town:" not in text
    assert len(drop.alerts) == 2
    assert failed.value.__cause__ is None and failed.value.__suppress_context__
    refused = Refusal(shown_address(address), "x", Text("", ""))
    assert MADE_UP not in repr(refused)
    assert hide(f"GET {address}?key=1 {MADE_UP}", f"{address}?key=1") == (
        f"GET {server.url} [hidden]"
    )


def test_a_password_is_not_sent_in_clear_over_the_network(drop: Drop) -> None:
    with pytest.raises(UsageError, match="in clear") as refused:
        drop.fetch(f"http://town:{MADE_UP}@drop.example.org/x")
    assert MADE_UP not in refused.value.render()


def test_the_note_of_an_older_version_is_read_as_none(drop: Drop) -> None:
    drop.fetch()
    note = drop.data / ".build" / "inbox.json"
    note.write_text(json.dumps({"address": str(drop.root), "seen": []}))
    assert drop.fetch() == []
