"""A report of a year that nobody has written: every sentence is made up for the tests of the desk."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.town_settings import DATA, give_settings

TITLE = "神湾镇2023年法治政府建设年度报告"
# Some eighty figures; two of them fit one indicator, twice.
TEXT = f"""{TITLE}
发布日期：2024-02-20
2023年，神湾镇在上级党委政府的领导下，深入推进法治政府建设。现将有关情况报告如下。
一、优化政务服务
全年政务服务中心受理业务91200件，办结90875件，办结率99.6%，群众满意率99.8%。开设综合窗口12个，配备窗口人员36名，推出“一件事”主题服务21项。自助服务终端办理业务4300件。接听12345热线工单1680件，按时办结率98.7%。
走访企业260家，为企业解决问题118个，发放惠企补贴资金320万元，惠及企业47家。举办惠企政策宣讲会9场，参加企业185家。新登记经营主体612户。
公共法律服务工作站接待群众咨询1350人次，办理法律援助案件26件，村（社区）法律顾问提供法律服务410次，审查合同73份。
二、规范行政执法
全年开展行政执法检查2150次，出动执法人员6400人次。立案查处各类行政处罚案件510宗，罚没款合计86.5万元。其中适用简易程序案件420宗，普通程序案件90宗。组织行政处罚听证3场。行政处罚信息公示510宗，公示率100%。
拆除违法建设32宗，面积1.8万平方米。整治违法用地17宗，面积45.6亩。处理占道经营930起，清理户外广告217块。现有持证执法人员58名，组织执法培训6期，培训240人次。
三、健全依法决策机制
召开镇党委会议专题学习法治内容14次，党委理论学习中心组专题学习法治内容4次。召开党政班子联席会议38次，审议重大事项156项。出具重大行政决策法律意见85份，审核合同128份，合法性审查率100%。制定规范性文件2件，清理规范性文件11件。
办理人大代表建议13件、政协提案8件，办复率100%。主动公开政府信息640条，办理依申请公开22件。行政复议案件5件，行政诉讼案件7件，行政机关负责人出庭应诉率100%。
四、化解矛盾纠纷
全年人民调解委员会受理矛盾纠纷386宗，成功调解379宗，调解成功率98.2%，涉及金额1260万元。人民调解员72名。受理信访事项204件，办结201件。排查风险隐患530处，整改527处。划分网格61个，配备网格员96名。
五、加强普法宣传
全年开展普法活动46场，开展法治宣传活动51场，受众2.3万人次。派发宣传资料3.1万份，举办法治讲座18场，悬挂横幅140条，推送普法信息96条。说法茶摊8场，设摊位96个。创建民主法治示范村1个，培育“法律明白人”54名。另办理政协提案9件。
"""
# The same in short, for tests that read it often.
SHORT = f"""{TITLE}
2023年，神湾镇深入推进法治政府建设。现将有关情况报告如下。
一、优化政务服务
走访企业260家，为企业解决问题118个，审查合同73份。
二、规范行政执法
立案查处各类行政处罚案件510宗，罚没款合计86.5万元。
三、健全依法决策机制
出具重大行政决策法律意见85份，审核合同128份。办理政协提案8件。另办理政协提案9件。
"""


def page(text: str = TEXT) -> str:
    """The text as a page of a site."""
    title, *lines = text.strip().splitlines()
    body = "\n".join(f"<p>{line}</p>" for line in lines)
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1>\n{body}\n</body></html>"
    )


def data_folder(folder: Path, text: str = TEXT, *, archived: bool = True) -> Path:
    """A data folder with a made-up report of 2023 if ``archived``; beside the long one that of 2022."""
    from shenwan_data.report.archive import add_report

    give_settings(folder)
    (folder / "reports").mkdir()
    if text == TEXT:
        shutil.copytree(DATA / "reports" / "2022", folder / "reports" / "2022")
    for name in ("accuracy.csv", "accuracy.version"):
        shutil.copyfile(DATA / name, folder / name)
    if archived:
        file = folder / ".new" / "report.txt"
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
        add_report(file, year=2023, area="shenwan", data_dir=folder)
        shutil.rmtree(file.parent)
    return folder
