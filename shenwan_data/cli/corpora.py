"""The command that reads whole corpora.

Belongs here: options and what is printed. Does not belong here: the work (``shenwan_data.corpus``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def bar(console: Console | None = None) -> Iterator[Callable[[int, int], None]]:
    """A function of areas done and in all: a bar on a terminal, a line for each tenth elsewhere."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    shown = console or Console(stderr=True)
    if not shown.is_terminal:
        shown_tenths = 0

        def show(done: int, total: int) -> None:
            nonlocal shown_tenths
            if done * 10 // total > shown_tenths or done == total:
                shown_tenths = done * 10 // total
                shown.print(f"[{done}/{total}] areas read 已读地区", markup=False)

        yield show
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
@click.option(
    "--area-prefix",
    type=click.IntRange(1, 40),
    help="Keep areas together whose codes begin with the same so many characters; default: each by "
    "itself. 按地区代码的前若干位合并分区。",
)
def corpus(
    source: str, target: str, workers: int | None, scheduler: str | None, area_prefix: int | None
) -> None:
    """Read a whole corpus of reports into Parquet, on one machine or many.

    批量读取全部报告，输出按年度和地区分区的 Parquet。

    IN is a folder of reports (<year>/<area>.txt, .html, .docx, .pdf), Parquet files with the columns
    ref_area, time_period and text, or an address such as s3://bucket/reports. OUT gets figures/ and
    observations/ by year and area, and errors/ with the documents that could not be read. A run that
    was stopped goes on with the same command: what is finished is kept.

    \b
    Examples 示例:
      shenwan-data corpus reports/ out/
      shenwan-data corpus reports.parquet out/ --area-prefix 6 --scheduler tcp://10.0.0.5:8786
    """
    from shenwan_data.corpus.run import read_corpus

    with bar() as progress:
        summary = read_corpus(
            source,
            target,
            workers=workers,
            scheduler=scheduler,
            area_prefix=area_prefix,
            progress=progress,
        )
    click.echo(summary.render(target))
