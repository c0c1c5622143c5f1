"""Debian's PostgreSQL on the loopback, for the instance that docs/systemd/dagster.yaml describes."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.servers import end, serve

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Server:
    """PostgreSQL on the loopback, as a user that is not root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "pg"
        self.programs = PROGRAMS[-1]
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self._process: subprocess.Popen[bytes] | None = None
        self.folder.mkdir()
        if os.getuid() == 0:
            folder.chmod(0o755)
            shutil.chown(self.folder, self.user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "-D", str(self.folder), "-U", "dagster", "-A", "trust", "-N")

    def variables(self, home: Path) -> dict[str, str]:
        """The environment of an instance in ``home`` that keeps its runs here."""
        shutil.copy(ROOT / "docs" / "systemd" / "dagster.yaml", home)
        return {
            "DAGSTER_HOME": str(home),
            "DAGSTER_PG_HOST": "127.0.0.1",
            "DAGSTER_PG_PORT": str(self.port),
            "DAGSTER_PG_USERNAME": "dagster",
            "DAGSTER_PG_PASSWORD": "of-no-use-here",
            "DAGSTER_PG_DB": "postgres",
        }

    def _run(self, program: str, *arguments: str) -> None:
        as_user = {"user": self.user, "group": self.user} if os.getuid() == 0 else {}
        subprocess.run(
            [self.programs / program, *arguments],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **as_user,
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = serve(
            [self.programs / "postgres", "-D", self.folder, "-p", str(self.port),
             "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
            folder=self.folder,
            user=self.user if os.getuid() == 0 else None,
        )  # fmt: skip
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        for _ in range(600):
            assert self._process.poll() is None, "PostgreSQL ended"
            if subprocess.run(ready, check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise AssertionError("PostgreSQL does not answer")

    def stop(self) -> None:
        """Stop it without a farewell to those that are connected."""
        if self._process is not None:
            self._run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop")
            end(self._process)
            self._process = None


@contextmanager
def running() -> Iterator[Server]:
    """A server of its own, started and at the end stopped."""
    with TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
