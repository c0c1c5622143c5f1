"""The command that reads whole corpora.

Belongs here: options and what is printed. Does not belong here: the work (``shenwan_data.corpus``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def bar(console: Console | None = None) -> Iterator[Callable[[int, int], None]]:
    """A function of reports done and in all, which shows them with the rate and the time left.

    A bar on a terminal, a line for each tenth elsewhere.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn
    from rich.text import Text as Shown

    shown = console or Console(stderr=True)
    began = time.monotonic()

    def state(done: int, total: int) -> str:
        return pace(done, total, time.monotonic() - began)

    if not shown.is_terminal:
        shown_tenths = 0

        def show(done: int, total: int) -> None:
            nonlocal shown_tenths
            if done * 10 // total > shown_tenths or done == total:
                shown_tenths = done * 10 // total
                shown.print(state(done, total), markup=False, soft_wrap=True)

        yield show
        return

    class Pace(ProgressColumn):
        def render(self, task: Any) -> Shown:
            return Shown(state(int(task.completed), int(task.total or 0)))

    with Progress(
        TextColumn("reading 读取"), BarColumn(), Pace(), console=shown, transient=True
    ) as display:
        task = display.add_task("")
        yield lambda done, total: display.update(task, completed=done, total=total)


def pace(done: int, total: int, seconds: float) -> str:
    """Reports done, how many a second, and the time left at that rate."""
    counted = f"[{done}/{total}] reports read 已读报告"
    if not done or seconds <= 0:
        return counted
    left = timedelta(seconds=round((total - done) * seconds / done))
    return f"{counted}, {done / seconds:.1f}/s, {left} left 剩余"


@click.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option(
    "--workers",
    type=click.IntRange(0, 4096),
    help="Local processes; 0: a plain loop in this one; default: one for each processor. "
    "本机进程数，0 为单进程。",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="A Dask scheduler (tcp://…) instead of local processes. 使用 Dask 集群。",
)
def corpus(source: str, target: str, workers: int | None, scheduler: str | None) -> None:
    """Read a whole corpus of reports into Parquet, on one machine or many.

    批量读取全部报告，输出按年度和地区段分区的 Parquet。

    IN is a folder of reports (<year>/<area>.txt, .html, .docx, .pdf), Parquet files with the columns
    ref_area, time_period and text, or an address such as s3://bucket/reports. OUT gets figures/ and
    observations/, a file for each year and about a thousand areas, and errors/ with the documents that
    could not be read. A run that was stopped goes on with the same command: what is finished is kept.
    What IN no longer has is removed from OUT.

    OUT 中每年每约一千个地区一个文件；IN 中已不存在的内容会从 OUT 中移除。

    \b
    Examples 示例:
      shenwan-data corpus reports/ out/
      shenwan-data corpus reports.parquet out/ --scheduler tcp://10.0.0.5:8786
    """
    from shenwan_data.corpus.run import read_corpus

    with bar() as progress:
        summary = read_corpus(
            source,
            target,
            workers=workers,
            scheduler=scheduler,
            progress=progress,
        )
    click.echo(summary.render(target))
