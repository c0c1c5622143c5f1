"""``catalogue-sheet.xlsx`` and ``.csv``: the sheet with which a resource is entered in a Chinese portal.

Belongs here: the core fields of 政务信息资源目录, one row for each information item (column of a table).
Does not belong here: their names and fixed values, which are in ``schemas/catalogues.yaml``.
What only the catalogue's system can assign, such as the resource code, stays empty.
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
from shenwan_data.release.formats import neutralise, number_text, quote
from shenwan_data.release.manifest import File
from shenwan_data.release.metadata.citation import citation
from shenwan_data.release.schema import Table, both, dictionary
from shenwan_data.schemas import metadata

MAX_ROWS, MAX_TEXT, EXACT_DIGITS = 1_048_576, 32_767, 15
_WIDEST, _NARROWEST, _MEASURED = 60, 8, 500
_CUT = "… [CSV]"
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: lines of a header, the last of them with the names to filter by, then the rows."""

    name: str
    header: Sequence[Sequence[str]]
    rows: Iterable[Sequence[Any]]


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
    whole: Format
    number: Format
    text: Format
    # A text that begins like a formula: the sign keeps it a text when the cell is edited.
    quoted: Format


def _looks(book: Workbook) -> _Looks:
    return _Looks(
        head=book.add_format(
            {"bold": True, "bg_color": "#DDE7F0", "valign": "top", "text_wrap": True}
        ),
        day=book.add_format({"num_format": "yyyy-mm-dd"}),
        whole=book.add_format({"num_format": "0"}),
        number=book.add_format({"num_format": "0.##########"}),
        text=book.add_format({"num_format": "@"}),
        quoted=book.add_format({"num_format": "@", "quote_prefix": True}),
    )


def _put_text(page: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    # The library takes such a text for markup that it wrote itself, and puts it in as it stands.
    if text.startswith("<r>") and text.endswith("</r>"):
        page.write_rich_string(row, column, text[:1], text[1:2], text[2:], look)
    else:
        page.write_string(row, column, text, look)


def _put(page: Worksheet, row: int, column: int, value: Any, looks: _Looks) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
        return
    if isinstance(value, date):
        page.write_datetime(row, column, value, looks.day)
        return
    if isinstance(value, int | Decimal):
        text = number_text(value)
        if len(text.lstrip("-0.").replace(".", "")) <= EXACT_DIGITS:
            look = looks.number if "." in text else looks.whole
            page.write_number(row, column, float(text), look)
            return
        value = text
    text = str(value)
    look = looks.text if neutralise(text) == text else looks.quoted
    _put_text(page, row, column, cell_text(text), look)


def _width(text: str) -> int:
    longest = max(text.splitlines() or [""], key=len)
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in longest)


def _fill(page: Worksheet, sheet: Sheet, looks: _Looks) -> None:
    widths = [_NARROWEST] * len(sheet.header[0])
    for number, line in enumerate(sheet.header):
        for column, name in enumerate(line):
            _put_text(page, number, column, cell_text(name), looks.head)
            widths[column] = max(widths[column], _width(name) + 3)
    names = len(sheet.header)
    last = names - 1
    for row in sheet.rows:
        last += 1
        if last >= MAX_ROWS:
            raise DataError(
                Text("行数超过 Excel 的上限", "more rows than an Excel sheet can hold"),
                file=sheet.name,
                remedy=Text("请按年份拆分该表", "split the table by year"),
            )
        for column, value in enumerate(row):
            _put(page, last, column, value, looks)
            if last < _MEASURED and value is not None and widths[column] < _WIDEST:
                shown = number_text(value) if isinstance(value, Decimal) else str(value)
                widths[column] = max(widths[column], _width(shown) + 2)
    for column, width in enumerate(widths):
        page.set_column(column, column, min(width, _WIDEST))
    page.freeze_panes(names, 0)
    page.autofilter(names - 1, 0, last, len(widths) - 1)


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


def _table(table: Table, rows: pa.Table) -> Sheet:
    columns = [rows[name].to_pylist() for name in table.columns]
    return Sheet(
        name=sheet_name(f"{table.title.zh} {table.name}"),
        header=[[field.title.zh for field in table.fields], list(table.columns)],
        rows=zip(*columns, strict=True),
    )


def _listed(sheet: str, rows: list[Mapping[str, object]]) -> Sheet:
    declared = metadata("catalogues.yaml")["workbook"][sheet]
    columns = declared["columns"]
    return Sheet(
        name=sheet_name(f"{declared['title']['zh']} {declared['title']['en']}"),
        header=[[column["zh"] for column in columns], [column["en"] for column in columns]],
        rows=[[row[column["from"]] for column in columns] for row in rows],
    )


def _dictionary(package: Package) -> Sheet:
    rows: list[Mapping[str, object]] = [
        {
            **entry,
            "table": table.name,
            "table_zh": table.title.zh,
            "table_en": table.title.en,
            "title_zh": entry["title"].zh,
            "title_en": entry["title"].en,
            "description_zh": entry["description"].zh,
            "description_en": entry["description"].en,
            "unit_zh": entry["unit"].zh if entry["unit"] else None,
            "unit_en": entry["unit"].en if entry["unit"] else None,
        }
        for table in package.tables
        for entry in dictionary(table, package.table_names)
    ]
    return _listed("dictionary", rows)


def _about(about: About, package: Package) -> Sheet:
    created, licence = about.created.isoformat(), f"{about.licence.name} {about.licence.address}"
    facts = {
        "title": about.title,
        "topic": package.title,
        "description": package.description,
        "version": Text(about.version, about.version),
        "created": Text(created, created),
        "licence": Text(licence, licence),
        "citation": citation(about, package.title),
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


def write_topic_workbook(
    about: About, package: Package, rows: Mapping[str, pa.Table], stream: BinaryIO
) -> None:
    """Write the workbook of a package: its tables, the data dictionary, what it is."""
    sheets = [_table(table, rows[table.name]) for table in package.tables]
    sheets += [_dictionary(package), _about(about, package)]
    title = Text(f"{about.title.zh}：{package.title.zh}", f"{about.title.en}: {package.title.en}")
    write_workbook(sheets, both(title), both(about.publisher), about.created, stream)


NAME = "catalogue-sheet"


def _cells(about: About, package: Package, files: Sequence[File]) -> Iterator[Mapping[str, str]]:
    known = metadata("catalogues.yaml")
    resource = {
        "category": known["themes"][about.themes[0]]["title"]["zh"],
        "name": f"{about.title.zh}：{package.title.zh}",
        "code": "",
        "provider": about.publisher.zh,
        "provider_code": about.publisher_code or "",
        "abstract": package.description.zh,
        "formats": "、".join(dict.fromkeys(file.format for file in files)),
        "licence": about.licence.name,
        "frequency": known["frequencies"][about.update_frequency]["portal"],
        "published": about.created.isoformat(),
        "version": about.version,
        "keywords": "、".join(word.zh for word in about.keywords),
        "related": "",
        "identifier": identifier(about, package.name),
    }
    for table in package.tables:
        for field in table.fields:
            yield {
                **resource,
                "table": f"{table.title.zh}（{table.name}）",
                "item_name": field.title.zh,
                "item_code": field.name,
                "item_type": known["types"][field.type]["portal"],
                "item_description": field.description.zh,
            }


def catalogue_rows(
    about: About, packages: Mapping[str, tuple[Package, Sequence[File]]]
) -> tuple[list[str], list[list[str]]]:
    """The header in Chinese and the rows, every cell as text."""
    columns = metadata("catalogues.yaml")["catalogue_sheet"]["columns"]
    rows = [
        [column["value"] if "value" in column else cells[column["from"]] for column in columns]
        for package, files in packages.values()
        for cells in _cells(about, package, files)
    ]
    return [column["zh"] for column in columns], rows


def write_catalogue_csv(header: Sequence[str], rows: Sequence[Sequence[str]], to: BinaryIO) -> None:
    """Write the sheet as CSV, in the form of the release's other CSV files."""
    for row in (header, *rows):
        line = ",".join(quote(neutralise(cell)) for cell in row)
        to.write(f"{line}\n".encode())


def write_catalogue_workbook(
    about: About, header: Sequence[str], rows: Sequence[Sequence[str]], to: BinaryIO
) -> None:
    """Write the sheet as a workbook. The second header line is in English."""
    declared = metadata("catalogues.yaml")["catalogue_sheet"]
    english = [column["en"] for column in declared["columns"]]
    sheet = Sheet(sheet_name(declared["title"]["zh"]), [header, english], rows)
    title = f"{declared['title']['zh']} / {declared['title']['en']}"
    write_workbook([sheet], title, about.publisher.zh, about.created, to)
