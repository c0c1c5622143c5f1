"""Who reads the tasks of a corpus: this process, local processes, or a cluster of Dask.

Belongs here: everything that knows Dask. Does not belong here: what a task does (``worker``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from shenwan_data.corpus.partitions import Area, Outcome
from shenwan_data.corpus.worker import probe, read_area
from shenwan_data.errors import Text, UsageError
from shenwan_data.extras import needs

if TYPE_CHECKING:
    from distributed import Client

Done = Callable[[Area, tuple[Outcome, ...]], None]


def read_here(source: str, target: str, areas: Sequence[Area], done: Done) -> None:
    """Read the tasks one after the other in this process."""
    for area in areas:
        done(area, read_area(source, target, area))


def read_on(client: Client, source: str, target: str, areas: Sequence[Area], done: Done) -> None:
    """Read the tasks on a cluster.

    A task whose process was killed again and again is looked at document by document, and read
    without those that kill.
    """
    from distributed import KilledWorker, as_completed

    of = {
        # Not pure: whether a partition is finished is decided where it lies, not by a cache.
        client.submit(read_area, source, target, area, pure=False): area
        for area in areas
    }
    killed = []
    completed = as_completed(list(of))
    for future in completed:
        area = of.pop(future)
        try:
            done(area, future.result())
        except KilledWorker:
            killed.append(area)
    # Alone, after all others: a process that dies takes the tasks beside it for suspects.
    for area in killed:
        deadly = frozenset(
            document for document in area.documents if not _survives(client, source, document)
        )
        task = client.submit(read_area, source, target, replace(area, excluded=deadly), pure=False)
        done(area, task.result())


def _survives(client: Client, source: str, document: object) -> bool:
    from distributed import KilledWorker

    try:
        client.submit(probe, source, document, pure=False).result()
    except KilledWorker:
        return False
    return True


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
        # A process is started anew after each death, by its nanny. A task that was twice in a process
        # that died is a suspect; which document it is, is found out alone.
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client
