"""One cell: its value in a table and its text in a CSV file, each way without loss.

Belongs here: the text form of each type, and the neutralising of text that a spreadsheet would run.
Does not belong here: rows and files (``csv_file``).

The forms: a number is written shortest and exact, never in scientific notation; true and false; a
date as YYYY-MM-DD; null as nothing. A text that begins with ``= + - @``, tab, CR or LF (or with the
full-width ＝ ＋ － ＠) gets an apostrophe in front, because spreadsheets run such a cell as a
formula; so does one that has apostrophes of its own before such a sign. Reading takes it off again.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

Value = str | int | bool | Decimal | date | None

# As they stand in a class of a regular expression.
FORMULA_SIGNS = "=+\\-@\t\r\n＝＋－＠"
_FORMULA = re.compile(f"'*[{FORMULA_SIGNS}]")
_NEUTRALISED = re.compile(f"'+[{FORMULA_SIGNS}]")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)([.][0-9]+)?", re.ASCII)


def neutralise(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would take it for a formula."""
    return "'" + text if _FORMULA.match(text) else text


def restore(cell: str) -> str:
    """The text that ``neutralise`` was given."""
    return cell[1:] if _NEUTRALISED.match(cell) else cell


def number_text(value: Decimal | int) -> str:
    """A number shortest and exact, in plain digits: 600, 99.94, -0.5."""
    text = format(Decimal(value), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def to_text(value: Value) -> str:
    """The text of a cell in a CSV file, before quoting."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | int):
        return number_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return neutralise(value)


def from_text(cell: str, kind: str) -> Any:
    """The value of a cell of a column of Table Schema type ``kind``. ValueError if it is none."""
    if cell == "":
        return None
    if kind == "string":
        return restore(cell)
    if kind == "boolean" and cell in ("true", "false"):
        return cell == "true"
    if kind in ("integer", "year") and _INTEGER.fullmatch(cell):
        return int(cell)
    if kind == "number" and _NUMBER.fullmatch(cell):
        try:
            return Decimal(cell)
        except InvalidOperation as error:  # pragma: no cover - the pattern leaves no such text
            raise ValueError(cell) from error
    if kind == "date":
        return date.fromisoformat(cell)
    raise ValueError(f"{cell!r} is not a {kind}")
