"""What Dagster shows: the graph, its jobs, schedules and sensors."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from assets.definitions import build_defs
from assets.previews import markdown
from assets.resources import DataFolder
from assets.run_alerts import Alerts
from shenwan_data import versions
from tests.pipeline.made_up import text_of, write_report

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = Path(__file__).with_name("graph.json")


def described(defs: dg.Definitions) -> dict[str, object]:
    """The graph as plain data, without what differs between versions of the code."""
    graph = defs.resolve_asset_graph()
    return {
        "assets": {
            key.to_user_string(): {
                "group": graph.get(key).group_name,
                "needs": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
                "yearly": graph.get(key).partitions_def is not None,
                "kinds": sorted(graph.get(key).kinds),
                "owners": sorted(graph.get(key).owners),
                "checks": sorted(check.name for check in graph.get(key).check_keys),
            }
            for key in sorted(graph.get_all_asset_keys())
        },
        "jobs": {
            job.name: job.description
            for job in sorted(defs.get_repository_def().get_all_jobs(), key=lambda job: job.name)
            if not job.name.startswith("__")
        },
        "schedules": {
            schedule.name: {
                "cron": schedule.cron_schedule,
                "timezone": schedule.execution_timezone,
                "job": schedule.job_name,
            }
            for schedule in defs.get_repository_def().schedule_defs
        },
        "sensors": {
            sensor.name: sensor.job_name if sensor.targets else None
            for sensor in defs.get_repository_def().sensor_defs
        },
    }


def test_the_graph_is_the_one_that_was_agreed():
    found = json.dumps(described(build_defs()), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(found, encoding="utf-8")

    assert found == SNAPSHOT.read_text(encoding="utf-8"), "UPDATE_SNAPSHOTS=1 writes it anew"


def test_every_asset_and_check_explains_itself_in_both_languages():
    graph = build_defs().resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert (node.owners and node.kinds) or not node.is_materializable, key
        assert node.group_name != "default", key
        assert node.code_version or not node.is_materializable, key
        assert any("\u4e00" <= char <= "\u9fff" for char in node.description or ""), key
    for key in graph.asset_check_keys:
        spec = graph.get_check_spec(key)
        assert any("\u4e00" <= char <= "\u9fff" for char in spec.description or ""), key


def test_a_text_in_a_preview_is_only_text():
    shown = markdown(["title"], [["![x](http://127.0.0.1/m1)"], ["<img src=x>|a\nb"]])
    first, second = shown.splitlines()[2:]
    assert first == "| !\\[x\\](http://127.0.0.1/m1) |"
    assert second == "| &lt;img src=x&gt;\\|a b |"


def test_loading_the_definitions_reads_no_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("SHENWAN_DATA_DIR", str(tmp_path / "nowhere"))
    monkeypatch.chdir(tmp_path)

    build_defs().resolve_all_job_defs()


def definitions(data_dir: Path) -> tuple[dg.RepositoryDefinition, dict[str, object]]:
    """The repository over a data folder, and the resources for ticks."""
    data = DataFolder(path=str(data_dir))
    return build_defs(data=data).get_repository_def(), {"data": data}


def tick(data_dir: Path, name: str, cursor: str | None = None):
    """One evaluation of a sensor."""
    repository, resources = definitions(data_dir)
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(
            instance=instance,
            repository_def=repository,
            sensor_name=name,
            cursor=cursor,
            resources=resources,
        )
        return repository.get_sensor_def(name).evaluate_tick(context)


def seen(ticked) -> list[str]:
    """What a tick has found new: years, and settings."""
    return [event.partition or event.asset_key.to_user_string() for event in ticked.asset_events]


def test_a_new_or_changed_report_is_a_new_version_of_its_year(data_dir):
    first = tick(data_dir, "report_files")
    assert seen(first) == ["2021", "2022"]
    (added,) = first.dynamic_partitions_requests
    assert list(added.partition_keys) == ["2021", "2022"]
    again = tick(data_dir, "report_files", first.cursor)
    assert not again.asset_events
    assert "没有变化" in again.skip_message

    write_report(data_dir, 2022, text_of(2022, cases=7))
    changed = tick(data_dir, "report_files", first.cursor)
    assert seen(changed) == ["2022"]
    (event,) = changed.asset_events
    assert event.tags["dagster/data_version"] == versions.year_version(data_dir, 2022)
    # A report is compared with the last one before it.
    write_report(data_dir, 2021, text_of(2021, cases=7))
    assert seen(tick(data_dir, "report_files", changed.cursor)) == ["2021", "2022"]


def test_a_report_that_arrives_at_an_address_is_seen(data_dir, tmp_path):
    arrived = tmp_path / "arrived" / "2020" / "shenwan.txt"
    arrived.parent.mkdir(parents=True)
    arrived.write_text(text_of(2020), encoding="utf-8")
    data = DataFolder(path=str(data_dir), inbox=f"file://{tmp_path}/arrived")
    repository = build_defs(data=data).get_repository_def()

    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(
            instance=instance,
            repository_def=repository,
            sensor_name="report_files",
            resources={"data": data},
        )
        ticked = repository.get_sensor_def("report_files").evaluate_tick(context)

    assert seen(ticked) == ["2020", "2021", "2022"]
    assert (data_dir / "reports" / "2020" / "shenwan.txt").read_bytes() == arrived.read_bytes()


@pytest.mark.parametrize(
    ("edited", "found"),
    [
        ("schemas/lexicon/acts.yaml", ["2021", "2022"]),
        ("schemas/units.csv", ["2021", "2022"]),
        ("release/templates/package.md.j2", ["settings"]),
        ("site/static/site.css", ["settings"]),
        ("corrections", ["2022"]),
        ("reports", ["2022"]),
        ("accuracy.csv", ["settings"]),
    ],
)
def test_a_running_server_sees_every_edit(edited, found, built, tmp_path, monkeypatch):
    first = tick(built, "report_files")
    assert seen(first) == ["2021", "2022", "settings"]

    if edited == "reports":
        write_report(built, 2022, text_of(2022, cases=7))
    elif edited == "corrections":
        (built / "corrections").mkdir()
        (built / "corrections" / "2022.yaml").write_text("[]\n", encoding="utf-8")
    elif edited == "accuracy.csv":
        (built / edited).write_text("", encoding="utf-8")
    else:
        real = versions.package_files()
        changed = tmp_path / "changed"
        changed.write_bytes(Path(real[edited]).read_bytes() + b"\n")
        monkeypatch.setattr(versions, "package_files", lambda: {**real, edited: str(changed)})

    assert seen(tick(built, "report_files", first.cursor)) == found


def test_a_removed_year_is_no_partition_any_more(built):
    first = tick(built, "report_files")
    for path in (built / "reports" / "2021").iterdir():
        path.unlink()
    (built / "reports" / "2021").rmdir()
    repository, resources = definitions(built)
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("year", ["2021", "2022"])
        context = dg.build_sensor_context(
            instance=instance,
            repository_def=repository,
            sensor_name="report_files",
            cursor=first.cursor,
            resources=resources,
        )
        ticked = repository.get_sensor_def("report_files").evaluate_tick(context)
    (removed,) = ticked.dynamic_partitions_requests
    assert list(removed.partition_keys) == ["2021"]


def test_the_release_job_refuses_readings_that_are_behind(built):
    write_report(built, 2022, text_of(2022, cases=7))
    repository, _ = definitions(built)

    with (
        dg.DagsterInstance.ephemeral() as instance,
        pytest.raises(Exception, match="changed since: 2022"),
    ):
        repository.get_job("release").execute_in_process(instance=instance)


def test_the_yearly_schedule_covers_all_years_and_names_who_is_late_once(
    data_dir, tmp_path, monkeypatch
):
    sent = []
    monkeypatch.setattr("assets.run_alerts.send", lambda _, *given: sent.append(given) or ())
    repository, resources = definitions(data_dir)
    resources["alerts"] = Alerts(settings={})
    schedule = repository.get_schedule_def("yearly_rebuild")

    def requests(day: datetime):
        with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
            context = dg.build_schedule_context(
                instance=instance,
                repository_def=repository,
                scheduled_execution_time=day,
                resources=resources,
            )
            return schedule.evaluate_tick(context).run_requests

    china = ZoneInfo("Asia/Shanghai")
    (in_time,) = requests(datetime(2023, 4, 2, 3, tzinfo=china))
    assert in_time.tags["dagster/asset_partition_range_start"] == "2021"
    assert in_time.tags["dagster/asset_partition_range_end"] == "2022"
    assert "shenwan/no_report_yet" not in in_time.tags
    job = repository.get_job("rebuild")
    assert set(in_time.asset_selection) == set(job.asset_layer.executable_asset_keys)
    assert not sent
    for _ in range(2):
        (late,) = requests(datetime(2024, 4, 2, 3, tzinfo=china))
        assert late.tags["shenwan/no_report_yet"] == "shenwan"
    ((subject, body),) = sent
    assert "2023" in subject.zh and "shenwan-data add" in body


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("dagster", "definitions", "validate", "-w", "workspace.yaml"),
        ("dg", "check", "defs"),
    ],
    ids=["workspace", "dg"],
)
def test_both_ways_into_dagster_load_the_project(command, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    program = Path(sys.executable).with_name(command[0])

    done = subprocess.run(
        [program, *command[1:]],
        cwd=ROOT,
        env={**os.environ, "DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_one_run_reads_a_changed_year_and_one_run_releases_it():
    defs = build_defs()
    graph = defs.resolve_asset_graph()
    yearly = [dg.AssetKey(name) for name in ("reports", "figures", "findings", "observations")]
    released = [
        key for key in graph.get_all_asset_keys() if graph.get(key).group_name == "5_release"
    ]
    sources = {dg.AssetKey("files_of_a_year"): "2022", dg.AssetKey("settings"): None}

    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("year", ["2021", "2022"])
        cursor = None

        def see(key: dg.AssetKey, version: str) -> None:
            tags = {"dagster/data_version": version}
            seen = dg.AssetObservation(key, partition=sources[key], tags=tags)
            instance.report_runless_asset_event(seen)

        def make(keys: list[dg.AssetKey], years: list[str | None]) -> None:
            for key in keys:
                for year in years:
                    made = dg.AssetMaterialization(key, partition=year)
                    instance.report_runless_asset_event(made)
                for check in graph.get_check_keys_for_assets({key}):
                    passed = dg.AssetCheckEvaluation(
                        asset_key=key, check_name=check.name, passed=True, metadata={}
                    )
                    instance.report_runless_asset_event(passed)

        def asked_for() -> set[dg.AssetKey]:
            nonlocal cursor
            result = dg.evaluate_automation_conditions(defs, instance, cursor=cursor)
            cursor = result.cursor
            keys = {*yearly, *released}
            return {key for key in keys if result.get_num_requested(key)}

        for key in sources:
            see(key, "1")
        assert asked_for() == set(yearly)
        make(yearly, ["2021", "2022"])
        assert asked_for() == set(released)
        make(released, [None])
        assert asked_for() == set()

        # An edit that is seen in the same look as the end of a run; a release that is asked for
        # then as well steps back, because the files have changed.
        make(yearly, ["2022"])
        see(dg.AssetKey("files_of_a_year"), "2")
        assert asked_for() >= set(yearly)
        make(yearly, ["2022"])
        assert asked_for() == set(released)
        make(released, [None])
        see(dg.AssetKey("settings"), "2")
        assert asked_for() == set(released)
