"""What the library declares in ``schemas/``: units, indicators, code lists, columns and tables.

Belongs here: the form of an entry of each file. Does not belong here: what the entries are used for.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from shenwan_data.config.forms import (
    Bilingual,
    Code,
    Day,
    Filled,
    Line,
    Listed,
    Model,
    Pattern,
    known_as,
    one_of,
    refused,
)
from shenwan_data.errors import Text
from shenwan_data.model import DATA_KINDS

MEASURE_TYPES = ("stock", "flow", "ratio", "rank", "mean")
_UNIT = Text("计量单位", "unit")
KnownUnit = Annotated[str, known_as("units", _UNIT)]
_FACTOR = re.compile(r"[1-9][0-9]*(?:\.[0-9]+)?(?:/[1-9][0-9]*)?|0\.[0-9]*[1-9]", re.ASCII)


def _factor(value: str) -> str:
    if value and not _FACTOR.fullmatch(value):
        raise refused(
            Text(
                f"换算系数应为数或分数，现为“{value}”",
                f"the factor should be a number or a fraction, not {value!r}",
            )
        )
    return value


def _surfaces(value: str) -> str:
    if value and not all(part.strip() for part in value.split("|")):
        raise refused(Text("写法之间只用一个 |", "there is an empty spelling between two |"))
    return value


def _parts(value: str) -> str:
    for part in value.split("|") if value else ():
        name, found, share = part.partition("=")
        if not name.strip() or not found:
            raise refused(
                Text("应写作“名称=份额”，如 角=1/10", "write it as name=share, such as 角=1/10")
            )
        _factor(share)
    return value


class UnitRow(Model):
    """A row of ``units.csv``, every cell a text; see ``figures.units.Unit`` for the meaning."""

    unit: Filled
    label_zh: Filled
    label_en: Filled
    kind: Annotated[str, one_of(DATA_KINDS, Text("种类", "kind"))]
    dimension: Filled
    surfaces: Annotated[str, AfterValidator(_surfaces)]
    base_unit: str
    factor: Annotated[str, AfterValidator(_factor)]
    ucum: str
    qudt: str
    not_before: Pattern
    digits_only: Annotated[str, one_of(("", "digits"), Text("取值", "value"))]
    one_counts: Annotated[str, one_of(("", "event", "never"), Text("取值", "value"))]
    digit_surfaces: Annotated[str, AfterValidator(_surfaces)]
    prefixes: Annotated[str, AfterValidator(_surfaces)]
    parts: Annotated[str, AfterValidator(_parts)]

    @property
    def exact_parts(self) -> tuple[tuple[str, Fraction], ...]:
        """The names of its parts and what share of the unit each is: 角 is 1/10 of 元."""
        pairs = (part.split("=") for part in self.parts.split("|") if part)
        return tuple((name, Fraction(share)) for name, share in pairs)

    @property
    def exact_factor(self) -> Fraction:
        """How many base units one unit is."""
        return Fraction(self.factor or 1)


class Deprecated(Model):
    """Says that a table, column, code or indicator will go, and what takes its place."""

    since: Day
    replaced_by: Filled | None = None


class WayEntry(Model):
    """One way of saying an indicator, in concepts of the lexicon; see ``indicators.concepts``."""

    things: Annotated[Listed[Filled], Field(min_length=1)]
    acts: Listed[Filled] = ()
    about: Listed[Filled] = ()
    clause: Listed[Filled] = ()
    beside: Listed[Filled] = ()
    around: Listed[Filled] = ()
    then: Listed[Filled] = ()
    own: Listed[Filled] = ()
    source: Annotated[Listed[Filled], Field(alias="from")] = ()
    further: Annotated[Listed[Filled], Field(alias="with")] = ()
    units: Listed[Filled] = ()
    order: Annotated[int, Field(ge=1, le=9)] = 5


class IndicatorEntry(Model):
    """An indicator as it is written in ``indicators/<topic>.yaml``.

    A new key of the file is one line here; ``catalogue`` makes the record from it.
    """

    code: Code
    topic: Filled | None = None
    label: Bilingual
    definition: Bilingual
    unit: KnownUnit
    unit_en: Line | None = None
    units_accepted: Annotated[Listed[KnownUnit], Field(min_length=1)]
    measure_type: Annotated[str, one_of(MEASURE_TYPES, Text("度量类型", "measure type"))]
    additive_areas: bool
    additive_years: bool
    since: int | None = None
    note: Bilingual | None = None
    deprecated: Deprecated | None = None
    series: Annotated[str, one_of(("core", "event"), Text("系列", "series"))] = "core"
    part_of: Filled | None = None
    says: Listed[WayEntry] = ()


class CodeEntry(Model):
    """A code of a list: its label in both languages, and what it means where that is not enough."""

    zh: Filled
    en: Filled
    description: Bilingual | None = None
    deprecated: Deprecated | None = None


class FieldEntry(Model):
    """A column of ``fields.yaml``."""

    type: Annotated[str, known_as("types", Text("类型", "type"))]
    title: Bilingual
    description: Bilingual
    constraints: dict[str, Any] = Field(default_factory=dict)
    codes: Annotated[str, known_as("code_lists", Text("代码表", "code list"))] | None = None
    unit: Bilingual | None = None
    rdf_type: Filled | None = None
    deprecated: Deprecated | None = None


class ForeignKeyEntry(Model):
    """A key to another table; ``list``: the cell holds several codes joined by one space."""

    field: str
    table: str
    column: str | None = None
    list: bool = False


class TableEntry(Model):
    """A table of ``tables.yaml``."""

    title: Bilingual
    description: Bilingual
    fields: Listed[str]
    required: Listed[str] = ()
    primary_key: Listed[str]
    unique_keys: Listed[Listed[str]] = ()
    foreign_keys: Listed[ForeignKeyEntry] = ()
    deprecated: Deprecated | None = None


class EvidenceEntry(Model):
    """The package of the evidence in ``tables.yaml``."""

    title: Bilingual
    description: Bilingual
    tables: Listed[str]


class PackagesEntry(Model):
    """What the packages of a release hold: the names of tables."""

    topic: Listed[str]
    evidence: EvidenceEntry


class TablesFile(Model):
    """``tables.yaml`` as a whole."""

    tables: dict[str, TableEntry]
    packages: PackagesEntry


class FieldsFile(Model):
    """``fields.yaml`` as a whole."""

    fields: dict[str, FieldEntry]
