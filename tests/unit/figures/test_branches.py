"""Each branch of the grammar with sentences that it reads, and where it leaves off to the next."""

from __future__ import annotations

import pytest

from shenwan_data.figures.grammar import behind, branches, grammar
from shenwan_data.figures.scan import find_figures

# Made up. ⟦ ⟧ marks what the branch reads.
EXAMPLES = {
    "contact": "咨询电话⟦0760-88001234⟧",
    "document": "依据⟦第三十二条⟧",
    "formula": "推行⟦1+6+N⟧模式",
    "code": "建成⟦5G⟧基站",
    "currency": "罚款⟦￥3,500⟧，",
    "lettered": "使用⟦A4⟧纸",
    "date": "⟦2024年5月⟧起",
    "day": "⟦三月五日⟧开展",
    "slash": "占⟦3/4⟧，",
    "share": "占⟦百分之九十五⟧，",
    "adjacent": "走访⟦三四十户⟧，",
    "arabic": "立案⟦142宗⟧，",
    "plain": "补助⟦20万⟧一次性发放",
    "zero": "实现⟦零⟧投诉",
    "chinese": "调解⟦二十三件⟧，",
    "capital": "罚款⟦伍仟元⟧整",
    "loose": "⟦三⟧农工作",
    "rank": "位列全市⟦第二⟧，",
    "quarter": "⟦第3季度⟧",
    "ordinal": "⟦第二⟧责任人",
    "vague": "惠及⟦数百人⟧，",
    "several": "⟦多次⟧协商",
    "title": "落实《⟦八⟧项规定》",
    "quoted": "打造“⟦百⟧企”",
    "straight": '推进"⟦1⟧号改革"',
    "circled": "⟦①⟧立案",
}
NAMES = [branch.name for branch in branches() if not branch.name.startswith("idiom")]


def test_every_branch_has_an_example() -> None:
    assert sorted(EXAMPLES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_branch_reads_its_example(name: str) -> None:
    before, rest = EXAMPLES[name].split("⟦")
    words, after = rest.split("⟧")
    text, start = before + words + after, len(before)
    (figure,) = [f for f in find_figures(text) if f.start < start + len(words) and start < f.end]
    assert (figure.start, figure.quote) == (start, words)
    if name in ("title", "quoted", "straight"):
        return
    pattern = grammar().by_first.get(text[start], grammar().digits)
    read = []
    while (match := pattern.match(text, start)) is not None:
        read.append(match.lastgroup)
        reader = grammar().readers[match.lastgroup or ""]
        if reader is None or reader(text, match, 0) is not None:
            break
        following = behind(pattern, match.lastgroup or "")
        assert following is not None
        pattern = following
    assert read[-1] == name


def test_no_two_branches_have_one_name() -> None:
    names = [branch.name for branch in branches()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("增长13%至2460万元", ["13%", "2460万元"]),  # a range would be one figure
        ("补贴20万一次性发放", ["20万", "一次性"]),  # 一 is no digit of the number
        ("新增5000+人次，推行1+3模式", ["5000+人次", "1+3"]),
        ("覆盖5G用户3.5w人", ["5G", "3.5w人"]),
    ],
)
def test_a_branch_that_does_not_fit_leaves_the_words_to_the_next(
    text: str, quotes: list[str]
) -> None:
    assert [figure.quote for figure in find_figures(text)] == quotes
