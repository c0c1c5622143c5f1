"""A text is divided by its own marks: headings above, sentences around."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.report.structure import structure

TEXT = """测试镇报告

一、主要成效
（一）依法行政
1.规范文件管理。全年制定文件3份。
2.加强监督。开展检查5次！效果良好。
二、下一步计划
继续努力。
"""


def test_a_sentence_knows_the_headings_above_it() -> None:
    parts = structure(TEXT)
    assert parts.section_at(TEXT.index("制定文件")) == (
        "一、主要成效",
        "（一）依法行政",
        "1.规范文件管理",
    )
    assert parts.section_at(TEXT.index("开展检查")) == (
        "一、主要成效",
        "（一）依法行政",
        "2.加强监督",
    )
    assert parts.section_at(TEXT.index("继续")) == ("二、下一步计划",)
    assert parts.section_at(0) == ()


def test_a_sentence_ends_with_its_mark() -> None:
    parts = structure(TEXT)
    start, end = parts.sentence_at(TEXT.index("检查5次"))
    assert TEXT[start:end] == "开展检查5次！"
    start, end = parts.sentence_at(TEXT.index("制定文件"))
    assert TEXT[start:end].strip() == "全年制定文件3份。"


def test_a_decimal_number_at_the_start_of_a_line_is_no_heading() -> None:
    assert structure("1.5万人参加。\n").section_at(3) == ()


@given(st.text(alphabet="一二、。（）1.\n 甲乙！？", max_size=80), st.integers(0, 79))
def test_sentences_cover_any_text_without_overlap(text: str, offset: int) -> None:
    parts = structure(text)
    if offset < len(text):
        start, end = parts.sentence_at(offset)
        assert 0 <= start <= offset < end <= len(text)
        assert parts.sentence_at(start) == (start, end)
        assert parts.sentence_at(end - 1) == (start, end)
