"""The settings of the town of this repository, for tests that need a data folder or a release."""

from __future__ import annotations

import shutil
from pathlib import Path

from shenwan_data.config.settings import AREAS_FILE, RELEASE_FILE, load_settings

DATA = Path(__file__).resolve().parents[1] / "data"
SETTINGS = load_settings(DATA)


def give_settings(folder: Path) -> Path:
    """Copy the settings into a data folder; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (RELEASE_FILE, AREAS_FILE):
        shutil.copyfile(DATA / name, folder / name)
    return folder
