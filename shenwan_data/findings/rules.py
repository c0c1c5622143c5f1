"""The rules, from ``schemas/findings.yaml``.

Belongs here: reading and checking the file. Does not belong here: what a kind of rule does (the
check types).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from shenwan_data.errors import DataError, Text
from shenwan_data.figures.units import units
from shenwan_data.findings import growth, lists, printing, ratios, totals, years
from shenwan_data.findings.check import CheckType
from shenwan_data.indicators.catalogue import MEASURE_TYPES, catalogue
from shenwan_data.model import DATA_KINDS, QUALIFIERS
from shenwan_data.schemas import read_yaml, schemas_dir


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


_MODULES = (ratios, growth, totals, printing, lists, years)
CHECK_TYPES: dict[str, CheckType] = {
    kind: check_type for module in _MODULES for kind, check_type in module.CHECK_TYPES.items()
}


GRADES = ("error", "doubt", "note")
_FIELDS = frozenset({"code", "kind", "grade", "title", "message", "parameters"})
_CODE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``kind`` names the check_type, ``parameters`` are what it is given.

    ``message`` holds the check_type's placeholders in braces. ``grade`` is ``error`` for what cannot
    be right as printed, ``doubt`` for what is probably wrong, ``note`` for style or precision; none
    stops a release.
    """

    code: str
    kind: str
    grade: str
    title: Text
    message: Text
    parameters: Mapping[str, Any]


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """All rules by code, in file order. Raises DataError as ``read_rules`` does."""
    return read_rules(schemas_dir() / "findings.yaml")


def read_rules(path: Path) -> dict[str, Rule]:
    """The rules of one file.

    Raises DataError naming file and rule for an unknown kind, grade, field, parameter, indicator,
    unit or placeholder, a missing language, or a code given twice.
    """
    found: dict[str, Rule] = {}
    for number, entry in enumerate(read_yaml(path) or (), start=1):
        if not isinstance(entry, dict) or not _CODE.fullmatch(str(entry.get("code", ""))):
            raise _wrong(
                path,
                f"rule {number}",
                Text(
                    "规则缺少代码，或代码不是小写英文、数字和下划线",
                    "a rule needs a code of lower-case letters, digits and _",
                ),
            )
        rule = _rule(entry, path)
        if rule.code in found:
            raise _wrong(path, rule.code, Text("规则代码重复", "the code is given twice"))
        found[rule.code] = rule
    return found


def _rule(entry: Mapping[str, Any], path: Path) -> Rule:
    code = str(entry["code"])
    unknown = set(entry) - _FIELDS
    missing = _FIELDS - {"parameters"} - set(entry)
    if unknown or missing:
        names = ", ".join(sorted(unknown or missing))
        problem = (
            Text(f"没有名为 {names} 的字段", f"there is no field {names}")
            if unknown
            else Text(f"缺少字段 {names}", f"the field {names} is missing")
        )
        raise _wrong(path, code, problem)
    check_type = CHECK_TYPES.get(str(entry["kind"]))
    if check_type is None:
        raise _wrong(
            path,
            code,
            Text(
                f"没有“{entry['kind']}”这种规则，可用：{'、'.join(CHECK_TYPES)}",
                f"unknown kind {entry['kind']!r}; use one of {', '.join(CHECK_TYPES)}",
            ),
        )
    if entry["grade"] not in GRADES:
        raise _wrong(
            path,
            code,
            Text(
                f"等级“{entry['grade']}”不存在，可用：{'、'.join(GRADES)}",
                f"unknown grade {entry['grade']!r}; use one of {', '.join(GRADES)}",
            ),
        )
    return Rule(
        code=code,
        kind=str(entry["kind"]),
        grade=entry["grade"],
        title=_text(entry["title"], "title", code, path),
        message=_message(entry["message"], check_type, code, path),
        parameters=_parameters(entry.get("parameters") or {}, check_type, code, path),
    )


def _text(value: Any, name: str, code: str, path: Path) -> Text:
    if (
        not isinstance(value, dict)
        or set(value) != {"zh", "en"}
        or not all(isinstance(words, str) and words.strip() for words in value.values())
    ):
        raise _wrong(
            path,
            code,
            Text(f"{name} 须有 zh 和 en 两种文字", f"{name} needs zh and en, and nothing else"),
        )
    return Text(value["zh"].strip(), value["en"].strip())


def _message(value: Any, check_type: CheckType, code: str, path: Path) -> Text:
    message = _text(value, "message", code, path)
    for words in message:
        try:
            names = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
        except ValueError as error:
            raise _wrong(
                path,
                code,
                Text(f"花括号不成对：{error}", f"unbalanced braces in the message: {error}"),
            ) from error
        for name in sorted(names - check_type.placeholders):
            known = sorted(check_type.placeholders)
            raise _wrong(
                path,
                code,
                Text(
                    f"占位符“{name}”不存在，可用：{'、'.join(known)}",
                    f"unknown placeholder {name!r}; use one of {', '.join(known)}",
                ),
            )
    return message


def _parameters(
    given: Mapping[str, Any], check_type: CheckType, code: str, path: Path
) -> Mapping[str, Any]:
    unknown = set(given) - set(check_type.parameters)
    missing = set(check_type.parameters) - set(given)
    if unknown or missing:
        names = ", ".join(sorted(unknown or missing))
        problem = (
            Text(f"这种规则没有参数 {names}", f"this kind of rule has no parameter {names}")
            if unknown
            else Text(f"缺少参数 {names}", f"the parameter {names} is missing")
        )
        raise _wrong(path, code, problem)
    for name, value in given.items():
        expected, holds = PARAMETER_TYPES[check_type.parameters[name]]
        if not holds(value):
            raise _wrong(
                path,
                code,
                Text(
                    f"参数 {name} 的值 {value!r} 不对：应为{expected.zh}",
                    f"the parameter {name} is {value!r}, but must be {expected.en}",
                ),
            )
    return dict(given)


def _wrong(path: Path, place: str, problem: Text) -> DataError:
    return DataError(
        problem,
        file=path,
        place=place if place.startswith("rule ") else f"rule {place}",
        remedy=Text(
            "请参照文件开头的说明和其他规则改正",
            "correct it after the notes atop the file and the other rules",
        ),
    )
