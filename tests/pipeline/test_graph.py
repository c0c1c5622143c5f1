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
        assert node.owners and node.kinds and node.group_name != "default", key
        assert node.code_version, key
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


def test_the_running_year_can_be_read():
    from assets.resources import years_from

    now = datetime.now(ZoneInfo("Asia/Shanghai")).year
    assert years_from(2020).get_partition_keys()[-1] == str(now)
    assert years_from(2020).get_partition_keys()[0] == "2020"


def test_partitions_begin_with_the_first_year_that_has_a_report(data_dir, tmp_path, monkeypatch):
    from assets.definitions import defs

    def keys():
        asset = defs().resolve_asset_graph().get(dg.AssetKey("reports"))
        return asset.partitions_def.get_partition_keys()

    monkeypatch.setenv("SHENWAN_DATA_DIR", str(data_dir))
    assert keys()[0] == "2021"
    monkeypatch.setenv("SHENWAN_DATA_DIR", str(tmp_path / "not there yet"))
    assert keys()[0] == "2004"


@pytest.mark.parametrize("name", ["report_files", "yearly_rebuild"])
def test_a_report_of_an_earlier_year_says_what_to_do(data_dir, name):
    write_report(data_dir, 2019, text_of(2019))
    data = DataFolder(path=str(data_dir))
    repository = build_defs(data=data, first_year=2021).get_repository_def()
    with dg.DagsterInstance.ephemeral() as instance:
        if name == "report_files":
            context = dg.build_sensor_context(
                instance=instance,
                repository_def=repository,
                sensor_name=name,
                resources={"data": data},
            )
            ticked = repository.get_sensor_def(name).evaluate_tick(context)
        else:
            day = datetime(2023, 4, 2, 3, tzinfo=ZoneInfo("Asia/Shanghai"))
            ticked = repository.get_schedule_def(name).evaluate_tick(
                dg.build_schedule_context(
                    repository_def=repository,
                    scheduled_execution_time=day,
                    resources={"data": data},
                )
            )
    assert not ticked.run_requests
    assert "2019" in ticked.skip_message
    assert "reload the definitions" in ticked.skip_message
    assert "重新加载定义" in ticked.skip_message


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


def years_of(ticked) -> tuple[str, str]:
    """The first and the last year that the one run of a tick reads."""
    (request,) = ticked.run_requests
    return (
        request.tags["dagster/asset_partition_range_start"],
        request.tags["dagster/asset_partition_range_end"],
    )


def test_a_new_or_changed_report_asks_for_its_year(data_dir, monkeypatch):
    first = tick(data_dir, "report_files")
    assert years_of(first) == ("2021", "2022")

    again = tick(data_dir, "report_files", first.cursor)
    assert not again.run_requests
    assert again.skip_message

    monkeypatch.setattr("assets.automation.is_read", lambda _, year: year == 2021)
    write_report(data_dir, 2022, text_of(2022, cases=7))
    changed = tick(data_dir, "report_files", first.cursor)
    assert years_of(changed) == ("2022", "2022")
    assert changed.run_requests[0].run_key != first.run_requests[0].run_key


def test_what_failed_is_asked_for_again_the_next_day_or_with_another_year(data_dir, monkeypatch):
    first = tick(data_dir, "report_files")
    assert not tick(data_dir, "report_files", first.cursor).run_requests

    monkeypatch.setattr("assets.automation._today", lambda: "2999-01-01")
    later = tick(data_dir, "report_files", first.cursor)
    assert years_of(later) == ("2021", "2022")
    assert later.run_requests[0].run_key != first.run_requests[0].run_key

    monkeypatch.undo()
    write_report(data_dir, 2022, text_of(2022, cases=7))
    assert years_of(tick(data_dir, "report_files", first.cursor)) == ("2021", "2022")


def test_a_report_that_arrives_at_an_address_starts_its_year(data_dir, tmp_path):
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

    assert years_of(ticked) == ("2020", "2022")
    assert (data_dir / "reports" / "2020" / "shenwan.txt").read_bytes() == arrived.read_bytes()


def test_what_the_command_has_read_is_not_asked_for_again(built):
    assert not tick(built, "report_files").run_requests
    assert not tick(built, "readings_ahead_of_release").run_requests


@pytest.mark.parametrize(
    ("edited", "sensor"),
    [
        ("schemas/lexicon/acts.yaml", "report_files"),
        ("schemas/units.csv", "report_files"),
        ("release/templates/package.md.j2", "readings_ahead_of_release"),
        ("site/static/site.css", "readings_ahead_of_release"),
        ("corrections", "report_files"),
        ("reports", "report_files"),
        ("accuracy.csv", "readings_ahead_of_release"),
    ],
)
def test_a_running_server_sees_every_edit(edited, sensor, built, tmp_path, monkeypatch):
    first = {name: tick(built, name) for name in ("report_files", "readings_ahead_of_release")}
    assert not any(ticked.run_requests for ticked in first.values())

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
        changed.write_bytes(real[edited].read_bytes() + b"\n")
        monkeypatch.setattr(versions, "package_files", lambda: {**real, edited: changed})

    again = {name: tick(built, name, first[name].cursor) for name in first}
    assert len(again[sensor].run_requests) == 1
    if sensor == "report_files":
        assert (
            "waiting until these years are read" in again["readings_ahead_of_release"].skip_message
        )


def test_the_release_follows_when_all_years_are_read(data_dir):
    waiting = tick(data_dir, "readings_ahead_of_release")
    assert not waiting.run_requests
    assert "2021" in waiting.skip_message

    repository, _ = definitions(data_dir)
    with dg.DagsterInstance.ephemeral() as instance:
        for year in ("2021", "2022"):
            job = repository.get_job("read_years")
            assert job.execute_in_process(instance=instance, partition_key=year).success

    asked = tick(data_dir, "readings_ahead_of_release")
    assert len(asked.run_requests) == 1
    with dg.DagsterInstance.ephemeral() as instance:
        assert repository.get_job("release").execute_in_process(instance=instance).success
    assert (data_dir / "releases").is_dir()


def test_a_year_is_not_held_against_a_year_before_that_is_unread(data_dir):
    repository, _ = definitions(data_dir)

    with (
        dg.DagsterInstance.ephemeral() as instance,
        pytest.raises(Exception, match="not read yet, or changed since: 2021"),
    ):
        repository.get_job("read_years").execute_in_process(instance=instance, partition_key="2022")


def test_the_release_job_refuses_readings_that_are_behind(built):
    write_report(built, 2022, text_of(2022, cases=7))
    repository, _ = definitions(built)

    with (
        dg.DagsterInstance.ephemeral() as instance,
        pytest.raises(Exception, match="changed since: 2022"),
    ):
        repository.get_job("release").execute_in_process(instance=instance)


def test_the_yearly_schedule_covers_all_years_and_names_who_is_late(data_dir):
    repository, resources = definitions(data_dir)
    schedule = repository.get_schedule_def("yearly_rebuild")

    def requests(day: datetime):
        context = dg.build_schedule_context(
            repository_def=repository, scheduled_execution_time=day, resources=resources
        )
        return schedule.evaluate_tick(context).run_requests

    china = ZoneInfo("Asia/Shanghai")
    (in_time,) = requests(datetime(2023, 4, 2, 3, tzinfo=china))
    assert in_time.tags["dagster/asset_partition_range_start"] == "2021"
    assert in_time.tags["dagster/asset_partition_range_end"] == "2022"
    assert "shenwan/no_report_yet" not in in_time.tags
    (late,) = requests(datetime(2024, 4, 2, 3, tzinfo=china))
    assert late.tags["shenwan/no_report_yet"] == "shenwan"


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
