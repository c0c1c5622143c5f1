"""The servers to publish to, one real portal for the whole session, and releases to publish."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from ckanapi import RemoteCKAN, ValidationError

from tests.portal import ckan_server
from tests.portal.faulty_proxy import FaultyProxy
from tests.portal.portal_publisher import Publisher
from tests.portal.portal_releases import small_release
from tests.portal.store_state import Served, serving
from tests.portal.stores import KINDS, Server, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("portal")


@pytest.fixture(scope="session")
def whole(pristine: Path) -> Path:
    """The made-up release with all its packages; not to be changed."""
    return pristine


@pytest.fixture
def small(whole: Path, tmp_path: Path) -> Callable[..., Path]:
    """A maker of small releases, all of one name that no other test has."""
    name = f"made-up-{secrets.token_hex(4)}"

    def make(version: str = "1.0.0", rows: int = 3, folder: str = "releases") -> Path:
        return small_release(whole, tmp_path / folder, name, version, rows)

    return make


@pytest.fixture(scope="session")
def ckan() -> Iterator[str]:
    """The address of a real CKAN; one that runs already is left running."""
    if ckan_server.answers(f"{ckan_server.URL}/api/3/action/status_show"):
        yield ckan_server.URL
        return
    with ckan_server.guarded():
        ckan_server.up()
        yield ckan_server.URL


@pytest.fixture(scope="session")
def token(ckan: str) -> str:
    """The token of an editor of the town's organisation: the least right that publishing needs."""
    admin = RemoteCKAN(ckan, apikey=ckan_server.TOKEN.read_text())
    name = f"editor-{secrets.token_hex(4)}"
    password = secrets.token_urlsafe(12)
    admin.action.user_create(name=name, email=f"{name}@example.org", password=password)
    for organization in ("made-up-town",):
        try:
            admin.action.organization_create(name=organization, title="某镇（虚构）")
        except ValidationError:
            admin.action.organization_show(id=organization)
        admin.action.organization_member_create(id=organization, username=name, role="editor")
    # Of the last session: the releases of these tests may have other bytes by now.
    found = admin.action.package_search(fq="name:shenwan-*", include_private=True, rows=100)
    for dataset in found["results"]:
        admin.action.dataset_purge(id=dataset["id"])
    return str(admin.action.api_token_create(user=name, name="tests")["token"])


@pytest.fixture(scope="session")
def on_portal(whole: Path, ckan: str, token: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the portal, once the whole made-up release is on it."""
    target = {"type": "ckan", "url": ckan, "organization": "made-up-town"}
    folder = tmp_path_factory.mktemp("published")
    Publisher(folder, {"town": target}, {"SHENWAN_TOWN_TOKEN": token})(whole)
    return ckan


@pytest.fixture
def admin(ckan: str) -> RemoteCKAN:
    """The portal as its administrator."""
    return RemoteCKAN(ckan, apikey=ckan_server.TOKEN.read_text())


@pytest.fixture
def visitor(ckan: str) -> RemoteCKAN:
    """The portal as anybody sees it."""
    return RemoteCKAN(ckan, get_only=True)


@pytest.fixture
def proxy(ckan: str) -> Iterator[FaultyProxy]:
    """A proxy before the portal that breaks nothing yet."""
    made = FaultyProxy(ckan)
    yield made
    made.close()


@pytest.fixture
def publisher(proxy: FaultyProxy, token: str, tmp_path: Path) -> Publisher:
    """The publisher, which reaches the portal through the proxy as the target ``town``."""
    target = {
        "type": "ckan",
        "url": proxy.url,
        "organization": "made-up-town",
        "retries": {"attempts": 4, "first_wait": 0.05, "longest_wait": 2},
    }
    return Publisher(tmp_path, {"town": target}, {"SHENWAN_TOWN_TOKEN": token})


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """A server of each kind of store, started when it is first asked for."""
    with ExitStack() as stack:
        started: dict[str, Server] = {}

        def server(kind: str) -> Server:
            if kind not in started:
                started[kind] = stack.enter_context(running(kind, tmp_path_factory.mktemp(kind)))
            return started[kind]

        yield server


@pytest.fixture(params=KINDS)
def served(
    request: pytest.FixtureRequest, tmp_path: Path, servers: Callable[[str], Server]
) -> Iterator[Served]:
    """An empty folder of a store of each kind, which the publisher reaches through a proxy."""
    with serving(servers(request.param), tmp_path) as found:
        yield found
