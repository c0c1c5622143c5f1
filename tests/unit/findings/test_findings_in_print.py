"""Hedges, units and lists as they are printed: what is odd, and what only looks so."""

from __future__ import annotations

import pytest

from tests.unit.findings.made_up_findings import found

ORDER = "list_marker_out_of_order"
COUNTED = "counted_list_mismatch"


@pytest.mark.parametrize("words", ["近196件", "432余处", "约1205人", "三百二十一余处"])
def test_a_hedge_on_a_number_to_the_last_unit(words: str) -> None:
    (finding,) = found("hedge_on_unrounded_number", f"处理事项{words}。")
    assert words in finding.message.zh and words in finding.message.en


@pytest.mark.parametrize(
    "words",
    [
        "近200件",
        "430余处",
        "约148万元",
        "2.35万余人次",
        "96余件",
        "超过1458人次",
        "日均约167件",
        "约33.3%",
    ],
)
def test_a_hedge_where_it_belongs(words: str) -> None:
    assert not found("hedge_on_unrounded_number", f"处理事项{words}。")


@pytest.mark.parametrize(
    ("words", "first", "second"),
    [("约11000多人", "约", "多"), ("近300余件", "近", "余"), ("约200件左右", "约", "左右")],
)
def test_two_hedges_are_named(words: str, first: str, second: str) -> None:
    (finding,) = found("double_hedge", f"处理事项{words}。")
    assert f"“{first}”和“{second}”" in finding.message.zh


@pytest.mark.parametrize(
    "words", ["十几名", "上百起", "2万余人次", "不少于30场", "将近200件", "八成以上"]
)
def test_one_hedge_is_one(words: str) -> None:
    assert not found("double_hedge", f"处理事项{words}。")


@pytest.mark.parametrize(
    ("words", "flagged"),
    [
        ("价值4亿的土地", True),
        ("数千万债务利息", True),
        ("投入资金约2000万，", True),
        ("投入资金超千万元", False),
        ("面积18.4万平方米", False),
        ("受教育群众2万余人次", False),
        ("惠及3万群众", False),
        ("投入1亿3000万元", False),
    ],
)
def test_a_unit_behind_ten_thousand(words: str, flagged: bool) -> None:
    assert bool(found("unit_dropped", f"全年{words}。")) is flagged


@pytest.mark.parametrize(
    "text",
    [
        "一是学习。二是执法。\n一是普法。二是调解。三是信访。",  # each paragraph begins again
        "一是学习。\n二是执法。\n三是普法。",  # one list over three paragraphs
        "一、总体情况\n（一）学习\n1.讲座。\n2.考试。\n（二）执法\n1.检查。\n二、不足\n（一）人少\n",
        "一、工作\n1.讲座。\n2.考试。\n二、不足\n3.人少。\n4.事多。\n",  # numbered through
        "一是学习：（1）讲座；（2）考试。二是执法。",  # another style inside
        "一是学习，具体分两步：一是讲座；二是考试。二是执法。",
        "我镇的做法主要有一是学习，二是执法。",  # the first is no marker by its place, but it is there
        "依照第五条第（三）项办理。",  # a clause of a law is no list
        "①讲座；②考试；③竞赛。",
        "一、2031年工作\n二、2031年不足\n三、2032年打算\n",  # a year right behind the marker
    ],
)
def test_lists_in_order(text: str) -> None:
    assert not found(ORDER, text)


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("一是学习。三是执法。", 3, 2),
        ("一是学习。二是执法。二是普法。", 2, 3),
        ("（一）学习\n内容。\n（三）执法\n内容。\n", 3, 2),
        ("1.讲座。\n2.考试。\n4.竞赛。\n", 4, 2 + 1),
        ("一、工作\n1.讲座。\n2.考试。\n二、不足\n2.人少。\n", 2, 1),
        ("一、工作\n三、打算\n", 3, 2),
        ("①讲座；③竞赛。", 3, 2),
    ],
)
def test_lists_out_of_order(text: str, place: int, expected: int) -> None:
    (finding,) = found(ORDER, text)
    assert (finding.reported, finding.implied, finding.unit) == (place, expected, None)


def test_one_lost_marker_is_one_finding() -> None:
    assert len(found(ORDER, "一是学习。二是执法。四是普法。五是调解。六是信访。")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "办理行政检查、行政处罚、行政强制三大类案件。",
        "落实公众参与、专家论证、风险评估、合法性审查、集体讨论决定“五大”程序。",
        "推行公示、全过程记录、法制审核等行政执法“三项制度”。",
        "推行公示、全过程记录等三项制度。",  # 等 leaves some out
        "落实公示、记录和审核三项制度。",
        "落实申请和受理、记录、审核三项制度。",  # 和 inside an item
        "加强民政、教育部门联动开展3项活动内容。",  # a number of something else
        "在食品药品、公共卫生、生态环境、劳动保障等领域开展3项行动。",
        "严格落实“三项制度”。",  # nothing is listed
        "印发《工作规则》、《议事制度》两项制度。",
        "办理食品（含餐饮、流通）、药品两类案件。",
    ],
)
def test_counted_lists_that_hold(text: str) -> None:
    assert not found(COUNTED, text)


@pytest.mark.parametrize(
    ("text", "number", "listed"),
    [
        ("办理行政检查、行政处罚三大类案件。", 3, 2),
        ("推行公示、全过程记录、法制审核、信用监管等行政执法“三项制度”。", 3, 4),
        ("落实公示、记录、审核、公开三项制度。", 3, 4),
    ],
)
def test_counted_lists_of_another_length(text: str, number: int, listed: int) -> None:
    (finding,) = found(COUNTED, text)
    assert (finding.reported, finding.implied) == (number, listed)
