"""The table preview of a resource: a DataStore table with declared types, and its view.

Belongs here: filling and comparing them. Does not belong here: the files.

Every step is idempotent: the table is recreated where its columns differ, rows are upserted by key.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from shenwan_data.publish.ckan.portal import Portal
from shenwan_data.publish.plan import PortalError
from shenwan_data.release.formats import from_text
from shenwan_data.schemas import metadata

Record = dict[str, Any]

_BATCH = 5_000
# PostgreSQL's names of the declared types.
_SAME = {"int4": "int", "int8": "bigint"}


def columns(schema: Mapping[str, Any]) -> list[Record]:
    """The columns of a Table Schema as the DataStore takes them."""
    types = metadata("portals.yaml")["datastore_types"]
    return [
        {
            "id": field["name"],
            "type": types[field["type"]],
            "info": {
                "label": str(field.get("title", field["name"])),
                "notes": str(field.get("description", "")),
            },
        }
        for field in schema["fields"]
    ]


def _records(path: Path, schema: Mapping[str, Any]) -> Iterator[Record]:
    kinds = {field["name"]: field["type"] for field in schema["fields"]}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {name: _json(from_text(row[name], kind)) for name, kind in kinds.items()}


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        # As text: a JSON number would be rounded on its way into the numeric column.
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _comparable(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind in ("number", "integer", "year"):
        return float(value)
    return str(value)[:10] if kind == "date" else value


def _key(schema: Mapping[str, Any]) -> list[str]:
    key = schema.get("primaryKey", [])
    return [key] if isinstance(key, str) else list(key)


def table_holds(portal: Portal, resource: Record, path: Path, schema: Mapping[str, Any]) -> bool:
    """Whether the table of a resource has the declared columns and the rows of the CSV file."""
    if not resource.get("datastore_active"):
        return False
    found = portal.rows(resource, sort="_id")
    if found is None or not _same_columns(found, schema):
        return False
    kinds = {field["name"]: field["type"] for field in schema["fields"]}

    def rows(records: Iterator[Record]) -> list[str]:
        return sorted(
            repr([_comparable(record[name], kind) for name, kind in kinds.items()])
            for record in records
        )

    return rows(iter(found["records"])) == rows(_records(path, schema))


def _same_columns(found: Record, schema: Mapping[str, Any]) -> bool:
    is_ = [
        (field["id"], _SAME.get(field["type"], field["type"]))
        for field in found["fields"]
        if field["id"] != "_id"
    ]
    return is_ == [(column["id"], column["type"]) for column in columns(schema)]


def fill_table(portal: Portal, resource: Record, path: Path, schema: Mapping[str, Any]) -> None:
    """Recreate the table of a resource from the CSV file."""
    wanted = {"resource_id": resource["id"], "force": True}
    if portal.rows(resource, sort="_id") is not None:
        portal.write(
            "datastore_delete",
            wanted,
            lambda: portal.rows(resource, sort="_id") is None or None,
        )
    portal.write(
        "datastore_create",
        {**wanted, "fields": columns(schema), "primary_key": _key(schema)},
        lambda: portal.rows(resource, sort="_id"),
    )
    batch: list[Record] = []
    for record in _records(path, schema):
        batch.append(record)
        if len(batch) == _BATCH:
            _upsert(portal, wanted, batch)
            batch = []
    if batch:
        _upsert(portal, wanted, batch)


def _upsert(portal: Portal, wanted: Record, batch: list[Record]) -> None:
    parameters = {**wanted, "method": "upsert", "records": batch, "calculate_record_count": True}
    # Rows are upserted by key, so repeating gives the same table.
    portal.write("datastore_upsert", parameters, lambda: None)


def _views(portal: Portal, resource: Record, view_type: str) -> list[str]:
    views = portal.read("resource_view_list", id=resource["id"]) or []
    return sorted(str(view["id"]) for view in views if view["view_type"] == view_type)


def has_view(portal: Portal, resource: Record, view_type: str) -> bool:
    """Whether a resource has a view of this type."""
    return bool(_views(portal, resource, view_type))


def make_view(portal: Portal, resource: Record, view_type: str) -> None:
    """Make the view of a resource where there is none."""
    if has_view(portal, resource, view_type):
        return
    portal.write(
        "resource_view_create",
        {"resource_id": resource["id"], "title": "表格 / Table", "view_type": view_type},
        lambda: has_view(portal, resource, view_type) or None,
    )
    # The portal does not keep views unique: a second publisher may have made one as well.
    for duplicate in _views(portal, resource, view_type)[1:]:
        _remove_view(portal, resource, duplicate, view_type)


def _remove_view(portal: Portal, resource: Record, view: str, view_type: str) -> None:
    def gone() -> bool | None:
        return view not in _views(portal, resource, view_type) or None

    try:
        portal.write("resource_view_delete", {"id": view}, gone)
    except PortalError:
        # The other publisher may have removed it first.
        if not gone():
            raise
