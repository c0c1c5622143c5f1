"""Every rule, in a made-up text that breaks it and in a near-identical one that does not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from shenwan_data import scan
from shenwan_data.figures.units import units
from shenwan_data.findings import find_findings, rules
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.model import figure_id
from tests.unit.findings.made_up_findings import CASES, SUMS, findings, found, report


def test_every_rule_is_exercised() -> None:
    assert set(CASES) == set(rules())


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_fires_where_it_is_broken(rule: str) -> None:
    case = CASES[rule]
    text = case.fires
    violations = found(rule, text, case.previous, published=case.published, ranked=case.ranked)
    assert len(violations) == 1
    (finding,) = violations
    assert finding.grade == rules()[rule].grade
    assert finding.report == "moxi-2031"
    known = {figure_id(finding.report, figure) for figure in scan(text)}
    assert set(finding.figures) <= known
    assert bool(finding.figures) == bool(text)
    assert set(finding.indicators) <= set(catalogue())
    assert finding.unit is None or finding.unit in units()


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_is_silent_where_it_is_kept(rule: str) -> None:
    case = CASES[rule]
    violations = found(
        rule, case.silent, case.previous, published=case.published_silent, ranked=case.ranked
    )
    assert violations == ()


@pytest.mark.parametrize("rule", CASES)
def test_a_message_is_filled_in_both_languages(rule: str) -> None:
    case = CASES[rule]
    (finding,) = found(
        rule, case.fires, case.previous, published=case.published, ranked=case.ranked
    )
    assert re.search(r"[一-鿿]", finding.message.zh)
    assert re.search(r"[A-Za-z]{3}", finding.message.en)
    for words in finding.message:
        assert not re.search(r"[{}]|\b(?:None|nan|inf)\b|\d\.\d{3}", words)


def test_the_same_reading_gives_the_same_findings_in_text_order() -> None:
    text = "".join(case.fires for case in CASES.values() if case.previous is None)
    first = findings(text, published=date(2032, 5, 1))
    assert first == findings(text, published=date(2032, 5, 1))
    identifiers = [finding.id for finding in first]
    assert len(set(identifiers)) == len(identifiers) > 10
    assert first[0].id == "moxi-2031-published_after_deadline-1"
    offsets = [int(finding.figures[0].rsplit("-", 1)[1]) for finding in first if finding.figures]
    assert offsets == sorted(offsets)


def test_an_id_names_the_report_the_rule_and_the_place() -> None:
    text = "排查发现问题。整改隐患517余处。"
    (finding,) = findings(text)
    assert finding.id == f"moxi-2031-hedge_on_unrounded_number-{text.index('517')}"


def test_a_report_without_figures_has_no_findings() -> None:
    assert find_findings(report("本年度各项工作稳步推进。"), ()) == ()


def test_rules_over_years_need_the_year_before() -> None:
    text = "".join(c.fires for c in CASES.values() if c.previous is not None)
    over_years = {
        "stock_falls", "stock_jumps", "flow_jumps", "unit_changes", "claimed_change_against_values",
    }  # fmt: skip
    assert not over_years & {finding.rule for finding in findings(text)}


# --- what a finding says


def test_a_lost_ten_thousand_is_shown_beside_what_is_printed() -> None:
    (finding,) = found("bare_yuan", SUMS + "全年作出罚款512.6元。")
    assert (finding.reported, finding.implied, finding.unit) == (512.6, 5126000, "元")
    assert "512.6元" in finding.message.zh and "512.6万元" in finding.message.zh
    assert "512.6 yuan" in finding.message.en and "5,126,000 yuan" in finding.message.en


def test_a_sum_per_head_is_small_by_nature() -> None:
    assert not found("bare_yuan", SUMS + "为困难群众每人发放慰问金500元。")


def test_a_report_that_prints_all_its_sums_in_yuan_has_lost_nothing() -> None:
    assert not found("bare_yuan", "罚款512.6元。没收800元。收缴900元。兑现奖补资金860万元。")


def test_money_per_case_is_printed_as_a_person_would() -> None:
    (finding,) = found("penalty_amount_per_case", CASES["penalty_amount_per_case"].fires)
    assert "平均每案1.55元" in finding.message.zh
    assert "1.55 yuan a case" in finding.message.en
    assert finding.indicators == ("penalty_amount", "penalty_cases")


def test_a_rate_finding_gives_the_rate_that_the_counts_imply() -> None:
    (finding,) = found("rate_against_neighbours", CASES["rate_against_neighbours"].fires)
    assert (finding.reported, finding.implied, finding.unit) == (95.2, 82.26, "%")
    assert "82.3%" in finding.message.zh


def test_only_what_is_wrong_for_the_whole_interval_is_found() -> None:
    mean = "服务中心累计受理群众申请36500件，日均受理{}。"
    assert not found("daily_mean_against_total", mean.format("约145件"))
    assert not found("daily_mean_against_total", mean.format("超过100件"))
    assert found("daily_mean_against_total", mean.format("超过160件"))
    tenants = "排查出租房屋300间，采集租客信息{}条。"
    assert found("tenants_per_rental_unit", tenants.format("3000余"))[:1] == ()
    assert found("tenants_per_rental_unit", tenants.format("4000余"))
    parts = "全年受理矛盾纠纷{}宗，成功调解矛盾纠纷{}宗。"
    assert not found("mediated_above_accepted", parts.format("90余", "95"))
    assert found("mediated_above_accepted", parts.format("90余", "101"))
    assert not found("mediated_above_accepted", parts.format("超过90", "101"))


def test_a_change_is_compared_in_its_own_unit() -> None:
    previous = "立案查处行政处罚案件120宗。镇行政服务中心服务满意率达98.1%。"
    rule = "claimed_change_against_values"
    cases = "立案查处行政处罚案件90宗，同比{}。"
    assert not found(rule, cases.format("下降25%"), previous)
    assert not found(rule, cases.format("减少30宗"), previous)
    (finding,) = found(rule, cases.format("增长25%"), previous)
    assert (finding.reported, finding.implied, finding.unit) == (25, -25, "%")
    assert "增长25%" in finding.message.zh and "下降25%" in finding.message.zh
    assert "由前值2030年的120宗到90宗" in finding.message.zh
    assert "a fall of 25%" in finding.message.en
    (finding,) = found(rule, cases.format("减少40宗"), previous)
    assert (finding.reported, finding.implied, finding.unit) == (-40, -30, "宗")
    rate = "镇行政服务中心服务满意率达99.6%，较上年提高{}个百分点。"
    assert not found(rule, rate.format("1.5"), previous)
    assert found(rule, rate.format("2.5"), previous)


def test_a_change_inside_the_text_needs_no_other_year() -> None:
    text = "投诉量由1500件降至900件，下降{}。"
    rule = "claimed_change_against_values"
    assert not found(rule, text.format("40%"))
    (finding,) = found(rule, text.format("60%"))
    assert (finding.reported, finding.implied) == (-60, -40)
    assert len(finding.figures) == 3


def test_a_change_of_something_else_is_left_alone() -> None:
    text = "立案查处行政处罚案件150宗，群众投诉量同比下降40%。"
    assert not found("claimed_change_against_values", text, "立案查处行政处罚案件120宗。")


def test_growth_that_a_hedge_allows_is_kept() -> None:
    previous = "立案查处行政处罚案件120宗。"
    text = "立案查处行政处罚案件{}宗，同比增长40%。"
    assert not found("claimed_change_against_values", text.format("100余"), previous)
    assert not found("claimed_change_against_values", text.format("超过150"), previous)


def test_a_part_may_exceed_a_change_or_a_later_figure() -> None:
    rule = "part_above_whole_in_sentence"
    assert not found(rule, "立案85宗，同比增加9宗，其中简易程序61宗。")
    assert not found(rule, "接待来访85人次，其中咨询21人次，电话回访200人次。")
    (finding,) = found(rule, "立案85宗，其中简易程序91宗。")
    assert (finding.grade, finding.reported, finding.implied) == ("error", 91, 85)


def test_a_rate_of_growth_or_of_a_target_may_exceed_a_hundred() -> None:
    assert not found("rate_out_of_range", "案件数同比增长130%。")
    assert not found("rate_out_of_range", "全年拆除任务完成率117.3%。")
    assert found("rate_out_of_range", "隐患整改率达103%。")


def test_a_rank_is_bounded_only_where_the_number_of_towns_is_known() -> None:
    text = "我镇群众安全感全市排名第31位。"
    assert not found("rank_out_of_range", text)
    assert not found("rank_out_of_range", text.replace("全市", "全省"), ranked=(("全市", 23),))


def test_a_corrected_figure_is_named_with_the_value_it_was_given() -> None:
    text = "全年立案查处行政处罚案件86宗，罚没款合计86.5元。"
    figures = scan(text)
    corrected = [replace(f, value=865000) if f.kind == "money" else f for f in figures]
    before = scan("全年立案查处行政处罚案件86宗，罚没款合计405元。")
    [jump] = [f for f in find_findings(report(text), corrected, before) if f.rule == "flow_jumps"]
    assert "2031年为86.5元（更正为86.5万元）" in jump.message.zh
    assert "is 865,000 yuan (corrected) in 2031" in jump.message.en


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("落实“三项制度”（公示制度、全过程记录制度）。", 2),
        ("落实三项制度：公示制度、全过程记录制度。", 2),
        ("建立四项机制，即会商机制、通报机制、督办机制。", 3),
        ("推进三项措施：一是加强领导；二是压实责任。", 2),
        ("推进两项措施：一是加强领导。二是压实责任。三是严格考核。", 3),
    ],
)
def test_a_list_behind_its_number_is_counted(text: str, listed: int) -> None:
    [finding] = found("counted_list_mismatch", text)
    assert finding.implied == listed and f"列举了{listed}项" in finding.message.zh


@pytest.mark.parametrize(
    "text",
    [
        "落实“三项制度”（公示制度、全过程记录制度、法制审核制度）。",
        "落实“三项制度”（见附件）。",
        "建立四项机制：会商机制、通报机制、督办机制等。",
        "建立三项机制：会商、通报和督办机制。",
        "建立三项机制：会商、通报、督办和考核机制。",
        "推进三项措施：加强领导、压实责任，严格考核。",
        "开展三项行动，民政、司法、公安参加。",
        "推进三项措施：一是加强领导；二是压实责任。\n三是严格考核。",
    ],
)
def test_a_list_behind_its_number_that_fits_or_goes_on_is_left_alone(text: str) -> None:
    assert not found("counted_list_mismatch", text)


def test_a_multiple_of_last_year_is_compared() -> None:
    before = "全年办理行政处罚案件142宗。"
    now = "全年办理行政处罚案件310宗，{}。"
    assert not found("claimed_change_against_values", now.format("较上年翻一番"), before)
    assert not found("claimed_change_against_values", now.format("是上年的2.2倍"), before)
    [finding] = found("claimed_change_against_values", now.format("是上年的3倍"), before)
    assert (finding.reported, finding.implied, finding.unit) == (3, 2.18, "倍")
    assert "报告称上年的3倍，但由前值2030年的142宗到310宗计算为上年的2.18倍" in finding.message.zh
    [doubled] = found("claimed_change_against_values", now.format("较上年翻两番"), before)
    assert doubled.reported == 4


def test_the_total_of_a_table_is_checked_column_by_column() -> None:
    rows = "城管检查20次，城管罚款6.35万元。\n安监检查10次，安监罚款10.2万元。\n农业检查5次。\n"
    assert not found("table_total_against_rows", rows + "合计检查35次，合计罚款16.55万元。")
    assert not found("table_total_against_rows", rows + "合计检查35次，合计罚款16.6万元。")
    assert not found("table_total_against_rows", rows + "合计立案90件。")
    assert not found("table_total_against_rows", "开展检查90次。\n合计检查35次。")
    assert not found("table_total_against_rows", rows + "小计检查35次。\n合计检查40次。")
    [sum_off] = found("table_total_against_rows", rows + "合计检查35次，合计罚款18.6万元。")
    assert "“罚款”合计为18.6万元，但各行相加为16.55万元" in sum_off.message.zh
    assert len(sum_off.figures) == 3


# --- what is no doubt: each sentence once raised a false alarm


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("bare_yuan", SUMS + "对一名当事人罚款500元。"),
        ("bare_yuan", SUMS + "低保标准由每人每月1536元提高到1567元。"),
        ("unit_dropped", "医保参保覆盖5万居民。"),
        ("unit_dropped", "惠及450万困难群众。"),
        ("counted_list_mismatch", "统筹推进违建整治三大行动、城市更新五大工程。"),
        (
            "part_above_whole_in_sentence",
            "平均每天受理申请16件，其中由村干部代办的有1700余件。",
        ),
    ],
)
def test_what_is_said_in_plain_words_is_no_doubt(rule: str, text: str) -> None:
    assert found(rule, text) == ()


# --- years


def test_a_jump_is_found_though_the_unit_is_another_word_for_the_same_thing() -> None:
    (finding,) = found("flow_jumps", "立案查处行政处罚案件1420件。", "立案查处行政处罚案件142宗。")
    assert (finding.reported, finding.implied) == (1420, 142)


def test_half_the_heads_are_another_group_of_people() -> None:
    before = "组织学法考试，参加考试的领导干部177名。"
    now = "组织学法考试，参加考试的领导干部{}名。"
    assert found("flow_jumps", now.format(68), before)
    assert not found("flow_jumps", now.format(120), before)


def test_the_year_that_is_compared_with_is_named() -> None:
    text, before = "立案查处行政处罚案件900宗。", "立案查处行政处罚案件120宗。"
    (finding,) = (
        f
        for f in find_findings(report(text), scan(text), scan(before), previous_year=2028)
        if f.rule == "flow_jumps"
    )
    assert "2028年为120宗" in finding.message.zh and "in 2028" in finding.message.en


def test_last_year_in_the_report_means_the_year_before_and_no_earlier_one() -> None:
    text = "立案查处行政处罚案件150宗，同比增长40%。"
    figures, before = scan(text), scan("立案查处行政处罚案件120宗。")
    rules_found = {
        year: {f.rule for f in find_findings(report(text), figures, before, previous_year=year)}
        for year in (2029, 2030)
    }
    assert "claimed_change_against_values" in rules_found[2030]
    assert "claimed_change_against_values" not in rules_found[2029]


BEFORE = "立案查处行政处罚案件120宗，其中简易程序40宗。收缴罚款12.34万元。"


@pytest.mark.parametrize(
    "text",
    [
        "立案查处行政处罚案件150宗，上年为130宗。",
        "立案查处行政处罚案件150宗（上年为130宗）。",
        "立案查处行政处罚案件150宗（2030年为130件）。",
        "2030年行政处罚案件130宗，2031年行政处罚案件150宗。",
        "行政处罚案件由2030年的130宗增加到2031年的150宗。",
        "2029年、2030年、2031年分别办理行政处罚案件120宗、130宗、150宗。",
    ],
)
def test_an_earlier_year_is_compared_with_its_own_report(text: str) -> None:
    (finding,) = found("earlier_year_differs", text, BEFORE)
    assert (finding.reported, finding.implied) == (130, 120)
    assert finding.indicators == ("penalty_cases",)
    assert "2030年报告为120宗" in finding.message.zh
    assert "the report of 2030 gave 120" in finding.message.en
    agreeing = text.replace("120宗", "110宗").replace("130", "120")
    assert found("earlier_year_differs", agreeing, BEFORE) == ()


@pytest.mark.parametrize(
    "text",
    [
        "2029年行政处罚案件130宗，2031年行政处罚案件150宗。",  # that year's report is not at hand
        "2030年1—6月行政处罚案件60宗，2031年同期75宗。",  # half of the year
        "行政处罚案件150宗，较2030年增加30宗。",  # a change
        "2026—2030年共查处行政处罚案件900宗。",  # several years
        "办理行政处罚案件150宗，其中2030年结转20宗。",  # a part of this year's
    ],
)
def test_what_is_not_the_value_of_that_year_is_not_compared(text: str) -> None:
    assert found("earlier_year_differs", text, BEFORE) == ()


def test_a_rounded_value_of_an_earlier_year_is_the_same_value() -> None:
    before = "政务服务中心受理业务12034件。"
    for stated, findings_found in (("1.2万件", 0), ("1.4万件", 1), ("12034件", 0), ("12035件", 1)):
        text = f"政务服务中心受理业务13000件，上年为{stated}。"
        assert len(found("earlier_year_differs", text, before)) == findings_found, stated
