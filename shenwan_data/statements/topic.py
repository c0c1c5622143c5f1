"""The topic of a figure: by what is counted and done, then by the words around it, then by the heading.

Belongs here: the nearest nouns that have a domain. Does not belong here: the topic of an indicator.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from shenwan_data.statements.frame import Frame, Sentence
from shenwan_data.statements.lexicon import GENERAL, Token, lexicon
from shenwan_data.statements.phrase import Phrase
from shenwan_data.statements.said import clause_end, concepts_in, two_clauses

OTHER = "other"
# Nouns that the verb gives its topic: 检查企业860家次 is enforcement.
_NEUTRAL = frozenset(("firms", "other", GENERAL))
_NO_DOMAIN = frozenset(("", GENERAL, "rates"))


def own_domains(phrase: Phrase) -> tuple[str, ...]:
    """The domains of a figure's own nouns, that of the head first."""
    found = [phrase.head.domain] if phrase.head else []
    if phrase.head and phrase.head.domain in _NEUTRAL:
        found = [w.domain for w in reversed(phrase.words) if w.kind in ("doing", "act")] + found
    found += [w.domain for w in reversed(phrase.words) if w.domain]
    return _known(found)


def noun_domains(phrase: Phrase) -> tuple[str, ...]:
    """The domains of a figure's own nouns alone, that of the head first."""
    found = [phrase.head.domain] if phrase.head else []
    found += [w.domain for w in reversed(phrase.words) if w.kind != "act"]
    return _known(found)


def modifier_domains(phrase: Phrase) -> tuple[str, ...]:
    """The domains of the nouns that narrow a figure's head."""
    head = phrase.head
    found = [w.domain for w in phrase.words if w.kind != "act" and w is not head]
    return _known(found)


def _known(domains: Iterable[str]) -> tuple[str, ...]:
    return tuple([d for d in dict.fromkeys(domains) if d not in _NO_DOMAIN])


def domains_in_order(items: Sequence[Token]) -> list[tuple[int, str]]:
    """The domains of a sentence's nouns with where they begin; of equal neighbours the first."""
    found: list[tuple[int, str]] = []
    last = ""
    for start, _, kind, _, domain in items:
        if domain and domain != last and kind != "act" and domain not in _NO_DOMAIN:
            found.append((start, domain))
            last = domain
    return found


def nearest(domains: Sequence[tuple[int, str]], start: int, limit: int = 3) -> tuple[str, ...]:
    """The last domains of ``domains_in_order`` before ``start``, the nearest first."""
    found: dict[str, None] = {}
    for index in range(bisect_left(domains, (start,)) - 1, -1, -1):
        found.setdefault(domains[index][1])
        if len(found) == limit:
            break
    return tuple(found)


def near_domains(items: Sequence[Token], start: int, limit: int = 3) -> tuple[str, ...]:
    """The domains of the nouns before ``start``, the nearest first."""
    return nearest(domains_in_order(items), start, limit)


def topic_of(domains: Sequence[str]) -> str | None:
    """The topic of the first domain that has one."""
    topics = lexicon().topics
    for domain in domains:
        topic = topics.get(domain, "-")
        if topic != "-":
            return topic
    return None


LECTURES = frozenset(("lecture", "law_class"))
_OFFICIALS = frozenset(("leader", "official", "enforcer", "town", "law_study", "staff_study"))
# What lies how far and how large a town is says nothing of what it does.
_LAND = frozenset(("平方公里", "平方千米", "公里"))
_PUBLIC = frozenset(
    (
        "resident",
        "student",
        "school",
        "village",
        "vice_principal",
        "law_outreach",
        "outreach_activity",
    )
)
_LAW = frozenset(("law", "law_study", "rule_of_law"))
_ADMINISTERED = frozenset(("under", "have"))


def topic_of_figure(
    text: str,
    own: Phrase,
    frame: Frame,
    sentence: Sentence,
    near: tuple[str, ...],
    above: tuple[str, ...],
) -> str:
    """The topic of a figure: what is done by or to its noun, its own nouns, those near and above."""
    if frame.figure.raw_unit in _LAND:
        return OTHER  # 总面积186平方公里
    domains = own_domains(own)
    head = own.head.concept if own.head else ""
    if head in ("village", "school"):
        behind = own.act[0] >= frame.figure.end or not own.acts
        done = _done_by(text, frame, sentence) if behind else ()
        if done:
            domains = done
        elif near and own.acts and own.acts[0] not in _ADMINISTERED:
            domains = tuple(d for d in domains if d != OTHER)
    if head in LECTURES and (whom := _audience(text, frame, sentence)):
        return whom
    if head in ("study_session", "topic_study"):
        start = two_clauses(text, sentence.start, frame.clause)
        if _LAW & concepts_in(sentence, start, frame.figure.end):
            return "governance"
    found = topic_of(domains + near + above) or _of_acts(frame, sentence) or OTHER
    handed_out = own.acts[:1] == ("distribute",) and found == OTHER
    return "outreach" if handed_out and not domains else found


def _of_acts(frame: Frame, sentence: Sentence) -> str | None:
    """The topic of the last verb that has one (立案31宗，办结29宗)."""
    low = bisect_left(sentence.starts, frame.figure.start)
    acts = [i.domain for i in sentence.items[:low] if i.kind == "act" and i.domain]
    return topic_of(acts[::-1])


def _done_by(text: str, frame: Frame, sentence: Sentence) -> tuple[str, ...]:
    """The domains of what the counted do or have (6个行政村全部配备了法律顾问)."""
    end = clause_end(text, frame.figure.end, sentence.end)
    low = bisect_left(sentence.starts, frame.figure.end)
    items = sentence.items[low : bisect_left(sentence.starts, end)]
    if not any(item.kind == "act" for item in items):
        return ()
    found = [
        "aid" if item.concept == "adviser" else item.domain  # that of a village
        for item in items
        if item.kind != "act" and item.concept != "village"
    ]
    return tuple(d for d in found if d not in ("", "general", OTHER))


def _audience(text: str, frame: Frame, sentence: Sentence) -> str:
    """The topic of a lecture by who gives or hears it: officials (党政主要负责同志讲法治课) or the public."""
    start = two_clauses(text, sentence.start, frame.clause)
    around = concepts_in(sentence, start, frame.figure.end + 8)
    if around & _PUBLIC or "各村" in text[frame.clause : frame.figure.start]:
        return "outreach"
    return "governance" if around & _OFFICIALS else ""
