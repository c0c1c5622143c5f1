"""A run of the tests that is interrupted or killed leaves no server behind."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow

# A run with every kind of server that the tests start by themselves, and Redis of the portal for CKAN's.
TESTS = """
import time
from pathlib import Path

from tests.pipeline.postgres_server import running as postgres
from tests.portal import ckan_server
from tests.portal.stores import KINDS, running


def start(kinds, folder):
    if kinds:
        (folder / kinds[0]).mkdir()
        with running(kinds[0], folder / kinds[0]):
            start(kinds[1:], folder)
    else:
        for part in ("run", "log"):
            (ckan_server.HOME / part).mkdir(parents=True)
        with postgres(), ckan_server.guarded():
            ckan_server.start("redis", "redis-server", "--port", "0", "--unixsocket", "redis.socket")
            Path({ready!r}).touch()
            time.sleep(600)


def test_with_servers(tmp_path):
    start(KINDS, tmp_path)
"""


def marked(token: str) -> dict[int, str]:
    """The processes with this value in their environment, arguments or folder, and what they run."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes().replace(b"\0", b" ")
            # Some servers write their state over their arguments and environment.
            folder = os.fsencode((process / "cwd").readlink())
            if token.encode() in b" ".join([said, folder, (process / "environ").read_bytes()]):
                found[int(process.name)] = said.decode("utf-8", errors="replace")
        except OSError:
            # Not ours, or gone.
            continue
    return found


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for everything of the run, which the user of PostgreSQL may enter as well."""
    with tempfile.TemporaryDirectory(prefix=f"made-up-{secrets.token_hex(8)}-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_server_outlives_the_tests(sent: signal.Signals, home: Path) -> None:
    token = home.name
    ready = home / "ready"
    file = home / "test_made_up.py"
    file.write_text(TESTS.format(ready=str(ready)), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "1",
               "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), str(file)]  # fmt: skip
    environment = {**os.environ, "CKAN_HOME": str(home / "ckan"), "TMPDIR": str(home)}
    log = home / "log"
    with log.open("wb") as output:
        run = subprocess.Popen(
            command, cwd=ROOT, env=environment, start_new_session=True, stdout=output, stderr=output
        )
    try:
        until = time.monotonic() + 120
        while not ready.exists():
            assert run.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < until, "the servers do not start"
            time.sleep(0.1)
        served = " ".join(marked(token).values())
        for name in ("serve s3", "moto", "serve sftp", "wsgidav", "postgres", "redis"):
            assert name in served
        # As Ctrl-C does: to all processes of the terminal's group. Whoever kills knows only the first.
        if sent == signal.SIGINT:
            os.killpg(run.pid, sent)
        else:
            os.kill(run.pid, sent)
        run.wait(60)
        until = time.monotonic() + 30
        while (left := marked(token)) and time.monotonic() < until:
            time.sleep(0.2)
        assert left == {}
    finally:
        for process in marked(token):
            os.kill(process, signal.SIGKILL)
        run.wait(60)
