"""How a corpus is divided, and what is kept of each part.

Belongs here: the partitions (a year and an area), their files, and telling a finished one. Does not
belong here: reading the documents of one (``worker``).

Below OUT a partition is ``figures/year=2022/area=shenwan/part-0.parquet``, the same below
``observations``, and ``errors/2022-shenwan.jsonl`` where a document was set aside. The footer of the
two Parquet files names the inputs, so that a run that is begun again knows what is finished.
"""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from shenwan_data.corpus.documents import Document, Rejected
from shenwan_data.corpus.locations import Store
from shenwan_data.release.formats import write_parquet

TABLES = ("figures", "observations")
_INPUTS = b"shenwan_data:inputs"


@dataclass(frozen=True, slots=True)
class Area:
    """The documents that one task reads: all years, as a year is compared with the one before it.

    ``name`` is the code of the area or the beginning that several have in common.
    ``excluded`` are documents that must not be read again.
    """

    name: str
    documents: tuple[Document, ...]
    excluded: frozenset[Document] = frozenset()

    @property
    def years(self) -> tuple[int, ...]:
        """The years there are documents for, in order."""
        return tuple(sorted({document.time_period for document in self.documents}))

    def of_year(self, year: int) -> tuple[Document, ...]:
        """The documents of a year in the order of their areas."""
        return tuple(one for one in self.documents if one.time_period == year)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a partition: whether it was ``written`` now, and counts."""

    year: int
    area: str
    written: bool
    reports: int
    figures: int
    observations: int
    set_aside: int


def by_area(documents: Iterable[Document], prefix: int | None = None) -> tuple[Area, ...]:
    """The tasks of a corpus in order. ``prefix``: areas whose codes begin alike are one."""
    areas: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        areas[document.ref_area[:prefix]].append(document)
    return tuple(Area(name, tuple(sorted(areas[name]))) for name in sorted(areas))


def finished(store: Store, year: int, area: str, inputs: str) -> Outcome | None:
    """What came of a partition when it was read from the same inputs before, else None."""
    counts = {}
    for table in TABLES:
        try:
            with store.open(_file(table, year, area)) as stream, pq.ParquetFile(stream) as kept:
                known = (kept.schema_arrow.metadata or {}).get(_INPUTS, b"")
                counts[table] = kept.metadata.num_rows
        except (OSError, pa.ArrowInvalid):
            return None
        noted = json.loads(known or "{}")
        if noted.get("inputs") != inputs:
            return None
    return Outcome(
        year=year,
        area=area,
        written=False,
        reports=noted["reports"],
        figures=counts["figures"],
        observations=counts["observations"],
        set_aside=noted["set_aside"],
    )


def keep(
    store: Store,
    outcome: Outcome,
    inputs: str,
    tables: dict[str, pa.Table],
    rejected: Sequence[Rejected],
) -> None:
    """Write a partition. What makes it count as finished is written last."""
    keep_rejected(store, f"{outcome.year}-{outcome.area}", rejected)
    note = json.dumps(
        {"inputs": inputs, "reports": outcome.reports, "set_aside": outcome.set_aside}
    )
    for name in TABLES:
        table = tables[name]
        metadata = {**(table.schema.metadata or {}), _INPUTS: note.encode()}
        held = io.BytesIO()
        write_parquet(table.replace_schema_metadata(metadata), held)
        store.write(_file(name, outcome.year, outcome.area), held.getvalue())


def keep_rejected(store: Store, name: str, rejected: Sequence[Rejected]) -> None:
    """Write ``errors/<name>.jsonl``, one document a line; remove it where there is none."""
    file = f"errors/{name}.jsonl"
    if not rejected:
        store.remove(file)
        return
    lines = [
        json.dumps(
            {
                "ref_area": one.document.ref_area,
                "time_period": one.document.time_period,
                "file": one.document.file,
                "row_group": one.document.group,
                "row": one.document.row,
                "error": one.kind,
                "message_en": one.problem.en,
                "message_zh": one.problem.zh,
            },
            ensure_ascii=False,
        )
        for one in rejected
    ]
    store.write(file, "".join(f"{line}\n" for line in lines).encode())


def _file(table: str, year: int, area: str) -> str:
    return f"{table}/year={year}/area={area}/part-0.parquet"
