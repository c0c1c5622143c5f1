"""What holds for every test: how property tests run, and which tests stay in one process.

Property tests mind no clock, and are the same on every machine in CI. Where the tests are shared out
to several processes, those of one file stay together, because they share fixtures, and so do all that
need CKAN, because they share one.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

HERE = Path(__file__).parent
# What takes longest is begun first, so that no process is left alone with it at the end.
LONGEST = ("portal", "pipeline", "browser", "unit/corpus", "unit/publish", "unit/release")


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
