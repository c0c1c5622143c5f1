"""The one schema of every published table.

Belongs here: code lists, fields, tables and keys as ``codes.yaml``, ``fields.yaml`` and ``tables.yaml``
declare them, and what derives from a table's schema: the Frictionless Table Schema, the Arrow schema and
the data dictionary. Does not belong here: rows (``tables``), files (``formats``), or which tables make up
a package (``contents``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from shenwan_data.config.declarations import (
    CodeEntry,
    Deprecated,
    FieldsFile,
    TableEntry,
    TablesFile,
)
from shenwan_data.config.forms import near, validated
from shenwan_data.config.textfile import Document, read_yaml_document
from shenwan_data.errors import DataError, Text
from shenwan_data.schemas import schemas_dir, while_unchanged

TABLE_SCHEMA_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
# Twenty-eight digits before the point and ten after it: enough for a share, a quotient of 亩 and
# every amount of money, and exact as the CSV has it. Parquet has the nearest float64, to calculate with.
DECIMAL = pa.decimal128(38, 10)
FLOAT = pa.float64()
ARROW_TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "year": pa.int32(),
    "number": DECIMAL,
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list. ``description`` is None where the label says what the code means."""

    code: str
    label: Text
    description: Text | None
    deprecated: Deprecated | None = None


@while_unchanged("codes.yaml")
def code_lists() -> dict[str, dict[str, Code]]:
    """All code lists by name, each a dict of its codes in file order; ``topic`` comes last.

    Raises DataError naming line and code where a language is missing or a key is unknown.
    """
    lists = validated(
        dict[str, dict[str, CodeEntry]],
        read_yaml_document(schemas_dir() / "codes.yaml"),
        remedy=Text("请参照其他代码改正", "correct it; the other codes show the format"),
    )
    return {
        name: {
            code: Code(code, Text(entry.zh, entry.en), entry.description, entry.deprecated)
            for code, entry in entries.items()
        }
        for name, entries in lists.items()
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


_REMEDY = Text(
    "请按该文件开头的说明修正", "correct it; the comments at the top of the file explain the keys"
)


def declared_tables() -> tuple[TablesFile, Document]:
    """``schemas/tables.yaml``. Raises DataError naming line and key of a mistake."""
    document = read_yaml_document(schemas_dir() / "tables.yaml")
    return validated(TablesFile, document, remedy=_REMEDY), document


def _fields() -> dict[str, Field]:
    lists = code_lists()
    declared = validated(
        FieldsFile,
        read_yaml_document(schemas_dir() / "fields.yaml"),
        context={"types": ARROW_TYPES, "code_lists": lists},
        remedy=_REMEDY,
    )
    return {
        name: Field(
            name=name.rpartition(".")[2],
            type=entry.type,
            title=entry.title,
            description=entry.description,
            constraints=entry.constraints
            if entry.codes is None
            else {**entry.constraints, "enum": list(lists[entry.codes])},
            codes=entry.codes,
            unit=entry.unit,
            rdf_type=entry.rdf_type,
            deprecated=entry.deprecated,
        )
        for name, entry in declared.fields.items()
    }


def _table(
    name: str, title: Text, entry: TableEntry, fields: Mapping[str, Field], document: Document
) -> Table:
    keys = [key.field for key in entry.foreign_keys]
    # `<table>.<column>` declares a column that means something else here than in other tables.
    own = {f.name: f for f in (fields.get(f"{name}.{c}") for c in entry.fields) if f is not None}
    fields = {**fields, **own}
    for column in (*entry.fields, *entry.required, *entry.primary_key, *keys):
        if column not in fields or column not in entry.fields:
            hint = near(column, entry.fields if column in fields else fields)
            raise _wrong(
                document,
                name,
                column,
                Text(f"没有这一栏{hint.zh}", f"there is no such column{hint.en}"),
            )
    return Table(
        name=name,
        title=title,
        description=entry.description,
        fields=tuple(fields[column] for column in entry.fields),
        required=frozenset([*entry.primary_key, *entry.required]),
        primary_key=entry.primary_key,
        unique_keys=entry.unique_keys,
        foreign_keys=tuple(
            ForeignKey(
                field=key.field, table=key.table, column=key.column or key.field, is_list=key.list
            )
            for key in entry.foreign_keys
        ),
        deprecated=entry.deprecated,
    )


def _wrong(document: Document, table: str, place: str, problem: Text) -> DataError:
    line = document.line_of(("tables", table))
    return DataError(
        problem, file=document.file, place=f"line {line}, {table}.{place}", remedy=_REMEDY
    )


@while_unchanged("tables.yaml", "fields.yaml", "codes.yaml")
def tables() -> dict[str, Table]:
    """Every published table by name: the topics first, then the registers and the evidence.

    Raises DataError naming file, line and place where the metadata contradicts itself.
    """
    fields = _fields()
    declared, document = declared_tables()
    common = declared.tables["observations"]
    found: dict[str, Table] = {}
    for topic, code in code_lists()["topic"].items():
        title = Text(
            f"{code.label.zh}：{common.title.zh}", f"{code.label.en}: {common.title.en.lower()}"
        )
        found[topic] = _table(topic, title, common, fields, document)
    for name, entry in declared.tables.items():
        if name != "observations":
            found[name] = _table(name, entry.title, entry, fields, document)
    for table in found.values():
        for key in table.foreign_keys:
            if key.table not in found or key.column not in found[key.table].columns:
                raise _wrong(
                    document,
                    table.name,
                    f"foreign_keys.{key.field}",
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
        if field.codes is not None:
            entry["categories"] = [
                {"value": code.code, "label": both(code.label)}
                for code in code_lists()[field.codes].values()
            ]
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
