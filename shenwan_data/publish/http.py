"""HTTP with one portal: timeouts, retries, and where the token may be sent.

Belongs here: the session and the retries. Does not belong here: the requests themselves (``ckan``).

The token is sent to the address in ``targets.yaml`` only: a redirect of a write is refused, one of a
download is followed without the token.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import tenacity
from requests.auth import AuthBase

from shenwan_data.errors import Text
from shenwan_data.publish.plan import PortalError

Result = TypeVar("Result")


class TransientError(Exception):
    """A failure worth a retry. ``indeterminate``: the request may have taken effect."""

    def __init__(
        self, message: str, *, indeterminate: bool = True, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.indeterminate = indeterminate
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Retries:
    """The retry policy of a target. Waits are seconds, doubled each time, with jitter."""

    attempts: int = 6
    first_wait: float = 0.5
    longest_wait: float = 60.0

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, TransientError) else None
        growing = tenacity.wait_exponential(multiplier=self.first_wait, max=self.longest_wait)
        jitter = growing(state) + tenacity.wait_random(0, self.first_wait)(state)
        # Retry-After takes precedence; one of hours counts as a refusal (see _stop).
        return max(asked, 0.0) if asked is not None else jitter

    def _stop(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, TransientError) else None
        return state.attempt_number >= self.attempts or (asked or 0.0) > self.longest_wait

    def _run(self, target: str, what: str, action: Callable[[], Result]) -> Result:
        try:
            return tenacity.Retrying(
                stop=self._stop,
                wait=self._wait,
                retry=tenacity.retry_if_exception_type(TransientError),
                reraise=True,
            )(action)
        except TransientError as error:
            raise PortalError(
                Text(f"{what}：门户没有正常应答（{error}）", f"{what}: no valid answer ({error})"),
                place=target,
                remedy=Text(
                    "已公开的内容没有变化；请稍后重新发布，将从中断处继续",
                    "the public content is unchanged; publish again later, and it will resume here",
                ),
            ) from None

    def read(self, target: str, what: str, action: Callable[[], Result]) -> Result:
        """Run a read-only action with retries. PortalError when the failure persists."""
        return self._run(target, what, action)

    def write(
        self,
        target: str,
        what: str,
        action: Callable[[], Result],
        settled: Callable[[], Result | None],
    ) -> Result:
        """Run a write action. After an indeterminate answer ``settled`` checks whether it was done.

        ``settled`` returns what ``action`` would have returned, or None where it was not done; only
        then is the action retried.
        """
        indeterminate = False

        def once() -> Result:
            nonlocal indeterminate
            if indeterminate:
                found = settled()
                if found is not None:
                    return found
                indeterminate = False
            try:
                return action()
            except TransientError as error:
                indeterminate = error.indeterminate
                raise

        return self._run(target, what, once)


_REFUSED_FOR_NOW = (429, 503)
_UNCLEAR = (500, 502, 504)
_REDIRECTS = 5
_TOO_LARGE = (413, 507)


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address, the port filled in."""
    parts = urlsplit(url)
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or standard


class _Token(AuthBase):
    """Adds the token to requests to the portal's own address only, whatever redirects there are."""

    def __init__(self, url: str, token: Callable[[], str] | None) -> None:
        self._origin = origin(url)
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None and origin(str(request.url)) == self._origin:
            request.headers["Authorization"] = self._token()
        return request


class PortalSession(requests.Session):
    """A session with one portal. ``token`` is a function, so that no attribute holds it.

    Raises TransientError for what may be retried, PortalError for what may not.
    """

    def __init__(
        self, target: str, url: str, token: Callable[[], str] | None, timeout: float
    ) -> None:
        super().__init__()
        self._target = target
        self._timeout = timeout
        self.auth = _Token(url, token)

    def request(self, method: str | bytes, url: str | bytes, **options: Any) -> requests.Response:  # type: ignore[override]
        """One request; error answers become exceptions."""
        options["timeout"] = self._timeout
        options["allow_redirects"] = False
        name, address = str(method).upper(), str(url)
        try:
            for _ in range(_REDIRECTS):
                answer = super().request(name, address, **options)
                if not answer.is_redirect:
                    return self._judged(answer)
                if name != "GET":
                    break
                address = urljoin(address, answer.headers["Location"])
                # The query belongs to the original address only.
                options.pop("params", None)
        except requests.RequestException as error:
            # The library's message quotes the address, which has no secret.
            raise TransientError(f"{type(error).__name__}: {error}") from None
        host = urlsplit(answer.headers.get("Location", "")).netloc
        raise PortalError(
            Text(
                f"门户把请求转到了另一个地址（{host}），未跟随",
                f"the portal redirects to another address ({host}); not followed",
            ),
            place=self._target,
            remedy=Text(
                "请核对后把 targets.yaml 中的 url 改为新地址",
                "if that is right, set `url` in targets.yaml to the new address",
            ),
        )

    def _judged(self, answer: requests.Response) -> requests.Response:
        status = answer.status_code
        if status in _REFUSED_FOR_NOW:
            wait = retry_after(answer.headers.get("Retry-After"))
            raise TransientError(f"HTTP {status}", indeterminate=status != 429, retry_after=wait)
        if status in _UNCLEAR:
            raise TransientError(f"HTTP {status}")
        if status in _TOO_LARGE:
            raise PortalError(
                Text("门户拒收：文件过大或空间已满", "the portal refuses a file as too large"),
                place=self._target,
                remedy=Text(
                    "请联系门户管理员提高限额；没有公开任何内容",
                    "ask the portal's administrator to raise the limit; nothing was made public",
                ),
            )
        return answer


def retry_after(value: str | None) -> float | None:
    """The wait in a Retry-After header, in seconds; the header holds seconds or a date."""
    if value is None:
        return None
    try:
        return max(float(value), 0.0)
    except ValueError:
        pass
    try:
        when = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(when.timestamp() - time.time(), 0.0)
