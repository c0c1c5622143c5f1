"""Which addresses a target may have: no secret in them, and no secret sent in clear.

Belongs here: judging the text of an address. Does not belong here: reading ``targets.yaml``
(``targets``), or passwords (``credentials``).

A token sent over plain http can be read by everybody on the way. So http and git:// are refused, but
for this machine itself and for targets with ``insecure: true``.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from shenwan_data.errors import Text

# host:path, as git and ssh write it; the part before @ is the name of an account, never a secret.
_SCP_LIKE = re.compile(r"(?:[\w.-]+@)?[\w.-]+:(?!//).+")
_ACCOUNTS = frozenset({"ssh", "git+ssh", "ssh+git", "sftp"})
_CLEAR = frozenset({"http", "git", "ftp"})
_KEYS = frozenset({"url", "address", "endpoint", "remote", "host"})


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def address_problem(key: str, value: str, *, insecure: bool) -> Text | None:
    """Why an option of a target may not be used as it is written, or None.

    ``key`` is the name of the option; options that are no addresses are only searched for passwords.
    """
    try:
        parts = urlsplit(value)
        host, account, password = parts.hostname or "", parts.username, parts.password
    except ValueError:
        return Text("不是有效的地址", "it is not a valid address") if key in _KEYS else None
    scheme = parts.scheme.lower()
    if password is not None or (account is not None and scheme not in _ACCOUNTS):
        return Text("凭据不得写入地址", "credentials do not belong in an address")
    if key not in _KEYS:
        return None
    if key == "host":
        plain = re.fullmatch(r"[A-Za-z0-9.:_-]+", value)
        return None if plain else Text("不是主机名", "it is not a host name")
    if (parts.query or parts.fragment) and not _is_local(value, scheme):
        return Text(
            "地址中不得带 ? 或 # 之后的内容",
            "an address has no query and no fragment: they often hold a token",
        )
    # `url` of other kinds than CKAN is only shown; nothing is sent there, but it is held to the same.
    if scheme in _CLEAR and not insecure and not is_loopback(host):
        return Text(
            f"{scheme} 以明文传送凭据；请改用 https，或确认内网安全后写 insecure: true",
            f"{scheme} sends credentials in clear: use https, or set `insecure: true` in a closed "
            "network",
        )
    return None


def _is_local(value: str, scheme: str) -> bool:
    """Whether a git remote is a path of this machine or in the form of ssh, where # is a plain sign."""
    return not scheme or (len(scheme) > 1 and "://" not in value and bool(_SCP_LIKE.match(value)))
