"""One run over a corpus, from listing to summary.

Belongs here: the order of the steps and the counting. Does not belong here: how it is shown
(``cli``), or who does the work (``cluster``).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shenwan_data.corpus.documents import find_documents
from shenwan_data.corpus.locations import open_store
from shenwan_data.corpus.partitions import Area, Outcome, by_area, keep_rejected

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class CorpusSummary:
    """What a run did: partitions ``written`` and ``kept`` from before; rows and documents in all."""

    written: int = 0
    kept: int = 0
    reports: int = 0
    figures: int = 0
    observations: int = 0
    set_aside: int = 0

    def plus(self, outcome: Outcome) -> CorpusSummary:
        """The sum with one more partition."""
        return CorpusSummary(
            self.written + outcome.written,
            self.kept + (not outcome.written),
            self.reports + outcome.reports,
            self.figures + outcome.figures,
            self.observations + outcome.observations,
            self.set_aside + outcome.set_aside,
        )

    def render(self, target: str) -> str:
        """The summary as it is printed, one line for each thing, tab separated."""
        rows = (
            ("partitions written 新写分区", self.written),
            ("partitions kept 已有分区", self.kept),
            ("reports 报告", self.reports),
            ("figures 数字", self.figures),
            ("observations 观测值", self.observations),
            ("set aside 搁置", self.set_aside),
        )
        lines = [f"{name}\t{count}" for name, count in rows]
        return "\n".join([*lines, f"output 输出\t{target}"])


def read_corpus(
    source: str,
    target: str,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    area_prefix: int | None = None,
    progress: Progress | None = None,
) -> CorpusSummary:
    """Read a corpus into ``target/figures``, ``target/observations`` and ``target/errors``.

    ``source`` and ``target`` are paths or fsspec addresses. ``workers`` 0 is a plain loop, None one
    process for each processor; ``scheduler`` is the address of a Dask scheduler instead. The rows
    and bytes are the same in each case. ``progress`` is called with the areas done and in all.
    Raises UsageError and DataError as ``find_documents`` and ``cluster.connect`` do, and OSError
    where a partition cannot be written.
    """
    from shenwan_data.corpus.cluster import connect, read_here, read_on

    source, target = _absolute(source), _absolute(target)
    corpus = find_documents(source)
    areas = by_area(corpus.documents, area_prefix)
    summary = CorpusSummary(set_aside=len(corpus.rejected))
    finished = 0

    def done(_: Area, outcomes: tuple[Outcome, ...]) -> None:
        nonlocal summary, finished
        for outcome in outcomes:
            summary = summary.plus(outcome)
        finished += 1
        if progress is not None:
            progress(finished, len(areas))

    with open_store(target).exclusive():
        keep_rejected(open_store(target), "listing", corpus.rejected)
        if scheduler is None and workers == 0:
            read_here(source, target, areas, done)
        else:
            processes = workers or len(os.sched_getaffinity(0))
            with connect(scheduler, processes) as client:
                read_on(client, source, target, areas, done)
    return summary


def _absolute(address: str) -> str:
    """A path as other processes can find it; an address as it is."""
    return address if "://" in address else str(Path(address).absolute())
