"""The one schema of every published table.

Belongs here: fields, tables and keys as ``schemas/fields.yaml`` and ``schemas/tables.yaml`` declare
them, and what derives from a table's schema: the Frictionless Table Schema, the Arrow schema and
the data dictionary. Does not belong here: rows (``tables``), files (``csv_file``,
``parquet_file``), or which tables make up a package (``contents``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from shenwan_data.errors import DataError, Text
from shenwan_data.indicators.catalogue import topics
from shenwan_data.release.codes import Deprecated, code_lists, deprecated_of, text_of
from shenwan_data.schemas import metadata, schemas_dir

TABLE_SCHEMA_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
# Twenty-eight digits before the point and ten after it: enough for a share, a quotient of 亩 and
# every amount of money, and exact in Parquet, where a float would not be.
DECIMAL = pa.decimal128(38, 10)
ARROW_TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "year": pa.int32(),
    "number": DECIMAL,
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column. ``type`` is a Table Schema type; ``constraints`` are Table Schema constraints."""

    name: str
    type: str
    title: Text
    description: Text
    constraints: Mapping[str, Any]
    codes: str | None
    unit: Text | None
    rdf_type: str | None
    deprecated: Deprecated | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """``field`` holds a key of ``table``'s ``column``; ``is_list``: several, joined by a space."""

    field: str
    table: str
    column: str
    is_list: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One published table: its columns in order, its keys and what it is called."""

    name: str
    title: Text
    description: Text
    fields: tuple[Field, ...]
    required: frozenset[str]
    primary_key: tuple[str, ...]
    unique_keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    deprecated: Deprecated | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(field.name for field in self.fields)


def _wrong(file: str, place: str, problem: Text) -> DataError:
    return DataError(
        problem,
        file=schemas_dir() / file,
        place=place,
        remedy=Text("请按该文件开头的说明修正", "correct it as the head of the file explains"),
    )


def _fields() -> dict[str, Field]:
    lists = code_lists()
    fields: dict[str, Field] = {}
    for name, entry in metadata("fields.yaml")["fields"].items():
        if entry.get("type") not in ARROW_TYPES:
            known = ", ".join(ARROW_TYPES)
            raise _wrong(
                "fields.yaml",
                name,
                Text(f"类型须是 {known} 之一", f"the type must be one of {known}"),
            )
        codes = entry.get("codes")
        if codes is not None and codes not in lists:
            raise _wrong(
                "fields.yaml", name, Text(f"没有代码表 {codes}", f"there is no code list {codes}")
            )
        constraints = dict(entry.get("constraints") or {})
        if codes is not None:
            constraints["enum"] = list(lists[codes])
        fields[name] = Field(
            name=name,
            type=entry["type"],
            title=text_of(entry.get("title"), "fields.yaml", f"{name}.title"),
            description=text_of(entry.get("description"), "fields.yaml", f"{name}.description"),
            constraints=constraints,
            codes=codes,
            unit=text_of(entry["unit"], "fields.yaml", f"{name}.unit") if "unit" in entry else None,
            rdf_type=entry.get("rdf_type"),
            deprecated=deprecated_of(entry, "fields.yaml", name),
        )
    return fields


def _table(name: str, entry: Mapping[str, Any], fields: Mapping[str, Field]) -> Table:
    columns = entry["fields"]
    keys = [key["field"] for key in entry.get("foreign_keys", [])]
    named = [*columns, *entry.get("required", []), *entry["primary_key"], *keys]
    for column in named:
        if column not in fields or column not in columns:
            raise _wrong(
                "tables.yaml", f"{name}.{column}", Text("没有这一栏", "there is no such column")
            )
    return Table(
        name=name,
        title=text_of(entry.get("title"), "tables.yaml", f"{name}.title"),
        description=text_of(entry.get("description"), "tables.yaml", f"{name}.description"),
        fields=tuple(fields[column] for column in columns),
        required=frozenset([*entry["primary_key"], *entry.get("required", [])]),
        primary_key=tuple(entry["primary_key"]),
        unique_keys=tuple(tuple(key) for key in entry.get("unique_keys", [])),
        foreign_keys=tuple(
            ForeignKey(
                field=key["field"],
                table=key["table"],
                column=key.get("column", key["field"]),
                is_list=bool(key.get("list", False)),
            )
            for key in entry.get("foreign_keys", [])
        ),
        deprecated=deprecated_of(entry, "tables.yaml", name),
    )


def tables() -> dict[str, Table]:
    """Every published table by name: the topics first, then the registers and the evidence.

    Raises DataError naming file and place where the metadata contradicts itself.
    """
    fields = _fields()
    declared = metadata("tables.yaml")["tables"]
    found: dict[str, Table] = {}
    for topic in topics():
        title = code_lists()["topic"][topic].label
        common = declared["observations"]
        found[topic] = _table(
            topic,
            {
                **common,
                "title": {
                    "zh": f"{title.zh}：{common['title']['zh']}",
                    "en": f"{title.en}: {common['title']['en'].lower()}",
                },
            },
            fields,
        )
    for name, entry in declared.items():
        if name != "observations":
            found[name] = _table(name, entry, fields)
    for table in found.values():
        for key in table.foreign_keys:
            if key.table not in found or key.column not in found[key.table].columns:
                raise _wrong(
                    "tables.yaml",
                    f"{table.name}.foreign_keys.{key.field}",
                    Text(
                        f"没有 {key.table} 表的 {key.column} 栏",
                        f"there is no column {key.column} in a table {key.table}",
                    ),
                )
    return found


def both(text: Text) -> str:
    """A text in the two languages as one string, for formats that hold only one."""
    return f"{text.zh} / {text.en}"


def deprecated_mark(mark: Deprecated) -> dict[str, str]:
    """The mark as descriptors carry it."""
    replaced = {} if mark.replaced_by is None else {"replacedBy": mark.replaced_by}
    return {"since": mark.since.isoformat(), **replaced}


def table_schema(table: Table, package: tuple[str, ...] = ()) -> dict[str, Any]:
    """The Frictionless Table Schema (Data Package v2) of a table.

    ``package`` names the tables that stand beside it: only keys to those are declared, so that a
    package can be checked alone. A column of lists has no foreign key in Table Schema.
    """
    fields: list[dict[str, Any]] = []
    for field in table.fields:
        entry: dict[str, Any] = {
            "name": field.name,
            "type": field.type,
            "title": both(field.title),
            "description": both(field.description),
        }
        if field.unit is not None:
            entry["unit"] = both(field.unit)
        if field.rdf_type is not None:
            entry["rdfType"] = field.rdf_type
        if field.deprecated is not None:
            entry["deprecated"] = deprecated_mark(field.deprecated)
        constraints = dict(field.constraints)
        if field.name in table.required:
            constraints["required"] = True
        if constraints:
            entry["constraints"] = constraints
        fields.append(entry)
    schema: dict[str, Any] = {
        "$schema": TABLE_SCHEMA_PROFILE,
        "fields": fields,
        "missingValues": [""],
        "primaryKey": list(table.primary_key),
    }
    if table.deprecated is not None:
        schema["deprecated"] = deprecated_mark(table.deprecated)
    if table.unique_keys:
        schema["uniqueKeys"] = [list(key) for key in table.unique_keys]
    keys = [key for key in table.foreign_keys if key.table in package and not key.is_list]
    if keys:
        schema["foreignKeys"] = [
            {
                "fields": [key.field],
                "reference": {
                    # Table Schema names the table itself with an empty string.
                    "resource": "" if key.table == table.name else key.table,
                    "fields": [key.column],
                },
            }
            for key in keys
        ]
    return schema


def arrow_schema(schema: Mapping[str, Any]) -> pa.Schema:
    """The Arrow schema of a Table Schema: types, nullability, title, description, unit per column.

    It derives from the descriptor and not from ``schemas/``, so a release of any age can be checked
    against what it says of itself. Raises KeyError for a type this project does not publish.
    """
    return pa.schema(
        [
            pa.field(
                field["name"],
                ARROW_TYPES[field["type"]],
                nullable=not field.get("constraints", {}).get("required", False),
                metadata={
                    key: field[key] for key in ("title", "description", "unit") if key in field
                },
            )
            for field in schema["fields"]
        ]
    )


def dictionary(table: Table, package: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of the table's data dictionary, one per column, for templates and sheets.

    ``package`` names the tables that stand beside it; what is elsewhere is in the evidence.
    """
    keys = {
        key.field: f"{'' if key.table in package else 'evidence/'}{key.table}.{key.column}"
        for key in table.foreign_keys
    }
    return [
        {
            "name": field.name,
            "type": field.type,
            "title": field.title,
            "description": field.description,
            "unit": field.unit,
            "required": field.name in table.required,
            "key": field.name in table.primary_key,
            "codes": field.codes,
            "refers_to": keys.get(field.name),
            "deprecated": field.deprecated,
        }
        for field in table.fields
    ]
