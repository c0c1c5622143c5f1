"""What holds for every test: property tests, which tests stay in one process, what several folders share.

Property tests have no deadline, and are the same on every machine in CI. Where the tests are shared out
to several processes, those of one file stay together, because they share fixtures, and so do all that
need CKAN, because there is one. Releases and sites that tests only look at are built once in a run.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from tests.once import once

if TYPE_CHECKING:
    import pyarrow as pa

    from shenwan_data.model import Reading

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
# It is for a failure of power, which no test can bring about, and a build waits for it 170 times.
os.fsync = lambda _: None
# Collecting as often as for a small program is a tenth of the time of a build.
gc.set_threshold(200_000, 20, 100)

HERE = Path(__file__).parent
# What takes longest starts first, so that no process is left alone with it at the end.
LONGEST = ("portal", "pipeline", "browser", "wheel", "corpus", "site", "release")
# Of the tests of publishing, those that need no CKAN.
ELSEWHERE = ("test_git.py", "test_stores.py", "test_store_faults.py")


class ByFile(LoadFileScheduling):
    """Gives each process whole files of tests, and one of them all that need the one CKAN."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder, _, name = file.rpartition("/")
        return folder if folder.endswith("tests/portal") and name not in ELSEWHERE else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        place = item.path.relative_to(HERE).as_posix()
        starts = (number for number, name in enumerate(LONGEST) if place.startswith(name))
        return next(starts, len(LONGEST))

    items.sort(key=turn)


@pytest.fixture(scope="session")
def readings() -> tuple[Reading, ...]:
    """The readings of two made-up reports, the later year first, as nobody promises an order."""
    from tests.release.made_up import read_by_hand

    return (read_by_hand(2031, 37991), read_by_hand(2030, 600))


@pytest.fixture(scope="session")
def built(readings: tuple[Reading, ...]) -> dict[str, pa.Table]:
    """Their tables."""
    from shenwan_data.release.tables import build_tables
    from tests.release.made_up import CATALOGUE
    from tests.town_settings import SETTINGS

    return build_tables(readings, CATALOGUE, areas=SETTINGS.areas).tables


@pytest.fixture(scope="session")
def texts(readings: tuple[Reading, ...]) -> dict[str, str]:
    """Their texts by the id of the report."""
    return {reading.report.id: reading.report.text for reading in readings}


@pytest.fixture(scope="session")
def pristine(
    built: dict[str, pa.Table], texts: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The release of the two, with all its packages; not to be changed."""
    from shenwan_data.release.package import write_release
    from tests.town_settings import SETTINGS

    def make(folder: Path) -> Path:
        return write_release(built, texts, folder, SETTINGS.release)

    return once(tmp_path_factory, "pristine", make)


@pytest.fixture(scope="session")
def site_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of two towns and two years, one of them hostile; not to be changed."""
    from tests.site.made_up_site import data_folder, release_of

    return once(tmp_path_factory, "two", lambda folder: release_of(data_folder(folder / "data")))


@pytest.fixture(scope="session")
def site(site_release: Path) -> Path:
    """Its site, as the build has written it; not to be changed."""
    from shenwan_data.site import site_beside

    return site_beside(site_release)
