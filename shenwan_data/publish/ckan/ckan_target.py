"""Publishing to CKAN: a private dataset, every byte read back, then public under its name.

Belongs here: the steps. Does not belong here: what is compared (``state``) or the API (``portal``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shenwan_data.errors import Text
from shenwan_data.publish.ckan import ckan_withdrawal
from shenwan_data.publish.ckan.datasets import (
    by_path,
    extras,
    managed_resource,
    unmanaged,
    versioned_name,
)
from shenwan_data.publish.ckan.portal import Portal
from shenwan_data.publish.ckan.state import PREVIEW, State, archived, differences, find_state
from shenwan_data.publish.ckan.views import fill_table, has_view, make_view, table_holds
from shenwan_data.publish.credentials import Credentials
from shenwan_data.publish.plan import Action, ConflictError, Journal, Plan, PortalError, forced
from shenwan_data.publish.release_folder import PackageFolder, ReleaseFolder
from shenwan_data.publish.targets import Address

Record = dict[str, Any]

VIEW = "datatables_view"


class CkanTarget:
    """A CKAN portal as a target. ``public`` is the same portal without credentials."""

    def __init__(
        self,
        portal: Portal,
        public: Portal,
        organization: str,
        organization_title: str,
        view_type: str | None = VIEW,
    ) -> None:
        self.name = portal.target
        self._portal = portal
        self._public = public
        self._organization = organization
        self._organization_title = organization_title
        self._view_type = view_type
        self._verified: dict[str, list[Any]] = {}

    def _state(self, package: PackageFolder) -> State:
        return find_state(self._portal, package, self._organization)

    def _organization_record(self) -> Record | None:
        found = self._portal.read("organization_show", id=self._organization)
        return None if found is None else dict(found)

    def plan(self, release: ReleaseFolder, *, force: bool) -> Plan:
        """What differs. Reads every file and table of the release that the portal holds."""
        actions = []
        if self._organization_record() is None:
            actions.append(Action("create", f"organization {self._organization}"))
        for package in release.packages:
            state = self._state(package)
            found = tuple(differences(self._portal, state, self._view_type))
            unmanaged_files = f"{state.name}: "
            actions += [
                Action("remove", action.subject, action.detail)
                if force and action.kind == "drift" and action.subject.startswith(unmanaged_files)
                else action
                for action in found
            ]
        return Plan(self.name, release.version, forced(actions, force))

    def _states(self, release: ReleaseFolder, plan: Plan) -> Iterator[tuple[State, set[str]]]:
        """The packages that the plan changes, and the subjects of what it changes."""
        subjects = {action.subject for action in plan.writes}
        for package in release.packages:
            state = self._state(package)
            own = {state.subject(file) for file in package.files}
            mine = {
                subject
                for subject in subjects
                if subject.removesuffix(PREVIEW) in own
                or subject.partition(":")[0] in (package.name, state.name)
            }
            if mine:
                yield state, mine

    def stage(self, release: ReleaseFolder, plan: Plan, journal: Journal) -> None:
        """Upload files and tables to private datasets; a public dataset is repaired in place."""
        self._make_organization(release)
        for state, subjects in self._states(release, plan):
            dataset = state.dataset or self._create(state)
            journal.write("created", f"{state.package.name} {dataset['id']}", state.package.sha256)
            if any(not subject.endswith(PREVIEW) for subject in subjects):
                dataset = self._revise(state, dataset, subjects)
                journal.write("uploaded", state.package.name, state.package.sha256)
            held = by_path(dataset)
            for resource in state.resources:
                subject = state.subject(resource.file)
                if resource.table is None or subject + PREVIEW not in subjects:
                    continue
                record, schema = held[resource.file.path], resource.table["schema"]
                if not table_holds(self._portal, record, resource.file.file, schema):
                    fill_table(self._portal, record, resource.file.file, schema)
                if self._view_type:
                    make_view(self._portal, record, self._view_type)
                journal.write("preview", subject, resource.file.sha256)

    def _make_organization(self, release: ReleaseFolder) -> None:
        if self._organization_record() is None:
            said = release.descriptor
            described = f"{said.get('title', '')}\n\n{said.get('description', '')}"
            self._portal.write(
                "organization_create",
                {
                    "name": self._organization,
                    "title": self._organization_title,
                    "description": described.strip(),
                },
                self._organization_record,
            )

    def _create(self, state: State) -> Record:
        """An empty private dataset, named with its version where the plain name is taken."""
        version = str(state.package.descriptor["version"])
        plain = state.latest and state.older is None
        name = state.package.name if plain else versioned_name(state.package.name, version)
        fields = {
            **state.fields(),
            "name": name,
            "owner_org": self._organization,
            "private": True,
        }

        def settled() -> Record | None:
            found = self._portal.dataset(name)
            return found if found and extras(found) == extras(fields) else None

        try:
            return dict(self._portal.write("package_create", fields, settled))
        except PortalError:
            # Another publisher of the same release may have been faster: its dataset will do.
            found = settled()
            if found is None:
                raise
            return found

    def _revise(self, state: State, dataset: Record, subjects: set[str]) -> Record:
        """Send all fields and files of the dataset in one request: all are taken or none."""
        held = by_path(dataset)
        resources, uploads = [], {}
        for at, resource in enumerate(state.resources):
            record = held.get(resource.file.path, {})
            resources.append({**record, **resource.fields})
            if not record or state.subject(resource.file) in subjects:
                uploads[at] = resource.file.file
        kept = unmanaged(dataset, {resource.file.path for resource in state.resources})
        if state.public:
            label = "{name}: {resource}".format
            resources += [
                each
                for each in kept
                if label(name=dataset["name"], resource=each.get("name") or each["id"])
                not in subjects
            ]
        wanted = {**state.fields(), "resources": resources}

        def settled() -> Record | None:
            found = self._portal.dataset(dataset["id"])
            if found is None or found["metadata_modified"] == dataset["metadata_modified"]:
                return None
            is_ = [managed_resource(each) for each in found["resources"]]
            return found if is_ == [managed_resource(each) for each in resources] else None

        return self._portal.revise(dataset, wanted, settled, uploads)

    def verify(self, release: ReleaseFolder, plan: Plan, journal: Journal) -> dict[str, str]:
        """Download every file, read every table, and compare them with the release."""
        drifted = {action.subject for action in plan.drift}
        verified = {}
        for package in release.packages:
            state = self._state(package)
            dataset = state.dataset or {"resources": []}
            held = by_path(dataset)
            for resource in state.resources:
                subject = state.subject(resource.file)
                if subject in drifted:
                    continue
                record = held.get(resource.file.path)
                found = self._portal.sha256(dataset, record) if record else None
                if record is None or found != resource.file.sha256:
                    raise self._differs(subject, found)
                verified[subject] = found
                if resource.table is None or subject + PREVIEW in drifted:
                    continue
                schema = resource.table["schema"]
                if not table_holds(self._portal, record, resource.file.file, schema) or (
                    self._view_type and not has_view(self._portal, record, self._view_type)
                ):
                    raise self._differs(subject + PREVIEW, None)
            self._verified[package.name] = _fingerprint(dataset)
            journal.write("verified", package.name, package.sha256)
        return verified

    def _differs(self, subject: str, found: str | None) -> PortalError:
        return PortalError(
            Text(
                f"门户上的内容与发送的不一致（{found or '缺失'}）",
                f"the portal holds something other than what was sent ({found or 'missing'})",
            ),
            file=subject,
            place=self.name,
            remedy=Text(
                "没有公开任何新内容；请重新发布，若再次出现请检查门户的存储",
                "nothing new was made public; publish again, and if it happens again check the portal's "
                "storage",
            ),
        )

    def switch(self, release: ReleaseFolder, _: Plan, journal: Journal) -> None:
        """Make each dataset public under its name; the older version is renamed."""
        for package in release.packages:
            state = self._state(package)
            dataset = state.dataset
            if dataset is None or self._verified.get(package.name) != _fingerprint(dataset):
                raise ConflictError(
                    Text(
                        "核对之后数据集被他人改动",
                        "somebody changed the dataset after it was verified",
                    ),
                    place=f"{self.name}: {package.name}",
                    remedy=Text("请重新发布", "publish again"),
                )
            if state.public and dataset["name"] == state.name:
                continue
            if state.older is not None:
                self._archive(state.older)
                journal.write("archived", str(state.older["id"]))
            self._open(state, dataset)
            journal.write("public", package.name, package.sha256)

    def _archive(self, older: Record) -> None:
        wanted = archived(older)

        def settled() -> Record | None:
            found = self._portal.dataset(older["id"])
            return found if found is not None and found["name"] == wanted["name"] else None

        self._portal.revise(older, wanted, settled)

    def _open(self, state: State, dataset: Record) -> None:
        def settled() -> Record | None:
            found = self._portal.dataset(dataset["id"])
            done = found is not None and not found["private"] and found["name"] == state.name
            return found if done else None

        self._portal.revise(dataset, {"name": state.name, "private": False}, settled)

    def versions(self, name: str) -> tuple[str, ...]:
        """The versions that the portal holds, public or not."""
        return ckan_withdrawal.versions(self._own(name))

    def read_file(self, name: str, version: str, path: str) -> bytes | None:
        """A file of a version; None where the portal holds none."""
        return ckan_withdrawal.read_file(self._portal, self._own(name), name, version, path)

    def withdraw(self, name: str, version: str) -> Text | None:
        """Remove the datasets of a version; what is left for an administrator, or None."""
        return ckan_withdrawal.withdraw(self._portal, self._own(name), version)

    def _own(self, name: str) -> tuple[Record, ...]:
        return ckan_withdrawal.own_datasets(self._portal, self._organization, name)

    def record(self, release: ReleaseFolder) -> str:
        """The page of the organization, once every dataset was found without credentials."""
        for package in release.packages:
            state = find_state(self._public, package, self._organization)
            if not state.public:
                raise PortalError(
                    Text("公开访问找不到该数据集", "the dataset cannot be found without a login"),
                    place=f"{self.name}: {package.name}",
                    remedy=Text(
                        "请检查门户是否要求登录访问", "check whether the portal requires a login"
                    ),
                )
        return f"{self._public.url}/organization/{self._organization}"


def _fingerprint(dataset: Record) -> list[Any]:
    """The fields that change when somebody replaces a file of a dataset."""
    return [
        [resource.get(key) for key in ("id", "url", "size", "last_modified", "sha256")]
        for resource in dataset["resources"]
    ]


def open_ckan(address: Address, credentials: Credentials) -> CkanTarget:
    """The portal at an address of ``targets.yaml``."""
    url, organization = str(address.text("url")), str(address.text("organization"))
    return CkanTarget(
        Portal(address.name, url, credentials, address.retries),
        Portal(address.name, url, None, address.retries),
        organization,
        address.text("organization_title") or organization,
        address.text("view_type", VIEW) or None,
    )
