"""The published tables, from readings and the registers.

Belongs here: rows to Arrow tables in the declared types, and holding each table to the rules of its
schema. Does not belong here: the rows (``rows``), or which package a table is in (``package``).

A table that breaks a rule is built all the same and its problems are returned: whether a release is
made of it is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import pyarrow as pa

from shenwan_data.config.settings import Area
from shenwan_data.errors import Text
from shenwan_data.indicators.catalogue import Indicator, catalogue, topics
from shenwan_data.indicators.gold import Measurement
from shenwan_data.model import Reading
from shenwan_data.release.formats import as_stored, to_decimal
from shenwan_data.release.rows import (
    WORDS,
    Registers,
    Row,
    accuracy_rows,
    areas_rows,
    codes_rows,
    figures_rows,
    findings_rows,
    indicators_rows,
    observations_rows,
    reports_rows,
    revisions_rows,
    units_rows,
)
from shenwan_data.release.schema import (
    DECIMAL,
    FLOAT,
    Field,
    Table,
    arrow_schema,
    table_schema,
    tables,
)
from shenwan_data.release.table_rules import Problem, Rules, check_table, rules_of
from shenwan_data.schemas import looks_once

KEY = ("ref_area", "time_period", "indicator")
_MISFITS = (ValueError, TypeError, OverflowError)


def _column(values: Iterable[Any], target: pa.DataType) -> list[Any]:
    if target == DECIMAL:
        return [None if value is None or value == "" else to_decimal(value) for value in values]
    if target == FLOAT:
        return [None if v is None or v == "" else float(to_decimal(v)) for v in values]
    return [None if value == "" else value for value in values]


def without_words(table: Table) -> Table:
    """The table of observations in codes alone, for millions of rows."""
    return replace(
        table,
        fields=tuple(field for field in table.fields if field.name not in WORDS),
        required=table.required - set(WORDS),
    )


def all_observations(built: Mapping[str, pa.Table]) -> pa.Table:
    """The observations of all topics in one table, in key order."""
    whole = pa.concat_tables([built[topic] for topic in topics()])
    return whole.sort_by([(name, "ascending") for name in KEY]).combine_chunks()


class Built(NamedTuple):
    """Tables by name, and the first breach of each rule of their schemas."""

    tables: dict[str, pa.Table]
    problems: tuple[Problem, ...]


def conform(
    table: Table, rows: Iterable[Row], *, stored: bool = False
) -> tuple[pa.Table, tuple[Problem, ...]]:
    """The rows as an Arrow table of the declared schema; an empty text is null.

    A value that does not fit its type is null too, and the first of each column is a problem.
    ``stored`` gives numbers as Parquet has them, where there will be no CSV.
    """
    target = arrow_schema(table_schema(table))
    if stored:
        target = as_stored(target.empty_table()).schema
    held = list(rows)
    arrays = []
    problems: list[Problem] = []
    for field, declared in zip(table.fields, target, strict=True):
        try:
            name = field.name
            cells = _column([row[name] for row in held], declared.type)
            arrays.append(pa.array(cells, type=declared.type))
        except _MISFITS:
            cells, problem = _fitting(table, held, field, declared.type)
            arrays.append(pa.array(cells, type=declared.type))
            problems.append(problem)
    return pa.Table.from_arrays(arrays, schema=target), tuple(problems)


def _fitting(
    table: Table, rows: Sequence[Row], field: Field, declared: pa.DataType
) -> tuple[list[Any], Problem]:
    """The cells of a column that fit its type, None for the others, and the first of those."""
    cells: list[Any] = []
    found: list[Problem] = []
    for number, row in enumerate(rows):
        value = row[field.name]
        try:
            (cell,) = _column([value], declared)
            pa.scalar(cell, type=declared)
            cells.append(cell)
        except _MISFITS as error:
            cells.append(None)
            key = ", ".join(str(row.get(name)) for name in table.primary_key)
            message = Text(
                f"{value!r} 不是 {field.type} 类型可以存放的值",
                f"{value!r} does not fit the type {field.type}: {error}",
            )
            found.append(Problem(table.name, field.name, number + 2, key, message))
    return cells, found[0]


@dataclass(frozen=True, slots=True)
class CorpusTables:
    """What the tables of a corpus are made and judged by; compiled once for any number of them."""

    figures: Table
    observations: Table
    rules: Mapping[str, Rules]
    registers: Mapping[str, pa.Table]

    @classmethod
    def compiled(cls) -> CorpusTables:
        """The declared tables with their rules, and the registers their keys lead to."""
        declared = tables()
        figures, observations = declared["figures"], without_words(declared[topics()[0]])
        rows = {"indicators": indicators_rows(catalogue()), "units": units_rows()}
        registers = {name: conform(declared[name], rows[name])[0] for name in rows}
        known = (*registers, "figures")
        rules = {
            "figures": rules_of(figures, known),
            "observations": rules_of(observations, known),
        }
        return cls(figures, observations, rules, registers)

    @looks_once
    def build(self, readings: Sequence[Reading]) -> Built:
        """The figures of some readings, and their observations of all topics in key order."""
        known = catalogue()
        observed = [row for topic in topics() for row in observations_rows(readings, known, topic)]
        observed.sort(key=lambda row: (row["ref_area"], row["time_period"], row["indicator"]))
        figures, problems = conform(self.figures, figures_rows(readings), stored=True)
        observations, more = conform(self.observations, observed, stored=True)
        others = {**self.registers, "figures": figures}
        return Built(
            {"figures": figures, "observations": observations},
            (
                *problems,
                *more,
                *check_table(self.rules["figures"], figures, others),
                *check_table(self.rules["observations"], observations, others),
            ),
        )


def build_tables(
    readings: Sequence[Reading],
    indicators: Mapping[str, Indicator] | None = None,
    measurements: Sequence[Measurement] = (),
    areas: Mapping[str, Area] = MappingProxyType({}),
) -> Built:
    """Every published table by name, in the order and types of the schemas, rows in key order.

    ``indicators`` is the catalogue, that of ``schemas/`` unless given; ``measurements`` the accuracy
    reached on labelled texts; ``areas`` the registered areas by code, others appear by their bare
    code. The problems are the first breach of each rule of each table, the
    values that fit no type, and observations of an indicator that is not in the catalogue; they are
    in the order of the tables.
    """
    known = catalogue() if indicators is None else indicators
    ordered = sorted(
        readings, key=lambda reading: (reading.report.ref_area, reading.report.time_period)
    )
    listed = list(indicators_rows(known))
    places, figures, findings = (
        list(areas_rows(ordered, areas)), list(figures_rows(ordered)), list(findings_rows(ordered))
    )  # fmt: skip
    registers = Registers.of(places, listed, figures, findings)
    rows: dict[str, Iterable[Row]] = {
        **{
            topic: [
                {**row, **registers.in_words(row)}
                for row in observations_rows(ordered, known, topic)
            ]
            for topic in topics()
        },
        "indicators": listed,
        "units": units_rows(),
        "areas": places,
        "codes": codes_rows(),
        "reports": reports_rows(ordered),
        "figures": figures,
        "findings": findings,
        "revisions": revisions_rows(
            revision for reading in ordered for revision in reading.revisions
        ),
        "accuracy": accuracy_rows(measurements),
    }
    declared = tables()
    built: dict[str, pa.Table] = {}
    problems: dict[str, list[Problem]] = {}
    for name, table in declared.items():
        built[name], misfits = conform(table, rows[name])
        problems[name] = list(misfits)
    problems["indicators"] += _unknown_indicators(ordered, known)
    for name, table in declared.items():
        problems[name] += check_table(rules_of(table, tuple(built)), built[name], built)
    return Built(built, tuple(problem for found in problems.values() for problem in found))


def _unknown_indicators(
    readings: Iterable[Reading], known: Mapping[str, Indicator]
) -> Iterable[Problem]:
    """The observations that no table would hold, because their indicator has no topic."""
    for reading in readings:
        for observation in reading.observations:
            if observation.indicator not in known:
                message = Text(
                    f"{reading.report.id} 的指标 {observation.indicator} 不在目录中",
                    f"the indicator {observation.indicator} of {reading.report.id} is not in the "
                    "catalogue",
                )
                yield Problem("indicators", "indicator", 1, observation.indicator, message)
