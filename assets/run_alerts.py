"""How a run is reported: as JSON lines, as a Markdown file, and by a message when it has failed.

Belongs here: turning the events of a run into words. Does not belong here: how a message is sent
(``shenwan_data.alerts``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

import dagster as dg

from shenwan_data.alerts import channels, send
from shenwan_data.build_record import Summary
from shenwan_data.errors import ShenwanError, Text
from shenwan_data.files import write_atomic
from shenwan_data.model import Blocked
from shenwan_data.release.package import markdown_cell
from shenwan_data.versions import digest

from .checks import HOLDS, ways_out
from .previews import LABELS, Listener, said


def json_lines(stream: TextIO) -> Listener:
    """A listener that writes every event as one JSON object: time, level, run, event, step, message.

    A check adds its asset, name, and whether it passed.
    """

    def listen(event: dg.DagsterEvent) -> None:
        line: dict[str, object] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "level": "error" if event.is_failure else "info",
            "event": event.event_type_value,
            "job": event.job_name,
            "step": event.step_key,
            "message": event.message,
        }
        if event.event_type_value == "ASSET_CHECK_EVALUATION":
            check = event.asset_check_evaluation_data
            line |= {
                "asset": check.asset_key.to_user_string(),
                "check": check.check_name,
                "passed": check.passed,
                "severity": check.severity.value,
            }
            if not check.passed:
                line["level"] = check.severity.value.lower()
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        stream.flush()

    return listen


def markdown_report(
    events: Sequence[dg.DagsterEvent], summary: Summary | None, error: Exception | None
) -> str:
    """A run as Markdown: how it ended, what it counted, its steps and its checks."""
    ended = "finished 完成" if error is None else "stopped, the previous release stays 已停止"
    lines = ["# Build report 构建报告", "", f"The run {ended}.", ""]
    if error is not None:
        shown = error.render() if isinstance(error, ShenwanError) else repr(error)
        lines += ["```", shown, "```", ""]
    if summary is not None:
        lines += ["| | |", "| --- | --- |"]
        rows = {
            "reports 报告": summary.reports,
            "numerals 数字": summary.numerals,
            "figures 数据": summary.figures,
            "reported observations 观测值": sum(summary.reported.values()),
            "findings 疑点": summary.findings,
            "release 发布版本": summary.release,
        }
        lines += [f"| {name} | {value} |" for name, value in rows.items()] + [""]
    lines += ["| step 步骤 | result 结果 | seconds 秒 |", "| --- | --- | --- |"]
    for event in events:
        label = LABELS.get(event.step_key or "", event.step_key)
        if event.event_type_value == "STEP_SUCCESS":
            spent = (event.step_success_data.duration_ms or 0) / 1000
            lines.append(f"| {label} | ok | {spent:.2f} |")
        elif event.event_type_value in {"STEP_FAILURE", "STEP_SKIPPED"}:
            lines.append(f"| {label} | {event.event_type_value[5:].lower()} | |")
    lines += ["", "| check 检查 | asset | result 结果 |", "| --- | --- | --- |"]
    for event in events:
        if event.event_type_value == "ASSET_CHECK_EVALUATION":
            check = event.asset_check_evaluation_data
            ended = "passed 通过" if check.passed else f"{check.severity.value.lower()} 未通过"
            why = (
                ""
                if check.passed
                else ": " + markdown_cell(" ".join(said(check.description or "")))
            )
            asset = check.asset_key.to_user_string()
            lines.append(f"| {check.check_name} | {asset} | {ended}{why} |")
    return "\n".join(lines) + "\n"


_WILL_RETRY = "dagster/will_retry"
_CHECK_FAILED = "DagsterAssetCheckFailedError"
_AGAIN = (
    "原有发布版本不变。请按上述原因处理；文件改动后会自动重做，也可在界面的该次运行中点 Re-execute。\n"
    "The previous release is unchanged. Correct the cause: a changed file starts the work again, and so "
    "does Re-execute on the page of the run."
)
_SENT = "alerts.json"
_OWN_ERRORS = "shenwan_data.errors.DataError: "


class Alerts(dg.ConfigurableResource["Alerts"]):
    """Where alerts go. Left out, SHENWAN_ALERT_* of the environment say so (docs/operations.md).

    ``silent`` sends none: whoever started the run says how it ended.
    """

    settings: Mapping[str, str] | None = None
    silent: bool = False

    def send(self, subject: Text, body: str) -> tuple[str, ...]:
        """Send an alert; the names of the channels that failed. Raises UsageError."""
        return () if self.silent else send(channels(self.settings), subject, body)

    def about_blocked(self, work: Path, blocked: Sequence[Blocked]) -> None:
        """Say which reports are blocked and what to do, once for the same reports and reasons."""
        ways = ways_out(blocked)
        reports = ", ".join(sorted({one.report for one in blocked}))
        subject = Text(f"报告待处理：{reports}", f"reports wait for a decision: {reports}")
        self._once(work, "blocked", subject, f"{ways.zh}\n\n{ways.en}" if blocked else "")

    def about_late(self, work: Path, year: int, due: date, late: Sequence[str]) -> None:
        """Say which areas have no report for a year and what to do, once."""
        areas = ", ".join(late)
        body = (
            f"{year} 年度报告应于 {due} 前公布，尚无：{areas}。请核实是否已公布，"
            f"并用 shenwan-data add 文件 --year {year} --area 地区 归档。\n\n"
            f"the reports of {year} were due on {due}; there is none of: {areas}. Find out whether "
            f"they are public and archive them: shenwan-data add FILE --year {year} --area AREA"
        )
        subject = Text(f"{year} 年度报告缺失", f"reports of {year} are missing")
        self._once(work, f"late-{year}", subject, body if late else "")

    def _once(self, work: Path, topic: str, subject: Text, body: str) -> None:
        """Send what has not been sent on a topic; an empty body ends the matter."""
        if self.silent:
            return
        note = work / _SENT
        try:
            sent = json.loads(note.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            sent = {}
        now = {key: value for key, value in sent.items() if key != topic}
        if body:
            now[topic] = digest([body.encode()])
        if now != sent:
            write_atomic(note, json.dumps(now, indent=1, sort_keys=True))
        if body and sent.get(topic) != now[topic]:
            self.send(subject, body)


@dg.run_failure_sensor(
    name="failure_alert",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Sends a message by log, web hook or mail when a run has failed; the previous release stays.\n\n"
        "运行失败时通过日志、网址或邮件通知。"
    ),
)
def failure_alert(context: dg.RunFailureSensorContext, alerts: Alerts) -> None:
    """Send one alert for a failed run, none for a blocked report: that was said when it was read."""
    run = context.dagster_run
    if run.tags.get(_WILL_RETRY) == "true":
        context.log.info("run %s is tried again first", run.run_id)
        return
    checks = _failed_checks(context)
    if any(check.check_name == HOLDS for check in checks):
        context.log.info("a report is blocked 有报告待处理")
        return
    found = [
        f"{check.asset_key.to_user_string()}, {check.check_name}: "
        + "\n".join(reversed(said(check.description or "")))
        for check in checks
    ]
    why = [*found, *_causes(context)] or [context.failure_event.message or ""]
    alerts.send(
        Text(f"运行失败：{run.job_name}", f"a run has failed: {run.job_name}"),
        "\n\n".join([*why, _AGAIN, f"run {run.run_id}"]),
    )


def _causes(context: dg.RunFailureSensorContext) -> list[str]:
    """What each failed step ran into: the first cause, not Dagster's words around it."""
    found = []
    for event in context.get_step_failure_events():
        error = event.step_failure_data.error
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None and error.cls_name != _CHECK_FAILED:
            cause = error.message.strip().removeprefix(_OWN_ERRORS)
            found.append(f"{event.step_key}: {cause}")
    return found


def _failed_checks(context: dg.RunFailureSensorContext) -> list[dg.AssetCheckEvaluation]:
    """Each check that stopped the run."""
    entries = context.instance.all_logs(
        context.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    )
    checks = [
        entry.get_dagster_event().asset_check_evaluation_data
        for entry in entries
        if entry.is_dagster_event
    ]
    return [
        check
        for check in checks
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    ]
