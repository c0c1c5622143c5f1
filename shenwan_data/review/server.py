"""The desk as a server on this machine alone.

Belongs here: the socket, the address with its token, starting and ending. Does not belong here: what is
served (``application``).
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from shenwan_data.config.settings import load_settings
from shenwan_data.errors import cannot_write
from shenwan_data.review.application import application
from shenwan_data.review.desk import Desk
from shenwan_data.review.guard import Secrets
from shenwan_data.review.jobs import Jobs


def serve(data_dir: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve the desk until it is interrupted; ``ready`` is given its address.

    ``port`` 0 takes a free one. Raises DataError for broken settings, MachineError where the port is
    taken.
    """
    load_settings(data_dir)
    known, jobs = Secrets(), Jobs(data_dir)
    app = application(Desk(data_dir), known, jobs)
    with socket.socket() as listening:
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            raise cannot_write(error, f"127.0.0.1:{port}") from error
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/{known.token}/"
        config = uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        listening.listen()
        ready(address)
        try:
            uvicorn.Server(config).run(sockets=[listening])
        finally:
            jobs.stop()
