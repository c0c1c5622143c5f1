"""What the words around a figure say against taking it for an indicator's value.

Belongs here: telling a plan, a change, an earlier year's, another office's, a shortcoming or a part from
what the year came to. Does not belong here: cutting out the words (``setting``), or a part of another
figure (其中…), which is told by the figures beside it.

In the words of a figure ▢ stands for the figure itself.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

_CHANGE = re.compile(
    r"(?:同比|环比|较|比|与)[^，。；,;▢]{0,14}(?:增|升|降|减|提|下|上|多|少|扩|缩|涨|高|低|翻|回落|持平)[^，。；,;▢至到为达]{0,4}▢"
    r"|(?:增长|下降|上升|降低|提升|提高|减少|增加|增幅|降幅|上涨|回落|压减|压缩|缩短|翻|净增|增|降)(?:率)?(?:了|近|约|超|超过|逾|达)?▢"
    r"|(?:同比|环比)[^，。；,;]{0,6}▢"
)
_LEVEL = re.compile(r"(?:至|到|为|达)▢")
_PAST = re.compile(
    r"(?:上年|去年|上一年|前年|同期|上年度)[^，。；,;▢]{0,8}▢"
    r"|(?:由[^，。；,;▢]{0,6}|从[^，。；,;▢]{0,12})▢[^，。；,;▢]{0,6}(?:[至到增升降减提调扩压缩变]|上升|下降|跃|$)"
)
# Last year's figures told at length: the clause that opens the passage says so.
_PAST_PASSAGE = re.compile(
    r"(?:^|[，；;。\n])\s*(?:去年|上年|前年|上一年)(?!度?相比|同期)[^较比增减升降▢]*[^▢]*▢"
)
# A figure of a year that is named before it (2022年行政处罚案件88宗, as the columns of a table of two
# years are read); since a year, or from one to another, is no such year.
_NAMED_YEAR = re.compile(
    r"(?<![\d至到—－~\-])(20\d\d)年度?(?!\s*(?:[以—－~\-至到起]|[底末]?前|\d{1,2}月))(?=[^▢]*▢)"
)
_TITLES = re.compile(r"《[^》]*》|“[^”]*”")
# Another office's figures: the clause that opens the passage names it.
_OTHER_OFFICE = re.compile(
    r"(?:^|[，；;。、\n\s])(?:上级[^，。；▢]{0,6}|全[市县省](?=共|累计|各|核实|办理|受理|立案|开展)|[县市省](?:政府|纪委|人民法院|法院|检察院|公安局|人大|司法局)"
    r"|[县市省区][一-鿿]{2,8}局(?:驻[一-鿿]{1,4}分局)?|派出所|人民法院|法院|检察院)(?:全年|共|累计|监委)*"
    r"(?=受理|立案|办理|处罚|判处|查处|调处|开展|审结|来镇|罚)"
)
_PLAN = re.compile(
    r"下一年|来年|正在(?:创建|申报|建设)|力争|争取(?:达|实现|完成|突破|在|到|于)|计划(?!生育)|拟(?:定|于|将|新)|预计|目标|明年|将(?:新|建|完|开|组|实)|到20\d\d年|达到?以上目标|确保"
)
_BY_A_YEAR = re.compile(r"(?:^|[，。；;\n])\s*到20\d\d年(?:底|末)?，$")
# A section on what was not good names cases, not what the year came to; 坚持问题导向 heads no such section.
_FAULT = "(?:问题|不足|困难|短板|弱项|差距)"
_SHORTCOMING_HEADING = re.compile(
    rf"存在的?[^，。；]{{0,6}}{_FAULT}|{_FAULT}(?:和|与|及|以及|、)?[^，。；]{{0,3}}(?:{_FAULT}|挑战|原因)"
    rf"|^(?!.*(?:解决|破解|化解|整治|治理|攻坚|聚焦|针对|围绕|回应|补|克服|导向)).*{_FAULT}(?:之处|弱项)?\s*$"
)
_PLAN_HEADING = re.compile(
    r"下一步|计划|打算|思路|工作安排|工作重点|展望|努力方向|改进(?:措施|方向)|明年|目标任务"
)
# What was counted at one occasion, or in a part of the year, until words of the whole year follow.
_OCCASION = re.compile(
    r"(?<!报告)(?<!年)(?<!年度)(?<!任期)(?:期间|当天|当日|来临之际)[，,]?"
    r"|(?:[日周月节]|[日周月节]”)(?:活动)?(?:为契机|之际)[，,]?"
    r"|(?P<season>(?<![每前个])第?[一二三四1-4]季度|[上下]半年)[，,]?"
    r"|(?<![\d至到截—－~\-前])\d{1,2}月(?:份|\d{1,2}日)?(?![\d至到—－~\-以底末前])"
)
# A day up to which is counted is no occasion (截至12月31日).
_UNTIL = re.compile(r"(?:截[至止]|[至到])(?:于|20\d\d年)*$")
_COMMA = re.compile(r"[，,]")
_WHOLE_YEAR = re.compile(r"全年|累计|共计|合计|总计|年内|一年来|今年以来")
# What was to be reached, told beside what was (下达培养任务60名，已完成64名).
_TARGET = re.compile(
    r"(?:下达|分配|分解|布置)[^，,。；;▢]{0,14}(?:任务|指标|计划)[^，,。；;▢]{0,4}▢"
    r"|^(?![^▢]*完成)[^▢]*(?:任务|指标|计划)(?:数|量)?(?:为|是|有)?▢"
)
# Some of many, or not even that (个别村全年只开展1次), left out (除2人病假外全部参考), or how
# often something is to happen (每两月1次).
_SOME = re.compile(
    r"(?:个别|(?<![现拥所原持应具享占没])有的|有些|少数(?!民族)|(?<!干)部分|某些|某个)[^，,。；;▢]{0,14}▢"
    r"|(?<!平均)每(?:[一两二三]?个?[月周]|季度?|半年)[^，,。；;▢]{0,4}▢"
    r"|(?<![拆清消解扣免开排])除(?:了|去)?[^，,。；;▢]{0,8}▢[^，,。；;▢]{0,14}外"
)


class Place(NamedTuple):
    """What of a figure its surroundings depend on; offsets are code points, the end exclusive."""

    start: int
    end: int
    kind: str
    unit: str | None


class Around(NamedTuple):
    """The words around a figure that tell its role.

    ``section`` is the outermost heading above it, ``before`` the clause before its own, ``clause`` what
    stands before it in its own; ``own`` and ``near`` are those of its Setting.
    """

    section: str
    before: str
    clause: str
    own: str
    near: str


def role_of(around: Around, year: int | None) -> str | None:
    """The reason code that bars an indicator, or None. ``year`` is the report's, if it says so."""
    own, near = around.own, around.near
    planned = is_plan(around.clause, around.section) or _BY_A_YEAR.search(around.before)
    if planned or _TARGET.search(own):
        return "plan"
    if _OTHER_OFFICE.search(near):
        return "other_office"
    if _CHANGE.search(own) and not _LEVEL.search(own):
        return "change"
    if _PAST.search(own) or _PAST_PASSAGE.search(near):
        return "past_value"
    named = _NAMED_YEAR.findall(_TITLES.sub("", near)) if year else []
    if named and year and int(named[-1]) < year:
        return "past_value"
    if _SHORTCOMING_HEADING.search(around.section):
        return "shortcoming"
    return "part_of_whole" if _SOME.search(own) else None


def is_plan(clause: str, section: str) -> bool:
    """Whether a clause, or the heading above it, speaks of what is still to come."""
    return bool(_PLAN.search(clause) or _PLAN_HEADING.search(section))


def gives_level(own: str) -> bool:
    """Whether a figure is what something rose or fell to (降至26宗)."""
    return bool(_LEVEL.search(own))


def at_one_occasion(text: str, start: int, places: Sequence[Place], index: int) -> bool:
    """Whether the words from ``start`` to a figure say that it counts one occasion only.

    What is counted in the clause that names the occasion, and what is told after that in one breath.
    """
    end = places[index].start
    if _OCCASION.search(text, start, end) is None:
        return False
    start = max(start, *(text.rfind(mark, start, end) + 1 for mark in "；;"))
    last = next(iter(deque(_OCCASION.finditer(text, start, end), maxlen=1)), None)
    if last is None or _WHOLE_YEAR.search(text, last.end(), end):
        return False
    if _UNTIL.search(text[max(start, last.start() - 8) : last.start()]):
        return False
    first = index
    while first and places[first - 1].start >= last.end():
        first -= 1
    commas = len(_COMMA.findall(text, last.end(), places[first].start))
    return commas <= (1 if last["season"] else 0)
