"""Whatever a report prints by the tables is read back: number × 万/亿 × unit × hedge × width."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from shenwan_data.figures.scan import find_figures
from shenwan_data.figures.units import units
from shenwan_data.model import Number
from tests.unit.figures.written import Quantity, chinese_words, quantities, spellings

# Made-up clauses that say nothing about what is counted.
BEFORE = ("", "登记", "清点的部分记作", "另有说明，")
AFTER = ("", "，另行说明。", "。", "；其余从略", "\n")


def close(found: Number | None, wanted: Fraction | None) -> bool:
    if found is None or wanted is None:
        return found is wanted
    # What no decimal gives exactly is rounded: 两亩 are 1333.33 square metres.
    return found == pytest.approx(float(wanted), rel=1e-12, abs=0.005 if abs(wanted) >= 1 else 5e-5)


@settings(max_examples=600, deadline=None)
@given(quantities(), st.sampled_from(BEFORE), st.sampled_from(AFTER))
def test_a_written_quantity_is_read_back(quantity: Quantity, before: str, after: str) -> None:
    # 2.3件 at the start of a line is the number of a section and the next word.
    assume(before or quantity.kind != "count" or quantity.raw_value.denominator == 1)
    # 高1米2 is a height of 1.2 metres, so 米2 and 米3 are areas and volumes only from 10 on.
    assume(quantity.raw_value >= 10 or not re.search("米[23]", quantity.words))
    text = before + quantity.words + after
    figures = [figure for figure in find_figures(text) if figure.start >= len(before)]
    assert [figure.quote for figure in figures] == [quantity.words]
    figure = figures[0]
    assert figure.start == len(before)
    assert (figure.kind, figure.unit, figure.raw_unit) == (
        quantity.kind,
        quantity.unit,
        quantity.raw_unit,
    )
    assert figure.qualifier == quantity.qualifier
    assert close(figure.value, quantity.value)
    assert close(figure.raw_value, quantity.raw_value)
    assert close(figure.lower, quantity.lower)
    assert close(figure.upper, quantity.upper)


@settings(max_examples=300, deadline=None)
@given(st.integers(2, 10**12 - 1), st.sampled_from("二两"))
@example(5_123_190_000, "二")
def test_every_whole_number_said_in_chinese_is_read_back(value: int, two: str) -> None:
    words = chinese_words(value, two=two)
    (figure,) = find_figures(f"共{words}元")
    assert (figure.quote, figure.value, figure.unit) == (f"{words}元", value, "元")


@settings(max_examples=800, deadline=None)
@given(spellings(), st.sampled_from(BEFORE))
@example((1017, "一千零十七"), "")
@example((35_000_000, "3千5百万"), "")
@example((1_500_000_000_000, "一万五千亿"), "")
def test_a_number_is_read_in_every_way_it_is_written(
    spelling: tuple[int, str], before: str
) -> None:
    value, words = spelling
    (figure,) = find_figures(f"{before}共{words}元。")
    assert (figure.quote, figure.value, figure.unit) == (f"{words}元", value, "元")


@pytest.mark.parametrize("code", list(units()))
def test_every_spelling_of_every_unit_is_read(code: str) -> None:
    unit = units()[code]
    number = "4.3" if code == "年" else "43"
    for surface in (*unit.surfaces, *unit.digit_surfaces):
        (figure,) = find_figures(f"记作{number}{surface}，")
        assert (figure.quote, figure.raw_unit, figure.kind) == (
            f"{number}{surface}",
            code,
            unit.kind,
        )
    for prefix in unit.prefixes:
        (figure,) = find_figures(f"记作{prefix}43，")
        assert (figure.quote, figure.value, figure.unit) == (f"{prefix}43", 43, code)
