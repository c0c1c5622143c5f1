"""The instance of a server: runs and schedules in PostgreSQL, by the files in docs/systemd."""

import io
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from assets.build import run_build
from assets.instance import problem
from tests.pipeline.made_up import text_of, write_report

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Server:
    """PostgreSQL on the loopback, as a user that is not root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "pg"
        self.programs = PROGRAMS[-1]
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.folder.mkdir()
        if os.getuid() == 0:
            folder.chmod(0o755)
            shutil.chown(self.folder, self.user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "-D", str(self.folder), "-U", "dagster", "-A", "trust", "-N")

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
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "-D", str(self.folder), "-w", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop")


@pytest.mark.slow
@pytest.mark.skipif(not PROGRAMS, reason="Debian's postgresql is not installed")
def test_runs_are_kept_in_postgresql_and_survive_its_restart(data_dir, tmp_path, monkeypatch):
    pytest.importorskip("dagster_postgres")
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(ROOT / "docs" / "systemd" / "dagster.yaml", home)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        for name, value in {
            "DAGSTER_HOME": str(home),
            "DAGSTER_PG_HOST": "127.0.0.1",
            "DAGSTER_PG_PORT": str(server.port),
            "DAGSTER_PG_USERNAME": "dagster",
            "DAGSTER_PG_PASSWORD": "of-no-use-here",
            "DAGSTER_PG_DB": "postgres",
        }.items():
            monkeypatch.setenv(name, value)
        server.start()
        try:
            assert problem() is None
            run_build(data_dir, console=Console(file=io.StringIO()))
            server.stop()
            said = problem()
            assert said and "of-no-use-here" not in said
            server.start()
            write_report(data_dir, 2022, text_of(2022, cases=8))
            run_build(data_dir, console=Console(file=io.StringIO()))
            with dg.DagsterInstance.get() as instance:
                runs = instance.get_runs()
                assert [run.job_name for run in runs] == ["rebuild", "rebuild"]
                assert all(run.is_success for run in runs)
        finally:
            server.stop()
