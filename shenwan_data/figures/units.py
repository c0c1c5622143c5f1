"""The units a report can count in, from ``schemas/units.csv``.

Belongs here: the unit table and conversion to the base unit. Does not belong here: recognising a unit
in text (``grammar``).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from shenwan_data.errors import Text
from shenwan_data.schemas import metadata

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


@lru_cache(maxsize=1)
def units() -> dict[str, Unit]:
    """All units by code, in file order."""
    table: dict[str, Unit] = {}
    for row in metadata("units.csv"):
        code = row["unit"]
        table[code] = Unit(
            code=code,
            label=Text(row["label_zh"], row["label_en"]),
            kind=row["kind"],
            dimension=row["dimension"],
            surfaces=tuple(row["surfaces"].split("|")) if row["surfaces"] else (code,),
            base=row["base_unit"] or code,
            factor=Fraction(row["factor"] or 1),
            ucum=row["ucum"] or None,
            qudt=f"{QUDT}{row['qudt']}" if row["qudt"] else None,
            not_before=row["not_before"],
            digits_only=bool(row["digits_only"]),
            one_counts=row["one_counts"],
        )
    return table
