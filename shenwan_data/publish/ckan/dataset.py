"""What a dataset on the portal should say, and whether it says so.

Belongs here: the fields of a dataset, made from the package. Does not belong here: its files
(``resources``) or asking the portal (``portal``).
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from shenwan_data.publish.release_folder import PackageFolder
from shenwan_data.schemas import metadata

Record = dict[str, Any]

# Which package of which release a dataset holds, and the hash of all that was written to it.
PACKAGE_HASH, FIELDS_HASH = "package_sha256", "fields_sha256"
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


def tag_names(record: Mapping[str, Any]) -> list[str]:
    """The key words of a dataset, sorted."""
    return sorted(str(tag["name"]) for tag in record.get("tags") or [])


def dataset_fields(package: PackageFolder, *, latest: bool) -> Record:
    """The fields of the dataset of a package, but for its name and resources."""
    told = package.descriptor
    version = str(told["version"])
    title = package.title
    spatial, temporal = _spatial(package), _temporal(package)
    settings = metadata("portals.yaml")
    licence = str(told["licenses"][0]["name"]) if told.get("licenses") else ""
    further = {
        "identifier": f"{package.name}/{version}",
        "issued": str(told.get("created", ""))[:10],
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
        "notes": _notes(package),
        "version": version,
        "license_id": settings["licenses"].get(licence, licence or "notspecified"),
        "url": str(told.get("homepage") or ""),
        "tags": [{"name": name} for name in _tags(package, settings["tags"])],
        "extras": [{"key": key, "value": value} for key, value in further.items() if value],
    }


def _notes(package: PackageFolder) -> str:
    parts = [str(package.descriptor.get("description", ""))]
    sources = [str(source["title"]) for source in package.descriptor.get("sources", [])]
    if sources:
        parts.append("来源 Sources:\n\n" + "\n".join(f"- {title}" for title in sources))
    if package.descriptor.get("citation"):
        parts.append(f"引用 Citation:\n\n> {package.descriptor['citation']}")
    parts.append(f"[全部版本 All versions](/dataset/?tags={package.name})")
    return "\n\n".join(parts)


def _tags(package: PackageFolder, common: list[str]) -> list[str]:
    told = package.descriptor
    words = [*common, *told.get("keywords", []), *str(told["title"]).split(" / "), package.name]
    # A portal refuses a whole dataset for one sign in a key word.
    clean = {" ".join(_NO_TAG.sub(" ", str(word)).split()) for word in words}
    return sorted(word for word in clean if len(word) in _TAG_LENGTH)


def _column(package: PackageFolder, column: str) -> Iterator[dict[str, str]]:
    for file in package.files:
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
        f"{row.get('parent_zh', '')}{row['name_zh']} {row['name_en']}"
        for row in _column(package, "name_en")
        if row.get("name_zh")
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
