"""Passwords and tokens: reading them, and keeping them out of every output.

Belongs here: reading them from the environment or from a file that only its owner can read, and
removing them from messages. Does not belong here: addresses (``targets``).

A value for the target ``town-portal`` is the variable ``SHENWAN_TOWN_PORTAL_TOKEN`` (or ``_USER``,
``_PASSWORD``, ``_KEY_ID``, ``_SECRET``), else ``town-portal: {token: …}`` in the YAML file that
``SHENWAN_CREDENTIALS`` names (else ``~/.config/shenwan-data/credentials.yaml``), mode 0600.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from shenwan_data.errors import ShenwanError, Text, UsageError
from shenwan_data.publish.plan import PortalError
from shenwan_data.schemas import read_yaml

FIELDS = ("token", "user", "password", "key_id", "secret")
FILE_VARIABLE = "SHENWAN_CREDENTIALS"
HIDDEN = "[hidden]"
_PUBLIC_FIELDS = frozenset({"user", "key_id"})


class Credentials:
    """The credentials of one target. Printing the object shows none of them."""

    def __init__(self, target: str, values: Mapping[str, str]) -> None:
        self.target = target
        self._values = dict(values)

    def __repr__(self) -> str:
        return f"Credentials({self.target!r}, {', '.join(sorted(self._values)) or 'none'})"

    def get(self, field: str) -> str | None:
        """The value of a field, or None."""
        return self._values.get(field)

    def require(self, field: str) -> str:
        """The value of a field; UsageError naming the variable where it is missing."""
        value = self._values.get(field)
        if value:
            return value
        name = variable(self.target, field)
        raise UsageError(
            Text(f"缺少凭据 {field}", f"the credential '{field}' is missing"),
            place=self.target,
            remedy=Text(
                f"请设置环境变量 {name}，或写入权限为 0600 的凭据文件",
                f"set the variable {name}, or write it to a credentials file of mode 0600",
            ),
        )

    def hide(self, text: str) -> str:
        """The text without any secret, in plain or in the encodings that clients use."""
        for secret in sorted(self._forms(), key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text

    def _forms(self) -> set[str]:
        forms = set()
        user = self._values.get("user", "")
        for field, value in self._values.items():
            if field in _PUBLIC_FIELDS or not value:
                continue
            basic = base64.b64encode(f"{user}:{value}".encode()).decode()
            forms |= {value, quote(value, safe=""), repr(value)[1:-1], basic}
        return forms


def variable(target: str, field: str) -> str:
    """The environment variable for a credential of a target."""
    return f"SHENWAN_{re.sub('[^A-Za-z0-9]', '_', target)}_{field}".upper()


def _file(environment: Mapping[str, str]) -> Path:
    named = environment.get(FILE_VARIABLE)
    return Path(named) if named else Path.home() / ".config/shenwan-data/credentials.yaml"


def _from_file(path: Path, target: str) -> dict[str, str]:
    if not path.is_file():
        return {}
    if path.stat().st_mode & 0o077:
        raise UsageError(
            Text("凭据文件可被他人读取", "the credentials file can be read by others"),
            file=path,
            remedy=Text(f"请执行 chmod 600 {path}", f"run chmod 600 {path}"),
        )
    content = read_yaml(path)
    own = content.get(target, {}) if isinstance(content, dict) else {}
    if not isinstance(own, dict):
        raise UsageError(
            Text("凭据须写成“字段: 值”", "the credentials of a target must be fields and values"),
            file=path,
            place=target,
            remedy=Text(f"可用字段：{'、'.join(FIELDS)}", f"the fields are {', '.join(FIELDS)}"),
        )
    return {field: str(own[field]) for field in FIELDS if field in own}


def read_credentials(target: str, environment: Mapping[str, str] = os.environ) -> Credentials:
    """The credentials of a target; the environment takes precedence over the file.

    Raises UsageError where others can read the file.
    """
    values = _from_file(_file(environment), target)
    for field in FIELDS:
        value = environment.get(variable(target, field))
        if value:
            values[field] = value
    return Credentials(target, values)


@contextmanager
def hiding(credentials: Credentials) -> Iterator[None]:
    """Remove secrets from an error of the block, its causes and its traceback."""
    try:
        yield
    except ShenwanError as error:
        cleaned = type(error)(
            Text(*(credentials.hide(part) for part in error.problem)),
            file=error.file and credentials.hide(error.file),
            place=error.place and credentials.hide(error.place),
            remedy=Text(*(credentials.hide(part) for part in error.remedy)),
        )
        raise cleaned from None
    except Exception as error:  # noqa: BLE001 - nothing may leave with a secret in it
        # The error of a client library may quote its request with all headers.
        said = credentials.hide(f"{type(error).__name__}: {error}")
        raise PortalError(
            Text(f"发布中断：{said}", f"the publication was interrupted: {said}"),
            place=credentials.target,
            remedy=Text("请排除原因后重新发布", "fix the cause and publish again"),
        ) from None
