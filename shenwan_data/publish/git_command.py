"""The git program and the environment it runs in.

Belongs here: finding it, and keeping the configuration of the machine and the token out of its
arguments. Does not belong here: what it is used for (``git``).
"""

from __future__ import annotations

import base64
import os
import shutil

from shenwan_data.errors import Text, UsageError
from shenwan_data.publish.credentials import Credentials

_AUTHOR = "shenwan-data", "shenwan-data@localhost"
_KEPT = ("PATH", "HOME", "SSH_AUTH_SOCK", "https_proxy", "HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE")


def environment(remote: str, credentials: Credentials) -> dict[str, str]:
    """The environment of git: no configuration of the machine, the token as a header."""
    settings = {"core.autocrlf": "false", "core.quotePath": "false", "gc.auto": "0"}
    token = credentials.get("token")
    if token is not None:
        user = credentials.get("user") or "git"
        basic = base64.b64encode(f"{user}:{token}".encode()).decode()
        settings[f"http.{remote}.extraHeader"] = f"Authorization: Basic {basic}"
        # A redirect would take the header to another server.
        settings["http.followRedirects"] = "false"
    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
    for at, (key, value) in enumerate(settings.items()):
        numbered |= {f"GIT_CONFIG_KEY_{at}": key, f"GIT_CONFIG_VALUE_{at}": value}
    return {
        **kept,
        **numbered,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": _AUTHOR[0],
        "GIT_AUTHOR_EMAIL": _AUTHOR[1],
        "GIT_COMMITTER_NAME": _AUTHOR[0],
        "GIT_COMMITTER_EMAIL": _AUTHOR[1],
        "LC_ALL": "C.UTF-8",
    }


def executable() -> str:
    """The path of git. UsageError where it is not installed."""
    found = shutil.which("git")
    if found is None:
        raise UsageError(
            Text("找不到 git", "git is not installed"),
            remedy=Text("请安装 git", "install it (Debian: apt-get install git)"),
        )
    return found
