"""A run that fails tells the people who look after it."""

from collections.abc import Mapping

import dagster as dg

from shenwan_data.alerts import channels, send
from shenwan_data.errors import Text


class Alerts(dg.ConfigurableResource["Alerts"]):
    """Where alerts go. Left out, SHENWAN_ALERT_* of the environment say so (docs/operations.md)."""

    settings: Mapping[str, str] | None = None

    def tell(self, subject: Text, body: str) -> tuple[str, ...]:
        """Send an alert; the names of the channels that failed. Raises UsageError."""
        return send(channels(self.settings), subject, body)


@dg.run_failure_sensor(
    name="tell_failure",
    minimum_interval_seconds=30,
    description=(
        "Tells by log, web hook or mail that a run has failed; the release of before stays.\n\n"
        "运行失败时通过日志、网址或邮件通知。"
    ),
)
def tell_failure(context: dg.RunFailureSensorContext, alerts: Alerts) -> None:
    """Send one alert for a failed run."""
    run = context.dagster_run
    alerts.tell(
        Text(f"运行失败：{run.job_name}", f"a run has failed: {run.job_name}"),
        f"{context.failure_event.message or ''}\nrun {run.run_id}",
    )
