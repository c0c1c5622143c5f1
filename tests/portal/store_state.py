"""What lies on a store, seen without this project's code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.portal.faulty_proxy import FaultyProxy, TcpProxy
from tests.portal.portal_publisher import Publisher
from tests.portal.stores import Server, place_on

INDEX, MANIFEST = "index.json", "MANIFEST.sha256"


@dataclass
class Served:
    """A store and how it is seen from behind: ``read`` gives a file's bytes or None."""

    server: Server
    publisher: Publisher
    read: Callable[[str], bytes | None]
    write: Callable[[str, bytes], None]
    paths: Callable[[], set[str]]
    proxy: FaultyProxy | TcpProxy | None = None

    @property
    def kind(self) -> str:
        """The kind of the store."""
        return self.server.kind


@contextmanager
def serving(server: Server, folder: Path) -> Iterator[Served]:
    """A new place on a server, and a publisher who knows it; ``folder`` is for his files."""
    place = place_on(server, folder)
    publisher = Publisher(folder, {"town": place.target}, place.environment)
    yield Served(server, publisher, place.read, place.write, place.paths, place.proxy)
    if place.proxy is not None:
        place.proxy.close()


def published(served: Served) -> list[str]:
    """The versions that the index names."""
    index = served.read(INDEX)
    return [each["version"] for each in json.loads(index)["releases"]] if index else []


def assert_whole(served: Served, release: Path) -> None:
    """By the index alone every file of the release is found and right."""
    index = json.loads(served.read(INDEX) or b"{}")
    entry = next(each for each in index["releases"] if each["version"] == release.name)
    manifest = served.read(entry["manifest"])
    assert manifest is not None
    assert hashlib.sha256(manifest).hexdigest() == entry["manifest_sha256"]
    assert_as_manifest(served, entry["path"], manifest)


def assert_as_manifest(served: Served, folder: str, manifest: bytes) -> None:
    """Every file that the manifest in a folder lists is there and right."""
    for line in manifest.decode().splitlines():
        digest, path = line.split("  ", 1)
        content = served.read(folder + path)
        assert content is not None, path
        assert hashlib.sha256(content).hexdigest() == digest, path


def assert_whole_or_none(served: Served, release: Path) -> None:
    """Who begins with the index or with the manifest finds a whole release or none."""
    if release.name in published(served):
        assert_whole(served, release)
    manifest = served.read(f"{release.name}/{MANIFEST}")
    if manifest is not None:
        assert_as_manifest(served, f"{release.name}/", manifest)


def assert_undisturbed(served: Served, *releases: Path) -> None:
    """These releases, the index, and nothing beside them: no lock, no part, no staging folder."""
    for release in releases:
        assert_whole(served, release)
    expected = {
        f"{release.name}/{path.relative_to(release).as_posix()}"
        for release in releases
        for path in release.rglob("*")
        if path.is_file()
    }
    assert served.paths() == {INDEX, *expected}
