"""A made-up data folder: two short reports of two years."""

from pathlib import Path

import pytest

from tests.pipeline.made_up import text_of, write_report


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder with the made-up reports of 2021 and 2022."""
    folder = tmp_path / "data"
    for year in (2021, 2022):
        write_report(folder, year, text_of(year))
    return folder
