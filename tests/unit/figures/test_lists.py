"""Figures that stand side by side share a unit, a hedge or a rank, or are names together. Made up."""

from __future__ import annotations

import pytest

from shenwan_data.figures.scan import find_figures
from tests.unit.figures.said import said


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        # one unit
        (
            "三所学校分别开课12、9和31节。",
            ["三所 = 3 所", "12 = 12 节", "9 = 9 节", "31节 = 31 节"],
        ),
        (
            "欠薪、盗窃警情分别下降8.5、12.4个百分点。",
            ["8.5 = 8.5 百分点", "12.4个百分点 = 12.4 百分点"],
        ),
        ("两馆访客达3.2万、4.1万人次。", ["3.2万 = 32000 人次", "4.1万人次 = 41000 人次"]),
        ("两案罚款分别为3、5万元。", ["3 = 30000 元", "5万元 = 50000 元"]),
        ("各组分别走访十七、二十六户。", ["十七 = 17 户", "二十六户 = 26 户"]),
        ("分别清运300余、450余吨。", ["300余 = +300 吨", "450余吨 = +450 吨"]),
        ("分别受理17,26,33宗。", ["17 = 17 宗", "26 = 26 宗", "33宗 = 33 宗"]),
        ("分别受理17，26宗。", ["17 = 17 宗", "26宗 = 26 宗"]),
        ("受理17,26,33宗。", ["17 = 17 宗", "26 = 26 宗", "33宗 = 33 宗"]),
        ("受理17，26，33宗。", ["17 = 17 宗", "26 = 26 宗", "33宗 = 33 宗"]),
        ("受理17、26宗。", ["17 = 17 宗", "26宗 = 26 宗"]),
        ("下降3、5个百分点。", ["3 = 3 百分点", "5个百分点 = 5 百分点"]),
        ("罚款12、30、5万元。", ["12 = 120000 元", "30 = 300000 元", "5万元 = 50000 元"]),
        ("分别发放1200、3万份。", ["3万份 = 30000 份"]),
        ("分别受理1,234,567宗。", ["1,234,567宗 = 1234567 宗"]),
        ("分别受理17,260宗。", ["17,260宗 = 17260 宗"]),
        # one hedge
        ("回访率、知晓率分别超过92%、88%。", ["超过92% = >92 %", "88% = >88 %"]),
        ("两项指标均不低于95%和98%。", ["两项 = 2 项", "不低于95% = >95 %", "98% = >98 %"]),
        ("结案率超过92%，投诉率2%。", ["超过92% = >92 %", "2% = 2 %"]),
        # ranks
        ("两项测评分列全县第三、四位。", ["两项 = 2 项", "第三 = #3 位", "四位 = #4 位"]),
        ("分别位列第一、第二、第三。", ["第一 = #1 位", "第二 = #2 位", "第三 = #3 位"]),
        ("三项考核位列第2、5、7名。", ["三项 = 3 项", "第2 = #2 位", "5 = #5 位", "7名 = #7 位"]),
    ],
)
def test_a_list_shares_what_it_prints_once(text: str, readings: list[str]) -> None:
    assert said(text) == readings


@pytest.mark.parametrize(
    "text",
    [
        "办理第五、六批交办件",
        "七组与八组相邻",
        "一队、二队、三队联合巡查",
        "县委九次、十次全会",
        "镇人大三次、四次会议",
        "坚持发现一处、整治一处。",
        "做到办一件成一件。",
        "一类村、二类村和三类村",
        "第1至3名选手",
    ],
)
def test_what_names_or_says_how_counts_nothing(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("发生一起、查处两起，", ["一起", "两起"]),
        ("分别召开三次、四次。", ["三次", "四次"]),
        ("走访一户、帮扶三户。", ["一户", "三户"]),
        ("至少宣讲一次、培训一次。", ["一次", "一次"]),
    ],
)
def test_a_list_of_counts_stays_one(text: str, quotes: list[str]) -> None:
    assert [figure.quote for figure in find_figures(text) if figure.is_data] == quotes


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("位于12、15栋之间", ["broken_number", "broken_number"]),
        ("受理总数17，26宗", ["broken_number", "broken_number"]),
        ("化解3、4宗", ["broken_number", "broken_number"]),
        ("检查12、35次", ["broken_number", "broken_number"]),
        ("每月巡查三、四次", ["broken_number", "broken_number"]),
        ("到会者七、八十人", ["broken_number", "broken_number"]),
        ("传达县委八次党代会精神", ["congress_name"]),
        ("二次供水、四轮驱动", ["idiom", "idiom"]),
        ("学习五次、六次、七次全会精神", ["congress_name", "congress_name", "congress_name"]),
        ("落实三会一课", ["slogan"]),
    ],
)
def test_a_list_that_can_be_read_in_two_ways_counts_nothing(text: str, reasons: list[str]) -> None:
    assert [figure.reason for figure in find_figures(text)] == reasons
