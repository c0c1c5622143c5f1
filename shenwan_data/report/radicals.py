"""Radicals written where the everyday character is meant: ⺠ for 民, ⼀ for 一.

Belongs here: turning them back. Does not belong here: any other variant of a character.

A font often draws both with one shape, and the programs that print a page to PDF (browsers among
them) then note down the radical. A reader sees no difference; 人⺠调解 is found by no search for 人民调解.
"""

from __future__ import annotations

import re
import unicodedata

_RADICAL = re.compile(r"[\u2e80-\u2fdf]")
# Unicode decomposes the Kangxi radicals (U+2F00) but not these (U+2E80); here are those that are
# characters in their own right.
_SUPPLEMENT = dict(
    zip(
        "⺁⺄⺊⺌⺍⺎⺒⺓⺛⺜⺝⺟⺠⺧⺩⺬⺮⺶⺼⺽⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乙卜小小尢巳幺旡日月母民牛王示竹羊肉臼虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)


def everyday(text: str) -> str:
    """The text with everyday characters in the place of radicals; its length stays."""
    return _RADICAL.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    radical = match.group()
    return _SUPPLEMENT.get(radical) or unicodedata.normalize("NFKC", radical)
