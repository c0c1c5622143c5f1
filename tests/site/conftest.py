"""The site of what this repository holds; the site of the made-up reports is in ``tests/conftest.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from shenwan_data.site import site_beside
from tests.once import once
from tests.site.made_up_site import ROOT, release_of
from tests.town_settings import give_settings


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of what this repository holds; not to be changed."""

    def make(folder: Path) -> Path:
        data = give_settings(folder / "data")
        (data / "reports").symlink_to(ROOT / "data" / "reports")
        return site_beside(release_of(data))

    return once(tmp_path_factory, "real", make)
