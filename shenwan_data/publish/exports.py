"""Folders to upload by hand to Zenodo, Hugging Face and Kaggle. Nothing is uploaded here.

Belongs here: the metadata file of each site and the files it needs, in one folder. Does not belong
here: targets (``targets``).
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from shenwan_data.errors import Text, UsageError
from shenwan_data.files import DRAFT, machine_errors
from shenwan_data.publish.release_folder import ReleaseFile, ReleaseFolder
from shenwan_data.release.manifest import MANIFEST, hashes, manifest_text
from shenwan_data.schemas import metadata

# Kaggle takes titles of 6 to 50 characters and subtitles of 20 to 80.
_KAGGLE_TITLE, _KAGGLE_SUBTITLE = 50, 80
_KAGGLE_LICENSES = {"CC-BY-4.0": "CC-BY-4.0", "CC0-1.0": "CC0-1.0", "CC-BY-SA-4.0": "CC-BY-SA-4.0"}
_KAGGLE_TYPES = {"year": "integer", "date": "datetime"}


def _summary(release: ReleaseFolder) -> tuple[str, str, str]:
    """Title, description and SPDX licence of a release."""
    index = release.descriptor
    return str(index["title"]), str(index["description"]), str(index["licenses"][0]["name"])


def _tables(release: ReleaseFolder) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every table with the folder it is in: the one of all observations, which is in none, first."""
    described = [("", release.descriptor)]
    described += [(package.folder, package.descriptor) for package in release.packages]
    for folder, descriptor in described:
        for resource in descriptor["resources"]:
            if resource.get("type") == "table":
                yield folder, resource


def _in(folder: str, path: object) -> str:
    return f"{folder}/{path}" if folder else str(path)


def _flat(path: str) -> str:
    """A path as a file name, for sites without folders."""
    return path.replace("/", "-")


def zenodo(release: ReleaseFolder) -> dict[str, bytes]:
    """``.zenodo.json``: the fields of a deposit."""
    title, description, licence = _summary(release)
    contributors = release.descriptor.get("contributors") or []
    content: dict[str, Any] = {
        "upload_type": "dataset",
        "title": title,
        "description": f"<p>{description}</p>",
        "version": release.version,
        "publication_date": release.created[:10],
        "access_right": "open",
        "license": licence.lower(),
        "language": "zho",
        "keywords": list(release.descriptor.get("keywords", [])),
        "creators": [{"name": str(each["title"])} for each in contributors if each.get("title")],
    }
    if not content["creators"]:
        content["creators"] = [{"name": _publisher(release)}]
    return {".zenodo.json": _json(content)}


def _publisher(release: ReleaseFolder) -> str:
    sources = release.descriptor.get("sources") or [{"title": release.descriptor["name"]}]
    return str(sources[0]["title"])


def hugging_face(release: ReleaseFolder) -> dict[str, bytes]:
    """``README.md`` with the YAML header of a dataset card: one configuration per table."""
    title, description, licence = _summary(release)
    configurations = [
        {
            "config_name": "-".join(filter(None, (folder, resource["name"]))),
            "data_files": [{"split": "train", "path": _in(folder, alternate["path"])}],
        }
        for folder, resource in _tables(release)
        for alternate in resource.get("alternates", [])
        if alternate["format"] == "parquet"
    ]
    head = {
        "pretty_name": title,
        "license": licence.lower(),
        "language": list(metadata("portals.yaml")["language"]),
        "tags": list(release.descriptor.get("keywords", [])),
        "configs": configurations,
    }
    front = yaml.safe_dump(head, allow_unicode=True, sort_keys=False)
    readme = (release.folder / "README.md").read_text(encoding="utf-8")
    return {"README.md": f"---\n{front}---\n\n{description}\n\n{readme}".encode()}


def kaggle(release: ReleaseFolder) -> dict[str, bytes]:
    """``dataset-metadata.json``; OWNER in its ``id`` must be filled in before the upload."""
    title, description, licence = _summary(release)
    name = re.sub("[^a-z0-9-]+", "-", str(release.descriptor["name"]).lower())
    english = title.rpartition(" / ")[2]
    resources = [
        {
            "path": _in(folder, resource["path"]),
            "description": str(resource.get("description", "")),
            "schema": {
                "fields": [
                    {
                        "name": field["name"],
                        "title": str(field.get("description") or field.get("title") or ""),
                        "type": _KAGGLE_TYPES.get(field["type"], field["type"]),
                    }
                    for field in resource["schema"]["fields"]
                ]
            },
        }
        for folder, resource in _tables(release)
    ]
    content = {
        "id": f"OWNER/{name}",
        "title": _shortened(english, _KAGGLE_TITLE),
        "subtitle": _shortened(f"{english} ({release.version})", _KAGGLE_SUBTITLE),
        "description": description,
        "isPrivate": True,
        "licenses": [{"name": _KAGGLE_LICENSES.get(licence, "other")}],
        "keywords": [],
        "expectedUpdateFrequency": "annually",
        "resources": resources,
    }
    return {"dataset-metadata.json": _json(content)}


def _shortened(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: length - 1].rpartition(" ")[0] + "…"


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


SITES: dict[str, Callable[[ReleaseFolder], dict[str, bytes]]] = {
    "zenodo": zenodo,
    "huggingface": hugging_face,
    "kaggle": kaggle,
}


def _included(release: ReleaseFolder, site: str) -> tuple[ReleaseFile, ...]:
    archive = f"{release.descriptor['name']}-{release.version}.zip"
    if site != "zenodo" or archive not in {file.path for file in release.files}:
        return release.files
    return tuple(file for file in release.files if "/" not in file.path)


def export(release: ReleaseFolder, site: str, folder: Path) -> Path:
    """Write the files for a site into ``folder``, which must not exist yet; return it.

    Zenodo has no folders and takes at most a hundred files, so it gets the archive of the release and
    the files outside the packages; without an archive, every file, its path joined with hyphens.
    """
    if site not in SITES:
        sites = ", ".join(SITES)
        raise UsageError(
            Text(f"没有名为 {site} 的导出", f"there is no export for {site}"),
            remedy=Text(f"可选：{sites}", f"choose one of: {sites}"),
        )
    if folder.exists():
        raise UsageError(
            Text("该目录已存在", "the folder exists already"),
            file=folder,
            remedy=Text("请给出一个新目录", "give a new one"),
        )
    draft = folder.with_name(f".{folder.name}{DRAFT}")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with machine_errors(folder, Text("导出文件", "the export")):
            for file in _included(release, site):
                place = draft / (_flat(file.path) if site == "zenodo" else file.path)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.file, place)
            for name, content in SITES[site](release).items():
                (draft / name).write_bytes(content)
            # Some names and files differ from the release: the manifest lists what is here.
            (draft / MANIFEST).write_text(manifest_text(hashes(draft)), encoding="utf-8")
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder
