"""The folder with the validators of validators.txt, installed apart from the environment of the tests.

``python tests/validators.py`` installs them ahead of the tests, which else do so when they first need
them. They are kept beside the environment, under the hash of the list, and used from there.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LIST = Path(__file__).with_name("validators.txt")


def validators_dir() -> Path:
    """The folder; it holds the packages of the list, whole or not at all."""
    home = Path(sys.prefix) / "validators"
    folder = home / hashlib.sha256(LIST.read_bytes()).hexdigest()[:16]
    if not folder.is_dir():
        home.mkdir(exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=home))
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--require-hashes", "--target", str(beside), "-r", str(LIST)]
        subprocess.run(command, check=True)
        try:
            beside.rename(folder)
        except OSError:
            # Another run was faster.
            shutil.rmtree(beside)
    return folder


if __name__ == "__main__":
    validators_dir()
