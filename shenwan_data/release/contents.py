"""What each package holds: which tables, and which of their rows.

Belongs here: choosing. Does not belong here: files (``package``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from shenwan_data.errors import Text
from shenwan_data.release.codes import code_lists
from shenwan_data.release.schema import Table, declared_tables, tables
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


def _used(package: Package, held: Mapping[str, pa.Table], target: str, column: str) -> set[str]:
    """The keys of ``target`` that the rows of the package refer to."""
    return {
        value
        for table in package.tables
        for key in table.foreign_keys
        if (key.table, key.column) == (target, column) and not key.is_list
        for value in held[table.name][key.field].to_pylist()
        if value is not None
    }


def rows_of(package: Package, built: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The rows that a package publishes, by table in order.

    A topic has its observations and all its indicators; of units, areas and codes every package has
    those that its own rows use, so that its foreign keys hold within it.
    """
    held = {name: built[name] for name in package.table_names}
    if package.name != EVIDENCE:
        topic = held["indicators"]["topic"]
        held["indicators"] = held["indicators"].filter(pc.equal(topic, package.name))
    lists = pa.array(package.code_lists, type=pa.string())
    held["codes"] = held["codes"].filter(pc.is_in(held["codes"]["code_list"], value_set=lists))
    # A unit that only another unit is converted to is used too: those go last, until none is new.
    for name, column in (("areas", "ref_area"), ("units", "unit")):
        every, held[name] = built[name], built[name].slice(0, 0)
        while True:
            used = pa.array(sorted(_used(package, held, name, column)), type=pa.string())
            chosen = every.filter(pc.is_in(every[column], value_set=used))
            if chosen.num_rows == held[name].num_rows:
                break
            held[name] = chosen
    return held
