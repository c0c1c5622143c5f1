"""How exact a number is said to be: the words around it and the interval they mean.

Belongs here: the hedges of ``schemas/hedges.yaml`` and their intervals. Does not belong here: the
number itself (``numerals``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from shenwan_data.figures.numerals import Exact, Numeral
from shenwan_data.schemas import metadata, while_unchanged

Bounds = tuple[Exact | None, Exact | None]
_LONGEST_HEDGE = 9
_SPACES = frozenset(" \u3000")


@dataclass(frozen=True, slots=True)
class Hedges:
    """The compiled table: word -> qualifier for each place, and the patterns that find them."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    inner: str
    meaning_before: dict[str, str]
    meaning_after: dict[str, str]
    duration_words: frozenset[str]
    bare_only: frozenset[str]
    not_after: dict[str, tuple[str, ...]]
    # At what characters a hedge in front ends and one behind begins: most places have neither.
    last_before: frozenset[str]
    first_after: frozenset[str]


def alternation(words: list[str] | dict[str, str]) -> str:
    """A regular expression for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


@while_unchanged("hedges.yaml")
def hedges() -> Hedges:
    """The hedge table of ``schemas/hedges.yaml``."""
    table = metadata("hedges.yaml")
    before = {word: name for name, words in table["before"].items() for word in words}
    after = {word: name for name, words in table["after"].items() for word in words}
    duration = {w: name for name, words in table["after_duration"].items() for w in words}
    link = alternation(table["link"])
    return Hedges(
        before=re.compile(rf"({alternation(before)})(?:{link})?[ \u3000]?$"),
        after=re.compile(
            rf"[ \u3000]?(?:({alternation(after | duration)})"
            r"(?![一-鿿]?[游下级联班册同贯功半铺浮述网])|[+＋](?![0-9A-Za-z０-９]))"
        ),
        inner="".join(word for words in table["inner"].values() for word in words),
        meaning_before=before,
        meaning_after=after | duration,
        duration_words=frozenset(duration),
        bare_only=frozenset(table["only_before_bare_multiplier"]),
        not_after={word: tuple(words) for word, words in table["not_after"].items()},
        last_before=frozenset(word[-1] for word in (*before, *table["link"])) | _SPACES,
        first_after=frozenset(word[0] for word in after | duration) | _SPACES | frozenset("+＋"),
    )


def hedge_before(text: str, start: int, *, bare: bool) -> tuple[int, str] | None:
    """The hedge that ends where the number starts: its own start and its qualifier."""
    table = hedges()
    if not start or text[start - 1] not in table.last_before:
        return None
    match = table.before.search(text, max(0, start - _LONGEST_HEDGE), start)
    if match is None:
        return None
    word = match.group(1)
    if word in table.bare_only and not bare:
        return None
    if text.endswith(table.not_after.get(word, ()), 0, match.start()):
        return None
    return match.start(), table.meaning_before[word]


def interval(qualifier: str, number: Numeral) -> Bounds:
    """Lower and upper bound that a qualifier gives to a number; None is open."""
    v, g = number.value, number.grain
    match qualifier:
        case "more_than":
            return v, v + g
        case "nearly":
            return v - g, v
        case "about":
            return v - Fraction(g, 2), v + Fraction(g, 2)
        case "at_least":
            return v, None
        case "at_most":
            return None, v
        case _:
            return v, v
