"""The ways in which a portal can fail, told as every error is told.

Belongs here: errors of publishing that a person has to see. Does not belong here: a failure that is
tried again (``retry``), or a release that is wrong (``DataError``).
"""

from __future__ import annotations

from shenwan_data.errors import ShenwanError


class PortalError(ShenwanError):
    """The portal could not be reached, refused, or does not hold what was sent. Exit code 3."""

    exit_code = 3


class ConflictError(PortalError):
    """The portal changed under the publisher's hands: somebody else is publishing. Exit code 4."""

    exit_code = 4
