"""An archive is the same to the byte, and any program opens it."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.errors import DataError
from shenwan_data.release import archives
from shenwan_data.release.archives import write_zip
from shenwan_data.release.manifest import MANIFEST, hashes, manifest_text
from shenwan_data.release.validation import validate_release

names = st.from_regex(r"[a-z一-龥]{1,8}(/[a-z0-9]{1,5}\.csv)?", fullmatch=True)


def archive(entries: dict[str, bytes], day: date = date(2026, 11, 23)) -> bytes:
    stream = io.BytesIO()
    write_zip(entries, day, stream)
    return stream.getvalue()


@given(st.dictionaries(names, st.binary(max_size=500), max_size=5), st.randoms())
def test_any_entries_are_read_back_and_their_order_is_no_matter(entries, random) -> None:
    content = archive(entries)
    shuffled = list(entries.items())
    random.shuffle(shuffled)
    assert archive(dict(shuffled)) == content
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        assert found.namelist() == sorted(entries)
        for info in found.infolist():
            assert found.read(info) == entries[info.filename]
            assert info.date_time == (2026, 11, 23, 0, 0, 0)
            assert info.external_attr >> 16 == 0o100644


def test_a_day_before_the_format_began_is_its_first() -> None:
    with zipfile.ZipFile(io.BytesIO(archive({"a": b""}, date(1949, 10, 1)))) as found:
        assert found.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_more_than_the_format_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_LIMIT", 10)
    with pytest.raises(DataError, match="more than a zip archive can hold"):
        archive({"a": b"0123456789"})


def test_the_archive_of_all_is_a_release_by_itself(pristine: Path, tmp_path: Path) -> None:
    (path,) = pristine.glob("*-*.zip")
    with zipfile.ZipFile(path) as found:
        found.extractall(tmp_path / "1.0.0")
    assert [check for check in validate_release(tmp_path / "1.0.0") if not check.passed] == []
    whole = hashes(pristine)
    assert hashes(tmp_path / "1.0.0") == {
        name: digest for name, digest in whole.items() if not name.endswith(".zip")
    }


@pytest.mark.parametrize("gone", ["README.md", "observations.xlsx", "croissant.json"])
def test_a_release_must_have_each_of_its_files(gone: str, release: Path) -> None:
    (release / gone).unlink()
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")
    (check,) = [check for check in validate_release(release) if not check.passed]
    assert check.name == "derived"
    assert check.message.en == f"{gone} is not what the tables give: it is missing in ."


def test_another_program_finds_no_fault(pristine: Path) -> None:
    program = shutil.which("unzip")
    command = [program, "-tqq"] if program else [sys.executable, "-m", "zipfile", "-t"]
    for path in sorted(pristine.glob("*.zip")):
        run = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout
