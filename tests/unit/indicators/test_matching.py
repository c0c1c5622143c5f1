"""A figure is an indicator only where its own words say so: precision first."""

from __future__ import annotations

import pytest

from shenwan_data import scan
from shenwan_data.model import Figure


def read(text: str) -> dict[str, Figure]:
    return {figure.quote: figure for figure in scan(text) if figure.is_data}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("全年立案查处行政处罚案件86宗。", "penalty_cases"),
        ("立案97宗行政处罚案件。", "penalty_cases"),
        ("共办结86宗，均为行政处罚案件。", None),
        ("开展普法宣传活动，全年共56场次。", "outreach_events"),
        ("21场政企座谈会陆续召开。", "gov_business_meetings"),
        ("24名“法律明白人”活跃在各村。", "rural_legal_guides"),
        ("群众安全感在全县13个乡镇中排名第二。", "public_safety_rank"),
    ],
)
def test_the_noun_may_stand_before_or_behind_the_number(text: str, code: str | None) -> None:
    codes = [c for figure in scan(text) for c in figure.indicators]
    assert codes == ([code] if code else [])


@pytest.mark.parametrize(
    ("text", "quote", "codes"),
    [
        # The title of a law names a subject, not what is counted.
        ("组织《行政复议法》《信访工作条例》知识竞赛6次。", "6次", ()),
        ("镇长带头，班子专题学习《行政处罚法》等法律7次。", "7次", ("law_study_sessions",)),
        # Of a list before 等 only what follows 等 is counted.
        ("法律顾问为部门提供合同把关、风险提示、法律咨询等专项服务16次。", "16次", ()),
        # A topic in front of a colon, or with 方面, holds for the clauses behind it.
        ("（3）行政许可：办理418件，不予许可9件。", "418件", ("admin_licences_issued",)),
        ("矛盾纠纷方面，排查受理213件，调解成功207件。", "213件", ("disputes_accepted",)),
        ("矛盾纠纷方面，排查受理213件，调解成功207件。", "207件", ("mediated_disputes",)),
        # A bracket that is closed divides nothing up.
        ("中心组（扩大）会议集体学法8次。", "8次", ("law_study_sessions",)),
        # Who held the events is no event.
        ("带动14个党支部开展集体学法活动35场次。", "14个", ()),
        ("带动14个党支部开展集体学法活动35场次。", "35场次", ()),
        ("派发普法宣传袋900个。", "900个", ()),
    ],
)
def test_what_is_counted_is_told_from_what_is_only_named(
    text: str, quote: str, codes: tuple[str, ...]
) -> None:
    assert read(text)[quote].indicators == codes


def test_a_total_goes_before_its_parts_and_success_before_the_attempt() -> None:
    fines = read("处理占道经营3起，罚款8600元；全年罚款总额20900元。")
    assert fines["20900元"].indicators == ("penalty_amount",)
    assert fines["8600元"].indicators == ("penalty_amount_city_appearance",)
    disputes = read("全年调处矛盾纠纷331起，调处成功329起。")
    assert disputes["329起"].indicators == ("mediated_disputes",)
    assert disputes["331起"].indicators == ("disputes_accepted",)


def test_two_figures_without_a_comma_share_their_words() -> None:
    figures = read("整治违法用地24宗面积共96亩。处理17宗涉148万元的“外嫁女”权益问题。")
    assert figures["24宗"].indicators == ("illegal_land_cases_rectified",)
    assert figures["96亩"].indicators == ("illegal_land_area_rectified",)
    assert figures["17宗"].indicators == ("outmarried_women_disputes_resolved",)
    assert figures["148万元"].indicators == ("outmarried_women_disputes_amount",)


def test_one_numeral_may_stand_for_two_indicators() -> None:
    figure = read("规范性文件合法性审查率、统一发布率均达100%")["100%"]
    assert figure.indicators == ("legality_review_rate", "unified_publication_rate")


@pytest.mark.parametrize(
    ("text", "quote", "reason"),
    [
        ("立案查处行政处罚案件86宗，比上年增加12宗。", "12宗", "change"),
        ("行政处罚案件由去年的74宗增加到86宗。", "74宗", "past_value"),
        ("力争明年立案查处行政处罚案件90宗。", "90宗", "plan"),
        ("三、下一步工作计划\n办理行政处罚案件90宗。", "90宗", "plan"),
        ("开展活动多次。", "多次", "no_number"),
        ("购置办公桌12张。", "12张", "no_indicator"),
    ],
)
def test_a_figure_without_an_indicator_says_why(text: str, quote: str, reason: str) -> None:
    figure = read(text)[quote]
    assert (figure.indicators, figure.reason) == ((), reason)


def test_a_part_is_not_the_whole() -> None:
    figures = read("受理矛盾纠纷186宗，其中受理邻里纠纷52宗；调解成功纠纷179宗。")
    assert figures["186宗"].indicators == ("disputes_accepted",)
    assert (figures["52宗"].indicators, figures["52宗"].reason) == ((), "part_of_whole")
    assert figures["179宗"].indicators == ("mediated_disputes",)


def test_what_stands_in_brackets_behind_a_figure_divides_it() -> None:
    figures = read("办结行政处罚案件214件（简易程序63件，普通程序151件）。")
    assert figures["214件"].indicators == ("penalty_cases",)
    assert figures["63件"].indicators == ("penalty_cases_summary",)
    assert figures["151件"].indicators == ("penalty_cases_ordinary",)


def test_a_mean_is_no_total() -> None:
    figures = read("服务大厅受理群众申请37991件，日均受理150余件。")
    assert figures["37991件"].indicators == ("service_applications_accepted",)
    assert figures["150余件"].indicators == ("service_applications_daily_mean",)


def test_a_unit_that_the_indicator_does_not_accept_never_fits() -> None:
    assert not read("立案查处行政处罚案件86平方米。")["86平方米"].indicators


def test_of_two_different_claims_neither_is_taken_and_a_total_wins_over_a_part() -> None:
    assert not any(
        f.indicators for f in scan("立案查处行政处罚案件86宗。立案查处行政处罚案件91宗。")
    )
    figures = read("食品安全领域罚款7.5万元。全镇罚没款合计86.5万元。")
    assert figures["86.5万元"].indicators == ("penalty_amount",)
    assert not figures["7.5万元"].indicators


def test_the_columns_of_earlier_years_are_not_this_year() -> None:
    text = (
        "测试镇2023年法治政府建设年度报告\n"
        "行政处罚案件2022年88宗，行政处罚案件2023年96宗。\n行政复议案件2022年3件。\n"
    )
    figures = {figure.quote: figure for figure in scan(text)}
    assert figures["96宗"].indicators == ("penalty_cases",)
    for quote in ("88宗", "3件"):
        assert (figures[quote].indicators, figures[quote].reason) == ((), "past_value")


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("2021年以来，累计办理", "2021/2023"),
        ("2021年至2023年办理", "2021/2023"),
        ("“八五”普法以来，共办理", "2021/2023"),
        ("五年来，办理", "2019/2023"),
        ("1—10月，办理", "2023-01/2023-10"),
    ],
)
def test_several_years_or_a_part_of_one_are_not_the_years_value(words: str, period: str) -> None:
    text = f"测试镇2023年法治政府建设年度报告\n{words}行政处罚案件96宗。\n"
    [figure] = [f for f in scan(text) if f.quote == "96宗"]
    assert (figure.indicators, figure.ref_period) == ((), period)


@pytest.mark.parametrize(
    "words",
    ["《2022年工作要点》印发后办理", "2023年办理", "今年以来办理", "截至12月20日办理"],
)
def test_a_year_in_a_title_is_no_earlier_year(words: str) -> None:
    text = f"测试镇2023年法治政府建设年度报告\n{words}行政处罚案件96宗。\n"
    [figure] = [f for f in scan(text) if f.quote == "96宗"]
    assert figure.indicators == ("penalty_cases",)


def test_one_number_of_cases_may_be_told_in_two_classifiers() -> None:
    text = "全年办理行政处罚案件47宗。\n合计行政处罚案件47件。\n"
    figures = [f for f in scan(text) if f.is_data]
    assert [f.indicators for f in figures] == [("penalty_cases",), ("penalty_cases",)]
