"""A build from the command line: the real jobs, in this process.

Belongs here: choosing the years that have to be read, running the job, saying how it went, and whether
the Dagster instance of DAGSTER_HOME can be used. Does not belong here: what the job does (the assets).
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

import dagster as dg
import yaml
from rich.console import Console

from shenwan_data.alerts import alert
from shenwan_data.build_lock import build_limit, exclusive_build, time_limit
from shenwan_data.build_record import WORK_FOLDER, Summary, keep_build
from shenwan_data.errors import (
    DataError,
    MachineError,
    ShenwanError,
    Text,
    UsageError,
    cannot_write,
    unexpected,
)
from shenwan_data.versions import inputs_version, years_with_files
from shenwan_data.work_files import is_read, kept_blocked

from .automation import add_years
from .checks import ERROR, HOLDS
from .definitions import build_defs
from .outputs import SUMMARY, VERSION_TAKEN
from .previews import LABELS, Display, Listener, said
from .resources import DataFolder, range_tags
from .run_alerts import Alerts, json_lines, markdown_report

DETAILS = "error.txt"
_DATABASE = ("sqlalchemy.", "dagster_postgres.", "psycopg2.")


def run_build(
    data_dir: Path,
    *,
    year: int | None = None,
    force: bool = False,
    console: Console | None = None,
    log: TextIO | None = None,
    report: Path | None = None,
) -> Summary:
    """Read what has to be read and build the release.

    Reads the years whose files, corrections or rules have changed since they were last read; all of
    them with ``force``; ``year`` in any case. Progress goes to ``console``, stderr unless given;
    with ``log`` every event goes there as a line of JSON instead. ``report`` is written as Markdown,
    however the build ends. Keeps a history of runs where DAGSTER_HOME is set.

    Raises UsageError for a year without a report, DataError where the data is wrong or a check
    fails, MachineError where the disk or the database of the instance fails or the build takes longer
    than ``SHENWAN_BUILD_MINUTES`` (60), ProgramError for
    anything else (its traceback is then in ``.build/error.txt``), and KeyboardInterrupt. The
    previous release then stays as it was, and the lock is free.
    """
    minutes = build_limit()
    with exclusive_build(data_dir):
        years = years_with_files(data_dir)
        _require(years, year, data_dir)
        inputs = inputs_version(data_dir)
        due = [
            one
            for one in years
            if force
            or one == year
            or not is_read(data_dir, one)
            or kept_blocked(data_dir, "observations", one)
        ]
        events: list[dg.DagsterEvent] = []

        def give_up(error: MachineError) -> None:
            _keep_report(report, events, error)
            sys.stderr.write(f"{error.render()}\n")
            alert(Text("构建失败", "the build has failed"), error.render())

        shown = console or Console(stderr=True, quiet=log is not None)
        try:
            with time_limit(minutes, give_up):
                _run(data_dir, due, events, shown, log)
            summary, version_taken = _made(events)
            # The version that a build has taken is in release.yaml now, and no change to build again for.
            keep_build(data_dir, inputs_version(data_dir) if version_taken else inputs, summary)
        except dg.DagsterExecutionInterruptedError as error:
            raise KeyboardInterrupt from error
        except Exception as error:
            failure = _failure(error, events, data_dir)
            _keep_report(report, events, failure)
            raise failure from error
    if report is not None:
        report.write_text(markdown_report(events, summary, None), encoding="utf-8")
    return summary


def _keep_report(report: Path | None, events: list[dg.DagsterEvent], error: ShenwanError) -> None:
    if report is not None:
        # A disk that is full takes no report either; what is shown is why the run stopped.
        with suppress(OSError):
            report.write_text(markdown_report(events, None, error), encoding="utf-8")


def _failure(error: Exception, events: list[dg.DagsterEvent], data_dir: Path) -> ShenwanError:
    """What to show for whatever stopped a run."""
    if isinstance(error, ShenwanError):
        return error
    if isinstance(error, dg.DagsterError) and (stopped := _stopped(events)) is not None:
        return stopped
    outside = outside_error(error)
    if outside is not None:
        return outside
    details = data_dir / WORK_FOLDER / DETAILS
    with suppress(OSError):
        details.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    failure = unexpected(error, details)
    failed = [event.step_key for event in events if event.event_type_value == "STEP_FAILURE"]
    failure.place = ", ".join(LABELS.get(step or "", step or "") for step in failed) or None
    return failure


def _require(years: tuple[int, ...], year: int | None, data_dir: Path) -> None:
    reports = data_dir / "reports"
    if not years:
        raise DataError(
            Text("没有报告", "there is no report"),
            file=reports,
            remedy=Text(
                "请把报告放到 reports/<年度>/<地区>.txt（或 .html .docx .pdf）",
                "put a report at reports/<year>/<area>.txt (or .html, .docx, .pdf)",
            ),
        )
    if year is not None and year not in years:
        raise UsageError(
            Text(f"没有 {year} 年度的报告", f"there is no report for {year}"),
            file=reports / str(year),
            remedy=Text(
                f"已有年度：{'、'.join(map(str, years))}",
                f"years with a report: {', '.join(map(str, years))}",
            ),
        )


def _run(
    data_dir: Path,
    due: list[int],
    events: list[dg.DagsterEvent],
    console: Console,
    log: TextIO | None,
) -> None:
    listeners: list[Listener] = [events.append, *([json_lines(log)] if log else [])]

    def listen(event: dg.DagsterEvent) -> None:
        for each in listeners:
            each(event)

    # A command that fails sends its own alert.
    data, alerts = DataFolder(path=str(data_dir)), Alerts(silent=True)
    defs = build_defs(data=data, alerts=alerts, listen=listen)
    job = defs.resolve_job_def("rebuild" if due else "release")
    steps = len(job.graph.node_defs)
    with _instance() as instance, Display(steps, console) as display:
        listeners.append(display.listen)
        years = [year for year in add_years(instance, data_dir) if int(year) in due]
        job.execute_in_process(
            instance=instance,
            run_config={"loggers": {"progress": {}}},
            tags=range_tags(years) if years else {},
        )


@contextmanager
def _instance() -> Iterator[dg.DagsterInstance]:
    if os.environ.get("DAGSTER_HOME"):
        with _opened() as instance:
            yield instance
    else:
        with dg.DagsterInstance.ephemeral(settings={"telemetry": {"enabled": False}}) as instance:
            yield instance


def _opened() -> dg.DagsterInstance:
    """The instance of DAGSTER_HOME. Raises UsageError where the folder or its settings are wrong."""
    try:
        return dg.DagsterInstance.get()
    except (dg.DagsterError, yaml.YAMLError) as error:
        said = " ".join(str(error).split())
        raise UsageError(
            Text(f"无法使用该 Dagster 实例：{said}", f"this instance cannot be used: {said}"),
            file="DAGSTER_HOME",
            remedy=Text(
                "请设为已有的绝对路径目录并检查其中的 dagster.yaml，或不设",
                "set it to the absolute path of a folder, check dagster.yaml in it, or leave it out",
            ),
        ) from error


def _evaluations(events: list[dg.DagsterEvent]) -> list[dg.AssetCheckEvaluation]:
    return [
        event.asset_check_evaluation_data
        for event in events
        if event.event_type_value == "ASSET_CHECK_EVALUATION"
    ]


def _stopped(events: list[dg.DagsterEvent]) -> DataError | None:
    """What to show when checks have ended the run, None when something else has."""
    failed = [one for one in _evaluations(events) if not one.passed and one.severity == ERROR]
    # That a report is missing from the tables follows from what keeps it out.
    failed = [one for one in failed if one.check_name != HOLDS] or failed
    if not failed:
        return None
    messages = [said(one.description or one.check_name) for one in failed]
    english = "; ".join(message.en for message in messages)
    chinese = "；".join(message.zh for message in messages)
    names = ", ".join(f"{one.asset_key.to_user_string()}: {one.check_name}" for one in failed)
    return DataError(
        Text(
            f"检查未通过，未生成发布版本：{chinese}",
            f"a check failed, no release was made: {english}",
        ),
        place=f"check {names}",
        remedy=Text(
            "原有发布版本保持不变。请用 shenwan-data inspect 查看该报告，修正后重新构建",
            "the previous release is unchanged; look at the report with `shenwan-data inspect`, "
            "correct it and build again",
        ),
    )


def _made(events: list[dg.DagsterEvent]) -> tuple[Summary, bool]:
    """What a run has made, and whether it took the next version by itself."""
    evaluations = _evaluations(events)
    metadata: Any = next(
        event.step_materialization_data.materialization.metadata
        for event in events
        if event.is_step_materialization
        and SUMMARY in event.step_materialization_data.materialization.metadata
    )
    summary = Summary(
        **metadata[SUMMARY].value,
        checks_passed=sum(one.passed for one in evaluations),
        checks_warned=sum(not one.passed for one in evaluations),
    )
    return summary, bool(metadata[VERSION_TAKEN].value)


def instance_problem() -> str | None:
    """What keeps the instance from being used, None where nothing does. Shows no password."""
    # The storage tries again for some seconds and warns each time; the answer is the last failure.
    logging.disable(logging.WARNING)
    try:
        with dg.DagsterInstance.get() as instance:
            instance.get_runs(limit=1)
            instance.all_asset_keys()
    except Exception as error:  # noqa: BLE001 - whatever a storage raises is the answer
        # "Too many retries" says less than what was tried.
        cause = error.__cause__ or error
        return f"{type(cause).__name__}: {_without_sql(cause)}"
    finally:
        logging.disable(logging.NOTSET)
    return None


def outside_error(error: BaseException) -> MachineError | None:
    """The failure of the disk or of the database that an error goes back to, None where it is ours."""
    for cause in _causes(error):
        if isinstance(cause, MachineError):
            return cause
        if isinstance(cause, ShenwanError):
            return None
        if isinstance(cause, OSError) and cause.errno is not None:
            return cannot_write(cause, cause.filename or "disk 磁盘")
        if type(cause).__module__.startswith(_DATABASE):
            return MachineError(
                Text(
                    f"运行记录的数据库不可用：{_without_sql(cause)}",
                    f"the database of the instance failed: {_without_sql(cause)}",
                ),
                file="DAGSTER_HOME",
                remedy=Text(
                    "请用 shenwan-data doctor 检查后重试；原有发布版本保持不变",
                    "check it with `shenwan-data doctor` and run again; the previous release is "
                    "unchanged",
                ),
            )
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it goes back to, each once: one that is raised again may be its own cause."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        yield cause
        seen.append(cause)
        cause = cause.__cause__ or cause.__context__


def _without_sql(error: BaseException) -> str:
    return " ".join(str(error).split("[SQL:")[0].split("(Background")[0].split())
