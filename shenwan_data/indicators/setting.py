"""The words around a figure, cut to what belongs to it.

Belongs here: a figure's own words, the clause before, its sentence and headings, and what they say
about its role (a part, a change, last year's, a plan). Does not belong here: indicators.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shenwan_data.figures.figure import Figure
from shenwan_data.report.structure import CLAUSE_MARKS, Structure
from shenwan_data.report.title import stated_years

# No sentence is read further than this from its figure; a page without a full stop has no sentences.
_REACH = 600
# A row of figures passes its words on, but not without end.
_LONGEST_SHARED = 120
# Stands for the figure itself in its own words.
FIGURE = "▢"
_CLAUSE_END = re.compile(rf"[{re.escape(CLAUSE_MARKS)}]")
_LIST_MARK = re.compile(r"[、和及与]|以及")
# Words that name nothing: what is left of a clause without them is what it is about.
_EMPTY_WORDS = re.compile(
    r"[▢\s“”（()）、]|全年|本年度|今年|年内|一年来|截至目前|截至|目前|我[镇街区县局乡]|其中|共计|共有|共|累计|合计|总计|总数|总量"
    r"|分别|达到|达|为|约|有|均|各|已|了|的|计|数量|次数|人数|面积|金额|总|全|年|开展|完成|组织|实现|涉及|占|其|另"
)
# Between two figures: the second gives another measure of the same thing (24宗面积共96亩, 17宗涉148万元).
_SAME_THING = re.compile(
    r"(?:[，,、（(]|总?面积|建筑面积|占地|涉及|涉案|涉|总?金额|资金|价值|标的|共计|共|合计|总计|约|达|为)*"
)
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
# One number stands for several things: 审查率、发布率均达100%.
_SHARED = re.compile(r"(?:[均都皆]|全部|双双|同为|一律)[^，。；,;▢]{0,4}▢")
_MEAN = re.compile(r"(?:日均|月均|人均|年均|平均|户均|村均|每天|每月|每件|每案|案均|场均|均每)")
PLAN = re.compile(
    r"下一年|来年|正在(?:创建|申报|建设)|力争|争取(?:达|实现|完成|突破|在|到|于)|计划(?!生育)|拟(?:定|于|将|新)|预计|目标|明年|将(?:新|建|完|开|组|实)|到20\d\d年|达到?以上目标|确保"
)
_BY_A_YEAR = re.compile(r"(?:^|[，。；;\n])\s*到20\d\d年(?:底|末)?，$")
_SHORTCOMING_HEADING = re.compile(r"问题|不足|短板|弱项|困难")
PLAN_HEADING = re.compile(
    r"下一步|计划|打算|思路|工作安排|工作重点|展望|努力方向|改进(?:措施|方向)|明年|目标任务"
)
# A title says what a text is about, not what is counted beside it; a law's title still says that it is law.
_TITLE = re.compile(r"《[^》\n]{1,80}》")
_LAW = re.compile(r"(?:法|法典|条例|宪法|规定|办法)(?:[（(][^）)]*[）)])?$")
# Of a list that ends in 等 only what follows is counted (合同审查、法律咨询等专项服务6次).
_LISTED = re.compile(r"(?:、[^、，,。；;：:▢]{1,20})+等(?=[^，,。；;▢])")
# A topic in front of its clauses: 行政许可：办理54件; 矛盾纠纷方面，受理312件.
_TOPIC = re.compile(r"[^，,。；;：:！？!?\n▢]{2,20}(?:[：:]|(?:方面|工作中|工作上)[，,])")
# Where a figure has its noun behind it (13个调委会共受理纠纷), the verb that follows opens another's words.
_NEXT_PREDICATE = re.compile(
    r"(?<=[一-鿿])(?:[共均各]?(?:受理|办理|办结|接待|调解|调处|化解|开展|组织|举办|召开|发放|印发|派发|解答|查处|立案|出动|排查|检查|拆除|整改|培训|收集|解决)"
    r"|累计|共计|合计|全年)"
)
# What was counted at one occasion, or in a part of the year, until words of the whole year follow.
_OCCASION = re.compile(
    r"(?<!报告)(?<!年)(?<!年度)(?<!任期)(?:期间|当天|当日|来临之际)[，,]?"
    r"|(?:[日周月节]|[日周月节]”)(?:活动)?(?:为契机|之际)[，,]?"
    r"|(?P<season>(?<![每前个])第?[一二三四1-4]季度|[上下]半年"
    r"|(?<![\d至到截—－~\-前])\d{1,2}月(?:份|\d{1,2}日)?(?![\d至到—－~\-以底末前]))[，,]?"
)
_COMMA = re.compile(r"[，,]")
_WHOLE_YEAR = re.compile(r"全年|累计|共计|合计|总计|年内|一年来|今年以来")
# Some of many, or not even that (个别村全年只开展1次).
_SOME = re.compile(r"(?:个别|有的|有些|少数|部分|某些|某个)[^，,。；;▢]{0,14}▢")
# The same is counted again as a whole (新增示范村1个，累计达16个; 每村3名，全乡共33名).
_AGAIN = re.compile(r"累计|总数|总量|合计|共计|现有|共有|全[镇乡街县区市][^▢]{0,4}共|共▢|达到?▢")
_EACH_OR_NEW = re.compile(
    r"新增|新建|新培育|新培养|新评|新创建|新创|每个?[村社户人]区?|今年|本年度|当年"
)
_COUNTED_DOERS = frozenset(("个", "名", "人", "位", "家", "支"))
# What stands in brackets behind a figure divides it up.
_BRACKET = re.compile(r"[（(]")
_PART = re.compile(r"其中|包括|包含|涵盖|[（(](?![^（(）)]*[）)])")


@dataclass(frozen=True, slots=True)
class Setting:
    """The words around one figure.

    ``own`` is its clause cut at the figures beside it, with ``FIGURE`` in the figure's place;
    ``near`` the clause before and ``own``; ``context`` the sentence and the headings. ``part`` is
    the index of the figure it is a part of (其中…), or None. ``role`` is a reason code that bars an
    indicator (a change, last year's value, a plan), or None. ``shared`` says that one number
    stands for several things (均达100%).
    """

    figure: Figure
    own: str
    near: str
    context: str
    mean: bool
    shared: bool
    part: int | None
    role: str | None


def settings(text: str, figures: Sequence[Figure], structure: Structure) -> tuple[Setting, ...]:
    """The setting of every data figure among ``figures``, in text order."""
    data = [figure for figure in figures if figure.is_data]
    year = next(iter(stated_years(text)), None)
    found = [_setting(text, data, index, structure, year) for index in range(len(data))]
    return tuple(_share_words(text, data, found))


def _setting(
    text: str, data: Sequence[Figure], index: int, structure: Structure, year: int | None
) -> Setting:
    figure = data[index]
    sentence_start, sentence_end = structure.sentence_at(figure.start)
    sentence_start = max(sentence_start, figure.start - _REACH)
    sentence_end = min(sentence_end, figure.end + _REACH)
    clause_start = _last_mark(text, sentence_start, figure.start, data, index)
    match = _CLAUSE_END.search(text, figure.end, sentence_end)
    clause_end = match.start() if match else sentence_end
    left = clause_start
    previous = data[index - 1] if index else None
    # A rank's topic stands before the figures beside it (在全县13个乡镇中排名第二), unless they are ranks.
    beside = figure.kind != "rank" or (previous is not None and previous.kind == "rank")
    if previous and previous.end > clause_start and beside:
        left = previous.end
        mark = _LIST_MARK.search(text, left, figure.start)
        left = mark.end() if mark else left
    right = clause_end
    following = data[index + 1] if index + 1 < len(data) else None
    if following and following.start < clause_end:
        mark = _LIST_MARK.search(text, figure.end, following.start)
        right = mark.start() if mark else following.start
        if figure.unit in _COUNTED_DOERS:
            predicate = _NEXT_PREDICATE.search(text, figure.end, right)
            right = predicate.start() if predicate else right
    bracket = _BRACKET.search(text, figure.end, right)
    right = bracket.start() if bracket else right
    own = text[left : figure.start] + FIGURE + text[figure.end : right]
    before_start = _last_mark(
        text, sentence_start, max(clause_start - 1, sentence_start), data, index
    )
    before = text[before_start:clause_start]
    holds_figure = any(
        before_start <= other.start < clause_start for other in data[max(0, index - 6) : index]
    )
    if left == clause_start and not holds_figure and len(_EMPTY_WORDS.sub("", own)) < 2:
        own = before + own
    near = before + text[clause_start : figure.start] + FIGURE + text[figure.end : right]
    topic = _topic(text, sentence_start, clause_start, data, index)
    if topic not in own:
        own = topic + own
    if topic not in near:
        near = topic + near
    headings = structure.section_at(figure.start)
    section = "".join(headings[:1])
    plan = bool(
        PLAN_HEADING.search(section)
        or PLAN.search(text[clause_start : figure.start])
        or _BY_A_YEAR.search(before)
    )
    role = _role(own, near, plan=plan, year=year)
    if role is None and _SHORTCOMING_HEADING.search(section):
        role = "shortcoming"
    elif role is None and (
        _SOME.search(own) or _at_one_occasion(text, sentence_start, data, index)
    ):
        role = "part_of_whole"
    return Setting(
        figure=figure,
        own=_wording(own),
        near=_wording(near),
        context=_without_titles("\n".join((*headings, text[sentence_start:sentence_end]))),
        mean=bool(_MEAN.search(own)),
        shared=bool(_SHARED.search(own)),
        part=_whole(text, data, index, sentence_start),
        role=role,
    )


def _at_one_occasion(text: str, sentence_start: int, data: Sequence[Figure], index: int) -> bool:
    """Whether the words before a figure in its sentence say that it counts one occasion only.

    What is counted in the clause that names the occasion, and what is told after that in one breath.
    """
    end = data[index].start
    start = max(sentence_start, *(text.rfind(mark, sentence_start, end) + 1 for mark in "；;"))
    last = next(iter(deque(_OCCASION.finditer(text, start, end), maxlen=1)), None)
    if last is None or _WHOLE_YEAR.search(text, last.end(), end):
        return False
    first = index
    while first and data[first - 1].start >= last.end():
        first -= 1
    commas = len(_COMMA.findall(text, last.end(), data[first].start))
    return commas <= (1 if last["season"] else 0)


def _topic(
    text: str, sentence_start: int, clause_start: int, data: Sequence[Figure], index: int
) -> str:
    """The words that open the sentence and name what its clauses are about, if there are any."""
    match = _TOPIC.match(text, sentence_start, clause_start)
    if match is None or any(
        other.start < match.end() for other in data[:index] if other.start >= sentence_start
    ):
        return ""
    return match.group()


def _wording(words: str) -> str:
    """The words by which an indicator may be recognised: no titles, no list before 等."""
    words = _without_titles(words)
    return _LISTED.sub("", words) if "等" in words else words


def _without_titles(words: str) -> str:
    # Words are not parted in Chinese: 协调解决 holds 调解 and means another thing.
    words = words.replace("协调解", "协调 解")
    if "《" not in words:
        return words
    return _TITLE.sub(lambda m: "《法律》" if _LAW.search(m.group()[1:-1]) else "《》", words)


def _last_mark(text: str, start: int, end: int, data: Sequence[Figure], index: int) -> int:
    """Where the clause that ends at ``end`` begins; a comma inside a number is no mark."""
    position = end
    while position > start:
        position -= 1
        if text[position] in CLAUSE_MARKS and not _inside_number(position, data, index):
            return position + 1
    return start


def _inside_number(position: int, data: Sequence[Figure], index: int) -> bool:
    return any(other.start <= position < other.end for other in data[max(0, index - 3) : index + 1])


def _role(own: str, near: str, *, plan: bool, year: int | None) -> str | None:
    if plan:
        return "plan"
    if _OTHER_OFFICE.search(near):
        return "other_office"
    if _CHANGE.search(own) and not _LEVEL.search(own):
        return "change"
    if _PAST.search(own) or _PAST_PASSAGE.search(near):
        return "past_value"
    named = _NAMED_YEAR.findall(_TITLES.sub("", near)) if year else []
    return "past_value" if named and year and int(named[-1]) < year else None


def _whole(text: str, data: Sequence[Figure], index: int, sentence_start: int) -> int | None:
    """The figure that this one is a part of: the last before 其中 in the same run of clauses."""
    figure = data[index]
    scope = max(
        sentence_start,
        text.rfind("；", sentence_start, figure.start),
        text.rfind(";", sentence_start, figure.start),
    )
    marks = [m.start() for m in _PART.finditer(text, scope, figure.start)]
    if not marks:
        return None
    nearest = None
    for before in range(index - 1, -1, -1):
        if data[before].start < scope:
            break
        if data[before].start < marks[-1]:
            if data[before].unit == figure.unit:
                return before
            nearest = before if nearest is None else nearest
    return nearest


def _share_words(text: str, data: Sequence[Figure], found: list[Setting]) -> list[Setting]:
    """Figures that give several measures of one thing share their words (24宗面积共96亩)."""
    for index in range(len(found) - 1):
        first, second = found[index], found[index + 1]
        gap = text[data[index].end : data[index + 1].start]
        again = _said_again(first, second, gap)
        if again:
            found[index + 1] = replace(second, own=again + second.own)
            continue
        if (
            len(gap) > 8
            or not _SAME_THING.fullmatch(gap)
            or data[index].unit == data[index + 1].unit
        ):
            continue
        bare = len(_EMPTY_WORDS.sub("", second.own)) < 2
        tail = second.own.partition(FIGURE)[2]
        ends_with_gap = first.own.endswith((FIGURE, FIGURE + gap))
        if not bare and ends_with_gap and tail and "，" not in gap and "," not in gap:
            found[index] = replace(first, own=first.own + tail)
        if _names_nothing(second.own):
            words = first.own.partition(FIGURE)[0][-_LONGEST_SHARED:]
            found[index + 1] = replace(second, own=words + second.own)
    return found


def _said_again(first: Setting, second: Setting, gap: str) -> str:
    """The words that the next figure takes over: it gives the whole of the same, or its new value."""
    if first.figure.unit != second.figure.unit or len(gap) > 14 or re.search("[。；;\n]", gap):
        return ""
    words = first.own[-_LONGEST_SHARED:]
    if first.role == "past_value" and _LEVEL.search(second.own):
        return re.split("[由从]", words)[0] if len(_EMPTY_WORDS.sub("", second.own)) < 4 else ""
    if _names_nothing(second.own) and _AGAIN.search(second.own) and _EACH_OR_NEW.search(words):
        return _EACH_OR_NEW.sub("", words).replace(FIGURE, "")
    return ""


def _names_nothing(own: str) -> bool:
    return len(_EMPTY_WORDS.sub("", own.partition(FIGURE)[0])) < 2
