"""One publication from plan to record, for any target.

Belongs here: the order of the steps. Does not belong here: how a target implements them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from shenwan_data.errors import Text
from shenwan_data.publish.plan import Journal, Plan
from shenwan_data.publish.release_folder import ReleaseFolder


@dataclass(frozen=True, slots=True)
class Publication:
    """A completed publication: its address, and the SHA-256 of every file as it was read back."""

    target: str
    version: str
    url: str
    verified: Mapping[str, str]


class Target(Protocol):
    """A portal, store or repository to which a release can be published.

    Every step can be repeated after an interruption. ``plan`` and ``record`` only read. Before
    ``switch`` nothing of the release is public. All raise PortalError (ConflictError where another
    publisher is at work) when the portal fails or refuses.
    """

    name: str

    def plan(self, release: ReleaseFolder, *, force: bool) -> Plan:
        """What differs between the release and the portal."""

    def stage(self, release: ReleaseFolder, plan: Plan, journal: Journal) -> None:
        """Upload every byte, not yet public."""

    def verify(self, release: ReleaseFolder, plan: Plan, journal: Journal) -> dict[str, str]:
        """Read every byte back and return the hashes by path; PortalError where one differs."""

    def switch(self, release: ReleaseFolder, plan: Plan, journal: Journal, /) -> None:
        """Make public what was staged."""

    def record(self, release: ReleaseFolder) -> str:
        """The public address, checked without credentials where the portal needs none."""

    def versions(self, name: str) -> tuple[str, ...]:
        """The versions of the data set ``name`` that it holds, public or not."""

    def read_file(self, name: str, version: str, path: str) -> bytes | None:
        """A file of a version by its path in the release; None where it holds none."""

    def withdraw(self, name: str, version: str) -> Text | None:
        """Take a version back; what is left for somebody else to do there, or None."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The plan, and the publication; None after a dry run."""

    plan: Plan
    publication: Publication | None


def _nothing(_: Plan) -> None:
    return None


def publish(
    release: ReleaseFolder,
    target: Target,
    journal: Journal,
    *,
    force: bool = False,
    dry_run: bool = False,
    on_plan: Callable[[Plan], None] = _nothing,
) -> Outcome:
    """Publish a release on a target.

    ``force`` undoes what others changed on the portal; ``dry_run`` ends after the plan. A release
    that is already public is verified again and nothing is written. ``on_plan`` is called with the
    plan before anything is done. Raises PortalError, ConflictError, UsageError.
    """
    plan = target.plan(release, force=force)
    on_plan(plan)
    if dry_run:
        return Outcome(plan, None)
    if plan.writes:
        target.stage(release, plan, journal)
        verified = target.verify(release, plan, journal)
        target.switch(release, plan, journal)
        journal.write("published", release.version, release.manifest_sha256)
    else:
        # The plan has read every byte already.
        unchanged = {action.subject for action in plan.actions if action.kind == "unchanged"}
        verified = {file.path: file.sha256 for file in release.files if file.path in unchanged}
    url = target.record(release)
    return Outcome(plan, Publication(target.name, release.version, url, verified))
