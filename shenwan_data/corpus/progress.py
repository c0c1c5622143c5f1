"""How a run over a corpus shows that it is moving.

Belongs here: the display on stderr. Does not belong here: the run (``run``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def bar(console: Console | None = None) -> Iterator[Callable[[int, int], None]]:
    """A function of areas done and in all: a bar on a terminal, a line for each tenth elsewhere."""
    shown = console or Console(stderr=True)
    if not shown.is_terminal:
        told = 0

        def tell(done: int, total: int) -> None:
            nonlocal told
            if done * 10 // total > told or done == total:
                told = done * 10 // total
                shown.print(f"[{done}/{total}] areas read 已读地区", markup=False)

        yield tell
        return
    with Progress(
        TextColumn("reading 读取"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=shown,
        transient=True,
    ) as display:
        task = display.add_task("")
        yield lambda done, total: display.update(task, completed=done, total=total)
