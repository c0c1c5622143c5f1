"""Numbers that a page broke up are read whole, in their own places of the text. Made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.figures.folding import fold
from shenwan_data.figures.scan import find_figures
from tests.unit.figures.said import said

SPACES = [" ", "\u3000", "\xa0", "\u2009", "\u202f", "\u2002"]


@pytest.mark.parametrize("space", SPACES, ids=[hex(ord(space)) for space in SPACES])
def test_thousands_may_be_parted_by_any_space(space: str) -> None:
    number = space.join(("12", "300"))
    assert said(f"印发折页{number}余份") == [f"{number}余份 = +12300 份"]
    assert said(f"收缴{number}.5万元") == [f"{number}.5万元 = 123005000 元"]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("共1 234 567.89元", ["1 234 567.89元 = 1234567.89 元"]),
        ("2023年 142宗", ["142宗 = 142 宗"]),
        ("发放35 000份，12 300人次", ["35 000份 = 35000 份", "12 300人次 = 12300 人次"]),
        ("表中 87 142 35", []),
        ("编号 12 3456件", ["3456件 = 3456 件"]),
        # lines
        ("全年查处无证经营案件1\n9宗。", ["1\n9宗 = 19 宗"]),
        ("全年收缴罚没款共计12.\n5万元。", ["12.\n5万元 = 125000 元"]),
        ("全年发放宣传折页共计1,\n234份。", ["1,\n234份 = 1234 份"]),
        ("全年排查消防安全隐患36\n处。", ["36\n处 = 36 处"]),
        ("全年调解邻里纠纷一百二\n十三件。", ["一百二\n十三件 = 123 件"]),
        ("序号\n12\n35宗", ["35宗 = 35 宗"]),
        ("镇法治工作要点2023\n15项任务", ["15项 = 15 项"]),
        # note marks
        ("办结87[1]宗", ["87[1]宗 = 87 宗"]),
        ("办结87①宗", ["87①宗 = 87 宗"]),
        ("办结87（注2）宗", ["87（注2）宗 = 87 宗"]),
        ("办结87*宗，", ["87*宗 = 87 宗"]),
        ("办结87（1）宗，87(12)件", ["87（1）宗 = 87 宗", "87(12)件 = 87 件"]),
        ("办结87注1宗，备注3份，关注12个", ["87注1宗 = 87 宗", "3份 = 3 份", "12个 = 12 个"]),
        ("依照第3（1）项", []),
        ("发放1.2³万份", ["1.2³万份 = 12000 份"]),
        ("绿化35m³", ["35m³ = 35 立方米"]),
        # characters without width
        ("办结8\u200b7\u200d宗", ["8\u200b7\u200d宗 = 87 宗"]),
    ],
)
def test_a_broken_number_is_whole_or_none(text: str, readings: list[str]) -> None:
    assert said(text) == readings


def test_a_text_without_a_broken_number_is_read_as_it_is() -> None:
    assert fold("共立案142宗（不含移送），\n其中3宗已结。") is None


@given(st.text(st.sampled_from("共12 \u2009\n宗元万,.①[]1*\u200b三十。"), max_size=40))
def test_the_figures_of_a_folded_text_stand_in_the_text_itself(text: str) -> None:
    end = 0
    for figure in find_figures(text):
        assert figure.start >= end
        assert text[figure.start : figure.end] == figure.quote
        end = figure.end
