"""A release on a real CKAN portal: what a visitor finds, twice, by hand, version after version."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from ckanapi import NotAuthorized, NotFound, RemoteCKAN

from shenwan_data.publish.ckan.datasets import wanted_resources
from shenwan_data.publish.credentials import Credentials
from shenwan_data.publish.release_folder import read_release_folder
from shenwan_data.publish.targets import Address, Retries, open_target
from tests.portal import ckan_server
from tests.portal.faulty_proxy import FaultyProxy, Request
from tests.portal.portal_publisher import Publisher


def name_of(release: Path) -> str:
    return read_release_folder(release).packages[0].name


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_visitor_finds_every_file_with_the_bytes_of_the_release(
    small: Callable[..., Path], publisher: Publisher, visitor: RemoteCKAN
) -> None:
    release = small()
    publisher(release)
    dataset = visitor.action.package_show(id=name_of(release))
    assert dataset["version"] == "1.0.0"
    assert dataset["license_id"] == "cc-by"
    assert dataset["organization"]["name"] == "made-up-town"
    extras = {extra["key"]: extra["value"] for extra in dataset["extras"]}
    assert (extras["temporal_start"], extras["temporal_end"]) == ("2030-01-01", "2031-12-31")
    assert "法治政府" in {tag["name"] for tag in dataset["tags"]}
    found = {each["path"]: each for each in dataset["resources"]}
    files = [one.file for one in wanted_resources(read_release_folder(release).packages[0], "en")]
    assert set(found) == {file.path for file in files}
    for file in files:
        content = requests.get(found[file.path]["url"], timeout=30).content
        assert content == file.file.read_bytes()
        assert found[file.path]["sha256"] == found[file.path]["hash"] == sha256(content)


def test_table_preview_has_numbers_that_sort(
    small: Callable[..., Path], publisher: Publisher, visitor: RemoteCKAN
) -> None:
    release = small(rows=4)
    publisher(release)
    dataset = visitor.action.package_show(id=name_of(release))
    table = next(each for each in dataset["resources"] if each["format"] == "CSV")
    found = visitor.action.datastore_search(resource_id=table["id"], sort="value desc")
    types = {field["id"]: field["type"] for field in found["fields"]}
    assert types["value"] == "numeric" and types["indicator"] == "text"
    assert [row["value"] for row in found["records"]] == [37991, 600, 99.94, 99.94]
    info = next(field["info"] for field in found["fields"] if field["id"] == "value")
    assert info["label"] == "数值 / Value"
    views = visitor.action.resource_view_list(id=table["id"])
    assert [view["view_type"] for view in views] == ["datatables_view"]


def test_dry_run_shows_the_plan_and_sends_no_write(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy, visitor: RemoteCKAN
) -> None:
    release = small()
    said = publisher(release, "--dry-run")
    assert "create     services/services.csv\n" in said
    assert proxy.requests and not proxy.writes
    with pytest.raises(NotFound):
        visitor.action.package_show(id=name_of(release))
    # What was planned is what is then done.
    plan = said[: said.index("Nothing was written")]
    assert publisher(release).startswith(plan)


def test_second_publication_writes_nothing(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy, admin: RemoteCKAN
) -> None:
    release = small()
    publisher(release)
    before = admin.action.package_show(id=name_of(release))
    activity = admin.action.package_activity_list(id=before["id"])
    proxy.requests.clear()
    said = publisher(release)
    assert "0 create, 0 update, 4 unchanged, 0 remove, 0 drift" in said
    assert not proxy.writes
    assert admin.action.package_show(id=before["id"]) == before
    assert admin.action.package_activity_list(id=before["id"]) == activity


def test_what_somebody_changed_on_the_portal_is_kept_until_forced(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy, admin: RemoteCKAN
) -> None:
    release = small()
    publisher(release)
    name = name_of(release)
    before = admin.action.package_show(id=name)
    resource = {each["path"]: each for each in before["resources"]}
    admin.action.package_patch(id=name, notes="by hand")
    admin.call_action(
        "resource_patch",
        {"id": resource["README.md"]["id"]},
        files={"upload": ("README.md", b"by hand")},
    )
    admin.action.resource_create(package_id=name, name="stranger", url="https://example.org/x")
    admin.action.datastore_upsert(
        resource_id=resource["services.csv"]["id"], force=True, method="update",
        records=[{"ref_area": "shenwan", "time_period": 2030, "indicator": "applications", "value": 1}],
    )  # fmt: skip
    proxy.requests.clear()
    said = publisher(release)
    assert f"drift      {name}\n" in said and "these fields differ: notes" in said
    for subject in ("services/README.md", "services/services.csv#preview", f"{name}: stranger"):
        assert f"drift      {subject}\n" in said
    assert "4 drift" in said and not proxy.writes
    assert admin.action.package_show(id=name)["notes"] == "by hand"

    publisher(release, "--force")
    after = admin.action.package_show(id=name)
    assert after["notes"] == before["notes"]
    assert [each["id"] for each in after["resources"]] == [
        each["id"] for each in before["resources"]
    ]
    assert "4 unchanged, 0 remove, 0 drift" in publisher(release)


def test_older_version_stays_reachable_when_a_new_one_is_published(
    small: Callable[..., Path], publisher: Publisher, visitor: RemoteCKAN
) -> None:
    first, second = small("1.0.0", rows=2), small("1.1.0", rows=4)
    name = name_of(first)
    publisher(first)
    old = visitor.action.package_show(id=name)
    publisher(second)
    latest = visitor.action.package_show(id=name)
    archived = visitor.action.package_show(id=f"{name}-1-0-0")
    assert latest["version"] == "1.1.0" and archived["version"] == "1.0.0"
    assert archived["id"] == old["id"] and archived["title"].endswith("(1.0.0)")
    for was, is_ in zip(old["resources"], archived["resources"], strict=True):
        assert was["url"] == is_["url"]
        content = requests.get(was["url"], timeout=30).content
        assert sha256(content) == was["sha256"]
    for release in (first, second):
        assert "4 unchanged, 0 remove, 0 drift" in publisher(release)


def test_release_that_was_published_never_changes(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy
) -> None:
    publisher(small(rows=2))
    proxy.requests.clear()
    said = publisher(small(rows=4, folder="built-again"), "--force", code=2)
    assert "raise the version" in said and "提高版本号" in said
    assert not proxy.writes


def test_nobody_sees_the_dataset_before_every_byte_was_read_back(
    small: Callable[..., Path],
    publisher: Publisher,
    proxy: FaultyProxy,
    visitor: RemoteCKAN,
) -> None:
    release = small()
    seen: list[str] = []

    def look(request: Request) -> None:
        try:
            seen.append(visitor.action.package_show(id=name_of(release))["version"])
        except (NotFound, NotAuthorized):
            seen.append("none")

    proxy.rule = look
    publisher(release)
    downloads = [each for each in proxy.requests if "/download/" in each.path]
    assert len(downloads) == 2
    assert seen[: downloads[-1].number] == ["none"] * downloads[-1].number
    assert seen[-1] == "1.0.0"
    # From then on it is there without a gap.
    assert "none" not in seen[seen.index("1.0.0") :]


@pytest.mark.parametrize("administrator", [False, True])
def test_a_withdrawn_version_is_gone_for_visitors_and_the_other_stays(
    administrator: bool,
    small: Callable[..., Path],
    publisher: Publisher,
    admin: RemoteCKAN,
    visitor: RemoteCKAN,
    token: str,
    ckan: str,
) -> None:
    first, second = small("1.0.0", rows=2), small("1.1.0", rows=3)
    publisher(first)
    publisher(second)
    package = name_of(second)
    name = package.removesuffix("-services")
    now = visitor.action.package_show(id=package)
    table = next(each for each in now["resources"] if each["format"] == "CSV")
    entry = {"url": ckan, "organization": "made-up-town"}
    used = ckan_server.TOKEN.read_text() if administrator else token
    target = open_target(
        Address("town", "ckan", entry, Retries()), Credentials("town", {"token": used})
    )
    assert sorted(target.versions(name)) == ["1.0.0", "1.1.0"]
    assert (
        target.read_file(name, "1.1.0", "services/services.csv")
        == (second / "services" / "services.csv").read_bytes()
    )

    left = target.withdraw(name, "1.1.0")

    assert (left is None) == administrator
    assert target.versions(name) == ("1.0.0",)
    with pytest.raises((NotFound, NotAuthorized)):
        visitor.action.package_show(id=now["id"])
    with pytest.raises((NotFound, NotAuthorized)):
        visitor.action.datastore_search(resource_id=table["id"])
    assert requests.get(table["url"], timeout=30).status_code in (403, 404)
    if administrator:
        with pytest.raises(NotFound):
            admin.action.package_show(id=now["id"])
    # A withdrawn version can be followed by the next.
    publisher(small("1.1.1", rows=3))
    assert visitor.action.package_show(id=package)["version"] == "1.1.1"
