"""A git server over HTTP that asks for a user and a token: git's own backend behind a small server."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


class GitServer:
    """Serves the bare repositories in a folder to whoever knows the token."""

    def __init__(self, root: Path, token: str) -> None:
        self._root = root
        self._allowed = "Basic " + base64.b64encode(f"git:{token}".encode()).decode()
        self._http = make_server("127.0.0.1", 0, self._answer, handler_class=_Quiet)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._http.shutdown()
        self._http.server_close()

    def _answer(self, asked: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if asked.get("HTTP_AUTHORIZATION") != self._allowed:
            start("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="made up"')])
            return [b""]
        passed = {key: str(value) for key, value in asked.items() if key.isupper()}
        length = int(asked.get("CONTENT_LENGTH") or 0)
        done = subprocess.run(
            ["git", "http-backend"],
            input=asked["wsgi.input"].read(length), stdout=subprocess.PIPE, check=True,
            env={"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self._root),
                 "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "git", **passed},
        )  # fmt: skip
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n")]
        status = next((value for key, value in headers if key == "Status"), "200 OK")
        start(status, [(key, value) for key, value in headers if key != "Status"])
        return [body]
