"""What happens when files change: a year is read again, and the release follows."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg

from shenwan_data.build_record import unchanged_build
from shenwan_data.errors import MachineError
from shenwan_data.report.archive import areas_without_report, due_date
from shenwan_data.versions import inputs_version, year_version, years_with_files
from shenwan_data.work_files import is_read

from .resources import FIRST_YEAR, DataFolder, years_from

_RELEASE = dg.AssetSelection.groups("release")
# A corpus is read, and a release published, when somebody asks for it: no rebuild and no schedule does.
_TOWN = dg.AssetSelection.all() - dg.AssetSelection.groups("corpus", "publication")
FORCE = "shenwan/force"

rebuild = dg.define_asset_job(
    "rebuild",
    selection=_TOWN,
    description="Read the reports of the chosen years and build the release. 读取所选年度并生成发布版本。",
)
read_years = dg.define_asset_job(
    "read_years",
    selection=_TOWN - _RELEASE,
    description="Read the reports of the chosen years. 只读取所选年度的报告。",
)
release = dg.define_asset_job(
    "release",
    selection=_RELEASE,
    description="Build the release from all that has been read. 由已读取的内容生成发布版本。",
)

JOBS = (rebuild, read_years, release)


def range_tags(first: int, last: int, first_partition: int = FIRST_YEAR) -> dict[str, str]:
    """The tags that make one run of a yearly job cover all years from first to last.

    Raises ValueError for a year that is no partition.
    """
    keys = years_from(first_partition).get_partition_keys()
    if not keys:
        raise ValueError("this machine's clock is before the first year")
    for year in (first, last):
        if str(year) not in keys:
            raise ValueError(f"{year} is outside {keys[0]} to {keys[-1]}")
    return {
        "dagster/asset_partition_range_start": str(first),
        "dagster/asset_partition_range_end": str(last),
    }


YEARLY = "0 3 2 4 *"


def first_partition_of(folder: Path) -> int:
    """The first year with a report; that of the regulation where there is none yet."""
    return next(iter(years_with_files(folder)), FIRST_YEAR)


def _reload(years: list[int], first: int) -> dg.SkipReason:
    """What a person has to do when a report of an earlier year arrives: partitions are fixed at load."""
    earlier = ", ".join(str(year) for year in years if year < first)
    return dg.SkipReason(
        f"reports of {earlier} have arrived, before the first partition: reload the definitions "
        f"收到 {earlier} 年的报告，早于现有分区：请在界面中重新加载定义"
    )


def yearly_rebuild(cron: str = YEARLY, first: int = FIRST_YEAR) -> dg.ScheduleDefinition:
    """The schedule, running as ``cron`` says; ``first`` is the first partition."""

    @dg.schedule(
        name="yearly_rebuild",
        job=rebuild,
        cron_schedule=cron,
        execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=(
            "The whole rebuild on 2 April at 3:00: reports must be public before 1 April. Names the "
            "areas that have none yet.\n\n每年 4 月 2 日 3 时全部重建，并列出尚未公布报告的地区。"
        ),
    )
    def ask(
        context: dg.ScheduleEvaluationContext, data: DataFolder
    ) -> dg.RunRequest | dg.SkipReason:
        folder = data.dir
        try:
            data.fetch()
        except MachineError as error:
            context.log.warning(error.render())
        years = list(years_with_files(folder))
        if not years:
            return dg.SkipReason(f"there is no report in {folder / 'reports'} 没有报告")
        if years[0] < first:
            return _reload(years, first)
        year = context.scheduled_execution_time.year - 1
        late = ", ".join(areas_without_report(folder, year))
        if late:
            context.log.warning(
                "no report for %s yet, due %s: %s 尚未公布", year, due_date(year), late
            )
        tags = range_tags(years[0], years[-1], first)
        return dg.RunRequest(
            run_key=f"yearly-{year}",
            tags={**tags, "shenwan/no_report_yet": late.replace(" ", "")[:255]} if late else tags,
        )

    return ask


def _today() -> str:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


def report_files(first: int = FIRST_YEAR) -> dg.SensorDefinition:
    """The sensor of reports and corrections; ``first`` is the first partition."""

    @dg.sensor(
        name="report_files",
        job=read_years,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "A new or changed file in reports/ or corrections/ (or a changed rule) starts the "
            "reading of its year and of the one that is compared with it. What arrives at the "
            "address in SHENWAN_INBOX is put into reports/ first.\n\n报告文件新增或改动后，读取该年度。"
        ),
    )
    def sensor(context: dg.SensorEvaluationContext, data: DataFolder) -> dg.SensorResult:
        folder = data.dir
        try:
            for path in data.fetch():
                context.log.info("arrived 收到: %s", path)
        except MachineError as error:
            # The archive is looked at all the same.
            context.log.warning(error.render())
        asked: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
        # The cursor keeps a year that fails from being asked for again until one of its files
        # changes, or the next day: the obstacle may have been the machine, and a report that stays
        # wrong is worth one message a day.
        years = list(years_with_files(folder))
        now = {str(year): f"{_today()}/{year_version(folder, year)}" for year in years}
        behind = [year for year in sorted(now) if not is_read(folder, int(year))]
        # Whatever is asked for again takes along what failed before: a release needs every year.
        due = behind if any(asked.get(year) != now[year] for year in behind) else []
        if due and int(due[0]) < first:
            return dg.SensorResult(skip_reason=_reload(years, first))
        return dg.SensorResult(
            run_requests=[
                # One run and not one for each: a year is compared with the one before it.
                dg.RunRequest(
                    run_key=":".join(now[year] for year in due),
                    tags=range_tags(int(due[0]), int(due[-1]), first),
                )
            ]
            if due
            else [],
            cursor=json.dumps(now, sort_keys=True),
            skip_reason=None if due else dg.SkipReason(_why_not(behind)),
        )

    return sensor


def _why_not(behind: list[str]) -> str:
    if not behind:
        return "every report has been read as it is now 各年度报告均已读取"
    years = ", ".join(behind)
    return f"asked for today, and not read yet: {years} 今日已发起读取，尚未完成：{years}"


@dg.sensor(
    job=release,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "When every year has been read and the release is older than the readings, it is built "
        "again.\n\n各年度读取完毕后重新生成发布版本。"
    ),
)
def readings_ahead_of_release(
    context: dg.SensorEvaluationContext, data: DataFolder
) -> dg.RunRequest | dg.SkipReason:
    """Ask for a release once all years are read and something differs from the last one."""
    folder = data.dir
    behind = [year for year in years_with_files(folder) if not is_read(folder, year)]
    if behind:
        return dg.SkipReason(f"waiting until these years are read 等待读取: {behind}")
    if unchanged_build(folder) is not None:
        return dg.SkipReason("the release holds all that has been read 发布版本已是最新")
    inputs = f"{_today()}/{inputs_version(folder)}"
    if context.cursor == inputs:
        return dg.SkipReason(
            "a release of these inputs has been asked for today 今日已为这些内容发起构建"
        )
    context.update_cursor(inputs)
    return dg.RunRequest(run_key=inputs)


def sensors(first: int = FIRST_YEAR) -> list[dg.SensorDefinition]:
    """All sensors; ``first`` is the first partition."""
    return [report_files(first), readings_ahead_of_release]
