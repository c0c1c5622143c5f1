"""Versions on a CKAN portal, and taking one back.

Belongs here: finding the datasets of a version, whatever became of their names, and removing them.
Does not belong here: publishing (``ckan_target``).

An editor can delete a dataset, which hides it from the public; to purge it, files and history and
all, takes an administrator of the portal. Tables of visitors are emptied at once.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

from shenwan_data.config.settings import is_version
from shenwan_data.errors import Text
from shenwan_data.publish.ckan.datasets import PACKAGE_HASH, by_path, extras
from shenwan_data.publish.ckan.portal import Portal
from shenwan_data.publish.plan import PortalError
from shenwan_data.release.manifest import whole_archive

Record = dict[str, Any]

_PAGE = 1000
LEFT = Text(
    "数据集已删除，公众看不到；文件和历史须由门户管理员彻底清除（回收站 /ckan-admin/trash）",
    "the datasets are deleted and hidden from the public; an administrator of the portal purges "
    "their files and history (/ckan-admin/trash)",
)


def own_datasets(portal: Portal, organization: str, name: str) -> tuple[Record, ...]:
    """Every dataset of the data set ``name`` on the portal, public or not."""
    found: list[Record] = []
    while True:
        answer = portal.read(
            "package_search",
            fq=f"organization:{organization}",
            include_private=True,
            rows=_PAGE,
            start=len(found),
        )
        results = (answer or {}).get("results") or []
        found += results
        if not results or len(found) >= answer["count"]:
            break
    return tuple(dict(each) for each in found if PACKAGE_HASH in extras(each) and _of(each, name))


def _of(dataset: Record, name: str) -> bool:
    package = _package(dataset)
    return package == name or package.startswith(f"{name}-")


def _package(dataset: Record) -> str:
    """The package that a dataset holds, by the identifier it was published with."""
    return extras(dataset).get("identifier", "").partition("/")[0]


def versions(datasets: tuple[Record, ...]) -> tuple[str, ...]:
    """The versions that datasets hold."""
    found = (str(dataset.get("version")) for dataset in datasets)
    return tuple(dict.fromkeys(version for version in found if is_version(version)))


def read_file(
    portal: Portal, datasets: tuple[Record, ...], name: str, version: str, path: str
) -> bytes | None:
    """A file of a version by its path in the release; None where the portal holds none."""
    for dataset in datasets:
        if str(dataset.get("version")) != version:
            continue
        held = by_path(dataset)
        folder, _, inside = path.partition("/")
        if _package(dataset) == f"{name}-{folder}" and inside in held:
            content = portal.content(dataset, held[inside])
            if content is not None:
                return content
        # What is no resource of its own is in the archive of the release.
        archive = held.get(whole_archive(name, version))
        content = portal.content(dataset, archive) if archive else None
        if content is not None:
            try:
                with zipfile.ZipFile(io.BytesIO(content)) as files:
                    return files.read(path)
            except (zipfile.BadZipFile, KeyError):
                continue
    return None


def withdraw(portal: Portal, datasets: tuple[Record, ...], version: str) -> Text | None:
    """Remove the datasets of a version; what is left for an administrator, or None."""
    left = None
    for dataset in datasets:
        if str(dataset.get("version")) == version:
            for resource in dataset["resources"]:
                if resource.get("datastore_active"):
                    parameters = {"resource_id": resource["id"], "force": True}
                    portal.write("datastore_delete", parameters, lambda: None)
            # Its name becomes free for the next version, which a deleted dataset would keep.
            short = f"withdrawn-{dataset['id']}"[:100]
            # Emptying a table changes the dataset, which is revised only as it was last read.
            now = portal.dataset(dataset["id"]) or dataset
            portal.revise(now, {"name": short, "private": True}, _renamed(portal, dataset, short))
            portal.write("package_delete", {"id": dataset["id"]}, _deleted(portal, dataset))
            try:
                portal.write("dataset_purge", {"id": dataset["id"]}, _gone(portal, dataset))
            except PortalError:
                left = LEFT
    return left


def _renamed(portal: Portal, dataset: Record, name: str) -> Any:
    def settled() -> Record | None:
        found = portal.dataset(dataset["id"])
        return found if found is not None and found["name"] == name else None

    return settled


def _deleted(portal: Portal, dataset: Record) -> Any:
    def settled() -> bool | None:
        found = portal.dataset(dataset["id"])
        return True if found is None or found.get("state") == "deleted" else None

    return settled


def _gone(portal: Portal, dataset: Record) -> Any:
    return lambda: True if portal.dataset(dataset["id"]) is None else None
