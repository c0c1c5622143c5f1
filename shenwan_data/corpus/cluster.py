"""Who reads the tasks of a corpus: this process, local processes, or a cluster of Dask.

Belongs here: everything that knows Dask. Does not belong here: what a task does (``worker``).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from shenwan_data.corpus.documents import Document
from shenwan_data.corpus.partitions import Area, Outcome
from shenwan_data.corpus.worker import probe, read_area
from shenwan_data.errors import MachineError, Text, UsageError
from shenwan_data.extras import needs

if TYPE_CHECKING:
    from distributed import Client

# Seconds: between two looks at a task and at the workers, without any worker, without any result.
_POLL, _LOOK = 0.02, 5.0
NO_WORKER, NO_RESULT = 600.0, 24 * 3600.0
Done = Callable[[Area, tuple[Outcome, ...]], None]


def read_here(source: str, target: str, areas: Sequence[Area], done: Done) -> None:
    """Read the tasks one after the other in this process."""
    for area in areas:
        done(area, read_area(source, target, area))


def read_on(client: Client, source: str, target: str, areas: Sequence[Area], done: Done) -> None:
    """Read the tasks on a cluster.

    A task whose process was killed again and again is looked at document by document, and read
    without those that kill. Raises MachineError, naming an area that is waited for, where no worker
    has been there for ten minutes, or none has finished anything for a day.
    """
    from distributed import KilledWorker, as_completed

    of = {
        # Not pure: whether a partition is finished is decided by its files, not by a cache.
        client.submit(read_area, source, target, area, pure=False): area
        for area in areas
    }
    killed = []
    completed = as_completed(list(of))
    while of:
        _wait(client, completed.has_ready, next(iter(of.values())).name)
        area = of.pop(future := next(completed))
        try:
            done(area, future.result())
        except KilledWorker:
            killed.append(area)
    # Alone, after all others: a process that dies takes the tasks beside it for suspects.
    for area in killed:
        deadly = frozenset(
            document for document in area.documents if not _survives(client, source, area, document)
        )
        task = client.submit(read_area, source, target, replace(area, excluded=deadly), pure=False)
        _wait(client, task.done, area.name)
        done(area, task.result())


def _survives(client: Client, source: str, area: Area, document: Document) -> bool:
    from distributed import KilledWorker

    task = client.submit(probe, source, document, pure=False)
    _wait(client, task.done, f"{area.name} ({document.file})")
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
