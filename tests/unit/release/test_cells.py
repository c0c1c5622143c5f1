"""A cell keeps its value, and no spreadsheet runs it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.release.formats import from_text, neutralise, restore, to_decimal, to_text

ODD = st.text(alphabet="'=+-@\t\r\n＝＋－＠,\"a神 0", min_size=1)


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 760", "-5", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＠a"]
)
def test_a_formula_is_neutralised(text: str) -> None:
    assert neutralise(text) == "'" + text


@pytest.mark.parametrize("text", ["1+1>2", "600余项", "“双高”", "'tis", "a=b", "''"])
def test_other_text_is_left_alone(text: str) -> None:
    assert neutralise(text) == text


@given(ODD)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert neutralise(text)[0] not in "=+-@\t\r\n＝＋－＠"


@given(ODD)
def test_neutralised_text_comes_back(text: str) -> None:
    assert restore(neutralise(text)) == text


@given(ODD, ODD)
def test_two_texts_never_become_the_same_cell(one: str, other: str) -> None:
    assert (neutralise(one) == neutralise(other)) == (one == other)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("99.9400000000"), "99.94"),
        (Decimal("4E+8"), "400000000"),
        (Decimal("0E-10"), "0"),
        (Decimal("-0.0"), "0"),
        (Decimal("0.0000000001"), "0.0000000001"),
        (Decimal("-1849.50"), "-1849.5"),
        (2030, "2030"),
        (True, "true"),
        (False, "false"),
        (date(2031, 2, 1), "2031-02-01"),
        (None, ""),
    ],
)
def test_the_text_of_a_value_is_short_and_plain(value: object, text: str) -> None:
    assert to_text(value) == text  # type: ignore[arg-type]


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=10, min_value=-(10**27), max_value=10**27
    )
)
def test_a_number_comes_back_and_is_never_in_scientific_notation(value: Decimal) -> None:
    text = to_text(value)
    assert set(text) <= set("-.0123456789")
    assert from_text(text, "number") == value


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("12a", "integer"), ("1.0", "integer"), ("٣", "integer"), ("1e3", "number"),
        ("+5", "number"), ("05", "number"), (" 5", "number"), ("NaN", "number"),
        ("yes", "boolean"), ("2031-2-1", "date"),
    ],
)  # fmt: skip
def test_a_cell_of_another_form_is_refused(cell: str, kind: str) -> None:
    with pytest.raises(ValueError):
        from_text(cell, kind)


@pytest.mark.parametrize(
    ("value", "text"),
    [(99.94, "99.94"), (10000 / 15, "666.6666666667"), (4e8, "400000000"), (1e22, "1" + "0" * 22)],
)
def test_a_float_counts_as_the_decimal_it_is_printed_as(value: float, text: str) -> None:
    assert to_text(to_decimal(value)) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**28, 1e-11, 1.23456789e-7])
def test_a_number_that_would_be_falsified_is_refused(value: float) -> None:
    with pytest.raises(ValueError):
        to_decimal(value)
