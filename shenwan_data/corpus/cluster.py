"""Who reads the tasks of a corpus: this process, local processes, or a cluster of Dask.

Belongs here: everything that knows Dask. Does not belong here: what a task does (``worker``).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from shenwan_data.corpus.documents import Document
from shenwan_data.corpus.output import finish
from shenwan_data.corpus.partitions import Bucket, Outcome, Part, Task
from shenwan_data.corpus.worker import probe, read_task
from shenwan_data.errors import MachineError, Text, UsageError
from shenwan_data.extras import needs

if TYPE_CHECKING:
    from distributed import Client, Future

# Seconds: between two looks at a task and at the workers, without any worker, without any result.
_POLL, _LOOK = 0.02, 5.0
NO_WORKER, NO_RESULT = 600.0, 24 * 3600.0
Known = Mapping[tuple[str, int], tuple[Part, ...]]


class Done(Protocol):
    """The progress of the work."""

    def task(self, task: Task) -> None:
        """The documents of a task have been read, or need not be."""

    def bucket(self, outcomes: Sequence[Outcome]) -> None:
        """The files of a bucket are in their place."""


def read_here(
    source: str, target: str, buckets: Sequence[Bucket], known: Known, done: Done
) -> None:
    """Read the tasks one after the other in this process."""
    for bucket in buckets:
        parts: list[Part] = []
        for task in bucket.tasks:
            parts += with_counts(read_task(source, target, task), bucket, known)
            done.task(task)
        done.bucket(finish(target, bucket, parts, known))


def with_counts(parts: Iterable[Part], bucket: Bucket, known: Known) -> Iterator[Part]:
    """The parts, with the counts of those that the output holds."""
    for part in parts:
        held = known.get((bucket.name, part.year), ())
        yield part if part.fresh else next(one for one in held if one.task == part.task)


def read_on(
    client: Client, source: str, target: str, buckets: Sequence[Bucket], known: Known, done: Done
) -> None:
    """Read the tasks on a cluster.

    A task whose process was killed again and again is looked at document by document, and read
    without those that kill. Raises MachineError, naming an area that is waited for, where no worker
    has been there for ten minutes, or none has finished anything for a day.
    """
    from distributed import KilledWorker, as_completed

    of_bucket = {bucket.name: bucket for bucket in buckets}
    parts: dict[str, list[Part]] = {bucket.name: [] for bucket in buckets}
    left = {bucket.name: len(bucket.tasks) for bucket in buckets}
    running: dict[Future, Task | Bucket] = {
        # Not pure: whether a task is finished is decided by its files, not by a cache.
        client.submit(read_task, source, target, task, pure=False): task
        for bucket in buckets
        for task in bucket.tasks
    }
    completed = as_completed(list(running))

    def read(task: Task, found: tuple[Part, ...]) -> None:
        bucket = of_bucket[task.bucket]
        parts[bucket.name] += with_counts(found, bucket, known)
        left[bucket.name] -= 1
        done.task(task)
        if not left[bucket.name]:
            of_it = {place: held for place, held in known.items() if place[0] == bucket.name}
            future = client.submit(
                finish, target, bucket, parts.pop(bucket.name), of_it, pure=False, priority=1
            )
            running[future] = bucket
            completed.add(future)

    killed = []
    while running:
        _wait(client, completed.has_ready, next(iter(running.values())).name)
        work = running.pop(future := next(completed))
        if isinstance(work, Bucket):
            done.bucket(future.result())
            continue
        try:
            read(work, future.result())
        except KilledWorker:
            killed.append(work)
        if not running and killed:
            # Alone, after all others: a process that dies takes the tasks beside it for suspects.
            task = _without_deadly(client, source, killed.pop())
            again = client.submit(read_task, source, target, task, pure=False)
            running[again] = task
            completed.add(again)


def _without_deadly(client: Client, source: str, task: Task) -> Task:
    deadly = {one for one in task.documents if not _survives(client, source, task, one)}
    return replace(task, excluded=frozenset(deadly))


def _survives(client: Client, source: str, of: Task, document: Document) -> bool:
    from distributed import KilledWorker

    task = client.submit(probe, source, document, pure=False)
    _wait(client, task.done, f"{of.name} ({document.file})")
    try:
        task.result()
    except KilledWorker:
        return False
    return True


def _wait(client: Client, ready: Callable[[], bool], area: str) -> None:
    """Wait until something is ready, as long as there is hope. Raises MachineError."""
    began = worked = looked = time.monotonic()
    while not ready():
        time.sleep(_POLL)
        now = time.monotonic()
        if now - looked < _LOOK:
            continue
        looked = now
        if client.scheduler_info()["workers"]:
            worked = now
        if now - worked > NO_WORKER:
            raise _hopeless(area, Text("没有工作进程", "there is no worker"))
        if now - began > NO_RESULT:
            raise _hopeless(area, Text("一直没有结果", "nothing has been finished"))


def _hopeless(area: str, problem: Text) -> MachineError:
    return MachineError(
        problem,
        place=f"area 地区 {area}",
        remedy=Text(
            "请检查工作进程的日志和内存后再次运行；已完成的部分会保留",
            "look at the log and the memory of the workers and run it again; what is finished is kept",
        ),
    )


@contextmanager
def connect(scheduler: str | None, workers: int) -> Iterator[Client]:
    """A client of the scheduler at an address, else of local processes that end with the block.

    Raises UsageError where Dask is not installed or the scheduler does not answer.
    """
    instead = Text(
        "；或用 --workers 0 在本进程中运行", "; or use --workers 0 to read in this process"
    )
    with needs("corpus", instead):
        import dask
        from distributed import Client, LocalCluster
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=10)
        except (OSError, ValueError) as error:
            raise UsageError(
                Text("无法连接调度器", f"the scheduler does not answer: {error}"),
                place=scheduler,
                remedy=Text(
                    "请检查地址，并先启动 dask scheduler 和 dask worker",
                    "check the address, and start `dask scheduler` and `dask worker` first",
                ),
            ) from error
        with client:
            yield client
        return
    with (
        dask.config.set(
            {
                # A process is started again after each death, by its nanny. A task that was twice in
                # a process that died is a suspect; which document it is, is found out alone.
                "distributed.scheduler.allowed-failures": 1,
                # Else the cluster gives up a worker that is being started while it is still at it.
                "distributed.deploy.lost-worker-timeout": "1 hour",
            }
        ),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            # Any free port: another run may have the usual one.
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client
