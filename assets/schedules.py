"""What happens by the calendar: the whole rebuild, once a year, when all reports are due."""

import dagster as dg

from shenwan_data.errors import MachineError
from shenwan_data.fingerprint import years_with_files
from shenwan_data.report.calendar import areas_without_report, due_date

from .jobs import range_tags, rebuild
from .resources import DataFolder

YEARLY = "0 3 2 4 *"


def _ask(context: dg.ScheduleEvaluationContext, data: DataFolder) -> dg.RunRequest | dg.SkipReason:
    """Ask for one run over all years that have a report."""
    folder = data.dir
    try:
        data.fetch()
    except MachineError as error:
        context.log.warning(error.render())
    years = years_with_files(folder)
    if not years:
        return dg.SkipReason(f"there is no report in {folder / 'reports'}")
    year = context.scheduled_execution_time.year - 1
    late = areas_without_report(folder, year)
    if late:
        context.log.warning(
            "no report for %s yet, due %s: %s 尚未公布", year, due_date(year), ", ".join(late)
        )
    return dg.RunRequest(
        run_key=f"yearly-{year}",
        tags={**range_tags(years[0], years[-1]), "shenwan/no_report_yet": ",".join(late)[:255]}
        if late
        else range_tags(years[0], years[-1]),
    )


def yearly_rebuild(cron: str = YEARLY) -> dg.ScheduleDefinition:
    """The schedule, striking as ``cron`` says."""
    decorate = dg.schedule(
        name="yearly_rebuild",
        job=rebuild,
        cron_schedule=cron,
        execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=(
            "The whole rebuild on 2 April at 3:00: reports must be public before 1 April. Says which "
            "areas have none yet.\n\n每年 4 月 2 日 3 时全部重建，并列出尚未公布报告的地区。"
        ),
    )
    return decorate(_ask)
