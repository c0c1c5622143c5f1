"""What holds for every test: how property tests run, and which tests stay in one process.

Property tests mind no clock, and are the same on every machine in CI. Where the tests are shared out
to several processes, those of one file stay together, because they share fixtures, and so do all that
publish, because they share one portal.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

HERE = Path(__file__).parent
# What takes longest is begun first, so that no process is left alone with it at the end.
LONGEST = ("portal", "pipeline", "browser", "unit/corpus", "unit/publish", "unit/release")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> str:
        return item.path.relative_to(HERE).as_posix()

    def group(item: pytest.Item) -> str:
        return "portal" if place(item).startswith("portal/") else place(item)

    def turn(item: pytest.Item) -> int:
        starts = (number for number, name in enumerate(LONGEST) if place(item).startswith(name))
        return next(starts, len(LONGEST))

    items.sort(key=turn)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))
