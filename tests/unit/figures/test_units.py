"""Units: what is printed becomes the base unit, and a word that only starts like a unit is none."""

from __future__ import annotations

import pytest

from shenwan_data.figures.scan import find_figures
from shenwan_data.figures.units import units
from shenwan_data.model import DATA_KINDS, Figure


def only(text: str) -> Figure:
    (figure,) = [figure for figure in find_figures(text) if figure.is_data]
    return figure


@pytest.mark.parametrize(
    ("text", "value", "unit", "raw_value", "raw_unit"),
    [
        ("罚款6.3万元", 63_000, "元", 6.3, "万元"),
        ("税收8.36亿元", 836_000_000, "元", 8.36, "亿元"),
        ("价值4亿的土地", 400_000_000, "元", 4, "亿"),
        ("外资120万美元", 1_200_000, "美元", 120, "万美元"),
        ("拆除１.８万㎡", 18_000, "平方米", 1.8, "万平方米"),
        ("造林15公顷", 150_000, "平方米", 15, "公顷"),
        ("面积3亩", 2000, "平方米", 3, "亩"),
        ("辖区2.5平方公里", 2_500_000, "平方米", 2.5, "平方公里"),
        ("满意率99.5％", 99.5, "%", 99.5, "%"),
        ("降至3‰", 0.3, "%", 3, "‰"),
        ("占四分之一", 25, "%", 0.25, "%"),
        ("占一成", 10, "%", 1, "成"),
        ("提高3.2个百分点", 3.2, "百分点", 3.2, "百分点"),
        ("走访100家（次）", 100, "家次", 100, "家次"),
        ("5个工作日", 5, "工作日", 5, "工作日"),
        ("１，２３４件", 1234, "件", 1234, "件"),
    ],
)
def test_printed_and_base_unit(
    text: str, value: float, unit: str, raw_value: float, raw_unit: str
) -> None:
    figure = only(text)
    assert figure.value == pytest.approx(value)
    assert figure.unit == unit
    assert figure.raw_value == pytest.approx(raw_value)
    assert figure.raw_unit == raw_unit


def test_every_base_unit_is_a_unit_of_the_same_kind() -> None:
    for unit in units().values():
        assert unit.kind in DATA_KINDS
        base = units()[unit.base]
        assert (base.base, base.factor, base.kind) == (base.code, 1, unit.kind)


def test_no_spelling_means_two_units() -> None:
    spellings = [surface for unit in units().values() for surface in unit.surfaces]
    assert sorted(spellings) == sorted(set(spellings))


@pytest.mark.parametrize(
    ("text", "unit"),
    [("6次会议", "次"), ("6人次", "人次"), ("6家次", "家次"), ("6宗地", "宗地"), ("6宗", "宗")],
)
def test_the_longest_unit_wins(text: str, unit: str) -> None:
    assert only(text).unit == unit


@pytest.mark.parametrize("text", ["3处罚款", "12级台风", "一家庭", "两名单位", "三起草"])
def test_the_start_of_another_word_is_no_unit(text: str) -> None:
    assert not any(figure.is_data for figure in find_figures(text))


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("发现63处以上。", "63处以上"),
        ("接收41只有余，", "41只有余"),
        ("发放28多种药品", "28多种"),
        ("添置43对，", "43对"),
        ("每包5个，共43包。", "43包"),
        ("兑付3万日元", "3万日元"),
        ("比值为1.0倍", "1.0倍"),
    ],
)
def test_a_hedge_or_the_end_behind_a_unit_does_not_hide_it(text: str, quote: str) -> None:
    assert [figure.quote for figure in find_figures(text) if figure.is_data][-1] == quote


@pytest.mark.parametrize(
    ("text", "quote", "value", "qualifier"),
    [
        ("压缩2个多小时，", "2个多小时", 2, "more_than"),
        ("用时3个多月", "3个多月", 3, "more_than"),
        ("提高两个多百分点", "两个多百分点", 2, "more_than"),
        ("发放1万3千余份", "1万3千余份", 13_000, "more_than"),
        ("购置费3万8千元", "3万8千元", 38_000, "exact"),
        ("标的1亿3000万元", "1亿3000万元", 130_000_000, "exact"),
        ("千元以下的罚款", "千元以下", 1000, "at_most"),
        ("播放量破千万次", "破千万次", 10_000_000, "at_least"),
        ("占两成五", "两成五", 25, "exact"),
        ("同比：-9.82%", "-9.82%", -9.82, "exact"),
        ("一个镇级中心、11个站点", "一个", 1, "exact"),
    ],
)
def test_a_number_may_be_split_signed_or_bare(
    text: str, quote: str, value: float, qualifier: str
) -> None:
    figure = next(figure for figure in find_figures(text) if figure.is_data)
    assert (figure.quote, figure.value, figure.qualifier) == (quote, value, qualifier)


@pytest.mark.parametrize("text", ["比例为3%-5%", "A-5%", "2022年—5%的"])
def test_a_dash_is_no_sign(text: str) -> None:
    assert all((figure.lower or 0) >= 0 for figure in find_figures(text))
