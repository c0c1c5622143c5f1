"""Whatever a descriptor says, publishing changes nothing but the release's own folder or dataset.

Each target holds a published release and something of a neighbour. A release with a forged descriptor
and a manifest that fits is published to it: it is refused, or published and all else is as it was.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shenwan_data.errors import ShenwanError
from shenwan_data.publish.ckan.ckan_target import CkanTarget
from shenwan_data.publish.credentials import Credentials
from shenwan_data.publish.http import Retries
from shenwan_data.publish.plan import PortalError, journal_of
from shenwan_data.publish.publisher import Target, publish
from shenwan_data.publish.release_folder import read_release_folder
from shenwan_data.publish.store.open_store import open_folder
from shenwan_data.publish.store.store import Client, Store
from shenwan_data.publish.store.store_target import StoreTarget
from shenwan_data.publish.targets import open_target, read_addresses
from shenwan_data.release.manifest import MANIFEST, hashes, manifest_text
from shenwan_data.release.validation import validate_release
from tests.portal.portal_releases import small_release
from tests.release.portal_double import PortalDouble

NAME = "made-up"
FAST = Retries(attempts=1, first_wait=0.001, longest_wait=0.01)
# What a version, a name or a path must never be taken for.
NASTY = [
    "", ".", "..", "/", "//", "../x", "../../evil", "a/../..", "/etc", "~", "x\0y", "x\ny", "1.0.0 ",
    " 1.0.0", "1.0.0/..", "01.0.0", "1.0", "1.0.0.0", "v1.0.0", "１.0.0", 'a"b', "index.json",
    ".lock", ".staging-0.9.0", "0.9.0", "0.9.0/services", "neighbour", "*", "-rf", "HEAD", "main",
    "http://x", "neighbour-services", None, 0, -1, 1.5, True, [], {}, [[]], ["x"], {"x": 1}, "x" * 5000,
]  # fmt: skip


@pytest.fixture(scope="module")
def releases(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions of one small data set, not to be changed."""
    folder = tmp_path_factory.mktemp("releases")
    for version in ("0.9.0", "1.0.0", "2.0.0"):
        small_release(pristine, folder, NAME, version)
    return folder


def seal(release: Path) -> None:
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")


def paths_of(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a descriptor."""
    if path:
        yield path
    entries = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in entries:
        if isinstance(value, dict | list):
            yield from paths_of(value, (*path, key))
        else:
            yield (*path, key)


def forge(release: Path, file: str, which: int, value: Any, *, remove: bool) -> tuple[Any, ...]:
    """Change or remove one value of a descriptor and let the manifest fit; the path of the value."""
    path = release / file
    content = json.loads(path.read_text(encoding="utf-8"))
    found = sorted(paths_of(content), key=repr)
    *way, last = found[which % len(found)]
    holder = content
    for key in way:
        holder = holder[key]
    if remove:
        del holder[last]
    else:
        holder[last] = value
    path.write_text(json.dumps(content), encoding="utf-8")
    seal(release)
    return (*way, last)


def tree(folder: Path) -> dict[str, str]:
    """Every file, folder and link below a folder, with what it holds."""
    return {
        path.relative_to(folder).as_posix(): "link" if path.is_symlink()
        else "folder" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
    }  # fmt: skip


class World:
    """A folder with a target in it and a neighbour beside it and in it."""

    def __init__(self, kind: str, folder: Path, releases: Path) -> None:
        self.kind, self.folder, self.releases = kind, folder, releases
        self.root = folder / "srv" / "open-data"
        self.root.mkdir(parents=True)
        (folder / "srv" / "neighbour").mkdir()
        (folder / "srv" / "neighbour" / "file").write_text("theirs")
        self.portal = PortalDouble()
        if kind == "git":
            subprocess.run(["git", "init", "-q", "--bare", str(self.root)], check=True)
        else:
            for name in ("neighbour", "2.0.0"):
                (self.root / name).mkdir()
                (self.root / name / "file").write_text("theirs")
        if kind == "ckan":
            self.portal.organizations["others"] = {"name": "others", "id": "org-others"}
            extras = [{"key": "package_sha256", "value": "x"},
                      {"key": "identifier", "value": "neighbour-services/1.0.0"}]  # fmt: skip
            self.portal.hold({
                "id": "theirs", "name": "neighbour-services", "version": "0.1.0", "state": "active",
                "organization": self.portal.organizations["others"], "extras": extras, "title": "x",
                "resources": [], "private": False, "metadata_modified": "0",
            })  # fmt: skip
        self.publish(releases / "0.9.0")
        if kind == "git":
            main = [
                "git",
                "-C",
                str(self.root),
                "update-ref",
                "refs/heads/neighbour",
                "refs/heads/main",
            ]
            subprocess.run(main, check=True)

        self._pristine = Path(shutil.copytree(folder / "srv", folder / "pristine", symlinks=True))
        self._datasets = copy.deepcopy(self.portal.datasets)

    def reset(self) -> None:
        """Take back what was published since."""
        shutil.rmtree(self.folder / "srv")
        shutil.copytree(self._pristine, self.folder / "srv", symlinks=True)
        self.portal.datasets = copy.deepcopy(self._datasets)

    def target(self) -> Target:
        if self.kind == "ckan":
            return CkanTarget(self.portal, self.portal, "town", "Town", None)  # type: ignore[arg-type]
        if self.kind == "git":
            entry = f"{{type: git, remote: '{self.root}', retries: {{attempts: 1}}}}"
        else:
            entry = f"{{type: folder, path: '{self.root}', retries: {{attempts: 1}}}}"
        if self.kind == "objects":
            return StoreTarget(object_store(self.root), "file:///")
        path = self.folder / "targets.yaml"
        path.write_text(f"targets: {{town: {entry}}}")
        return open_target(read_addresses(path)["town"], Credentials("town", {}))

    def publish(self, release: Path, *, force: bool = False) -> None:
        found = read_release_folder(release)
        publish(found, self.target(), journal_of(release, "town"), force=force)

    def state(self) -> dict[str, str]:
        """All that must not change, but for what belongs to the release 1.0.0."""
        if self.kind == "ckan":
            return {
                dataset["id"]: json.dumps(dataset, sort_keys=True)
                for dataset in self.portal.datasets.values()
                if dataset["name"].startswith("neighbour")
            }
        if self.kind == "git":
            command = ["git", "-C", str(self.root), "for-each-ref"]
            listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            refs = {line: "ref" for line in listed.splitlines()
                    if not line.endswith(("refs/heads/main", "refs/tags/v1.0.0"))}  # fmt: skip
            return refs | {key: value for key, value in tree(self.folder / "srv").items()
                           if not key.startswith("open-data")}  # fmt: skip
        own = (
            "open-data/1.0.0",
            "open-data/.staging-1.0.0",
            "open-data/index.json",
            "open-data/.lock",
        )
        return {
            key: value
            for key, value in tree(self.folder / "srv").items()
            if not key.startswith(own)
        }


def object_store(root: Path) -> Store:
    """A store that cannot rename, as object storage: a folder of this machine behind its face."""
    local = open_folder("town", root, FAST)
    client = Client(connect=local._client.connect, rename=None, create=local._client.create,
                    leads_out=local._client.leads_out)  # fmt: skip

    class Objects(Store):
        def _send(self, path: str, send: Callable[[str], object]) -> None:
            Path(self._at(path)).parent.mkdir(parents=True, exist_ok=True)
            super()._send(path, send)

    return Objects("town", client, str(root), FAST)


KINDS = ("folder", "objects", "git", "ckan")


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, tmp_path: Path, releases: Path) -> World:
    return World(request.param, tmp_path, releases)


@settings(
    max_examples=int(os.environ.get("SHENWAN_FORGERIES", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    file=st.sampled_from(["datapackage.json", "services/datapackage.json"]),
    which=st.integers(0, 500),
    value=st.sampled_from(NASTY) | st.text(max_size=12),
    remove=st.booleans(),
    force=st.booleans(),
)
@example(file="datapackage.json", which=0, value="..", remove=False, force=True)
def test_a_forged_descriptor_changes_nothing_of_others(
    world: World, file: str, which: int, value: Any, remove: bool, force: bool
) -> None:
    forged = world.folder / "forged" / "1.0.0"
    world.reset()
    shutil.rmtree(forged.parent, ignore_errors=True)
    shutil.copytree(world.releases / "1.0.0", forged)
    place = forge(forged, file, which, value, remove=remove)
    before = world.state()
    with contextlib.suppress(ShenwanError):
        world.publish(forged, force=force)
    assert world.state() == before, place
    if world.kind in ("folder", "objects"):
        listed = json.loads((world.root / "index.json").read_text())["releases"]
        assert "0.9.0" in [entry["version"] for entry in listed]


@pytest.mark.parametrize("value", ["", ".", "..", "../../evil", "/", "index.json", "1.0.0 ", None])
def test_a_version_that_is_none_is_refused_by_validate_and_by_every_target(
    value: str | None, world: World
) -> None:
    forged = world.folder / "forged" / "1.0.0"
    shutil.copytree(world.releases / "1.0.0", forged)
    path = forged / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["version"] = value
    if value is None:
        del content["version"]
    path.write_text(json.dumps(content), encoding="utf-8")
    seal(forged)
    before = tree(world.folder / "srv"), copy.deepcopy(world.portal.datasets)
    with pytest.raises(ShenwanError) as refused:
        world.publish(forged, force=True)
    assert (refused.value.place or "") == "version" and refused.value.exit_code == 1
    assert (tree(world.folder / "srv"), world.portal.datasets) == before
    failed = [check for check in validate_release(forged, derive=False) if not check.passed]
    assert "identity" in {check.name for check in failed}


def test_a_good_release_is_published_beside_the_neighbour(world: World) -> None:
    before = world.state()
    world.publish(world.releases / "1.0.0")
    assert world.state() == before
    if world.kind == "ckan":
        names = {dataset["name"] for dataset in world.portal.datasets.values()}
        assert names == {"neighbour-services", "made-up-services", "made-up-services-0-9-0"}


@pytest.mark.parametrize("world", ["folder", "objects"], indirect=True)
def test_a_folder_of_the_version_that_somebody_else_made_is_left_alone(world: World) -> None:
    with pytest.raises(PortalError, match="holds something else"):
        world.publish(world.releases / "2.0.0")
    assert (world.root / "2.0.0" / "file").read_text() == "theirs"
    assert "2.0.0" not in (world.root / "index.json").read_text()


@pytest.mark.parametrize("world", ["folder", "objects"], indirect=True)
def test_the_index_of_another_data_set_is_left_alone(world: World) -> None:
    index = world.root / "index.json"
    index.write_text(index.read_text().replace('"name": "made-up"', '"name": "neighbours"'))
    before = tree(world.root)
    with pytest.raises(PortalError, match="neighbours"):
        world.publish(world.releases / "1.0.0")
    assert tree(world.root) == before


@pytest.mark.parametrize("world", ["git"], indirect=True)
def test_a_branch_of_something_else_is_left_alone(world: World, tmp_path: Path) -> None:
    def git(*command: str) -> str:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        done = subprocess.run(["git", "-C", str(world.root), *who, *command], check=True,
                              capture_output=True, text=True)  # fmt: skip
        return done.stdout.strip()

    blob = subprocess.run(["git", "-C", str(world.root), "hash-object", "-w", "--stdin"], check=True,
                          input="theirs", capture_output=True, text=True).stdout.strip()  # fmt: skip
    made = subprocess.run(["git", "-C", str(world.root), "mktree"], check=True, capture_output=True,
                          input=f"100644 blob {blob}\tfile\n", text=True).stdout.strip()  # fmt: skip
    commit = git("commit-tree", made, "-m", "theirs")
    git("update-ref", "refs/heads/main", commit)
    with pytest.raises(PortalError, match="refs/heads/main holds something else"):
        world.publish(world.releases / "1.0.0")
    assert git("rev-parse", "refs/heads/main") == commit
    assert "v1.0.0" not in git("tag", "--list")


@pytest.mark.parametrize("world", ["ckan"], indirect=True)
def test_a_dataset_of_another_organization_is_left_alone(world: World) -> None:
    (own,) = (d for d in world.portal.datasets.values() if d["name"] == "made-up-services")
    own["organization"] = world.portal.organizations["others"]
    before = copy.deepcopy(world.portal.datasets)
    with pytest.raises(PortalError, match="another organization"):
        world.publish(world.releases / "1.0.0", force=True)
    assert world.portal.datasets == before


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/", "1.0.0/..", "neighbour", ".staging-", ".staging-../x", "1.0.0/x"]
)
def test_only_the_folder_of_a_release_can_be_removed(name: str, tmp_path: Path) -> None:
    root = tmp_path / "srv" / "open-data"
    for folder in ("neighbour", "1.0.0"):
        (root / folder).mkdir(parents=True)
        (root / folder / "file").write_text("x")
    before = tree(tmp_path)
    with pytest.raises(PortalError, match="not below the target"):
        open_folder("town", root, FAST).remove_release(name)
    assert tree(tmp_path) == before


def test_no_operation_follows_a_link_out_of_the_target(tmp_path: Path) -> None:
    root, outside = tmp_path / "open-data", tmp_path / "outside"
    for folder in (root, outside):
        folder.mkdir()
    (outside / "file").write_text("theirs")
    for name in ("1.0.0", ".staging-1.0.0"):
        (root / name).symlink_to(outside)
    store, mine = open_folder("town", root, FAST), tmp_path / "mine"
    mine.write_text("mine")
    before = tree(tmp_path)
    for act in (
        lambda: store.remove_release("1.0.0"),
        lambda: store.remove_release(".staging-1.0.0"),
        lambda: store.put("1.0.0/file", mine),
        lambda: store.write("1.0.0/file", b"mine"),
        lambda: store.remove("1.0.0/file"),
        lambda: store.move("1.0.0/file", "2.0.0"),
        lambda: store.create("1.0.0/new", b"mine"),
    ):
        with pytest.raises(PortalError, match="not below the target"):
            act()
    assert tree(tmp_path) == before


@pytest.mark.parametrize("what", ["link", "pipe"])
def test_a_release_with_a_link_or_a_pipe_is_not_published(
    what: str, releases: Path, tmp_path: Path
) -> None:
    release = Path(shutil.copytree(releases / "1.0.0", tmp_path / "1.0.0"))
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    extra = release / "services" / "extra.txt"
    extra.symlink_to(secret) if what == "link" else os.mkfifo(extra)
    if what == "link":
        with (release / MANIFEST).open("a") as stream:
            stream.write(f"{hashlib.sha256(b'hunter2').hexdigest()}  services/extra.txt\n")
    with pytest.raises(ShenwanError, match="a link or a special file"):
        read_release_folder(release)


@pytest.mark.parametrize("world", ["folder", "objects"], indirect=True)
def test_withdrawing_removes_nothing_of_others(world: World) -> None:
    target = world.target()
    assert isinstance(target, StoreTarget)
    before = world.state()
    with pytest.raises(PortalError, match="holds something else"):
        target.withdraw(NAME, "2.0.0")
    with pytest.raises(PortalError, match="made-up"):
        target.withdraw("another-data-set", "0.9.0")
    assert world.state() == before
    target.withdraw(NAME, "0.9.0")
    assert not [path for path in (world.root / "0.9.0").rglob("*") if path.is_file()]
    assert (world.root / "2.0.0" / "file").read_text() == "theirs"
