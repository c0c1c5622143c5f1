"""The archive of reports: ``data/reports/<year>/<area>.<ending>`` with ``<area>.yaml`` beside it.

Belongs here: finding, reading and adding reports, and every check that a file is the report it is
filed as. Does not belong here: formats (``source``), the record (``sidecar``), or corrections.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from datetime import date
from pathlib import Path

from shenwan_data.config.forms import is_url
from shenwan_data.config.records import (
    Sidecar,
    read_sidecar,
    render_sidecar,
    sidecar_path,
)
from shenwan_data.config.settings import is_area, malformed_area
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.files import write_atomic
from shenwan_data.model import Report
from shenwan_data.report.privacy import find_personal_data, mask, without_personal_data
from shenwan_data.report.source import ENDINGS, Source, read_bytes, read_source
from shenwan_data.report.title import find_published, find_title, first_line, stated_years

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def find_reports(data_dir: Path, year: int | None = None) -> tuple[Path, ...]:
    """The files of all reports, or of one year, ordered by year and area.

    Raises DataError when there is none, when an area has two for one year, and for anything in the
    archive that is neither a report nor a record. Names that begin with a dot are left alone.
    """
    root = data_dir / "reports"
    found: list[Path] = []
    for folder in _entries(root):
        if not (folder.is_dir() and _YEAR.fullmatch(folder.name)):
            raise _stray(folder)
        if year is None or int(folder.name) == year:
            found.extend(_reports_in(folder))
    if not found:
        raise DataError(
            Text("没有可读取的报告", "there is no report to read"),
            file=root if year is None else root / str(year),
            remedy=Text(
                "请用 shenwan-data add 文件 --year 年份 --area 地区 归档一份报告",
                "archive one: shenwan-data add FILE --year YEAR --area AREA",
            ),
        )
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
    _check_year(source.text, year, path)
    beside = sidecar_path(path)
    record = read_sidecar(beside) if beside.is_file() else Sidecar(sha256=_file_hash(content))
    _check_record(record, content, source, path)
    own = {"title": record.title, "publisher": record.publisher, "origin": record.origin}
    without_personal_data({**own, "note": record.note}, beside)
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
    )


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
) -> Report:
    """Put a file into the archive, unchanged, with the record of its origin, and read it back.

    ``published`` is taken from the text when not given. A file that already lies in its place
    without a record gets one. Raises UsageError for a malformed area, an impossible year or address
    and when the archive has this report already; DataError when the file cannot be read or says
    that it is about another year, or ``publisher`` names a person. Nothing is written unless all
    is well.
    """
    _check_origin(year, area, url)
    content = read_bytes(file)
    source = read_source(content, file)
    _check_year(source.text, year, file, UsageError)
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
    without_personal_data({"publisher": publisher}, file)
    title = find_title(source.text) or first_line(source.text)
    record = Sidecar(
        # A title that names a person is taken from the text, once that is masked.
        title=None if find_personal_data(title) else title,
        media_type=source.media_type,
        sha256=_file_hash(content),
        text_sha256=text_hash(source.text),
        publisher=publisher,
        url=url,
        published=published or find_published(source.text),
        retrieved=retrieved,
    )
    if not target.exists():
        write_atomic(target, content)
    write_atomic(sidecar_path(target), render_sidecar(record))
    return read_report(target)


def text_hash(text: str) -> str:
    """sha256 (hex) of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _file_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, but for names that begin with a dot or mark an open Word file."""
    if not folder.is_dir():
        return []
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith((".", "~$")))


def _reports_in(folder: Path) -> list[Path]:
    reports: dict[str, Path] = {}
    records: list[Path] = []
    for entry in _entries(folder):
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


def _check_year(
    text: str, year: int, path: Path, kind: type[DataError | UsageError] = DataError
) -> None:
    stated = stated_years(text)
    if stated and year not in stated:
        said = "、".join(map(str, stated))
        raise kind(
            Text(f"报告写的是 {said} 年，归档年份却是 {year}", f"about {said}, filed under {year}"),
            file=path,
            place=find_title(text),
            remedy=Text(
                f"请归入 {stated[0]} 年，或换成 {year} 年的报告",
                f"file it under {stated[0]}, or take the report of {year}",
            ),
        )


def _check_record(record: Sidecar, content: bytes, source: Source, path: Path) -> None:
    actual = _file_hash(content)
    if actual != record.sha256:
        raise DataError(
            Text(
                "文件与归档时不同（sha256 不符）", "not the file that was archived (sha256 differs)"
            ),
            file=path,
            place=f"sha256 {actual}, {sidecar_path(path).name}: {record.sha256}",
            remedy=Text(
                "请从版本库恢复原文件；若确为新版本，请删除两者后重新归档",
                "restore the file; if it is a new version, remove both and archive it again",
            ),
        )
    if record.media_type not in (None, source.media_type):
        raise DataError(
            Text(
                f"文件类型是 {source.media_type}，记录为 {record.media_type}",
                f"the file is {source.media_type}, its record says {record.media_type}",
            ),
            file=sidecar_path(path),
            place="key media_type",
            remedy=Text("请更正记录", "correct the record"),
        )
    now = text_hash(source.text)
    if record.text_sha256 not in (None, now):
        raise DataError(
            Text(
                "文件未变，但读出的文字与归档时不同（可能是读取库升级所致）",
                "the file is unchanged but reads differently than when it was archived "
                "(a library may have been upgraded)",
            ),
            file=path,
            place=f"text_sha256 {now}",
            remedy=Text(
                "请用 shenwan-data inspect 核对文字；若接受，请把 "
                f"{sidecar_path(path).name} 的 text_sha256 改为上值，"
                "并复核 data/corrections 中的位置",
                "look at it with shenwan-data inspect; to accept it set text_sha256 in "
                f"{sidecar_path(path).name} to that value "
                "and review the offsets in data/corrections",
            ),
        )


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
            Text(f"网址无效：{url}", f"not an http(s) address: {url}"),
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
