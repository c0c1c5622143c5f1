"""What a figure takes over from the figures before it: their noun, their verb, their field.

Belongs here: ellipsis (受理纠纷131件，化解128件) and sums. Does not belong here: a figure's own words
(``counted``).
"""

from __future__ import annotations

from collections.abc import Sequence

from shenwan_data.statements.counted import own_phrase
from shenwan_data.statements.frame import Frame
from shenwan_data.statements.lexicon import TRAILING, Token
from shenwan_data.statements.phrase import ATTRIBUTES, Phrase, built, unit_group

_LEVELS = frozenset(("national", "provincial", "municipal"))
_PROCEDURES = frozenset(("summary", "ordinary"))


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
    own = own_phrase(text, frame)
    other = _trained(own, frame, before, units) or _kind_of(text, own, frame, before, units)
    if other is not None:
        return other
    if own.end > own.start and not _needs_noun(own):
        return _with_list_act(own, frame, before)
    source = topic or _objects_of(text, frame, own, before) or _source(frame, own, before, units)
    if source is None and own.head is None and own.strong:
        return own._replace(acts=own.acts or _last_done(frame, before, units), inherited=True)
    if source and source.head and source.head.kind != "person" and _says_who(own):
        return own
    if source is None or (own.head and own.head.concept == "fine" and _stands_alone(text, frame)):
        return own
    if own.end == own.start and (fine := _fined(frame, before, units)) is not None:
        return source._replace(head=fine, inherited=True)
    if own.end > own.start:
        return _attributed(frame, own, source, before, units)
    acts = own.acts or source.acts or ((source.lead,) if source.lead else ())
    if not own.acts and _is_sum(text, frame) and "add" in acts:
        acts = ()
    if own.acts and source.lead:  # the verb that opened its noun (调解矛盾纠纷) stays behind
        source = source._replace(
            mods=source.mods - {source.lead},
            strong=source.strong - {source.lead},
            words=tuple(w for w in source.words if w.concept != source.lead),
        )
    if _is_total_of(text, frame, before, units) and not _same_heads(before):
        source = source._replace(head=None, mods=frozenset(), strong=frozenset())
    return own._replace(
        start=source.start,
        end=source.end,
        head=source.head,
        mods=source.mods,
        strong=source.strong,
        acts=acts,
        act=own.act if own.acts else source.act,
        inherited=True,
        alike=_alike(source, frame, before, units),
        unknown=source.unknown,
        words=own.words + source.words,
    )


def _says_who(own: Phrase) -> bool:
    """Whether a number of persons says by itself what they passed (8人通过执法资格考试)."""
    return own.acts[:1] == ("pass",) and any(w.kind != "act" for w in own.words)


def _last_done(
    frame: Frame, before: Sequence[Phrase], units: Sequence[str | None]
) -> tuple[str, ...]:
    """What was done to the things without a name just before (立案63件，其中市容类38件)."""
    if not before or unit_group(units[-1]) != unit_group(frame.figure.unit):
        return ()
    return before[-1].acts


def _fined(frame: Frame, before: Sequence[Phrase], units: Sequence[str | None]) -> Token | None:
    """The fine that a bare sum beside cases is (罚款1.45万元，其中露天焚烧19件、9500元)."""
    if frame.figure.unit != "元" or not frame.listed or unit_group(units[-1]) != "case":
        return None
    return next((p.head for p in reversed(before) if p.head and p.head.concept == "fine"), None)


def _attributed(
    frame: Frame,
    own: Phrase,
    source: Phrase,
    before: Sequence[Phrase],
    units: Sequence[str | None],
) -> Phrase:
    """A field or an attribute alone, of what was counted before: 劳动保障97宗, 面积96亩."""
    extra = {source.head.concept} if source.head else set()
    if own.head is None:  # one field after another: 市容环卫533起，大气污染防治147起
        if own.acts and own.strong and not _alike(source, frame, before, units):
            return own  # 出动2400人次，查处焚烧秸秆5起
        fields = {w.concept for w in source.words if w.kind == "field"}
        head = source.head
        if own.mods & _LEVELS:  # 国家级民主法治村1个、市级4个
            fields |= _LEVELS
            level, _, kind = head.concept.partition("_") if head else ("", "", "")
            head = head._replace(concept=kind) if head and level in _LEVELS else head
        return own._replace(
            head=head,
            mods=own.mods | (source.mods - fields),
            strong=own.strong | (source.strong - fields),
            acts=own.acts or source.acts,
            inherited=True,
            words=own.words + source.words,
        )
    if own.head.concept == "fine" and not frame.follows:
        several = _PROCEDURES if _two_procedures(before, units) else frozenset()
        if _two_fields(before, units):
            several |= {w.concept for w in source.words if w.kind == "field"}
        return own._replace(
            mods=own.mods | ((source.mods | extra) - several),
            strong=own.strong | _shared_strong(own, source, extra, before, units),
            words=own.words + source.words,
        )
    bare = not own.mods and own.head.concept in ("amount", "area", "score")
    return own._replace(
        start=source.start if bare else own.start,
        end=source.end if bare else own.end,
        mods=own.mods | source.mods | extra,
        strong=own.strong | source.strong | extra,
        acts=own.acts or source.acts,
        words=own.words + source.words,
    )


def _alike(
    source: Phrase, frame: Frame, before: Sequence[Phrase], units: Sequence[str | None]
) -> bool:
    group = unit_group(frame.figure.unit)
    return any(
        p.start == source.start and p.end == source.end and unit_group(u) == group
        for p, u in zip(before[-8:], units[-8:], strict=True)
    )


def _needs_noun(own: Phrase) -> bool:
    if own.unknown:
        return False
    if own.head is None:
        return True
    return own.head.concept in ATTRIBUTES and not own.strong


def _trained(
    own: Phrase, frame: Frame, before: Sequence[Phrase], units: Sequence[str | None]
) -> Phrase | None:
    """Persons to whom the event just counted was done (举办法治培训班2期，培训156人次)."""
    if not before or own.acts or own.head is None or own.head.kind != "doing" or own.mods:
        return None
    event = before[-1]
    if unit_group(frame.figure.unit) != "person" or unit_group(units[-1]) != "event":
        return None
    if event.head is None or event.head.domain != own.head.domain:
        return None
    acts = (own.head.concept,)
    return event._replace(acts=acts, act=(own.start, own.end), inherited=True, behind=False)


def _kind_of(
    text: str,
    own: Phrase,
    frame: Frame,
    before: Sequence[Phrase],
    units: Sequence[str | None],
) -> Phrase | None:
    """One kind of what was counted before (赋权事项98项，其中行政处罚类37项)."""
    if not before or own.head is None or not frame.before or own.acts:
        return None
    last = frame.before[-1]
    if text[last.start : last.end] not in _KINDS or last.end != frame.figure.start:
        return None
    source = before[-1]
    same = unit_group(units[-1]) == unit_group(frame.figure.unit)
    if not same or source.head is None or source.head.domain in ("general", ""):
        return None
    strong = source.strong | own.strong | {own.head.concept, source.head.concept}
    return own._replace(
        start=source.start,
        end=source.end,
        head=source.head,
        mods=source.mods | own.mods | {own.head.concept},
        strong=strong,
        acts=source.acts,
        act=source.act,
        inherited=True,
    )


def _two_procedures(before: Sequence[Phrase], units: Sequence[str | None]) -> bool:
    """Whether the last two figures are the cases of one procedure each."""
    if len(before) < 2 or any(unit_group(u) != "case" for u in units[-2:]):
        return False
    named = [
        (p.strong | ({p.head.concept} if p.head else set())) & _PROCEDURES for p in before[-2:]
    ]
    return all(named) and named[0] != named[1]


def _two_fields(before: Sequence[Phrase], units: Sequence[str | None]) -> bool:
    """Whether the last figures are the cases of one field each."""
    named = [
        frozenset(w.concept for w in p.words if w.kind == "field")
        for p, u in zip(before[-3:], units[-3:], strict=True)
        if unit_group(u) == "case"
    ]
    return len({n for n in named if n}) > 1


_KINDS = frozenset(("类", "类别"))


def _shared_strong(
    own: Phrase,
    source: Phrase,
    extra: set[str],
    before: Sequence[Phrase],
    units: Sequence[str | None],
) -> frozenset[str]:
    """What of another figure's noun narrows a bare sum: for fines the procedure and the field.

    Of two procedures side by side neither does (当场处罚22件、普通程序9件，处罚金额3.28万元).
    """
    of = source.strong | extra
    if own.head is None or own.head.concept != "fine":
        return of
    if _two_procedures(before, units):
        return frozenset()
    fields = {w.concept for w in source.words if w.kind == "field"}
    if _two_fields(before, units):
        return frozenset()  # 市容类38件、生态环境类9件，罚款8.7万元: of all
    return of & (_PROCEDURES | fields | {"street_trading"})


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
    return own._replace(acts=acts, act=last.act)


def _source(
    frame: Frame, own: Phrase, before: Sequence[Phrase], units: Sequence[str | None]
) -> Phrase | None:
    """The figure before it whose noun it takes over: in its own kind of unit if there is one."""
    if frame.follows and frame.follows <= len(before):
        return before[-frame.follows]
    if before and before[-1].end > before[-1].start and (frame.listed or not frame.before):
        return before[-1]
    if frame.figure.kind == "rank" and units[-1:] == ["个"]:
        before, units = before[:-1], units[:-1]  # 满意率95%，在全区14个街镇中居第3位
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
    lately = zip(before[-8:], units[-8:], strict=True)
    usable = [(p, unit_group(u)) for p, u in lately if p.end > p.start]
    recent = usable[-4:]
    done = next((w.domain for w in own.words if w.kind == "act" and w.domain), "")
    for candidate, its_group in reversed(recent if done else ()):
        if its_group == group and candidate.head and candidate.head.domain == done:
            return candidate  # 矛盾纠纷191宗、信访事项32宗；调解成功188宗
    if group == "person" and recent and recent[-1][1] == "event":
        return recent[-1][0]  # 举办培训5期，86人参加
    for candidate, its_group in reversed(recent):
        if its_group == group:
            return candidate
    for candidate, its_group in reversed(recent):
        if its_group != "%":
            return candidate
    return recent[-1][0] if recent else None


def _objects_of(text: str, frame: Frame, own: Phrase, before: Sequence[Phrase]) -> Phrase | None:
    """What the things counted just before have, where a bare number sums it up (配备一体机，共21台)."""
    if not before or not before[-1].objects or own.acts or not is_bare(frame) or not frame.before:
        return None
    return built(text, before[-1].objects, [])


def _is_sum(text: str, frame: Frame) -> bool:
    """Whether a sum is a total of its own (罚款总额41920元)."""
    words = text[frame.segment : frame.figure.start]
    return any(word in words for word in ("总", "合计", "共计", "全年"))


def _is_total_of(
    text: str, frame: Frame, before: Sequence[Phrase], units: Sequence[str | None]
) -> bool:
    """Whether a figure adds up those listed before it (普通程序8件、当场处罚23件，合计31件)."""
    words = text[frame.segment : frame.figure.start].strip()
    if unit_group(frame.figure.unit) != unit_group(units[-1] if units else ""):
        return False
    return len(before) > 1 and words in ("合计", "共计", "总计", "共", "合计为", "合计共", "总共")


def _same_heads(before: Sequence[Phrase]) -> bool:
    """Whether the last two are of one thing (中心组学法4次，会前学法10次，共计14次)."""
    heads = {p.head.concept if p.head else "" for p in before[-2:]}
    return len(heads) == 1 and "" not in heads and not any(p.strong for p in before[-2:])


def _stands_alone(text: str, frame: Frame) -> bool:
    """Whether a fine is not that of the cases just before it."""
    return _is_sum(text, frame) or (not frame.listed and text[max(frame.clause - 1, 0)] in "；;。")


def is_bare(frame: Frame) -> bool:
    """Whether a figure has no words of its own but 共 and the like."""
    return all(item.kind in TRAILING for item in frame.before)
