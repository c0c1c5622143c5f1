"""The archive of reports: ``data/reports/<year>/<area>.<ending>`` with ``<area>.yaml`` beside it.

Belongs here: finding, reading and adding reports. Does not belong here:
formats (``source``), the record (``sidecar``), or whether a file is the report it is filed as
(``identity``, ``completeness``).
"""

from __future__ import annotations

import re
import stat
from collections import defaultdict
from datetime import date
from pathlib import Path

from shenwan_data.config.forms import is_url, without_account
from shenwan_data.config.records import (
    Sidecar,
    read_sidecar,
    read_words,
    render_sidecar,
    sidecar_path,
)
from shenwan_data.config.settings import is_area, malformed_area
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.files import write_atomic
from shenwan_data.model import Report
from shenwan_data.report.completeness import Other, names_of, problems_of
from shenwan_data.report.identity import (
    check_record,
    check_year,
    doubtful,
    file_hash,
    text_hash,
)
from shenwan_data.report.privacy import find_personal_data, mask, without_personal_data
from shenwan_data.report.source import ENDINGS, read_bytes, read_source
from shenwan_data.report.title import find_published, find_title, first_line

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def find_reports(data_dir: Path, year: int | None = None) -> tuple[Path, ...]:
    """The files of all reports, or of one year, ordered by year and area.

    Raises DataError when there is none, when an area has two for one year, and for anything in the
    archive that is neither a report nor a record. Names that begin with a dot are left alone.
    """
    found = _archived(data_dir, year)
    if not found:
        root = data_dir / "reports"
        raise DataError(
            Text("没有可读取的报告", "there is no report to read"),
            file=root if year is None else root / str(year),
            remedy=Text(
                "请用 shenwan-data add 文件 --year 年份 --area 地区 归档一份报告",
                "archive one: shenwan-data add FILE --year YEAR --area AREA",
            ),
        )
    return found


def _archived(data_dir: Path, year: int | None = None) -> tuple[Path, ...]:
    """The same, but nothing where there is no report yet."""
    found: list[Path] = []
    for folder in _entries(data_dir / "reports"):
        if not (folder.is_dir() and _YEAR.fullmatch(folder.name)):
            raise _stray(folder)
        if year is None or int(folder.name) == year:
            found.extend(_reports_in(folder))
    return tuple(sorted(found, key=lambda path: (int(path.parent.name), path.stem)))


def due_date(year: int) -> date:
    """The day by which the report of a year must be public: before 1 April of the next year."""
    return date(year + 1, 3, 31)


def areas_without_report(data_dir: Path, year: int) -> tuple[str, ...]:
    """The areas that have reported for an earlier year and not for this one, in order."""
    years: dict[str, set[int]] = defaultdict(set)
    for path in find_reports(data_dir):
        years[path.stem].add(int(path.parent.name))
    return tuple(
        sorted(
            area
            for area, reported in years.items()
            if year not in reported and min(reported) < year
        )
    )


def read_report(path: Path) -> Report:
    """One archived report, checked against its folder and its record.

    A report that was dropped in without a record is read as it is; its origin is then unknown.
    Where its record masks passages, the text is without them and ``sha256`` is that of the masked
    text: from the hash of the file a short passage could be found by trial. Raises DataError when
    the file cannot be read, is about another year than its folder's, differs from what its record
    says it was, when a mask does not fit the text, or when the record itself names a person.
    """
    area, year = path.stem, _year_of(path)
    content = read_bytes(path)
    source = read_source(content, path)
    check_year(source.text, year, path)
    beside = sidecar_path(path)
    _regular(beside)
    record = read_sidecar(beside) if beside.is_file() else Sidecar(sha256=file_hash(content))
    check_record(record, content, source, path)
    own = {"title": record.title, "publisher": record.publisher, "origin": record.origin}
    without_personal_data({**own, "note": record.note, "anyway": record.anyway}, beside)
    text = mask(source.text, record.mask, beside)
    return Report(
        ref_area=area,
        time_period=year,
        title=record.title or find_title(text) or first_line(text),
        text=text,
        path=path,
        media_type=source.media_type,
        sha256=text_hash(text) if record.mask else record.sha256,
        text_sha256=text_hash(text),
        url=record.url,
        published=record.published or find_published(text),
        retrieved=record.retrieved,
        publisher=record.publisher,
        ranked=tuple(record.ranked.items()),
        words=_words(path),
    )


def _words(path: Path) -> tuple[tuple[str, str], ...]:
    """The town's own words with what they mean; a report of no archive has none."""
    if path.parents[1].name != "reports":
        return ()
    return tuple((one.word, one.means) for one in read_words(path.parents[2]))


def read_reports(data_dir: Path, year: int | None = None) -> tuple[Report, ...]:
    """All reports, or those of one year, ordered by (time_period, ref_area)."""
    return tuple(read_report(path) for path in find_reports(data_dir, year))


def add_report(
    file: Path,
    *,
    year: int,
    area: str,
    data_dir: Path,
    url: str | None = None,
    published: date | None = None,
    retrieved: date | None = None,
    publisher: str | None = None,
    anyway: str | None = None,
) -> Report:
    """Put a file into the archive, unchanged, with the record of its origin, and read it back.

    ``published`` is taken from the text when not given. A file that already lies in its place
    without a record gets one. ``anyway`` is the reason why a report is right that something speaks
    against (``completeness``); it is kept in the record. Raises UsageError for a malformed area, an
    impossible year or address, when the archive has this report already, when the file says that it
    is about another year, and when something speaks against it and no reason is given; DataError
    when the file cannot be read, or ``publisher`` or the reason names a person. Nothing is written
    unless all is well.
    """
    _check_origin(year, area, url)
    content = read_bytes(file)
    source = read_source(content, file)
    check_year(source.text, year, file, UsageError)
    folder = data_dir / "reports" / str(year)
    target = folder / f"{area}{_ending(file, source.media_type)}"
    for other in _existing(folder, area):
        # The same file without a record is what a stop between the two writes leaves behind.
        if other == target and not sidecar_path(other).exists() and read_bytes(other) == content:
            continue
        raise UsageError(
            Text(f"{area} {year} 年已有归档文件", f"the archive already holds {area} {year}"),
            file=other,
            remedy=Text(
                "如需替换，请先删除旧文件及其 .yaml；否则请检查年份和地区",
                "to replace it remove it and its .yaml first; else check year and area",
            ),
        )
    problems = problems_of(
        source.text,
        area=area,
        year=year,
        others=others_of(data_dir, area, year, source.text),
        names=names_of(data_dir),
    )
    if problems and not anyway:
        raise doubtful(file, problems)
    without_personal_data({"publisher": publisher, "anyway": anyway}, file)
    title = find_title(source.text) or first_line(source.text)
    record = Sidecar(
        # A title that names a person is taken from the text, once that is masked.
        title=None if find_personal_data(title) else title,
        media_type=source.media_type,
        sha256=file_hash(content),
        text_sha256=text_hash(source.text),
        publisher=publisher,
        url=url,
        published=published or find_published(source.text),
        retrieved=retrieved,
        anyway=anyway if problems else None,
    )
    if not target.exists():
        write_atomic(target, content)
    write_atomic(sidecar_path(target), render_sidecar(record))
    return read_report(target)


def others_of(data_dir: Path, area: str, year: int, text: str) -> list[Other]:
    """The archived reports to compare one with: those of its area, and any of the same text."""
    found: list[Other] = []
    own = text_hash(text)
    for path in _archived(data_dir):
        if (path.stem, _year_of(path)) == (area, year):
            continue
        beside = sidecar_path(path)
        same = beside.is_file() and read_sidecar(beside).text_sha256 == own
        if same or path.stem == area:
            report = read_report(path)
            found.append(Other(report.ref_area, report.time_period, report.text))
    return found


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, but for names that begin with a dot or mark an open Word file."""
    if not folder.is_dir():
        return []
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith((".", "~$")))


def _reports_in(folder: Path) -> list[Path]:
    reports: dict[str, Path] = {}
    records: list[Path] = []
    for entry in _entries(folder):
        _regular(entry)
        if entry.suffix == ".yaml":
            records.append(entry)
            continue
        if entry.suffix not in ENDINGS or not entry.is_file():
            raise _stray(entry)
        if not is_area(entry.stem):
            raise malformed_area(entry.stem, DataError, entry)
        if entry.stem in reports:
            raise DataError(
                Text(
                    f"同一地区同一年份有两份报告：{reports[entry.stem].name} 和 {entry.name}",
                    "two reports for one area and year: "
                    f"{reports[entry.stem].name} and {entry.name}",
                ),
                file=folder,
                remedy=Text("请只保留其中一份", "keep one of them and remove the other"),
            )
        reports[entry.stem] = entry
    for record in records:
        if record.stem not in reports:
            raise DataError(
                Text("有来源记录，但没有对应的报告", "a record of origin without its report"),
                file=record,
                remedy=Text("请补上报告文件或删除此记录", "add the report or remove the record"),
            )
    return list(reports.values())


def _regular(path: Path) -> None:
    """Refuse a link, which could publish any file of this machine, and a pipe, which has no end."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(kind):
        raise DataError(
            Text("是链接、目录或特殊文件", "it is a link, a folder or a special file"),
            file=path,
            remedy=Text("请换成文件本身", "put the file itself there"),
        )


def _existing(folder: Path, area: str) -> list[Path]:
    return [
        entry
        for entry in _entries(folder)
        if entry.stem == area and entry.suffix.lower() in ENDINGS
    ]


def _ending(file: Path, media_type: str) -> str:
    """The file's own ending where it fits what the file is, else that of the format."""
    own = file.suffix.lower()
    if ENDINGS.get(own) == media_type:
        return own
    return next(ending for ending, kind in ENDINGS.items() if kind == media_type)


def _year_of(path: Path) -> int:
    if not _YEAR.fullmatch(path.parent.name):
        raise _stray(path)
    return int(path.parent.name)


def _check_origin(year: int, area: str, url: str | None) -> None:
    if not _YEAR.fullmatch(str(year)):
        raise UsageError(
            Text(f"年份无效：{year}", f"not a year: {year}"),
            remedy=Text("请写四位年份，如 2023", "give four digits, for example 2023"),
        )
    if not is_area(area):
        raise malformed_area(area, UsageError)
    if url is not None and not is_url(url):
        raise UsageError(
            Text(
                f"网址无效：{without_account(url)}",
                f"not an http(s) address without an account: {without_account(url)}",
            ),
            remedy=Text("请写完整网址，或不写", "give the whole address, or leave it out"),
        )


def _stray(path: Path) -> DataError:
    return DataError(
        Text("报告目录中有无法识别的文件", "not a report and not a record of one"),
        file=path,
        remedy=Text(
            f"请移走；报告应为 reports/年份/地区.({'|'.join(e[1:] for e in ENDINGS)})",
            f"move it away; reports are reports/YEAR/AREA.({'|'.join(e[1:] for e in ENDINGS)})",
        ),
    )
