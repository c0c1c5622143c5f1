"""What a numeral is worth, and how finely it is stated."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.figures.numerals import LARGEST, Numeral, arabic, chinese, multiplier, number
from tests.unit.figures.written import chinese_words


@pytest.mark.parametrize(
    ("digits", "value", "grain"),
    [
        ("600", 600, 100),
        ("620", 620, 10),
        ("432", 432, 10),  # nobody rounds to a unit in three digits
        ("43", 43, 1),
        ("20", 20, 10),
        ("7", 7, 1),
        ("0", 0, 1),
        ("2.5", "2.5", "0.1"),
        ("98.60", "98.6", "0.1"),
        ("3.00", 3, 1),
        ("1,123.8", "1123.8", "0.1"),
        ("1，234", 1234, 10),
        ("１２００", 1200, 100),
        ("１.８", "1.8", "0.1"),
    ],
)
def test_digits_have_a_value_and_a_step(digits: str, value: str | int, grain: str | int) -> None:
    assert arabic(digits) == Numeral(Fraction(value), Fraction(grain))


@pytest.mark.parametrize(
    ("words", "value", "grain"),
    [
        ("两", 2, 1),
        ("十", 10, 10),
        ("十二", 12, 1),
        ("二十", 20, 10),
        ("一百零六", 106, 10),
        ("一百五十", 150, 10),
        ("一百五", 150, 10),
        ("三千零五十", 3050, 10),
        ("三万五", 35_000, 1000),
        ("一万二千", 12_000, 1000),
        ("十万", 100_000, 100_000),
        ("三亿零四十万", 300_400_000, 100_000),
        ("百", 100, 100),
        ("千万", 10_000_000, 10_000_000),
        ("二〇二二", 2022, 10),
        ("三点五", "3.5", "0.1"),
        ("一点二亿", 120_000_000, 10_000_000),
        ("零", 0, 1),
    ],
)
def test_chinese_numerals_have_a_value_and_a_step(
    words: str, value: str | int, grain: str | int
) -> None:
    assert chinese(words) == Numeral(Fraction(value), Fraction(grain))


@pytest.mark.parametrize("words", ["一百百", "十十", "九万千", "百千", "一点", "点", "三三十"])
def test_a_run_that_nobody_would_say_is_no_number(words: str) -> None:
    assert chinese(words) is None


@pytest.mark.parametrize("digits", ["9" * 25, "1," + ",".join(["111"] * 9)])
def test_a_run_longer_than_any_count_is_no_number(digits: str) -> None:
    assert arabic(digits) is None
    assert chinese("一" * 25) is None


@given(st.integers(0, 10**12 - 1), st.sampled_from("二两"))
def test_every_whole_number_said_in_chinese_is_understood(value: int, two: str) -> None:
    numeral = chinese(chinese_words(value, two=two))
    assert numeral is not None
    assert numeral.value == value


def test_multipliers_multiply() -> None:
    assert [multiplier(words) for words in ("", "百", "千万", "万亿")] == [1, 100, 10**7, 10**12]


def test_a_value_is_an_int_where_it_is_whole_and_a_float_elsewhere() -> None:
    assert number(None) is None
    assert (number(Fraction(6)), type(number(Fraction(6)))) == (6, int)
    assert (number(Fraction(5, 2)), type(number(Fraction(5, 2)))) == (2.5, float)
    assert float(LARGEST - 1) == LARGEST - 1
