"""A release in a bare git repository: one tag for each, all or nothing, the same commit again."""

from __future__ import annotations

import base64
import contextlib
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shenwan_data.publish.release_folder import read_release_folder
from tests.portal.faulty_proxy import Fault, FaultyProxy, Request
from tests.portal.git_server import GitServer
from tests.portal.portal_publisher import Death, Publisher

TOKEN = f"made-up-{secrets.token_hex(8)}"


def git(folder: Path, *command: str) -> str:
    who = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    done = subprocess.run(
        ["git", *who, *command], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    folder = tmp_path / "remote.git"
    folder.mkdir()
    git(folder, "init", "--quiet", "--bare", "--initial-branch", "main")
    return folder


@pytest.fixture
def publisher(tmp_path: Path, remote: Path) -> Publisher:
    target = {"type": "git", "remote": str(remote), "retries": {"attempts": 3, "first_wait": 0.05}}
    return Publisher(tmp_path, {"town": target}, {})


def assert_whole(remote: Path, release: Path, folder: Path) -> None:
    git(remote.parent, "clone", "--quiet", "--branch", f"v{release.name}", str(remote), str(folder))
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
    wanted = {file.path: file.file.read_bytes() for file in read_release_folder(release).files}
    assert found == wanted


def test_clone_of_a_tag_is_the_release(
    small: Callable[..., Path], publisher: Publisher, remote: Path, tmp_path: Path
) -> None:
    first, second = small("1.0.0", rows=2), small("1.1.0", rows=4)
    publisher(first, "--dry-run")
    assert git(remote, "for-each-ref") == ""
    publisher(first)
    publisher(second)
    before = git(remote, "for-each-ref")
    assert "6 unchanged, 0 remove, 0 drift" in publisher(first)
    assert git(remote, "for-each-ref") == before
    names = git(remote, "for-each-ref", "--format=%(refname)").splitlines()
    assert names == ["refs/heads/main", "refs/tags/v1.0.0", "refs/tags/v1.1.0"]
    assert git(remote, "rev-list", "--count", "main") == "2"
    assert_whole(remote, first, tmp_path / "one")
    assert_whole(remote, second, tmp_path / "two")


def test_same_release_makes_the_same_commit(
    small: Callable[..., Path], publisher: Publisher, remote: Path
) -> None:
    release = small()
    publisher(release)
    commit = git(remote, "rev-parse", "v1.0.0")
    git(remote, "update-ref", "-d", "refs/heads/main")
    git(remote, "update-ref", "-d", "refs/tags/v1.0.0")
    publisher(release)
    assert git(remote, "rev-parse", "v1.0.0") == commit


def test_branch_that_somebody_else_moves_meanwhile_is_not_overwritten(
    small: Callable[..., Path], publisher: Publisher, remote: Path, tmp_path: Path
) -> None:
    publisher(small("1.0.0", rows=2))
    # The hook stands for the other person: it moves the branch when the staged commit arrives.
    git(remote.parent, "clone", "--quiet", str(remote), str(tmp_path / "other"))
    (tmp_path / "other" / "note.txt").write_text("by hand")
    git(tmp_path / "other", "add", ".")
    git(tmp_path / "other", "commit", "--quiet", "-m", "by hand")
    git(tmp_path / "other", "push", "--quiet", "origin", "HEAD:refs/other/main")
    other = git(tmp_path / "other", "rev-parse", "HEAD")
    hook = remote / "hooks" / "post-receive"
    hook.write_text(f"#!/bin/sh\ngit update-ref refs/heads/main {other}\n")
    hook.chmod(0o755)
    second = small("1.1.0", rows=4)
    said = publisher(second, code=4)
    assert "somebody else pushed" in said and "他人更新" in said
    assert git(remote, "rev-parse", "main") == other
    assert git(remote, "tag", "--list") == "v1.0.0"
    hook.unlink()
    publisher(second)
    assert_whole(remote, second, tmp_path / "two")
    assert git(remote, "merge-base", "--is-ancestor", other, "main") == ""


def test_tag_that_somebody_moved_is_drift_until_forced(
    small: Callable[..., Path], publisher: Publisher, remote: Path, tmp_path: Path
) -> None:
    release = small()
    publisher(release)
    git(remote.parent, "clone", "--quiet", str(remote), str(tmp_path / "other"))
    (tmp_path / "other" / "services" / "README.md").write_text("by hand")
    git(tmp_path / "other", "commit", "--quiet", "-a", "-m", "by hand")
    git(tmp_path / "other", "tag", "--force", "v1.0.0")
    git(tmp_path / "other", "push", "--quiet", "--force", "origin", "v1.0.0")
    assert "drift      services/README.md\n" in publisher(release)
    publisher(release, "--force")
    assert_whole(remote, release, tmp_path / "after")


def test_remote_that_is_none_is_told(
    small: Callable[..., Path], publisher: Publisher, tmp_path: Path
) -> None:
    publisher.targets["town"]["remote"] = str(tmp_path / "none.git")
    said = publisher(small(), code=3)
    assert "git ls-remote" in said and "Traceback" not in said


def test_publisher_killed_before_any_command_goes_on(
    small: Callable[..., Path], publisher: Publisher, remote: Path, tmp_path: Path
) -> None:
    releases: list[Path] = []
    for moment in range(1, 60):
        release = small(f"1.{moment}.0")
        code, said = publisher.start(release, death=Death(moment)).wait()
        tags = git(remote, "tag", "--list").splitlines()
        assert tags == sorted(tags) and len(tags) in (len(releases), len(releases) + 1)
        releases.append(release)
        if code == 0:
            break
        assert code == -signal.SIGKILL, said
        publisher(release)
    assert 10 < moment < 59
    names = git(remote, "for-each-ref", "--format=%(refname)").splitlines()
    assert set(names) == {"refs/heads/main", *(f"refs/tags/v{each.name}" for each in releases)}
    assert git(remote, "rev-list", "--count", "main") == str(len(releases))
    assert_whole(remote, releases[0], tmp_path / "first")
    assert_whole(remote, releases[-1], tmp_path / "last")


@pytest.fixture
def proxy(remote: Path, publisher: Publisher) -> Iterator[FaultyProxy]:
    """A proxy before a git server that asks for a token, which the publisher has."""
    git(remote, "config", "http.receivepack", "true")
    server = GitServer(remote.parent, TOKEN)
    made = FaultyProxy(server.url)
    publisher.targets["town"] |= {"remote": f"{made.url}/{remote.name}"}
    publisher.environment["SHENWAN_TOWN_TOKEN"] = TOKEN
    yield made
    made.close()
    server.close()


def test_token_goes_to_the_server_and_nowhere_else(
    small: Callable[..., Path],
    publisher: Publisher,
    proxy: FaultyProxy,
    remote: Path,
    tmp_path: Path,
) -> None:
    release = small()
    seen: list[bytes] = []

    def look(_: Request) -> None:
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                seen.append(process.read_bytes())

    proxy.rule = look
    publisher(release)
    assert_whole(remote, release, tmp_path / "clone")
    basic = base64.b64encode(f"git:{TOKEN}".encode())
    assert any(b"push" in command for command in seen)
    assert not [command for command in seen if TOKEN.encode() in command or basic in command]

    proxy.rule = lambda _: None
    publisher.environment["SHENWAN_TOWN_TOKEN"] = f"wrong-{secrets.token_hex(8)}"
    said = publisher(small("1.1.0"), code=3)
    assert "git ls-remote" in said and "Traceback" not in said

    stranger = FaultyProxy(proxy.url)
    try:
        elsewhere = Fault("status", 301, {"Location": f"{stranger.url}/{remote.name}/info/refs"})
        proxy.rule = lambda _: elsewhere
        publisher(small("1.2.0"), code=3)
        assert not stranger.requests
    finally:
        stranger.close()


@pytest.mark.parametrize(
    "fault", [Fault("reset"), Fault("lost"), Fault("truncate"), Fault("status", 502)],
    ids=["reset", "lost", "truncated", "502"],
)  # fmt: skip
def test_passing_failure_is_tried_again(
    fault: Fault,
    small: Callable[..., Path],
    publisher: Publisher,
    proxy: FaultyProxy,
    remote: Path,
    tmp_path: Path,
) -> None:
    release = small()
    proxy.rule = lambda request: fault if request.number in (2, 7, 12, 17, 22) else None
    publisher(release)
    assert_whole(remote, release, tmp_path / "clone")
    assert len(proxy.requests) > 17


def test_two_publishers_at_once_leave_one_release(
    small: Callable[..., Path], publisher: Publisher, remote: Path, tmp_path: Path
) -> None:
    release = small()
    both = [publisher.start(release) for _ in range(2)]
    codes, said = zip(*(process.wait() for process in both), strict=True)
    assert set(codes) <= {0, 4}, said
    publisher(release)
    assert git(remote, "rev-list", "--count", "main") == "1"
    assert_whole(remote, release, tmp_path / "clone")
