"""What goes wrong between a publisher and a store, each tried on the real servers.

After each fault the same holds: who begins with the index or the manifest has found a whole release
or none, and the same command once more ends as if nobody had disturbed it, with nothing left over.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.portal.faulty_proxy import Fault, FaultyProxy, Request, TcpProxy
from tests.portal.portal_publisher import Death, Running, Victim
from tests.portal.store_state import (
    Served,
    assert_undisturbed,
    assert_whole,
    assert_whole_or_none,
    published,
    serving,
)
from tests.portal.stores import OVER_HTTP, Server

WRITES = ("PUT", "POST", "DELETE", "MKCOL", "MOVE")
READS = ("GET", "HEAD")

over_http = pytest.mark.parametrize("served", OVER_HTTP, indirect=True)


def http(served: Served) -> FaultyProxy:
    assert isinstance(served.proxy, FaultyProxy)
    return served.proxy


def dying(served: Served, release: Path, moment: int) -> Running:
    """A publisher that is killed at its n-th step, once the server has done what was asked.

    A step is a request to rclone, reads among them. The others are killed at each write, for SFTP at
    each change of the server's folder and for a folder before each: nothing that a rerun finds
    differs between two of them.
    """
    if served.proxy is None:
        root = Path(served.publisher.targets["town"]["path"])
        return served.publisher.start(release, death=Death(moment, root))
    victim = Victim()
    steps = 0

    if isinstance(served.proxy, FaultyProxy):
        counted = READS if served.kind == "rclone-s3" else ()

        def at_request(request: Request) -> Fault | None:
            nonlocal steps
            steps += request.method in (*WRITES, *counted)
            if steps != moment:
                return None
            steps += 1
            return Fault("lost", after=victim.kill)

        served.proxy.rule = at_request
    else:
        before = tree(served)

        def at_piece(_: int) -> None:
            nonlocal before, steps
            now = tree(served)
            steps += now != before
            before = now
            if steps == moment:
                steps += 1
                victim.kill()

        served.proxy.rule = at_piece
    return victim.is_(served.publisher.start(release))


def tree(served: Served) -> list[tuple[str, int]]:
    """All that lies in a folder of the server, with sizes."""
    found = []
    root = served.server.root / served.publisher.targets["town"]["path"].lstrip("/")
    for path in root.rglob("*"):
        try:
            found.append((str(path), path.stat().st_size if path.is_file() else -1))
        except FileNotFoundError:
            continue
    return sorted(found)


def undisturbed(served: Served) -> None:
    if isinstance(served.proxy, FaultyProxy) or served.proxy is not None:
        served.proxy.rule = lambda _: None


@pytest.mark.parametrize("kind", ["folder", "rclone-s3", "sftp", "webdav"])
def test_publisher_killed_at_any_moment_goes_on(
    kind: str, servers: Callable[[str], Server], small: Callable[..., Path], tmp_path: Path
) -> None:
    """Every second step in each of two threads, each with a place of its own."""
    with ExitStack() as stack, ThreadPoolExecutor(2) as threads:
        places = []
        for first in (1, 2):
            folder = tmp_path / str(first)
            folder.mkdir()
            places.append(stack.enter_context(serving(servers(kind), folder)))
        done = threads.map(kill_one_step_later_each_time, (1, 2), places, (small, small))
        assert len(list(done)) == 2


def kill_one_step_later_each_time(first: int, served: Served, small: Callable[..., Path]) -> None:
    """Version after version, each killed two steps later, until one ends before it is killed."""
    releases: list[Path] = []
    for moment in range(first, 200, 2):
        release = small(f"1.{moment}.0")
        code, said = dying(served, release, moment).wait()
        undisturbed(served)
        assert_whole_or_none(served, release)
        releases.append(release)
        if code == 0:
            break
        assert code == -signal.SIGKILL, said
        served.publisher(release)
        assert_whole(served, release)
    assert 10 < moment < 199
    assert_undisturbed(served, *releases)


FAULTS = {
    "reset": Fault("reset"),
    "lost": Fault("lost"),
    "truncated": Fault("truncate"),
    "slow": Fault("slow", seconds=0.3),
    "500": Fault("status", 500),
    "502": Fault("status", 502),
    "503": Fault("status", 503),
    "429": Fault("status", 429, {"Retry-After": "0"}),
}


@over_http
@pytest.mark.parametrize("fault", FAULTS)
def test_passing_failure_is_tried_again(
    fault: str, served: Served, small: Callable[..., Path]
) -> None:
    release = small()
    # Further and further apart, so that no retry meets the next one for ever.
    moments = {at * (at + 5) // 2 for at in range(1, 6)}
    http(served).rule = lambda request: FAULTS[fault] if request.number in moments else None
    served.publisher(release)
    undisturbed(served)
    assert_undisturbed(served, release)


@pytest.mark.parametrize("served", ["sftp"], indirect=True)
def test_connection_that_is_cut_or_slow_is_taken_up_again(
    served: Served, small: Callable[..., Path]
) -> None:
    assert isinstance(served.proxy, TcpProxy)
    release = small()
    cuts = {at * (at + 60) for at in range(1, 7)}
    served.proxy.rule = lambda piece: "cut" if piece in cuts else "slow" if piece == 30 else None
    served.publisher(release)
    assert served.proxy.pieces > max(cuts)
    assert_undisturbed(served, release)


@over_http
def test_store_that_never_answers_well_is_given_up_after_bounded_tries(
    served: Served, small: Callable[..., Path]
) -> None:
    release = small()
    proxy = http(served)
    proxy.rule = lambda request: (
        Fault("status", 503) if request.path.endswith("services.csv.part") or
        request.path.endswith("services.csv") else None
    )  # fmt: skip
    said = served.publisher(release, code=3)
    assert "no valid answer" in said and "publish again later" in said and "Traceback" not in said
    assert len([r for r in proxy.writes if "services.csv" in r.path and r.method == "PUT"]) == 6
    assert published(served) == []
    undisturbed(served)
    served.publisher(release)
    assert_undisturbed(served, release)


@pytest.mark.parametrize("served", ["rclone-s3", "sftp", "webdav"], indirect=True)
def test_refused_connection_is_told_in_both_languages(
    served: Served, small: Callable[..., Path]
) -> None:
    assert served.proxy is not None
    served.proxy.close()
    served.publisher.targets["town"]["retries"] = {"attempts": 2, "first_wait": 0.01}
    said = served.publisher(small(), code=3)
    assert "请稍后重新发布" in said and "Traceback" not in said


@over_http
def test_store_without_room_leaves_nothing_in_public(
    served: Served, small: Callable[..., Path]
) -> None:
    release = small()
    full = b"<Error><Code>QuotaExceeded</Code><Message>no room</Message></Error>"
    status = 507 if served.kind == "webdav" else 403
    http(served).rule = lambda request: (
        Fault("status", status, {"Content-Type": "application/xml"}, full)
        if request.method == "PUT" and "services.parquet" in request.path
        else None
    )
    said = served.publisher(release, code=3)
    assert "free space" in said and "剩余空间" in said
    tries = [r for r in http(served).writes if r.method == "PUT" and "parquet" in r.path]
    assert len(tries) == 1
    assert published(served) == [] and served.read("1.0.0/MANIFEST.sha256") is None
    undisturbed(served)
    served.publisher(release)
    assert_undisturbed(served, release)


@over_http
def test_one_byte_flipped_in_the_storage_is_found_before_anybody_sees_it(
    served: Served, small: Callable[..., Path]
) -> None:
    release = small()

    def flip() -> None:
        path = next(each for each in served.paths() if each.endswith("services.csv"))
        content = bytearray(served.read(path) or b"")
        content[100] ^= 1
        served.write(path, bytes(content))

    arrived = "MOVE" if served.kind == "webdav" else "PUT"
    http(served).rule = lambda request: (
        Fault("after", after=flip)
        if request.method == arrived and "services.csv" in request.path
        else None
    )
    said = served.publisher(release, code=3)
    assert "services/services.csv" in said and "differs from the one that was sent" in said
    assert published(served) == []
    assert served.kind != "webdav" or served.read("1.0.0/MANIFEST.sha256") is None
    undisturbed(served)
    served.publisher(release)
    assert_undisturbed(served, release)


@over_http
def test_redirect_to_another_host_does_not_carry_the_credentials(
    served: Served, small: Callable[..., Path]
) -> None:
    stranger = FaultyProxy(served.server.url)
    try:
        http(served).rule = lambda request: Fault(
            "status", 307, {"Location": stranger.url + request.path}
        )
        said = served.publisher(small(), code=3)
        assert "Traceback" not in said
        assert not [each for each in stranger.requests if "authorization" in each.headers]
        assert published(served) == []
    finally:
        stranger.close()


@pytest.mark.parametrize("served", ["rclone-s3", "sftp", "webdav"], indirect=True)
def test_server_restarted_half_way(served: Served, small: Callable[..., Path]) -> None:
    release = small()
    served.publisher.targets["town"]["retries"] = {"attempts": 8, "first_wait": 0.1}
    left = ["restart"]

    def restart() -> None:
        if left and "services.csv" in " ".join(served.paths()):
            left.pop()
            served.server.stop()
            threading.Timer(0.2, served.server.start).start()

    if isinstance(served.proxy, FaultyProxy):
        served.proxy.rule = lambda request: (
            Fault("after", after=restart) if request.method in WRITES else None
        )
    elif served.proxy is not None:
        served.proxy.rule = lambda _: restart()
    served.publisher(release)
    assert not left
    assert_undisturbed(served, release)


@pytest.mark.parametrize("versions", [("1.0.0", "1.0.0"), ("1.0.0", "1.1.0")], ids=["same", "two"])
def test_two_publishers_at_once(
    versions: tuple[str, str], served: Served, small: Callable[..., Path]
) -> None:
    releases = [small(version, folder=str(at)) for at, version in enumerate(versions)]
    both = [served.publisher.start(release) for release in releases]
    codes, said = zip(*(process.wait() for process in both), strict=True)
    assert set(codes) <= {0, 4} and 0 in codes, said
    assert all(
        "another publication" in text for code, text in zip(codes, said, strict=True) if code
    )
    for release in releases:
        # Only who was told of success may rely on it.
        served.publisher(release)
    assert_undisturbed(served, *{release.name: release for release in releases}.values())
