"""Made-up texts for every rule: one in which it fires, and a near-identical one in which it does not.

All texts are written for these tests. ``CASES`` is keyed by rule; ``previous`` is last year's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shenwan_data import scan
from shenwan_data.findings import find_findings
from shenwan_data.indicators.matching import match_text
from shenwan_data.model import Finding, Report


@dataclass(frozen=True)
class Case:
    fires: str
    silent: str
    previous: str | None = None
    published: date | None = None
    published_silent: date | None = None
    ranked: tuple[tuple[str, int], ...] = ()


def report(
    text: str, *, published: date | None = None, ranked: tuple[tuple[str, int], ...] = ()
) -> Report:
    return Report(
        "moxi",
        2031,
        "墨溪镇2031年报告",
        text,
        Path("moxi.txt"),
        "text/plain",
        "",
        "",
        published=published,
        ranked=ranked,
    )


def findings(
    text: str,
    previous: str | None = None,
    *,
    published: date | None = None,
    ranked: tuple[tuple[str, int], ...] = (),
) -> tuple[Finding, ...]:
    """Findings of a text as the build would find them: scanned, then checked."""
    its = report(text, published=published, ranked=ranked)
    matching = match_text(text, its.time_period)
    return find_findings(
        its,
        matching.figures,
        None if previous is None else scan(previous),
        earlier=matching.earlier,
    )


def found(rule: str, *args: object, **kwargs: object) -> tuple[Finding, ...]:
    """The findings of one rule."""
    return tuple(f for f in findings(*args, **kwargs) if f.rule == rule)  # type: ignore[arg-type]


SUMS = "兑现奖补资金860万元。收缴违纪所得7.2万元。调解纠纷涉案金额超百万元。"

CASES: dict[str, Case] = {
    "broken_number": Case("受理纠纷案件1O6宗。", "受理纠纷案件106宗。"),
    "rate_out_of_range": Case(
        "镇行政服务中心承诺期限内办结率达100.5%。", "镇行政服务中心承诺期限内办结率达100%。"
    ),
    "part_above_whole_in_sentence": Case(
        "全年共立案85宗，其中简易程序91宗、普通程序12宗。",
        "全年共立案85宗，其中简易程序61宗、普通程序24宗。",
    ),
    "parts_above_whole_in_sentence": Case(
        "全年共立案85宗，其中简易程序61宗、普通程序34宗。",
        "全年共立案85宗，其中简易程序61宗、普通程序24宗。",
    ),
    "table_total_against_rows": Case(
        "城管立案数25件，城管罚款6.35万元。\n安监立案数12件。\n合计立案数47件，合计罚款6.35万元。",
        "城管立案数25件，城管罚款6.35万元。\n安监立案数12件。\n合计立案数37件，合计罚款6.35万元。",
    ),
    "rank_out_of_range": Case(
        "我镇群众安全感全市排名第31位。",
        "我镇群众安全感全市排名第13位。",
        ranked=(("全市", 23),),
    ),
    "rate_against_neighbours": Case(
        "全年立案310宗，结案255宗，结案率95.2%。", "全年立案310宗，结案295宗，结案率95.2%。"
    ),
    "daily_mean_against_total": Case(
        "服务中心累计受理群众申请36500件，日均受理100件。",
        "服务中心累计受理群众申请36500件，日均受理140余件。",
    ),
    "penalties_above_published_cases": Case(
        "立案查处行政处罚案件130宗。在执法信息公示平台上录入行政执法案件98宗。",
        "立案查处行政处罚案件98宗。在执法信息公示平台上录入行政执法案件130宗。",
    ),
    "mediated_above_accepted": Case(
        "全年受理矛盾纠纷80宗，成功调解矛盾纠纷97宗。",
        "全年受理矛盾纠纷97宗，成功调解矛盾纠纷80宗。",
    ),
    "decision_opinions_above_all": Case(
        "政府法律顾问出具法律意见书90份。司法所就重大行政决策事项出具法律意见120件。",
        "政府法律顾问出具法律意见书120份。司法所就重大行政决策事项出具法律意见90件。",
    ),
    "penalty_amount_per_case": Case(
        "共立案查处各类行政处罚案件200宗，作出处罚金额310.5元。",
        "共立案查处各类行政处罚案件200宗，作出处罚金额310.5万元。",
    ),
    "mediated_amount_per_case": Case(
        "成功调解矛盾纠纷50宗，涉案金额800亿元。", "成功调解矛盾纠纷50宗，涉案金额800万元。"
    ),
    "outmarried_amount_per_case": Case(
        "妥善处理“外嫁女”分配纠纷20宗，涉及金额900元。",
        "妥善处理“外嫁女”分配纠纷20宗，涉及金额900万元。",
    ),
    "discipline_proceeds_per_case": Case(
        "纪检监察办立案查处违纪违法案件8宗，收缴违纪所得人民币52元。",
        "纪检监察办立案查处违纪违法案件8宗，收缴违纪所得人民币5.2万元。",
    ),
    "visits_per_application": Case(
        "镇行政服务中心共接待群众380人次，累计受理群众申请29000件。",
        "镇行政服务中心共接待群众38000人次，累计受理群众申请29000件。",
    ),
    "firm_visits_per_linked_firm": Case(
        "由领导班子成员挂点企业84家。领导干部走访企业60家次。",
        "由领导班子成员挂点企业60家。领导干部走访企业84家次。",
    ),
    "problems_per_firm_visit": Case(
        "领导干部走访企业30家次，帮助企业解决问题120项。",
        "领导干部走访企业120家次，帮助企业解决问题30项。",
    ),
    "firms_per_policy_briefing": Case(
        "举办惠企政策宣讲活动3次，参加企业4000家次。", "举办惠企政策宣讲活动3次，参加企业400家次。"
    ),
    "audience_per_outreach_event": Case(
        "组织开展普法宣传活动40场次，受教育群众达120人次。",
        "组织开展普法宣传活动40场次，受教育群众达1200人次。",
    ),
    "materials_per_outreach_audience": Case(
        "发放普法宣传资料9万份，受教育群众达2000人次。",
        "发放普法宣传资料2000份，受教育群众达9000人次。",
    ),
    "audience_per_law_training": Case(
        "组织执法人员法治培训5期，培训执法人员9800人次。",
        "组织执法人员法治培训5期，培训执法人员980人次。",
    ),
    "tenants_per_rental_unit": Case(
        "排查出租房屋300间，采集租客信息6000条。", "排查出租房屋3000间，采集租客信息6000条。"
    ),
    "landlords_per_rental_unit": Case(
        "排查出租房屋300间，建立出租屋房东详细信息约330条。",
        "排查出租房屋330间，建立出租屋房东详细信息约330条。",
    ),
    "hazards_per_rental_unit": Case(
        "排查出租房屋30间，发现出租屋消防等安全隐患450处。",
        "排查出租房屋450间，发现出租屋消防等安全隐患30处。",
    ),
    "illegal_land_area_per_case": Case(
        "完成违法用地整治25宗，面积共9平方米。", "完成违法用地整治25宗，面积共90亩。"
    ),
    "land_against_floor_area": Case(
        "成功拆除“工改”项目建筑面积共12万平方米，完成土地整备50平方米。",
        "成功拆除“工改”项目建筑面积共12万平方米，完成土地整备500亩。",
    ),
    "bare_yuan": Case(SUMS + "全年作出罚款512.6元。", SUMS + "全年作出罚款512.6万元。"),
    "unit_dropped": Case("追回价值3亿的集体土地。", "追回价值3亿元的集体土地。"),
    "hedge_on_unrounded_number": Case("整改隐患517余处。", "整改隐患510余处。"),
    "double_hedge": Case("参加活动的有约3000多人。", "参加活动的有3000多人。"),
    "visits_counted_in_persons": Case(
        "镇行政服务中心共接待群众26300人。", "镇行政服务中心共接待群众26300人次。"
    ),
    "tenant_records_counted_in_persons": Case("采集租客信息4100人。", "采集租客信息4100条。"),
    "same_number_two_units": Case(
        "活动惠及居民1730人。上述活动共有1730人次参加。",
        "活动惠及居民1730人。上述活动共有2730人次参加。",
    ),
    "list_marker_out_of_order": Case(
        "一是加强学习。二是规范执法。四是广泛普法。", "一是加强学习。二是规范执法。三是广泛普法。"
    ),
    "counted_list_mismatch": Case(
        "依托平台办理行政检查、行政处罚两大类案件，做到全程留痕。"
        "严格落实公众参与、专家论证、风险评估、集体讨论决定“五大”程序。",
        "依托平台办理行政检查、行政处罚两大类案件，做到全程留痕。"
        "严格落实公众参与、专家论证、风险评估、集体讨论决定“四大”程序。",
    ),
    "claimed_change_against_values": Case(
        "立案查处行政处罚案件150宗，同比增长40%。",
        "立案查处行政处罚案件150宗，同比增长25%。",
        previous="立案查处行政处罚案件120宗。",
    ),
    "earlier_year_differs": Case(
        "立案查处行政处罚案件150宗，上年为130宗。",
        "立案查处行政处罚案件150宗，上年为120宗。",
        previous="立案查处行政处罚案件120宗。",
    ),
    "stock_falls": Case(
        "市场主体登记注册总量达3900家。",
        "市场主体登记注册总量达4300家。",
        previous="市场主体登记注册总量达4200家。",
    ),
    "stock_jumps": Case(
        "市场主体登记注册总量达9900家。",
        "市场主体登记注册总量达4900家。",
        previous="市场主体登记注册总量达4200家。",
    ),
    "flow_jumps": Case(
        "立案查处行政处罚案件900宗。",
        "立案查处行政处罚案件300宗。",
        previous="立案查处行政处罚案件120宗。",
    ),
    "unit_changes": Case(
        "镇行政服务中心共接待群众26300人次。",
        "镇行政服务中心共接待群众26300名。",
        previous="镇行政服务中心共接待群众25100人。",
    ),
    "published_before_year_end": Case(
        "", "", published=date(2031, 12, 20), published_silent=date(2032, 1, 10)
    ),
    "published_after_deadline": Case(
        "", "", published=date(2032, 4, 2), published_silent=date(2032, 4, 1)
    ),
}
