"""What a report says of itself: title, year, day of publication. All texts are made up."""

from __future__ import annotations

from datetime import date

import pytest

from shenwan_data.report.title import find_published, find_title, first_line, stated_years, years_in

BODY = "\n\n　　现将有关情况报告如下。按《法治政府建设实施纲要（2021-2025年）》推进。\n"


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("测试镇2022年法治政府建设年度报告", 2022),
        ("测试镇２０２２年法治政府建设年度报告", 2022),
        ("测试镇二〇二二年法治政府建设情况的报告", 2022),
        ("测试镇二○二二年度依法行政工作总结", 2022),
        ("测试镇二零二二年法治政府建设工作报告", 2022),
        ("测试街道关于2022年度法治政府建设情况的报告", 2022),
        ("测试镇法治政府建设2022年度报告", 2022),
        ("测试镇法治政府建设工作报告（2022年度）", 2022),
        ("测试镇2022年法治政府建设工作总结及2023年工作计划", 2022),
    ],
)
def test_the_year_of_the_title_is_the_year_of_the_report(title: str, year: int) -> None:
    text = f"网站首页\n政府工作报告2020年\n\n{title}\n发布日期：2023-02-15" + BODY
    assert find_title(text) == title
    assert stated_years(text) == (year,)


def test_a_title_broken_over_two_lines_is_one() -> None:
    text = "测试镇2022年法治政府建设\n年度报告" + BODY
    assert find_title(text) == "测试镇2022年法治政府建设年度报告"


@pytest.mark.parametrize("between", ["\t", "\x01", "\x1b"])
def test_a_title_is_one_line_of_text(between: str) -> None:
    text = f"测试镇{between}2022年法治政府建设年度报告" + BODY
    assert find_title(text) == first_line(text) == "测试镇 2022年法治政府建设年度报告"


def test_a_heading_or_an_opening_phrase_is_no_title() -> None:
    assert find_title("一、2022年法治政府建设情况\n2022年工作情况如下：" + BODY) is None


@pytest.mark.parametrize(
    ("opening", "years"),
    [
        ("2022年，测试镇坚持依法行政。", (2022,)),
        ("　　二〇二二年，我镇坚持依法行政。", (2022,)),
        ("现将测试镇2022年法治政府建设情况报告如下。", (2022,)),
        ("按《2021年工作要点》，推进工作。", ()),
        ("2019年以来，测试镇坚持依法行政。", ()),
        ("2023年2月15日，测试镇召开会议。", ()),
        ("在2021-2025年规划期内，测试镇坚持依法行政。", ()),
        ("测试镇坚持依法行政。", ()),
    ],
)
def test_without_a_year_in_the_title_the_opening_says_it(
    opening: str, years: tuple[int, ...]
) -> None:
    assert stated_years(f"法治政府建设年度报告\n发布时间：2023-02-15\n{opening}") == years


def test_years_of_a_line() -> None:
    assert years_in("2022年和2021年比，12022年不算，2022年3月不算") == (2022, 2021)


@pytest.mark.parametrize(
    "line",
    [
        "信息来源:本网 发布日期:2023-02-15 分享:",
        "发布时间：2023年2月15日　来源：本站",
        "成文日期：2023-01-10 发布日期：2023/2/15",
        "时间：2023.02.15",
        "【发布时间：2023-02-15 10:30】",
    ],
)
def test_the_day_of_publication_stands_in_the_line_of_origin(line: str) -> None:
    assert find_published(f"测试镇2022年报告\n{line}{BODY}") == date(2023, 2, 15)


def test_a_day_in_the_text_is_no_day_of_publication() -> None:
    assert find_published("测试镇2022年报告\n会议召开，时间：2023-02-15。") is None
    assert find_published("测试镇2022年报告\n发布日期：2023-02-31\n") is None
