"""Numbers that the end of a line breaks in two, made whole.

Belongs here: joining such lines, whatever the format they come from, and the lines of a text file that
were all broken at one width. Does not belong here: the lines of a printed page (``paragraphs``), which
are joined whether or not a number stands at their end.

``全年处罚8`` and ``7宗`` on the next line are 87宗 to a reader. Two lines are joined when the first is
words that end in a number and the second goes on with it: digits, a multiplier, a unit, a percent
sign. They are not when the second begins with a list number (``3.加强``) or a year (``2023年``), or when
the first is a label with its value (``发布日期：2024-01-15``).
"""

from __future__ import annotations

import re

from shenwan_data.schemas import metadata, while_unchanged

_HAN_NUMERALS = "〇零一二两三四五六七八九十百千万亿"
_ENDS_IN_DIGIT = re.compile(r"[\d０-９]$")
# 12. and 3, wait for the rest of their digits.
_ENDS_IN_POINT = re.compile(r"[\d０-９][.．,，]$")
# 3至, 2021-, 百分之 wait for a number.
_ENDS_OPEN = re.compile(rf"(?:[\d０-９{_HAN_NUMERALS}][-—–~～－至到]|分之|[㐀-䶿一-鿿][-－])$")
_ENDS_IN_NUMERAL = re.compile(rf"[{_HAN_NUMERALS}]$")
_DIGIT = re.compile(r"[\d０-９]")
_REST = re.compile(
    r"[%％‰]|[.．][\d０-９]|[,，][\d０-９]{3}|[余多来几万亿千百十]|[-—–~～－至到][\d０-９]|分之"
)
_MULTIPLIER = re.compile("[余多几万亿千百十]|分之")
_NUMERAL = re.compile(rf"[{_HAN_NUMERALS}]")
_LIST_NUMBER = re.compile(
    rf"(?:\d{{1,2}}|[{_HAN_NUMERALS}]{{1,3}})(?:[、)）]|[.．](?!\d)|[\s\u3000]+(?P<rest>\S))|第[{_HAN_NUMERALS}]|[{_HAN_NUMERALS}]是"
)
_YEAR = re.compile(r"(?:19|20)\d\d\s*年")
_WORDS = re.compile(r"[㐀-䶿一-鿿]")
_LABEL = re.compile(r"[:：][\s\d０-９\-./:：年月日时分,，()（）]*$|^[\s\d０-９\-./:：年月日]+$")
# 某镇法治政府建设报告2023 is a title; what goes on with it is no unit but 年.
_TITLE = re.compile(r"^[^，。；：]*(?:报告|总结|情况)[^，。；：]*(?:19|20)\d\d$")
# A value set apart from its label by a tab or by spaces stands in a column of its own.
_COLUMN = re.compile(r"(?:\t|[ \u3000]{2,})[\d０-９.,，．]+$")
_FEWEST_WORDS = 2


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


def unwrap(text: str) -> str:
    """The text with the lines joined that a program broke at one width, paragraphs made whole again.

    Only where many lines are of one width, as no paragraphs are: a line goes on when it is full, does
    not end a sentence, and the next is neither indented nor numbered.
    """
    lines = text.split("\n")
    measured = []
    for measure in (_columns, len):
        widths = [measure(line.rstrip()) for line in lines]
        full = max(widths) - _SLACK
        measured.append((sum(1 for width in widths if width >= full), full, widths))
    filled, full, widths = max(measured)
    written = sum(1 for width in widths if width)
    if full > _WIDEST or filled < _FEWEST_FULL or 3 * filled < written:
        return text
    return _filled(lines, widths, full)


def _filled(lines: list[str], widths: list[int], full: int) -> str:
    joined = lines[:1]
    for place in range(1, len(lines)):
        line, before = lines[place], lines[place - 1].rstrip()
        starts = not line.strip() or line[0] in " \t\u3000" or _LIST_NUMBER.match(line)
        if starts or widths[place - 1] < full or before.endswith(_FULL_STOPS):
            joined.append(line)
        else:
            latin = before[-1:].isascii() and before[-1:].isalpha() and line[:1].isalpha()
            joined[-1] = joined[-1].rstrip() + (" " if latin and line[:1].isascii() else "") + line
    return "\n".join(joined)


# A line may stop short of its width where a sign may not stand at the start of the next.
_SLACK = 4
_WIDEST = 120
_FEWEST_FULL = 4
_FULL_STOPS = ("。", "！", "？", "：", "；")


_WIDE = re.compile("[\u2e80-\U0010ffff]+")


def _columns(line: str) -> int:
    """How wide a line is on a screen: two columns for a Chinese character."""
    return 2 * len(line) - len(_WIDE.sub("", line))


def _is_broken(before: str, rest: str) -> bool:
    # Only the end of a long line matters, which keeps a text that is one broken number linear.
    tail = before[-200:]
    if len(_WORDS.findall(tail)) < _FEWEST_WORDS or _LABEL.search(tail) or _COLUMN.search(tail):
        return False
    if _TITLE.search(before[-80:]):
        return rest.startswith("年")
    listed = _LIST_NUMBER.match(rest)
    if listed and listed["rest"] and _unit().match(rest, listed.start("rest")):
        listed = None  # 7 宗 is a number with its unit.
    if _YEAR.match(rest) or listed:
        return False
    if _ENDS_OPEN.search(tail):
        return bool(_DIGIT.match(rest) or _NUMERAL.match(rest))
    if _ENDS_IN_POINT.search(tail):
        return _DIGIT.match(rest) is not None
    if _ENDS_IN_DIGIT.search(tail):
        return bool(_DIGIT.match(rest) or _REST.match(rest) or _unit().match(rest))
    if _ENDS_IN_NUMERAL.search(tail):
        return bool(_NUMERAL.match(rest) or _MULTIPLIER.match(rest))
    return False


@while_unchanged("units.csv")
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
