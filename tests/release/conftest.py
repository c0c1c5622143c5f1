"""Copies of the made-up release, to be damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def release(pristine: Path, tmp_path: Path) -> Path:
    """A copy of the good release, to be damaged."""
    return Path(shutil.copytree(pristine, tmp_path / pristine.name))
