"""The topic of a figure: by what is counted and done, then by the words around it, then by the heading.

Belongs here: the nearest nouns that have a domain. Does not belong here: the topic of an indicator.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    return tuple(d for d in dict.fromkeys(found) if d not in _NO_DOMAIN)


def noun_domains(phrase: Phrase) -> tuple[str, ...]:
    """The domains of a figure's own nouns alone, that of the head first."""
    found = [phrase.head.domain] if phrase.head else []
    found += [w.domain for w in reversed(phrase.words) if w.kind != "act"]
    return tuple(d for d in dict.fromkeys(found) if d not in _NO_DOMAIN)


def modifier_domains(phrase: Phrase) -> tuple[str, ...]:
    """The domains of the nouns that narrow a figure's head."""
    head = phrase.head
    found = [w.domain for w in phrase.words if w.kind != "act" and w is not head]
    return tuple(d for d in dict.fromkeys(found) if d not in _NO_DOMAIN)


def near_domains(items: Sequence[Token], start: int, limit: int = 3) -> tuple[str, ...]:
    """The domains of the nouns before ``start``, the nearest first."""
    found: dict[str, None] = {}
    for item in reversed(items):
        if item.start >= start or item.domain in _NO_DOMAIN or item.kind == "act":
            continue
        found.setdefault(item.domain)
        if len(found) == limit:
            break
    return tuple(found)


def topic_of(domains: Sequence[str]) -> str | None:
    """The topic of the first domain that has one."""
    topics = lexicon().topics
    return next((topics[d] for d in domains if topics.get(d, "-") != "-"), None)
