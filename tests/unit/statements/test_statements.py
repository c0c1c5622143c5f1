"""What a figure states, a column at a time. Every text is made up."""

from __future__ import annotations

import time

import pytest

from shenwan_data import scan
from shenwan_data.model import Figure

YEAR = 2025


def read(text: str) -> dict[str, Figure]:
    return {figure.quote: figure for figure in scan(text, year=YEAR) if figure.is_data}


@pytest.mark.parametrize(
    ("text", "quote", "counted", "act"),
    [
        ("依托14个法律援助工作室，服务群众。", "14个", "法律援助工作室", ""),
        ("全年办理行政处罚案件58起。", "58起", "行政处罚案件", "办理"),
        ("矛盾纠纷化解183件。", "183件", "矛盾纠纷", "化解"),
        ("法律顾问全程参与5件重大事项论证。", "5件", "重大事项论证", "参与"),
        ("排查矛盾纠纷187件，化解183件。", "183件", "矛盾纠纷", "化解"),
        ("举办法治培训5期，86人参加。", "86人", "法治培训", "参加"),
        ("综合行政执法分局开展行政检查204次。", "204次", "行政检查", "开展"),
        ("先后6次研究法治政府建设。", "6次", "法治政府建设", "研究"),
        ("法治督导：2轮，问题逐项销号。", "2轮", "法治督导", ""),
        ("法治培训方面，全年办了7期。", "7期", "法治培训", "办了"),
        ("18个村均配备一体机，共21台。", "21台", "一体机", "配备"),
        ("办理民政、社保等事项5870件。", "5870件", "民政、社保等事项", "办理"),
        ("群众满意率比上年提升4.2个百分点。", "4.2个百分点", "群众满意率", ""),
    ],
)
def test_what_is_counted_ends_in_its_head(text: str, quote: str, counted: str, act: str) -> None:
    figure = read(text)[quote]
    assert (figure.counted, figure.act) == (counted, act)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("按时办结率和群众满意率分别为100%和98.6%。", ("按时办结率", "群众满意率")),
        ("集体学法、法治培训分别开展6次、4次。", ("集体学法", "法治培训")),
        ("立案96宗，罚款3万元，较去年分别增长16%和7.5%。", ("案", "罚款")),
    ],
)
def test_names_are_shared_out_in_order(text: str, expected: tuple[str, str]) -> None:
    first, second = list(read(text).values())[-2:]
    assert (first.counted, second.counted) == expected


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("全年调解纠纷9件", "2025"),
        ("五年来，调解纠纷9件", "2021/2025"),
        ("近三年共调解纠纷9件", "2023/2025"),
        ("“十四五”期间，累计调解纠纷9件", "2021/2025"),
        ("“七五”普法期间，调解纠纷9件", "2016/2020"),
        ("自2021年实施“八五”普法以来，调解纠纷9件", "2021/2025"),
        ("2021年至2025年共调解纠纷9件", "2021/2025"),
        ("截至10月底，调解纠纷9件", "2025-01/2025-10"),
        ("截至12月20日，调解纠纷9件", "2025"),
        ("1—10月，调解纠纷9件", "2025-01/2025-10"),
        ("上半年调解纠纷9件", "2025-01/2025-06"),
        ("7月25日，调解纠纷9件", "2025-07-25"),
        ("上年调解纠纷9件", "2024"),
        ("与2024年相比下降6.3%，全年调解纠纷9件", "2025"),
        ("换届以来，调解纠纷9件", "../2025"),
    ],
)
def test_the_words_of_time_give_the_period(words: str, period: str) -> None:
    assert read(words + "。")["9件"].ref_period == period


def test_years_side_by_side_are_shared_out_and_what_grew_has_two_years() -> None:
    listed = read("2023年、2024年、2025年分别查处案件150宗、142宗、133宗。")
    assert [f.ref_period for f in listed.values()] == ["2023", "2024", "2025"]
    grown = read("调解矛盾纠纷由2021年的48宗增加到2025年的75宗。")
    assert [f.ref_period for f in grown.values()] == ["2021", "2025"]
    compared = read("较2024年的142宗减少9宗，全年查处行政处罚案件133宗。")
    assert [(f.ref_period, f.nature) for f in compared.values()] == [
        ("2024", "level"), ("2025", "change"), ("2025", "level"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "quote", "coverage"),
    [
        ("全年调解纠纷90件，其中山林权属7件。", "7件", "part"),
        ("办理行政处罚案件58起，其中简易程序47起。", "47起", "whole"),
        ("国家宪法日前后集中宣讲3场。", "3场", "part"),
        ("第一季度开展普法活动3场。", "3场", "part"),
        ("每村聘请1名法律顾问。", "1名", "each"),
        ("服务大厅日均受理150件。", "150件", "each"),
        ("全区共开展行政检查3200次，其中我街道130次。", "3200次", "elsewhere"),
        ("全区共开展行政检查3200次，其中我街道130次。", "130次", "whole"),
        ("区司法局举办执法业务培训2期。", "2期", "elsewhere"),
        ("在区司法局指导下，开展行政检查9次。", "9次", "whole"),
        ("参加区级培训7次。", "7次", "whole"),
        ("“老马工作室”成功调解67件。", "67件", "part"),
        ("收到复议4件，维持3件。", "3件", "part"),
        ("群众安全感排名全市第4位。", "第4位", "whole"),
    ],
)
def test_how_much_a_figure_covers(text: str, quote: str, coverage: str) -> None:
    assert read(text)[quote].coverage == coverage


@pytest.mark.parametrize(
    ("text", "quote", "nature"),
    [
        ("案件比上年下降12.1%。", "12.1%", "change"),
        ("调解成功183件，比去年多21件。", "21件", "change"),
        ("群众满意率提升4.2个百分点。", "4.2个百分点", "change"),
        ("今年新增执法人员3人。", "3人", "level"),
        ("因退休减少2人。", "2人", "level"),
        ("持证率为98%。", "98%", "level"),
        ("每年集中学法不少于4次。", "不少于4次", "target"),
        ("每月至少组织一次业务自学。", "一次", "target"),
        ("力争新增持证人员4名。", "4名", "target"),
        ("依法处以200元以上500元以下罚款。", "500元以下", "target"),
        ("将学法列入中心组学习计划，集体学法4次。", "4次", "level"),
        ("按照年度计划，开展检查12次。", "12次", "level"),
    ],
)
def test_level_change_or_target(text: str, quote: str, nature: str) -> None:
    assert read(text)[quote].nature == nature


def test_a_plan_is_for_the_year_planned_for() -> None:
    text = "测试镇2025年法治政府建设年度报告\n三、下一步工作打算\n全年举办法治培训2期。\n"
    figure = read(text)["2期"]
    assert (figure.nature, figure.ref_period) == ("target", "2026")
    inline = read("执法人员9人。下步打算：举办法治培训2期；开展法治讲座4场。")
    assert [f.nature for f in inline.values()] == ["level", "target", "target"]


@pytest.mark.parametrize(
    ("text", "quote", "topic"),
    [
        ("户籍人口4.1万人。", "4.1万人", "other"),
        ("党委会“第一议题”学习26次。", "26次", "other"),
        ("举办执法人员法治培训5期。", "5期", "governance"),
        ("检查企业860家次。", "860家次", "enforcement"),
        ("走访企业86家次。", "86家次", "services"),
        ("推送普法短视频22条。", "22条", "outreach"),
        ("信访事项29件，按期办结率100%。", "100%", "governance"),
    ],
)
def test_the_topic_is_that_of_what_is_counted(text: str, quote: str, topic: str) -> None:
    assert read(text)[quote].topic == topic


@pytest.mark.parametrize(
    ("text", "quote", "codes"),
    [
        # Who acts is not what is acted on.
        ("驻村律师参加现场调解6次。", "6次", ()),
        ("346名微网格员常态化巡查走访。", "346名", ()),
        ("综治中心日均受理诉求60宗。", "60宗", ()),
        ("区司法局举办培训2期，我镇9人参加。", "9人", ()),
        # A field in the noun or before the sentence names a part.
        ("开展禁毒宣传活动12场。", "12场", ()),
        ("开展征兵宣传7场。", "7场", ()),
        ("垃圾分类方面，立案41件。", "41件", ()),
        ("成功调解村级矛盾纠纷78件、镇级矛盾纠纷37件。", "78件", ()),
        ("发放民法典读本950本、禁毒手册1500本。", "950本", ()),
        # A list before 等 only gives examples.
        ("成功调解合同纠纷、劳动争议等矛盾纠纷56宗。", "56宗", ("mediated_disputes",)),
        ("排查出租屋治安、消防等隐患43处。", "43处", ("rental_hazards_found",)),
        # What was handled is settled only where nothing says that some was not.
        ("调处矛盾纠纷243起，调处成功率96%。", "243起", ("disputes_accepted",)),
        ("调解矛盾纠纷243起。", "243起", ("mediated_disputes",)),
        ("违反《市容环境卫生条例》39起，行政处罚案件共51起。", "51起", ("penalty_cases",)),
        (
            "重大决策、规范性文件合法性审查率100%。",
            "100%",
            ("decision_review_rate", "legality_review_rate"),
        ),
        ("普通程序8件、当场处罚23件，合计31件。", "31件", ("penalty_cases",)),
    ],
)
def test_an_indicator_is_told_by_its_head(text: str, quote: str, codes: tuple[str, ...]) -> None:
    assert read(text)[quote].indicators == codes


def test_reading_is_linear_in_the_length_of_one_line() -> None:
    def seconds(times: int) -> float:
        text = "共调解纠纷3件、近5户约7万元，其中2件" * times
        start = time.process_time()
        scan(text, year=YEAR)
        return time.process_time() - start

    seconds(10)
    assert seconds(800) < 12 * max(seconds(200), 0.02)
