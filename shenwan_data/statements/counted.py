"""What is counted and what was done: the noun phrase and the verb of a figure.

Belongs here: finding them among the words of a frame. Does not belong here: the frame (``frame``), time
and scope (``period``, ``coverage``).

A Chinese noun phrase is led by its last noun: 法律援助工作室 is a room. A verb right before the number has
its object in front (纠纷化解12件), behind the number (参与5件重大事项论证) or in the clause before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shenwan_data.statements.frame import Frame
from shenwan_data.statements.lexicon import MODIFIERS, NOUNS, Token

_TRAILING = frozenset(
    ("filler", "total", "own", "above", "each", "part", "date", "time", "change")
)
_PHRASE = NOUNS | MODIFIERS | {"unknown", "title"}
# Small words that stay inside a noun phrase (合同和协议; 民政、社保等事项; 平台上的案件).
_INSIDE = frozenset(("涉", "的", "和", "与", "及", "以及", "等", "规定", "类", "型", "性", "上", "中", "内", "里", "一", "工作"))
_CASES = frozenset(("宗", "件", "起", "例", "卷", "件次"))
_EVENTS = frozenset(("次", "场", "场次", "期", "轮", "批次", "批", "堂", "节", "课"))
_PERSONS = frozenset(("人", "名", "位", "人次"))
_GROUPS = {
    **dict.fromkeys(_CASES, "case"),
    **dict.fromkeys(_EVENTS, "event"),
    **dict.fromkeys(_PERSONS, "person"),
    **dict.fromkeys(("家", "户", "家次", "户次"), "firm"),
    "百分点": "%",
}
_BODY_ENDS = ("局", "队", "所", "办", "委", "中心", "组织", "大队", "科", "室", "站", "公司", "员", "长", "人")
_PLACES = frozenset(("studio", "service_centre", "village", "room", "mediation_committee", "legal_service_point", "place", "grid", "organisation"))
# What a sum, an area or a share is of: alone, it has the noun of the figure before (24宗面积共96亩).
ATTRIBUTES = frozenset(("amount", "area", "fine", "rate", "score"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a figure counts.

    ``start`` and ``end`` are the words of ``counted`` (equal: none), ``head`` its last noun, None where
    the lexicon does not know it; ``mods`` the concepts of its other words, ``strong`` those of them that
    name a thing or a field. ``acts`` are the concepts of what was done, the nearest first; ``act`` where
    its words stand; ``behind`` says that they come behind the number, ``lead`` is a noun that opens the
    phrase as a verb (审查合同), ``actor`` the concept of who acts. ``inherited`` says that the noun is that of another figure, ``bare`` that there was
    none of its own, ``odd`` that a word the lexicon lacks stands right before the head (献血宣传),
    ``objects`` what the counted have or did (18个村配备一体机). ``words`` are all tokens used.
    """

    start: int = 0
    end: int = 0
    head: Token | None = None
    mods: frozenset[str] = frozenset()
    strong: frozenset[str] = frozenset()
    acts: tuple[str, ...] = ()
    act: tuple[int, int] = (0, 0)
    inherited: bool = False
    behind: bool = False
    lead: str = ""
    actor: str = ""
    unknown: bool = False
    odd: bool = False
    objects: tuple[Token, ...] = ()
    words: tuple[Token, ...] = ()


def unit_group(unit: str | None) -> str:
    """Units that count things of one kind: cases, events, persons, firms; else the unit itself."""
    return _GROUPS.get(unit or "", unit or "")


def phrase(
    text: str,
    frame: Frame,
    before: Sequence[Phrase],
    units: Sequence[str | None],
    topic: Phrase | None = None,
) -> Phrase:
    """The noun and verb of a frame; ``before`` and ``units`` are those of the figures before it.

    ``topic`` is the noun phrase of a clause just before that has no figure (法治培训方面，办了七期).
    """
    own = _own(text, frame)
    if own.end > own.start and not _needs_noun(own):
        return _with_list_act(own, frame, before)
    source = topic or _objects_of(text, frame, own, before) or _source(frame, own, before, units)
    if source is None or (own.head and own.head.concept == "fine" and _stands_alone(text, frame)):
        return own
    if own.end > own.start:  # a field or an attribute alone: 劳动保障97宗, 面积96亩
        extra = {source.head.concept} if source.head else set()
        if own.head is None:
            return replace(
                own,
                head=source.head,
                mods=own.mods | source.mods,
                strong=own.strong | source.strong,
                acts=own.acts or source.acts,
                inherited=True,
                words=own.words + source.words,
            )
        if own.head.concept == "fine":
            return replace(
                own,
                mods=own.mods | source.mods | extra,
                strong=own.strong | _shared_strong(own, source, extra),
                words=own.words + source.words,
            )
        return replace(
            own,
            mods=own.mods | source.mods | extra,
            strong=own.strong | source.strong | extra,
            acts=own.acts or source.acts,
            words=own.words + source.words,
        )
    acts = own.acts or source.acts or ((source.lead,) if source.lead else ())
    if not own.acts and _is_sum(text, frame) and "add" in acts:
        acts = ()
    if own.acts and source.lead:  # the verb that opened its noun (调解矛盾纠纷) stays behind
        source = replace(
            source,
            mods=source.mods - {source.lead},
            strong=source.strong - {source.lead},
            words=tuple(w for w in source.words if w.concept != source.lead),
        )
    if _is_total_of(text, frame, before):
        source = replace(source, head=None, mods=frozenset(), strong=frozenset())
    return replace(
        own,
        start=source.start,
        end=source.end,
        head=source.head,
        mods=source.mods,
        strong=source.strong,
        acts=acts,
        act=own.act if own.acts else source.act,
        inherited=True,
        unknown=source.unknown,
        words=own.words + source.words,
    )


_COMPARES = frozenset(("较", "比", "与", "同比", "相比", "高出", "低于", "高于"))
_PROCEDURES = frozenset(("summary", "ordinary"))


def _shared_strong(own: Phrase, source: Phrase, extra: set[str]) -> frozenset[str]:
    """What of another figure's noun narrows a bare sum: for fines the procedure and the field."""
    of = source.strong | extra
    if own.head is None or own.head.concept != "fine":
        return of
    fields = {w.concept for w in source.words if w.kind == "field"}
    return of & (_PROCEDURES | fields | {"street_trading"})


def _needs_noun(own: Phrase) -> bool:
    if own.unknown:
        return False
    if own.head is None:
        return True
    return own.head.concept in ATTRIBUTES and not own.strong


def topic_phrase(text: str, items: Sequence[Token], *, sums_up: bool) -> Phrase | None:
    """The noun phrase that a clause without a figure is, if it is one and nothing else.

    With ``sums_up`` (共N behind it) it may say what was done as well: 开展涉企检查较上年减少，共54次.
    """
    stop = len(items)
    while stop and (
        items[stop - 1].kind in (*_TRAILING, "prep") or items[stop - 1].concept == "finish"
    ):
        stop -= 1
    nouns, rest = _phrase_before(text, items, stop)
    if not nouns or nouns[-1].kind not in ("thing", "doing", "person"):
        return None
    if sums_up:
        return _built(text, nouns, _acts_before(items[:rest]))
    if any(item.kind not in (*_TRAILING, "prep", "body", "person") for item in items[:rest]):
        return None
    return _built(text, nouns, [])


def phrases_of(text: str, items: Sequence[Token]) -> list[Phrase]:
    """The noun phrases of a clause without a number, each with the verbs around it."""
    found: list[Phrase] = []
    stop = len(items)
    while stop:
        if items[stop - 1].kind not in NOUNS:
            stop -= 1
            continue
        nouns, rest = _phrase_before(text, items, stop)
        if nouns:
            before = _acts_before(items[:rest])
            after = [i for i in items[stop:] if i.kind in ("act", "doing")][:2]
            acts = before or after
            for part in _members(text, nouns):
                found.append(_built(text, part, acts, behind=not before))
        stop = min(rest, stop - 1)
    return found[::-1]


def _members(text: str, nouns: Sequence[Token]) -> list[list[Token]]:
    """A noun phrase and, where it is a list (行政复议、行政诉讼案件), each of its members."""
    members: list[list[Token]] = [[]]
    for token in nouns:
        between = text[members[-1][-1].end : token.start] if members[-1] else ""
        if members[-1] and ("、" in between or text[token.start : token.end] in ("和", "与", "及")):
            members.append([])
        if token.kind != "filler":
            members[-1].append(token)
    whole = [list(nouns)]
    return whole + [m for m in members if m] if len(members) > 1 else whole


def is_bare(frame: Frame) -> bool:
    """Whether a figure has no words of its own but 共 and the like."""
    return all(item.kind in _TRAILING for item in frame.before)


def _is_sum(text: str, frame: Frame) -> bool:
    """Whether a sum is a total of its own (罚款总额41920元)."""
    words = text[frame.segment : frame.figure.start]
    return any(word in words for word in ("总", "合计", "共计", "全年"))


def _is_total_of(text: str, frame: Frame, before: Sequence[Phrase]) -> bool:
    """Whether a figure adds up those listed before it (普通程序8件、当场处罚23件，合计31件)."""
    words = text[frame.segment : frame.figure.start].strip()
    return len(before) > 1 and words in ("合计", "共计", "总计", "共", "合计为", "合计共", "总共")


def _stands_alone(text: str, frame: Frame) -> bool:
    """Whether a fine is not that of the cases just before it."""
    return _is_sum(text, frame) or (
        not frame.listed and text[max(frame.clause - 1, 0)] in "；;。"
    )


def _with_list_act(own: Phrase, frame: Frame, before: Sequence[Phrase]) -> Phrase:
    part = any(item.kind == "part" for item in frame.before)
    if own.acts or own.lead or not (frame.listed or part) or not before:
        return own
    if own.head and own.head.concept == "court_enforcement":
        return own  # 申请强制执行 says what was done
    last = before[-1]
    acts = last.acts + ((last.lead,) if last.lead else ())
    if part and last.head and last.head.kind == "doing":
        acts += (last.head.concept,)
    return replace(own, acts=acts, act=last.act)


def _objects_of(
    text: str, frame: Frame, own: Phrase, before: Sequence[Phrase]
) -> Phrase | None:
    """What the things counted just before have, where a bare number sums it up (配备一体机，共21台)."""
    if not before or not before[-1].objects or own.acts or not is_bare(frame) or not frame.before:
        return None
    return _built(text, before[-1].objects, [])


def _source(
    frame: Frame, own: Phrase, before: Sequence[Phrase], units: Sequence[str | None]
) -> Phrase | None:
    """The figure before it whose noun it takes over: in its own kind of unit if there is one."""
    if frame.follows and frame.follows <= len(before):
        return before[-frame.follows]
    if before and before[-1].end > before[-1].start and (frame.listed or not frame.before):
        return before[-1]
    if own.head and own.head.concept in ATTRIBUTES and frame.figure.unit != "%":
        return next(
            (
                p
                for p, u in zip(reversed(before), reversed(units), strict=True)
                if p.end > p.start and unit_group(u) != "%"
            ),
            None,
        )
    group = unit_group(frame.figure.unit)
    usable = [(p, unit_group(u)) for p, u in zip(before, units, strict=True) if p.end > p.start]
    recent = usable[-4:]
    if group == "person" and recent and recent[-1][1] == "event":
        return recent[-1][0]  # 举办培训5期，86人参加
    for candidate, its_group in reversed(recent):
        if its_group == group:
            return candidate
    for candidate, its_group in reversed(recent):
        if its_group != "%":
            return candidate
    return recent[-1][0] if recent else None


def _own(text: str, frame: Frame) -> Phrase:
    items = frame.before
    if items and text[items[0].start : items[0].end] in _COMPARES and frame.clause == frame.segment:
        # 较疫情前的2019年下降17% names what it is compared with, not what is counted.
        return Phrase(acts=tuple(i.concept for i in _acts_before(items)))
    stop = len(items)
    while stop and items[stop - 1].kind in _TRAILING:
        stop -= 1
    after, after_acts, objects = _after(text, frame)
    if after and after[-1].concept in ATTRIBUTES and not after_acts:
        after = []
    if not stop or items[stop - 1].kind == "prep":
        acts = after_acts or _acts_before(items[:stop])
        if not after and after_acts and objects and _counts_events(frame):
            return _built(text, objects, after_acts)
        if after and objects:
            own = _with_objects(_built(text, after, acts), objects)
            return replace(own, objects=tuple(objects))
        return _with_objects(_built(text, after, acts), objects)
    if items[stop - 1].kind == "act":
        acts = [items[stop - 1]]
        stop -= 1
        while stop and items[stop - 1].kind in (*_TRAILING, "act"):
            if items[stop - 1].kind == "act":
                acts.append(items[stop - 1])
            stop -= 1
        if after and acts[0].concept != "can_do":
            while stop and items[stop - 1].kind == "doing":
                acts.append(items[stop - 1])
                stop -= 1
            return _with_objects(_built(text, after, [*acts, *after_acts]), objects)
        nouns, _ = _phrase_before(text, items, stop)
        if nouns and _is_actor(text, nouns[-1], frame):
            return _built(text, [], acts, actor=nouns[-1].concept or "body")
        return _built(text, nouns, acts)
    if frame.figure.kind == "rank":
        stop = _before_field(items, stop)
    nouns, rest = _phrase_before(text, items, stop)
    acts = _acts_before(items[:rest])
    if not nouns:
        return _built(text, after, after_acts or acts)
    last = nouns[-1]
    if after and after[-1].kind != "unknown" and after[0].kind != "doing":
        if _is_place(last) or last.kind == "unknown":
            return _built(text, after, after_acts or acts)
        if last.kind == "doing" and not acts:
            return _built(text, after, [last, *after_acts])
    if not after and after_acts and objects and _counts_events(frame) and _is_meeting(last):
        return _built(text, objects, after_acts)
    if acts:
        return _built(text, nouns, acts, actor=_actor_before(items[:rest], acts[0]))
    return _built(text, nouns, after_acts[:1], behind=bool(after_acts))


def _with_objects(own: Phrase, objects: Sequence[Token]) -> Phrase:
    """With what the counted did it to (6家企业申报省级专精特新企业), as words that narrow."""
    return replace(own, mods=own.mods | {o.concept for o in objects if o.concept})


def _before_field(items: Sequence[Token], stop: int) -> int:
    """Where the words end that are ranked: 群众安全感 in 群众安全感在全县13个乡镇中排名第二."""
    for at in range(stop):
        if at and items[at].kind in ("above", "prep", "change") and items[at - 1].kind in _PHRASE:
            return at
    return stop


def _counts_events(frame: Frame) -> bool:
    return unit_group(frame.figure.unit) == "event"


def _is_meeting(noun: Token) -> bool:
    return _is_place(noun) or noun.concept in ("party_meeting", "meeting", "leader")


def _actor_before(items: Sequence[Token], act: Token) -> str:
    """The concept of the noun right before a verb."""
    at = len(items)
    while at and (items[at - 1].start >= act.start or items[at - 1].kind in _TRAILING):
        at -= 1
    return items[at - 1].concept if at and items[at - 1].kind in NOUNS else ""


def _acts_before(items: Sequence[Token]) -> list[Token]:
    return [item for item in reversed(items) if item.kind == "act"][:3]


def _after(text: str, frame: Frame) -> tuple[list[Token], list[Token], list[Token]]:
    """The noun phrase right behind the number, the verbs behind that, and what these are done to."""
    nouns: list[Token] = []
    acts: list[Token] = []
    objects: list[Token] = []
    closed = False
    persons = unit_group(frame.figure.unit) == "person"
    of = bool(frame.after) and text[frame.after[0].start : frame.after[0].end] == "的"
    for item in frame.after:
        if item.kind == "act":
            objects = []  # 召开会议研究法治建设: the last verb has the object
            acts.insert(0, item)
        elif persons and nouns and nouns[-1].kind == "person" and item.kind == "doing":
            acts.append(item)  # 26名网格员巡查
        elif item.kind in _PHRASE and not acts and not closed and (nouns or item is frame.after[0] or of):
            nouns.append(item)
        elif item.kind in _PHRASE and acts:
            objects.append(item)
            if item.kind == "doing":
                acts.append(item)
        elif item.kind in ("filler", "own", "prep", "time", "total"):
            closed = closed or (bool(nouns) and item.kind == "prep")
            if nouns and not acts and item.kind == "filler":
                if text[item.start : item.end] in _INSIDE:
                    nouns.append(item)
                else:
                    closed = True
        else:
            break
    if nouns and nouns[0].start > frame.figure.end + 1 and text[frame.figure.end : nouns[0].start].strip(" 的"):
        if text[nouns[0].start - 1] != "的":
            nouns = []
    while nouns and nouns[-1].kind == "filler":
        nouns.pop()
    return nouns, acts, objects


def _phrase_before(text: str, items: Sequence[Token], stop: int) -> tuple[list[Token], int]:
    start = stop
    while start:
        item = items[start - 1]
        inside = (
            item.kind in ("filler", "own", "act")
            and start < stop
            and text[item.start : item.end] in _INSIDE
        ) or (
            item.kind == "total"
            and 1 < start < stop
            and items[start].kind == "thing"
            and items[start - 2].kind in ("thing", "field", "doing")
        )
        if item.kind in _PHRASE or inside:
            start -= 1
            continue
        break
    nouns = list(items[start:stop])
    while nouns and nouns[0].kind in ("filler", "own", "act", "total"):
        nouns.pop(0)
    return nouns, start


def _is_actor(text: str, noun: Token, frame: Frame) -> bool:
    """Whether a noun before a verb is who acts: a body, and for cases and events a person or a room."""
    if noun.kind == "body":
        return True
    if noun.kind == "unknown":
        return text[noun.start : noun.end].endswith(_BODY_ENDS)
    counts_acts = unit_group(frame.figure.unit) not in ("person", "firm", "个", "间", "处", "%")
    return counts_acts and (noun.kind == "person" or noun.concept in _PLACES)


def _is_place(noun: Token) -> bool:
    return noun.kind in ("body", "person") or noun.concept in _PLACES


def _before_examples(text: str, others: Sequence[Token], listed: int) -> list[Token]:
    """The noun in front of a list of fields (出租屋治安、消防等隐患), which the whole list is of."""
    found: list[Token] = []
    for token in others:
        if token.start > listed:
            break
        if token.kind == "field":
            return found
        if "、" in text[(found[-1].end if found else token.start) : token.start]:
            return []
        found.append(token)
    return []


def _built(
    text: str,
    nouns: Sequence[Token],
    acts: Sequence[Token],
    actor: str = "",
    *,
    behind: bool = False,
) -> Phrase:
    names = [n for n in nouns if n.kind in _PHRASE]
    if len(names) == 1 and names[0].kind == "unknown" and names[0].end - names[0].start == 1:
        names = []  # a single sign that is no word of its own
    concepts = tuple(dict.fromkeys(a.concept for a in acts))
    act = (acts[0].start, acts[0].end) if acts else (0, 0)
    if not names:
        return Phrase(acts=concepts, act=act, behind=behind, actor=actor, words=tuple(acts))
    last = names[-1]
    head = last if last.kind in NOUNS else None
    unknown = last.kind in ("unknown", "title")
    others = [n for n in names if n is not head]
    listed = next((n.start for n in reversed(nouns) if text[n.start : n.end] == "等"), -1)
    kept = _before_examples(text, others, listed)
    mods = frozenset(n.concept for n in others if n.concept and (n.start > listed or n in kept))
    lead = names[0].concept if len(names) > 1 and names[0].kind == "doing" and names[0] is not head else ""
    # Of a list before 等 the kinds are examples: 合同纠纷、损害赔偿纠纷等矛盾纠纷 are all disputes.
    strong = frozenset(
        n.concept
        for n in others
        if n.kind in ("thing", "doing", "field")
        and n.concept not in _PLACES
        and n.start > listed
        and n is not head
    )
    return Phrase(
        start=names[0].start,
        end=names[-1].end,
        head=head,
        mods=mods,
        strong=strong,
        acts=concepts,
        act=act,
        lead=lead,
        behind=behind,
        actor=actor,
        odd=len(names) > 1 and names[-2].kind == "unknown" and names[-2].end == names[-1].start
        and names[-2].end - names[-2].start > 1,
        unknown=unknown,
        words=tuple(n for n in (*names, *acts) if n.concept),
    )
