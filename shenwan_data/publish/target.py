"""What every target can do, and what is known when it is done.

Belongs here: the interface. Does not belong here: any portal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from shenwan_data.publish.journal import Journal
from shenwan_data.publish.plan import Plan
from shenwan_data.publish.release_folder import ReleaseFolder


@dataclass(frozen=True, slots=True)
class Publication:
    """What the public finds: where, and the SHA-256 of every file as it was read back."""

    target: str
    version: str
    url: str
    verified: Mapping[str, str]


class Target(Protocol):
    """One place where a release can be published.

    Every step can be taken again after it was cut off. ``plan`` and ``record`` only read. Until
    ``switch`` the public sees nothing of the release. All raise PortalError (ConflictError where
    another publisher is at work) when the portal does not do its part.
    """

    name: str

    def plan(self, release: ReleaseFolder, *, force: bool) -> Plan:
        """What differs between the release and the portal."""

    def stage(self, release: ReleaseFolder, plan: Plan, journal: Journal) -> None:
        """Bring every byte to the portal, out of the public's sight."""

    def verify(self, release: ReleaseFolder, plan: Plan, journal: Journal) -> dict[str, str]:
        """Read every byte back and return the hashes by path; PortalError where one differs."""

    def switch(self, release: ReleaseFolder, plan: Plan, journal: Journal, /) -> None:
        """Let the public see what was staged."""

    def record(self, release: ReleaseFolder) -> str:
        """The address at which the public, without credentials where it needs none, finds it."""
