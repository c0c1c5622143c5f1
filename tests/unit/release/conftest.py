"""The made-up reports as tables and as a release on disk."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pytest

# The made-up records are shared with a script that tests start as a process of its own.
sys.path.insert(0, str(Path(__file__).parent))

from made_up import CATALOGUE, read_by_hand

from shenwan_data.model import Reading
from shenwan_data.release.package import write_release
from shenwan_data.release.tables import build_tables
from tests.town_settings import SETTINGS


@pytest.fixture(scope="session")
def readings() -> tuple[Reading, ...]:
    """Two years, the later first, as nobody promises an order."""
    return (read_by_hand(2031, 37991), read_by_hand(2030, 600))


@pytest.fixture(scope="session")
def built(readings: tuple[Reading, ...]) -> dict[str, pa.Table]:
    """The tables of the two years."""
    return build_tables(readings, CATALOGUE, areas=SETTINGS.areas).tables


@pytest.fixture(scope="session")
def texts(readings: tuple[Reading, ...]) -> dict[str, str]:
    """The texts of the two reports by id."""
    return {reading.report.id: reading.report.text for reading in readings}


@pytest.fixture(scope="session")
def pristine(
    built: dict[str, pa.Table], texts: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A good release, written once; not to be changed."""
    return write_release(built, texts, tmp_path_factory.mktemp("releases"), SETTINGS.release)


@pytest.fixture
def release(pristine: Path, tmp_path: Path) -> Path:
    """A copy of the good release, to be damaged."""
    return Path(shutil.copytree(pristine, tmp_path / pristine.name))
