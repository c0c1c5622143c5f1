"""The words around a number say how exact it is; each row of the published table is a test here."""

from __future__ import annotations

from fractions import Fraction

import pytest

from shenwan_data.figures.hedges import hedge_before, interval
from shenwan_data.figures.numerals import arabic
from shenwan_data.figures.scan import find_figures
from shenwan_data.model import Figure


def only(text: str) -> Figure:
    (figure,) = [figure for figure in find_figures(text) if figure.is_data]
    return figure


@pytest.mark.parametrize(
    ("text", "quote", "qualifier", "value", "lower", "upper"),
    [
        ("共立案142宗", "142宗", "exact", 142, 142, 142),
        ("总量达4296家", "4296家", "exact", 4296, 4296, 4296),
        ("600余项事项", "600余项", "more_than", 600, 600, 700),
        ("参加2万余人次", "2万余人次", "more_than", 20_000, 20_000, 30_000),
        ("隐患432余处", "432余处", "more_than", 432, 432, 442),
        ("十几起纠纷", "十几起", "more_than", 10, 10, 20),
        ("三千来人", "三千来人", "more_than", 3000, 3000, 4000),
        ("近196件", "近196件", "nearly", 196, 186, 196),
        ("将近500人", "将近500人", "nearly", 500, 400, 500),
        ("约750条", "约750条", "about", 750, 745, 755),
        ("大约300条", "大约300条", "about", 300, 250, 350),
        ("50人左右", "50人左右", "about", 50, 45, 55),
        ("30件上下", "30件上下", "about", 30, 25, 35),
        ("超千万元", "超千万元", "at_least", 10_000_000, 10_000_000, None),
        ("超过200家次", "超过200家次", "at_least", 200, 200, None),
        ("逾10万次", "逾10万次", "at_least", 100_000, 100_000, None),
        ("300人以上", "300人以上", "at_least", 300, 300, None),
        ("不少于2次", "不少于2次", "at_least", 2, 2, None),
        ("上百场", "上百场", "at_least", 100, 100, None),
        ("不超过3天", "不超过3天", "at_most", 3, None, 3),
        ("3件以内", "3件以内", "at_most", 3, None, 3),
        ("低于1%", "低于1%", "at_most", 1, None, 1),
        ("不足50件", "不足50件", "at_most", 50, None, 50),
        ("每月3至5次", "3至5次", "range", None, 3, 5),
        ("每月3-5次", "3-5次", "range", None, 3, 5),
        ("惠及数百人", "数百人", "vague", None, 200, 1000),
        ("债务数千万元", "数千万元", "vague", None, 20_000_000, 100_000_000),
        ("多次组织", "多次", "vague", None, 2, None),
    ],
)
def test_each_word_gives_the_interval_of_the_table(
    text: str, quote: str, qualifier: str, value: int | None, lower: int | None, upper: int | None
) -> None:
    figure = only(text)
    assert (figure.quote, figure.qualifier) == (quote, qualifier)
    assert (figure.value, figure.lower, figure.upper) == (value, lower, upper)


def test_of_two_hedges_the_later_wins() -> None:
    assert only("约11000多条").qualifier == "more_than"
    assert only("近300人左右").qualifier == "about"
    assert only("约300人以上").qualifier == "at_least"


@pytest.mark.parametrize("text", ["最近3个", "附近5个", "以上6个", "通过7件", "节约8件", "条约9条"])
def test_a_word_that_only_ends_like_a_hedge_is_none(text: str) -> None:
    assert only(text).qualifier == "exact"


def test_up_and_over_are_hedges_only_before_a_bare_hundred_or_more() -> None:
    assert hedge_before("接上", 2, bare=True) == (1, "at_least")
    assert hedge_before("接上", 2, bare=False) is None
    assert only("过万人次").lower == 10_000
    assert only("走过6个村").quote == "6个"


def test_within_bounds_a_time_and_nothing_else() -> None:
    assert only("3个工作日内办结").quote == "3个工作日内"
    assert only("3个内设机构").quote == "3个"


def test_the_interval_follows_the_step_of_the_number() -> None:
    assert interval("about", arabic("2.5") or pytest.fail("not read")) == (
        Fraction("2.45"),
        Fraction("2.55"),
    )
