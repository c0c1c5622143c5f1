"""Whatever happens to a build, there is a whole release afterwards, and the next build succeeds."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shenwan_data import files
from shenwan_data.errors import Text, UsageError
from shenwan_data.files import LOCK, locked, recover, swap, write_atomic
from shenwan_data.release.manifest import MANIFEST, hashes, manifest_problems, read_manifest
from tests.forked import forked
from tests.release.build_made_up import main as build_made_up

BUSY = Text("正在使用", "in use")


def build(releases: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return forked(build_made_up, [str(releases), *options])


def the_release(releases: Path) -> Path:
    (release,) = [path for path in releases.iterdir() if not path.name.startswith(".")]
    return release


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The release of one year and that of two years, each in a folder of its own."""
    found = {}
    for years in ("1", "2"):
        found[years] = tmp_path_factory.mktemp("undisturbed") / "releases"
        assert build(found[years], years).returncode == 0
    return found


@pytest.fixture(scope="module")
def manifests(undisturbed: dict[str, Path]) -> dict[str, dict[str, str]]:
    """The files of a release of one year and of one of two years."""
    found = {years: hashes(the_release(releases)) for years, releases in undisturbed.items()}
    assert found["1"] != found["2"]
    return found


@pytest.fixture
def releases(undisturbed: dict[str, Path], tmp_path: Path) -> Path:
    """A releases folder that holds the release of one year."""
    return Path(shutil.copytree(undisturbed["1"], tmp_path / "releases"))


# From the first folder through the files, the checks and the swap to the tidying up.
MOMENTS = [
    ("os.mkdir", 3, "1"), ("open", 3, "1"), ("open", 60, "1"), ("open", 250, "1"),
    ("ctypes.dlsym", 1, "1"), ("shutil.rmtree", 1, "2"), ("os.remove", 1, "2"),
    ("os.rmdir", 3, "2"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "count", "holds"), MOMENTS)
def test_a_killed_build_leaves_a_whole_release(
    event: str, count: int, holds: str, manifests: dict[str, dict[str, str]], releases: Path
) -> None:
    killed = build(releases, "2", "--kill", event, str(count))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert any(path.name.endswith(".draft") for path in releases.iterdir())
    assert hashes(the_release(releases)) == manifests[holds]
    assert manifest_problems(the_release(releases)) == ()
    assert build(releases, "2").returncode == 0
    assert hashes(the_release(releases)) == manifests["2"]
    assert sorted(path.name for path in releases.iterdir()) == [".lock", "1.0.0"]


@pytest.mark.parametrize(("count", "held"), [(1, True), (2, False)])
def test_where_folders_cannot_be_exchanged_the_next_build_puts_the_old_release_back(
    count: int, held: bool, manifests: dict[str, dict[str, str]], releases: Path
) -> None:
    killed = build(releases, "2", "--two-renames", "--kill", "os.rename", str(count))
    assert killed.returncode == -signal.SIGKILL
    assert (releases / "1.0.0").exists() == held
    # Even a build that fails brings back what there was.
    assert build(releases, "2", "--file-limit", "3000").returncode == 3
    assert hashes(the_release(releases)) == manifests["1"]
    assert build(releases, "2", "--two-renames").returncode == 0
    assert hashes(the_release(releases)) == manifests["2"]
    assert sorted(path.name for path in releases.iterdir()) == [".lock", "1.0.0"]


@pytest.mark.parametrize("limit", ["1", "3000", "20000"])
def test_a_disk_that_takes_no_more_leaves_the_old_release(
    limit: str, manifests: dict[str, dict[str, str]], releases: Path
) -> None:
    starved = build(releases, "2", "--file-limit", limit)
    assert starved.returncode == 3
    assert "the release cannot be written" in starved.stderr
    assert "无法写入发布版本" in starved.stderr
    assert "Traceback" not in starved.stderr
    assert hashes(the_release(releases)) == manifests["1"]
    assert sorted(path.name for path in releases.iterdir()) == [".lock", "1.0.0"]


def test_a_first_build_that_fails_leaves_no_release(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    assert build(releases, "1", "--file-limit", "3000").returncode == 3
    assert [path.name for path in releases.iterdir()] == [".lock"]


def test_two_builds_at_once_do_not_meet(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    with locked(releases / LOCK, BUSY):
        second = build(releases, "1")
    assert second.returncode == 2
    assert "another build is writing" in second.stderr
    assert build(releases, "1").returncode == 0


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib\n"
        "from shenwan_data.errors import Text\n"
        "from shenwan_data.files import locked\n"
        "with locked(pathlib.Path(sys.argv[1]) / '.lock', Text('', '')):\n"
        "    print('locked', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(UsageError), locked(tmp_path / LOCK, BUSY):
            raise AssertionError("the lock was given twice")
        holder.kill()
        holder.wait()
    with locked(tmp_path / LOCK, BUSY):
        pass


def test_recovery_leaves_other_folders_alone(tmp_path: Path) -> None:
    for name in ("1.0.0", "0.9.0", ".git", ".1.0.0.draft"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name, encoding="utf-8")
    recover(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "0.9.0", "1.0.0"]


@pytest.mark.parametrize("name", [".1.0.0.draft", ".1.0.0.old", ".1.0.0-site.x.draft"])
@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_file_in_the_place_of_a_draft_is_cleared_away(
    name: str, kind: str, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "file").touch()
    releases = tmp_path / "releases"
    (releases / "1.0.0").mkdir(parents=True)
    if kind == "file":
        (releases / name).touch()
    else:
        (releases / name).symlink_to(other)
    recover(releases)
    assert [path.name for path in releases.iterdir()] == ["1.0.0"]
    assert (other / "file").exists()


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_file_in_the_place_of_the_release_gives_way(
    can_exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_exchange:
        monkeypatch.setattr(files, "exchange", lambda one, other: False)
    (tmp_path / ".1.0.0.draft").mkdir()
    (tmp_path / "1.0.0").write_text("a file")
    swap(tmp_path / ".1.0.0.draft", tmp_path / "1.0.0")
    assert (tmp_path / "1.0.0").is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["1.0.0"]


def test_a_link_in_the_place_of_a_half_written_file_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (tmp_path / f".x.txt.{os.getpid()}.tmp").symlink_to(victim)
    write_atomic(tmp_path / "x.txt", "new")
    assert (tmp_path / "x.txt").read_text() == "new" and not (tmp_path / "x.txt").is_symlink()
    assert victim.read_text() == "kept"


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_draft_takes_the_place_of_the_release(
    can_exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_exchange:
        monkeypatch.setattr(files, "exchange", lambda one, other: False)
    for name in (".1.0.0.draft", "1.0.0"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name, encoding="utf-8")
    swap(tmp_path / ".1.0.0.draft", tmp_path / "1.0.0")
    assert [path.name for path in tmp_path.iterdir()] == ["1.0.0"]
    assert (tmp_path / "1.0.0/file").read_text(encoding="utf-8") == ".1.0.0.draft"


def test_a_swap_that_fails_halfway_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "exchange", lambda one, other: False)
    (tmp_path / "1.0.0").mkdir()
    with pytest.raises(FileNotFoundError):
        swap(tmp_path / ".1.0.0.draft", tmp_path / "1.0.0")
    assert [path.name for path in tmp_path.iterdir()] == ["1.0.0"]


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"there")
    with pytest.raises(FileExistsError), files.durable(tmp_path / "file"):
        pass


def test_the_lock_is_the_systems_own(tmp_path: Path) -> None:
    with (
        locked(tmp_path / LOCK, BUSY),
        (tmp_path / ".lock").open("a") as other,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_manifest_lists_every_file_but_itself_in_order(pristine: Path) -> None:
    listed = read_manifest(pristine)
    assert list(listed) == sorted(listed)
    assert listed == hashes(pristine)
    assert MANIFEST not in listed
