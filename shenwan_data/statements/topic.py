"""The topic of a figure: by what is counted and done, then by the words around it, then by the heading.

Belongs here: the nearest nouns that have a domain. Does not belong here: the topic of an indicator.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from shenwan_data.statements.lexicon import GENERAL, Token, lexicon
from shenwan_data.statements.phrase import Phrase

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
