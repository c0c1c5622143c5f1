"""How exact a number is said to be: the words around it and the interval they mean.

Belongs here: the hedges of ``schemas/hedges.yaml`` and their intervals. Does not belong here: the
number itself (``numerals``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from shenwan_data.figures.numerals import NUMERAL_CHARS, SPACE, SPACES, Exact, Numeral
from shenwan_data.schemas import metadata, while_unchanged

Bounds = tuple[Exact | None, Exact | None]
_LONGEST_HEDGE = 9
_WORDS_BETWEEN = 8
# How far before a number a hedge can stand that reaches over words to it.
REACH = _WORDS_BETWEEN + _LONGEST_HEDGE
_OVERCOME = "突破"


@dataclass(frozen=True, slots=True)
class Hedges:
    """The compiled table: word -> qualifier for each place, and the patterns that find them.

    ``last_before`` and ``first_after`` are the characters at which a hedge in front ends and one
    behind begins: most places have neither. ``apart`` has a group for each qualifier.
    """

    before: re.Pattern[str]
    after: re.Pattern[str]
    apart: re.Pattern[str]
    apart_share: re.Pattern[str]
    overcome: re.Pattern[str]
    inner: str
    meaning_before: dict[str, str]
    meaning_after: dict[str, str]
    meaning_share: dict[str, str]
    duration_words: frozenset[str]
    bare_only: frozenset[str]
    not_after: dict[str, re.Pattern[str]]
    last_before: frozenset[str]
    first_after: frozenset[str]


def alternation(words: Iterable[str]) -> str:
    """A regular expression for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


@while_unchanged("hedges.yaml")
def hedges() -> Hedges:
    """The hedge table of ``schemas/hedges.yaml``."""
    table = metadata("hedges.yaml")
    before = _meanings(table["before"])
    after = _meanings(table["after"])
    duration = _meanings(table["after_duration"])
    share = _meanings(table["apart_share"])
    link = alternation(table["link"])
    apart = "|".join(f"(?P<{name}>{pattern})" for name, pattern in table["apart"].items())
    return Hedges(
        before=re.compile(rf"({alternation(before)})(?:{link})?{SPACE}$"),
        # 起 ends what it bounds (100元起); 起诉, 起草 are other words.
        after=re.compile(
            rf"{SPACE}(?:(?!起[一-鿿])({alternation(after | duration)})"
            r"(?![一-鿿]?[游下级联班册同贯功半铺浮述网])|[+＋](?![0-9A-Za-z０-９]))"
        ),
        apart=re.compile(rf"(?:{apart})[^，。；：、,;:\n{NUMERAL_CHARS}]{{1,{_WORDS_BETWEEN}}}$"),
        apart_share=re.compile(
            rf"(?<![一-鿿][签条合契公节预])({alternation(share)})"
            rf"[^，。；：、,;:\n{NUMERAL_CHARS}]{{1,{_WORDS_BETWEEN}}}的{SPACE}$"
        ),
        overcome=re.compile(table["overcome"]),
        inner="".join(word for words in table["inner"].values() for word in words),
        meaning_before=before,
        meaning_after=after | duration,
        meaning_share=share,
        duration_words=frozenset(duration),
        bare_only=frozenset(table["only_before_bare_multiplier"]),
        not_after={
            word: re.compile(rf"(?:{'|'.join(patterns)})$")
            for word, patterns in table["not_after"].items()
        },
        last_before=frozenset(word[-1] for word in (*before, *table["link"])) | SPACES,
        first_after=frozenset(word[0] for word in after | duration) | SPACES | frozenset("+＋"),
    )


def _meanings(table: dict[str, list[str]]) -> dict[str, str]:
    return {word: name for name, words in table.items() for word in words}


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
    other_word = table.not_after.get(word)
    if other_word and other_word.search(
        text, max(0, match.start() - _WORDS_BETWEEN), match.start()
    ):
        return None
    return match.start(), table.meaning_before[word]


def hedge_apart(text: str, start: int, floor: int, *, share: bool) -> str | None:
    """The qualifier that a hedge gives over the words between it and the number; None for none.

    ``floor`` is where the figure before ends, ``share`` says that the number is a share.
    """
    table = hedges()
    begin = max(floor, start - REACH)
    match = table.apart.search(text, begin, start)
    if match is not None:
        return match.lastgroup
    match = table.apart_share.search(text, begin, start) if share else None
    return table.meaning_share[match.group(1)] if match else None


def overcomes(text: str, start: int, end: int, *, small: bool) -> bool:
    """Whether 突破 before the number at ``start`` overcomes what is counted (突破4个堵点)."""
    before = text[max(0, start - len(_OVERCOME) - 1) : start].removesuffix("了")
    return before.endswith(_OVERCOME) and (small or hedges().overcome.match(text, end) is not None)


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
