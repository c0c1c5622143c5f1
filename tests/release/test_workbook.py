"""A workbook loses nothing, runs nothing, and is the same to the byte."""

from __future__ import annotations

import io
import json
import time
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from shenwan_data.errors import DataError
from shenwan_data.indicators.catalogue import topics
from shenwan_data.release import workbooks
from shenwan_data.release.formats import read_parquet
from shenwan_data.release.workbooks import Sheet, cell_text, sheet_name, write_workbook

DAY = date(2026, 11, 23)


def written(*rows: tuple[Any, ...], header: tuple[str, ...] = ("a", "b")) -> bytes:
    stream = io.BytesIO()
    write_workbook([Sheet("表", [header], rows)], "title", "creator", DAY, stream)
    return stream.getvalue()


def cells(content: bytes) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for row in book.active.iter_rows(min_row=2)]


@pytest.mark.parametrize(
    "text", ["0012", "442000117000", "1e5", "2024-05-01", "TRUE", "1/2", "#N/A"]
)
def test_a_text_stays_a_text(text: str) -> None:
    ((cell, _),) = cells(written((text, None)))
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "＝1", "\t=1"])
def test_nothing_is_run_as_a_formula(text: str) -> None:
    content = written((text, None))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (sheet,) = [name for name in archive.namelist() if "/worksheets/" in name]
        assert b"<f>" not in archive.read(sheet)
    ((cell, _),) = cells(content)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (600, 600),
        (2022, 2022),
        (Decimal("99.9400000000"), 99.94),
        (Decimal("400000000.0000000000"), 400000000),
        (Decimal("-0.5"), -0.5),
        (999_999_999_999_999, 999_999_999_999_999),
    ],
)
def test_a_number_is_a_number(number: Any, expected: Any) -> None:
    ((cell, _),) = cells(written((number, None)))
    assert (cell.value, cell.data_type) == (expected, "n")


@pytest.mark.parametrize(
    "number", [1_234_567_890_123_456, Decimal("6666.6666666666667"), 10**20 + 1]
)
def test_a_number_that_excel_would_round_is_written_out(number: Any) -> None:
    ((cell, _),) = cells(written((number, None)))
    assert (cell.value, cell.data_type) == (str(number), "s")


def test_a_day_is_a_day_and_a_truth_a_truth() -> None:
    ((day, truth),) = cells(written((date(2024, 5, 1), True)))
    assert day.value.date() == date(2024, 5, 1)
    assert day.is_date
    assert truth.value is True


@pytest.mark.parametrize(
    "text",
    ["<r><t>x</t></r>", "<r></broken></r>", "<r>a&b \n</r>", "<r></r>", "</r><r>", "<si>x</si>"],
)
def test_markup_is_a_text_like_any_other(text: str) -> None:
    ((cell, _),) = cells(written((text, None)))
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")
    book = openpyxl.load_workbook(io.BytesIO(written(("x", 1), header=(text, "b"))))
    assert book.active["A1"].value == text


@given(st.text(st.characters(codec="utf-8"), min_size=1))
@settings(max_examples=50, deadline=None)
def test_any_text_is_read_back(text: str) -> None:
    ((cell, _),) = cells(written((text, None)))
    assert unescape(cell.value or "") == text.replace("\r\n", "\r\n")


def test_a_text_too_long_for_a_cell_says_so() -> None:
    short = cell_text("长" * 40_000)
    assert len(short) == workbooks.MAX_TEXT
    assert short.endswith("… [CSV]")


def test_a_sheet_too_long_for_excel_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_ROWS", 3)
    with pytest.raises(DataError, match="more rows than an Excel sheet can hold"):
        written((1, 2), (1, 2), (1, 2))


def test_the_name_of_a_sheet_is_one_that_excel_takes() -> None:
    assert sheet_name("a/b:c[d]*?" + "x" * 40) == "a b c d   " + "x" * 21


def test_two_writings_at_different_times_are_equal() -> None:
    one = written(("x", 1))
    time.sleep(1.1)
    assert written(("x", 1)) == one
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        core = archive.read("docProps/core.xml").decode("utf-8")
        assert core.count("2026-11-23T00:00:00Z") == 2
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 23, 0, 0, 0)}


def column_values(sheet: Any, name: str) -> list[Any]:
    names = [cell.value for cell in sheet[2]]
    return [row[names.index(name)] for row in sheet.iter_rows(min_row=3)]


@pytest.mark.parametrize("topic", topics())
def test_the_workbook_of_a_topic_holds_its_tables(topic: str, pristine: Path) -> None:
    book = openpyxl.load_workbook(pristine / f"{topic}.xlsx")
    tables = [topic, "indicators", "units", "areas", "codes"]
    assert [name.rsplit(" ", 1)[1] for name in book.sheetnames] == [*tables, "dictionary", "about"]
    for table, sheet in zip(tables, book.worksheets, strict=False):
        rows = read_parquet(pristine / topic / f"{table}.parquet")
        assert [cell.value for cell in sheet[2]] == rows.column_names
        assert sheet.max_row == rows.num_rows + 2
        assert sheet.freeze_panes == "A3"
        assert sheet.auto_filter.ref.startswith("A2:")
        for name in rows.column_names:
            found = [cell.value for cell in column_values(sheet, name)]
            expected = rows[name].to_pylist()
            assert [
                None if value is None else float(value) if isinstance(value, Decimal) else value
                for value in expected
            ] == [
                float(v) if isinstance(e, Decimal) else v
                for v, e in zip(found, expected, strict=True)
            ]


def test_a_division_code_keeps_every_digit(pristine: Path) -> None:
    sheet = openpyxl.load_workbook(pristine / "services.xlsx")["地区 areas"]
    (cell,) = column_values(sheet, "division_code")
    assert (cell.value, cell.data_type, cell.number_format) == ("442000117000", "s", "@")


def test_the_dictionary_explains_every_column_in_both_languages(pristine: Path) -> None:
    book = openpyxl.load_workbook(pristine / "services.xlsx")
    sheet = book["数据字典 dictionary"]
    header = [cell.value for cell in sheet[2]]
    rows = [
        dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=3, values_only=True)
    ]
    package = json.loads((pristine / "services/datapackage.json").read_text(encoding="utf-8"))
    assert [(row["Table"], row["Column"]) for row in rows] == [
        (resource["name"], field["name"])
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
    ]
    for row in rows:
        for name in ("Title", "Title in Chinese", "Description", "Description in Chinese"):
            assert row[name]


def test_the_catalogue_sheet_has_a_row_for_every_column_of_every_table(pristine: Path) -> None:
    import csv

    with (pristine / "catalogue-sheet.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    expected = [
        (f"（{resource['name']}）", field["name"])
        for name in (*topics(), "evidence")
        for resource in json.loads((pristine / name / "datapackage.json").read_text("utf-8"))[
            "resources"
        ]
        if resource.get("type") == "table"
        for field in resource["schema"]["fields"]
    ]
    assert len(rows) == len(expected)
    for row, (table, column) in zip(rows, expected, strict=True):
        assert row["信息项所属数据表"].endswith(table)
        assert row["信息项英文名"] == column
        for name in (
            "信息资源分类", "信息资源名称", "信息资源提供方", "信息资源摘要", "信息资源格式类型",
            "信息项名称", "信息项数据类型", "共享类型", "开放属性", "更新周期", "发布日期", "标识符",
        ):  # fmt: skip
            assert row[name], name
        # What only the catalogue's own system assigns is not made up.
        assert row["信息资源代码"] == row["信息资源提供方代码"] == row["关联资源代码"] == ""
    book = openpyxl.load_workbook(pristine / "catalogue-sheet.xlsx")
    found = [[cell or "" for cell in line] for line in book.active.iter_rows(values_only=True)]
    assert found[0] == list(rows[0])
    assert found[2:] == [list(row.values()) for row in rows]
