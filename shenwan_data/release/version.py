"""Version numbers of a release, compared as Semantic Versioning 2.0.0 compares them.

Belongs here: the form of a version, their order, and the least version a change asks for. Does not
belong here: finding out what changed (``diff``) or which versions are published (``published``).
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeGuard

from shenwan_data.errors import DataError, Text

Bump = Literal["major", "minor", "patch", "none"]
BUMPS: tuple[Bump, ...] = ("none", "patch", "minor", "major")
_VERSION = re.compile(r"(0|[1-9][0-9]*)[.](0|[1-9][0-9]*)[.](0|[1-9][0-9]*)", re.ASCII)


class Version(NamedTuple):
    """A version; a later one is greater."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        """The version as it is written: 1.0.0."""
        return f"{self.major}.{self.minor}.{self.patch}"


def is_version(text: object) -> TypeGuard[str]:
    """Whether it is a text of the form 1.0.0, without leading zeros or a suffix."""
    return isinstance(text, str) and _VERSION.fullmatch(text) is not None


def parse_version(text: object, file: str = "schemas/package.yaml") -> Version:
    """The version that is written. DataError where it is not of the form 1.0.0."""
    if not is_version(text):
        raise DataError(
            Text("版本号须形如 1.0.0", "the version must be of the form 1.0.0"),
            file=file,
            place=f"version {text!r}",
            remedy=Text("请改正版本号", "correct the version"),
        )
    return Version(*map(int, text.split(".")))


def larger(bumps: tuple[Bump, ...]) -> Bump:
    """The largest of some bumps; none where there are none."""
    return max(bumps, key=BUMPS.index, default="none")


def next_version(old: Version, bump: Bump) -> Version:
    """The least version after ``old`` that a change of this size may have.

    Below 1.0.0 nothing is promised yet, so there a minor version is enough for any change.
    """
    if bump == "major" and old.major > 0:
        return Version(old.major + 1, 0, 0)
    if bump in ("major", "minor"):
        return Version(old.major, old.minor + 1, 0)
    return Version(old.major, old.minor, old.patch + 1)
