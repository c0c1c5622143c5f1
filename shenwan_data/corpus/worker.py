"""One task: the documents of some areas, year by year, to a piece of the output.

Belongs here: what every process of a cluster runs, and a plain loop as well. Does not belong here:
who runs it where (``cluster``), or the files of the output (``output``). Memory is bounded by two
reports of each area of one task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from shenwan_data.config.records import WORDS_FILE, sidecar_path
from shenwan_data.corpus.documents import Contents, Document, Rejected, as_report
from shenwan_data.corpus.locations import open_store
from shenwan_data.corpus.output import piece_parts, write_piece
from shenwan_data.corpus.partitions import Part, Task
from shenwan_data.errors import ShenwanError, Text
from shenwan_data.indicators.corrections import Correction, read_corrections
from shenwan_data.indicators.read import complete, extract
from shenwan_data.model import Reading
from shenwan_data.release.tables import Built, CorpusTables
from shenwan_data.versions import digest, version_through

KILLED = Text(
    "读取该文件时工作进程被终止（可能内存不足或程序崩溃）",
    "the process that read it was killed (out of memory, or a crash)",
)


def read_task(source: str, target: str, task: Task) -> tuple[Part, ...]:
    """Read the years of a task that the output does not hold, and keep them as its piece; one Part a year.

    A document that cannot be read, or whose rows break a rule of the tables, is set aside with its
    error. Raises OSError where the corpus cannot be read or the piece not written.
    """
    store = open_store(target)
    contents = Contents(source, task.documents)
    inputs = _inputs(source, task, contents)
    parts = {year: Part(task.name, year, inputs[year], fresh=False) for year in task.years}
    due = [year for year in task.years if task.known.get(year) != inputs[year]]
    if not due:
        return tuple(parts.values())
    there = {part.year: replace(part, fresh=True) for part in piece_parts(store, task)}
    if [there[year].inputs if year in there else "" for year in due] == [inputs[y] for y in due]:
        return tuple({**parts, **there}.values())
    tables = _compiled(version_through("corpus"))
    built, rejected = [], []
    last: dict[str, Reading] = {}
    for year in due:
        previous = _previous(source, task, contents, year, last)
        found, wrong = _extract(source, task, contents, task.of_year(year))
        part, of_year = _read_year(tables, task, year, found, wrong, previous)
        parts[year] = replace(part, inputs=inputs[year])
        built.append(of_year)
        rejected += sorted(wrong, key=lambda one: one.document)
        last |= found
    write_piece(store, task, [parts[year] for year in due], built, rejected)
    return tuple(parts.values())


def _read_year(
    tables: CorpusTables,
    task: Task,
    year: int,
    found: Mapping[str, Reading],
    rejected: list[Rejected],
    previous: Mapping[str, Reading],
) -> tuple[Part, Mapping[str, pa.Table]]:
    """The tables of a year of a task; what is set aside is added to ``rejected``."""
    of_area = {document.ref_area: document for document in task.of_year(year)}
    readings = []
    for ref_area, reading in found.items():
        try:
            readings.append(complete(reading, previous.get(ref_area)))
        except Exception as error:  # noqa: BLE001 - no document may stop the corpus
            rejected.append(_rejected(of_area[ref_area], error))
    built, breaking = _tables(tables, readings)
    rejected += [
        Rejected(of_area[ref_area], "TableRule", problem) for ref_area, problem in breaking.items()
    ]
    part = Part(
        task.name,
        year,
        "",
        len(readings) - len(breaking),
        built.tables["figures"].num_rows,
        built.tables["observations"].num_rows,
        len(rejected),
    )
    return part, built.tables


@lru_cache(maxsize=1)
def _compiled(version: str) -> CorpusTables:  # noqa: ARG001 - the rules may have been edited
    return CorpusTables.compiled()


def _inputs(source: str, task: Task, contents: Contents) -> dict[int, str]:
    """Hash by year of all that its rows depend on: the code, its documents, and those before them."""
    version = version_through("corpus").encode()
    own = {year: _content_hash(source, task.of_year(year), contents) for year in task.years}
    before = {year: {one.time_period for one in task.before(year)} for year in task.years}
    return {
        year: digest([version, *(own[earlier] for earlier in sorted(before[year])), own[year]])
        for year in task.years
    }


def _tables(tables: CorpusTables, readings: Sequence[Reading]) -> tuple[Built, dict[str, Text]]:
    """The tables of the readings that keep every rule, and by area what the others break."""
    built = tables.build(readings)
    breaking: dict[str, Text] = {}
    if built.problems:
        for reading in readings:
            problems = tables.build([reading]).problems
            if problems:
                place, message = problems[0].place, problems[0].message
                breaking[reading.report.ref_area] = Text(
                    f"{place}：{message.zh}", f"{place}: {message.en}"
                )
        built = tables.build([r for r in readings if r.report.ref_area not in breaking])
    return built, breaking


def probe(source: str, document: Document) -> None:
    """Read one document and throw the result away: it shows whether a process survives it."""
    try:
        report = as_report(source, document, Contents(source, [document])[document])
        complete(extract(report, _corrections(source, document.time_period)))
    except Exception:  # noqa: BLE001 - an error is not what is asked for here
        return


def _content_hash(source: str, documents: tuple[Document, ...], contents: Contents) -> bytes:
    """Hash of all that the reading of a year's documents depends on, but for the code."""
    parts: list[bytes] = []
    for document in documents:
        parts += [document.ref_area.encode(), document.file.encode(), contents[document]]
    folder = open_store(source).folder
    if folder is not None:
        beside = {sidecar_path(folder / one.file) for one in documents if one.row is None}
        year = documents[0].time_period
        data_dir = _data_dir(source) or folder
        by_hand = data_dir / "corrections" / f"{year}.yaml", data_dir / WORDS_FILE
        for path in (*sorted(beside), *by_hand):
            if path.is_file():
                parts.append(path.read_bytes())
    return digest(parts).encode()


def _previous(
    source: str, task: Task, contents: Contents, year: int, last: Mapping[str, Reading]
) -> Mapping[str, Reading]:
    """What each area's last report before a year says; ``last`` are those that have been read."""
    found: dict[str, Reading] = {}
    for document in task.before(year):
        known = last.get(document.ref_area)
        if known is not None and known.report.time_period == document.time_period:
            found[document.ref_area] = known
        else:
            found |= _extract(source, task, contents, (document,))[0]
    return found


def _extract(
    source: str, task: Task, contents: Contents, wanted: Sequence[Document]
) -> tuple[dict[str, Reading], list[Rejected]]:
    """What documents of one year say, by area, and those that are set aside.

    Nobody can be asked about a conflict in the reports of a country: neither figure is a value.
    """
    found: dict[str, Reading] = {}
    rejected = [Rejected(one, "KilledWorker", KILLED) for one in wanted if one in task.excluded]
    corrections = _corrections(source, wanted[0].time_period) if wanted else ()
    for document in wanted:
        if document in task.excluded:
            continue
        try:
            report = as_report(source, document, contents[document])
            found[document.ref_area] = extract(report, corrections)
        except Exception as error:  # noqa: BLE001 - no document may stop the corpus
            rejected.append(_rejected(document, error))
    return found, rejected


def _rejected(document: Document, error: Exception) -> Rejected:
    if isinstance(error, ShenwanError):
        return Rejected(document, type(error).__name__, error.problem)
    said = str(error) or type(error).__name__
    return Rejected(
        document, type(error).__name__, Text(f"意外错误：{said}", f"unexpected error: {said}")
    )


def _corrections(source: str, year: int) -> tuple[Correction, ...]:
    """The corrections that hold for a year of a corpus: those beside ``reports/``, if any."""
    folder = _data_dir(source)
    return read_corrections(folder, year) if folder is not None else ()


def _data_dir(source: str) -> Path | None:
    """The folder with ``corrections/``; an address has none."""
    folder = open_store(source).folder
    if folder is None:
        return None
    return folder.parent if folder.name == "reports" else folder
