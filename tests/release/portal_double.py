"""A portal in memory that answers as CKAN does, so far as publishing asks it."""

from __future__ import annotations

import copy
import hashlib
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from shenwan_data.errors import Text
from shenwan_data.publish.plan import ConflictError

Record = dict[str, Any]


class PortalDouble:
    """Takes the place of ``publish.ckan.portal.Portal``. ``datasets`` is what it holds, by id."""

    def __init__(self, target: str = "town") -> None:
        self.target, self.url = target, "http://127.0.0.1:1"
        self.datasets: dict[str, Record] = {}
        self.files: dict[str, bytes] = {}
        self.tables: dict[str, Record] = {}
        self.organizations: dict[str, Record] = {}
        self._number = itertools.count(1)

    def hold(self, dataset: Record) -> Record:
        """Put a dataset on the portal as it is."""
        self.datasets[dataset["id"]] = dataset
        return dataset

    def dataset(self, name: str) -> Record | None:
        for dataset in self.datasets.values():
            if name in (dataset["id"], dataset["name"]):
                return copy.deepcopy(dataset)
        return None

    def language(self) -> str:
        return "zh"

    def read(self, action: str, **parameters: Any) -> Any:
        if action == "organization_show":
            return self.organizations.get(parameters["id"])
        assert action == "resource_view_list", action
        return []

    def write(
        self,
        action: str,
        parameters: Mapping[str, Any],
        _: Callable[[], Any],
    ) -> Any:
        if action == "organization_create":
            name = parameters["name"]
            self.organizations[name] = {"name": name, "id": f"org-{name}"}
            return self.organizations[name]
        if action == "package_create":
            owner = self.organizations[parameters["owner_org"]]
            made = {**copy.deepcopy(dict(parameters)), "id": f"id-{next(self._number)}",
                    "resources": [], "state": "active", "organization": owner,
                    "metadata_modified": "0"}  # fmt: skip
            return copy.deepcopy(self.hold(made))
        if action == "datastore_delete":
            self.tables.pop(parameters["resource_id"], None)
            return {}
        if action == "datastore_create":
            fields = [{"id": each["id"], "type": each["type"]} for each in parameters["fields"]]
            table = {"fields": fields, "records": [], "total": 0}
            self.tables[parameters["resource_id"]] = table
            for dataset in self.datasets.values():
                for resource in dataset["resources"]:
                    if resource["id"] == parameters["resource_id"]:
                        resource["datastore_active"] = True
            return table
        assert action == "datastore_upsert", action
        table = self.tables[parameters["resource_id"]]
        table["records"] += parameters["records"]
        table["total"] = len(table["records"])
        return {}

    def revise(
        self, dataset: Record, wanted: Mapping[str, Any], _: Any,
        uploads: Mapping[int, Path] | None = None,
    ) -> Record:  # fmt: skip
        held = self.datasets[dataset["id"]]
        if held["metadata_modified"] != dataset["metadata_modified"]:
            raise ConflictError(Text("", "changed"), remedy=Text("", ""))
        held.update(copy.deepcopy(dict(wanted)))
        for at, resource in enumerate(held["resources"]):
            resource.setdefault("id", f"resource-{next(self._number)}")
            if uploads and at in uploads:
                self.files[resource["id"]] = uploads[at].read_bytes()
        held["metadata_modified"] = str(next(self._number))
        return copy.deepcopy(held)

    def sha256(self, _: Record, resource: Record) -> str | None:
        found = self.files.get(resource["id"])
        return None if found is None else hashlib.sha256(found).hexdigest()

    def rows(self, resource: Record, **_: Any) -> Record | None:
        return copy.deepcopy(self.tables.get(resource["id"]))
