"""The whole build as a process of its own, which a test can kill at any write.

The process is killed by SIGKILL at its ``last``-th write below the data folder: a file opened for writing, a
folder made, a name changed or removed. Without one the number of writes is printed at the end.
"""

import io
import os
import signal
import sys
import threading
from pathlib import Path

WRITES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "ctypes.dlsym"}
# What removes a folder names the files in it by their last part alone.
ANYWHERE = {"os.remove", "os.rmdir", "ctypes.dlsym"}


def main(data_dir: str, last: int | None = None) -> int:
    """Build, and print the number of writes."""
    from rich.console import Console

    from assets.launch import run_build

    seen = 0

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        # The lock's sign of life comes by the clock, so that no two builds write it equally often.
        if threading.current_thread().name.startswith("heartbeat"):
            return
        if name == "open":
            path, mode, flags = arguments
            writes = bool(set(str(mode or "")) & set("wxa+")) or bool(int(str(flags)) & 3)
            if not writes or data_dir not in str(path):
                return
        elif name not in WRITES or (name not in ANYWHERE and data_dir not in str(arguments)):
            return
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    run_build(Path(data_dir), console=Console(file=io.StringIO()))
    sys.stdout.write(f"\n{seen}\n")
    return 0
