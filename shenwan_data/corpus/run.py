"""One run over a corpus, from listing to summary.

Belongs here: the order of the steps and the counting. Does not belong here: how it is shown
(``cli``), or who does the work (``cluster``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shenwan_data.corpus.documents import find_documents
from shenwan_data.corpus.locations import open_store
from shenwan_data.corpus.output import WORK, keep_listing, known_parts
from shenwan_data.corpus.partitions import (
    BUCKET_AREAS,
    TASK_AREAS,
    Bucket,
    Outcome,
    Part,
    Task,
    divide,
)

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


@dataclass
class _Watch:
    """Counts what is done and passes it on."""

    summary: CorpusSummary
    total: int
    progress: Progress | None
    read: int = 0

    def task(self, task: Task) -> None:
        self.read += len(task.documents)
        if self.progress is not None:
            self.progress(self.read, self.total)

    def bucket(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self.summary = self.summary.plus(outcome)


def read_corpus(
    source: str,
    target: str,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    bucket_areas: int = BUCKET_AREAS,
    task_areas: int = TASK_AREAS,
) -> CorpusSummary:
    """Read a corpus into ``target/figures``, ``target/observations`` and ``target/errors``.

    ``source`` and ``target`` are paths or fsspec addresses. ``workers`` 0 is a plain loop, None one
    process for each processor; ``scheduler`` is the address of a Dask scheduler instead. The rows
    and bytes are the same in each case. ``progress`` is called with the reports done and in all.
    A file holds about ``bucket_areas`` areas, and a process reads about ``task_areas`` at a time.
    What the target holds of years and areas that the source no longer has is removed. Raises UsageError
    and DataError as ``find_documents``, ``known_parts`` and ``cluster.connect`` do, and OSError where
    the target cannot be written.
    """
    from shenwan_data.corpus.cluster import connect, read_here, read_on

    source, target = _absolute(source), _absolute(target)
    corpus = find_documents(source)
    buckets = divide(corpus.documents, bucket_areas, task_areas)
    watch = _Watch(CorpusSummary(set_aside=len(corpus.rejected)), len(corpus.documents), progress)
    store = open_store(target)
    with store.exclusive():
        known = known_parts(store, buckets)
        buckets = tuple(_with_known(bucket, known) for bucket in buckets)
        keep_listing(store, corpus.rejected)
        if scheduler is None and workers == 0:
            read_here(source, target, buckets, known, watch)
        else:
            processes = workers or len(os.sched_getaffinity(0))
            with connect(scheduler, processes) as client:
                read_on(client, source, target, buckets, known, watch)
        store.remove_folder(WORK)
    return watch.summary


def _with_known(bucket: Bucket, known: Mapping[tuple[str, int], tuple[Part, ...]]) -> Bucket:
    """The bucket, its tasks with the inputs of what the output holds of them."""
    inputs = {
        (part.task, part.year): part.inputs
        for year in {year for task in bucket.tasks for year in task.years}
        for part in known.get((bucket.name, year), ())
    }
    return replace(
        bucket,
        tasks=tuple(
            replace(t, known={y: inputs[t.name, y] for y in t.years if (t.name, y) in inputs})
            for t in bucket.tasks
        ),
    )


def _absolute(address: str) -> str:
    """A path as other processes can find it; an address as it is."""
    return address if "://" in address else str(Path(address).absolute())
