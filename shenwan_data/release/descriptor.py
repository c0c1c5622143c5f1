"""``datapackage.json``: what a package says of itself to programs (Data Package v2).

Belongs here: the descriptors of the packages and of the index above them. Does not belong here: the
schema of a table (``schema``), the words for people (``readme``).

The Parquet copy of a table is no resource of its own: validators read every resource as a table,
and refuse a Parquet file that is right or pass one that is wrong. It stands under ``alternates`` of
the CSV resource (path, format, media type, bytes, hash), and ``validation`` judges it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from shenwan_data.config.settings import ReleaseSettings
from shenwan_data.errors import Text
from shenwan_data.release.manifest import sha256
from shenwan_data.release.schema import Table, both, table_schema

DESCRIPTOR = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def measured(path: Path) -> dict[str, Any]:
    """Size and hash of a file as a descriptor gives them."""
    return {"bytes": path.stat().st_size, "hash": f"sha256:{sha256(path)}"}


def table_resource(table: Table, folder: Path, package: tuple[str, ...]) -> dict[str, Any]:
    """The resource of a table whose CSV and Parquet files lie in ``folder``."""
    return {
        "name": table.name,
        "type": "table",
        "title": both(table.title),
        "description": both(table.description),
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **measured(folder / f"{table.name}.csv"),
        "alternates": [
            {
                "path": f"{table.name}.parquet",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                **measured(folder / f"{table.name}.parquet"),
            }
        ],
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "schema": table_schema(table, package),
    }


def text_resource(report_id: str, title: str, folder: Path, path: str) -> dict[str, Any]:
    """The resource of an archived report text."""
    return {
        "name": f"text-{report_id}",
        "title": title,
        "path": path,
        "format": "txt",
        "mediatype": "text/plain",
        "encoding": "utf-8",
        **measured(folder / path),
    }


def index_resource(name: str, title: Text, description: Text, folder: Path) -> dict[str, Any]:
    """The resource of the index that stands for the package in ``folder/name``."""
    path = f"{name}/{DESCRIPTOR}"
    return {
        "name": name,
        "title": both(title),
        "description": both(description),
        "path": path,
        "format": "json",
        "mediatype": "application/json",
        "encoding": "utf-8",
        **measured(folder / path),
    }


def descriptor(
    name: str,
    title: Text,
    description: Text,
    release: ReleaseSettings,
    sources: Sequence[Mapping[str, str]],
    resources: Iterable[Mapping[str, Any]],
    citation: Text,
) -> dict[str, Any]:
    """A package descriptor; ``release`` are the settings of the town.

    ``citation`` is no word of the standard, which allows others beside its own.
    """
    whole: dict[str, Any] = {
        "$schema": PROFILE,
        "name": name,
        "title": both(title),
        "description": both(description),
        "version": release.version,
        "created": f"{release.created}T00:00:00Z",
        "homepage": release.homepage,
        "licenses": [licence.model_dump() for licence in release.licenses],
        "contributors": [
            each.model_dump(mode="json", exclude_none=True) for each in release.contributors
        ],
        "keywords": [word for text in release.keywords for word in text],
        "sources": list(sources),
        "citation": both(citation),
        "resources": list(resources),
    }
    # An empty list is not valid for any of these; what is not known is left out.
    return {key: value for key, value in whole.items() if value}


def to_json(content: Mapping[str, Any]) -> bytes:
    """A descriptor as the bytes of its file."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
