"""Twenty unattended rebuilds with something bad in the inbox each: a whole release, and one alert."""

import os
import shutil
import socket
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from shenwan_data.build_lock import exclusive_build
from shenwan_data.build_record import unchanged_build
from shenwan_data.cli.main import main
from shenwan_data.release.manifest import manifest_problems
from shenwan_data.release.validation import validate_release
from tests.pipeline.made_up import text_of

PAGE = (
    "<html><head><title>405</title></head><body><h1>405</h1><p>您的访问被阻断。</p></body></html>"
)


def write(content):
    return lambda path: path.write_bytes(content)


def a_link_to(target):
    return lambda path: path.symlink_to(target)


def a_socket(path):
    with socket.socket(socket.AF_UNIX) as held:
        # The name of a socket must be short.
        here = Path.cwd()
        os.chdir(path.parent)
        held.bind(path.name)
        os.chdir(here)


def too_large(path):
    with path.open("wb") as stream:
        stream.truncate(3 << 20)


# Names and kinds that are not taken: reported once, and left where they are.
LEFT = {
    "神湾镇2023年报告.docx": write(b"x"), "SHENWAN.TXT": write(b"x"), "shenwan.TXT": write(b"x"),
    "../../2023.txt": write(b"x"), "2023/年报.txt": write(b"x"), "2023/a b.txt": write(b"x"),
    "99/shenwan.txt": write(b"x"), "2022/shenwan.docx": write(b"PK"), "2023/\x1b[31m.txt": write(b"x"),
    "2023/-rf.txt": write(b"x"), "2023/shenwan.txt": a_link_to("../../secret"),
    "2023/shenwan.pdf": a_link_to("../../nowhere"), "2023/shenwan.html": os.mkfifo,
    "2023/shenwan.docx": a_socket, "2024/shenwan.txt": too_large, "2023/nobody.yaml": write(b"x: 1"),
}  # fmt: skip
# What is taken by its name and is no report: the build stops until it is gone.
STOPS = {
    "2023/shenwan.txt": write(b""),
    "2023/shenwan.html": write(PAGE.encode()),
    "2024/shenwan.docx": write(b"PK\3\4 no document"),
    "2024/shenwan.pdf": write(b"%PDF-1.4\n6 0 obj 6 0 R endobj\n%%EOF"),
}


@pytest.mark.slow
def test_twenty_rebuilds_with_poison_in_the_inbox(built, tmp_path, monkeypatch):
    alerts = []
    monkeypatch.setenv("SHENWAN_INBOX_LIMIT_MB", "1")
    monkeypatch.setenv("SHENWAN_ALERT_WEBHOOK", "http://127.0.0.1:9/")
    monkeypatch.setattr("shenwan_data.alerts._post", lambda _, __, body: alerts.append(body))
    drop = tmp_path / "drop"
    (drop / "in").mkdir(parents=True)
    inbox, release = drop / "in", built / "releases" / "1.0.0"
    poison = [*LEFT.items(), *STOPS.items()]
    assert len(poison) == 20
    command = ["build", "--data-dir", str(built), "--inbox", str(inbox)]

    (drop / "secret").write_text("not a report")
    for number, (name, make) in enumerate(poison):
        if name == next(iter(STOPS)):
            shutil.rmtree(inbox)
        place = (inbox / name.replace("../", "")).absolute()
        place.parent.mkdir(parents=True, exist_ok=True)
        make(place)
        if number % 8 == 7:
            # A good report beside it comes through all the same.
            year = 2021 - number // 8 - 1
            (inbox / str(year)).mkdir()
            text = text_of(year, cases=500 + number)
            (inbox / str(year) / "shenwan.txt").write_text(text, "utf-8")
        before = len(alerts)

        ended = CliRunner().invoke(main, command)

        stops = number >= len(LEFT)
        assert ended.exit_code == (1 if stops else 0), (name, ended.output)
        assert "Traceback" not in ended.output
        assert len(alerts) == before + 1, (name, alerts[before:])
        assert ("\x1b" in name) == ("u001b" in alerts[-1] or "x1b" in alerts[-1])
        if not stops:
            # The next night it is known: no second alert.
            assert CliRunner().invoke(main, command).exit_code == 0
            assert len(alerts) == before + 1
            assert unchanged_build(built) is not None
            assert not os.path.lexists(built / "reports" / name.replace("../", ""))
        if number % 8 == 7:
            assert all(check.passed for check in validate_release(release)), name
        elif stops:
            # Not a byte of it has changed.
            assert manifest_problems(release) == ()
        with exclusive_build(built):
            pass
        if stops:
            shutil.rmtree(inbox / name.partition("/")[0])
            for left in (built / "reports" / name.partition("/")[0]).iterdir():
                left.unlink()

    assert b",515," in (release / "enforcement" / "enforcement.csv").read_bytes()
    assert CliRunner().invoke(main, command).exit_code == 0


@pytest.mark.slow
def test_rebuilds_with_poison_at_an_address(built, tmp_path, monkeypatch):
    alerts = []
    monkeypatch.setenv("SHENWAN_INBOX_LIMIT_MB", "1")
    monkeypatch.setenv("SHENWAN_ALERT_WEBHOOK", "http://127.0.0.1:9/")
    monkeypatch.setattr("shenwan_data.alerts._post", lambda _, __, body: alerts.append(body))
    served = tmp_path / "in"
    served.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=served)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        command = ["build", "--data-dir", str(built), "--inbox", address]
        names = ["神湾镇2023年报告.docx", "SHENWAN.TXT", "2023/年报.txt", "2023/a b.txt",
                 "2022/shenwan.docx", "2024/shenwan.txt"]  # fmt: skip
        for number, name in enumerate(names, 1):
            (served / name).parent.mkdir(exist_ok=True)
            LEFT[name](served / name)
            # The next night it is known: no second alert.
            for _ in range(2):
                ended = CliRunner().invoke(main, command)
                assert ended.exit_code == 0, (name, ended.output)
                assert len(alerts) == number, (name, alerts)
        server.shutdown()
    assert CliRunner().invoke(main, command).exit_code == 3
    assert len(alerts) == len(names) + 1
    assert unchanged_build(built) is not None
    assert sorted(path.name for path in (built / "reports").iterdir()) == ["2021", "2022"]
