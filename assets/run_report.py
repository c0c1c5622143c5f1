"""How a run is told to those who were not there: JSON lines while it goes, Markdown afterwards.

Belongs here: the two forms. Does not belong here: the run (``build``), or alerts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TextIO

import dagster as dg

from shenwan_data.build_record import Summary
from shenwan_data.errors import ShenwanError

from .progress import LABELS, Listener


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
    ended = "finished 完成" if error is None else "stopped, the release of before stays 已停止"
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
            told = "" if check.passed else ": " + _cell(check.description or "")
            asset = check.asset_key.to_user_string()
            lines.append(f"| {check.check_name} | {asset} | {said}{told} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
