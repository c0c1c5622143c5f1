"""The two workbooks: ``observations.xlsx`` for readers, ``catalogue-sheet.xlsx`` for a Chinese portal.

Belongs here: sheets and cells, and what each workbook has on them. Does not belong here: names and fixed
values, which are in ``schemas/catalogues.yaml``. The catalogue sheet has the core fields of
政务信息资源目录, one row for each information item (column of a table); what only the catalogue's
system can assign, such as the resource code, stays empty.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import pyarrow as pa
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from shenwan_data.errors import DataError, Text
from shenwan_data.release.about import About, identifier
from shenwan_data.release.archives import write_zip
from shenwan_data.release.contents import Package
from shenwan_data.release.formats import neutralise, number_text
from shenwan_data.release.manifest import File
from shenwan_data.release.metadata.citation import citation
from shenwan_data.release.schema import Table, both, code_lists, dictionary
from shenwan_data.schemas import metadata

MAX_ROWS, MAX_TEXT = 1_048_576, 32_767
_WIDEST, _NARROWEST, _HEADED, _MEASURED, _A4 = 60, 8, 24, 500, 9
_CUT = "… [CSV]"
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a row of names to filter by, then the rows. The first ``printed`` columns are printed."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    printed: int | None = None


def sheet_name(text: str) -> str:
    """A text as the name of a sheet: without the signs Excel refuses, 31 characters at the most."""
    return _SHEET_NAME.sub(" ", text).strip("'")[:31]


def cell_text(text: str) -> str:
    """A text as a cell can hold it: what exceeds its length is cut, and says that the CSV has it whole."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - len(_CUT)] + _CUT


@dataclass(frozen=True, slots=True)
class _Looks:
    """The formats of the cells of one workbook."""

    head: Format
    day: Format
    year: Format
    whole: Format
    number: Format
    text: Format
    long: Format
    # A text that begins like a formula: the sign keeps it a text when the cell is edited.
    quoted: Format


def _looks(book: Workbook) -> _Looks:
    return _Looks(
        head=book.add_format(
            {"bold": True, "bg_color": "#DDE7F0", "valign": "top", "text_wrap": True}
        ),
        day=book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        year=book.add_format({"num_format": "0", "valign": "top"}),
        whole=book.add_format({"num_format": "#,##0", "valign": "top"}),
        number=book.add_format({"num_format": "#,##0.##########", "valign": "top"}),
        text=book.add_format({"num_format": "@", "valign": "top"}),
        long=book.add_format({"num_format": "@", "valign": "top", "text_wrap": True}),
        quoted=book.add_format({"num_format": "@", "valign": "top", "quote_prefix": True}),
    )


def _put_text(page: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    # The library takes such a text for markup that it wrote itself, and puts it in as it stands.
    if text.startswith("<r>") and text.endswith("</r>"):
        page.write_rich_string(row, column, text[:1], text[1:2], text[2:], look)
    else:
        page.write_string(row, column, text, look)


def _put(
    page: Worksheet, row: int, column: int, value: Any, looks: _Looks, *, year: bool = False
) -> None:
    if value is None:
        return
    if year:
        page.write_number(row, column, value, looks.year)
        return
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
        return
    if isinstance(value, date):
        page.write_datetime(row, column, value, looks.day)
        return
    if isinstance(value, int | Decimal):
        look = looks.number if "." in number_text(value) else looks.whole
        # A number, however long: text in a column of numbers is left out of every sum.
        page.write_number(row, column, float(value), look)
        return
    text = str(value)
    plain = looks.long if _width(text) > _WIDEST else looks.text
    look = plain if neutralise(text) == text else looks.quoted
    _put_text(page, row, column, cell_text(text), look)


def _width(text: str) -> int:
    longest = max(text.splitlines() or [""], key=len)
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in longest)


def _fill(page: Worksheet, sheet: Sheet, looks: _Looks) -> None:
    widths = [max(_NARROWEST, min(_width(name) + 3, _HEADED)) for name in sheet.header]
    years = [name.endswith(" time_period") for name in sheet.header]
    for column, name in enumerate(sheet.header):
        _put_text(page, 0, column, cell_text(name), looks.head)
    last = 0
    for row in sheet.rows:
        last += 1
        if last >= MAX_ROWS:
            raise DataError(
                Text("行数超过 Excel 的上限", "more rows than an Excel sheet can hold"),
                file=sheet.name,
                remedy=Text("请按年份拆分该表", "split the table by year"),
            )
        for column, (value, year) in enumerate(zip(row, years, strict=True)):
            _put(page, last, column, value, looks, year=year)
            if last < _MEASURED and value is not None and widths[column] < _WIDEST:
                shown = number_text(value) if isinstance(value, Decimal) else str(value)
                widths[column] = max(widths[column], _width(shown) + 2)
    for column, width in enumerate(widths):
        page.set_column(column, column, min(width, _WIDEST))
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, last, len(widths) - 1)
    # On A4, lying, as many pages long as it takes, each with the names of the columns.
    page.set_paper(_A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.print_area(0, 0, last, (sheet.printed or len(widths)) - 1)
    page.set_footer("&L&A&R&P / &N")


def write_workbook(
    sheets: Iterable[Sheet], title: str, creator: str, day: date, stream: BinaryIO
) -> None:
    """Write a workbook of the sheets. Raises DataError where a sheet is too long."""
    written = io.BytesIO()
    book = Workbook(written, {"in_memory": True})
    # Written as the moment of saving too: a workbook of the same content is the same workbook.
    made = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the format has no time zones
    book.set_properties({"title": title, "author": creator, "created": made})
    looks = _looks(book)
    for sheet in sheets:
        _fill(book.add_worksheet(sheet.name), sheet, looks)
    book.close()
    # The library's container is deflated by the system's zlib; see zip_file.
    with zipfile.ZipFile(written) as archive:
        parts: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
    write_zip(parts, day, stream)


def _head(title: Text, name: str) -> str:
    return f"{title.zh} {name}"


def _table(table: Table, rows: pa.Table, first: Sequence[str] = ()) -> Sheet:
    """A table with the label of every code behind the code; ``first`` are the columns to print."""
    lists = code_lists()
    columns: dict[str, tuple[str, list[Any]]] = {}
    for field in table.fields:
        values = rows[field.name].to_pylist()
        columns[field.name] = _head(field.title, field.name), values
        if field.codes is not None:
            labels = {code.code: both(code.label) for code in lists[field.codes].values()}
            name = f"{field.name}_label"
            columns[name] = _head(field.title, name), [labels.get(value) for value in values]
    order = [*first, *(name for name in columns if name not in first)]
    return Sheet(
        name=sheet_name(f"{table.title.zh} {table.name}"),
        header=[columns[name][0] for name in order],
        rows=zip(*(columns[name][1] for name in order), strict=True),
        printed=len(first) or None,
    )


def _listed(sheet: str, rows: list[Mapping[str, object]]) -> Sheet:
    declared = metadata("catalogues.yaml")["workbook"][sheet]
    columns = declared["columns"]
    return Sheet(
        name=sheet_name(f"{declared['title']['zh']} {declared['title']['en']}"),
        header=[f"{column['zh']} {column['en']}" for column in columns],
        rows=[[row[column["from"]] for column in columns] for row in rows],
    )


def _dictionary(packages: Sequence[Package]) -> Sheet:
    """Every column of the tables on the sheets."""
    rows: list[Mapping[str, object]] = [
        {
            **entry,
            "table": table.name,
            "title_zh": entry["title"].zh,
            "title_en": entry["title"].en,
            "description_zh": entry["description"].zh,
            "description_en": entry["description"].en,
            "unit": both(entry["unit"]) if entry["unit"] else None,
        }
        for name in SHEETS
        for package in packages
        for table in package.tables
        if table.name == name
        for entry in dictionary(table, package.table_names)
    ]
    return _listed("dictionary", rows)


def _about(about: About) -> Sheet:
    created, licence = about.created.isoformat(), f"{about.licence.name} {about.licence.address}"
    facts = {
        "title": about.title,
        "description": about.description,
        "version": Text(about.version, about.version),
        "created": Text(created, created),
        "licence": Text(licence, licence),
        "citation": citation(about),
    }
    return _listed(
        "about",
        [
            {
                "label_zh": row["zh"],
                "label_en": row["en"],
                "zh": facts[row["from"]].zh,
                "en": facts[row["from"]].en,
            }
            for row in metadata("catalogues.yaml")["workbook"]["about"]["rows"]
        ],
    )


# The tables on the sheets, and of the first of them the columns that are printed.
SHEETS = ("observations", "findings", "indicators", "reports", "codes")
PRINTED = (
    "area_zh", "time_period", "topic_label", "indicator_zh", "indicator_en", "value", "unit",
    "unit_en", "lower", "upper", "qualifier_label", "obs_status_label", "doubt_label", "doubt_zh",
    "doubt_en", "quote",
)  # fmt: skip


def write_workbook_of_all(
    about: About, packages: Sequence[Package], rows: Mapping[str, pa.Table], stream: BinaryIO
) -> None:
    """Write ``observations.xlsx``: the tables of ``SHEETS``, the data dictionary, what it is."""
    known = {table.name: table for package in packages for table in package.tables}
    sheets = [
        _table(known[name], rows[name], PRINTED if name == SHEETS[0] else ()) for name in SHEETS
    ]
    sheets += [_dictionary(packages), _about(about)]
    write_workbook(sheets, both(about.title), both(about.publisher), about.created, stream)


NAME = "catalogue-sheet.xlsx"
# What a clerk enters in a catalogue; the registers are no resources of their own there.
CATALOGUED = ("observations", "figures", "findings", "indicators")


def _cells(
    about: About, packages: Sequence[Package], files: Sequence[File]
) -> Iterator[Mapping[str, str]]:
    known = metadata("catalogues.yaml")
    resource = {
        "category": known["themes"][about.themes[0]]["title"]["zh"],
        "name": about.title.zh,
        "code": "",
        "provider": about.publisher.zh,
        "provider_code": about.publisher_code or "",
        "abstract": about.description.zh,
        "formats": "、".join(dict.fromkeys(file.format for file in files)),
        "licence": about.licence.name,
        "frequency": known["frequencies"][about.update_frequency]["portal"],
        "published": about.created.isoformat(),
        "version": about.version,
        "keywords": "、".join(word.zh for word in about.keywords),
        "related": "",
        "identifier": identifier(about),
    }
    for package in packages:
        for table in package.tables:
            if table.name not in CATALOGUED:
                continue
            for field in table.fields:
                yield {
                    **resource,
                    "table": f"{table.title.zh}（{table.name}）",
                    "item_name": field.title.zh,
                    "item_code": field.name,
                    "item_type": known["types"][field.type]["portal"],
                    "item_description": field.description.zh,
                }


def write_catalogue_workbook(
    about: About, packages: Sequence[Package], files: Sequence[File], stream: BinaryIO
) -> None:
    """Write ``catalogue-sheet.xlsx``, every cell a text."""
    declared = metadata("catalogues.yaml")["catalogue_sheet"]
    columns = declared["columns"]
    rows = [
        [column["value"] if "value" in column else cells[column["from"]] for column in columns]
        for cells in _cells(about, packages, files)
    ]
    sheet = Sheet(sheet_name(declared["title"]["zh"]), [column["zh"] for column in columns], rows)
    title = f"{declared['title']['zh']} / {declared['title']['en']}"
    write_workbook([sheet], title, about.publisher.zh, about.created, stream)
