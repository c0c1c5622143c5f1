"""How a corpus is divided: tasks to read, and buckets of areas to keep together.

Belongs here: which areas make up a task and a bucket, and what is known of each. Does not belong here:
the files of a bucket (``output``), or reading the documents of a task (``worker``).

A *bucket* is a stretch of the sorted area codes, about a thousand of them, and a file of the output holds
one bucket and one year. A *task* is a stretch of a bucket that one process reads at a time. Where a
stretch ends follows from the codes around the end alone, so an area that is added moves no other border.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from shenwan_data.corpus.documents import Document

BUCKET_AREAS, TASK_AREAS = 1000, 12


@dataclass(frozen=True, slots=True)
class Task:
    """The documents that are read together: all years, as a report is compared with the last before it.

    ``name`` is the first of its areas. ``known`` gives, by year, the inputs of the rows that the output
    already holds. ``excluded`` are documents that must not be read again.
    """

    name: str
    bucket: str
    documents: tuple[Document, ...]
    known: dict[int, str] = field(default_factory=dict)
    excluded: frozenset[Document] = frozenset()

    @property
    def years(self) -> tuple[int, ...]:
        """The years there are documents for, in order."""
        return tuple(sorted({document.time_period for document in self.documents}))

    def of_year(self, year: int) -> tuple[Document, ...]:
        """The documents of a year in the order of their areas."""
        return tuple(one for one in self.documents if one.time_period == year)

    def before(self, year: int) -> tuple[Document, ...]:
        """The last document before a year of each area that has one of that year."""
        areas = {one.ref_area for one in self.of_year(year)}
        earlier = (one for one in self.documents if one.time_period < year)
        last = {one.ref_area: one for one in sorted(earlier, key=lambda one: one.time_period)}
        return tuple(last[area] for area in sorted(areas) if area in last)


@dataclass(frozen=True, slots=True)
class Bucket:
    """The tasks whose rows stand in one file a year; ``name`` is the first of its areas."""

    name: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one task and year: what they were read from, and counts.

    ``fresh``: they were read now and stand in the piece of the task, else in the output.
    """

    task: str
    year: int
    inputs: str
    reports: int = 0
    figures: int = 0
    observations: int = 0
    set_aside: int = 0
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a year of a bucket: whether it was ``written`` now, and counts."""

    year: int
    bucket: str
    written: bool
    reports: int
    figures: int
    observations: int
    set_aside: int


def divide(
    documents: Iterable[Document],
    bucket_areas: int = BUCKET_AREAS,
    task_areas: int = TASK_AREAS,
) -> tuple[Bucket, ...]:
    """The buckets of a corpus in order, of about so many areas each, and their tasks."""
    ordered = groupby(sorted(documents), key=lambda document: document.ref_area)
    by_area = {area: tuple(found) for area, found in ordered}
    return tuple(
        Bucket(
            areas[0],
            tuple(
                Task(part[0], areas[0], tuple(one for area in part for one in by_area[area]))
                for part in stretches(areas, task_areas)
            ),
        )
        for areas in stretches(tuple(by_area), bucket_areas)
    )


def stretches(codes: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    """Sorted codes cut into stretches of about ``size``, from half of it to twice.

    A stretch begins at a code whose hash says so: an added code changes the stretches beside it alone.
    """
    least, window = max(1, size // 2), max(1, size - size // 2)
    current: list[str] = []
    for code in codes:
        if len(current) >= least and (_draw(code) % window == 0 or len(current) >= 2 * size):
            yield tuple(current)
            current = []
        current.append(code)
    if current:
        yield tuple(current)


def _draw(code: str) -> int:
    return int.from_bytes(hashlib.sha256(code.encode()).digest()[:8], "big")
