"""What runs by itself: nothing twice, nothing silently, and never half a release."""

import io
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import dagster as dg
import pytest
from click.testing import CliRunner
from rich.console import Console

from assets.automation import range_tags
from assets.corpus_run import CorpusReader
from assets.definitions import build_defs
from assets.launch import run_build
from assets.resources import DataFolder
from assets.run_alerts import Alerts
from shenwan_data.cli.main import main
from shenwan_data.indicators.read import extract
from tests.corpus.made_up import texts, write_folder
from tests.pipeline.made_up import text_of, write_report


def files(folder):
    """Every file below a folder by its name, but for locks."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


@pytest.fixture
def instance():
    """What the UI and the daemon keep their history in."""
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def without_the_last(*given):
    """A reading that has lost its last figure."""
    reading = extract(*given)
    return replace(reading, figures=reading.figures[:-1])


def run(data_dir, job, first=None, last=None, *, instance, **options):
    """A run as the UI and the daemon start it."""
    repository = build_defs(data=DataFolder(path=str(data_dir))).get_repository_def()
    tags = range_tags(first, last) if first else {}
    return repository.get_job(job).execute_in_process(instance=instance, tags=tags, **options)


def materialised(result):
    """What a run has materialised."""
    return [
        event.asset_key.to_user_string()
        for event in result.all_events
        if event.is_step_materialization
    ]


def test_a_second_run_from_the_ui_materialises_nothing(data_dir, instance):
    first = run(data_dir, "rebuild", 2021, 2022, instance=instance)
    before = files(data_dir)

    again = run(data_dir, "rebuild", 2021, 2022, instance=instance)

    assert "release" in materialised(first)
    assert again.success
    assert materialised(again) == []
    assert files(data_dir) == before


def test_the_jobs_of_the_sensors_do_nothing_twice(data_dir, instance):
    assert materialised(run(data_dir, "read_years", 2021, 2022, instance=instance))
    assert not materialised(run(data_dir, "read_years", 2021, 2022, instance=instance))
    assert "release" in materialised(run(data_dir, "release", instance=instance))
    assert not materialised(run(data_dir, "release", instance=instance))


def test_a_new_instance_is_filled_though_the_command_has_built_already(built, instance):
    before = files(built / "releases")

    first = run(built, "rebuild", 2021, 2022, instance=instance)

    assert {"reports", "figures", "tables/services", "release"} <= set(materialised(first))
    assert files(built / "releases") == before
    assert not materialised(run(built, "rebuild", 2021, 2022, instance=instance))


def test_the_command_and_the_ui_know_of_each_other(data_dir, instance):
    run(data_dir, "rebuild", 2021, 2022, instance=instance)
    told = CliRunner().invoke(main, ["build", "--data-dir", str(data_dir)])
    assert "Nothing has changed" in told.stdout

    write_report(data_dir, 2022, text_of(2022, cases=9))
    run_build(data_dir, console=Console(file=io.StringIO()))
    assert not materialised(run(data_dir, "rebuild", 2021, 2022, instance=instance))


def test_a_run_can_be_forced(data_dir, instance):
    run(data_dir, "rebuild", 2021, 2022, instance=instance)
    repository = build_defs(data=DataFolder(path=str(data_dir))).get_repository_def()

    again = repository.get_job("rebuild").execute_in_process(
        instance=instance, tags={**range_tags(2021, 2022), "shenwan/force": "true"}
    )

    assert "release" in materialised(again)


def test_a_failed_check_in_the_ui_leaves_the_old_release(built, monkeypatch, instance):
    before = files(built / "releases")
    write_report(built, 2022, text_of(2022, cases=999))
    monkeypatch.setattr("assets.readings.extract", without_the_last)

    failed = run(built, "rebuild", 2021, 2022, instance=instance, raise_on_error=False)

    assert not failed.success
    assert files(built / "releases") == before
    monkeypatch.undo()
    again = run(built, "rebuild", 2021, 2022, instance=instance)
    assert "release" in materialised(again)
    assert files(built / "releases") != before


def test_a_backfill_of_twenty_years_is_one_run(tmp_path, instance):
    folder = tmp_path / "data"
    for year in range(2005, 2025):
        write_report(folder, year, text_of(year))

    first = run(folder, "rebuild", 2005, 2024, instance=instance)
    years = instance.get_materialized_partitions(dg.AssetKey("observations"))

    assert first.success
    assert years == {str(year) for year in range(2005, 2025)}
    assert not materialised(run(folder, "rebuild", 2005, 2024, instance=instance))


def test_the_release_is_stale_when_nothing_new_came_by_april():
    node = build_defs().resolve_asset_graph().get(dg.AssetKey("release"))
    policy = node.freshness_policy_or_from_metadata

    assert policy.deadline_cron == "0 4 2 4 *"
    assert policy.timezone == "Asia/Shanghai"
    assert policy.lower_bound_delta.days == 365


@pytest.fixture
def hook():
    """A web hook: its address and what came in."""
    came = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *given):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", came
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_failed_run_is_told_to_the_hook(data_dir, hook):
    address, came = hook
    report = data_dir / "reports" / "2022" / "shenwan.txt"
    report.write_text(text_of(2022, cases=5), encoding="utf-8")
    alerts = Alerts(settings={"SHENWAN_ALERT_WEBHOOK": address})
    repository = build_defs(data=DataFolder(path=str(data_dir)), alerts=alerts).get_repository_def()

    with dg.DagsterInstance.ephemeral() as instance:
        failed = repository.get_job("rebuild").execute_in_process(
            instance=instance, tags=range_tags(2021, 2022), raise_on_error=False
        )
        context = dg.build_run_status_sensor_context(
            sensor_name="failure_alert",
            dagster_instance=instance,
            dagster_run=failed.dagster_run,
            dagster_event=failed.get_run_failure_event(),
            resources={"alerts": alerts},
            repository_def=repository,
        ).for_run_failure()
        repository.get_sensor_def("failure_alert")(context)

    (alert,) = came
    assert "rebuild" in alert["subject_en"]
    assert "运行失败" in alert["subject_zh"]
    assert failed.run_id in alert["text"]
    # The cause and the way out, not only that there was a failure.
    assert "2022/shenwan.txt" in alert["text"]
    assert "sha256" in alert["text"]
    assert "归档" in alert["text"]


def test_a_corpus_is_read_from_one_asset(tmp_path):
    corpus = write_folder(tmp_path / "in", texts(1, 2))
    repository = build_defs(reader=CorpusReader(workers=0)).get_repository_def()
    config = {"source": str(corpus), "target": str(tmp_path / "out")}

    with dg.DagsterInstance.ephemeral() as instance:
        result = repository.get_job("read_corpus").execute_in_process(
            instance=instance, run_config={"ops": {"corpus": {"config": config}}}
        )

    (event,) = (event for event in result.all_events if event.is_step_materialization)
    metadata = event.step_materialization_data.materialization.metadata
    assert metadata["reports"].value == 16
    assert len(list((tmp_path / "out" / "figures").rglob("*.parquet"))) == 16


def test_the_schedule_of_a_year_names_who_is_late_after_the_first_of_april(data_dir):
    write_folder(data_dir / "reports", {("otherwan", 2021): text_of(2021)})
    repository = build_defs(data=DataFolder(path=str(data_dir))).get_repository_def()
    context = dg.build_schedule_context(
        repository_def=repository,
        scheduled_execution_time=datetime(2023, 4, 1, 19, tzinfo=UTC),
        resources={"data": DataFolder(path=str(data_dir))},
    )

    (request,) = repository.get_schedule_def("yearly_rebuild").evaluate_tick(context).run_requests
    assert request.tags["shenwan/no_report_yet"] == "otherwan"


def backfill(data_dir, instance, *years, assets=("reports", "figures", "findings", "observations")):
    """One run of a backfill from the UI, over a range of years."""
    repository = build_defs(
        data=DataFolder(path=str(data_dir)), first_year=2021
    ).get_repository_def()
    return repository.get_implicit_global_asset_job_def().execute_in_process(
        instance=instance,
        asset_selection=[dg.AssetKey(asset) for asset in assets],
        tags={**range_tags(years[0], years[-1], 2021), "dagster/backfill": "made-up"},
    )


def test_a_backfill_of_a_range_works_again_and_again_and_past_the_last_report(data_dir, instance):
    for _ in range(2):
        assert backfill(data_dir, instance, 2021, 2022).success
        # A year is compared with the one before, so a backfill asks for the next one, too.
        assert backfill(data_dir, instance, 2023, 2023, assets=("findings", "observations")).success

    # A backfill that materialises nothing would count as failed.
    for key in ("reports", "figures", "findings", "observations"):
        made = instance.get_materialized_partitions(dg.AssetKey(key))
        assert {"2021", "2022"} <= made
    assert "2023" in instance.get_materialized_partitions(dg.AssetKey("observations"))
    assert run(data_dir, "rebuild", 2021, 2022, instance=instance).success


def test_a_blocked_report_fails_its_check_and_the_others_go_on(data_dir, instance):
    (data_dir / "reports" / "2022" / "othertown.txt").write_bytes(b"\x00")

    first = run(data_dir, "read_years", 2021, 2022, instance=instance)
    release = run(data_dir, "release", instance=instance, raise_on_error=False)

    assert first.success
    checks = {one.check_name: one for one in first.get_asset_check_evaluations()}
    failed = [name for name, check in checks.items() if not check.passed]
    assert "every_file_can_be_read" in failed
    assert "nobody_is_named" not in failed
    blocked = checks["every_file_can_be_read"]
    assert blocked.metadata["reports"].value == ["othertown-2022"]
    assert "2022/othertown.txt" in blocked.description
    assert not release.success
    (whole,) = [
        one
        for one in release.get_asset_check_evaluations()
        if one.check_name == "holds_every_report"
    ]
    assert not whole.passed
    assert "2022/othertown.txt" in whole.description
