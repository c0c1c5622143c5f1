"""What a header of a table says of the numbers below it: their unit, their scale, their kind.

Belongs here: reading the words of headers and of the line on top of a table. Does not belong here: the
cells (``table``).
"""

from __future__ import annotations

import re

from shenwan_data.schemas import metadata, while_unchanged

_YUAN = r"(?:人民币[,，、\s]*)?"
_BRACKET = re.compile(
    rf"\s*[（(\[［【〔]\s*(?:单位\s*[:：]\s*)?{_YUAN}([^（）()\[\]［］【】〔〕\d，。：:]{{1,6}})\s*[）)\]］】〕]\s*$"
)
_SLASH = re.compile(
    rf"\s*[/／，,、：:\s]\s*(?:单位\s*[:：]\s*)?{_YUAN}([^（）()\d，,、。：:/／\s]{{1,6}})\s*$"
)
# 资料份数, 群众人次: what may stand behind the unit that a header names.
_NUMBER_WORD = re.compile(r"(?:数量?|量)\s*$")
_MULTIPLIER = re.compile("[十百千万亿]+")
UNIT_LINE = re.compile(
    r"[（(]?\s*(?:计量)?单位\s*[:：]\s*(?:人民币)?\s*([^：:（）()。；]{1,20}?)\s*[）)]?\s*$"
)
_UNIT_MARKS = re.compile(r"\s*[、，,/／\s]\s*")
# What a header counts or measures, which says whether a unit on top of the table is its own.
_COUNTED = re.compile(r"(?<![款额])(?:数|数量|次|件|宗|起|人次|场次)$")
_MEASURED = (
    ("ratio", re.compile(r"率$|占比|比例|比重|[增升降]幅|同比|环比|增减")),
    ("area", re.compile("面积")),
    (
        "money",
        re.compile("金额|罚款|罚没|没收|经费|资金|费用|收入|支出|产值|标的|损失|价值|货值|款$"),
    ),
)


def unit_line(text: str) -> str | None:
    """The unit or units that a line such as ``单位：件、万元`` gives to the table below it."""
    match = UNIT_LINE.search(text)
    if match is None or not all(is_unit(word) for word in _UNIT_MARKS.split(match.group(1))):
        return None
    return match.group(1)


def fitting_unit(names: list[str], units: str) -> str:
    """That of the units on top of a table which a number under these headers has; ``""`` if none.

    A lone unit is taken unless the headers speak of another kind of thing; of several, one must be
    the only one that fits, and persons are counted only where a header names them.
    """
    given = _UNIT_MARKS.split(units)
    if len(given) == 1 and _MULTIPLIER.fullmatch(given[0]):
        ratio = any(_kind_named(name) == "ratio" for name in names)
        return "" if ratio else scaled_unit(given[0], names)
    wanted = next((kind for name in reversed(names) if (kind := _kind_named(name))), None)
    if wanted is None and len(given) == 1:
        return given[0]
    measured = wanted not in (None, "count")
    fitting = [unit for unit in given if (_kind_of(unit) == wanted if measured else _counts(unit))]
    named = [unit for unit in fitting if any(unit[0] in name for name in names)]
    if len(fitting) > 1 and not measured:
        fitting = named or [unit for unit in fitting if "人" not in unit]
    return fitting[0] if len(fitting) == 1 else ""


def scaled_unit(unit: str, names: list[str]) -> str:
    """A unit, or a scale with the unit that the innermost header names at its end."""
    if not _MULTIPLIER.fullmatch(unit):
        return unit
    name = _NUMBER_WORD.sub("", next((name for name in reversed(names) if name), ""))
    named = (name[-length:] for length in (2, 1) if len(name) >= length)
    return unit + next((word for word in named if _units().get(word) == "count"), "")


def _kind_named(name: str) -> str | None:
    """Which kind of unit a header asks for, None where it does not say."""
    if _COUNTED.search(name):
        return "count"
    return next((kind for kind, words in _MEASURED if words.search(name)), None)


def _counts(unit: str) -> bool:
    return _kind_of(unit) not in ("money", "area", "ratio")


def _kind_of(unit: str) -> str:
    kinds = _units()
    return kinds.get(unit) or kinds[_MULTIPLIER.sub("", unit, count=1)]


def split_unit(name: str) -> tuple[str, str | None]:
    """A header without the unit at its end, and the unit, None where it has none."""
    match = _BRACKET.search(name) or _SLASH.search(name)
    if not match or not is_unit(match.group(1)) or not name[: match.start()].strip():
        return name, None
    return name[: match.start()], match.group(1)


@while_unchanged("units.csv")
def _units() -> dict[str, str]:
    """Every spelling of a unit, and what kind of figure it makes."""
    rows = metadata("units.csv")
    return {
        word: row["kind"] for row in rows for word in (row["surfaces"] or row["unit"]).split("|")
    }


def is_unit(text: str) -> bool:
    """Whether a word is a unit, also with a scale before it (万元), or a scale alone."""
    return (
        text in _units()
        or _MULTIPLIER.sub("", text, count=1) in _units()
        or text in ("万", "亿", "千", "百", "百万", "千万")
    )
