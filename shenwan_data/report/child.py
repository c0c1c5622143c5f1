"""The process that reads files for ``box``: one after the other, under limits, until its input ends.

Belongs here: setting the limits and answering. Does not belong here: reading (``source``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from shenwan_data.errors import ShenwanError
from shenwan_data.report.box import receive, send
from shenwan_data.report.source import read_here


def main(megabytes: int) -> None:
    """Answer every file on standard input on standard output."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not get among the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _limit_memory(megabytes)
    while (message := receive(sys.stdin.buffer)) is not None:
        head, content = message
        _limit_time(int(head["seconds"]))
        answer = _answer(content, Path(head["name"]))
        send(answers, answer)
        if answer.get("last"):
            return


def _answer(content: bytes, path: Path) -> dict[str, Any]:
    try:
        source = read_here(content, path)
    except ShenwanError as error:
        return {
            "problem": list(error.problem),
            "file": error.file,
            "place": error.place,
            "remedy": list(error.remedy),
        }
    except MemoryError:
        # What was allocated may still be held; the next file gets a new process.
        return {"limit": "memory", "last": True}
    except Exception as error:  # noqa: BLE001 - one message, whatever the format's library raises
        said = f"{type(error).__name__}: {error}"[:200]
        return {
            "problem": [f"文件无法读取（{said}）", f"the file cannot be read ({said})"],
            "file": str(path),
            "place": None,
            "remedy": [
                "请重新下载该文件，或另存为 .txt",
                "download the file again, or save it as .txt",
            ],
        }
    return {"text": source.text, "media_type": source.media_type}


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the clock still holds there.
        return
    most = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: int) -> None:
    """Let this process use so many more seconds of the processor."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main(int(sys.argv[1]))
