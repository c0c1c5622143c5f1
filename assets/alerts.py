"""A run that fails tells the people who look after it."""

from collections.abc import Mapping

import dagster as dg

from shenwan_data.alerts import channels, send
from shenwan_data.errors import Text

_WILL_RETRY = "dagster/will_retry"
_CHECK_FAILED = "DagsterAssetCheckFailedError"
_OWN_ERRORS = "shenwan_data.errors.DataError: "


class Alerts(dg.ConfigurableResource["Alerts"]):
    """Where alerts go. Left out, SHENWAN_ALERT_* of the environment say so (docs/operations.md)."""

    settings: Mapping[str, str] | None = None

    def tell(self, subject: Text, body: str) -> tuple[str, ...]:
        """Send an alert; the names of the channels that failed. Raises UsageError."""
        return send(channels(self.settings), subject, body)


@dg.run_failure_sensor(
    name="tell_failure",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Tells by log, web hook or mail that a run has failed; the release of before stays.\n\n"
        "运行失败时通过日志、网址或邮件通知。"
    ),
)
def tell_failure(context: dg.RunFailureSensorContext, alerts: Alerts) -> None:
    """Send one alert for a failed run."""
    run = context.dagster_run
    if run.tags.get(_WILL_RETRY) == "true":
        context.log.info("run %s is tried again before anybody is told", run.run_id)
        return
    told = [*_failed_checks(context), *_causes(context)] or [context.failure_event.message or ""]
    alerts.tell(
        Text(f"运行失败：{run.job_name}", f"a run has failed: {run.job_name}"),
        "\n\n".join([*told, f"run {run.run_id}"]),
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
