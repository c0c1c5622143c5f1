"""What a dataset and its resources should be: one dataset for a package, one resource for a file.

Belongs here: names, order and fields. Does not belong here: what the portal holds (``state``), or the
table previews (``views``).
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shenwan_data.publish.release_folder import PackageFolder, ReleaseFile
from shenwan_data.schemas import metadata

Record = dict[str, Any]

# Which package of which release a dataset holds, and the hash of all that was written to it.
PACKAGE_HASH, FIELDS_HASH, IDENTIFIER = "package_sha256", "fields_sha256", "identifier"
_FIELDS = ("title", "notes", "version", "license_id", "url")
_NO_TAG = re.compile(r"[^\w .-]")
_TAG_LENGTH = range(2, 101)


def versioned_name(name: str, version: str) -> str:
    """The name of the dataset of one version: lower case, digits and hyphens only."""
    return f"{name}-{re.sub('[^a-z0-9]+', '-', version.lower())}"


def archived_title(title: str, version: str) -> str:
    """The title of a dataset that is not the latest version."""
    suffix = f" ({version})"
    return title if title.endswith(suffix) else title + suffix


def extras(record: Mapping[str, Any]) -> dict[str, str]:
    """The further fields of a dataset by key."""
    return {str(entry["key"]): str(entry["value"]) for entry in record.get("extras") or []}


_MOST_AREAS = 10


def tag_names(record: Mapping[str, Any]) -> list[str]:
    """The key words of a dataset, sorted."""
    return sorted(str(tag["name"]) for tag in record.get("tags") or [])


def in_language(text: str, language: str) -> str:
    """The part of a text in Chinese and English ("中文 / English") that is in one of them."""
    zh, _, en = text.partition(" / ")
    return zh if language == "zh" or not en else en


def dataset_fields(package: PackageFolder, *, latest: bool, language: str) -> Record:
    """The fields of the dataset of a package, but for its name and resources.

    The title is in the language of the portal, the notes are in both.
    """
    declared = package.descriptor
    version = str(declared["version"])
    title = in_language(package.title, language)
    spatial, temporal = _spatial(package), _temporal(package)
    settings = metadata("portals.yaml")
    licence = str(declared["licenses"][0]["name"]) if declared.get("licenses") else ""
    further = {
        IDENTIFIER: f"{package.name}/{version}",
        "issued": str(declared.get("created", ""))[:10],
        "language": json.dumps(settings["language"]),
        "frequency": settings["frequency"],
        "spatial_text": spatial,
        "temporal_start": f"{temporal[0]}-01-01" if temporal else "",
        "temporal_end": f"{temporal[1]}-12-31" if temporal else "",
        "license_spdx": licence,
        PACKAGE_HASH: package.sha256,
    }
    return {
        "title": title if latest else archived_title(title, version),
        "notes": _notes(package, language),
        "version": version,
        "license_id": settings["licenses"].get(licence, licence or "notspecified"),
        "url": str(declared.get("homepage") or ""),
        "tags": [{"name": name} for name in _tags(package, settings["tags"])],
        "extras": [{"key": key, "value": value} for key, value in further.items() if value],
    }


def _notes(package: PackageFolder, language: str) -> str:
    other = "en" if language == "zh" else "zh"
    description = str(package.descriptor.get("description", ""))
    parts = [
        in_language(description, language),
        f"**{in_language(package.title, other)}**: {in_language(description, other)}",
        "\n".join(
            f"- {resource.fields['name']}: {resource.fields['description']}".removesuffix(": ")
            for resource in wanted_resources(package, other)
        ),
    ]
    sources = [str(source["title"]) for source in package.descriptor.get("sources", [])]
    if sources:
        parts.append("来源 Sources:\n\n" + "\n".join(f"- {title}" for title in sources))
    if package.descriptor.get("citation"):
        parts.append(f"引用 Citation:\n\n> {package.descriptor['citation']}")
    parts.append(f"[全部版本 All versions](/dataset/?tags={package.name})")
    return "\n\n".join(parts)


def _tags(package: PackageFolder, common: list[str]) -> list[str]:
    declared = package.descriptor
    names = {row["name_zh"] for row in package.areas}
    # A province has too many towns for tags.
    areas = sorted(names) if len(names) <= _MOST_AREAS else []
    titles = str(declared["title"]).split(" / ")
    words = [*common, *areas, *declared.get("keywords", []), *titles, package.name]
    # A portal refuses the whole dataset for one bad character in a tag.
    clean = {" ".join(_NO_TAG.sub(" ", str(word)).split()) for word in words}
    return sorted(word for word in clean if len(word) in _TAG_LENGTH)


def _column(package: PackageFolder, column: str) -> Iterator[dict[str, str]]:
    for file in package.inside:
        if file.path.endswith(".csv"):
            with file.file.open(encoding="utf-8", newline="") as stream:
                rows = csv.DictReader(stream)
                if column in (rows.fieldnames or ()):
                    yield from rows


def _temporal(package: PackageFolder) -> tuple[str, str] | None:
    years = {row["time_period"] for row in _column(package, "time_period")} - {""}
    return (min(years), max(years)) if years else None


def _spatial(package: PackageFolder) -> str:
    names = {
        f"{row.get('parent_zh', '')}{row['name_zh']} {row['name_en']}" for row in package.areas
    }
    return "; ".join(sorted(names))


def managed(record: Mapping[str, Any]) -> Record:
    """The fields of a dataset that this project writes, as they are compared."""
    return {
        **{key: record.get(key) or "" for key in _FIELDS},
        "tags": tag_names(record),
        "extras": {key: value for key, value in extras(record).items() if key != FIELDS_HASH},
    }


def differing(record: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """The names of the fields that are not as wanted."""
    is_, must = managed(record), managed(wanted)
    return [key for key in must if is_[key] != must[key]]


def fields_hash(record: Mapping[str, Any], resources: list[Record]) -> str:
    """One hash for all that was written to a dataset and its resources, but for the bytes."""
    content = json.dumps([managed(record), resources], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


_FIELDS_RESOURCES = ("name", "description", "format", "path", "sha256")


@dataclass(frozen=True, slots=True)
class WantedResource:
    """A file of the package and its fields on the portal. ``table`` is set for a CSV table."""

    file: ReleaseFile
    fields: Record
    table: Mapping[str, Any] | None


def wanted_resources(package: PackageFolder, language: str) -> tuple[WantedResource, ...]:
    """The resources of a package in order, eight at the most, named in a language ("zh" or "en").

    The table it is about with its preview, the workbook, its other tables, the dictionary, and the
    archive with everything for machines.
    """
    tables = {
        str(resource["path"]): resource
        for resource in package.descriptor["resources"]
        if resource.get("type") == "table"
    }
    wanted = list(metadata("portals.yaml")["tables"])
    main = next(iter(tables), "")
    shown = [path for path in tables if path == main or path.removesuffix(".csv") in wanted]
    inside = {file.path: file for file in package.inside}
    workbook = [file for file in package.beside if file.path.endswith(".xlsx")]
    archive = [file for file in package.beside if file not in workbook]
    files = [
        *(inside[path] for path in shown[:1]),
        *workbook,
        *(inside[path] for path in shown[1:]),
        *(inside[path] for path in ("README.md",) if path in inside),
        *archive,
    ]
    found = []
    for file in files:
        if file in package.beside:
            described = _whole(file.path.rpartition(".")[2])
            found.append(WantedResource(file, _fields(file, described, language), None))
        else:
            table = tables.get(file.path)
            found.append(WantedResource(file, _fields(file, table or {}, language), table))
    return tuple(found)


def _whole(ending: str) -> Mapping[str, Any]:
    """Title and description of a file that holds the whole release."""
    known = metadata("portals.yaml")["whole"][ending]
    return {name: f"{known[name]['zh']} / {known[name]['en']}" for name in ("title", "description")}


def _fields(file: ReleaseFile, described: Mapping[str, Any], language: str) -> Record:
    settings = metadata("portals.yaml")
    ending = file.path.rpartition(".")[2]
    form = settings["formats"].get(ending, {"label": ending.upper(), "mediatype": None})
    known = settings["files"].get(file.path)
    title = described.get("title") or (f"{known['zh']} / {known['en']}" if known else file.path)
    return {
        "name": f"{in_language(str(title), language)} ({form['label']})",
        "description": in_language(str(described.get("description") or ""), language),
        "format": form["label"],
        "mimetype": form["mediatype"],
        "path": file.path,
        "sha256": file.sha256,
        # The metadata exports of CKAN read bare hexadecimal. Loaders overwrite this field, so it is
        # never compared; `sha256` is ours.
        "hash": file.sha256,
    }


def managed_resource(record: Mapping[str, Any]) -> Record:
    """The fields of a resource that are compared."""
    return {key: record.get(key) or "" for key in _FIELDS_RESOURCES}


def by_path(dataset: Mapping[str, Any]) -> dict[str, Record]:
    """The resources of a dataset by the path of their file; the first where two have the same."""
    found: dict[str, Record] = {}
    for resource in dataset.get("resources", []):
        found.setdefault(str(resource.get("path") or ""), dict(resource))
    found.pop("", None)
    return found


def unmanaged(dataset: Mapping[str, Any], paths: set[str]) -> list[Record]:
    """The resources of a dataset that are not files of the package, or duplicates of one."""
    own = {path: resource["id"] for path, resource in by_path(dataset).items() if path in paths}
    return [
        dict(resource)
        for resource in dataset.get("resources", [])
        if resource["id"] not in own.values()
    ]
