"""Two numbers that bound one quantity: 3至5次, 10—20万, 一百五六十件.

Belongs here: what a second number behind the first makes of the two. Does not belong here: single
numbers (``counts``), numbers that divide each other (``shares``).
"""

from __future__ import annotations

import re

from shenwan_data.figures.cues import WINDOW, cues
from shenwan_data.figures.numerals import (
    CHINESE_DIGITS,
    DASHES,
    MYRIADS,
    SPACES,
    Numeral,
    chinese,
    multiplier,
)
from shenwan_data.figures.quantity import bounded
from shenwan_data.figures.record import no_data
from shenwan_data.figures.sizes import Size, behind_joint, read_size
from shenwan_data.figures.units import Unit, unit_at, units
from shenwan_data.model import Figure

# What grows or shrinks by the number behind it: 增加27件至186件 is a change and a level.
_CHANGE = re.compile(
    r"(?:增加|增长|增幅|提升|提高|上升|上涨|上调|上浮|新增|扩充|扩大|扩展|扩|增|升|涨|攀升|下降|减少|降低|降幅"
    r"|下调|下跌|下浮|回落|压减|压降|压缩|缩短|缩减|收窄|精简|减|降)了?[约近超逾]?$"
)
_LONGEST_CHANGE = 5
JOINTS = SPACES | frozenset("至到" + DASHES.replace("\\", ""))


def spread(
    text: str,
    start: int,
    low: Size,
    unit_found: tuple[Unit, int, str] | None,
    number_end: int,
    floor: int,
    digits: bool,
) -> Figure | None:
    """The range that a first number opens; None where no second number makes it one.

    600元至3000元 is one range; 增长13%至2460万元 and 增加27件至186件 are a change and a level.
    """
    end = unit_found[1] if unit_found else number_end
    if text[end : end + 1] not in JOINTS or text[start - 1 : start] in ("从", "由", "每"):
        return None
    match = behind_joint(digits).match(text, end)
    high = read_size(match, "high") if match else None
    if match is None or high is None:
        return None
    end = match.end()
    found = unit_at(text, end, digits=digits)
    unit: Unit | None = None
    if found is not None:
        unit, end = found[:2]
    if unit_found is not None:
        if unit is not None and unit is not unit_found[0]:
            return None
        if is_change(text, start, floor, match["joint"]):
            return None
        unit = unit_found[0]
    printed = unit is not None
    if unit is None:
        window = (text, max(0, start - WINDOW), start)
        if high.big and cues().money_before.search(*window):
            unit = units()["元"]
        elif not (high.big or cues().amount_before.search(*window)):
            return None
    lower = low.full.value
    if high.big and not low.big and unit_found is None:
        lower *= multiplier(high.big)  # 3-5万元 is thirty to fifty thousand
    if lower > high.full.value:
        return no_data(start, end, text[start:end], "name", "bare_number")
    bounds = (lower, high.full.value)
    return bounded(text, (start, end), bounds, unit, "range", big=high.big, printed=printed)


def is_change(text: str, start: int, floor: int, joint: str) -> bool:
    """Whether a number before 至 is a change, and what follows the level it led to."""
    changed = _CHANGE.search(text, max(floor, start - _LONGEST_CHANGE), start)
    return changed is not None and joint.strip() in ("至", "到")


def neighbours(low: str, high: str) -> tuple[int, int] | None:
    """Two digits said for about so many: 七八, 三五, 三两; None for any other two."""
    first, second = CHINESE_DIGITS[low], CHINESE_DIGITS[high]
    if second - first == 1 or (first, second) == (3, 5):
        return first, second
    return (second, first) if (first, second) == (3, 2) and high in "两兩" else None


def adjacent(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """三四次, 二三十人, 十七八名, 一百五六十件, 三万五六千元."""
    digits = neighbours(match["low"], match["high"])
    head = chinese(match["head"]) if match["head"] else Numeral(0, 1)
    found = unit_at(text, match.end(), digits=False)
    if digits is None or head is None or found is None:
        return None
    small = match["adjacent_scale"].rstrip(MYRIADS)
    step = multiplier(small)
    scale = multiplier(match["adjacent_scale"][len(small) :])
    last = match["head"][-1:]
    if last and last in MYRIADS:  # 三万五六千
        step, scale = step * scale, 1
    if last not in ("", "十", "零", "〇") and not small:  # 一百五六件, 三万五六元
        step *= multiplier(last) // 10
    if head.value % (10 * step):
        return None
    bounds = ((head.value + digits[0] * step) * scale, (head.value + digits[1] * step) * scale)
    return bounded(text, (match.start(), found[1]), bounds, found[0], "range")
