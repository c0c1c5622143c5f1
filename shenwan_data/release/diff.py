"""What changed between two releases, and which step in the version that requires.

Belongs here: comparing schemas, codes and rows by primary key. Does not belong here: presenting it
(``diff_report``), what is published and deprecated (``register``), or what is missing (``gone``).

The size of a change: *major* where a program that reads the old release may break or misread the new
one (a table, column or code is removed, a column has another type, unit, position or a stricter rule, a
code is redefined, an observation or a report is removed); *minor* where something was added (tables,
columns, codes, rows); *patch* where existing content was corrected.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shenwan_data.config.settings import parse_version
from shenwan_data.errors import DataError, Text
from shenwan_data.release.rows import WORDS
from shenwan_data.release.snapshot import (
    Bump,
    Key,
    Snapshot,
    TableSnapshot,
    larger,
    next_version,
    read_snapshot,
)

FINDINGS = "findings"
# The meaning of a code: if it changes, old values cannot be compared with new ones.
MEANING = {
    "indicators": ("topic", "unit", "measure_type", "additive_areas", "additive_years"),
    "units": ("kind", "dimension", "base_unit", "factor"),
}
# Rows of these follow from how a text is read: if one is removed, a reading was corrected. Units, areas
# and codes are published as far as they are used, and the removal of a code is a change of its own.
FOLLOWING = (
    "figures",
    "findings",
    "revisions",
    "accuracy",
    "units",
    "areas",
    "codes",
    "indicators",
)
# A new row of these records a correction, and is no larger a change than that.
CORRECTING = ("revisions",)


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """A change of a table (``column`` empty), or of one of its columns.

    ``kind``: added, removed, retyped, unit, restricted, relaxed, described, deprecated; of a table
    also rekeyed and reordered. ``old`` and ``new`` are what the descriptors say, None for nothing.
    """

    table: str
    column: str
    kind: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class CodeChange:
    """A code that was added, removed or redefined; an indicator is a code of the list indicator."""

    code_list: str
    code: str
    kind: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class RowChange:
    """One cell of a row that both releases have: its old and its new text, empty for null."""

    table: str
    key: Key
    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RowOnly:
    """A row that only one of the releases has; ``cells`` is the whole row by column."""

    table: str
    key: Key
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that changed. Rows of findings are in ``findings_added`` and ``_removed``."""

    old_version: str
    new_version: str
    old_created: str
    new_created: str
    schema: tuple[SchemaChange, ...]
    codes: tuple[CodeChange, ...]
    rows_added: tuple[RowOnly, ...]
    rows_removed: tuple[RowOnly, ...]
    rows_changed: tuple[RowChange, ...]
    findings_added: tuple[RowOnly, ...]
    findings_removed: tuple[RowOnly, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two releases have the same data."""
        return not (
            self.schema
            or self.codes
            or self.rows_added
            or self.rows_removed
            or self.rows_changed
            or self.findings_added
            or self.findings_removed
        )


def diff_releases(old: Path, new: Path) -> Diff:
    """Compare two release folders. DataError where one of them is not a release."""
    return diff_snapshots(read_snapshot(old), read_snapshot(new))


def diff_snapshots(old: Snapshot, new: Snapshot) -> Diff:
    """Compare two snapshots; tables, columns and rows in the order of the new one."""
    names = [*new.tables, *(name for name in old.tables if name not in new.tables)]
    schema: list[SchemaChange] = []
    added: list[RowOnly] = []
    removed: list[RowOnly] = []
    changed: list[RowChange] = []
    for name in names:
        before, after = old.tables.get(name), new.tables.get(name)
        if before is None or after is None:
            schema.append(_whole(name, before))
        else:
            schema.extend(_schema(before, after))
            if before.primary_key == after.primary_key:
                changed.extend(_changed(before, after))
                removed.extend(_only(before, after))
                added.extend(_only(after, before))
    return Diff(
        old_version=old.version,
        new_version=new.version,
        old_created=old.created,
        new_created=new.created,
        schema=tuple(schema),
        codes=tuple(_codes(old, new)),
        rows_added=tuple(row for row in added if row.table != FINDINGS),
        rows_removed=tuple(row for row in removed if row.table != FINDINGS),
        rows_changed=tuple(changed),
        findings_added=tuple(row for row in added if row.table == FINDINGS),
        findings_removed=tuple(row for row in removed if row.table == FINDINGS),
    )


def _whole(name: str, before: TableSnapshot | None) -> SchemaChange:
    return SchemaChange(name, "", "added" if before is None else "removed", None, None)


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _schema(before: TableSnapshot, after: TableSnapshot) -> Iterator[SchemaChange]:
    name = after.name
    if before.primary_key != after.primary_key:
        keys = " ".join(before.primary_key), " ".join(after.primary_key)
        yield SchemaChange(name, "", "rekeyed", *keys)
    ours = {field["name"]: field for field in before.schema["fields"]}
    theirs = {field["name"]: field for field in after.schema["fields"]}
    kept = [column for column in theirs if column in ours]
    order = [column for column in ours if column in theirs]
    if kept != order:
        yield SchemaChange(name, "", "reordered", " ".join(order), " ".join(kept))
    for column, field in theirs.items():
        if column not in ours:
            yield SchemaChange(name, column, "added", None, str(field["type"]))
        else:
            yield from _field(name, ours[column], field)
    for column, field in ours.items():
        if column not in theirs:
            yield SchemaChange(name, column, "removed", str(field["type"]), None)


def _field(table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[SchemaChange]:
    column = str(new["name"])
    for kind, names in (
        ("retyped", ("type", "format")),
        ("unit", ("unit",)),
        ("described", ("title", "description", "rdfType")),
        ("deprecated", ("deprecated",)),
    ):
        for name in names:
            if old.get(name) != new.get(name):
                texts = _as_text(old.get(name)), _as_text(new.get(name))
                yield SchemaChange(table, column, kind, *texts)
    rules = old.get("constraints", {}), new.get("constraints", {})
    for name in sorted({*rules[0], *rules[1]}):
        before, after = rules[0].get(name), rules[1].get(name)
        if before != after:
            kind = "relaxed" if _is_relaxed(name, before, after) else "restricted"
            old_rule, new_rule = (
                None if rule is None else f"{name} {_as_text(rule)}" for rule in (before, after)
            )
            yield SchemaChange(table, column, kind, old_rule, new_rule)


def _is_relaxed(name: str, before: Any, after: Any) -> bool:
    """Whether everything valid under the old rule is valid under the new one."""
    if after is None or (name in ("required", "unique") and not after):
        return True
    if before is None:
        return False
    if name == "enum":
        return set(before) <= set(after)
    if name in ("minimum", "minLength"):
        return bool(after <= before)
    if name in ("maximum", "maxLength"):
        return bool(after >= before)
    return False


def _changed(before: TableSnapshot, after: TableSnapshot) -> Iterator[RowChange]:
    # What an observation repeats in words has changed where it stands once.
    repeated = WORDS if "obs_status" in after.columns else ()
    columns = [c for c in after.columns if c in before.columns and c not in repeated]
    places = [(before.columns.index(column), after.columns.index(column)) for column in columns]
    for key, row in after.rows.items():
        other = before.rows.get(key)
        # Most rows are unchanged: one comparison decides.
        if other is None or (other == row and before.columns == after.columns):
            continue
        for column, (was, is_) in zip(columns, places, strict=True):
            if other[was] != row[is_]:
                yield RowChange(after.name, key, column, other[was], row[is_])


def _only(one: TableSnapshot, other: TableSnapshot) -> Iterator[RowOnly]:
    for key in one.rows:
        if key not in other.rows:
            yield RowOnly(one.name, key, one.cells(key))


def _meaning(table: TableSnapshot, key: Key) -> str:
    cells = table.cells(key)
    return ", ".join(f"{name} {cells[name]}" for name in MEANING[table.name] if name in cells)


def _code_tables(snapshot: Snapshot) -> Iterator[tuple[str, str, TableSnapshot, Key]]:
    for name in ("codes", "indicators"):
        table = snapshot.tables.get(name)
        if table is None:
            continue
        for key in table.rows:
            yield *(("indicator", key[0]) if name == "indicators" else (key[0], key[1])), table, key


def _codes(old: Snapshot, new: Snapshot) -> Iterator[CodeChange]:
    ours = {(name, code): (table, key) for name, code, table, key in _code_tables(old)}
    theirs = {(name, code): (table, key) for name, code, table, key in _code_tables(new)}
    for (name, code), (table, key) in theirs.items():
        if (name, code) not in ours:
            yield CodeChange(name, code, "added", None, table.cells(key).get("label_en"))
    for (name, code), (table, key) in ours.items():
        if (name, code) not in theirs:
            yield CodeChange(name, code, "removed", table.cells(key).get("label_en"), None)
    for table_name in MEANING:
        before, after = old.tables.get(table_name), new.tables.get(table_name)
        if before is None or after is None:
            continue
        for key in before.rows:
            if key in after.rows:
                was, is_ = _meaning(before, key), _meaning(after, key)
                if was != is_:
                    yield CodeChange(table_name[:-1], key[0], "redefined", was, is_)


_SCHEMA_BUMPS: Mapping[str, Bump] = {
    "removed": "major",
    "retyped": "major",
    "unit": "major",
    "restricted": "major",
    "rekeyed": "major",
    "reordered": "major",
    "added": "minor",
    "relaxed": "minor",
    "deprecated": "minor",
    "described": "patch",
}
_CODE_BUMPS: Mapping[str, Bump] = {"removed": "major", "redefined": "major", "added": "minor"}


def required_bump(diff: Diff) -> Bump:
    """The step that the changes require: major, minor, patch, or none where nothing changed."""
    bumps: list[Bump] = [_SCHEMA_BUMPS[change.kind] for change in diff.schema]
    bumps += [_CODE_BUMPS[change.kind] for change in diff.codes]
    bumps += ["patch" if row.table in FOLLOWING else "major" for row in diff.rows_removed]
    bumps += ["patch" if row.table in CORRECTING else "minor" for row in diff.rows_added]
    bumps += ["minor"] * bool(diff.findings_added)
    bumps += ["patch"] * bool(diff.rows_changed or diff.findings_removed)
    return larger(tuple(bumps))


WHY = {
    "major": Text("有不兼容的变化", "breaking changes"),
    "minor": Text("有新增或弃用的行、栏或代码", "rows, columns or codes were added or deprecated"),
    "patch": Text("有更正的值", "values were corrected"),
    "none": Text("数据没有变化", "no change in the data"),
}


def check_version(old_version: str, new_version: str, diff: Diff) -> None:
    """Whether the declared version is high enough for the changes since the published one.

    Raises DataError that says which version it must be. A larger step than required is allowed.
    """
    old, new = parse_version(old_version), parse_version(new_version)
    bump = required_bump(diff)
    least = next_version(old, bump)
    if new < least:
        raise DataError(
            Text(
                f"版本号 {new} 偏低：与已发布的 {old} 相比，{WHY[bump].zh}（{bump}），"
                f"应为 {least} 或更高",
                f"version {new} is too low for the changes since the published {old} "
                f"({bump}: {WHY[bump].en}); use {least} or later",
            ),
            file="data/release.yaml",
            place="version",
            remedy=Text(
                f"请把 version 改为 {least}，并把 created 改为当天日期",
                f"set `version: {least}` and `created:` to today",
            ),
        )
