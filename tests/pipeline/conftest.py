"""Made-up data folders: two short reports of two years, as they are or built."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster._core.storage.defs_state.base import _current_storage
from rich.console import Console

from assets.launch import run_build
from tests.once import once
from tests.pipeline.made_up import text_of, write_report
from tests.pipeline.postgres_server import PROGRAMS, Server, running


@pytest.fixture(autouse=True)
def _no_instance_of_another_test() -> None:
    """Forget the instance that a context of an earlier test left open: definitions ask the last one."""
    _current_storage.set(None)


def _two_years(folder: Path) -> Path:
    for year in (2021, 2022):
        write_report(folder, year, text_of(year))
    return folder


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder with the made-up reports of 2021 and 2022."""
    return _two_years(tmp_path / "data")


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same folder after a build. Only to be copied."""

    def make(folder: Path) -> Path:
        data = _two_years(folder / "data")
        run_build(data, console=Console(file=io.StringIO()))
        return data

    return once(tmp_path_factory, "built", make)


@pytest.fixture
def built(built_once: Path, tmp_path: Path) -> Path:
    """A data folder that was built and not touched since: nothing in it depends on its place."""
    return Path(shutil.copytree(built_once, tmp_path / "data"))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """PostgreSQL, started, and an environment whose Dagster instance keeps its runs there."""
    if not PROGRAMS:
        pytest.fail("PostgreSQL is missing: apt-get install $(cat .ci/system-packages)")
    home = tmp_path / "home"
    home.mkdir()
    with running() as started:
        for name, value in started.variables(home).items():
            monkeypatch.setenv(name, value)
        yield started
