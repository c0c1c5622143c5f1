"""An Excel workbook that is the same to the byte wherever it is made, and in which nothing is lost.

Belongs here: typed cells, the look of a sheet, the container. Does not belong here: which sheets there
are (``topic_workbook``, ``catalogue_sheet``).

A text is a text: codes keep their leading zeros, and nothing is run as a formula. A number that Excel
cannot hold exactly (it keeps 15 digits) is written as text.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from shenwan_data.errors import DataError, Text
from shenwan_data.release.cells import neutralise, number_text
from shenwan_data.release.zip_file import write_zip

MAX_ROWS, MAX_TEXT, EXACT_DIGITS = 1_048_576, 32_767, 15
_WIDEST, _NARROWEST, _MEASURED = 60, 8, 500
_CUT = "… [CSV]"
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_HEAD = PatternFill("solid", fgColor="FFDDE7F0")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: lines of a header, the last of them with the names to filter by, then the rows."""

    name: str
    header: Sequence[Sequence[str]]
    rows: Iterable[Sequence[Any]]


def sheet_name(text: str) -> str:
    """A text as the name of a sheet: without the signs Excel refuses, 31 characters at the most."""
    return _SHEET_NAME.sub(" ", text).strip("'")[:31]


def escape_text(text: str) -> str:
    """A text as a workbook stores it: what XML cannot hold is written ``_xHHHH_``.

    What exceeds the length of a cell is cut, and says that the CSV file has it whole.
    """
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT - len(_CUT)] + _CUT
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _put(cell: Cell | MergedCell, value: Any) -> None:
    if value is None or isinstance(cell, MergedCell):
        return
    if isinstance(value, bool):
        cell.value = value
        return
    if isinstance(value, date):
        cell.value = value
        cell.number_format = "yyyy-mm-dd"
        return
    if isinstance(value, int | Decimal):
        text = number_text(value)
        if len(text.lstrip("-0.").replace(".", "")) <= EXACT_DIGITS:
            whole = "." not in text
            cell.value = int(text) if whole else float(text)
            cell.number_format = "0" if whole else "0.##########"
            return
        value = text
    cell.value = escape_text(str(value))
    # Set last: a text that begins with = would else be taken for a formula.
    cell.data_type = "s"
    cell.number_format = "@"
    if neutralise(str(value)) != value:
        cell.quotePrefix = True


def _width(text: str) -> int:
    longest = max(text.splitlines() or [""], key=len)
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in longest)


def _fill(page: Worksheet, sheet: Sheet) -> None:
    widths = [_NARROWEST] * len(sheet.header[0])
    for number, line in enumerate(sheet.header, start=1):
        for column, name in enumerate(line, start=1):
            cell = page.cell(number, column)
            _put(cell, name)
            cell.font, cell.fill = Font(bold=True), _HEAD
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            widths[column - 1] = max(widths[column - 1], _width(name) + 3)
    last = len(sheet.header)
    for row in sheet.rows:
        last += 1
        if last > MAX_ROWS:
            raise DataError(
                Text("行数超过 Excel 的上限", "more rows than an Excel sheet can hold"),
                file=sheet.name,
                remedy=Text("请按年份拆分该表", "split the table by year"),
            )
        for column, value in enumerate(row, start=1):
            _put(page.cell(last, column), value)
            if last <= _MEASURED and value is not None:
                shown = number_text(value) if isinstance(value, Decimal) else str(value)
                widths[column - 1] = max(widths[column - 1], _width(shown) + 2)
    for column, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = min(width, _WIDEST)
    names = len(sheet.header)
    page.freeze_panes = f"A{names + 1}"
    page.auto_filter.ref = f"A{names}:{get_column_letter(len(widths))}{last}"


def write_workbook(
    sheets: Iterable[Sheet], title: str, creator: str, day: date, stream: BinaryIO
) -> None:
    """Write a workbook of the sheets. Raises DataError where a sheet is too long."""
    book = Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet)
    made = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the format has no time zones
    book.properties.title, book.properties.creator = title, creator
    book.properties.created = made
    written = io.BytesIO()
    book.save(written)
    stamp = f"{made:%Y-%m-%dT%H:%M:%S}Z".encode()
    with zipfile.ZipFile(written) as archive:
        parts: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
    # The library writes the moment of saving; a workbook of the same content is the same workbook.
    core, changed = _MODIFIED.subn(rb"\g<1>" + stamp + rb"\g<2>", parts["docProps/core.xml"])
    if changed != 1:
        raise AssertionError("docProps/core.xml has no single time of saving")
    parts["docProps/core.xml"] = core
    write_zip(parts, day, stream)
