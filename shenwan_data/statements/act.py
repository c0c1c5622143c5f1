"""What was done: the verbs of a figure and who does it.

Belongs here: finding the verbs among the words before a figure. Does not belong here: the noun
(``counted``), or the verb that a figure takes over (``carried``).
"""

from __future__ import annotations

from collections.abc import Sequence

from shenwan_data.statements.lexicon import NOUNS, TRAILING, Token


def acts_before(items: Sequence[Token]) -> list[Token]:
    """The verbs before a noun, the nearest first, three at the most."""
    return [item for item in reversed(items) if item.kind == "act"][:3]


def actor_before(items: Sequence[Token], act: Token) -> str:
    """The concept of the noun right before a verb."""
    at = len(items)
    while at and (items[at - 1].start >= act.start or items[at - 1].kind in TRAILING):
        at -= 1
    return items[at - 1].concept if at and items[at - 1].kind in NOUNS else ""
