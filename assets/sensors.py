"""What happens when files change: a year is read again, and the release follows."""

import json

import dagster as dg

from shenwan_data.build_record import unchanged_build
from shenwan_data.fingerprint import inputs_version, year_version, years_with_files

from .jobs import range_tags, read_years, release
from .resources import DataFolder
from .storage import is_current


@dg.sensor(
    job=read_years,
    minimum_interval_seconds=60,
    description=(
        "A new or changed file in reports/ or corrections/ (or changed code) starts the reading of "
        "its year and of the one that is compared with it.\n\n报告文件新增或改动后，读取该年度。"
    ),
)
def report_files(context: dg.SensorEvaluationContext, data: DataFolder) -> dg.SensorResult:
    """Ask for one run over the years that have not been read as they are on disk now."""
    folder = data.dir
    asked: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
    now = {str(year): year_version(folder, year) for year in years_with_files(folder)}
    # The cursor keeps a year that fails from being asked for again until one of its files changes.
    due = [
        year
        for year, version in now.items()
        if asked.get(year) != version and not is_current(folder, "observations", int(year))
    ]
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
        skip_reason=None if due else dg.SkipReason("every report has been read as it is now"),
    )


@dg.sensor(
    job=release,
    minimum_interval_seconds=60,
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
    inputs = inputs_version(folder)
    if context.cursor == inputs:
        return dg.SkipReason("a release of these inputs has been asked for")
    context.update_cursor(inputs)
    return dg.RunRequest(run_key=inputs)


SENSORS = (report_files, readings_ahead_of_release)
