"""Whether a figure is a level, a change or a target.

Belongs here: the words that say so. Does not belong here: the time it covers (``period``).
"""

from __future__ import annotations

import re

from shenwan_data.model import Figure

_CHANGED = (
    r"(?:增长|上升|提高|提升|下降|降低|减少|增加|上涨|回落|压减|压缩|缩短|净增|净减|下滑|递增|翻|增多|攀升"
    r"|(?<=[比较年同期量数额])[增减升降多少高低]|[同环]比[增减升降])"
)
_CHANGE = re.compile(
    rf"(?:{_CHANGED}|前进|后退|跃升|前移|后移)(?:率|幅|幅度)?(?:了|约|近|超过|超|逾)*$"
    r"|[比较][^，,。；;]{0,10}[年期月划][^，,。；;]{0,2}[多少][^，,。；;]{0,6}$"
    r"|(?:增幅|降幅|涨幅|跌幅|增速|增长率|下降率|增长幅度|下降幅度)(?:达到?|为|约|近|超过?|逾)*$"
    r"|(?:同比|环比)(?:约|近|超)?$"
)
# 增加到26件 is a level; so is 新增26件, which names what was newly there.
_LEVEL = re.compile(r"(?:至|到|为|达)(?:了|约|近|超过|超|逾)*$")
_COMPARED = re.compile(
    r"同比|环比|(?:较|比|与|和|同)[^，,。；;]{0,14}(?:年|期|季|月|前|以往|的)|相比|[至到]"
)
# Every change has one of these signs, every norm and assignment one of those; most words have none.
_CHANGE_SIGN = re.compile(r"[前后跃增升提降减涨落缩滑翻多少高低幅比]")
_TARGET_SIGN = re.compile(r"[任指计少低]")
# 审批时限由法定20个工作日压缩到8个工作日以内: what is promised, not how long it took.
_TIMES = frozenset(("工作日", "日", "天", "小时", "分钟"))
_TIME_LIMIT = re.compile(r"[时期]限[^，,。；;]{0,20}$")
_SHARED = re.compile(r"分别(?=[^，,。；;]*$)")
_SHARED_CHANGE = re.compile(rf"{_CHANGED}(?!到|至)")
_FINE = re.compile(r"(?:的)?罚款")
_YEAR = re.compile(r"20\d\d")
_ADDS = re.compile(r"(?:增加|减少|压减|缩短|压缩)(?:了|约|近|超过|超|逾)*$")
_LEFT = re.compile(r"退休|调动|调离|调出|离职|辞职|退出|注销")
_BY = re.compile(r"^\s*(?:至|到)(?!少|目前|底)")
_PLAN = re.compile(
    r"(?=[力争计拟预目明来下将要今到确达实完])(?:力争|争取(?!到|了)|(?:(?<=[，,。；;年\s])|(?<=[镇乡街现])|^)计划(?![，,。；;、生育单列的总数任])|(?<![模草虚比重])拟(?!定了)|预计|预期"
    r"|(?<!的)目标(?:任务)?(?:是|为|达|：|:)|明年|来年|下一年|下年度|将(?:新|建|完|开|组|实|继续|进一步|力|全面|举|达|再|把|持续|在|于|着)|要(?:达到|完成|实现|新增|确保)"
    r"|下一步|下一阶段|下步|今后|到20\d\d年[底末]?[^，。；]{0,12}(?:达|实现|完成|建)|确保[^，,。；;]{0,16}(?:达到?|不低于|不少于|以上|完成|实现|全年)"
    r"|(?:达到|实现|完成)[^，,。；;]{0,6}(?:以上)?目标(?!(?:任务)?的))"
)
_STOP = re.compile(r"[；;]")
_NORM_QUOTE = re.compile(r"^(?:不少于|不得少于|不低于|至少|不得低于|不高于|不得超过)")
_NORM = re.compile(r"(?:至少|不少于|不得少于|不低于|不得低于)[^，,。；;]{0,10}$")
_OFTEN = re.compile(
    r"(?:每(?:个)?(?:年|月|季度?|周|半年|两月|两个月|半月|学期)|逢|定期|原则上|要求|规定|必须|应当?|须)[^，,。；;]{0,30}$"
)
_ASSIGNED = re.compile(
    r"(?:下达|分配|分解|布置)[^，,。；;]{0,14}(?:任务|指标|计划)[^，,。；;]{0,4}$|(?<!完成)(?<!完成年度)(?:任务|指标|计划)(?:数|量)(?:为|是|有)?$"
)
# 坚持每月一次的集体学习; 超过规定的60学时; 县里下达的3万平方米任务.
_NORM_BEFORE = re.compile(
    r"(?<!平均)每(?:个)?(?:年|月|季度?|周|天|半年|半月|两月|两个月|学期)$|(?:规定|要求|下达|分配|确定|核定|交给)的$"
)
_RULED = re.compile(r"(?:规定|要求)的$")
_TASK = re.compile(r"(?:的)?(?:任务|指标|目标)")
_FREQUENCY = re.compile(r"的(?:频次|频率|要求|标准|进度)")
_FINE_RANGE = re.compile(r"^[^，,。；;]{0,14}罚款|^[^，,。；;]{0,10}以下")
_FINE_BY = re.compile(r"(?:处以?|并处|可处|罚)[^，,。；;]{0,10}$")
_PLAN_HEADING = re.compile(
    r"下一步|下步|下阶段|(?<!年度)(?<!行动)计划(?!完成|执行|落实|总)|打算|工作思路|工作安排|工作重点|展望|努力方向|改进(?:措施|方向)|明年|下一年|今后|主要安排|工作设想"
)
_PAST_HEADING = re.compile(r"存在|问题|完成情况|成效|举措")


def plans(words: str) -> bool:
    """Whether some words speak of what is still to come."""
    return _PLAN.search(words) is not None


def is_plan_heading(title: str, year: int | None = None) -> bool:
    """Whether a heading opens what is still to come (下一步工作打算; 2026年工作计划 in a report of 2025)."""
    years = [int(y) for y in _YEAR.findall(title)]
    if year is not None and years and "—" not in title and min(years) > year:
        return True
    match = _PLAN_HEADING.search(title)
    if match is None:
        return False
    # A heading that holds both (存在问题及下一步打算) opens with what is; its later sentences plan.
    return not _PAST_HEADING.search(title[: match.start()])


_OPENS_PLANS = re.compile(
    r"^\s*[-—●◆（(一二三四五六七八九十\d、.）)]*(?:20\d\d年)?(?:(?:的?工作)?(?:下一?步|下阶段|下一阶段|今后|明年)[^，,。；;]{0,8}?(?:打算|计划|安排|思路|工作|措施|考虑)?[:：，,]|(?:工作)?(?:打算|计划|安排|思路)[:：])"
)


def opens_plans(sentence: str) -> bool:
    """Whether a sentence opens what is still to come (下步打算：…), to the end of its line."""
    return _OPENS_PLANS.match(sentence) is not None


def mixed_heading(title: str) -> bool:
    """Whether a heading announces shortcomings and plans in one (存在问题及下一步打算)."""
    match = _PLAN_HEADING.search(title)
    return match is not None and _PAST_HEADING.search(title[: match.start()]) is not None


def is_change(text: str, figure: Figure, clause: int, segment: int, listed_change: bool) -> bool:
    """Whether a figure says by how much something changed."""
    before = text[segment : figure.start]
    if listed_change and not before.strip("、和及与，, "):
        return True
    match = _CHANGE.search(before) if _CHANGE_SIGN.search(before) else None
    if figure.unit in ("倍", "番"):
        return match is not None or figure.unit == "番"
    if match is None:
        if figure.unit == "百分点":
            return not _LEVEL.search(before)
        if text.find("分别", clause, figure.start) < 0:
            return False
        shared = _SHARED.search(text[clause : figure.start])
        return bool(shared and _SHARED_CHANGE.match(text[clause + shared.end() : figure.start]))
    if figure.unit in ("%", "百分点", "倍", "‰"):
        return True
    if _ADDS.search(before):
        around = text[max(clause, segment - 30) : figure.start]
        if _LEFT.search(around) and not _COMPARED.search(around):
            return False
    return True


def plan_words(text: str, start: int, end: int) -> tuple[int, ...]:
    """Where the words end in a sentence that speak of what is still to come."""
    return tuple(m.end() for m in _PLAN.finditer(text, start, end))


def is_target(
    text: str, figure: Figure, clause: int, planned: tuple[int, ...], *, each: bool
) -> bool:
    """Whether a figure is a plan, a norm, a promise or a ceiling.

    ``planned`` is where words of plans end in its sentence (``plan_words``).
    """
    before = text[clause : figure.start]
    if figure.unit in _TIMES and _TIME_LIMIT.search(before):
        return True
    if figure.unit == "%" and before.endswith(("任务的", "目标的", "指标的", "计划的")):
        return False  # 完成市下达任务的121%
    if _NORM_BEFORE.search(before) and (
        each or _RULED.search(before) or _TASK.match(text, figure.end)
    ):
        return True
    if _FREQUENCY.match(text, figure.end):
        return True
    last = max([at for at in planned if at <= figure.start], default=-1) if planned else -1
    if (
        last >= 0
        and last >= figure.start - 160
        and not _STOP.search(text, max(last, 0), figure.start)
    ):
        return True
    signs = _TARGET_SIGN.search(before)
    norm = _NORM_QUOTE.match(figure.quote) or (signs and _NORM.search(before))
    if norm and (each or _OFTEN.search(before)):
        return True
    if signs and _ASSIGNED.search(before):
        return True
    if figure.unit != "元":
        return False
    return bool(
        figure.qualifier in ("at_least", "at_most", "range")
        and _FINE_RANGE.match(text[figure.end : figure.end + 20])
        and (_FINE_BY.search(before) or "以上" in figure.quote)
    ) or bool(
        figure.qualifier == "at_most"
        and "以下" in figure.quote
        and _FINE.match(text[figure.end : figure.end + 4])
    )
