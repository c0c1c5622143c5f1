"""A pattern that is tried only where a sign of it stands finds what it found without the sign."""

from __future__ import annotations

import re

import pytest

from shenwan_data.statements import coverage, nature, said

OFFICE = coverage._OFFICE, coverage._OFFICE_SIGN
OCCASION = coverage._OCCASION, coverage._OCCASION_SIGN
SOME = coverage._SOME, coverage._SOME_SIGN
CHANGE = nature._CHANGE, nature._CHANGE_SIGN
NORM = nature._NORM, nature._TARGET_SIGN
ASSIGNED = nature._ASSIGNED, nature._TARGET_SIGN
SUM = said._SUM, said._SIGN
ALL = said._ALL, said._SIGN


@pytest.mark.parametrize(
    ("guarded", "sentence"),
    [
        (OFFICE, "上级部门下达任务9项"),
        (OFFICE, "，县政府印发通知"),
        (OFFICE, "，区纪委监委立案3件"),
        (OFFICE, "，县人大开展视察2次"),
        (OFFICE, "，市检察院受理线索4条"),
        (OFFICE, "，县法院审结案件5件"),
        (OFFICE, "，县农业农村局开展培训1期"),
        (OFFICE, "，区委下达任务"),
        (OCCASION, "端午节期间出动"),
        (OCCASION, "当天发放"),
        (OCCASION, "当晚清理"),
        (OCCASION, "新学期来临"),
        (OCCASION, "国庆前后"),
        (OCCASION, "春耕之际"),
        (OCCASION, "现场会上"),
        (OCCASION, "以宪法宣传周为契机"),
        (OCCASION, "在宪法宣传月活动中"),
        (OCCASION, "此次检查"),
        (OCCASION, "该案调解"),
        (OCCASION, "某次巡查"),
        (OCCASION, "专项行动中"),
        (OCCASION, "燃气整治中"),
        (OCCASION, "一起邻里纠纷"),
        (OCCASION, "蜂蜜采收季，"),
        (SOME, "单条播放"),
        (SOME, "最高"),
        (SOME, "个别村"),
        (SOME, "有的村"),
        (SOME, "有些村"),
        (SOME, "少数村"),
        (SOME, "部分村"),
        (SOME, "某村"),
        (SOME, "除"),
        (CHANGE, "同比增长"),
        (CHANGE, "较上年减少"),
        (CHANGE, "提升了"),
        (CHANGE, "上涨"),
        (CHANGE, "回落"),
        (CHANGE, "压缩"),
        (CHANGE, "下滑"),
        (CHANGE, "翻"),
        (CHANGE, "比去年多"),
        (CHANGE, "高于上年同期，降幅为"),
        (CHANGE, "环比"),
        (CHANGE, "排名前移"),
        (CHANGE, "名次后退"),
        (CHANGE, "跃升"),
        (NORM, "每村至少"),
        (NORM, "不少于"),
        (NORM, "不得低于"),
        (ASSIGNED, "县里下达检查任务"),
        (ASSIGNED, "分解指标"),
        (ASSIGNED, "分配计划"),
        (SUM, "累计"),
        (SUM, "合计"),
        (SUM, "总额"),
        (SUM, "总共"),
        (ALL, "共"),
        (ALL, "全年"),
        (ALL, "全镇"),
        (ALL, "一年来"),
    ],
)
def test_a_sign_stands_wherever_its_pattern_matches(
    guarded: tuple[re.Pattern[str], re.Pattern[str]], sentence: str
) -> None:
    pattern, sign = guarded
    assert pattern.search(sentence)
    assert sign.search(sentence)


@pytest.mark.parametrize(
    "words",
    [
        "力争",
        "争取",
        "计划",
        "拟",
        "预计",
        "预期",
        "目标是",
        "明年",
        "来年",
        "下年度",
        "将新建",
        "要达到",
        "下一步",
        "今后",
        "到2030年底达",
        "确保完成",
        "实现九成目标",
    ],
)
def test_a_plan_is_seen_wherever_it_begins(words: str) -> None:
    assert nature.plans(f"，{words}")
