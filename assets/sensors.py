"""What happens when files change: a year is read again, and the release follows."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg

from shenwan_data.build_record import unchanged_build
from shenwan_data.errors import MachineError
from shenwan_data.fingerprint import inputs_version, year_version, years_with_files

from .jobs import range_tags, read_years, release
from .resources import DataFolder
from .storage import is_current


def _today() -> str:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


@dg.sensor(
    job=read_years,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "A new or changed file in reports/ or corrections/ (or changed code) starts the reading of "
        "its year and of the one that is compared with it. What arrives at the address in "
        "SHENWAN_INBOX is put into reports/ first.\n\n报告文件新增或改动后，读取该年度。"
    ),
)
def report_files(context: dg.SensorEvaluationContext, data: DataFolder) -> dg.SensorResult:
    """Ask for one run over the years that have not been read as they are on disk now."""
    folder = data.dir
    try:
        for path in data.fetch():
            context.log.info("arrived 收到: %s", path)
    except MachineError as error:
        # What lies here is looked at all the same.
        context.log.warning(error.render())
    asked: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
    # The cursor keeps a year that fails from being asked for again until one of its files changes,
    # or the next day: what was in the way may have been the machine, and a report that stays wrong
    # is worth one message a day.
    now = {
        str(year): f"{_today()}/{year_version(folder, year)}" for year in years_with_files(folder)
    }
    behind = [year for year in sorted(now) if not is_current(folder, "observations", int(year))]
    # Whatever is asked for anew takes along what failed before: a release needs every year.
    due = behind if any(asked.get(year) != now[year] for year in behind) else []
    return dg.SensorResult(
        run_requests=[
            # One run and not one for each: a year is compared with the one before it.
            dg.RunRequest(
                run_key=":".join(now[year] for year in due),
                tags=range_tags(int(due[0]), int(due[-1])),
            )
        ]
        if due
        else [],
        cursor=json.dumps(now, sort_keys=True),
        skip_reason=None if due else dg.SkipReason(_why_not(behind)),
    )


def _why_not(behind: list[str]) -> str:
    if not behind:
        return "every report has been read as it is now"
    return f"asked for today, and not read yet: {', '.join(behind)}"


@dg.sensor(
    job=release,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "When every year has been read and the release is older than the readings, it is built "
        "anew.\n\n各年度读取完毕后重新生成发布版本。"
    ),
)
def readings_ahead_of_release(
    context: dg.SensorEvaluationContext, data: DataFolder
) -> dg.RunRequest | dg.SkipReason:
    """Ask for a release once all years are read and something differs from the last one."""
    folder = data.dir
    behind = [
        year for year in years_with_files(folder) if not is_current(folder, "observations", year)
    ]
    if behind:
        return dg.SkipReason(f"waiting until these years are read: {behind}")
    if unchanged_build(folder) is not None:
        return dg.SkipReason("the release holds all that has been read")
    inputs = f"{_today()}/{inputs_version(folder)}"
    if context.cursor == inputs:
        return dg.SkipReason("a release of these inputs has been asked for today")
    context.update_cursor(inputs)
    return dg.RunRequest(run_key=inputs)


SENSORS = (report_files, readings_ahead_of_release)
