"""How a run is reported: as JSON lines, as a Markdown file, and by a message when it has failed.

Belongs here: turning the events of a run into words. Does not belong here: how a message is sent
(``shenwan_data.alerts``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TextIO

import dagster as dg

from shenwan_data.alerts import channels, send
from shenwan_data.build_record import Summary
from shenwan_data.errors import ShenwanError, Text
from shenwan_data.release.package import markdown_cell

from .previews import LABELS, Listener


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
        said = error.render() if isinstance(error, ShenwanError) else repr(error)
        lines += ["```", said, "```", ""]
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
            said = "passed 通过" if check.passed else f"{check.severity.value.lower()} 未通过"
            why = "" if check.passed else ": " + markdown_cell(check.description or "")
            asset = check.asset_key.to_user_string()
            lines.append(f"| {check.check_name} | {asset} | {said}{why} |")
    return "\n".join(lines) + "\n"


_WILL_RETRY = "dagster/will_retry"
_CHECK_FAILED = "DagsterAssetCheckFailedError"
_OWN_ERRORS = "shenwan_data.errors.DataError: "


class Alerts(dg.ConfigurableResource["Alerts"]):
    """Where alerts go. Left out, SHENWAN_ALERT_* of the environment say so (docs/operations.md)."""

    settings: Mapping[str, str] | None = None

    def send(self, subject: Text, body: str) -> tuple[str, ...]:
        """Send an alert; the names of the channels that failed. Raises UsageError."""
        return send(channels(self.settings), subject, body)


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
    """Send one alert for a failed run."""
    run = context.dagster_run
    if run.tags.get(_WILL_RETRY) == "true":
        context.log.info("run %s is tried again first", run.run_id)
        return
    why = [*_failed_checks(context), *_causes(context)] or [context.failure_event.message or ""]
    alerts.send(
        Text(f"运行失败：{run.job_name}", f"a run has failed: {run.job_name}"),
        "\n\n".join([*why, f"run {run.run_id}"]),
    )


def _causes(context: dg.RunFailureSensorContext) -> list[str]:
    """What each failed step ran into: the first cause, not Dagster's words around it."""
    found = []
    for event in context.get_step_failure_events():
        error = event.step_failure_data.error
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None and error.cls_name != _CHECK_FAILED:
            said = error.message.strip().removeprefix(_OWN_ERRORS)
            found.append(f"{event.step_key}: {said}")
    return found


def _failed_checks(context: dg.RunFailureSensorContext) -> list[str]:
    """What each check that stopped the run found, in both languages."""
    entries = context.instance.all_logs(
        context.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    )
    checks = [
        entry.get_dagster_event().asset_check_evaluation_data
        for entry in entries
        if entry.is_dagster_event
    ]
    return [
        f"{check.asset_key.to_user_string()}, {check.check_name}: {check.description or ''}"
        for check in checks
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    ]
