"""A report is archived when it is the one it is filed as, and whole, or somebody says why. Made up."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from shenwan_data.errors import UsageError
from shenwan_data.report.archive import add_report, read_reports
from shenwan_data.report.completeness import Other, problems_of, unanswered

NAMES = {"test": "测试镇", "other": "三乡镇", "long": "某某街道"}
REAL = Path(__file__).resolve().parents[3] / "data"


def report(year: int = 2021, town: str = "测试镇", step: int = 0) -> str:
    """A made-up report of twenty figures; ``step`` makes them others."""
    said = "".join(
        f"（{number}）全年办理第{number}类行政处罚案件{37 * number + step}宗，罚没款{number + step}.5万元。\n"
        for number in range(1, 11)
    )
    return (
        f"{town}{year}年法治政府建设年度报告\n发布日期：{year + 1}-01-15\n"
        f"{year}年，{town}坚持依法行政。\n{said}{town}人民政府\n{year + 1}年1月10日\n"
    )


def codes(text: str, year: int = 2021, area: str = "test", *others: Other) -> list[str]:
    found = problems_of(text, area=area, year=year, others=others, names=NAMES)
    assert all(problem.message.zh and problem.message.en for problem in found)
    return [problem.code for problem in found]


def test_a_whole_report_has_no_problem() -> None:
    assert codes(report()) == []
    assert codes(report(2021, step=1), 2021, "test", Other("test", 2020, report(2020))) == []
    assert unanswered(read_reports(REAL)) == ()


@pytest.mark.parametrize(
    ("title", "area", "wrong"),
    [
        ("三乡镇2021年法治政府建设年度报告", "test", True),
        ("中山市三乡镇2021年法治政府建设年度报告", "test", True),
        ("石岐街道办事处2021年法治政府建设年度报告", "test", True),
        ("测试镇2021年法治政府建设年度报告", "other", True),
        ("测试镇2021年法治政府建设年度报告", "unregistered", True),
        ("某某市测试镇人民政府关于2021年法治政府建设情况的报告", "test", False),
        ("测试2021年法治政府建设年度报告", "test", False),
        ("2021年法治政府建设年度报告", "test", False),
        ("关于2021年乡镇法治政府建设情况的报告", "test", False),
        ("我镇2021年法治政府建设工作总结", "test", False),
        ("某镇2021年法治政府建设年度报告", "unregistered", False),
    ],
)
def test_the_town_in_the_title_is_the_area(title: str, area: str, wrong: bool) -> None:
    text = report().replace("测试镇2021年法治政府建设年度报告", title)
    assert codes(text, area=area) == (["other_area"] if wrong else [])


def test_the_text_of_another_year_under_this_years_title() -> None:
    last = Other("test", 2020, report(2020))
    renamed = report(2020).replace("测试镇2020年法治", "测试镇2021年法治")
    assert codes(renamed, 2021, "test", last) == ["text_of_another_year"]
    assert codes(report(2021), 2021, "test", last) == ["text_of_another_year"]
    assert codes(report(2020), 2020, "test", Other("test", 2021, report(2021))) == [
        "text_of_another_year"
    ]


def test_the_same_text_twice() -> None:
    assert codes(report(), 2021, "test", Other("other", 2021, report())) == ["same_text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("测试镇2021年法治政府建设年度报告\n正文如下", ["no_sentence", "no_figure"]),
        ("测试镇2021年法治政府建设年度报告\n测试镇坚持依法行政。", ["no_figure"]),
        ("全年处罚87宗。", ["no_title"]),
        ("全年办理行政处罚案件87宗，罚没款12.5万元的报告已经完成。\n罚款5万元。", ["no_title"]),
        ("您没有权限访问该页面，请登录。", ["error_page"]),
        ("502 Bad Gateway nginx", ["error_page"]),
        ("x", ["no_title", "no_sentence", "no_figure"]),
    ],
)
def test_what_is_no_report(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("end", "broken"),
    [
        ("全年共办理行政处罚案", True),
        ("全年共办理行政处罚案件87宗，罚没款", True),
        ("四、下一步工作", True),
        ("（二）加强监督，提高", True),
        ("全部完成。\n测试镇人民政府\n2022年1月10日", False),
        ("全部完成。\n附件：1.统计表\n2.名单", False),
        ("全部完成。\n（此件公开发布）", False),
        ("全部完成。\n联系人：某某 电话：0000", False),
        ("全部完成。\n主办：测试镇 粤ICP备00000000号", False),
        ("取得“三个到位”", False),
    ],
)
def test_a_text_that_breaks_off(end: str, broken: bool) -> None:
    text = f"测试镇2021年法治政府建设年度报告\n全年处罚87宗。\n{end}\n"
    assert codes(text) == (["breaks_off"] if broken else [])


def test_a_text_that_stands_twice_in_one_file() -> None:
    whole = report()
    assert codes(whole + whole.split("\n", 1)[1]) == ["twice_over"]
    # A few set phrases may come back.
    assert codes(whole.replace("人民政府\n", "坚持依法行政，成效明显。\n" * 3)) == []


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("测试镇2021年政府信息公开工作年度报告", ["other_kind"]),
        ("测试镇2021年政府工作报告", ["other_kind"]),
        ("测试镇2021年安全生产工作总结", ["other_kind"]),
        ("测试镇2021年法治政府建设暨政府信息公开工作报告", []),
        ("测试镇2021年推进依法行政工作情况的报告", []),
    ],
)
def test_another_kind_of_report_is_not_taken_for_this_one(title: str, found: list[str]) -> None:
    assert codes(report().replace("测试镇2021年法治政府建设年度报告", title)) == found


@pytest.mark.parametrize("line", ["1", "1,", "二", "二1", "1万", "1 ", "一"])
def test_a_line_without_end_is_looked_through(line: str) -> None:
    # Twice as long took four times as long, and 20,000 digits longer than anybody waits.
    assert "no_sentence" in codes(line * 100_000)
    assert "no_sentence" in codes("1" + " " * 100_000)


def test_far_fewer_figures_than_the_year_before() -> None:
    short = "测试镇2021年法治政府建设年度报告\n全年处罚7宗，调解9宗。\n"
    assert codes(short, 2021, "test", Other("test", 2020, report(2020))) == ["far_fewer_figures"]
    assert codes(short, 2021, "test", Other("other", 2020, report(2020))) == []


def test_add_stops_and_goes_on_with_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("测试镇2021年法治政府建设年度报告\n测试镇坚持依法行政。\n", "utf-8")
    with pytest.raises(UsageError, match="no number with a unit") as caught:
        add_report(file, year=2021, area="test", data_dir=tmp_path / "data")
    assert "--anyway" in caught.value.remedy.zh and not (tmp_path / "data").exists()
    added = add_report(
        file, year=2021, area="test", data_dir=tmp_path / "data", anyway="原件即无数字，已核对"
    )
    record = yaml.safe_load(added.path.with_suffix(".yaml").read_text("utf-8"))
    assert record["anyway"] == "原件即无数字，已核对"
    assert unanswered(read_reports(tmp_path / "data")) == ()
    added.path.with_suffix(".yaml").unlink()
    found = unanswered(read_reports(tmp_path / "data"))
    assert [(one.report.id, one.problem.code) for one in found] == [("test-2021", "no_figure")]


def test_a_reason_that_is_not_needed_is_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(report(), "utf-8")
    added = add_report(file, year=2021, area="test", data_dir=tmp_path / "data", anyway="无")
    assert "anyway" not in added.path.with_suffix(".yaml").read_text("utf-8")


def test_add_compares_with_the_archive(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(report(2020), "utf-8")
    add_report(file, year=2020, area="test", data_dir=tmp_path / "data")
    with pytest.raises(UsageError, match="the text is that of test-2020"):
        add_report(file, year=2020, area="twin", data_dir=tmp_path / "data")
    file.write_text(report(2020).replace("测试镇2020年法治", "测试镇2021年法治"), "utf-8")
    with pytest.raises(UsageError, match="most figures or sentences are those of test-2020"):
        add_report(file, year=2021, area="test", data_dir=tmp_path / "data")
