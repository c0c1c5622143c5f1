"""Nobody can be found through a figure: numbers and names of persons are seen and can be masked."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from shenwan_data.report.archive import add_report, read_report
from shenwan_data.report.privacy import find_personal_data, mask
from shenwan_data.report.structure import structure

REAL = Path(__file__).resolve().parents[3] / "data" / "reports" / "2022" / "shenwan.txt"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("当事人身份证号11010119900307123X，罚款200元。", "identity_number"),
        ("联系人手机13800138000，咨询5次。", "mobile_number"),
        ("依法对当事人李建国，罚款5000元。", "named_party"),
        ("调解王某某与邻居相邻纠纷1宗。", "masked_party"),
        ("身份证号44200019900101 1234，罚款200元。", "identity_number"),
        ("身份证号４４２００１１９９００１０１１２３４，罚款200元。", "identity_number"),
        ("身份证44200119900101****，罚款200元。", "identity_number"),
        ("电话138 0013 8000，咨询5次。", "mobile_number"),
        ("法人代表吴国平的公司被罚款3万元。", "named_party"),
        ("犯罪嫌疑人欧阳明，涉案金额30万元。", "named_party"),
        ("村民黄志强反映的道路问题已办结，投入12万元。", "named_resident"),
        ("诉讼案件：刘建华诉镇人民政府行政处罚案，涉及2万元。", "named_plaintiff"),
    ],
)
def test_a_person_beside_a_figure_is_seen(text: str, rule: str) -> None:
    places = find_personal_data(text, [(0, len(text))])
    assert rule in [place.rule for place in places]


@pytest.mark.parametrize(
    "text",
    [
        "服务热线12345，电话0760-88888888，办理案件142宗。",
        "当事人满意率100%，申请人撤回2宗，被申请人为镇政府的复议案件3宗。",
        "统一社会信用代码914420001234567890对应企业1家。",
        "受理申请人于本年度提出的申请30件。",
        "支出金额13912345678元，人口13800138000人。",
        "群众于周末来访9次，村民高度称赞，居民严重投诉3件，业主方某些投诉2件。",
        "代理诉讼：林业局诉某公司案1宗，村委诉求12件。",
    ],
)
def test_offices_numbers_and_roles_are_no_personal_data(text: str) -> None:
    assert find_personal_data(text, [(0, len(text))]) == ()


def test_a_name_counts_only_where_it_is_published_beside_a_figure() -> None:
    text = "被告人张伟，已判决。\n全年结案9宗。\n"
    start = text.index("全年")
    assert find_personal_data(text, [(start, len(text))]) == ()
    assert find_personal_data(text, [(0, len(text))])


def test_the_real_report_names_nobody() -> None:
    text = REAL.read_text("utf-8")
    sentences = [structure(text).sentence_at(offset) for offset in range(0, len(text), 20)]
    assert find_personal_data(text, sentences) == ()


def test_masking_keeps_every_offset_and_is_recorded_beside_the_report(tmp_path: Path) -> None:
    text = "测试镇2022年法治政府建设年度报告\n当事人李建国，罚款5000元。\n"
    file = tmp_path / "a.txt"
    file.write_text(text, "utf-8")
    path = add_report(file, year=2022, area="test", data_dir=tmp_path / "data").path
    start = text.index("李建国")
    record = path.with_suffix(".yaml")
    entries = yaml.safe_load(record.read_text("utf-8"))
    record.write_text(yaml.safe_dump(entries | {"mask": [[start, start + 3]]}), "utf-8")
    masked = read_report(path).text
    assert masked == text.replace("李建国", "■■■") == mask(text, [(start, start + 3)])
    assert find_personal_data(masked, [(0, len(masked))]) == ()
