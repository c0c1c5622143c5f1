"""What happens when something changes: a year is read again, and the release follows.

Belongs here: what Dagster cannot see by itself (files, an inbox address) as observed sources with data
versions, the conditions that follow from them, jobs and the schedule. Does not belong here: what a
step does.

The data version of a year is ``versions.year_version``, by which the command line decides, too.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from shenwan_data.errors import DataError, MachineError
from shenwan_data.report.archive import areas_without_report, due_date
from shenwan_data.versions import settings_version, year_version, years_with_files
from shenwan_data.work_files import is_read

from .resources import (
    GROUP_FIGURES,
    GROUP_INDICATORS,
    GROUP_RELEASE,
    GROUP_REPORT,
    GROUP_SOURCES,
    YEARS,
    DataFolder,
    range_tags,
)
from .run_alerts import Alerts

_CHINA = "Asia/Shanghai"
YEARLY = "0 3 2 4 *"
_DAILY = "0 5 * * *"
INTERVAL = 30

YEAR_FILES = dg.AssetKey("files_of_a_year")
SETTINGS = dg.AssetKey("settings")


@dg.observable_source_asset(
    key=YEAR_FILES,
    group_name=GROUP_SOURCES,
    partitions_def=YEARS,
    description=(
        "The files of a year: its reports, their records and corrections, those it is compared "
        "with, and the rules they are read by. The sensor looks at them; the data version is their "
        "sha256.\n\n某年度的报告、来源记录和人工更正，以及用来比对的往年报告和识别规则；数据版本为其 sha256。"
    ),
)
def files_of_a_year(data: DataFolder) -> dg.DataVersionsByPartition:
    """The version of every year that has files."""
    return dg.DataVersionsByPartition(_year_versions(data.dir))


@dg.observable_source_asset(
    key=SETTINGS,
    group_name=GROUP_SOURCES,
    description=(
        "What a release is made of beside the readings: release.yaml, areas.csv, what is published, "
        "templates and styles.\n\n发布设置、地区登记、已发布版本的登记、模板和样式。"
    ),
)
def settings(data: DataFolder) -> dg.DataVersion:
    """The version of all settings of the release."""
    return dg.DataVersion(settings_version(data.dir))


SOURCES = [files_of_a_year, settings]

_Condition = dg.AutomationCondition
_NEVER = _Condition.missing() & ~_Condition.missing()


def _condition(label: str, updated: Any, ready: Any, *, observed: bool = False) -> Any:
    """True once something upstream, or the code, has changed, and what is needed is there and ready.

    What can be made in the run that makes what it needs is asked for with it. What failed is tried
    again the next day: the obstacle may have been the machine. ``observed`` is what is made of files: an
    edit may be seen in the same look as a run that knew nothing of it, and counts all the same.
    """
    changed = _Condition.newly_missing() | updated | _Condition.code_version_changed()
    asked = _Condition.newly_requested()
    if observed:
        # Of what is seen in one look the change counts: since(…) alone would let the request win.
        due = changed.since(_NEVER) & ~asked.since(changed)
    else:
        due = changed.since(asked | _Condition.newly_updated())
    again = _Condition.execution_failed() & _Condition.cron_tick_passed(_DAILY, _CHINA)
    # Also where its own last run ends in the same look, which would make it wait for the next.
    along = _Condition.any_deps_match(_Condition.will_be_requested())
    return (
        (due | again | along)
        & ready
        & ~_Condition.any_deps_missing()
        & ~_Condition.any_deps_in_progress()
        & ~_Condition.in_progress()
    ).with_label(label)


_RELEASE = dg.AssetSelection.groups(GROUP_RELEASE)
_READINGS = dg.AssetSelection.groups(GROUP_REPORT, GROUP_FIGURES, GROUP_INDICATORS)
_PASSED = _Condition.all_deps_blocking_checks_passed()
_UPDATED = _Condition.any_deps_updated()

_CHANGED = "something has changed 有改动"

FILES = _condition(_CHANGED, _UPDATED, _PASSED, observed=True)
READ = _condition(_CHANGED, _UPDATED, _PASSED)
# A check of single reports does not block the reading of the others; it does block the release.
TABLES = _condition(
    "something has changed, and no report is blocked 有改动，且没有待处理的报告",
    _UPDATED,
    _PASSED
    & _Condition.all_deps_match(_Condition.all_checks_match(_Condition.check_passed())).allow(
        dg.AssetSelection.assets("observations")
    ),
    observed=True,
)
# The rest of a release is made with the tables and not by itself, whatever else it is made of.
RELEASED = _condition(
    "the tables have changed 数据表有改动",
    _UPDATED.allow(_RELEASE),
    # Not "passed": in a new instance the tables, made in the same run, have no result yet.
    ~_Condition.any_deps_match(
        _Condition.any_checks_match(_Condition.check_failed(), blocking_only=True)
    ),
)

rebuild = dg.define_asset_job(
    "rebuild",
    selection=_READINGS | _RELEASE,
    description="Read the reports of the chosen years and build the release. 读取所选年度并生成发布版本。",
)
read_years = dg.define_asset_job(
    "read_years",
    selection=_READINGS,
    description="Read the reports of the chosen years. 只读取所选年度的报告。",
)
release = dg.define_asset_job(
    "release",
    selection=_RELEASE,
    description="Build the release from all that has been read. 由已读取的内容生成发布版本。",
)

JOBS = (rebuild, read_years, release)


def _year_versions(folder: Path) -> dict[str, dg.DataVersion]:
    years = years_with_files(folder)
    return {str(year): dg.DataVersion(year_version(folder, year)) for year in years}


def add_years(instance: dg.DagsterInstance, folder: Path) -> list[str]:
    """Let the instance know of every year that has files; all its years, in the order it keeps."""
    name = str(YEARS.name)
    years = [str(year) for year in years_with_files(folder)]
    for gone in set(instance.get_dynamic_partitions(name)) - set(years):
        instance.delete_dynamic_partition(name, gone)
    instance.add_dynamic_partitions(name, years)
    return list(instance.get_dynamic_partitions(name))


def yearly_rebuild(cron: str = YEARLY) -> dg.ScheduleDefinition:
    """The schedule, running as ``cron`` says."""

    @dg.schedule(
        name="yearly_rebuild",
        job=rebuild,
        cron_schedule=cron,
        execution_timezone=_CHINA,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=(
            "The whole rebuild on 2 April at 3:00: reports must be public before 1 April. Sends an "
            "alert that names the areas that have none yet.\n\n"
            "每年 4 月 2 日 3 时全部重建，并通知尚未公布报告的地区。"
        ),
    )
    def ask(
        context: dg.ScheduleEvaluationContext, data: DataFolder, alerts: Alerts
    ) -> dg.RunRequest | dg.SkipReason:
        folder = data.dir
        _fetch(context, data)
        years = add_years(context.instance, folder)
        if not years:
            return dg.SkipReason(f"there is no report in {folder / 'reports'} 没有报告")
        year = context.scheduled_execution_time.year - 1
        late = _late(folder, year)
        alerts.about_late(data.work, year, due_date(year), late)
        areas = ",".join(late)[:255]
        tags = {"shenwan/no_report_yet": areas} if areas else {}
        graph = context.repository_def.asset_graph
        return dg.RunRequest(
            run_key=f"yearly-{year}",
            tags={**range_tags(years), **tags},
            # Named one by one, so that `follow_changes` knows that the run does all of it.
            asset_selection=list((_READINGS | _RELEASE).resolve(graph)),
        )

    return ask


def _late(folder: Path, year: int) -> tuple[str, ...]:
    try:
        return areas_without_report(folder, year)
    except DataError:
        # A file that is no report fails a check of its own.
        return ()


def _fetch(
    context: dg.ScheduleEvaluationContext | dg.SensorEvaluationContext, data: DataFolder
) -> None:
    """Put into the archive what has arrived; without the inbox the archive is looked at all the same."""
    try:
        for path in data.fetch():
            context.log.info("arrived 收到: %s", path)
    except MachineError as error:
        context.log.warning(error.render())


def report_files(interval: int = INTERVAL) -> dg.SensorDefinition:
    """The sensor of files; it looks every ``interval`` seconds."""

    @dg.sensor(
        name="report_files",
        minimum_interval_seconds=interval,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Looks at the files of every year and at the settings, and records their version when it "
            "has changed. What arrives at the address in SHENWAN_INBOX is put into reports/ first."
            "\n\n查看各年度的文件和发布设置，有改动时登记新的数据版本；收件地址中的报告先复制到 reports/。"
        ),
    )
    def sensor(context: dg.SensorEvaluationContext, data: DataFolder) -> dg.SensorResult:
        folder = data.dir
        _fetch(context, data)
        seen: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
        kept = set(context.instance.get_dynamic_partitions(str(YEARS.name)))
        found = {year: version.value for year, version in _year_versions(folder).items()}
        now = {**found, "settings": seen.get("settings", "")}
        if all(is_read(folder, int(year)) for year in found):
            # Seen once the readings are there: a release is made of both.
            now["settings"] = settings_version(folder)
        events = list(_observations(seen, now))
        requests: list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest] = []
        if new := sorted(set(found) - kept):
            requests.append(YEARS.build_add_request(new))
        if gone := sorted(kept - set(found)):
            requests.append(YEARS.build_delete_request(gone))
        return dg.SensorResult(
            asset_events=events,
            dynamic_partitions_requests=requests,
            cursor=json.dumps(now, sort_keys=True),
            skip_reason=None if events else dg.SkipReason("nothing has changed 没有变化"),
        )

    return sensor


def _observations(seen: dict[str, str], now: dict[str, str]) -> Iterator[dg.AssetObservation]:
    for name, version in now.items():
        if version and seen.get(name) != version:
            yield dg.AssetObservation(
                SETTINGS if name == "settings" else YEAR_FILES,
                partition=None if name == "settings" else name,
                tags={"dagster/data_version": version},
            )


def follow_changes(interval: int = INTERVAL) -> dg.AutomationConditionSensorDefinition:
    """The sensor that asks for what its condition says is due; it looks every ``interval`` seconds."""
    return dg.AutomationConditionSensorDefinition(
        "follow_changes",
        target=_READINGS | _RELEASE,
        minimum_interval_seconds=interval,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Reads the years whose files or rules have changed, then builds the release, unless a "
            "report is blocked.\n\n读取有改动的年度，随后生成发布版本；有报告待处理时不生成。"
        ),
    )
