"""Trying again: how often, how long to wait, and never twice where once was enough.

Belongs here: the policy for passing failures. Does not belong here: what a passing failure is in the
words of a protocol (each target says so by raising ``PassingError``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import tenacity

from shenwan_data.errors import Text
from shenwan_data.publish.errors import PortalError

Result = TypeVar("Result")


class PassingError(Exception):
    """A failure that may pass. ``unclear`` says that what was asked for may have been done."""

    def __init__(
        self, message: str, *, unclear: bool = True, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.unclear = unclear
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Retries:
    """How a target is tried again. Waits are seconds, doubled each time, with jitter."""

    attempts: int = 6
    first_wait: float = 0.5
    longest_wait: float = 60.0

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, PassingError) else None
        growing = tenacity.wait_exponential(multiplier=self.first_wait, max=self.longest_wait)
        jitter = growing(state) + tenacity.wait_random(0, self.first_wait)(state)
        # The portal's own word comes first; one that asks for hours is taken for a refusal.
        return max(asked, 0.0) if asked is not None else jitter

    def _stop(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, PassingError) else None
        return state.attempt_number >= self.attempts or (asked or 0.0) > self.longest_wait

    def _run(self, target: str, what: str, action: Callable[[], Result]) -> Result:
        try:
            return tenacity.Retrying(
                stop=self._stop,
                wait=self._wait,
                retry=tenacity.retry_if_exception_type(PassingError),
                reraise=True,
            )(action)
        except PassingError as error:
            raise PortalError(
                Text(f"{what}：门户没有正常应答（{error}）", f"{what}: no good answer ({error})"),
                place=target,
                remedy=Text(
                    "公众所见不变；请稍后重新发布，会从中断处继续",
                    "what the public sees is unchanged; publish again later, it goes on from here",
                ),
            ) from None

    def read(self, target: str, what: str, action: Callable[[], Result]) -> Result:
        """Do something that changes nothing, again after trouble. PortalError when it persists."""
        return self._run(target, what, action)

    def write(
        self,
        target: str,
        what: str,
        action: Callable[[], Result],
        settled: Callable[[], Result | None],
    ) -> Result:
        """Do something once. After an unclear answer ``settled`` looks whether it was done.

        ``settled`` returns what ``action`` would have returned, or None where it was not done; only
        then the action is tried again.
        """
        unclear = False

        def once() -> Result:
            nonlocal unclear
            if unclear:
                found = settled()
                if found is not None:
                    return found
                unclear = False
            try:
                return action()
            except PassingError as error:
                unclear = error.unclear
                raise

        return self._run(target, what, once)
