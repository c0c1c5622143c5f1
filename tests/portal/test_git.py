"""A release in a bare git repository: one tag for each, all or nothing, the same commit again."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from portal_publisher import Publisher

from shenwan_data.publish.release_folder import read_release_folder


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
