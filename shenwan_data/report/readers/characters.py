"""The characters of a text as a reader sees them.

Belongs here: characters that look like others or like nothing, in the text of every format. Does not
belong here: bytes and encodings (``text``), numbers broken by a line end (``breaks``).

A font often draws a radical and the everyday character with one shape, and the programs that print a
page to PDF (browsers among them) then note down the radical. A reader sees no difference; 人⺠调解 is
found by no search for 人民调解, and ⼋⼗七 is no number. Text copied out of web pages and chats holds
characters of no width, which cut a number in two without a trace. The file in the archive keeps them;
the text read from it does not, and all offsets are into the text read.
"""

from __future__ import annotations

import re
import unicodedata

# Soft hyphens, joiners, marks of direction, selectors of variants, byte order marks.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# What some programs end a line with: vertical tab (a soft return of Word), form feed, NEL, LS, PS.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Radicals, compatibility ideographs, and digits of mathematical alphabets.
_VARIANT = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f\U0001d7ce-\U0001d7ff]")
# Unicode decomposes the Kangxi radicals (U+2F00) but not these (U+2E80); here are those that are
# characters in their own right.
_SUPPLEMENT = dict(
    zip(
        "⺁⺄⺊⺌⺍⺎⺒⺓⺛⺜⺝⺟⺠⺧⺩⺬⺮⺶⺼⺽⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乙卜小小尢巳幺旡日月母民牛王示竹羊肉臼虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)


def readable(text: str) -> str:
    """The text with ``\\n`` line ends, everyday characters, and nothing that cannot be seen."""
    return everyday(_INVISIBLE.sub("", _LINE_ENDS.sub("\n", text)))


def everyday(text: str) -> str:
    """The text with everyday characters in the place of their variants; its length stays."""
    return text if text.isascii() else _VARIANT.sub(_character, text)


def without_invisible(text: str) -> str:
    """The text without characters that have no width."""
    return _INVISIBLE.sub("", text)


def _character(match: re.Match[str]) -> str:
    variant = match.group()
    return _SUPPLEMENT.get(variant) or unicodedata.normalize("NFKC", variant)
