"""Build the made-up release as a process of its own, which a test can kill, starve or move.

python build_made_up.py RELEASES YEARS [--kill EVENT N] [--file-limit BYTES] [--two-renames]

EVENT is a Python audit event (open, os.rename, …): the process is killed by SIGKILL at its N-th
occurrence on a path of RELEASES (or anywhere, if the event does not name the whole path). A file
limit makes the kernel refuse to let a file grow beyond it, as a full disk does. With --two-renames
the system is taken to be one that cannot exchange folders.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
from pathlib import Path

from shenwan_data import files
from shenwan_data.errors import ShenwanError
from shenwan_data.release.package import write_release
from shenwan_data.release.tables import build_tables
from tests.release.made_up import CATALOGUE, read_by_hand
from tests.town_settings import SETTINGS


def kill_at(event: str, count: int, folder: str) -> None:
    """Let the process be killed at the count-th event on a path in the folder."""
    seen = 0

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        # What removes a folder names the files in it by their last part alone; a whole path outside
        # the releases is that of a temporary file of a library.
        bare = name in ("os.remove", "os.rmdir") and not Path(str(arguments[0])).is_absolute()
        anywhere = name.startswith("ctypes") or bare
        if name == event and (anywhere or folder in str(arguments)):
            seen += 1
            if seen == count:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main(arguments: list[str] | None = None) -> int:
    """Build; exit code 0, or that of the error, whose text goes to standard error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("releases", type=Path)
    parser.add_argument("years", type=int)
    parser.add_argument("--kill", nargs=2)
    parser.add_argument("--file-limit", type=int)
    parser.add_argument("--two-renames", action="store_true")
    options = parser.parse_args(arguments)
    readings = [read_by_hand(2030 + year, 600 + year) for year in range(options.years)]
    built = build_tables(readings, CATALOGUE, areas=SETTINGS.areas).tables
    texts = {reading.report.id: reading.report.text for reading in readings}
    if options.two_renames:
        files.exchange = lambda one, other: False
    if options.kill:
        kill_at(options.kill[0], int(options.kill[1]), str(options.releases))
    if options.file_limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (options.file_limit, resource.RLIM_INFINITY))
    try:
        print(write_release(built, texts, options.releases, SETTINGS.release))
    except ShenwanError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
