"""What is counted and what was done: the noun phrase and the verb of a figure.

Belongs here: finding them among the words of a frame. Does not belong here: the frame (``frame``), time
and scope (``period``, ``coverage``).

A Chinese noun phrase is led by its last noun: 法律援助工作室 is a room. A verb right before the number has
its object in front (纠纷化解12件), behind the number (参与5件重大事项论证) or in the clause before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from shenwan_data.statements.frame import Frame
from shenwan_data.statements.lexicon import TRAILING, Token
from shenwan_data.statements.phrase import (
    ATTRIBUTES,
    PHRASE,
    PLACES,
    Phrase,
    actor_before,
    acts_before,
    built,
    inside_phrase,
    phrase_before,
    unit_group,
)

_BODY_ENDS = (
    "局", "队", "所", "办", "委", "中心", "组织", "大队", "科", "室", "站", "公司", "员", "长", "人",
)  # fmt: skip
_BASE = re.compile(r"中(?:的|有|还有|仍有)?[约近超]?[\d一二两三四五六七八九十]")
_COMPARES = frozenset(("较", "比", "同比", "相比", "高出", "低于", "高于"))
_ALIKE = frozenset(("相比", "同比", "比", "持平", "基本相当", "比较"))
_TAKES = frozenset(("占", "约占", "占到", "占了"))
_AT = frozenset(("在", "通过", "经", "利用"))
_MEDIA = frozenset(("website", "new_media", "platform", "room"))
# What the counted are said to be, behind their number (16个服务室全部挂牌运行): nothing was done to them.
_STATES = frozenset(("finish", "operate", "enter_do", "start", "state"))
_TO = frozenset(("对", "针对"))
_DOERS = frozenset(("village_service_point", "self_service", "studio", "mediation_committee"))
_PROCEDURES = frozenset(("summary", "ordinary"))


def own_phrase(text: str, frame: Frame) -> Phrase:
    """The noun and verb among a figure's own words; empty where it has none."""
    items: Sequence[Token] = frame.before
    if items and frame.clause == frame.segment and _compares(text, items):
        # 较疫情前的2019年下降17% names what it is compared with, not what is counted.
        done = [i.concept for i in acts_before(items) if i.concept != "add"]
        return Phrase(acts=tuple(done))
    if frame.figure.kind == "ratio":
        items = _before_base(text, items)
    stop = len(items)
    while stop and items[stop - 1].kind in TRAILING:
        stop -= 1
    if frame.figure.kind == "rank":
        stop = _before_field(items, stop)
    after = _after(text, frame)
    its_sum = frame.figure.unit == "元"  # 处以3万元罚款
    if after.nouns and after.nouns[-1].concept in ATTRIBUTES and not after.acts and not its_sum:
        after = After([], [], [])  # 24宗面积共96亩: the noun of the next number
    if after.nouns and _is_base(text, after.nouns[-1].end):
        return built(
            text, after.nouns, []
        )  # 14个行政村中的9个修订了: what is done is done to the 9
    if after.nouns and stop and _is_its(text, frame, after):
        return _behind(text, frame, after, acts_before(items[:stop]))
    if not stop or items[stop - 1].kind == "prep":
        return _behind(text, frame, after, acts_before(items[:stop]))
    if items[stop - 1].kind == "act":
        return _at_verb(text, frame, after, stop)
    return _narrowed(text, _at_noun(text, frame, after, stop), items[:stop])


def _narrowed(text: str, own: Phrase, items: Sequence[Token]) -> Phrase:
    """With the procedure or the field that its verb was done by or to.

    适用简易程序办理案件63件; 对露天焚烧行为立案处罚8起.
    """
    by = {
        item.concept
        for item, then in pairwise(items)
        if item.concept in _PROCEDURES and then.kind in ("act", "doing")
    }
    to = next((k for k, item in enumerate(items) if text[item.start : item.end] in _TO), len(items))
    done = next((k for k in range(to, len(items)) if items[k].kind in ("act", "doing")), to)
    fields = {item.concept for item in items[to:done] if item.kind == "field"}
    if len(fields) == 1 and "、" not in text[items[to].start : items[done].start]:
        by |= fields
    if not by or own.head is None or own.head.domain not in ("general", "enforcement"):
        return own
    return own._replace(mods=own.mods | by, strong=own.strong | by)


class After(NamedTuple):
    """What stands behind a number: the noun right there, the verbs, and what these are done to."""

    nouns: list[Token]
    acts: list[Token]
    objects: list[Token]


def _compares(text: str, items: Sequence[Token]) -> bool:
    """Whether the words before a number say what it is compared with."""
    first = text[items[0].start : items[0].end]
    if first in ("与", "同", "和"):
        return any(text[i.start : i.end] in _ALIKE for i in items)
    return first in _COMPARES


def _before_base(text: str, items: Sequence[Token]) -> Sequence[Token]:
    """The words before a share without what it is a share of (占行政村总数的四分之一)."""
    for at, item in enumerate(items):
        if text[item.start : item.end] in _TAKES and at + 1 < len(items):
            return items[:at]
    return items


def _is_base(text: str, end: int) -> bool:
    """Whether a noun is the whole that the next number is some of."""
    return _BASE.match(text, end) is not None


def _is_its(text: str, frame: Frame, after: After) -> bool:
    """Whether 的 before a number makes what is in front a quality of the noun behind (挂牌督办的1件积案)."""
    return (
        text[frame.figure.start - 1] == "的"
        and frame.figure.kind == "count"
        and after.nouns[-1].kind != "unknown"
    )


def _behind(text: str, frame: Frame, after: After, acts: Sequence[Token]) -> Phrase:
    """Nothing before the number: 78项事项进驻大厅, 多次研究法治建设."""
    if not after.nouns and after.acts and after.objects and _counts_events(frame):
        return built(text, after.objects, after.acts)
    stated = bool(after.nouns) and all(a.concept in _STATES for a in after.acts)
    own = _with_objects(built(text, after.nouns, after.acts or acts), after.objects)
    if stated and after.acts:
        own = own._replace(behind=True)
    if not after.nouns and after.acts:  # 24人持有行政执法证: what they have says what they are
        return own._replace(words=(*own.words, *after.objects))
    return own._replace(objects=tuple(after.objects)) if after.nouns and after.objects else own


def _at_verb(text: str, frame: Frame, after: After, stop: int) -> Phrase:
    """A verb right before the number: 参与5件重大事项论证, 纠纷化解12件."""
    items = frame.before
    acts = [items[stop - 1]]
    stop -= 1
    if not after.nouns and after.acts and text[acts[0].start : acts[0].end] == "有":
        acts = [*after.acts, *acts]  # 又有4人取得行政执法证
    while stop and items[stop - 1].kind in (*TRAILING, "act"):
        if items[stop - 1].kind == "act":
            acts.append(items[stop - 1])
        stop -= 1
    if after.nouns and acts[0].concept != "can_do":
        while stop and items[stop - 1].kind == "doing":
            acts.append(items[stop - 1])
            stop -= 1
        return _with_objects(built(text, after.nouns, [*acts, *after.acts]), after.objects)
    nouns, rest = phrase_before(text, items, stop)
    if nouns and _is_actor(text, nouns[-1], frame):
        return built(text, [], acts, actor=nouns[-1].concept or "body")
    if (
        nouns
        and nouns[-1].concept in _MEDIA
        and text[items[max(rest - 1, 0)].start : nouns[0].start] in _AT
    ):
        return built(text, [], acts)  # 在政府门户网站公开68条
    if nouns and acts[0].concept == "have" and text[nouns[0].start - 1] == "的":
        acts += acts_before(items[:rest])  # 来听的群众有3100人次
    return built(text, nouns, acts)


def _at_noun(text: str, frame: Frame, after: After, stop: int) -> Phrase:
    """A noun right before the number: 行政处罚案件58起; or whose it is: 司法所5名工作人员."""
    items = frame.before
    nouns, rest = phrase_before(text, items, stop)
    acts = acts_before(items[:rest])
    if not nouns:
        return built(text, after.nouns, after.acts or acts)
    nouns = _without_actor(text, frame, nouns)
    last = nouns[-1]
    if after.nouns and after.nouns[-1].kind != "unknown" and after.nouns[0].kind != "doing":
        if _is_place(last) or last.kind == "unknown":
            return built(text, after.nouns, after.acts or acts)
        if last.kind == "doing" and not acts:
            return built(text, after.nouns, [last, *after.acts])
    research = not after.nouns and after.acts and after.objects  # 党委会3次研究法治工作
    if research and _counts_events(frame) and any(_is_meeting(noun) for noun in nouns):
        return built(text, after.objects, after.acts)
    if acts:
        return built(text, nouns, acts, actor=actor_before(items[:rest], acts[0]))
    return built(text, nouns, after.acts[:1], behind=bool(after.acts))


def _without_actor(text: str, frame: Frame, nouns: list[Token]) -> list[Token]:
    """A noun phrase without who acts or is served in front of its verb.

    代办员代办各类证照; 18个服务站代办2450件; 为老年人上门代办96件.
    """
    if nouns[-1].concept == "joint_action":
        return nouns[-1:]  # 跟县水利局、派出所联合执法6次
    served = text[nouns[0].start - 1] in "为给替帮"
    for at in range(len(nouns) - 1):
        if nouns[at + 1].kind != "doing" or nouns[at + 1].start != nouns[at].end:
            continue
        counted = frame.segment > frame.clause and nouns[0].start == frame.segment
        doer = nouns[at].concept in _DOERS
        person = nouns[at].kind == "person" and (served or at + 2 < len(nouns))
        if doer or person or (counted and _is_place(nouns[at])):
            return nouns[at + 1 :]
    return nouns


def _with_objects(own: Phrase, objects: Sequence[Token]) -> Phrase:
    """With what the counted did it to (6家企业申报省级专精特新企业), as words that narrow."""
    return own._replace(mods=own.mods | {o.concept for o in objects if o.concept})


def _before_field(items: Sequence[Token], stop: int) -> int:
    """Where the words end that are ranked: 群众安全感 in 群众安全感在全县13个乡镇中排名第二."""
    named = 0
    if stop > 1 and items[0].kind == "prep" and items[1].kind == "above":
        return 0  # 群众安全感98.6%，在全市18个镇街中排名第4
    for at in range(stop):
        if items[at].kind in PHRASE:
            if named and named < at:
                return named
            named = at + 1
        elif named and items[at].kind in ("above", "own", "prep", "change"):
            return named
    return stop


def _counts_events(frame: Frame) -> bool:
    return unit_group(frame.figure.unit) == "event"


def _is_person(noun: Token) -> bool:
    return noun.kind == "person" or noun.concept == "guide_title"


def _is_meeting(noun: Token) -> bool:
    return _is_place(noun) or noun.concept in ("party_meeting", "meeting", "leader")


def _after(text: str, frame: Frame) -> After:
    """The noun phrase right behind the number, the verbs behind that, and what these are done to."""
    nouns: list[Token] = []
    acts: list[Token] = []
    objects: list[Token] = []
    closed = False
    persons = unit_group(frame.figure.unit) == "person"
    of = bool(frame.after) and text[frame.after[0].start : frame.after[0].end] == "的"
    for item in _named_behind(text, frame):
        if item.kind == "act":
            objects = []  # 召开会议研究法治建设: the last verb has the object
            acts.insert(0, item)
        elif nouns and item.kind == "doing" and _acts_itself(nouns[-1], persons=persons):
            acts.append(item)  # 26名网格员巡查; 18个服务站代办2450件
        elif (
            item.kind in PHRASE
            and not acts
            and not closed
            and (nouns or item.start == frame.after[0].start or of)
        ):
            nouns.append(item)
        elif item.kind in PHRASE and acts:
            objects.append(item)
            if item.kind == "doing":
                acts.append(item)
        elif item.kind in ("filler", "own", "prep", "time", "total"):
            closed = closed or (bool(nouns) and item.kind == "prep")
            if nouns and not acts and item.kind == "filler":
                if inside_phrase(text, item):
                    nouns.append(item)
                else:
                    closed = True
        else:
            break
    return After(_trimmed(text, frame, nouns, persons=persons), acts, objects)


def _acts_itself(noun: Token, *, persons: bool) -> bool:
    """Whether what is counted may be the one who acts in the clause behind it."""
    return noun.kind == "person" if persons else noun.concept in _DOERS


def _named_behind(text: str, frame: Frame) -> Sequence[Token]:
    """The words behind a number that may be its own.

    镇 right behind it is what is counted (17个镇), 通过 behind persons what they did (9人通过考试), and
    behind a time the next number begins (86名调解员全年调解纠纷324起).
    """
    items = frame.after
    if not items:
        return items
    first = items[0]
    if first.kind == "own" and frame.figure.unit == "个":
        items = (first._replace(kind="thing", concept="village", domain="other"), *items[1:])
    elif text[first.start : first.end] == "通过" and unit_group(frame.figure.unit) == "person":
        items = (first._replace(kind="act", concept="pass"), *items[1:])
    if frame.figure.kind != "count" or first.kind not in PHRASE:
        return items
    return items[: next((k for k, i in enumerate(items) if i.kind == "time"), len(items))]


def _trimmed(text: str, frame: Frame, nouns: list[Token], *, persons: bool) -> list[Token]:
    """The noun behind a number without what does not belong to it."""
    if text[frame.figure.end : frame.figure.end + 1] in (" ", "　"):
        return []  # 成功90件 成功率97%: the noun of the next number
    if nouns and nouns[0].start > frame.figure.end + 1:
        gap = text[frame.figure.end : nouns[0].start]
        if gap.strip(" 的") and gap[-1] != "的":
            return []
    while nouns and nouns[-1].kind == "filler":
        nouns.pop()
    who = max((k for k, n in enumerate(nouns) if _is_person(n)), default=-1) if persons else -1
    if who >= 0 and all(n.kind in ("unknown", "plain") for n in nouns[who + 1 :]):
        del nouns[who + 1 :]  # 24名“法律明白人”活跃在各村
    return nouns


def _is_actor(text: str, noun: Token, frame: Frame) -> bool:
    """Whether a noun before a verb is who acts: a body, and for cases and events a person or a room."""
    if noun.kind == "body":
        return True
    if noun.kind == "unknown":
        words = text[noun.start : noun.end]
        if unit_group(frame.figure.unit) == "person" and words.endswith(("员", "人")):
            return False  # 审查员仅有1名
        return words.endswith(_BODY_ENDS)
    counts_acts = unit_group(frame.figure.unit) not in ("person", "firm", "个", "间", "处", "%")
    return counts_acts and (noun.kind == "person" or noun.concept in PLACES)


def _is_place(noun: Token) -> bool:
    return noun.kind in ("body", "person") or noun.concept in PLACES
