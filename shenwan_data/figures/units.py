"""The units a report can count in, from ``schemas/units.csv``.

Belongs here: the unit table and conversion to the base unit. Does not belong here: recognising a unit
in text (``grammar``).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from shenwan_data.config.declarations import UnitRow
from shenwan_data.config.forms import validated
from shenwan_data.config.textfile import read_csv_document
from shenwan_data.errors import DataError, Text
from shenwan_data.schemas import schemas_dir, while_unchanged

QUDT = "http://qudt.org/vocab/unit/"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. ``surfaces`` are its spellings; ``base`` and ``factor`` convert to the base unit.

    ``ucum`` is its code in the Unified Code for Units of Measure, ``qudt`` its IRI in the QUDT
    vocabulary (where ``NUM`` stands for every plain count), each None where there is none.

    ``not_before`` is a regular expression of continuations that make the spelling another word
    (件 before 套), ``digits_only`` marks units that follow only digits (升). ``one_counts`` says when 一
    before it counts rather than being an article: ``event`` (召开一次) always, ``never`` (一批), and
    empty where the noun stands in front and the clause ends (示范村一个，).
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
            surfaces=tuple(row.surfaces.split("|")) if row.surfaces else (row.unit,),
            base=base,
            factor=row.exact_factor,
            ucum=row.ucum or None,
            qudt=f"{QUDT}{row.qudt}" if row.qudt else None,
            not_before=row.not_before,
            digits_only=bool(row.digits_only),
            one_counts=row.one_counts,
        )
    return table
