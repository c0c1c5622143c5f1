"""The instance of a server: runs and schedules in PostgreSQL, by the files in docs/systemd."""

import io
import tempfile
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from assets.build import run_build
from assets.instance import problem
from tests.pipeline.made_up import text_of, write_report
from tests.pipeline.postgres_server import PROGRAMS, Server


@pytest.mark.slow
@pytest.mark.skipif(not PROGRAMS, reason="Debian's postgresql is not installed")
def test_runs_are_kept_in_postgresql_and_survive_its_restart(data_dir, tmp_path, monkeypatch):
    pytest.importorskip("dagster_postgres")
    home = tmp_path / "home"
    home.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        for name, value in server.variables(home).items():
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
