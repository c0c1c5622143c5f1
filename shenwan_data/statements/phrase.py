"""The noun phrase of a figure as a record, and how it is put together from words.

Belongs here: the record, kinds of units, and cutting a noun phrase out of a run of words. Does not belong
here: which run of words is a figure's (``counted``), what it takes over from others (``carried``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shenwan_data.statements.lexicon import MODIFIERS, NOUNS, TRAILING, Token

PHRASE = NOUNS | MODIFIERS | {"unknown", "title"}
# Small words that stay inside a noun phrase (合同和协议; 民政、社保等事项; 平台上的案件).
_INSIDE = frozenset(
    (
        "涉",
        "的",
        "和",
        "与",
        "及",
        "以及",
        "等",
        "规定",
        "类",
        "型",
        "性",
        "上",
        "中",
        "内",
        "里",
        "一",
        "工作",
    )
)
# Last words that only sum up the noun before them.
_SUMMED = {
    "person": frozenset(("队伍", "力量", "团队")),
    "thing": frozenset(("受理量", "办理量", "办结量", "总量")),
}
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
PLACES = frozenset(
    (
        "studio",
        "service_centre",
        "village",
        "room",
        "mediation_committee",
        "legal_service_point",
        "place",
        "grid",
        "organisation",
    )
)
# Verbs behind a topic that say nothing of its number (普法大集轮番登场，全年举办66场).
_SAYS_LITTLE = frozenset(("finish", "state"))
# What a sum, an area or a share is of: alone, it has the noun of the figure before (24宗面积共96亩).
ATTRIBUTES = frozenset(("amount", "area", "fine", "rate", "score"))


class Phrase(NamedTuple):
    """What a figure counts.

    ``start`` and ``end`` are the words of ``counted`` (equal: none), ``head`` its last noun, None where
    the lexicon does not know it; ``mods`` the concepts of its other words, ``strong`` those of them that
    name a thing or a field. ``acts`` are the concepts of what was done, the nearest first; ``act`` where
    its words stand; ``behind`` says that they come behind the number, ``lead`` is a noun that opens the
    phrase as a verb (审查合同), ``actor`` the concept of who acts. ``inherited`` says that the noun is
    that of another figure, ``unknown`` that its last word is none of the lexicon, ``odd`` that such a
    word stands right before the head (献血宣传), ``objects`` what the counted have or did
    (18个村配备一体机), ``alike`` that it takes over the noun of a figure in the same kind
    of unit. ``words`` are all tokens used.
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
    alike: bool = False
    words: tuple[Token, ...] = ()


def unit_group(unit: str | None) -> str:
    """Units that count things of one kind: cases, events, persons, firms; else the unit itself."""
    return _GROUPS.get(unit or "", unit or "")


def inside_phrase(text: str, item: Token) -> bool:
    """Whether a small word may stand inside a noun phrase (合同和协议)."""
    return text[item.start : item.end] in _INSIDE


def built(
    text: str,
    nouns: Sequence[Token],
    acts: Sequence[Token],
    actor: str = "",
    *,
    behind: bool = False,
) -> Phrase:
    """A phrase of the words of a noun and of its verbs, the nearest first."""
    names = [n for n in nouns if n.kind in PHRASE]
    if len(names) > 1 and text[names[-1].start : names[-1].end] in _SUMMED.get(names[-2].kind, ()):
        names.pop()  # 调解员队伍128人 counts persons, 矛盾纠纷受理量268件 disputes
    if len(names) == 1 and names[0].kind == "unknown" and names[0].end - names[0].start == 1:
        names = []  # a single sign that is no word of its own
    concepts = tuple(dict.fromkeys([a.concept for a in acts]))
    act = (acts[0].start, acts[0].end) if acts else (0, 0)
    if not names:
        return Phrase(acts=concepts, act=act, behind=behind, actor=actor, words=tuple(acts))
    last = names[-1]
    head = last if last.kind in NOUNS else None
    if (
        head is None and last.kind == "plain"
    ):  # 专题学习《行政处罚法》等法律7次: the noun is the verb
        head = next((n for n in reversed(names) if n.kind in ("thing", "doing")), None)
    unknown = last.kind in ("unknown", "title")
    listed = -1
    if head is None and text[last.end : last.end + 1] == "等":  # 代办证件、医保等26件
        head = next((n for n in reversed(names) if n.kind == "thing"), None)
        listed = last.end if head else listed
    for noun in nouns:
        if noun.kind not in PHRASE and text[noun.start : noun.end] == "等":
            listed = noun.start
    others = [n for n in names if n is not head]
    narrowing = others
    if listed >= 0:
        kept = _before_examples(text, others, listed)
        narrowing = [n for n in others if n.start > listed or n in kept]
    mods = frozenset([n.concept for n in narrowing if n.concept])
    lead = (
        names[0].concept
        if len(names) > 1 and names[0].kind == "doing" and names[0] is not head
        else ""
    )
    # Of a list before 等 the kinds are examples: 合同纠纷、损害赔偿纠纷等矛盾纠纷 are all disputes.
    strong = frozenset(
        [
            n.concept
            for n in others
            if n.kind in ("thing", "doing", "field")
            and n.concept not in PLACES
            and n.start > listed
        ]
    )
    if "into" in mods:  # 进农村、进学校、进工地普法31场 are all of one kind
        strong -= {"school", "enterprise"}
        mods -= {"school", "enterprise"}
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
        odd=len(names) > 1
        and names[-2].kind == "unknown"
        and names[-2].end == names[-1].start
        and names[-2].end - names[-2].start > 1,
        unknown=unknown,
        words=tuple([n for n in (*names, *acts) if n.concept]),
    )


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


def phrase_before(text: str, items: Sequence[Token], stop: int) -> tuple[list[Token], int]:
    """The words of the noun phrase that ends before ``stop``, and the index where it begins."""
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
        if item.kind in PHRASE or inside:
            start -= 1
            continue
        break
    nouns = list(items[start:stop])
    while nouns and nouns[0].kind in ("filler", "own", "act", "total"):
        nouns.pop(0)
    return nouns, start


def topic_phrase(text: str, items: Sequence[Token], *, sums_up: bool) -> Phrase | None:
    """The noun phrase that a clause without a figure is, if it is one and nothing else.

    With ``sums_up`` (共N behind it) it may say what was done as well: 开展涉企检查较上年减少，共54次.
    """
    stop = len(items)
    while stop and (
        items[stop - 1].kind in (*TRAILING, "prep") or items[stop - 1].concept in _SAYS_LITTLE
    ):
        stop -= 1
    nouns, rest = phrase_before(text, items, stop)
    if not nouns or nouns[-1].kind not in ("thing", "doing", "person"):
        return None
    if sums_up:
        return built(text, nouns, acts_before(items[:rest]))
    if any(item.kind not in (*TRAILING, "prep", "body", "person") for item in items[:rest]):
        return None
    return built(text, nouns, [])


def phrases_of(text: str, items: Sequence[Token]) -> list[Phrase]:
    """The noun phrases of a clause without a number, each with the verbs around it."""
    found: list[Phrase] = []
    stop = len(items)
    while stop:
        if items[stop - 1].kind not in NOUNS:
            stop -= 1
            continue
        nouns, rest = phrase_before(text, items, stop)
        if nouns:
            before = acts_before(items[:rest])
            after = [i for i in items[stop:] if i.kind in ("act", "doing")][:2]
            acts = before or after
            found += [built(text, m, acts, behind=not before) for m in _members(text, nouns)]
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


def acts_before(items: Sequence[Token]) -> list[Token]:
    """The verbs before a noun, the nearest first, three at the most; not what only says where (走进)."""
    return [i for i in reversed(items) if i.kind == "act" and i.concept != "state"][:3]


def actor_before(items: Sequence[Token], act: Token) -> str:
    """The concept of the noun right before a verb."""
    at = len(items)
    while at and (items[at - 1].start >= act.start or items[at - 1].kind in TRAILING):
        at -= 1
    return items[at - 1].concept if at and items[at - 1].kind in NOUNS else ""
