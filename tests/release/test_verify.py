"""Two builds are the same to the byte, or the first place where they are not is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from shenwan_data.errors import UsageError
from shenwan_data.release.formats import read_parquet, write_parquet
from shenwan_data.release.verify import compare_releases

ROOT = Path(__file__).resolve().parents[2]


def test_two_copies_do_not_differ(pristine: Path, release: Path) -> None:
    assert compare_releases(pristine, release) == ()


def replace_in(name: str, old: str, new: str) -> Callable[[Path], None]:
    def damage(release: Path) -> None:
        path = release / name
        text = path.read_bytes().decode("utf-8")
        assert old in text
        path.write_bytes(text.replace(old, new, 1).encode("utf-8"))

    return damage


def edit(change: Callable[[pa.Table], pa.Table]) -> Callable[[Path], None]:
    def damage(release: Path) -> None:
        path = release / "services/services.parquet"
        table = change(read_parquet(path))
        with path.open("wb") as stream:
            write_parquet(table, stream)

    return damage


def of(table: pa.Table, name: str, values: list[object]) -> pa.Table:
    field = table.schema.field(name)
    column = pa.array(values, type=field.type)
    return table.set_column(table.schema.get_field_index(name), field, column)


def add_a_file(release: Path) -> None:
    (release / "more.txt").write_text("more", encoding="utf-8")


def lose_a_file(release: Path) -> None:
    (release / "README.md").unlink()


def spoil_the_parquet(release: Path) -> None:
    (release / "services/services.parquet").write_bytes(b"PAR1 no more PAR1")


PARQUET = "services/services.parquet"
DAMAGES = [
    (replace_in("services/services.csv", ",600,", ",601,"), "services/services.csv",
     "row 2, column value: '600' and '601'"),
    (replace_in("services/services.csv", "99.94,99.94,exact", "99.94,99.94,about"),
     "services/services.csv", "row 3, column qualifier: 'exact' and 'about'"),
    (replace_in("services/services.csv", "upper", "most"), "services/services.csv",
     "row 1, column upper: 'upper' and 'most'"),
    (replace_in("evidence/areas.csv", "442000", "442001"), "evidence/areas.csv",
     "row 2, column division_code"),
    (replace_in("README.md", "#", "##"), "README.md", "byte 1 differs"),
    (add_a_file, "more.txt", "it is missing in"),
    (lose_a_file, "README.md", "it is missing in"),
    (spoil_the_parquet, PARQUET, "byte 4 differs"),
    (edit(lambda table: of(table, "value", [None, *table["value"].to_pylist()[1:]])), PARQUET,
     "row 2, column value: 600.0 and None"),
    (edit(lambda table: table.slice(0, 3)), PARQUET, "the rows are 4 and 3"),
    (edit(lambda table: table.drop_columns(["quote"])), PARQUET, "the columns are"),
    (edit(lambda table: table.cast(pa.schema([f.remove_metadata() for f in table.schema]))),
     PARQUET, "column ref_area is of another type or description"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "file", "said"), DAMAGES)
def test_a_difference_is_named_by_its_first_place(
    damage: Callable[[Path], None], file: str, said: str, pristine: Path, release: Path
) -> None:
    damage(release)
    (difference,) = compare_releases(pristine, release)
    assert difference.file == file
    assert said in difference.message.en
    assert difference.message.zh != difference.message.en


def test_the_first_row_counts_before_the_first_column(pristine: Path, release: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        table = of(table, "ref_area", [*table["ref_area"].to_pylist()[:3], "other"])
        return of(table, "quote", ["other", *table["quote"].to_pylist()[1:]])

    edit(change)(release)
    (difference,) = compare_releases(pristine, release)
    assert "row 2, column quote" in difference.message.en


def test_a_zip_names_its_member(tmp_path: Path) -> None:
    for name, text, time in (
        ("one", "text", (2030, 1, 1, 0, 0, 0)),
        ("two", "texts", (2030, 1, 1, 0, 0, 0)),
        ("three", "text", (2031, 1, 1, 0, 0, 0)),
    ):
        (tmp_path / name).mkdir()
        with zipfile.ZipFile(tmp_path / name / "sheet.xlsx", "w") as archive:
            archive.writestr(zipfile.ZipInfo("sheet1.xml", time), text)
    (content,) = compare_releases(tmp_path / "one", tmp_path / "two")
    assert content.message.en == "in sheet1.xml, byte 4 differs (sizes 4, 5)"
    (time,) = compare_releases(tmp_path / "one", tmp_path / "three")
    assert "the time of sheet1.xml in it is (2030, 1, 1" in time.message.en


def test_nothing_is_no_proof(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert [d.message.en for d in compare_releases(tmp_path / "one", tmp_path / "two")] == [
        "there are no files"
    ]
    with pytest.raises(UsageError, match="no such folder"):
        compare_releases(tmp_path / "one", tmp_path / "three")


def test_the_command_tells_by_its_exit_code(pristine: Path, release: Path) -> None:
    def run(*folders: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "shenwan_data.release.verify", *map(str, folders)],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert run(pristine, release).returncode == 0
    add_a_file(release)
    result = run(pristine, release)
    assert result.returncode == 1
    assert "more.txt: it is missing in" in result.stderr


@pytest.mark.slow
@pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("bash", "git", "tar"))
    or not (ROOT / ".git").exists(),
    reason="needs bash, git, tar and a checkout",
)
def test_the_whole_build_gives_the_same_bytes_twice() -> None:
    # The same interpreter for both, so that it takes seconds; `make verify` makes two environments.
    done = subprocess.run(
        [ROOT / ".ci/verify"],
        env={**os.environ, "VENV": str(Path(sys.executable).parents[1])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert ", 0 differ" in done.stdout
    assert int(done.stdout.split()[0]) > 40
