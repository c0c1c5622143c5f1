"""A number is read whole wherever a line ends in it, and lines that end for a reason stay apart."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from shenwan_data.report.readers.breaks import join_broken, unwrap
from shenwan_data.report.readers.characters import readable
from shenwan_data.report.source import read_here


@pytest.mark.parametrize(
    "broken",
    [
        "全年处罚8|7宗。", "罚没款12.|5万元。", "罚没款12|.5万元。", "检查3,6|52次。", "成功率98.6|%。",
        "活动56|场次。", "资料1.2|万余份。", "资料3500|余份。", "共受理八十|七宗。", "共受理一百|四十二宗。",
        "培训３|５期。", "每年3至|5次。", "每年3|至5次。", "受理3—|5件。", "成功率百分之|九十八。",
        "办结率98|.66％。", "于2021年1|2月完成。", "全年处罚8|7 宗。", "同比增长-|1.8%。", "共有十|余家。",
    ],
)  # fmt: skip
def test_a_number_goes_on_in_the_next_line(broken: str) -> None:
    for mark in ("\n", "\n　　", " \n"):
        assert join_broken(broken.replace("|", mark)) == broken.replace("|", "")


@pytest.mark.parametrize(
    "lines",
    [
        "测试镇法治政府建设年度报告2021\n2021年，测试镇坚持依法行政。",
        "测试镇法治政府建设年度报告2021\n本镇坚持依法行政。",
        "发布日期：2022-01-15\n56场次普法活动。",
        "联系电话：0760-00000000\n3件。",
        "全年办理案件87\n2.加强监督。",
        "全年办理案件87\n（二）加强监督。",
        "全年办理案件87\n二、加强监督。",
        "全年办理案件87\n3 加强监督。",
        "行政处罚案件\t87\n12件。",
        "行政处罚案件  87\n12件。",
        "全年办理案件87宗。\n3件听证。",
        "87\n12.5",
        "主要问题之一\n二是执法力量不足。",
        "全年办理案件87\n\n3件听证。",
    ],
)
def test_lines_that_end_for_a_reason_stay_apart(lines: str) -> None:
    assert join_broken(lines) == lines


def test_a_text_file_broken_at_one_width_is_made_whole() -> None:
    paragraphs = [
        "　　"
        + f"（{sign}）全年办理行政处罚案件87宗，罚没款12.5万元，调解矛盾纠纷142宗，成功率98.6%，"
        * 3
        + "完成。"
        for sign in "一二三四"
    ]
    for width in (30, 41):
        wrapped = "\n".join(
            paragraph[start : start + width]
            for paragraph in paragraphs
            for start in range(0, len(paragraph), width)
        )
        assert unwrap("测试镇报告\n\n" + wrapped) == "\n".join(["测试镇报告", "", *paragraphs])
    listed = "\n".join(
        f"{number}.办理行政处罚案件87宗，罚没款12.5万元，调解142宗" for number in range(1, 8)
    )
    assert unwrap(listed) == listed
    assert unwrap("\n".join(paragraphs)) == "\n".join(paragraphs)


@pytest.mark.parametrize(
    "mark", "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f\u200e\u202c\u034f\u180e"
)
@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_what_has_no_width_parts_no_number(mark: str, name: str) -> None:
    said = f"全年处罚8{mark}7宗，罚没款1,{mark}600元。"
    content = said if name == "a.txt" else f"<html><body><p>{said}</p></body></html>"
    assert read_here(content.encode(), Path(name)).text == "全年处罚87宗，罚没款1,600元。"


def test_characters_are_those_a_reader_sees() -> None:
    assert readable("⼋⼗七宗、⼆⼗三名、⼀百四⼗⼆件") == "八十七宗、二十三名、一百四十二件"
    assert readable("⾏政\uf9b5，\U0001d7ee\U0001d7ef件") == "行政例，23件"
    assert readable("一\r\n二\r三\x0b四\x0c五\u2028六\x85七") == "一\n二\n三\n四\n五\n六\n七"


def test_many_lines_take_time_in_proportion() -> None:
    def took(times: int) -> float:
        text = "全年处罚8\n" + "7\n" * times
        start = time.process_time()
        join_broken(text)
        return time.process_time() - start

    assert took(40_000) < 20 * max(took(10_000), 0.01)
