"""Numerals that say which and not how many: ranks, ordinals, and what only looks like a number.

Belongs here: the readers of ranks, dates, documents, codes and formulas. Does not belong here:
quantities (``counts``, ``ranges``). The readers are called as those of ``counts`` are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from shenwan_data.figures.counts import ends_here
from shenwan_data.figures.cues import cues
from shenwan_data.figures.numerals import MYRIADS, NUMERAL_RUN, number
from shenwan_data.figures.quantity import name
from shenwan_data.figures.record import no_data
from shenwan_data.figures.shares import place
from shenwan_data.figures.units import unit_at
from shenwan_data.model import Figure

Reader = Callable[[str, re.Match[str], int], Figure | None]
_YEAR = re.compile(r"(?:19|20)\d\d")
_DURATION = re.compile(r"(?:周年|年|年度|学年|星期|周)(?:多|余|来|半)?$")
_WAN = re.compile(r"\d+[wW](?![A-Za-z0-9])")
_PLUS = re.compile(r"\d{2,}[wW]?[+＋](?![\d+＋])")
_RANK_WINDOW = 20


def rank(text: str, match: re.Match[str], floor: int) -> Figure:
    """第二名, 位列第三, 前五名; an ordinal that is no rank is part of a name."""
    top = match["top"]
    numeral = place(match["place"] or top)
    start = match.start()
    low = max(0, start - _RANK_WINDOW)
    # Of two places one was left and the other reached: 由第十上升到第五.
    placed = (
        cues().rank_before.search(text, low, start)
        or cues().rank_left.match(text, match.end())
        or (cues().rank_reached.search(text, low, start) if "第" in text[low:start] else None)
    )
    counted = match.group()[-1] in "名位次强甲"
    if text[max(0, start - 2) : start] == "倒数":
        return name(match, "ordinal_name")
    if numeral is None or not (placed or (counted and not top and ends_here(text, match.end()))):
        return name(match, "ordinal_name")
    value = number(numeral.value)
    return Figure(
        start,
        match.end(),
        match.group(),
        "rank",
        value=value,
        unit="位",
        raw_value=value,
        raw_unit="位",
        lower=None if top else value,
        upper=value,
        qualifier="at_most" if top else "exact",
    )


def other(kind: str, reason: str) -> Reader:
    """A reader that gives the whole match one kind and reason; nothing where it holds no numeral."""

    def read(text: str, match: re.Match[str], floor: int) -> Figure | None:
        return no_data(match.start(), match.end(), match.group(), kind, reason)

    return read


def document(text: str, match: re.Match[str], floor: int) -> Figure:
    """〔2019〕26号, 第三条."""
    quote = match.group()
    reason = "clause_number" if quote[0] == "第" else "document_number"
    return no_data(match.start(), match.end(), quote, "document", reason)


def date(text: str, match: re.Match[str], floor: int) -> Figure:
    """A day, a year, a time of day, or how long something took."""
    quote = match.group()
    lasts = _DURATION.search(quote) is not None and not _YEAR.match(quote)
    reason = "duration" if lasts else "calendar_date"
    return no_data(match.start(), match.end(), quote, "date", reason)


def formula(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """1+1>2, 1+6+N; a number with a plus before a unit is a quantity (5000+人次)."""
    plus = _PLUS.match(match.group())
    if plus is not None and unit_at(text, match.start() + plus.end(), digits=True):
        return None
    return no_data(match.start(), match.end(), match.group(), "formula", "formula")


def code(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """A4, G105, 5G; letters that are a unit or stand for 万 make a quantity."""
    quote = match.group()
    if quote[0].isdecimal():
        digits = len(quote) - len(quote.lstrip("0123456789０１２３４５６７８９"))
        if _WAN.fullmatch(quote) or unit_at(text, match.start() + digits, digits=True):
            return None
    else:
        following = text[match.end() : match.end() + 1]
        place = match.end("code_number")
        if following in tuple(f"{MYRIADS}%％") or unit_at(text, place, digits=True):
            return None
        if text[place : place + 1] == ".":
            return None
    if NUMERAL_RUN.search(quote) is None:
        return None
    return no_data(match.start(), match.end(), quote, "name", "code_name")
