"""The optional parts of the installation, and what to say where one is missing.

Belongs here: the names of the extras of pyproject.toml and the message. Does not belong here: the
imports themselves; each stands inside the function that needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shenwan_data.errors import Text, UsageError

# What fsspec calls each kind of address; http and files need no extra.
_OF_PROTOCOL = {
    "s3": "s3",
    "s3a": "s3",
    "sftp": "sftp",
    "ssh": "sftp",
    "webdav": "webdav",
    "webdavs": "webdav",
}


@contextmanager
def needs(extra: str, instead: Text | None = None) -> Iterator[None]:
    """Imports that need an extra. Raises UsageError naming it where a package is not installed.

    ``instead`` is what can be done without it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        # A module of our own that is missing is a fault of the program, not of the installation.
        if (error.name or "").partition(".")[0] in {"shenwan_data", "assets"}:
            raise
        raise missing(extra, error.name or extra, instead) from error


@contextmanager
def needs_for(address: str) -> Iterator[None]:
    """Opening an address with fsspec. Raises as ``needs`` does, with the extra of its protocol."""
    protocol = address.partition("://")[0].lower()
    try:
        yield
    except ImportError as error:
        if protocol not in _OF_PROTOCOL:
            raise
        raise missing(_OF_PROTOCOL[protocol], f"{protocol}://") from error


def missing(extra: str, what: str, instead: Text | None = None) -> UsageError:
    """The error for something of an extra that is not installed."""
    other = instead or Text("", "")
    command = f"pip install 'shenwan-data[{extra}]'"
    checkout = f"make extras EXTRAS={extra}"
    return UsageError(
        Text(
            f"未安装可选部分 {extra}，缺少 {what}",
            f"{what} is missing: the optional part {extra} is not installed",
        ),
        remedy=Text(
            f"请运行 {command}；在本项目的检出目录中运行 {checkout}{other.zh}",
            f"run {command}, or in a checkout {checkout}{other.en}",
        ),
    )
