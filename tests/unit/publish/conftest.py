"""The made-up data folder as a release and as a site; each built once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# Shared with the tests in a browser.
sys.path.insert(0, str(Path(__file__).parent))

from made_up_site import ROOT, data_folder, release_of

from shenwan_data.site import build_site
from shenwan_data.work_files import kept_readings


@pytest.fixture(scope="session")
def site_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of two towns and two years, one of them hostile; not to be changed."""
    return release_of(data_folder(tmp_path_factory.mktemp("two") / "data"))


@pytest.fixture(scope="session")
def site(site_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its site; not to be changed."""
    target = tmp_path_factory.mktemp("sites") / "site"
    return build_site(site_release, target, kept_readings(site_release.parents[1]))


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of what this repository holds."""
    folder = tmp_path_factory.mktemp("real") / "data"
    folder.mkdir()
    (folder / "reports").symlink_to(ROOT / "data" / "reports")
    return build_site(release_of(folder), folder.parent / "site", kept_readings(folder))
