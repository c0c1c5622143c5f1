"""What runs by itself: nothing twice, nothing silently, and never half a release."""

import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import dagster as dg
import pytest
from click.testing import CliRunner
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecordStatus,
)

from assets.automation import add_years
from assets.corpus_run import CorpusReader
from assets.definitions import build_defs
from assets.publications import Portals
from assets.resources import DataFolder, range_tags
from assets.run_alerts import Alerts
from shenwan_data.build_record import unchanged_build
from shenwan_data.cli.main import main
from shenwan_data.release.register import record_published
from shenwan_data.versions import year_version
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


def run(data_dir, job, first=None, last=None, *, instance, **options):
    """A run as the UI and the daemon start it."""
    repository = build_defs(data=DataFolder(path=str(data_dir))).get_repository_def()
    years = [year for year in add_years(instance, data_dir) if first and first <= int(year) <= last]
    tags = range_tags(years) if years else {}
    return repository.get_job(job).execute_in_process(instance=instance, tags=tags, **options)


def materialised(result):
    """What a run has materialised."""
    return [
        event.asset_key.to_user_string()
        for event in result.all_events
        if event.is_step_materialization
    ]


def test_a_run_does_what_it_was_asked_for_and_gives_the_same_bytes(data_dir, instance):
    assert "release" in materialised(run(data_dir, "rebuild", 2021, 2022, instance=instance))
    before = files(data_dir / "releases")
    result = CliRunner().invoke(main, ["build", "--data-dir", str(data_dir)])
    assert "Nothing has changed" in result.stdout

    again = run(data_dir, "rebuild", 2021, 2022, instance=instance)

    assert {"reports", "observations", "tables/services", "release"} <= set(materialised(again))
    assert files(data_dir / "releases") == before
    # The command and the graph decide by one version of a year's files.
    record = instance.get_latest_data_version_record(dg.AssetKey("settings"))
    assert record is None  # nothing has looked at the settings yet
    for year in (2021, 2022):
        assert run(data_dir, "read_years", year, year, instance=instance).success
        found = instance.get_latest_data_version_record(
            dg.AssetKey("observations"), partition_key=str(year)
        )
        materialization = found.asset_materialization
        assert materialization.tags["dagster/data_version"] == year_version(data_dir, year)
        assert materialization.tags["dagster/code_version"]


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


def told_of(failed, instance, repository, alerts):
    """What the sensor of failures does about a run."""
    context = dg.build_run_status_sensor_context(
        sensor_name="failure_alert",
        dagster_instance=instance,
        dagster_run=instance.get_run_by_id(failed.run_id),
        dagster_event=failed.get_run_failure_event(),
        resources={"alerts": alerts},
        repository_def=repository,
    ).for_run_failure()
    repository.get_sensor_def("failure_alert")(context)


def test_what_went_wrong_is_told_to_the_hook_once(data_dir, hook):
    address, came = hook
    report = data_dir / "reports" / "2022" / "shenwan.txt"
    sound = report.read_bytes()
    report.write_text(text_of(2022, cases=5), encoding="utf-8")
    alerts = Alerts(settings={"SHENWAN_ALERT_WEBHOOK": address})
    repository = build_defs(data=DataFolder(path=str(data_dir)), alerts=alerts).get_repository_def()

    def fail(instance: dg.DagsterInstance) -> str:
        tags = range_tags(add_years(instance, data_dir))
        failed = repository.get_job("rebuild").execute_in_process(
            instance=instance, tags=tags, raise_on_error=False
        )
        told_of(failed, instance, repository, alerts)
        return str(failed.run_id)

    with dg.DagsterInstance.ephemeral() as instance:
        # A blocked report stops the run as well: that is one alert and not two.
        fail(instance)
        (alert,) = came
        assert "shenwan-2022" in alert["subject_en"]
        assert "报告待处理" in alert["subject_zh"]
        # The cause and the way out, not only that there was a failure.
        assert "2022/shenwan.txt" in alert["text"]
        assert "sha256" in alert["text"]
        assert "归档" in alert["text"]

        report.write_bytes(sound)
        settings = data_dir / "release.yaml"
        settings.write_text(
            settings.read_text("utf-8").replace("version: ", "version: v"), encoding="utf-8"
        )
        failed = fail(instance)
        (_, alert) = came
        assert "rebuild" in alert["subject_en"]
        assert "运行失败" in alert["subject_zh"]
        assert failed in alert["text"]
        assert "release.yaml" in alert["text"]


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
    assert len(list((tmp_path / "out" / "figures").rglob("*.parquet"))) == 8


@pytest.mark.slow
def test_a_failed_publication_is_told_once_and_done_by_the_same_run_config(
    built, instance, tmp_path, hook
):
    address, came = hook
    store = tmp_path / "store"
    store.write_text("something else")
    targets = {"targets": {"store": {"type": "folder", "path": str(store)}}}
    (tmp_path / "targets.yaml").write_text(json.dumps(targets))
    alerts = Alerts(settings={"SHENWAN_ALERT_WEBHOOK": address})
    defs = build_defs(
        data=DataFolder(path=str(built)),
        alerts=alerts,
        portals=Portals(targets=str(tmp_path / "targets.yaml")),
        targets={"store": "folder"},
    )
    repository, key = defs.get_repository_def(), dg.AssetKey("store_publication")
    job = defs.resolve_implicit_job_def_def_for_assets([key])

    def publish(config):
        return job.execute_in_process(
            instance=instance, asset_selection=[key], run_config=config, raise_on_error=False
        )

    failed = publish({"ops": {"store_publication": {"config": {"force": False}}}})
    assert not failed.success
    told_of(failed, instance, repository, alerts)
    (alert,) = came
    assert str(store) in alert["text"]
    assert "Re-execute" in alert["text"] and "原有发布版本不变" in alert["text"]

    # Where it is to be tried again by itself, the alert waits for the last attempt.
    instance.add_run_tags(failed.run_id, {"dagster/will_retry": "true"})
    told_of(failed, instance, repository, alerts)
    assert len(came) == 1

    store.unlink()
    # Not along with everything else (*Materialize all*): somebody has to mean it.
    both = [key, dg.AssetKey("corpus")]
    along = defs.resolve_implicit_job_def_def_for_assets(both)
    everything = along.execute_in_process(instance=instance, asset_selection=both)
    assert everything.success and not materialised(everything)
    assert not store.exists()
    assert publish(failed.dagster_run.run_config).success
    assert (store / "index.json").is_file()
    assert len(came) == 1


OTHER = "othertown-2022"


def test_a_blocked_report_fails_its_check_is_told_once_and_can_be_set_aside(
    data_dir, instance, monkeypatch
):
    sent = []
    monkeypatch.setattr("assets.run_alerts.send", lambda _, *given: sent.append(given) or ())
    run(data_dir, "rebuild", 2021, 2022, instance=instance)
    odd = data_dir / "reports" / "2022" / "othertown.txt"
    odd.write_bytes(b"\x00")

    def failed() -> set[tuple[str, str]]:
        graph = build_defs().resolve_asset_graph()
        found = instance.event_log_storage.get_latest_asset_check_execution_by_key(
            list(graph.asset_check_keys)
        )
        return {
            (key.asset_key.to_user_string(), key.name)
            for key, record in found.items()
            if record.status is AssetCheckExecutionRecordStatus.FAILED
            and record.event.dagster_event.asset_check_evaluation_data.severity.value == "ERROR"
        }

    assert not failed()
    for _ in range(2):
        # Another year is read as well: the check goes on to speak of this report.
        first = run(data_dir, "read_years", 2022, 2022, instance=instance)
        run(data_dir, "read_years", 2021, 2021, instance=instance)

    assert first.success
    blocked = {one.check_name: one for one in first.get_asset_check_evaluations()}[
        "every_file_can_be_read"
    ]
    assert blocked.metadata["reports"].value == [OTHER]
    assert "2022/othertown.txt" in blocked.description
    assert blocked.metadata[f"file of {OTHER}"].value == str(odd)
    assert "set_aside" in blocked.description
    # The release that there is is not green meanwhile; nothing else is red.
    assert failed() == {
        ("reports", "every_file_can_be_read"),
        ("observations", "holds_every_report"),
        ("release", "holds_every_report"),
    }
    assert not run(data_dir, "release", instance=instance, raise_on_error=False).success
    ((subject, body),) = sent
    assert OTHER in subject.zh and "set_aside" in body

    settings = data_dir / "release.yaml"
    before = settings.read_text(encoding="utf-8")
    entry = "{report: othertown-2022, who: 数据员, when: 2023-03-01, why: 文件损坏}"
    settings.write_text(f"{before}set_aside:\n  - {entry}\n", encoding="utf-8")
    assert run(data_dir, "rebuild", 2021, 2022, instance=instance).success
    assert not failed()
    (readme,) = data_dir.glob("releases/*/README.md")
    assert "othertown-2022" in readme.read_text(encoding="utf-8")
    assert "文件损坏" in readme.read_text(encoding="utf-8")
    assert "数据员" not in readme.read_text(encoding="utf-8")
    for language in ("zh", "en"):
        (page,) = data_dir.glob(f"releases/*-site/{language}/evidence/index.html")
        shown = page.read_text(encoding="utf-8")
        assert "othertown-2022" in shown and "文件损坏" in shown

    settings.write_text(before, encoding="utf-8")
    odd.unlink()
    assert run(data_dir, "rebuild", 2021, 2022, instance=instance).success
    assert not failed()
    assert "othertown" not in readme.read_text(encoding="utf-8")
    assert "othertown" not in page.read_text(encoding="utf-8")
    # A report that is set aside must be there.
    settings.write_text(f"{before}set_aside:\n  - {entry}\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["build", "--data-dir", str(data_dir)])
    assert result.exit_code == 1
    assert "set_aside" in result.stderr


@pytest.mark.slow
def test_a_published_version_is_followed_by_the_next_one_by_itself_but_never_by_a_major_one(
    built, instance
):
    settings, changelog = built / "release.yaml", built / "CHANGELOG.md"
    before = "version: 1.0.0\ncreated: 2026-11-23\n"
    record_published(built / "releases" / "1.0.0", built / "published")
    write_report(built, 2022, text_of(2022, cases=123))

    # By hand, which is the rule: the build stops and says which version it must be.
    proposed = run(built, "rebuild", 2021, 2022, instance=instance, raise_on_error=False)
    assert not proposed.success
    said = str(proposed.get_step_failure_events()[0].step_failure_data.error)
    assert "set `version: 1.0.1` or later" in said and "改为 1.0.1" in said

    text = settings.read_text("utf-8")
    assert before in text
    settings.write_text(text.replace("versions: by_hand", "versions: automatic"), encoding="utf-8")
    assert run(built, "rebuild", 2021, 2022, instance=instance).success
    now = settings.read_text("utf-8")
    assert "version: 1.0.1\n" in now and "created: 2026-11-23" not in now
    # Nothing else in the file is another.
    gone = [line for line in text.splitlines() if line not in now.splitlines()]
    assert gone[:2] == before.splitlines() and gone[2:] == [
        line for line in gone if line.startswith("versions: by_hand")
    ]
    assert "## [1.0.1]" in changelog.read_text("utf-8")
    assert "122 → 123" in changelog.read_text("utf-8")
    assert (built / "releases" / "1.0.1-site" / "index.html").is_file()
    assert unchanged_build(built) is not None

    # It is a draft until it is recorded: more content makes it a minor step, and its entry another.
    write_report(built, 2023, text_of(2023))
    assert CliRunner().invoke(main, ["build", "--data-dir", str(built)]).exit_code == 0
    assert unchanged_build(built) is not None
    assert "version: 1.1.0\n" in settings.read_text("utf-8")
    entries = [line for line in changelog.read_text("utf-8").splitlines() if line[:4] == "## ["]
    assert [entry[:10] for entry in entries] == ["## [1.1.0]"]
    record_published(built / "releases" / "1.1.0", built / "published")

    shutil.rmtree(built / "reports" / "2021")
    refused = run(built, "rebuild", 2022, 2023, instance=instance, raise_on_error=False)
    assert not refused.success
    said = str(refused.get_step_failure_events()[0].step_failure_data.error)
    assert "shenwan-2021" in said and "2.0.0" in said
    assert "version: 1.1.0\n" in settings.read_text("utf-8")
    assert not (built / "releases" / "2.0.0").exists()
