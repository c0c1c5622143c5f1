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

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from shenwan_data.errors import DataError, Text
from shenwan_data.release.cells import neutralise, number_text
from shenwan_data.release.zip_file import write_zip

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
