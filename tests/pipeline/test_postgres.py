"""The instance of a server: runs and schedules in PostgreSQL, by the files in docs/systemd."""

import io

import dagster as dg
import pytest
from rich.console import Console

from assets.launch import instance_problem, run_build
from tests.pipeline.made_up import text_of, write_report


@pytest.mark.slow
def test_runs_are_kept_in_postgresql_and_survive_its_restart(data_dir, server):
    assert instance_problem() is None
    run_build(data_dir, console=Console(file=io.StringIO()))
    server.stop()
    said = instance_problem()
    assert said and "of-no-use-here" not in said
    server.start()
    write_report(data_dir, 2022, text_of(2022, cases=8))
    run_build(data_dir, console=Console(file=io.StringIO()))
    with dg.DagsterInstance.get() as instance:
        runs = instance.get_runs()
        assert [run.job_name for run in runs] == ["rebuild", "rebuild"]
        assert all(run.is_success for run in runs)
