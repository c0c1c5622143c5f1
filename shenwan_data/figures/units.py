"""The units a report can count in, from ``schemas/units.csv``, and how they are spelt in a text.

Belongs here: the unit table, conversion to the base unit, and the unit at a place of a text. Does not
belong here: the number before it (``numerals``) or what the two mean together (``quantity``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from shenwan_data.config.declarations import UnitRow
from shenwan_data.config.forms import validated
from shenwan_data.config.textfile import read_csv_document
from shenwan_data.errors import DataError, Text
from shenwan_data.figures.hedges import alternation, hedges
from shenwan_data.figures.numerals import SPACES
from shenwan_data.schemas import metadata, schemas_dir, while_unchanged

QUDT = "http://qudt.org/vocab/unit/"


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One unit, compared by identity, which makes it a cheap key.

    ``surfaces`` are its spellings; ``base`` and ``factor`` convert to the base unit.

    ``digit_surfaces`` are spellings that follow only Arabic digits (1200平), ``prefixes`` those in
    front of the number (￥3500). ``parts`` are the smaller units printed behind it and the share of it
    that each is (3元5角, 2亩8分3厘).

    ``ucum`` is its code in the Unified Code for Units of Measure, ``qudt`` its IRI in the QUDT
    vocabulary (where ``NUM`` stands for every plain count), each None where there is none.

    ``not_before`` is a regular expression of continuations that make the spelling another word
    (件 before 套), ``digits_only`` marks units that follow only digits (升). ``one_counts`` says when 一
    before it counts rather than being an article: ``event`` (召开一次) always, ``never`` (一批), and
    empty where the noun stands in front and the clause ends (示范村一个，). ``listed`` is False for a
    word that counts and is not in the table.
    """

    code: str
    label: Text
    kind: str
    dimension: str
    surfaces: tuple[str, ...]
    base: str
    factor: Fraction
    ucum: str | None
    qudt: str | None
    not_before: str
    digits_only: bool
    one_counts: str
    digit_surfaces: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    parts: tuple[tuple[str, Fraction], ...] = ()
    listed: bool = True


@while_unchanged("units.csv")
def units() -> dict[str, Unit]:
    """All units by code, in file order. Raises DataError naming line and column of a mistake."""
    path = schemas_dir() / "units.csv"
    remedy = Text("请参照其他行改正该格", "correct the cell; the other rows show the format")
    document = read_csv_document(path, tuple(UnitRow.model_fields))
    rows = validated(list[UnitRow], document, remedy=remedy, entry="row")
    table: dict[str, Unit] = {}
    for index, row in enumerate(rows):
        twice = row.unit in table
        base = row.base_unit or row.unit
        if twice or all(base != other.unit for other in rows):
            raise DataError(
                Text(f"单位“{row.unit}”重复", f"the unit {row.unit!r} is given twice")
                if twice
                else Text(f"基本单位“{base}”不存在", f"unknown base unit {base!r}"),
                file=path,
                place=f"line {document.line_of((index,))}",
                remedy=remedy,
            )
        table[row.unit] = Unit(
            code=row.unit,
            label=Text(row.label_zh, row.label_en),
            kind=row.kind,
            dimension=row.dimension,
            surfaces=_split(row.surfaces) or (row.unit,),
            base=base,
            factor=row.exact_factor,
            ucum=row.ucum or None,
            qudt=f"{QUDT}{row.qudt}" if row.qudt else None,
            not_before=row.not_before,
            digits_only=bool(row.digits_only),
            one_counts=row.one_counts,
            digit_surfaces=_split(row.digit_surfaces),
            prefixes=_split(row.prefixes),
            parts=row.exact_parts,
        )
    return table


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


@lru_cache(maxsize=1 << 10)
def unlisted(word: str, not_before: str = "", digits_only: bool = False) -> Unit:
    """A word that counts and has no entry in ``units.csv``: read as printed, of unknown dimension."""
    return Unit(
        code=word,
        label=Text(word, word),
        kind="count",
        dimension="unknown",
        surfaces=(word,),
        base=word,
        factor=Fraction(1),
        ucum=None,
        qudt=None,
        not_before=not_before,
        digits_only=digits_only,
        one_counts="never",
        listed=False,
    )


def listed_unit(code: str | None) -> str | None:
    """The code where ``units.csv`` has it; None for a unit known only as printed, and for none."""
    return code if code in units() else None


@while_unchanged("contexts.yaml")
def _classifiers() -> tuple[Unit, ...]:
    """The words that count without an entry of their own."""
    table = metadata("contexts.yaml")["classifiers"]
    return tuple(
        unlisted(word, guard or "", place == "digits")
        for place in ("any", "digits")
        for word, guard in table[place].items()
    )


@while_unchanged("units.csv", "contexts.yaml")
def unit_by_surface() -> dict[str, Unit]:
    """What each spelling means; 个多小时 holds the hedge of its number."""
    every = [*units().values(), *_classifiers()]
    meaning = {s: unit for unit in every for s in (*unit.surfaces, *unit.digit_surfaces)}
    inside = {MORE_UNIT + s[1:]: unit for s, unit in meaning.items() if s[0] == "个" and len(s) > 1}
    return meaning | inside


# How a unit begins that holds the hedge of its number.
MORE_UNIT = "个多"
_BRACKETS = frozenset("（(")
_TIMES = re.compile("[（(]次[）)]")


@while_unchanged("units.csv", "contexts.yaml")
def _by_first() -> dict[str, list[tuple[str, Unit, bool]]]:
    """Every spelling under its first character, the longest first, with whether it is for digits."""
    spellings = [
        (surface, unit, unit.digits_only or surface in unit.digit_surfaces)
        for unit in (*units().values(), *_classifiers())
        for surface in (*unit.surfaces, *unit.digit_surfaces)
    ]
    grouped: dict[str, list[tuple[str, Unit, bool]]] = {}
    for entry in sorted(spellings, key=lambda entry: (-len(entry[0]), entry[0])):
        grouped.setdefault(entry[0][0], []).append(entry)
    return grouped


class _Patterns(dict[str, "re.Pattern[str] | None"]):
    """The pattern of all spellings under the character they start with, compiled when first wanted."""

    def __init__(self, *, digits: bool) -> None:
        super().__init__()
        self.digits = digits

    def __missing__(self, first: str) -> re.Pattern[str] | None:
        self[first] = pattern = _spellings(first, digits=self.digits)
        return pattern


@while_unchanged("units.csv", "contexts.yaml", "hedges.yaml")
def _spelt() -> tuple[_Patterns, _Patterns, dict[str, Unit]]:
    """The spellings behind digits, those behind Chinese numerals, and what each means."""
    return _Patterns(digits=True), _Patterns(digits=False), unit_by_surface()


def _spellings(first: str, *, digits: bool) -> re.Pattern[str] | None:
    """The pattern of all spellings that start with a character; None where there is none."""
    pieces: list[str] = []
    guarded: list[str] = []
    for surface, unit, only_digits in _by_first().get(first, ()):
        if only_digits and not digits:
            continue
        guard = f"(?!{unit.not_before})" if unit.not_before else ""
        if surface[-1].isascii() and surface[-1].isalpha():
            guard += "(?![A-Za-z])"
        if unit.not_before:
            guarded.append(surface)
        pattern = re.escape(surface)
        # 2个多小时: the hedge stands inside the unit.
        if surface[0] == "个" and len(surface) > 1:
            pattern = pattern.replace("个", "个多?", 1)
        pieces.append(pattern + guard)
    if not pieces:
        return None
    # 处以 (罚款) is another word, 处以上 is not: a hedge behind the unit lifts its guard.
    lifted = rf"|(?:{alternation(guarded)})(?={_behind()})" if guarded else ""
    return re.compile("|".join(pieces) + lifted)


@while_unchanged("hedges.yaml")
def _behind() -> str:
    """A hedge behind a unit; one of a single character only where no word can begin with it."""
    words = hedges().meaning_after
    long = alternation([word for word in words if len(word) > 1])
    short = "".join(word for word in words if len(word) == 1)
    return rf"{long}|[{short}](?![一-鿿])"


def unit_at(text: str, place: int, *, digits: bool) -> tuple[Unit, int, str] | None:
    """The unit printed at a place or one space behind it: unit, end and spelling; None for none.

    ``digits`` says that the number before is in Arabic digits. A classifier with 次 in brackets behind
    it is its 次 form (家（次）).
    """
    first = text[place : place + 1]
    if first in SPACES:
        place += 1
        first = text[place : place + 1]
    behind_digits, behind_words, meaning = _spelt()
    pattern = (behind_digits if digits else behind_words)[first]
    match = pattern.match(text, place) if pattern else None
    if match is None:
        return None
    surface = match.group()
    unit, end = meaning[surface], match.end()
    if text[end : end + 1] in _BRACKETS and (bracketed := _TIMES.match(text, end)):
        return units().get(f"{unit.code}次", unlisted(f"{unit.code}次")), bracketed.end(), surface
    times = text[end : end + 1] == "次" and unit.kind == "count" and surface[-1] != "次"
    if times and not "一" <= text[end + 1 : end + 2] <= "鿿":  # 120桶次
        return unlisted(unit.code + "次"), end + 1, surface
    return unit, end, surface


def in_currency(text: str, start: int, unit: Unit) -> Unit:
    """The unit of a sum whose currency stands before it: 港币5000元 are Hong Kong dollars."""
    if unit.code != "元":
        return unit
    named = unit_by_surface().get(text[max(0, start - 2) : start])
    return named if named is not None and named.kind == "money" else unit
