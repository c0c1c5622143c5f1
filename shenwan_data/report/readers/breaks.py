"""Numbers that the end of a line breaks in two, made whole.

Belongs here: joining such lines, whatever the format they come from. Does not belong here: the lines
of a printed page (``paragraphs``), which are joined whether or not a number stands at their end.

``全年处罚8`` and ``7宗`` on the next line are 87宗 to a reader. Two lines are joined when the first is
words that end in a number and the second goes on with it: digits, a multiplier, a unit, a percent
sign. They are not when the second begins with a list number (``3.加强``) or a year (``2023年``), or when
the first is a label with its value (``发布日期：2024-01-15``).
"""

from __future__ import annotations

import re
from functools import lru_cache

from shenwan_data.schemas import metadata

_HAN_NUMERALS = "〇零一二两三四五六七八九十百千万亿"
_ENDS_IN_DIGIT = re.compile(r"[\d０-９]$")
# 12. and 3, wait for the rest of their digits.
_ENDS_IN_POINT = re.compile(r"[\d０-９][.．,，]$")
_ENDS_IN_NUMERAL = re.compile(rf"[{_HAN_NUMERALS}]$")
_DIGIT = re.compile(r"[\d０-９]")
_REST = re.compile(r"[%％‰]|[.．][\d０-９]|[,，][\d０-９]{3}|[余多来几万亿千百十]")
_MULTIPLIER = re.compile("[余多几万亿千百十]")
_NUMERAL = re.compile(rf"[{_HAN_NUMERALS}]")
_LIST_NUMBER = re.compile(
    rf"(?:\d{{1,2}}|[{_HAN_NUMERALS}]{{1,3}})(?:[、)）]|[.．](?!\d)|[\s\u3000])|第[{_HAN_NUMERALS}]|[{_HAN_NUMERALS}]是"
)
_YEAR = re.compile(r"(?:19|20)\d\d\s*年")
_WORDS = re.compile(r"[㐀-䶿一-鿿]")
_LABEL = re.compile(r"[:：][\s\d０-９\-./:：年月日时分,，()（）]*$|^[\s\d０-９\-./:：年月日]+$")
# 某镇法治政府建设报告2023 is a title; what goes on with it is no unit but 年.
_TITLE = re.compile(r"^[^，。；：]*(?:报告|总结|情况)[^，。；：]*(?:19|20)\d\d$")
# A value set apart from its label by a tab or by spaces stands in a column of its own.
_COLUMN = re.compile(r"(?:\t|[ \u3000]{2,})[\d０-９.,，．]+$")
_FEWEST_WORDS = 3


def join_broken(text: str) -> str:
    """The text with the lines joined between which a number is broken."""
    lines = text.split("\n")
    joined = lines[:1]
    for line in lines[1:]:
        rest = line.lstrip(" \t\u3000\xa0")
        before = joined[-1].rstrip(" \t\u3000\xa0")
        if before and rest and _is_broken(before, rest):
            joined[-1] = before + rest
        else:
            joined.append(line)
    return "\n".join(joined)


def _is_broken(before: str, rest: str) -> bool:
    # Only the end of a long line matters, which keeps a text that is one broken number linear.
    tail = before[-200:]
    if len(_WORDS.findall(tail)) < _FEWEST_WORDS or _LABEL.search(tail) or _COLUMN.search(tail):
        return False
    if _TITLE.search(before[-80:]):
        return rest.startswith("年")
    if _YEAR.match(rest) or _LIST_NUMBER.match(rest):
        return False
    if _ENDS_IN_POINT.search(tail):
        return _DIGIT.match(rest) is not None
    if _ENDS_IN_DIGIT.search(tail):
        return bool(_DIGIT.match(rest) or _REST.match(rest) or _unit().match(rest))
    if _ENDS_IN_NUMERAL.search(tail):
        return bool(_NUMERAL.match(rest) or _MULTIPLIER.match(rest))
    return False


@lru_cache(maxsize=1)
def _unit() -> re.Pattern[str]:
    """Any spelling of a unit, or a part of a date."""
    words = {
        word
        for row in metadata("units.csv")
        for word in (row["surfaces"] or row["unit"]).split("|")
        if word
    }
    words |= {"年", "月", "日", "时", "分"}
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
