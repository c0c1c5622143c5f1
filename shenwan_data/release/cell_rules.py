"""The rules of single cells, on Arrow columns.

Belongs here: type families, required, enum, pattern, bounds and lengths, each as one vectorised
pass. Does not belong here: keys (``keys``), or a table as a whole (``rules``).

A cell is judged as it stands in the CSV: an empty text is null, and a text that a spreadsheet would
run has its apostrophe. A column that comes as a dictionary is judged by its values, not its rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shenwan_data.errors import DataError, Text
from shenwan_data.release.formats import FORMULA_SIGNS

_FORMULA = f"^'*[{FORMULA_SIGNS}]"
_FIRST_BYTES = {sign.encode("utf-8")[:1] for sign in (*FORMULA_SIGNS.replace("\\", ""), "'")}
_FAMILIES: Mapping[str, Callable[[pa.DataType], bool]] = {
    "string": lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
    "integer": pa.types.is_integer,
    "year": pa.types.is_integer,
    "number": lambda kind: (
        pa.types.is_decimal(kind) or pa.types.is_floating(kind) or pa.types.is_integer(kind)
    ),
    "boolean": pa.types.is_boolean,
    "date": pa.types.is_date,
}
KNOWN = {
    "required", "unique", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength",
}  # fmt: skip


def fits(found: pa.DataType, kind: str) -> bool:
    """Whether a column of an Arrow type can hold a Table Schema type."""
    if pa.types.is_dictionary(found):
        found = found.value_type
    return kind in _FAMILIES and _FAMILIES[kind](found)


def as_in_csv(cells: pa.Array) -> pa.Array:
    """The cells as they are read from the CSV: no empty texts, formulas neutralised."""
    if pa.types.is_dictionary(cells.type):
        values = as_in_csv(cells.dictionary)
        if values.null_count:  # a null among the values is not seen as a null cell
            return as_in_csv(cells.dictionary_decode())
        return pa.DictionaryArray.from_arrays(cells.indices, values)
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        return cells
    empty = pc.equal(cells, "")
    if pc.any(empty, min_count=0).as_py():
        cells = pc.if_else(empty, pa.scalar(None, cells.type), cells)
    # Almost no text begins like a formula, and the first byte tells that at once.
    starts = pc.binary_slice(cells.cast(pa.binary()), 0, 1).unique().to_pylist()
    if _FIRST_BYTES.isdisjoint(starts):
        return cells
    formula = pc.match_substring_regex(cells, _FORMULA)
    if pc.any(formula, min_count=0).as_py():
        marked = pc.binary_join_element_wise(pa.scalar("'", cells.type), cells, "")
        cells = pc.if_else(formula, marked, cells)
    return cells


@dataclass(frozen=True, slots=True)
class CellRule:
    """One rule of one column. ``broken`` marks the values, none of them null, that break it."""

    column: str
    name: str
    broken: Callable[[pa.Array], pa.Array]
    message: Callable[[Any], Text]

    def first(self, cells: pa.Array) -> int | None:
        """Index of the first cell that breaks the rule."""
        if self.name == "required":
            if cells.null_count == 0:
                return None
            marks = pc.is_null(cells)
        elif pa.types.is_dictionary(cells.type):
            values = self.broken(cells.dictionary)
            if not pc.any(values, min_count=0).as_py():
                return None
            marks = values.take(cells.indices)
        else:
            marks = pc.and_(self.broken(cells), pc.is_valid(cells))
        index = pc.index(pc.fill_null(marks, False), pa.scalar(True)).as_py()
        return None if index < 0 else int(index)


def cell_rules(field: Mapping[str, Any]) -> Iterator[CellRule]:
    """The rules of a field of a Table Schema. DataError for a constraint that is not known here."""
    name, kind = str(field["name"]), str(field["type"])
    constraints = field.get("constraints", {})
    unknown = sorted(set(constraints) - KNOWN)
    if unknown or kind not in _FAMILIES:
        raise DataError(
            Text(f"不认识规则 {unknown} 或类型 {kind}", f"rules {unknown} or type {kind} unknown"),
            file="datapackage.json",
            place=f"field {name}",
            remedy=Text(
                "请改用已有的规则，或在 release/cell_rules.py 中加入",
                "use a rule that is known, or add it to release/cell_rules.py",
            ),
        )
    if constraints.get("required"):
        yield CellRule(
            name, "required", pc.is_null,
            lambda _: Text(f"{name} 不能为空", f"{name} is required and empty"),
        )  # fmt: skip
    if "enum" in constraints:
        yield _enum(name, kind, constraints["enum"])
    if "pattern" in constraints:
        yield _pattern(name, str(constraints["pattern"]))
    yield from _bounds(name, kind, constraints)
    yield from _lengths(name, constraints)
    if kind == "year":
        # Four digits, as Table Schema has it.
        yield CellRule(
            name, "year",
            lambda cells: pc.or_(pc.less(cells, 1000), pc.greater(cells, 9999)),
            lambda value: Text(f"{value} 不是四位年份", f"{value} is not a year of four digits"),
        )  # fmt: skip


def _enum(name: str, kind: str, codes: list[Any]) -> CellRule:
    def broken(cells: pa.Array) -> pa.Array:
        known = pa.array([_limit(code, kind) for code in codes])
        if pa.types.is_floating(cells.type):
            known = known.cast(cells.type, safe=False)
        return pc.invert(pc.is_in(cells, value_set=known.cast(cells.type)))

    return CellRule(
        name, "enum", broken,
        lambda value: Text(
            f"{value!r} 不在 {name} 的代码表中", f"{value!r} is not a code of {name}"
        ),
    )  # fmt: skip


_PLAIN_ESCAPE = re.compile(r"\\[^A-Za-z0-9]")


def _portable(pattern: str) -> str | None:
    """The pattern for Arrow's engine with the meaning Python gives it; None where it has none.

    Python's ``$`` also stands before a last line feed; its classes such as ``\\d`` know more than
    ASCII; and it looks around, which the other engine cannot.
    """
    whole, position, in_class = "", 0, False
    pattern = f"^{pattern}$"
    while position < len(pattern):
        sign = pattern[position]
        if sign == "\\":
            if not _PLAIN_ESCAPE.match(pattern, position):
                return None
            whole, position = whole + pattern[position : position + 2], position + 2
            continue
        if in_class:
            if sign == "[" or pattern.startswith(("&&", "--", "~~", "||"), position):
                return None
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
            if pattern.startswith(("[]", "[^]"), position):
                return None
        elif sign == "$":
            sign = "(?:\n?$)"
        elif sign == "(" and pattern.startswith("(?", position):
            if not pattern.startswith("(?:", position):
                return None
        elif sign in "?*+}" and pattern.startswith("+", position + 1):
            return None  # a possessive quantifier
        whole, position = whole + sign, position + 1
    # Python matches from the start, whichever branch it takes.
    return f"^(?:{whole})"


def _pattern(name: str, pattern: str) -> CellRule:
    portable = _portable(pattern)
    try:
        python = re.compile(f"^{pattern}$")
    except re.error as error:
        raise DataError(
            Text(f"不是有效的格式：{pattern}", f"no valid pattern: {pattern} ({error})"),
            file="datapackage.json",
            place=f"field {name}",
            remedy=Text("请改正 pattern", "correct the pattern"),
        ) from error

    def broken(cells: pa.Array) -> pa.Array:
        if portable is not None:
            return pc.invert(pc.match_substring_regex(cells, portable))
        found = [value is None or python.match(value) is not None for value in cells.to_pylist()]
        return pc.invert(pa.array(found, type=pa.bool_()))

    return CellRule(
        name, "pattern", broken,
        lambda value: Text(f"{value!r} 不合格式 {pattern}", f"{value!r} does not match {pattern}"),
    )  # fmt: skip


def _limit(limit: Any, kind: str) -> Any:
    if kind == "number":
        return Decimal(str(limit))
    if kind == "date":
        return limit if isinstance(limit, date) else date.fromisoformat(str(limit))
    return int(limit) if kind in ("integer", "year") else limit


def _bounds(name: str, kind: str, constraints: Mapping[str, Any]) -> Iterator[CellRule]:
    bounds: tuple[tuple[str, Callable[..., Any], str, str], ...] = (
        ("minimum", pc.less, "小于", "is less than"),
        ("maximum", pc.greater, "大于", "is greater than"),
    )
    for rule, beyond, chinese, english in bounds:
        if rule in constraints:
            yield _bound(name, kind, rule, constraints[rule], beyond, Text(chinese, english))


def _bound(
    name: str, kind: str, rule: str, declared: Any, beyond: Callable[..., Any], words: Text
) -> CellRule:
    limit = _limit(declared, kind)

    def broken(cells: pa.Array) -> pa.Array:
        if pa.types.is_floating(cells.type):
            # What is no number is beyond every bound.
            return pc.or_(beyond(cells, pa.scalar(float(limit))), pc.is_nan(cells))
        return beyond(cells, pa.scalar(limit))

    return CellRule(
        name, rule, broken,
        lambda value: Text(f"{value} {words.zh} {limit}", f"{value} {words.en} {limit}"),
    )  # fmt: skip


def _lengths(name: str, constraints: Mapping[str, Any]) -> Iterator[CellRule]:
    lengths: tuple[tuple[str, Callable[..., Any], str, str], ...] = (
        ("minLength", pc.less, "短于", "is shorter than"),
        ("maxLength", pc.greater, "长于", "is longer than"),
    )
    for rule, beyond, chinese, english in lengths:
        if rule in constraints:
            yield _length(name, rule, int(constraints[rule]), beyond, Text(chinese, english))


def _length(name: str, rule: str, limit: int, beyond: Callable[..., Any], words: Text) -> CellRule:
    return CellRule(
        name, rule,
        lambda cells: beyond(pc.utf8_length(cells), limit),
        lambda value: Text(f"{value!r} {words.zh} {limit}", f"{value!r} {words.en} {limit}"),
    )  # fmt: skip
