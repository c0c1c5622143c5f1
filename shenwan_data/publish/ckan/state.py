"""What a portal holds of a package, and what differs from the release.

Belongs here: finding the dataset of a version and comparing it. Does not belong here: changing
anything (``ckan_target``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shenwan_data.config.settings import is_version, parse_version
from shenwan_data.errors import Text, UsageError
from shenwan_data.publish.ckan.datasets import (
    FIELDS_HASH,
    IDENTIFIER,
    PACKAGE_HASH,
    WantedResource,
    archived_title,
    by_path,
    dataset_fields,
    differing,
    extras,
    fields_hash,
    managed_resource,
    unmanaged,
    versioned_name,
    wanted_resources,
)
from shenwan_data.publish.ckan.portal import Portal
from shenwan_data.publish.ckan.views import has_view, table_holds
from shenwan_data.publish.plan import Action, Kind, PortalError
from shenwan_data.publish.release_folder import PackageFolder, ReleaseFile

Record = dict[str, Any]

PREVIEW = "#preview"
_MISSING = Text("缺失", "it is missing")
_BYTES = Text("内容不一致", "its content differs")
_LABELS = Text("名称或说明不一致", "its name or description differs")
_EXTRA = Text("不属于该发布版本", "it is not part of the release")
_PREVIEW = Text("表格预览缺失或不一致", "the table preview is missing or differs")
_HIDDEN = Text("尚未公开", "not yet public")
_REPLACED = Text("改名为带版本号的旧版", "archived under a name with its version")


@dataclass(frozen=True, slots=True)
class State:
    """A package, the dataset that holds it, and the older dataset that it replaces.

    ``language`` is that of the portal: "zh" or "en".
    """

    package: PackageFolder
    dataset: Record | None
    older: Record | None
    latest: bool
    language: str

    @property
    def resources(self) -> tuple[WantedResource, ...]:
        """The resources that the dataset should have."""
        return wanted_resources(self.package, self.language)

    @property
    def public(self) -> bool:
        """Whether anyone can see the dataset."""
        return self.dataset is not None and not self.dataset.get("private")

    @property
    def name(self) -> str:
        """The name of the dataset once it is public."""
        version = str(self.package.descriptor["version"])
        return self.package.name if self.latest else versioned_name(self.package.name, version)

    def fields(self) -> Record:
        """The fields that the dataset should have, the hash of them all among them."""
        wanted = dataset_fields(self.package, latest=self.latest, language=self.language)
        resources = [managed_resource(resource.fields) for resource in self.resources]
        wanted["extras"].append({"key": FIELDS_HASH, "value": fields_hash(wanted, resources)})
        return wanted

    def subject(self, file: ReleaseFile) -> str:
        """What a file is called in a plan: its path in the package, those of the release too."""
        return f"{self.package.folder}/{file.path}"


def find_state(portal: Portal, package: PackageFolder, organization: str) -> State:
    """What the portal holds of a package, in the organisation that publishes it.

    Raises UsageError where the version is public with other content, PortalError where the name
    belongs to another organisation, or to a dataset that this project did not publish.
    """

    def own(name: str) -> Record | None:
        return _own(portal, portal.dataset(name), name, package, organization)

    version = str(package.descriptor["version"])
    named = own(package.name)
    if named is not None and named.get("version") == version:
        found = State(package, named, None, True, portal.language())
    else:
        versioned = own(versioned_name(package.name, version))
        # A version that is not of our form cannot be ordered: ours is taken to be later.
        there = named.get("version") if named is not None else None
        latest = not is_version(there) or parse_version(there) < parse_version(version)
        found = State(package, versioned, named if latest else None, latest, portal.language())
    if found.public and found.dataset is not None:
        published = extras(found.dataset).get(PACKAGE_HASH)
        if published != package.sha256:
            raise UsageError(
                Text(
                    f"{version} 已以其他内容发布，已发布的版本不再改动",
                    f"{version} is already published with other content; a published release "
                    "never changes",
                ),
                place=f"{portal.target}: {found.dataset['name']}",
                remedy=Text(
                    "请在数据目录的 release.yaml 中提高版本号后重新构建",
                    "raise the version in release.yaml of the data folder and build again",
                ),
            )
    return found


def _own(
    portal: Portal, dataset: Record | None, name: str, package: PackageFolder, organization: str
) -> Record | None:
    if dataset is None:
        return None
    held = extras(dataset)
    owner = dataset.get("organization") or {}
    if (
        PACKAGE_HASH in held
        and held.get(IDENTIFIER, "").rpartition("/")[0] == package.name
        and dataset.get("state") == "active"
        and organization in (owner.get("name"), owner.get("id"))
    ):
        return dataset
    raise PortalError(
        Text(
            f"门户上的 {name} 不是本项目发布的，属于其他机构，或已被删除",
            f"the dataset {name} on the portal was not published by this project, belongs to "
            "another organization, or is deleted",
        ),
        place=portal.target,
        remedy=Text(
            "请在门户上改名、清除或恢复该数据集", "rename, purge or restore it on the portal"
        ),
    )


def differences(portal: Portal, state: State, view_type: str | None) -> Iterator[Action]:
    """The actions for one package, in order; ``drift`` for what others changed in public."""
    if state.older is not None:
        yield Action("update", str(state.older["name"]), _REPLACED)
    if state.dataset is None:
        yield Action("create", state.name)
        for resource in state.resources:
            yield Action("create", state.subject(resource.file))
            if resource.table is not None:
                yield Action("create", state.subject(resource.file) + PREVIEW)
        return
    dataset = state.dataset
    changed_by_others = state.public and extras(dataset).get(FIELDS_HASH) != fields_hash(
        dataset, [managed_resource(each) for each in dataset["resources"]]
    )
    yield _dataset_action(state, dataset, changed_by_others)
    held = by_path(dataset)
    for resource in state.resources:
        yield from _resource_actions(portal, state, resource, held, changed_by_others, view_type)
    for extra in unmanaged(dataset, {each.file.path for each in state.resources}):
        subject = f"{dataset['name']}: {extra.get('name') or extra['id']}"
        yield Action("drift" if state.public else "remove", subject, _EXTRA)


def _dataset_action(state: State, dataset: Record, changed_by_others: bool) -> Action:
    if not state.public:
        return Action("update", state.name, _HIDDEN)
    wanted = state.fields()
    fields = differing(dataset, wanted)
    if not fields and dataset["name"] == state.name:
        return Action("unchanged", state.name)
    names = ", ".join(fields) or "name"
    detail = Text(f"字段不一致：{names}", f"these fields differ: {names}")
    return Action("drift" if changed_by_others else "update", state.name, detail)


def _resource_actions(
    portal: Portal,
    state: State,
    resource: WantedResource,
    held: dict[str, Record],
    changed_by_others: bool,
    view_type: str | None,
) -> Iterator[Action]:
    subject = state.subject(resource.file)
    record = held.get(resource.file.path)
    touched: Kind = "drift" if state.public else "update"
    if record is None or state.dataset is None:
        yield Action("drift" if state.public else "create", subject, _MISSING)
        if resource.table is not None:
            yield Action("drift" if state.public else "create", subject + PREVIEW, _MISSING)
        return
    if portal.sha256(state.dataset, record) != resource.file.sha256:
        yield Action(touched, subject, _BYTES)
    elif managed_resource(record) != managed_resource(resource.fields):
        kind: Kind = "drift" if changed_by_others else "update"
        yield Action(kind, subject, _LABELS)
    else:
        yield Action("unchanged", subject)
    if resource.table is not None:
        schema = resource.table["schema"]
        shown = table_holds(portal, record, resource.file.file, schema) and (
            view_type is None or has_view(portal, record, view_type)
        )
        yield (
            Action("unchanged", subject + PREVIEW)
            if shown
            else Action(touched, subject + PREVIEW, _PREVIEW)
        )


def archived(record: Record) -> Record:
    """The fields that change when a dataset stops being the latest version."""
    version = str(record["version"])
    resources = [managed_resource(each) for each in record["resources"]]
    changed = {
        "name": versioned_name(str(record["name"]), version),
        "title": archived_title(str(record["title"]), version),
    }
    fields = extras(record)
    if fields.get(FIELDS_HASH) == fields_hash(record, resources):
        # Otherwise the hash stays, so that what others had changed is still seen as their change.
        fields[FIELDS_HASH] = fields_hash({**record, **changed}, resources)
    return {**changed, "extras": [{"key": key, "value": value} for key, value in fields.items()]}
