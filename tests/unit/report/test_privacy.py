"""Persons in what is published: found, measured on made-up sentences, and masked."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from privacy_gold import measure, read_gold

from shenwan_data.config.records import sidecar_path
from shenwan_data.errors import DataError
from shenwan_data.indicators.corrections import read_corrections
from shenwan_data.report.archive import add_report, read_report
from shenwan_data.report.privacy import MASK, find_personal_data, mask

ROOT = Path(__file__).resolve().parents[3]
REAL = ROOT / "data" / "reports" / "2022" / "shenwan.txt"
# What the READMEs publish; the rules may do better, not worse.
FLOORS = {"names": (0.97, 0.97), "identifiers": (0.97, 0.97)}


@pytest.mark.parametrize(("file", "least"), [("names.txt", 60), ("identifiers.tsv", 120)])
def test_measured_on_sentences_that_the_rules_were_not_written_with(file: str, least: int) -> None:
    what, _, ending = file.partition(".")
    score = measure(read_gold(f"{what}-measurement.{ending}"), names=what == "names")
    precision, recall = FLOORS[what]
    assert score.sentences >= least
    assert score.precision >= precision, score.wrong
    assert score.recall >= recall, score.missed


@pytest.mark.parametrize("file", ["names.txt", "identifiers.tsv"])
def test_every_sentence_that_the_rules_were_written_with_is_right(file: str) -> None:
    what, _, ending = file.partition(".")
    score = measure(read_gold(f"{what}-development.{ending}"), names=what == "names")
    assert (score.wrong, score.missed) == ((), ())


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
@pytest.mark.parametrize("file", ["names.txt", "identifiers.tsv"])
def test_the_readmes_publish_what_is_measured(readme: str, file: str) -> None:
    what, _, ending = file.partition(".")
    score = measure(read_gold(f"{what}-measurement.{ending}"), names=what == "names")
    figures = f"{score.sentences} | {score.precision:.2f} | {score.recall:.2f} |"
    assert figures in (ROOT / readme).read_text("utf-8")


def test_the_halves_share_no_sentence() -> None:
    for what in ("names-{}.txt", "identifiers-{}.tsv"):
        seen, unseen = (
            {sentence.text for sentence in read_gold(what.format(half))}
            for half in ("development", "measurement")
        )
        assert not seen & unseen


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("身份证号４４２００１１９９００１０１１２３４，罚款200元。", "identity_number"),
        ("电话138\u200b0013\u200b8000，咨询5次。", "mobile_number"),
        ("手机138\u00a00013\u00a08000。", "mobile_number"),
        ("对当事人李\u200b建国罚款5000元。", "name"),
        ("调解王某某与邻居相邻纠纷1宗。", "masked_name"),
    ],
)
def test_full_width_and_invisible_signs_hide_nothing(text: str, rule: str) -> None:
    (place,) = find_personal_data(text)
    assert place.rule == rule
    assert not re.search("[\u200b]$", text[place.start : place.end])


def test_a_name_counts_wherever_it_stands_because_the_whole_text_is_published() -> None:
    text = "村民陈建国与邻居发生纠纷。\n经查，陈建国多次搭建。\n"
    assert [text[place.start : place.end] for place in find_personal_data(text)] == ["陈建国"] * 2


def test_holders_of_public_office_and_authors_are_no_parties() -> None:
    for text in (
        "镇长王丽华主持会议6次。",
        "党委书记陈志刚、镇长王丽华带队检查12次。",
        "学习习近平法治思想、王利明《民法总则研究》。",
    ):
        assert find_personal_data(text) == ()


def test_the_office_number_behind_a_party_is_his_and_elsewhere_the_office_s() -> None:
    assert find_personal_data("司法所（电话0760-86603348）") == ()
    text = "当事人李小明（电话0760-86603348）"
    assert [place.rule for place in find_personal_data(text)] == ["name", "landline"]


def test_the_real_report_names_nobody() -> None:
    assert find_personal_data(REAL.read_text("utf-8")) == ()


@given(st.text("当事人李小明王某村民与因诉被罚138 0013800-０x*×（）：，。\n\u200b"))
def test_places_lie_in_the_text_in_order_and_apart(text: str) -> None:
    places = find_personal_data(text)
    edges = [edge for place in places for edge in (place.start, place.end)]
    assert edges == sorted(edges) and all(0 <= edge <= len(text) for edge in edges)
    assert all(place.start < place.end for place in places)


TEXT = "测试镇2022年法治政府建设年度报告\n对当事人李建国罚款5000元，全年结案9宗。\n"
START = TEXT.index("李建国")


def archived(tmp_path: Path, **changed: object) -> Path:
    """A report in an archive of its own, with changes to its record."""
    file = tmp_path / "a.txt"
    file.write_text(TEXT, "utf-8")
    data = tmp_path / "data"
    folder = data / "reports" / "2022"
    if not folder.exists():
        add_report(file, year=2022, area="test", data_dir=data)
    record = folder / "test.yaml"
    entries = yaml.safe_load(record.read_text("utf-8")) | changed
    record.write_text(yaml.safe_dump(entries, allow_unicode=True), "utf-8")
    return folder / "test.txt"


def test_masking_keeps_every_offset_and_only_the_hash_of_the_masked_text(tmp_path: Path) -> None:
    plain = read_report(archived(tmp_path))
    assert plain.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    report = read_report(archived(tmp_path, mask=[[START, START + 3]]))
    assert report.text == TEXT.replace("李建国", MASK * 3)
    assert find_personal_data(report.text) == ()
    masked = hashlib.sha256(report.text.encode()).hexdigest()
    assert (report.sha256, report.text_sha256) == (masked, masked)


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([[START, len(TEXT) + 1]], "beyond the text"),
        ([[5000, 5010]], "beyond the text"),
        ([[START, START + 3], [START, START + 3]], "given twice"),
        ([[START, START + 3], [START + 2, START + 5]], "overlaps"),
        ([[0, len(TEXT) // 2 + 1]], "more than half"),
        ([[at, at + 2] for at in range(0, len(TEXT) - 2, 3)], "more than half"),
    ],
)
def test_a_mask_that_does_not_fit_the_text_is_an_error(
    spans: list[list[int]], said: str, tmp_path: Path
) -> None:
    path = archived(tmp_path, mask=spans)
    with pytest.raises(DataError, match=said) as caught:
        read_report(path)
    assert "test.yaml" in str(caught.value) and "李建国" not in str(caught.value)


@pytest.mark.parametrize("span", [(3, 3), (5, 2), (-4, 2)])
def test_a_mask_that_is_empty_or_reversed_is_an_error(span: tuple[int, int]) -> None:
    with pytest.raises(DataError, match="starts before it ends"):
        mask(TEXT, [span], Path("test.yaml"))


def test_masks_that_touch_are_two_passages() -> None:
    assert mask("一二三四五六七八", [(2, 4), (0, 2)], Path("a.yaml")) == MASK * 4 + "五六七八"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("note", "村民陈建国来电要求删除"),
        ("title", "关于对当事人李小明处罚的年度报告"),
        ("publisher", "网格员王丽华"),
        ("origin", "由手机13800138000发来"),
    ],
)
def test_the_record_beside_a_report_is_looked_at_as_well(
    key: str, said: str, tmp_path: Path
) -> None:
    span = [[START, START + 3]]
    assert read_report(archived(tmp_path, mask=span, note="原文有笔误"))
    with pytest.raises(DataError, match=f"{key} holds personal data") as caught:
        read_report(archived(tmp_path, mask=span, **{key: said}))
    assert not any(name in str(caught.value) for name in ("陈建国", "李小明", "王丽华", "1380"))


def test_a_report_whose_title_names_a_person_is_archived_without_that_title(
    tmp_path: Path,
) -> None:
    file = tmp_path / "b.txt"
    file.write_text("对当事人李小明处罚的2022年度报告\n全年结案9宗，罚款3万元。\n", "utf-8")
    with pytest.raises(DataError, match="publisher holds personal data"):
        add_report(file, year=2022, area="b", data_dir=tmp_path, publisher="村民陈建国")
    report = add_report(file, year=2022, area="b", data_dir=tmp_path)
    assert "李小明" not in sidecar_path(report.path).read_text("utf-8")


def test_the_reason_of_a_correction_is_looked_at_as_well(tmp_path: Path) -> None:
    archived(tmp_path)
    folder = tmp_path / "data" / "corrections"
    folder.mkdir()
    entry = {
        "report": "test-2022", "quote": "5000元", "start": TEXT.index("5000"), "action": "drop",
        "who": "数据员", "when": "2023-03-01", "why": "已向执法办核实", "expect": {"value": 5000},
    }  # fmt: skip
    file = folder / "2022.yaml"

    def write(why: str) -> None:
        text = yaml.safe_dump([entry | {"why": why}], allow_unicode=True)
        file.write_text(text.replace("'2023-03-01'", "2023-03-01"), "utf-8")

    write("已向执法办核实")
    assert len(read_corrections(tmp_path / "data", 2022)) == 1
    write("当事人李建国来电更正")
    with pytest.raises(DataError, match="why holds personal data") as caught:
        read_corrections(tmp_path / "data", 2022)
    assert "entry 1" in str(caught.value) and "李建国" not in str(caught.value)
