"""What each package holds: which tables, and which of their rows.

Belongs here: choosing. Does not belong here: files (``package``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from shenwan_data.errors import Text
from shenwan_data.release.schema import Table, code_lists, declared_tables, tables
from shenwan_data.schemas import while_unchanged

OBSERVATIONS = "observations"
EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Package:
    """One package: its folder name, what it is called, its tables in order."""

    name: str
    title: Text
    description: Text
    tables: tuple[Table, ...]

    def path(self, name: str) -> str:
        """Where a file of the package is, from the folder of the release."""
        return name if self.name == OBSERVATIONS else f"{self.name}/{name}"

    @property
    def table_names(self) -> tuple[str, ...]:
        """The names of the tables in order."""
        return tuple(table.name for table in self.tables)

    @property
    def code_lists(self) -> tuple[str, ...]:
        """The code lists that a column of the package uses."""
        used = {field.codes for table in self.tables for field in table.fields}
        return tuple(name for name in code_lists() if name in used)


@while_unchanged("tables.yaml", "fields.yaml", "codes.yaml")
def packages() -> tuple[Package, ...]:
    """The packages of a release: one for each topic, then the evidence."""
    declared = declared_tables()[0].packages
    known = tables()
    found = [
        Package(
            name=code.code,
            title=code.label,
            description=code.description or code.label,
            tables=tuple(
                known[code.code if name == OBSERVATIONS else name] for name in declared.topic
            ),
        )
        for code in code_lists()["topic"].values()
    ]
    evidence = declared.evidence
    found.append(
        Package(
            name=EVIDENCE,
            title=evidence.title,
            description=evidence.description,
            tables=tuple(known[name] for name in evidence.tables),
        )
    )
    return tuple(found)


def whole() -> Package:
    """The table of all observations, which stands beside the packages, as one more of them."""
    declared = declared_tables()[0].tables[OBSERVATIONS]
    topic = tables()[next(iter(code_lists()["topic"]))]
    title = Text("全部观测值", "All observations")
    table = replace(topic, name=OBSERVATIONS, title=title, description=declared.description)
    return Package(OBSERVATIONS, title, declared.description, (table,))


def _used(built: Mapping[str, pa.Table], target: str) -> set[str]:
    """The keys of ``target`` that the rows of any other table refer to."""
    return {
        value
        for table in tables().values()
        for key in table.foreign_keys
        if key.table == target and table.name != target and not key.is_list
        for value in built[table.name][key.field].to_pylist()
        if value is not None
    }


def _only(table: pa.Table, column: str, values: Iterable[str]) -> pa.Table:
    wanted = pa.array(sorted(values), type=pa.string())
    return table.filter(pc.is_in(table[column], value_set=wanted))


def rows_of(package: Package, built: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The rows that a package publishes, by table in order."""
    if package.name == EVIDENCE:
        return _evidence(package, built)
    return _topic(package, built)


def _evidence(package: Package, built: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """All rows, but of units, areas and codes those that any table uses."""
    held = {name: built[name] for name in package.table_names}
    lists = {field.codes for table in tables().values() for field in table.fields if field.codes}
    held["codes"] = _only(held["codes"], "code_list", lists)
    held["areas"] = _only(held["areas"], "ref_area", _used(built, "areas"))
    # A unit that only another unit is converted to is used too.
    used = _used(built, "units")
    while used != (
        more := used | set(_only(built["units"], "unit", used)["base_unit"].to_pylist())
    ):
        used = more
    held["units"] = _only(held["units"], "unit", used)
    return held


def _topic(package: Package, built: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Its observations and indicators, and the findings and figures that concern it.

    A finding concerns a topic where it names one of its indicators or figures; a figure where it is
    the value of one of its indicators, speaks of its matters, or is named by one of its findings.
    """
    held = {name: built[name] for name in package.table_names}
    held["indicators"] = _only(held["indicators"], "topic", [package.name])
    codes = set(held["indicators"]["indicator"].to_pylist())
    rows = held[package.name].select(["figure_id", "finding_ids"]).to_pylist()
    figures = {row["figure_id"] for row in rows if row["figure_id"]}
    findings = {one for row in rows for one in (row["finding_ids"] or "").split()}
    for row in held["figures"].select(["figure_id", "topic", "indicators"]).to_pylist():
        named = set((row["indicators"] or "").split())
        if named & codes or (row["topic"] == package.name and not named):
            figures.add(row["figure_id"])
    for row in held["findings"].select(["finding_id", "indicators", "figures"]).to_pylist():
        named, about = set((row["indicators"] or "").split()), (row["figures"] or "").split()
        if row["finding_id"] in findings or codes & named or figures & set(about):
            findings.add(row["finding_id"])
    held["findings"] = _only(held["findings"], "finding_id", findings)
    for about in held["findings"]["figures"].to_pylist():
        figures.update((about or "").split())
    held["figures"] = _only(held["figures"], "figure_id", figures)
    return held
