"""The documents of a corpus, and how one is loaded.

Belongs here: listing a folder, Parquet files or an object store, and fetching one document. Does not
belong here: what is done with a document (``worker``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from shenwan_data.config.settings import is_area
from shenwan_data.corpus.locations import Store, open_store
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.model import Report
from shenwan_data.report.archive import read_report
from shenwan_data.report.identity import text_hash
from shenwan_data.report.source import ENDINGS, read_source
from shenwan_data.report.title import find_title, first_line, stated_years

COLUMNS = ("ref_area", "time_period", "text")
# A row group may be as large as the corpus: so many rows and bytes of it are held at a time.
_ROWS, _BUFFER = 64, 1 << 20


@dataclass(frozen=True, slots=True, order=True)
class Document:
    """One document of a corpus: which report it is, and its file.

    ``file`` is relative to the corpus. In a Parquet file ``group`` is the row group and ``row`` the
    row in it; both are None where the file is the document.
    """

    ref_area: str
    time_period: int
    file: str
    group: int | None = None
    row: int | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What makes two documents the same report."""
        return self.ref_area, self.time_period


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document that is set aside, and why."""

    document: Document
    kind: str
    problem: Text


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of a corpus in order, and those that cannot even be named."""

    documents: tuple[Document, ...]
    rejected: tuple[Rejected, ...]


def find_documents(source: str) -> Corpus:
    """List the documents of a folder (``[reports/]<year>/<area>.*``), of Parquet files or an address.

    Parquet files have the columns ref_area, time_period and text, one row per report. Only names and
    keys are read. Raises UsageError where there is nothing, DataError for a Parquet file that lacks
    a column.
    """
    store = open_store(source)
    files = store.files()
    # A data folder holds releases too, and their Parquet files are not reports.
    files = tuple(file for file in files if file.startswith("reports/")) or files
    tables = [file for file in files if file.endswith(".parquet")]
    found = list(_rows(store, tables) if tables else _reports(files))
    if not found:
        raise UsageError(
            Text("没有可读取的报告", "there is no report to read"),
            file=source,
            remedy=Text(
                "应为 [reports/]<年度>/<地区>.txt（.html .docx .pdf），"
                "或含 ref_area、time_period、text 三列的 Parquet 文件",
                "it holds [reports/]<year>/<area>.txt (.html, .docx, .pdf), or Parquet files with "
                "the columns ref_area, time_period and text",
            ),
        )
    return _sorted_out(found)


def _reports(files: Iterable[str]) -> Iterator[Document]:
    for file in files:
        path = PurePosixPath(file)
        year = path.parent.name
        hidden = path.name.startswith((".", "~$"))
        if path.suffix.lower() in ENDINGS and len(year) == 4 and year.isdecimal() and not hidden:
            yield Document(path.stem, int(year), file)


def _rows(store: Store, files: Sequence[str]) -> Iterator[Document]:
    import pyarrow.parquet as pq

    for file in files:
        with store.open(file) as stream, pq.ParquetFile(stream) as table:
            missing = [name for name in COLUMNS if name not in table.schema_arrow.names]
            if missing:
                raise DataError(
                    Text(f"缺少列 {'、'.join(missing)}", f"columns missing: {', '.join(missing)}"),
                    file=file,
                    remedy=Text(
                        f"须有 {'、'.join(COLUMNS)} 三列", f"it needs {', '.join(COLUMNS)}"
                    ),
                )
            for group in range(table.num_row_groups):
                keys = table.read_row_group(group, columns=list(COLUMNS[:2]))
                areas, years = (keys.column(name).to_pylist() for name in COLUMNS[:2])
                for row, (area, year) in enumerate(zip(areas, years, strict=True)):
                    yield Document(str(area), int(year or 0), file, group, row)


def _sorted_out(found: Iterable[Document]) -> Corpus:
    documents: dict[tuple[str, int], Document] = {}
    rejected = []
    for document in sorted(found, key=_order):
        if not is_area(document.ref_area):
            problem = Text("地区代码无效", "not the code of an area")
            rejected.append(Rejected(document, "area", problem))
        elif document.key in documents:
            other = documents[document.key]
            problem = Text(
                f"同一地区同一年份另有一份报告：{other.file}",
                f"another report for this area and year: {other.file}",
            )
            rejected.append(Rejected(document, "duplicate", problem))
        else:
            documents[document.key] = document
    return Corpus(tuple(documents.values()), tuple(rejected))


def _order(document: Document) -> tuple[str, int, str, int, int]:
    return (*document.key, document.file, document.group or 0, document.row or 0)


class Contents:
    """The bytes of some documents. Texts of Parquet files are held, read in one pass; files are not.

    A file that has gone or may not be read is empty, so that it is set aside like an empty one.
    Raises OSError where the store fails as a whole.
    """

    def __init__(self, source: str, documents: Sequence[Document]) -> None:
        """``documents`` are those of one task."""
        self._store = open_store(source)
        self._held: dict[Document, bytes] = {}
        rows: dict[tuple[str, int], list[Document]] = {}
        for document in documents:
            if document.group is not None:
                rows.setdefault((document.file, document.group), []).append(document)
        for place, wanted in rows.items():
            self._held.update(_texts(self._store, *place, wanted))

    def __getitem__(self, document: Document) -> bytes:
        """The content of one of the documents."""
        if document.group is not None:
            return self._held[document]
        try:
            return self._store.read(document.file)
        except (FileNotFoundError, PermissionError):
            return b""


def _texts(
    store: Store, file: str, group: int, wanted: Sequence[Document]
) -> Iterator[tuple[Document, bytes]]:
    """The texts of some rows of a row group, which is read a few rows at a time."""
    import pyarrow.parquet as pq

    left = sorted(wanted, key=lambda document: document.row or 0, reverse=True)
    first = 0
    with store.open(file) as stream, pq.ParquetFile(stream, buffer_size=_BUFFER) as table:
        for batch in table.iter_batches(_ROWS, row_groups=[group], columns=["text"]):
            while left and (row := (left[-1].row or 0) - first) < batch.num_rows:
                yield left.pop(), (batch.column(0)[row].as_py() or "").encode()
            if not left:
                return
            first += batch.num_rows


def as_report(source: str, document: Document, content: bytes) -> Report:
    """A document as a report, by the readers that a build uses.

    A local file is read with the record of origin beside it, as in the archive. Raises DataError.
    """
    folder = open_store(source).folder
    if folder is not None and document.row is None:
        return read_report(folder / document.file)
    path = Path(document.file)
    # A text in a Parquet file is read as a text file of the same bytes would be.
    read = read_source(content, path if document.row is None else path.with_suffix(".txt"))
    text, media_type = read.text, read.media_type
    years = stated_years(text)
    if years and document.time_period not in years:
        raise _wrong(
            path,
            Text(
                f"报告写的是 {years[0]} 年，不是 {document.time_period} 年",
                f"about {years[0]}, filed under {document.time_period}",
            ),
        )
    return Report(
        ref_area=document.ref_area,
        time_period=document.time_period,
        title=find_title(text) or first_line(text),
        text=text,
        path=path,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        text_sha256=text_hash(text),
    )


def _wrong(path: Path, problem: Text) -> DataError:
    return DataError(
        problem, file=path, remedy=Text("请检查该文件", "check the document and correct it")
    )
