"""One task: the documents of an area, year by year, to finished partitions.

Belongs here: what every process of a cluster runs, and a plain loop as well. Does not belong here:
who runs it where (``cluster``). Memory is bounded by two years of one area.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shenwan_data.config.records import sidecar_path
from shenwan_data.corpus.documents import Document, Rejected, as_report, load
from shenwan_data.corpus.locations import open_store
from shenwan_data.corpus.partitions import Area, Outcome, fingerprint, finished, keep
from shenwan_data.errors import ShenwanError, Text
from shenwan_data.findings import find_findings
from shenwan_data.indicators.observations import observe
from shenwan_data.indicators.read import interpret
from shenwan_data.model import Figure, Reading, Report
from shenwan_data.release.tables import figure_table, observation_table
from shenwan_data.versions import code_version

KILLED = Text(
    "读取该文件时工作进程被终止（可能内存不足或程序崩溃）",
    "the process that read it was killed (out of memory, or a crash)",
)
_Read = tuple[Report, tuple[Figure, ...]]


def read_area(source: str, target: str, area: Area) -> tuple[Outcome, ...]:
    """Read what is not finished of an area, one Outcome a year.

    A document that cannot be read is set aside with its error. Raises OSError where the corpus
    cannot be read or the partition not written.
    """
    store = open_store(target)
    outcomes = []
    last_hash = b""
    last_year = 0
    before: Mapping[str, _Read] | None = None
    for year in area.years:
        documents = area.of_year(year)
        if last_year != year - 1:
            last_hash, before = b"", {}
        own = _content_hash(source, documents)
        inputs = fingerprint([code_version().encode(), last_hash, own])
        last_hash, last_year = own, year
        kept = finished(store, year, area.name, inputs)
        if kept is not None:
            outcomes.append(kept)
            before = None
            continue
        if before is None:
            before = _read_year(source, area, year - 1)[0]
        found, rejected = _read_year(source, area, year)
        readings = []
        for report, figures in found.values():
            try:
                readings.append(_reading(report, figures, before.get(report.ref_area)))
            except Exception as error:  # noqa: BLE001 - no document may stop the corpus
                document = next(one for one in documents if one.ref_area == report.ref_area)
                rejected.append(_rejected(document, error))
        tables = {"figures": figure_table(readings), "observations": observation_table(readings)}
        outcome = Outcome(
            year,
            area.name,
            True,
            len(readings),
            tables["figures"].num_rows,
            tables["observations"].num_rows,
            len(rejected),
        )
        keep(store, outcome, inputs, tables, sorted(rejected, key=lambda one: one.document))
        outcomes.append(outcome)
        before = found
    return tuple(outcomes)


def probe(source: str, document: Document) -> None:
    """Read one document and throw the result away: it shows whether a process survives it."""
    for _, content in load(source, [document]):
        try:
            report = as_report(source, document, content)
            figures = interpret(report, _data_dir(source), undecided=True)
            _reading(report, figures, None)
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
        for path in (*sorted(beside), _data_dir(source) / "corrections" / f"{year}.yaml"):
            if path.is_file():
                parts.append(path.read_bytes())
    return fingerprint(parts).encode()


def _read_year(source: str, area: Area, year: int) -> tuple[dict[str, _Read], list[Rejected]]:
    found: dict[str, _Read] = {}
    wanted = area.of_year(year)
    rejected = [Rejected(one, "KilledWorker", KILLED) for one in wanted if one in area.excluded]
    for document, content in load(source, [one for one in wanted if one not in area.excluded]):
        try:
            report = as_report(source, document, content)
            figures = interpret(report, _data_dir(source), undecided=True)
            found[document.ref_area] = report, figures
        except Exception as error:  # noqa: BLE001 - no document may stop the corpus
            rejected.append(_rejected(document, error))
    return found, rejected


def _reading(report: Report, figures: tuple[Figure, ...], before: _Read | None) -> Reading:
    findings = find_findings(report, figures, before[1] if before else None)
    return Reading(report, figures, findings, observe(report, figures, findings))


def _rejected(document: Document, error: Exception) -> Rejected:
    if isinstance(error, ShenwanError):
        return Rejected(document, type(error).__name__, error.problem)
    said = str(error) or type(error).__name__
    return Rejected(
        document, type(error).__name__, Text(f"意外错误：{said}", f"unexpected error: {said}")
    )


def _data_dir(source: str) -> Path:
    """Where the corrections lie that hold for a corpus: beside ``reports/``, if anywhere."""
    folder = open_store(source).folder
    if folder is None:
        return Path("an-address-has-no-corrections")
    return folder.parent if folder.name == "reports" else folder
