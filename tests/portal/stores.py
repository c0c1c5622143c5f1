"""Real servers for stores, one of each kind for a whole session; each test has a folder of its own."""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from tests.portal.faulty_proxy import FaultyProxy, TcpProxy
from tests.servers import end, serve

PASSWORD = f"made-up-{secrets.token_hex(8)}"
KINDS = ("folder", "rclone-s3", "moto-s3", "sftp", "webdav")
# The two that are strict with who asks; before them stands a proxy that reads HTTP.
OVER_HTTP = ("rclone-s3", "webdav")
BUCKET = "town"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def rclone() -> str:
    """The program, from the environment or the system."""
    beside = Path(sys.executable).parent / "rclone"
    found = str(beside) if beside.exists() else shutil.which("rclone")
    assert found is not None
    return found


@dataclass
class Server:
    """A server of one kind; ``root`` is its folder on this machine where it has one."""

    kind: str
    root: Path
    port: int
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, where it speaks HTTP."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        if not self.command:
            return
        self.process = serve(self.command)
        for _ in range(600):
            assert self.process.poll() is None, f"{self.kind} ended with {self.process.returncode}"
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError(f"{self.kind} does not answer")

    def stop(self) -> None:
        """Kill it, at once: one of them waits long for connections that stay open."""
        if self.process is not None:
            end(self.process)
            self.process = None


@contextmanager
def running(kind: str, folder: Path) -> Iterator[Server]:
    """A server of a kind, its files in ``folder``."""
    root = folder / "served"
    root.mkdir()
    port = free_port()
    address, config = f"127.0.0.1:{port}", str(folder / "none.conf")
    command: list[str] = []
    match kind:
        case "rclone-s3":
            command = [rclone(), "serve", "s3", str(root), "--addr", address,
                       "--auth-key", f"key,{PASSWORD}", "--config", config]  # fmt: skip
        case "moto-s3":
            command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        case "sftp":
            key = folder / "host_key"
            make_key(key)
            command = [rclone(), "serve", "sftp", str(root), "--addr", address, "--user", "town",
                       "--pass", PASSWORD, "--key", str(key), "--config", config]  # fmt: skip
        case "webdav":
            settings = {
                "host": "127.0.0.1", "port": port, "server": "cheroot",
                "provider_mapping": {"/": str(root)},
                "simple_dc": {"user_mapping": {"*": {"town": {"password": PASSWORD}}}},
                "http_authenticator": {"accept_basic": True, "accept_digest": False,
                                       "default_to_digest": False},
            }  # fmt: skip
            (folder / "webdav.json").write_text(json.dumps(settings))
            command = [sys.executable, "-m", "wsgidav.server.server_cli",
                       "--config", str(folder / "webdav.json")]  # fmt: skip
    server = Server(kind, root, port, command)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def make_key(path: Path) -> None:
    """A key pair for SSH."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


@dataclass
class Place:
    """A folder of a server, seen from behind and by the publisher, who comes through the proxy."""

    server: Server
    name: str
    target: dict[str, Any]
    environment: dict[str, str]
    proxy: FaultyProxy | TcpProxy | None
    read: Callable[[str], bytes | None]
    write: Callable[[str, bytes], None]
    paths: Callable[[], set[str]]
    kind: str = field(init=False)

    def __post_init__(self) -> None:
        self.kind = self.server.kind


def place_on(server: Server, folder: Path) -> Place:
    """A new folder of a server."""
    name = f"open-{secrets.token_hex(4)}"
    user = {"SHENWAN_TOWN_USER": "town", "SHENWAN_TOWN_PASSWORD": PASSWORD}
    from_behind = _in_folder(server.root / name)
    proxy: FaultyProxy | TcpProxy | None = None
    match server.kind:
        case "folder":
            target, user = {"type": "folder", "path": str(server.root / name)}, {}
        case "sftp":
            proxy = TcpProxy(server.port)
            known = folder / "known_hosts"
            public = " ".join((server.root.parent / "host_key.pub").read_text().split()[:2])
            known.write_text(f"[127.0.0.1]:{proxy.port} {public}\n")
            target = {"type": "sftp", "host": "127.0.0.1", "port": proxy.port, "path": f"/{name}",
                      "known_hosts": str(known)}  # fmt: skip
        case "webdav":
            proxy = FaultyProxy(server.url, keep_host=True)
            (server.root / name).mkdir()
            target = {"type": "webdav", "address": f"{proxy.url}/{name}/"}
        case _:
            proxy = FaultyProxy(server.url, keep_host=True)
            from_behind = _in_bucket(server.url, name)
            target = {"type": "s3", "bucket": BUCKET, "prefix": name, "endpoint": proxy.url,
                      "region": "us-east-1"}  # fmt: skip
            user = {"SHENWAN_TOWN_KEY_ID": "key", "SHENWAN_TOWN_SECRET": PASSWORD}
    target["retries"] = {"attempts": 6, "first_wait": 0.02, "longest_wait": 2}
    return Place(server, name, target, user, proxy, *from_behind)


def _in_folder(root: Path) -> tuple[Any, Any, Any]:
    def read(path: str) -> bytes | None:
        return (root / path).read_bytes() if (root / path).is_file() else None

    def write(path: str, content: bytes) -> None:
        (root / path).write_bytes(content)

    def paths() -> set[str]:
        return {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}

    return read, write, paths


def _in_bucket(endpoint: str, name: str) -> tuple[Any, Any, Any]:
    client = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id="key", aws_secret_access_key=PASSWORD,
        region_name="us-east-1",
    )  # fmt: skip
    if BUCKET not in [each["Name"] for each in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=BUCKET)

    def read(path: str) -> bytes | None:
        try:
            found = client.get_object(Bucket=BUCKET, Key=f"{name}/{path}")
        except client.exceptions.NoSuchKey:
            return None
        return bytes(found["Body"].read())

    def write(path: str, content: bytes) -> None:
        client.put_object(Bucket=BUCKET, Key=f"{name}/{path}", Body=content)

    def paths() -> set[str]:
        found = client.list_objects_v2(Bucket=BUCKET, Prefix=f"{name}/").get("Contents", [])
        return {str(each["Key"]).removeprefix(f"{name}/") for each in found}

    return read, write, paths
