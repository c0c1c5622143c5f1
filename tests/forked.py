"""A function in a process of its own, forked from one that has loaded what it needs.

Most of a short build is the start of Python, and the tests that kill builds need dozens of them.

Belongs here: starting, waiting, what was said. Does not belong here: what is run.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

_FORKS = multiprocessing.get_context("forkserver")
# Without effect where other tests of this process have started a server of their own before.
_FORKS.set_forkserver_preload(
    ["assets.launch", "shenwan_data.release.companions", "shenwan_data.site.generate",
     "frictionless.validator", "frictionless.resources", "jsonschema", "xlsxwriter", "pandas",
     "pyarrow.parquet"]
)  # fmt: skip


def forked(function: Callable[..., int], *arguments: Any) -> subprocess.CompletedProcess[str]:
    """What a function of a module gave as its exit code (-9 where it was killed) and said.

    Standard output and standard error are one, as ``stderr``: at most what a pipe takes in.
    """
    said, saying = _FORKS.Pipe(duplex=False)
    with said:
        process = _FORKS.Process(target=_run, args=(function, arguments, saying))
        process.start()
        saying.close()
        process.join()
        assert process.exitcode is not None
        # Not a file: a build may be one that can write none.
        printed = os.read(said.fileno(), 1 << 16).decode("utf-8")
    return subprocess.CompletedProcess(list(arguments), process.exitcode, stderr=printed)


def _run(function: Callable[..., int], arguments: tuple[Any, ...], saying: Connection) -> None:
    os.dup2(saying.fileno(), 1)
    os.dup2(saying.fileno(), 2)
    # As in conftest.py.
    os.fsync = lambda _: None
    code = function(*arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
