"""What the resources of a dataset should be: one for each file of the package.

Belongs here: names, order and fields of resources. Does not belong here: the dataset (``dataset``),
or the tables that a visitor sees (``preview``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shenwan_data.publish.release_folder import PackageFolder, ReleaseFile
from shenwan_data.release.descriptor import DESCRIPTOR
from shenwan_data.schemas import metadata

Record = dict[str, Any]

# A file of the W3C's CSV on the Web stands beside the table that it describes.
_CSVW = "-metadata.json"
_FIELDS = ("name", "description", "format", "path", "sha256")


@dataclass(frozen=True, slots=True)
class WantedResource:
    """A file of the package and what the portal is told of it. ``table`` is set for a CSV table."""

    file: ReleaseFile
    fields: Record
    table: Mapping[str, Any] | None


def wanted_resources(package: PackageFolder) -> tuple[WantedResource, ...]:
    """The resources of a package: table by table as people read them, then what explains them."""
    tables = {
        str(resource["path"]).rpartition(".")[0]: (at, resource)
        for at, resource in enumerate(package.descriptor["resources"])
        if resource.get("type") == "table"
    }
    others = {str(resource["path"]): resource for resource in package.descriptor["resources"]}
    formats = list(metadata("portals.yaml")["formats"])

    def order(file: ReleaseFile) -> tuple[bool, int, int, str]:
        stem, _, ending = file.path.rpartition(".")
        rank = formats.index(ending) if ending in formats else len(formats)
        if file in package.beside:
            # The whole package in one file: what most people want, before table after table.
            return False, -1, rank, file.path
        if stem in tables:
            return False, tables[stem][0], rank, file.path
        # Then what explains them, the dictionary first; what only programs read comes last.
        known = list(metadata("portals.yaml")["files"])
        at = known.index(file.path) if file.path in known else len(known)
        return True, at, rank, file.path

    found = []
    for file in sorted(package.files, key=order):
        stem, _, ending = file.path.rpartition(".")
        if file in package.beside:
            found.append(WantedResource(file, _fields(file, _whole(package, ending)), None))
            continue
        told = tables[stem][1] if stem in tables else others.get(file.path, {})
        described = file.path.removesuffix(_CSVW).rpartition(".")[0]
        if file.path.endswith(_CSVW) and described in tables:
            title = f"{tables[described][1]['title']}: CSV on the Web"
            found.append(WantedResource(file, _fields(file, {"title": title}), None))
            continue
        is_table = stem in tables and ending == "csv"
        found.append(WantedResource(file, _fields(file, told), told if is_table else None))
    return tuple(found)


def _whole(package: PackageFolder, ending: str) -> Mapping[str, Any]:
    """What is told of a file that holds the whole package."""
    known = metadata("portals.yaml")["whole"].get(ending)
    description = f"{known['zh']} / {known['en']}" if known else ""
    return {"title": package.descriptor["title"], "description": description}


def _fields(file: ReleaseFile, told: Mapping[str, Any]) -> Record:
    settings = metadata("portals.yaml")
    ending = file.path.rpartition(".")[2]
    form = settings["formats"].get(ending, {"label": ending.upper(), "mediatype": None})
    known = settings["files"].get(file.path)
    title = told.get("title") or (f"{known['zh']} / {known['en']}" if known else file.path)
    return {
        "name": title if file.path == DESCRIPTOR else f"{title} ({form['label']})",
        "description": str(told.get("description") or ""),
        "format": form["label"],
        "mimetype": form["mediatype"],
        "path": file.path,
        "sha256": file.sha256,
        # Bare hexadecimal is what the metadata exports of CKAN read. Loaders overwrite this field,
        # so it is never compared: our own is `sha256`.
        "hash": file.sha256,
    }


def managed_resource(record: Mapping[str, Any]) -> Record:
    """The fields of a resource that are compared."""
    return {key: record.get(key) or "" for key in _FIELDS}


def by_path(dataset: Mapping[str, Any]) -> dict[str, Record]:
    """The resources of a dataset by the path of their file; the first where two have the same."""
    found: dict[str, Record] = {}
    for resource in dataset.get("resources", []):
        found.setdefault(str(resource.get("path") or ""), dict(resource))
    found.pop("", None)
    return found


def strangers(dataset: Mapping[str, Any], paths: set[str]) -> list[Record]:
    """The resources of a dataset that are no file of the package, or the second of one."""
    own = {path: resource["id"] for path, resource in by_path(dataset).items() if path in paths}
    return [
        dict(resource)
        for resource in dataset.get("resources", [])
        if resource["id"] not in own.values()
    ]
