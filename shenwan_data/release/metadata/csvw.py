"""``*.csv-metadata.json`` and ``csv-metadata.json``: CSV on the Web.

Belongs here: the metadata of one CSV file, which a reader finds beside it by the standard's rule, and
of all of a package together, where keys lead from one to another. Does not belong here: the Frictionless
form of the same (``schema``).
"""

from __future__ import annotations

from typing import Any

from shenwan_data.errors import Text
from shenwan_data.release.about import About
from shenwan_data.release.contents import Package
from shenwan_data.release.schema import Field, Table
from shenwan_data.schemas import metadata

GROUP = "csv-metadata.json"
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


def table_metadata(table: Table, package: tuple[str, ...] = ()) -> dict[str, Any]:
    """The metadata of a table's CSV; ``package`` names the tables that keys may lead to."""
    schema: dict[str, Any] = {
        "columns": [_column(table, field) for field in table.fields],
        "primaryKey": list(table.primary_key),
    }
    # A key of this standard may not be empty, so a column that may be has none.
    keys = [
        key
        for key in table.foreign_keys
        if key.table in package and not key.is_list and key.field in table.required
    ]
    if keys:
        schema["foreignKeys"] = [
            {
                "columnReference": [key.field],
                "reference": {"resource": f"{key.table}.csv", "columnReference": [key.column]},
            }
            for key in keys
        ]
    return {
        "url": f"{table.name}.csv",
        "dc:title": _both(table.title),
        "dc:description": _both(table.description),
        "tableSchema": schema,
    }


def csvw_files(about: About, package: Package) -> dict[str, dict[str, Any]]:
    """The metadata documents of a package by file name."""
    head: dict[str, Any] = {
        "@context": CONTEXT,
        "dialect": DIALECT,
        "dc:license": {"@id": about.licence.address},
        "dc:publisher": _both(about.publisher),
        "dc:modified": about.created.isoformat(),
    }
    documents = {
        f"{table.name}.csv-metadata.json": {**head, **table_metadata(table)}
        for table in package.tables
    }
    documents[GROUP] = {
        **head,
        "dc:title": _both(package.title),
        "tables": [table_metadata(table, package.table_names) for table in package.tables],
    }
    return documents
