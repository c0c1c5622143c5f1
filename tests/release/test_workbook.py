"""A workbook loses nothing, runs nothing, and is the same to the byte."""

from __future__ import annotations

import io
import subprocess
import time
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from shenwan_data.errors import DataError
from shenwan_data.release import workbooks
from shenwan_data.release.contents import packages, whole
from shenwan_data.release.formats import read_parquet
from shenwan_data.release.workbooks import Sheet, cell_text, sheet_name, write_workbook

DAY = date(2026, 11, 23)


def written(*rows: tuple[Any, ...], header: tuple[str, ...] = ("a", "b")) -> bytes:
    stream = io.BytesIO()
    write_workbook([Sheet("表", header, rows)], "title", "creator", DAY, stream)
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
def test_a_number_of_many_digits_is_a_number_too(number: Any) -> None:
    # As text it would be left out of every sum.
    ((cell, _),) = cells(written((number, None)))
    assert (float(cell.value), cell.data_type) == (float(number), "n")


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
    names = [cell.value.rpartition(" ")[2] for cell in sheet[1]]
    return [row[names.index(name)] for row in sheet.iter_rows(min_row=2)]


@pytest.fixture(scope="module")
def book(pristine: Path) -> Any:
    return openpyxl.load_workbook(pristine / "observations.xlsx")


def test_the_workbook_has_a_sheet_for_each_table_that_people_read(
    book: Any, pristine: Path
) -> None:
    names = [name.rsplit(" ", 1)[1] for name in book.sheetnames]
    assert names == [*workbooks.SHEETS, "dictionary", "about"]
    for name, sheet in zip(workbooks.SHEETS, book.worksheets, strict=False):
        folder = pristine if name == "observations" else pristine / "evidence"
        rows = read_parquet(folder / f"{name}.parquet")
        assert sheet.max_row == rows.num_rows + 1
        for column in rows.column_names:
            found = [cell.value for cell in column_values(sheet, column)]
            expected = rows[column].to_pylist()
            if pa.types.is_date(rows[column].type):
                found = [value and value.date() for value in found]
            assert found == expected


def test_a_sheet_has_one_row_of_names_and_is_printed_lying_on_a4(book: Any) -> None:
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        # One page wide, which is what a file means that does not say, and as long as it takes.
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)


def test_a_row_says_in_words_what_its_codes_mean(book: Any) -> None:
    sheet = book["全部观测值 observations"]
    fines = [cell.value for cell in column_values(sheet, "indicator")].index("fines")
    said = {name: column_values(sheet, name)[fines].value for name in workbooks.PRINTED}
    assert said["area_zh"] == "神湾镇"
    assert (said["indicator_zh"], said["indicator_en"]) == ("fines的名称", "Label of fines")
    assert said["qualifier_label"] == "接近 / Nearly"
    assert said["obs_status_label"] == "已报告 / Reported"
    assert said["doubt_label"] == "存疑 / Doubt"
    assert said["doubt_zh"] == "金额过大"
    assert said["unit_en"] == "yuan"


def test_the_sum_of_the_values_is_that_of_the_parquet_file(pristine: Path) -> None:
    frame = pd.read_excel(pristine / "observations.xlsx")
    columns = {name.rpartition(" ")[2]: name for name in frame.columns}
    published = pd.read_parquet(pristine / "observations.parquet")
    for name in ("value", "lower", "upper"):
        assert frame[columns[name]].dtype == "float64"
        assert frame[columns[name]].sum() == published[name].sum() > 0
        assert frame[columns[name]].count() == published[name].count()


def test_libreoffice_adds_the_values_up_as_pandas_does(pristine: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(pristine / "observations.xlsx")
    rows = book.worksheets[0]
    names = {str(cell.value).rpartition(" ")[2]: cell.column_letter for cell in rows[1]}
    sums = book.create_sheet("sums", 0)
    wanted = ("value", "lower", "upper")
    sums.append(
        [f"=SUM('{rows.title}'!{names[one]}2:{names[one]}{rows.max_row})" for one in wanted]
    )
    book.save(tmp_path / "sums.xlsx")

    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", "csv", "--outdir", str(tmp_path), str(tmp_path / "sums.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip

    added = pd.read_csv(tmp_path / "sums.csv", header=None).iloc[0].tolist()
    published = pd.read_parquet(pristine / "observations.parquet")
    assert added == pytest.approx([published[one].sum() for one in wanted], rel=1e-9)


def test_a_division_code_keeps_every_digit(pristine: Path) -> None:
    areas = pd.read_csv(pristine / "evidence" / "areas.csv", dtype=str)
    assert areas["division_code"].tolist() == ["442000117000"]


def test_the_dictionary_explains_every_column_in_both_languages(book: Any) -> None:
    header, *lines = book["数据字典 dictionary"].iter_rows(values_only=True)
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    known = {table.name: table for package in (whole(), *packages()) for table in package.tables}
    assert [(row["表 Table"], row["栏 Column"]) for row in rows] == [
        (name, column) for name in workbooks.SHEETS for column in known[name].columns
    ]
    for row in rows:
        for name in ("英文名称 Title", "名称 Title in Chinese", "英文说明 Description"):
            assert row[name]


def test_the_catalogue_sheet_has_a_row_for_every_column_that_is_catalogued(pristine: Path) -> None:
    book = openpyxl.load_workbook(pristine / "catalogue-sheet.xlsx")
    header, *lines = book.active.iter_rows(values_only=True)
    rows = [dict(zip(header, [cell or "" for cell in line], strict=True)) for line in lines]
    known = {table.name: table for package in (whole(), *packages()) for table in package.tables}
    expected = [
        (f"（{name}）", column)
        for name in ("observations", "figures", "findings", "indicators")
        for column in known[name].columns
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
