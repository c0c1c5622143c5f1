"""What a parameter of a rule may be.

Belongs here: the types that engines declare, how they are called in both languages, and the checks.
Does not belong here: reading the rules (``rules``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shenwan_data.errors import Text
from shenwan_data.figures.figure import DATA_KINDS, QUALIFIERS
from shenwan_data.figures.units import units
from shenwan_data.indicators.catalogue import MEASURE_TYPES, catalogue


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _list_of(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and bool(value) and all(map(holds, value))


def _one_of(known: Callable[[], Any]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in known()


def _band(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    ends = [end for end in value if end is not None]
    return bool(ends) and all(map(_number, ends)) and ends == sorted(ends)


def _place(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"ref_area", "within", "number"}
        and _number(value["number"])
    )


def _month_day(value: Any) -> bool:
    return (
        isinstance(value, list) and len(value) == 2 and 1 <= value[0] <= 12 and 1 <= value[1] <= 28
    )


_UNITS = _list_of(_one_of(units))
# What a parameter may be: how that is called in both languages, and the check.
PARAMETER_TYPES: dict[str, tuple[Text, Callable[[Any], bool]]] = {
    "indicator": (Text("指标目录中的代码", "a code of the catalogue"), _one_of(catalogue)),
    "number": (Text("数", "a number"), _number),
    "band": (
        Text("[下限, 上限]，其一可为 null", "[lowest, highest], one of them may be null"),
        _band,
    ),
    "closed_band": (
        Text("[下限, 上限]", "[lowest, highest]"),
        lambda value: _band(value) and None not in value,
    ),
    "words": (
        Text("一列文字", "a list of words"),
        _list_of(lambda word: isinstance(word, str) and bool(word)),
    ),
    "unit": (Text("units.csv 中的单位", "a unit of units.csv"), _one_of(units)),
    "units": (Text("units.csv 中的一列单位", "a list of units of units.csv"), _UNITS),
    "unit_groups": (Text("若干组单位", "a list of lists of units"), _list_of(_UNITS)),
    "unit_pairs": (
        Text("若干对单位", "a list of pairs of units"),
        _list_of(lambda pair: _UNITS(pair) and len(pair) == 2),
    ),
    "kinds": (Text("数字的种类", "a list of kinds of figures"), _list_of(DATA_KINDS.__contains__)),
    "qualifiers": (Text("一列约数", "a list of qualifiers"), _list_of(QUALIFIERS.__contains__)),
    "measure_types": (
        Text("一列度量类型", "a list of measure types"),
        _list_of(MEASURE_TYPES.__contains__),
    ),
    "places": (
        Text("一列 {ref_area, within, number}", "a list of {ref_area, within, number}"),
        _list_of(_place),
    ),
    "side": (Text("early 或 late", "early or late"), ("early", "late").__contains__),
    "month_day": (Text("[月, 日]", "[month, day]"), _month_day),
}
