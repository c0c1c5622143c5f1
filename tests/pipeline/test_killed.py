"""Whenever a build is killed, there is a whole release, the old or the new one, and the next succeeds."""

import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from shenwan_data.release.manifest import hashes, manifest_problems
from tests.forked import forked
from tests.pipeline.build_killed import main as build_killed
from tests.pipeline.made_up import text_of, write_report


def build(data_dir: Path, *last: int) -> subprocess.CompletedProcess[str]:
    """The whole build in a process of its own, killed at its last-th write."""
    return forked(build_killed, str(data_dir), *last)


def the_release(data_dir: Path) -> dict[str, str]:
    """The files of the one release there is, whole by its own manifest."""
    (release,) = [path.parent for path in (data_dir / "releases").glob("[!.]*/MANIFEST.sha256")]
    assert manifest_problems(release) == ()
    return hashes(release)


@pytest.mark.slow
def test_a_build_killed_at_any_write_leaves_the_old_or_the_new_release(built, tmp_path):
    old = the_release(built)
    write_report(built, 2022, text_of(2022, cases=999))
    finished = Path(shutil.copytree(built, tmp_path / "finished"))
    done = build(finished)
    assert done.returncode == 0, done.stderr
    new, writes = the_release(finished), int(done.stderr.split()[-1])
    assert old != new
    assert writes > 60

    found = []
    # From the first write to the last; most of the tidying up after the swap comes at the end.
    moments = (1, writes // 2, writes - 2, writes)
    for number, last in enumerate(moments):
        copy = Path(shutil.copytree(built, tmp_path / f"killed-{number}"))
        killed = build(copy, last)
        assert killed.returncode == -signal.SIGKILL, (last, killed.stderr)
        left = the_release(copy)
        assert left in (old, new), last
        found.append(left == new)
        again = build(copy)
        assert again.returncode == 0, (last, again.stderr)
        assert the_release(copy) == new
        kept = sorted(path.name for path in (copy / "releases").iterdir())
        assert kept == [".lock", "1.0.0", "1.0.0-site"]
    # Old until the swap, new from then on; both were met.
    assert found == sorted(found)
    assert found[0] is False
    assert found[-1] is True
