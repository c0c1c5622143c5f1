"""``csv-metadata.json``: CSV on the Web.

Belongs here: the metadata of the CSV files with the keys that lead from one to another. Does not belong
here: the Frictionless form of the same (``schema``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shenwan_data.errors import Text
from shenwan_data.release.about import About
from shenwan_data.release.contents import Package
from shenwan_data.release.schema import Field, Table
from shenwan_data.schemas import metadata

CSVW = "csv-metadata.json"
CONTEXT = "http://www.w3.org/ns/csvw"
DIALECT = {
    "encoding": "utf-8",
    "delimiter": ",",
    "quoteChar": '"',
    "doubleQuote": True,
    "lineTerminators": ["\n"],
    "header": True,
    "headerRowCount": 1,
}


def _both(text: Text) -> list[dict[str, str]]:
    languages = metadata("catalogues.yaml")["languages"]
    return [
        {"@value": getattr(text, name), "@language": language["bcp47"]}
        for name, language in languages.items()
    ]


def _datatype(field: Field) -> Any:
    """The datatype with the bounds of the field; a pattern of a text is its format."""
    base = metadata("catalogues.yaml")["types"][field.type]["csvw"]
    limits: dict[str, Any] = {
        key: field.constraints[key] for key in ("minimum", "maximum") if key in field.constraints
    }
    if field.type == "string" and "pattern" in field.constraints:
        limits["format"] = field.constraints["pattern"]
    return {"base": base, **limits} if limits else base


def _column(table: Table, field: Field) -> dict[str, Any]:
    languages = metadata("catalogues.yaml")["languages"]
    column: dict[str, Any] = {
        "name": field.name,
        "titles": {
            "und": [field.name],
            **{
                language["bcp47"]: [getattr(field.title, name)]
                for name, language in languages.items()
            },
        },
        "dc:description": _both(field.description),
        "datatype": _datatype(field),
        "required": field.name in table.required,
    }
    if field.rdf_type:
        column["propertyUrl"] = field.rdf_type
    return column


def _table(package: Package, table: Table, known: Mapping[str, str]) -> dict[str, Any]:
    """The metadata of a table's CSV; ``known`` are the addresses of the tables keys may lead to."""
    schema: dict[str, Any] = {
        "columns": [_column(table, field) for field in table.fields],
        "primaryKey": list(table.primary_key),
    }
    # A key of this standard may not be empty, so a column that may be has none.
    keys = [
        key
        for key in table.foreign_keys
        if key.table in known and not key.is_list and key.field in table.required
    ]
    if keys:
        schema["foreignKeys"] = [
            {
                "columnReference": [key.field],
                "reference": {"resource": known[key.table], "columnReference": [key.column]},
            }
            for key in keys
        ]
    return {
        "url": package.path(f"{table.name}.csv"),
        "dc:title": _both(table.title),
        "dc:description": _both(table.description),
        "tableSchema": schema,
    }


def table_group(about: About, packages: Sequence[Package]) -> dict[str, Any]:
    """The metadata of all tables of some packages, with the keys among them."""
    tables = [(package, table) for package in packages for table in package.tables]
    known = {table.name: package.path(f"{table.name}.csv") for package, table in tables}
    return {
        "@context": CONTEXT,
        "dialect": DIALECT,
        "dc:license": {"@id": about.licence.address},
        "dc:publisher": _both(about.publisher),
        "dc:modified": about.created.isoformat(),
        "dc:title": _both(about.title),
        "tables": [_table(package, table, known) for package, table in tables],
    }
