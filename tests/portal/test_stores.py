"""One release on every kind of store, each a real server on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from faulty_proxy import Fault, FaultyProxy, Request
from portal_publisher import Publisher

RETRIES = {"attempts": 4, "first_wait": 0.05, "longest_wait": 2}
PASSWORD = f"made-up-{secrets.token_hex(8)}"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing answers on port {port}")


@dataclass
class Served:
    """A store and how it is seen from behind: ``read`` gives a file's bytes or None."""

    kind: str
    publisher: Publisher
    read: Callable[[str], bytes | None]
    write: Callable[[str, bytes], None]
    proxy: FaultyProxy | None = None


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def rclone() -> str:
    beside = Path(sys.executable).parent / "rclone"
    found = str(beside) if beside.exists() else shutil.which("rclone")
    assert found is not None
    return found


def serve(processes: list[Any], *command: str, port: int) -> None:
    quiet = subprocess.DEVNULL
    processes.append(subprocess.Popen(command, stdout=quiet, stderr=quiet))
    wait_for(port, processes[-1])


def in_folder(root: Path) -> tuple[Callable[[str], bytes | None], Callable[[str, bytes], None]]:
    def read(path: str) -> bytes | None:
        return (root / path).read_bytes() if (root / path).is_file() else None

    def write(path: str, content: bytes) -> None:
        (root / path).write_bytes(content)

    return read, write


def in_bucket(endpoint: str, key: str, secret: str) -> tuple[Any, Any]:
    client = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret,
        region_name="us-east-1",
    )  # fmt: skip
    if "town" not in [each["Name"] for each in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket="town")

    def read(path: str) -> bytes | None:
        try:
            return bytes(client.get_object(Bucket="town", Key=f"open/{path}")["Body"].read())
        except client.exceptions.NoSuchKey:
            return None

    def write(path: str, content: bytes) -> None:
        client.put_object(Bucket="town", Key=f"open/{path}", Body=content)

    return read, write


@pytest.fixture(params=["folder", "rclone-s3", "moto-s3", "sftp", "webdav"])
def served(request: Any, tmp_path: Path, processes: list[Any]) -> Iterator[Served]:
    """A store of each kind, empty."""
    root = tmp_path / "served"
    root.mkdir()
    port = free_port()
    url, proxy = f"http://127.0.0.1:{port}", None
    environment: dict[str, str] = {}
    read, write = in_folder(root)
    match request.param:
        case "folder":
            target = {"type": "folder", "path": str(root)}
        case "sftp":
            target = sftp(tmp_path, root, port, processes)
            environment = {"SHENWAN_TOWN_USER": "town", "SHENWAN_TOWN_PASSWORD": PASSWORD}
        case "webdav":
            webdav(tmp_path, root, port, processes)
            proxy = FaultyProxy(url, keep_host=True)
            target = {"type": "webdav", "address": proxy.url}
            environment = {"SHENWAN_TOWN_USER": "town", "SHENWAN_TOWN_PASSWORD": PASSWORD}
        case _:
            if request.param == "rclone-s3":
                keys = f"key,{PASSWORD}"
                serve(processes, rclone(), "serve", "s3", str(root), "--addr", f"127.0.0.1:{port}",
                      "--auth-key", keys, "--config", str(tmp_path / "none.conf"), port=port)  # fmt: skip
            else:
                serve(processes, sys.executable, "-m", "moto.server", "-H", "127.0.0.1",
                      "-p", str(port), port=port)  # fmt: skip
            read, write = in_bucket(url, "key", PASSWORD)
            target = {"type": "s3", "bucket": "town", "prefix": "open", "endpoint": url,
                      "region": "us-east-1"}  # fmt: skip
            environment = {"SHENWAN_TOWN_KEY_ID": "key", "SHENWAN_TOWN_SECRET": PASSWORD}
    publisher = Publisher(tmp_path, {"town": {**target, "retries": RETRIES}}, environment)
    yield Served(request.param, publisher, read, write, proxy)
    if proxy is not None:
        proxy.close()


def sftp(folder: Path, root: Path, port: int, processes: list[Any]) -> dict[str, Any]:
    key = folder / "host_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    serve(processes, rclone(), "serve", "sftp", str(root), "--addr", f"127.0.0.1:{port}",
          "--user", "town", "--pass", PASSWORD, "--key", str(key),
          "--config", str(folder / "none.conf"), port=port)  # fmt: skip
    known = folder / "known_hosts"
    public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    known.write_text(f"[127.0.0.1]:{port} {public}\n")
    return {"type": "sftp", "host": "127.0.0.1", "port": port, "path": "/open",
            "known_hosts": str(known)}  # fmt: skip


def webdav(folder: Path, root: Path, port: int, processes: list[Any]) -> None:
    settings = {
        "host": "127.0.0.1",
        "port": port,
        "server": "cheroot",
        "provider_mapping": {"/": str(root)},
        "simple_dc": {"user_mapping": {"*": {"town": {"password": PASSWORD}}}},
        "http_authenticator": {"accept_basic": True, "accept_digest": False,
                               "default_to_digest": False},
    }  # fmt: skip
    file = folder / "webdav.json"
    file.write_text(json.dumps(settings))
    serve(
        processes,
        sys.executable,
        "-m",
        "wsgidav.server.server_cli",
        "--config",
        str(file),
        port=port,
    )


def prefix(served: Served) -> str:
    return "open/" if served.kind == "sftp" else ""


def assert_whole(served: Served, release: Path) -> None:
    """By the index alone, without this project's code, every file is found and right."""
    index = json.loads(served.read(prefix(served) + "index.json") or b"{}")
    version = release.name
    entry = next(each for each in index["releases"] if each["version"] == version)
    manifest = served.read(prefix(served) + entry["manifest"])
    assert manifest is not None
    assert hashlib.sha256(manifest).hexdigest() == entry["manifest_sha256"]
    for line in manifest.decode().splitlines():
        digest, path = line.split("  ", 1)
        content = served.read(f"{prefix(served)}{entry['path']}{path}")
        assert content is not None, path
        assert hashlib.sha256(content).hexdigest() == digest


def published(served: Served) -> list[str]:
    index = served.read(prefix(served) + "index.json")
    return [each["version"] for each in json.loads(index)["releases"]] if index else []


def test_release_is_found_by_its_index_and_a_second_publication_writes_nothing(
    served: Served, small: Callable[..., Path]
) -> None:
    first, second = small("1.0.0", rows=2), small("1.1.0", rows=4)
    assert "Nothing was written" in served.publisher(first, "--dry-run")
    assert published(served) == []
    served.publisher(first)
    assert_whole(served, first)
    again = served.publisher(first)
    assert "0 create, 0 update, 6 unchanged, 0 remove, 0 drift" in again
    served.publisher(second)
    assert published(served) == ["1.1.0", "1.0.0"]
    for release in (first, second):
        assert_whole(served, release)
    # Publishing an older one again does not make it the latest.
    served.publisher(first)
    latest = json.loads(served.read(prefix(served) + "index.json") or b"{}")["latest"]
    assert latest == "1.1.0"


def test_changed_file_is_drift_kept_until_forced(
    served: Served, small: Callable[..., Path]
) -> None:
    release = small()
    served.publisher(release)
    place = f"{prefix(served)}1.0.0/services/services.csv"
    content = bytearray(served.read(place) or b"")
    content[100] ^= 1
    served.write(place, bytes(content))
    said = served.publisher(release)
    assert "drift      services/services.csv\n" in said and "--force undoes it" in said
    assert served.read(place) == bytes(content)
    served.publisher(release, "--force")
    assert_whole(served, release)
    assert "6 unchanged, 0 remove, 0 drift" in served.publisher(release)


def test_published_version_with_other_content_is_refused(
    served: Served, small: Callable[..., Path]
) -> None:
    release = small(rows=2)
    served.publisher(release)
    said = served.publisher(small(rows=4, folder="again"), "--force", code=2)
    assert "raise the version" in said
    assert_whole(served, release)


def test_wrong_password_stops_at_once_and_is_told_nowhere(
    served: Served, small: Callable[..., Path]
) -> None:
    if served.kind in ("folder", "moto-s3"):  # neither asks who writes
        served.publisher(small())
        return
    wrong = f"wrong-{secrets.token_hex(8)}"
    for name in ("SHENWAN_TOWN_PASSWORD", "SHENWAN_TOWN_SECRET"):
        if name in served.publisher.environment:
            served.publisher.environment[name] = wrong
    said = served.publisher(small(), code=3)
    assert "the store refused" in said and wrong not in said and "Traceback" not in said
    assert published(served) == []


def test_publisher_killed_at_any_moment_goes_on(served: Served, small: Callable[..., Path]) -> None:
    release = small()
    for wait in (0.6, 1.0, 1.4):
        process = served.publisher.start(release)
        time.sleep(wait)
        process.kill()
        process.communicate()
        if "1.0.0" in published(served):
            assert_whole(served, release)
    served.publisher(release)
    assert_whole(served, release)
    assert "6 unchanged, 0 remove, 0 drift" in served.publisher(release)


def test_webdav_with_a_broken_connection(
    small: Callable[..., Path], tmp_path: Path, processes: list[Any]
) -> None:
    root = tmp_path / "served"
    root.mkdir()
    port = free_port()
    webdav(tmp_path, root, port, processes)
    proxy = FaultyProxy(f"http://127.0.0.1:{port}", keep_host=True)
    target = {"type": "webdav", "address": proxy.url, "retries": RETRIES}
    environment = {"SHENWAN_TOWN_USER": "town", "SHENWAN_TOWN_PASSWORD": PASSWORD}
    publisher = Publisher(tmp_path, {"town": target}, environment)

    moments = [at * (at + 5) // 2 for at in range(1, 25)]  # further and further apart

    def now_and_then(request: Request) -> Fault | None:
        kinds = (Fault("reset"), Fault("lost"), Fault("status", 502), Fault("truncate"))
        number = request.number
        return kinds[moments.index(number) % 4] if number in moments else None

    proxy.rule = now_and_then
    release = small()
    publisher(release)
    assert_whole(Served("webdav", publisher, *in_folder(root)), release)
    assert not list(root.glob("**/*.part"))
    proxy.close()


def test_unknown_host_key_is_refused(
    small: Callable[..., Path], tmp_path: Path, processes: list[Any]
) -> None:
    root = tmp_path / "served"
    root.mkdir()
    target = sftp(tmp_path, root, free_port(), processes)
    known = Path(target["known_hosts"])
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)
    known.write_text(known.read_text().split()[0] + " " + other.with_suffix(".pub").read_text())
    environment = {"SHENWAN_TOWN_USER": "town", "SHENWAN_TOWN_PASSWORD": PASSWORD}
    publisher = Publisher(tmp_path, {"town": target}, environment)
    said = publisher(small(), code=3)
    assert re.search("not trusted|not verifiable|refused", said) and not list(root.iterdir())
    known.unlink()
    assert "ssh-keyscan" in publisher(small(folder="again"), code=2)


def test_lock_of_another_publisher_is_respected_and_a_dead_one_is_not(
    small: Callable[..., Path], tmp_path: Path
) -> None:
    root = tmp_path / "served"
    root.mkdir()
    publisher = Publisher(tmp_path, {"town": {"type": "folder", "path": str(root)}}, {})
    lock = {"owner": f"{socket.gethostname()} {os.getpid()}", "expires": time.time() + 60}
    (root / ".lock").write_text(json.dumps(lock))
    said = publisher(small(), code=4)
    assert "another publication is under way" in said
    dead = subprocess.Popen(["true"])
    dead.wait()
    (root / ".lock").write_text(json.dumps({**lock, "owner": f"{socket.gethostname()} {dead.pid}"}))
    publisher(small(folder="again"))
    assert not (root / ".lock").exists()
