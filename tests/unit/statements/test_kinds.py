"""Each kind of wording that a rule is there for, in a sentence made up for it (墨溪镇 is no town)."""

from __future__ import annotations

import pytest

from shenwan_data import scan
from shenwan_data.indicators.matching import match_text
from shenwan_data.model import Figure

HEAD = "墨溪镇2025年法治政府建设年度报告\n\n一、2025年主要举措和成效\n\n"


def figure(sentence: str, quote: str) -> Figure:
    start = len(HEAD) + sentence.index(quote)
    return next(f for f in scan(HEAD + sentence) if f.start == start)


@pytest.mark.parametrize(
    ("sentence", "quote", "column", "wanted"),
    [
        # time
        ("3月、5月、8月各组织1次镇级法律考试，其余时间自学。", "1次", "ref_period", "2025"),
        ("三月三歌圩上设摊宣传6场。", "6场", "ref_period", "2025"),
        ("截至11月25日，受理热线工单812件。", "812件", "ref_period", "2025"),
        ("截至9月底，受理热线工单812件。", "812件", "ref_period", "2025-01/2025-09"),
        ("4月启动“九五”普法，举办法治市集3场。", "3场", "ref_period", "2025"),
        ("4月集中开展占道整治，规范摊点30处。", "30处", "ref_period", "2025-04"),
        ("“八五”普法收官，举办讲座12场。", "12场", "ref_period", "2025"),
        ("“八五”普法收官，累计举办讲座62场。", "62场", "ref_period", "2021/2025"),
        (
            "“八五”普法期间有声有色，五年来建成广场3个，“法律明白人”达88名。",
            "88名",
            "ref_period",
            "2025",
        ),
        ("重复投诉占比由8.1%变为3.5%。", "8.1%", "ref_period", "2024"),
        ("九月下旬以来，出动宣传车9台。", "9台", "ref_period", "2025"),
        # nature
        ("坚持每月两次的干部学法。", "两次", "nature", "target"),
        ("大喇叭每天播放两次。", "两次", "nature", "level"),
        ("以每季1次的频次开展法治专题学习4次。", "1次", "nature", "target"),
        ("以每季1次的频次开展法治专题学习4次。", "4次", "nature", "level"),
        ("人均培训48学时，超过规定的40学时。", "40学时", "nature", "target"),
        ("超额完成县里下达的2万平方米任务。", "2万平方米", "nature", "target"),
        ("完成县下达任务的118%。", "118%", "nature", "level"),
        ("热线排名较去年前进6位。", "6位", "nature", "change"),
        # coverage
        ("行政许可、公共服务类51项，行政处罚类22项。", "51项", "coverage", "whole"),
        (
            "承接赋权事项73项，其中行政许可、公共服务类51项，行政处罚类22项。",
            "22项",
            "coverage",
            "part",
        ),
        ("开展执法检查640次，其中非现场检查占两成。", "两成", "coverage", "whole"),
        ("持证人员9人中临近退休的占3人。", "3人", "coverage", "part"),
        ("70个自然屯中还有12个没有讲到。", "12个", "coverage", "part"),
        ("对隐患限期整改，其余均已到位，对4家企业立案。", "4家", "coverage", "whole"),
        ("镇长、分管副镇长各讲专题法治课1次。", "1次", "coverage", "each"),
        ("学法考试平均分93分。", "93分", "coverage", "each"),
        ("“每周一法”微课堂办了30期。", "30期", "coverage", "whole"),
        ("人均执法量位列全县第四名。", "第四名", "coverage", "whole"),
        ("蜂蜜采收季在山口设卡点，调处纠纷6起。", "6起", "coverage", "part"),
        ("秸秆禁烧期间查处露天焚烧5起。", "5起", "coverage", "whole"),
        ("燃气安全整治中，夜查7次。", "7次", "coverage", "part"),
        ("“七五”普法期间，我镇举办讲座90场。", "90场", "coverage", "whole"),
        ("发现苗头11起，当场制止10起。", "10起", "coverage", "part"),
        ("行使行政处罚权96项。", "96项", "coverage", "part"),
        ("“老周工作室”调解邻里纠纷15件。", "15件", "coverage", "part"),
        ("跨县边界山场纠纷一起，久拖未决。", "一起", "coverage", "part"),
        ("收到政府信息公开申请一件。", "一件", "coverage", "whole"),
        ("发现违法线索18条，立案查处6条。", "6条", "coverage", "whole"),
        ("开展宪法宣传周活动4场。", "4场", "coverage", "part"),
        ("镇长出庭2件、副镇长出庭1件。", "2件", "coverage", "part"),
        ("从1月到11月底，受理民间纠纷63件。", "63件", "coverage", "whole"),
        # what is counted
        ("挂牌督办的2件信访积案已化解。", "2件", "counted", "信访积案"),
        ("火情数量在全县15个乡镇中排第3位。", "第3位", "counted", "火情"),
        ("综合得分在全县乡镇中排名第6。", "第6", "counted", "综合得分"),
        ("平安建设、信访工作满意度分列全县第三和第五。", "第五", "counted", "信访工作满意度"),
        ("拆除违法建筑3处、面积90平方米。", "90平方米", "counted", "违法建筑"),
        ("调解纠纷44件，涉及金额12万元。", "12万元", "counted", "调解纠纷"),
        ("举办法治培训班3期，培训140人次。", "140人次", "act", "培训"),
        ("执法队全年立案58起。", "58起", "counted", "案"),
        ("主动公开信息130条，在政府门户网站公开88条。", "88条", "counted", "信息"),
        ("创建“无讼村”4个，占行政村总数的三成。", "三成", "counted", "“无讼村”"),
        ("信访件控制在9件以内。", "9件以内", "counted", "信访件"),
        ("案件量在全县21个镇中排第2位。", "21个", "counted", "镇"),
        ("化解纠纷70件。“老周工作室”化解18件。", "18件", "counted", "纠纷"),
        ("与县自然资源局联合开展执法5次。", "5次", "counted", "执法"),
        # a part told inside a sentence, and what follows it
        ("夜市普法52场，其中12月就有7场，市民参与9000人次。", "9000人次", "ref_period", "2025"),
        ("夜市普法52场，其中12月就有7场，市民参与9000人次。", "7场", "ref_period", "2025-12"),
        ("市场主体2.1万户，比“十三五”末的1.6万户增长三成。", "1.6万户", "ref_period", "2020"),
        ("审批时限由法定20个工作日压缩到7个工作日。", "7个工作日", "nature", "target"),
        ("应考干部88名，实际参考87名。", "87名", "coverage", "whole"),
        ("办理取水许可21件、涉河许可6件，两类许可合计27件。", "21件", "coverage", "part"),
        ("排查纠纷211件，土地承包类最多，有96件。", "96件", "coverage", "part"),
        ("化解纠纷61件，剩余1起转入诉讼。", "1起", "coverage", "part"),
        ("牵涉邻县的草场纠纷化解3起。", "3起", "coverage", "part"),
        ("化解积案9件，县里交办的4件已全部办结。", "4件", "coverage", "part"),
        ("执法力量薄弱，能独立办案的只有3人。", "3人", "coverage", "part"),
        ("社区矫正在册14人，全年新接收5人。", "5人", "coverage", "part"),
        ("罚款案件70件，市容环境类占全部案件的六成。", "六成", "coverage", "part"),
        ("区城管局在辖区内另办案28件。", "28件", "coverage", "elsewhere"),
        ("县司法局来镇举办培训2期，镇里自办培训4期。", "4期", "coverage", "whole"),
        ("合法性审查员仅有1名。", "1名", "counted", "合法性审查员"),
        ("立案17起，较2024年的24起减少7起；结案15起。", "15起", "counted", "案"),
        ("满意率96%，在全区14个街镇中居第3位。", "14个", "topic", "other"),
        ("超额完成市下达的9万平方米任务，拆除违建面积再创新高。", "9万平方米", "nature", "target"),
        # topic
        ("党政主要负责同志讲法治课2次。", "2次", "topic", "governance"),
        ("到村组讲法治课9次。", "9次", "topic", "outreach"),
        ("5个行政村全部配备了法律顾问。", "5个", "topic", "services"),
        ("受理热线工单812件，解决率91%。", "91%", "topic", "services"),
        ("发放《防汛告知书》900张。", "900张", "topic", "outreach"),
        # what stands behind a clause with 的 is some of what was counted before
        ("审查合同62份，退回重签的8份。", "8份", "counted", "审查合同"),
        ("审查合同62份，退回重签的8份。", "8份", "coverage", "part"),
        ("审查合同62份，重拟的8份。", "8份", "nature", "level"),
        ("普法活动40场，其中戏班子唱的有9场。", "9场", "counted", "普法活动"),
        ("学法7次，比上年的5次多。", "5次", "counted", "学法"),
        ("化解纠纷62起，余下4起。", "4起", "counted", "纠纷"),
        ("按类型看，邻里71件、山林33件。", "71件", "coverage", "part"),
        # another level or office
        ("调解成功率96%，比全县平均数93%高。", "93%", "coverage", "elsewhere"),
        ("县住建委在我镇境内另查了违建7处。", "7处", "coverage", "elsewhere"),
        ("县司法局来镇里抽查案卷18卷。", "18卷", "coverage", "elsewhere"),
        ("立案27宗，办结25宗，余下2宗。", "25宗", "topic", "enforcement"),
        ("普法活动40场，其中戏班子唱的有9场。", "9场", "topic", "outreach"),
        ("全镇普法到村到户，总面积121平方公里。", "121平方公里", "topic", "other"),
        ("办结诉求210件（2024年是260件），满意率97%。", "260件", "coverage", "whole"),
        # a remark in brackets is over behind it
        ("办结诉求210件（2024年是260件），满意率97%。", "97%", "ref_period", "2025"),
        ("受理申请7300件、平均每天29件。", "29件", "nature", "level"),
    ],
)
def test_a_column_is_read_as_the_sentence_means_it(
    sentence: str, quote: str, column: str, wanted: str
) -> None:
    assert getattr(figure(sentence, quote), column) == wanted


@pytest.mark.parametrize(
    ("sentence", "quote", "wanted"),
    [
        ("举办法治培训班3期，培训140人次。", "140人次", "law_training_audience"),
        ("现有执法人员12人，今年又有3人取得行政执法证。", "3人", "enforcement_officers_added"),
        ("现有执法人员12人，今年又有3人取得行政执法证。", "12人", "enforcement_staff"),
        ("12名执法人员持证上岗。", "12名", "enforcement_officers_licensed"),
        ("全年立案查处违法行为41件。", "41件", "penalty_cases"),
        (
            "罚款1.2万元，其中露天焚烧秸秆6件、3000元。",
            "3000元",
            "penalty_amount_environment",
        ),
        ("当场处罚15件、普通程序6件，处罚金额2.1万元。", "2.1万元", "penalty_amount"),
        ("12个行政村中的7个修订了村规民约。", "7个", "village_rules_revised"),
        ("12个行政村中的7个修订了村规民约。", "12个", ""),
        (
            "围绕农资、渣土、环卫等群众关心的领域，开展执法检查120次。",
            "120次",
            "admin_inspections",
        ),
        ("“三送两问”走访企业66家。", "66家", "firm_visits"),
        ("合法性审核各类文件、合同310件。", "310件", "legality_reviews_done"),
        ("律师每周驻镇，三名律师组成法律顾问团。", "三名", "legal_advisers_employed"),
        ("审核土地流转、劳务等合同41份，退回3份。", "41份", "contracts_reviewed"),
        (
            "调处纠纷90起，其中土地纠纷20起；调处成功87起。",
            "87起",
            "mediated_disputes",
        ),
        ("核查流动人员800人（新登记20人、注销30人）。", "20人", ""),
        ("核查流动人员800人（新登记20人、注销30人）。", "30人", ""),
        ("干部流动大，全年调出5人。", "5人", ""),
        ("发现“两违”苗头11起，立案查处2起。", "2起", ""),
        ("排查重大矛盾纠纷8件，由班子成员包案。", "8件", ""),
        ("普法账号粉丝涨到9000人。", "9000人", ""),
        ("拆除存量违法建筑1.2万平方米、在建违法建筑300平方米。", "1.2万平方米", ""),
        ("收到群众来信31封。", "31封", "petition_letters"),
        ("对当事人赵某倾倒垃圾的行为，罚款300元。", "300元", ""),
        ("为务工人员讨薪21.5万元。", "21.5万元", "wages_recovered_amount"),
        ("职工大会学法9次，党委会前学法14次。", "14次", "law_study_sessions"),
        # who acts, who is served, by which procedure
        ("16个村便民服务站代办2310件。", "16个", "village_service_points"),
        ("16个村便民服务站代办2310件。", "2310件", "assisted_applications"),
        ("代办员代办各类证照412件。", "412件", "assisted_applications"),
        ("为行动不便群众上门帮办87件。", "87件", "assisted_applications"),
        ("适用简易程序办理案件54件。", "54件", "penalty_cases_summary"),
        ("对露天焚烧行为立案处罚7起。", "7起", "penalty_cases_environment"),
        ("下达《责令改正通知书》61份。", "61份", "rectification_orders_issued"),
        ("组织《水法》《森林法》专题培训3期，参训190人次。", "190人次", "law_training_audience"),
        ("组织镇村干部开展“法治能力提升”培训5期。", "5期", "law_training_events"),
        ("进农村、进学校、进工地普法27场次。", "27场次", "outreach_events"),
        ("组织领导班子集体学法、法治讲座分别6次、3场。", "3场", ""),
        ("消防宣传进社区18场，居民2100人次参加。", "2100人次", ""),
        ("参加公共法律知识培训31人次，7人通过执法资格考试。", "7人", "enforcement_exam_passers"),
        ("配备人民调解员队伍118人。", "118人", "mediators"),
        ("17个公共法律服务室全部挂牌运行。", "17个", "public_legal_service_points"),
        ("86名调解员全年调解纠纷301起。", "86名", "mediators"),
        ("22人持有行政执法证。", "22人", "enforcement_officers_licensed"),
        # what stands before a colon is of each number behind it
        ("公共法律服务：站点12个，咨询410人次，援助9件。", "12个", "public_legal_service_points"),
        ("学法：中心组6次；考试：合格率100%。", "6次", "law_study_sessions"),
        ("法律顾问：镇级2名、村级9名。", "9名", "village_legal_advisers"),
        ("发放宣传品：水杯500个、围裙700条。", "700条", ""),
        ("行政处罚 简易程序21件 普通程序8件", "8件", "penalty_cases_ordinary"),
        # of several figures
        ("受理牧民申请910余件，办结905件。", "905件", ""),
        ("编印普法读本1400册，发出1210册。", "1210册", "outreach_materials"),
        (
            "综治中心受理诉求214宗，其中矛盾纠纷191宗、信访事项23宗；调解成功188宗。",
            "188宗",
            "mediated_disputes",
        ),
        ("法律培训3期，其中条例专题1期，共计270人次。", "270人次", "law_training_audience"),
        ("立案63件，其中市容环境类38件、生态环境类9件，罚款8万元。", "8万元", "penalty_amount"),
        (
            "立案63件，其中市容环境类38件、生态环境类9件，罚款8万元。",
            "38件",
            "penalty_cases_city_appearance",
        ),
        ("行政许可：受理301件，办结301件。", "301件", "admin_licences_issued"),
        ("现有法治文化阵地11处，新建法治广场2处、法治长廊3处。", "11处", "legal_culture_sites"),
        ("国家级民主法治村1个、市级4个。", "4个", "municipal_rule_of_law_villages"),
        ("普法大集轮番登场，全年举办58场。", "58场", "outreach_events"),
        ("召开专题会议5次，研究解决法治建设重点问题9项。", "5次", "rule_of_law_meetings"),
        ("处以3.1万元罚款。", "3.1万元", "penalty_amount"),
        ("将习近平法治思想纳入中心组学习内容，全年开展专题学习4次。", "4次", "law_study_sessions"),
        # plain speech
        ("领到执法证的11名。", "11名", "enforcement_officers_licensed"),
        ("抽评案卷55卷。", "55卷", "case_files_reviewed"),
        ("走访企业，带回企业诉求88条。", "88条", "firm_requests_collected"),
        ("村干部替群众跑腿代办516件。", "516件", "assisted_applications"),
        ("查出安全隐患72处，改掉70处。", "70处", "hazards_rectified"),
        ("调解务工欠薪19件。", "19件", "wage_dispute_cases"),
        ("12345热线转来的单子47个，办完46个。", "47个", "hotline_requests_handled"),
        ("普法折页发出去3100张。", "3100张", "outreach_leaflets"),
        ("“法律明白人”队伍壮大到88名。", "88名", "rural_legal_guides"),
        ("干部学法考试参测率100%。", "100%", "law_exam_participation_rate"),
        ("走简易程序的31件，走普通程序的8件。", "8件", "penalty_cases_ordinary"),
        ("检查各类主体820户次。", "820户次", "admin_inspections"),
        ("登记群众信访61件次，其中来信5封、来访17批次。", "61件次", "petitions_handled"),
        ("登记群众信访61件次，其中来信5封、来访17批次。", "5封", "petition_letters"),
        ("接待来访44批、网上信访26件。", "26件", "petitions_online"),
        ("公众号“墨溪先声”发布310条。", "310条", "new_media_items_published"),
        ("跟县水利局、派出所联合执法6次。", "6次", "joint_enforcement_actions"),
        ("组织学法考试，应考91人，实考90人。", "91人", ""),
        ("组织学法考试，应考91人，实考90人。", "90人", "officials_law_exam_participants"),
        ("年终由13名镇领导干部挨个述法。", "13名", "law_duty_reports"),
        ("综合执法队执法人员编内5人。", "5人", "enforcement_staff"),
        ("赋权执法事项眼下实际行使的是58项。", "58项", "enforcement_items_exercised"),
        ("合同协议过审49份。", "49份", "contracts_reviewed"),
        ("组织执法业务学习培训4场。", "4场", "law_training_events"),
        ("5项重大行政决策全部经过合法性审查。", "5项", "major_decisions_reviewed"),
        ("党委、政府先后4次专题听取法治建设汇报。", "4次", "rule_of_law_meetings"),
        ("替老人代办手续133件。", "133件", "assisted_applications"),
        ("行政处罚案件31件，罚了4.2万元。", "4.2万元", "penalty_amount"),
        ("综合执法队13人，其中11人有执法证。", "11人", "enforcement_officers_licensed"),
        ("下整改单27张。", "27张", "rectification_orders_issued"),
        ("帮农民工讨薪13起。", "13起", "wage_dispute_cases"),
        ("7人考过了执法资格考试。", "7人", "enforcement_exam_passers"),
        ("学法考试66人参加，没考过的1人。", "1人", ""),
        ("今年新考下执法证3人。", "3人", "enforcement_officers_added"),
        ("啃下信访“硬骨头”3件。", "3件", "legacy_issues_resolved"),
        ("接受法治督察2次。", "2次", "rule_of_law_inspections"),
        ("班子学法坐下来学了7次。", "7次", "law_study_sessions"),
        ("执法队13人，拿到证的11人。", "11人", "enforcement_officers_licensed"),
        ("热线工单量从上年的710件降到590件。", "590件", "hotline_requests_handled"),
        ("全年检查企业240家次，发现问题61个。", "61个", ""),
        ("走访企业240家次，发现企业问题61个。", "61个", "firm_requests_collected"),
        ("县司法局来镇里抽查案卷18卷；镇里评查案卷40卷。", "40卷", "case_files_reviewed"),
        ("县司法局来镇里抽查案卷18卷；镇里评查案卷40卷。", "18卷", ""),
        ("普法小分队下村普法，讲了21场。", "21场", "outreach_events"),
        ("中心组学法5次，会前学法9次，共计14次。", "14次", "law_study_sessions"),
        ("接待来访群众41批97人次。", "41批", "petition_visits"),
        ("组织“法律明白人”培训2期，共88人次。", "88人次", "law_training_audience"),
        ("政务服务事项“一网通办”率达到88%。", "88%", "online_application_rate"),
        ("12345来电530件，办结529件。", "530件", "hotline_requests_handled"),
        ("综合执法队协管力量另有6人。", "6人", "enforcement_auxiliaries"),
        (
            "从领域看，立案查处市容环卫案件30起，大气污染防治12起。",
            "30起",
            "penalty_cases_city_appearance",
        ),
    ],
)
def test_an_indicator_is_given_where_the_sentence_says_it(
    sentence: str, quote: str, wanted: str
) -> None:
    assert " ".join(figure(sentence, quote).indicators) == wanted


def test_a_value_of_the_year_before_without_a_noun_is_that_of_what_follows() -> None:
    text = (
        "墨溪镇2031年法治政府建设年度报告\n\n一、主要举措和成效\n\n"
        "较2030年的96宗减少5宗，全年查处行政处罚案件91宗。"
    )
    earlier = match_text(text, 2031).earlier
    assert earlier == {text.index("96宗"): "penalty_cases"}


@pytest.mark.parametrize(
    ("sentence", "coverage"),
    [
        ("县局全年办理行政处罚案件186件。", "whole"),
        ("县市场监管局开展双随机抽查16批次。", "whole"),
        ("县公安局全年查处案件90件。", "elsewhere"),
    ],
)
def test_a_bureau_is_no_other_office_in_its_own_report(sentence: str, coverage: str) -> None:
    head = "墨溪县市场监督管理局2025年法治政府建设年度报告\n一、主要举措和成效\n"
    (read,) = [f for f in scan(head + sentence, year=2025) if f.is_data]
    assert read.coverage == coverage
