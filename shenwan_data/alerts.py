"""Telling somebody who is not at the keyboard: a log line, a web hook, a mail.

Belongs here: the channels, read from the environment when they are needed, and sending. Does not
belong here: when there is something to tell (``cli``, the sensors of ``assets``).
"""

from __future__ import annotations

import json
import logging
import os
import smtplib
import threading
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from http.client import HTTPException
from typing import Any

from shenwan_data.errors import Text, UsageError, printable

VARIABLES = {
    "SHENWAN_ALERT_WEBHOOK": Text("接收通知的网址", "an address that takes a JSON message by POST"),
    "SHENWAN_ALERT_SMTP": Text("邮件服务器（主机:端口）", "a mail server, host:port"),
    "SHENWAN_ALERT_MAIL_FROM": Text("发件人", "the sender of mails"),
    "SHENWAN_ALERT_MAIL_TO": Text("收件人，以逗号分隔", "the recipients, separated by commas"),
}
_TIMEOUT = 10
_LONGEST = 30.0
logger = logging.getLogger("shenwan_data.alerts")


@dataclass(frozen=True, slots=True)
class Channels:
    """Where alerts go. The log is always one of them."""

    webhook: str | None = None
    smtp: str | None = None
    sender: str | None = None
    recipients: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The channels that are set, by name."""
        mail = ("mail",) if self.smtp else ()
        return ("log", *(("webhook",) if self.webhook else ()), *mail)


def channels(environment: Mapping[str, str] | None = None) -> Channels:
    """The channels that the environment names. Raises UsageError where they are set by half."""
    given = os.environ if environment is None else environment
    webhook, smtp, sender, recipients = (given.get(name) or None for name in VARIABLES)
    if webhook and not webhook.startswith(("http://", "https://")):
        raise _wrong("SHENWAN_ALERT_WEBHOOK", Text("不是网址", "not an http(s) address"))
    mail = (smtp, sender, recipients)
    if any(mail) and not all(mail):
        raise _wrong(
            "SHENWAN_ALERT_SMTP",
            Text("邮件设置不完整", "server, sender and recipients of mails go together"),
        )
    if smtp and not smtp.rpartition(":")[2].isdecimal():
        raise _wrong("SHENWAN_ALERT_SMTP", Text("应为 主机:端口", "it must be host:port"))
    addresses = tuple(one.strip() for one in (recipients or "").split(",") if one.strip())
    return Channels(webhook, smtp, sender, addresses)


def alert(subject: Text, body: str) -> None:
    """Send one alert over the channels in the environment; where they are set wrongly, only log it."""
    try:
        to = channels()
    except UsageError as error:
        logger.warning("%s", error.render())
        to = Channels()
    send(to, subject, body)


def send(to: Channels, subject: Text, body: str) -> tuple[str, ...]:
    """Send one alert over every channel; the names of those that failed.

    A channel that fails is logged and does not keep the alert from the others.
    """
    failed = []
    said = printable(body)
    logger.error("%s / %s: %s", subject.en, subject.zh, said)
    for name, deliver in (("webhook", _post), ("mail", _mail)):
        if name in to.names and (problem := _in_time(deliver, to, subject, said)):
            logger.warning("the alert was not sent by %s 通知未能发出: %s", name, problem)
            failed.append(name)
    return tuple(failed)


def _in_time(deliver: Callable[[Channels, Text, str], None], *given: Any) -> str | None:
    """Deliver one alert; what kept it from arriving, None where nothing did.

    A server that sends a byte now and then keeps a connection open for ever: it is not waited for.
    """
    problems: list[str] = ["it took too long"]

    def run() -> None:
        try:
            deliver(*given)
            problems.clear()
        except (OSError, smtplib.SMTPException, HTTPException, ValueError) as error:
            problems[:] = [str(error)]

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(_LONGEST)
    return problems[0] if problems else None


def _post(to: Channels, subject: Text, body: str) -> None:
    content = {"subject_zh": subject.zh, "subject_en": subject.en, "text": body}
    request = urllib.request.Request(  # noqa: S310 - http or https, see channels()
        str(to.webhook),
        data=json.dumps(content, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    with urllib.request.urlopen(request, timeout=_TIMEOUT):  # noqa: S310
        pass


def _mail(to: Channels, subject: Text, body: str) -> None:
    message = EmailMessage()
    message["Subject"] = f"{subject.zh} / {subject.en}"
    message["From"] = str(to.sender)
    message["To"] = ", ".join(to.recipients)
    message.set_content(body)
    host, _, port = str(to.smtp).rpartition(":")
    with smtplib.SMTP(host, int(port), timeout=_TIMEOUT) as server:
        server.send_message(message)


def _wrong(variable: str, problem: Text) -> UsageError:
    return UsageError(
        problem,
        file=variable,
        remedy=Text(
            f"请按 docs/operations.md 设置 {'、'.join(VARIABLES)}",
            f"set {', '.join(VARIABLES)} as docs/operations.md says",
        ),
    )
