"""Files that a person has dropped on the desk and not yet archived.

Belongs here: keeping them aside, reading town and year from title and text, and archiving them once
these are confirmed. Does not belong here: judging a report (``report.completeness``), archiving it
(``report.archive``).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shenwan_data.build_record import WORK_FOLDER
from shenwan_data.config.settings import AREAS_FILE, read_areas
from shenwan_data.errors import ShenwanError, Text, UsageError
from shenwan_data.files import machine_errors, write_atomic
from shenwan_data.model import Report
from shenwan_data.report.archive import add_report
from shenwan_data.report.identity import file_hash
from shenwan_data.report.source import ENDINGS, read_bytes, read_source
from shenwan_data.report.title import find_title, first_line, stated_years

FOLDER = "arrivals"
_ADDRESS = ".address"
_PLAIN = re.compile(r"[^\w.\-（）() ]")
_HEAD = 2000


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it seems: title, year and area are None where the text does not say.

    ``error`` says why it cannot be read.
    """

    name: str
    path: Path
    title: str | None
    year: int | None
    area: str | None
    url: str | None = None
    error: ShenwanError | None = None

    @property
    def doubt(self) -> ShenwanError | None:
        """Why it cannot be archived as it is: it cannot be read, or town or year are not known."""
        if self.error is not None or (self.year is not None and self.area is not None):
            return self.error
        lacking = Text("乡镇", "the town") if self.year else Text("年度", "the year")
        return UsageError(
            Text(f"从标题和正文看不出{lacking.zh}", f"title and text do not say {lacking.en}"),
            file=self.name,
            remedy=Text(
                "请写明年度和乡镇（命令行用 --year 和 --area）",
                "say year and town yourself (--year and --area on the command line)",
            ),
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an arrival: the report it is now, or why it waits on."""

    arrival: Arrival
    report: Report | None
    error: ShenwanError | None = None


def keep(data_dir: Path, name: str, content: bytes, url: str | None = None) -> Arrival:
    """Keep the content of a file aside with the address it is from, and say what it seems to be.

    Raises UsageError for a name that no report has.
    """
    plain = _PLAIN.sub("_", Path(name.replace("\\", "/")).name).strip(". ")[-80:]
    if Path(plain).suffix.lower() not in ENDINGS:
        raise UsageError(
            Text(f"不是报告文件：{plain}", f"not a file of a report: {plain}"),
            remedy=Text(f"可用：{' '.join(ENDINGS)}", f"use one of {' '.join(ENDINGS)}"),
        )
    path = data_dir / WORK_FOLDER / FOLDER / f"{file_hash(content)[:16]}" / plain
    write_atomic(path, content)
    if url:
        write_atomic(path.parent / _ADDRESS, url)
    return look_at(path, data_dir)


def waiting(data_dir: Path) -> tuple[Arrival, ...]:
    """The files that wait to be archived, by name."""
    folder = data_dir / WORK_FOLDER / FOLDER
    files = sorted(folder.glob("*/*"), key=lambda path: path.name)
    return tuple(look_at(path, data_dir) for path in files if not path.name.startswith("."))


def look_at(path: Path, data_dir: Path) -> Arrival:
    """What a file seems to be, from its title and text."""
    address = path.parent / _ADDRESS
    url = address.read_text("utf-8") if address.is_file() else None
    try:
        text = read_source(read_bytes(path), path).text
    except ShenwanError as error:
        return Arrival(path.name, path, None, None, None, url, error)
    years = stated_years(text)
    title = find_title(text) or first_line(text)
    return Arrival(
        path.name, path, title, years[0] if years else None, _area(title, text, data_dir), url
    )


def find(data_dir: Path, name: str) -> Path:
    """A waiting file by ``<folder>/<name>``. Raises UsageError where there is none."""
    for path in (data_dir / WORK_FOLDER / FOLDER).glob("*/*"):
        if f"{path.parent.name}/{path.name}" == name:
            return path
    raise UsageError(
        Text("文件已不在", "the file is not there any more"),
        file=name,
        remedy=Text("请重新拖入", "drop it again"),
    )


def archive(
    path: Path, data_dir: Path, *, year: int, area: str, anyway: str | None, url: str | None
) -> Report:
    """Put a waiting file into the archive. Raises as ``add_report`` does; the file then waits on."""
    report = add_report(path, year=year, area=area, url=url, anyway=anyway, data_dir=data_dir)
    discard(path)
    return report


def archive_all(arrivals: Iterable[Arrival], data_dir: Path) -> tuple[Taken, ...]:
    """Archive every arrival whose town and year are known, the earliest year first.

    One that is refused does not hold up the others.
    """
    taken = []
    for one in sorted(arrivals, key=lambda each: (each.year or 0, each.name)):
        if one.doubt is not None or one.year is None or one.area is None:
            taken.append(Taken(one, None, one.doubt))
            continue
        try:
            report = add_report(
                one.path, year=one.year, area=one.area, url=one.url,
                data_dir=data_dir,
            )  # fmt: skip
        except ShenwanError as error:
            taken.append(Taken(one, None, error))
        else:
            taken.append(Taken(one, report))
            tidy(one, data_dir)
    return tuple(taken)


def tidy(one: Arrival, data_dir: Path) -> None:
    """Remove a file that was kept aside, once it is archived; one that lies elsewhere stays."""
    if data_dir / WORK_FOLDER in one.path.parents:
        discard(one.path)


def discard(path: Path) -> None:
    """Remove a waiting file."""
    with machine_errors(path):
        shutil.rmtree(path.parent)


def _area(title: str, text: str, data_dir: Path) -> str | None:
    """The town that the title names, else the one its opening names most; None for no or several."""
    if not (data_dir / AREAS_FILE).is_file():
        return None
    names = {code: area.name_zh for code, area in read_areas(data_dir).items()}
    named = [code for code, name in names.items() if name in title]
    if not named:
        counts = {code: text[:_HEAD].count(name) for code, name in names.items()}
        named = [code for code, count in counts.items() if count]
    if (
        not named
        and len(names) == 1
        and not re.search(r"[\u4e00-\u9fff]{2,6}(?:镇|乡|街道)", title)
    ):
        named = list(names)
    return named[0] if len(named) == 1 else None


def report_files(folder: Path) -> Iterator[Path]:
    """The files below a folder that may be reports, in order of their names."""
    for path in sorted(folder.rglob("*")):
        if (
            path.is_file()
            and path.suffix.lower() in ENDINGS
            and not path.name.startswith((".", "~$"))
        ):
            yield path
