"""One task: the documents of an area, year by year, to finished partitions.

Belongs here: what every process of a cluster runs, and a plain loop as well. Does not belong here:
who runs it where (``cluster``). Memory is bounded by two years of one area.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from shenwan_data.config.records import sidecar_path
from shenwan_data.corpus.documents import Document, Rejected, as_report, load
from shenwan_data.corpus.locations import open_store
from shenwan_data.corpus.partitions import Area, Outcome, finished, keep
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


def read_area(source: str, target: str, area: Area) -> tuple[Outcome, ...]:
    """Read what is not finished of an area, one Outcome a year.

    A document that cannot be read, or whose rows break a rule of the tables, is set aside with its
    error. Raises OSError where the corpus cannot be read or the partition not written.
    """
    store = open_store(target)
    tables, version = CorpusTables.compiled(), version_through("corpus").encode()
    outcomes = []
    last_hash = b""
    last_year = 0
    before: Mapping[str, Reading] | None = None
    for year in area.years:
        documents = area.of_year(year)
        if last_year != year - 1:
            last_hash, before = b"", {}
        own = _content_hash(source, documents)
        inputs = digest([version, last_hash, own])
        last_hash, last_year = own, year
        kept = finished(store, year, area.name, inputs)
        if kept is not None:
            outcomes.append(kept)
            before = None
            continue
        if before is None:
            before = _extract_year(source, area, year - 1)[0]
        found, rejected = _extract_year(source, area, year)
        of_area = {document.ref_area: document for document in documents}
        readings = []
        for ref_area, reading in found.items():
            try:
                readings.append(complete(reading, before.get(ref_area)))
            except Exception as error:  # noqa: BLE001 - no document may stop the corpus
                rejected.append(_rejected(of_area[ref_area], error))
        built, breaking = _tables(tables, readings)
        rejected += [
            Rejected(of_area[ref_area], "TableRule", problem)
            for ref_area, problem in breaking.items()
        ]
        outcome = Outcome(
            year,
            area.name,
            True,
            len(readings) - len(breaking),
            built.tables["figures"].num_rows,
            built.tables["observations"].num_rows,
            len(rejected),
        )
        keep(store, outcome, inputs, built.tables, sorted(rejected, key=lambda one: one.document))
        outcomes.append(outcome)
        before = found
    return tuple(outcomes)


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
    for _, content in load(source, [document]):
        try:
            report = as_report(source, document, content)
            complete(extract(report, _corrections(source, document.time_period)))
        except Exception:  # noqa: BLE001 - an error is not what is asked for here
            return


def _content_hash(source: str, documents: tuple[Document, ...]) -> bytes:
    """Hash of all that the reading of a year's documents depends on, but for the code."""
    parts: list[bytes] = []
    for document, content in load(source, documents):
        parts += [document.ref_area.encode(), document.file.encode(), content]
    folder = open_store(source).folder
    if folder is not None:
        beside = {sidecar_path(folder / one.file) for one in documents if one.row is None}
        year = documents[0].time_period
        corrections = (_data_dir(source) or folder) / "corrections" / f"{year}.yaml"
        for path in (*sorted(beside), corrections):
            if path.is_file():
                parts.append(path.read_bytes())
    return digest(parts).encode()


def _extract_year(source: str, area: Area, year: int) -> tuple[dict[str, Reading], list[Rejected]]:
    """What the documents of a year say, by area, and those that are set aside.

    Nobody can be asked about a conflict in the reports of a country: neither figure is a value.
    """
    found: dict[str, Reading] = {}
    wanted = area.of_year(year)
    rejected = [Rejected(one, "KilledWorker", KILLED) for one in wanted if one in area.excluded]
    for document, content in load(source, [one for one in wanted if one not in area.excluded]):
        try:
            report = as_report(source, document, content)
            found[document.ref_area] = extract(report, _corrections(source, year))
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
