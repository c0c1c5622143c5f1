"""What goes wrong between a publisher and a portal, each tried on the real server.

After each fault the same holds: no visitor has seen half a release, and the same command once more
ends in the state of a publication that nobody disturbed, with no resource twice.
"""

from __future__ import annotations

import secrets
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from ckanapi import NotAuthorized, NotFound, RemoteCKAN

from shenwan_data.publish.ckan.datasets import wanted_resources
from shenwan_data.publish.release_folder import read_release_folder
from tests.portal import ckan_server
from tests.portal.faulty_proxy import Fault, FaultyProxy, Request
from tests.portal.portal_publisher import Publisher, Victim
from tests.portal.portal_releases import small_release


def name_of(release: Path) -> str:
    return read_release_folder(release).packages[0].name


def seen(visitor: RemoteCKAN, name: str) -> dict[str, Any] | None:
    """The dataset as anybody sees it, or None."""
    try:
        found: dict[str, Any] = visitor.action.package_show(id=name)
    except (NotFound, NotAuthorized):
        return None
    return found


def state(visitor: RemoteCKAN, release: Path) -> dict[str, Any]:
    """All of a published dataset that does not depend on when, or by which id, it was made."""
    dataset = seen(visitor, name_of(release))
    assert dataset is not None
    changing = {"id", "package_id", "created", "last_modified", "metadata_modified", "url"}
    tables = {}
    resources = []
    for each in dataset["resources"]:
        resources.append({key: value for key, value in each.items() if key not in changing})
        if each["datastore_active"]:
            found = visitor.action.datastore_search(resource_id=each["id"], sort="_id")
            views = visitor.action.resource_view_list(id=each["id"])
            rows = [{k: v for k, v in row.items() if k != "_id"} for row in found["records"]]
            tables[each["path"]] = rows, found["fields"], [view["view_type"] for view in views]
    extras = sorted((each["key"], each["value"]) for each in dataset["extras"])
    shown = {key: dataset[key] for key in ("title", "notes", "version", "license_id", "private")}
    return {"shown": shown, "extras": extras, "resources": resources, "tables": tables}


def assert_whole(visitor: RemoteCKAN, release: Path) -> dict[str, Any]:
    """A visitor finds every resource once, with its bytes, and the table. Returns the state."""
    dataset = seen(visitor, name_of(release))
    assert dataset is not None
    (package,) = read_release_folder(release).packages
    files = {one.file.path: one.file for one in wanted_resources(package, "en")}
    assert [each["path"] for each in dataset["resources"]] == list(files)
    for each in dataset["resources"]:
        content = requests.get(each["url"], timeout=30).content
        assert content == files[each["path"]].file.read_bytes()
    found = state(visitor, release)
    assert len(found["tables"]["services.csv"][0]) == 3
    assert found["tables"]["services.csv"][2] == ["datatables_view"]
    return found


def at(action: str, fault: Fault, times: int = 1) -> Callable[[Request], Fault | None]:
    """A rule that breaks an action the first times it is asked for."""
    left = [times]

    def rule(request: Request) -> Fault | None:
        if request.action != action or not left[0]:
            return None
        left[0] -= 1
        return fault

    return rule


def once_each(actions: Iterable[str], fault: Fault) -> Callable[[Request], Fault | None]:
    """A rule that breaks each of the actions the first time."""
    left = set(actions)

    def rule(request: Request) -> Fault | None:
        if request.action not in left:
            return None
        left.remove(request.action)
        return fault

    return rule


WRITES = ("package_create", "package_revise", "datastore_create", "datastore_upsert",
          "resource_view_create")  # fmt: skip


def test_answer_lost_after_the_server_did_its_work_is_looked_up_and_not_asked_again(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy, visitor: RemoteCKAN
) -> None:
    release = small()
    proxy.rule = once_each(WRITES, Fault("lost"))
    publisher(release)
    sent = Counter(request.action for request in proxy.writes)
    # Two revisions were wanted. Rows are written by their key, so they may be sent twice.
    assert sent == dict.fromkeys(WRITES, 1) | {"package_revise": 2, "datastore_upsert": 2}
    assert_whole(visitor, release)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("reset"),
        Fault("status", 500),
        Fault("status", 502),
        Fault("truncate"),
        Fault("status", 429, {"Retry-After": "0"}),
    ],
    ids=["reset", "500", "502", "truncated", "429"],
)
def test_passing_failure_is_tried_again(
    fault: Fault,
    small: Callable[..., Path],
    publisher: Publisher,
    proxy: FaultyProxy,
    visitor: RemoteCKAN,
) -> None:
    release = small()
    actions = ("package_show", *WRITES, "services.csv", "datastore_search", "organization_show")
    proxy.rule = once_each(actions, fault)
    publisher(release)
    assert {request.action for request in proxy.requests} >= set(actions)
    assert_whole(visitor, release)


def test_portal_that_never_answers_well_is_given_up_after_bounded_tries(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy, visitor: RemoteCKAN
) -> None:
    release = small()
    proxy.rule = at("package_revise", Fault("status", 502), times=99)
    said = publisher(release, code=3)
    assert "HTTP 502" in said and "publish again later" in said and "Traceback" not in said
    tries = [request for request in proxy.requests if request.action == "package_revise"]
    assert len(tries) == 4
    assert seen(visitor, name_of(release)) is None
    proxy.rule = lambda _: None
    publisher(release)
    assert_whole(visitor, release)


def test_portal_that_asks_for_a_wait_is_waited_for(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy
) -> None:
    busy = at("package_create", Fault("status", 429, {"Retry-After": "1"}))
    moments: list[float] = []

    def rule(request: Request) -> Fault | None:
        if request.action == "package_create":
            moments.append(time.monotonic())
        return busy(request)

    proxy.rule = rule
    publisher(small())
    assert len(moments) == 2 and 1 <= moments[1] - moments[0] < 3


@pytest.mark.parametrize("status", [413, 507])
def test_server_before_the_portal_that_has_no_room_is_not_asked_again(
    status: int,
    small: Callable[..., Path],
    publisher: Publisher,
    proxy: FaultyProxy,
    visitor: RemoteCKAN,
) -> None:
    release = small()
    proxy.rule = at("package_revise", Fault("status", status), times=99)
    said = publisher(release, code=3)
    assert "ask the portal's administrator to raise the limit" in said and "提高限额" in said
    assert [each.action for each in proxy.writes] == ["package_create", "package_revise"]
    assert seen(visitor, name_of(release)) is None


def test_portal_that_asks_for_too_long_a_wait_is_not_waited_for(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy
) -> None:
    proxy.rule = at("package_create", Fault("status", 429, {"Retry-After": "7200"}), times=99)
    publisher(small(), code=3)
    assert len(proxy.writes) == 1


def test_refused_connection_is_told_in_both_languages(
    small: Callable[..., Path], publisher: Publisher
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        publisher.targets["town"]["url"] = f"http://127.0.0.1:{free.getsockname()[1]}"
        said = publisher(small(), code=3)
    assert "ConnectionError" in said and "请稍后重新发布" in said


def test_slow_answer_is_waited_for(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy, visitor: RemoteCKAN
) -> None:
    release = small()
    proxy.rule = lambda request: (
        Fault("slow", seconds=0.5) if request.action == "package_revise" else None
    )
    publisher(release)
    assert_whole(visitor, release)


def test_expired_token_stops_at_once(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy
) -> None:
    publisher.environment["SHENWAN_TOWN_TOKEN"] = "expired-" + "x" * 40
    said = publisher(small(), code=3)
    assert "the portal refuses the credentials" in said and "令牌可能已过期" in said
    assert len(proxy.writes) == 1


def test_redirect_to_another_host_does_not_carry_the_token(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy, ckan: str, token: str
) -> None:
    stranger = FaultyProxy(ckan)
    release = small()
    try:
        elsewhere = {"Location": f"{stranger.url}/api/action/package_create"}
        proxy.rule = at("package_create", Fault("status", 307, elsewhere))
        said = publisher(release, code=3)
        assert "another address" in said
        assert not stranger.requests

        # A download may well lie elsewhere: it is followed, and the token is not sent along.
        def to_stranger(request: Request) -> Fault | None:
            if "/download/" not in request.path:
                return None
            return Fault("status", 302, {"Location": stranger.url + request.path})

        proxy.rule = to_stranger
        publisher(release, code=3)
        assert stranger.requests
        for request in stranger.requests:
            assert token not in str(request.headers) + str(request.body)
    finally:
        stranger.close()


def test_file_that_is_too_large_for_the_portal_leaves_nothing_in_public(
    small: Callable[..., Path], publisher: Publisher, visitor: RemoteCKAN, admin: RemoteCKAN
) -> None:
    from shenwan_data.release.manifest import MANIFEST, hashes, manifest_text

    release = small()
    readme = release / "services" / "README.md"
    small_content = readme.read_bytes()
    readme.write_bytes(b"x" * (ckan_server.MAX_MB * 1024 * 1024 + 1))
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")
    said = publisher(release, code=3)
    assert "File upload too large" in said
    assert seen(visitor, name_of(release)) is None
    assert admin.action.package_show(id=name_of(release))["resources"] == []
    readme.write_bytes(small_content)
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")
    publisher(release)
    assert_whole(visitor, release)


def test_one_byte_flipped_in_the_storage_is_found_before_anybody_sees_it(
    small: Callable[..., Path],
    publisher: Publisher,
    proxy: FaultyProxy,
    visitor: RemoteCKAN,
    admin: RemoteCKAN,
) -> None:
    release = small()

    def flip() -> None:
        dataset = admin.action.package_show(id=name_of(release))
        key = next(r["id"] for r in dataset["resources"] if r["path"] == "services.csv")
        file = ckan_server.HOME / "storage" / "resources" / key[:3] / key[3:6] / key[6:]
        content = bytearray(file.read_bytes())
        content[100] ^= 1
        file.write_bytes(content)

    proxy.rule = at("package_revise", Fault("after", after=flip))
    said = publisher(release, code=3)
    assert "services/services.csv" in said and "other than what was sent" in said
    assert seen(visitor, name_of(release)) is None
    proxy.rule = lambda _: None
    publisher(release)
    assert_whole(visitor, release)
    # And what decays later is found by the next look at it.
    flip()
    assert "drift      services/services.csv\n" in publisher(release)


def test_two_publishers_at_once_leave_one_release(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy, visitor: RemoteCKAN
) -> None:
    release = small()
    barrier = threading.Barrier(2)

    def together(request: Request) -> None:
        # Both have found nothing on the portal before either creates it.
        if request.action == "package_create":
            try:
                barrier.wait(timeout=10)
            except threading.BrokenBarrierError:
                return

    proxy.rule = together
    both = [publisher.start(release), publisher.start(release)]
    codes, said = zip(*sorted(process.wait() for process in both), strict=True)
    assert codes[0] == 0 and codes[1] in (0, 3, 4), said
    assert all("Traceback" not in text for text in said)
    assert_whole(visitor, release)
    assert "4 unchanged, 0 remove, 0 drift" in publisher(release)


def test_portal_restarted_half_way(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy, visitor: RemoteCKAN
) -> None:
    release = small()

    def restart() -> None:
        ckan_server.stop("ckan", signal.SIGKILL)
        threading.Thread(target=ckan_server.start_ckan).start()

    publisher.targets["town"]["retries"] = {"attempts": 9, "first_wait": 0.3, "longest_wait": 3}
    proxy.rule = at("package_revise", Fault("after", after=restart))
    publisher(release)
    assert_whole(visitor, release)


def test_publisher_killed_around_any_write_goes_on_where_it_was(
    whole: Path, publisher: Publisher, ckan: str, tmp_path: Path
) -> None:
    """After each write, after the request before it and after the one that follows it.

    Between two other reads nothing changes, on the portal or in what the publisher has noted. Every
    second moment in each of two threads, as the portal serves two at a time.
    """

    def killed(first: int) -> set[str]:
        proxy, folder = FaultyProxy(ckan), tmp_path / str(first)
        folder.mkdir()
        town = {"town": publisher.targets["town"] | {"url": proxy.url}}
        other = Publisher(folder, town, publisher.environment)
        try:
            return kill_at_every_second_moment(first, whole, other, proxy, ckan)
        finally:
            proxy.close()

    with ThreadPoolExecutor(2) as threads:
        assert set().union(*threads.map(killed, (0, 1))) == set(WRITES)


def kill_at_every_second_moment(
    first: int, whole: Path, publisher: Publisher, proxy: FaultyProxy, ckan: str
) -> set[str]:
    """Version after version, each killed at a later moment.

    Returns what the publishers had written when they were killed.
    """
    visitor = RemoteCKAN(ckan, get_only=True)
    name, releases = f"made-up-killed-{secrets.token_hex(4)}", publisher.folder / "releases"
    publisher(small_release(whole, releases, name, "1.0.0"))
    proxy.requests.clear()
    before = small_release(whole, releases, name, "1.0.1")
    publisher(before)
    wanted = shape(state(visitor, before))
    last = len(proxy.requests)
    near = {each.number + step for each in proxy.writes for step in (-1, 0, 1)}
    moments = sorted(near & set(range(1, last + 1)))
    assert len(moments) > 10
    written: set[str] = set()
    for moment in moments[first::2]:
        release = small_release(whole, releases, name, f"1.{moment}.0")
        proxy.requests.clear()
        victim = Victim()
        proxy.rule = killer(moment, victim)
        code, said = victim.is_(publisher.start(release)).wait()
        written |= {request.action for request in proxy.writes}
        proxy.rule = lambda _: None
        assert code == -signal.SIGKILL, said
        # Under the plain name the old release or the new one, and between the two none; never half.
        found = seen(visitor, name_of(release))
        if found is not None:
            assert_whole(visitor, before if found["version"] == before.name else release)
        publisher(release)
        assert shape(assert_whole(visitor, release)) == wanted, moment
        before = release
    return written


def killer(moment: int, victim: Victim) -> Callable[[Request], Fault | None]:
    """A rule that kills the publisher once the server has answered its n-th request."""

    def rule(request: Request) -> Fault | None:
        return Fault("lost", after=victim.kill) if request.number == moment else None

    return rule


def shape(found: dict[str, Any]) -> Any:
    """A state without what differs between two versions: their number, and so some hashes."""
    keys = [key for key, _ in found["extras"]]
    resources = [
        {key: value for key, value in each.items() if key not in ("hash", "sha256", "size")}
        for each in found["resources"]
    ]
    shown = {key: value for key, value in found["shown"].items() if key != "version"}
    return shown, keys, resources, found["tables"]
