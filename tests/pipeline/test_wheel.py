"""The built wheel, installed in an environment of its own, builds what a checkout builds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.once import once
from tests.pipeline.made_up import AREA, text_of

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command in a folder, with nothing of this process's environment that points to the checkout."""
    hidden = {"PYTHONPATH", "SHENWAN_DATA_DIR", "DAGSTER_HOME"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel."""

    folder: Path

    def __call__(self, *arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
        """The command ``shenwan-data`` of this environment."""
        return run(self.folder / "bin" / "shenwan-data", *arguments, folder=folder)

    def python(self, *arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
        """Its Python."""
        return run(self.folder / "bin" / "python", *arguments, folder=folder)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout without a network."""

    def make(folder: Path) -> Path:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        (built,) = folder.glob("*.whl")
        return built

    return once(tmp_path_factory, "wheel", make)


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment of its own, beside the packages of this one but not the checkout."""

    def make(folder: Path) -> Path:
        environment = folder / "environment"
        subprocess.run(
            [sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True
        )
        (site_packages,) = environment.glob("lib/python3*/site-packages")
        # Paths named by a .pth file are searched, but the .pth files in them (the checkout) not read.
        packages = [path for path in sys.path if Path(path).name == "site-packages"]
        (site_packages / "packages.pth").write_text("\n".join(packages) + "\n", encoding="utf-8")
        subprocess.run(
            [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"),
             "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
            check=True,
        )  # fmt: skip
        return environment

    return Installed(once(tmp_path_factory, "installed", make))


def test_the_wheel_holds_all_that_the_checkout_has_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard",
         "shenwan_data", "assets", "schemas"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    files = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}

    assert held == {
        name if name.startswith("shenwan_data/") else f"shenwan_data/{name}" for name in files
    }


def test_it_builds_the_release_of_a_checkout_from_an_empty_folder(
    installed: Installed, tmp_path: Path
) -> None:
    town = tmp_path / "town"
    town.mkdir()
    (town / "report.txt").write_text(text_of(2022), encoding="utf-8")
    where = installed.python("-c", "import shenwan_data; print(shenwan_data.__file__)", folder=town)
    assert str(ROOT) not in where.stdout

    made = installed(
        "init", "data", "--area", AREA, "--name-zh", "神湾镇", "--name-en", "Shenwan Town",
        "--parent-zh", "广东省中山市", "--parent-en", "Zhongshan, Guangdong",
        "--division-code", "442000000000",
        folder=town,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    added = installed("add", "report.txt", "--year", "2022", "--area", AREA, folder=town)
    assert added.returncode == 0, added.stderr
    copy = Path(shutil.copytree(town / "data", tmp_path / "copy"))
    built = installed("build", folder=town)
    assert built.returncode == 0, built.stderr
    command = [sys.executable, "-m", "shenwan_data", "build", "--data-dir", str(copy)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    (manifest,) = (town / "data" / "releases").glob("*/MANIFEST.sha256")
    of_the_checkout = copy / "releases" / manifest.parent.name / manifest.name
    assert manifest.read_bytes() == of_the_checkout.read_bytes()
    assert len(manifest.read_text(encoding="utf-8").splitlines()) > 20

    doctor = installed("doctor", folder=town)
    assert doctor.returncode == 0, doctor.stdout
    loaded = installed.python(
        "-c", "import shenwan_data; print(len(shenwan_data.load('enforcement')))", folder=town
    )
    assert int(loaded.stdout) > 0, loaded.stderr


def test_dagster_loads_the_code_location_of_the_wheel(installed: Installed, tmp_path: Path) -> None:
    valid = installed.python(
        "-m", "dagster", "definitions", "validate", "-m", "shenwan_data.assets.definitions",
        folder=tmp_path,
    )  # fmt: skip
    assert valid.returncode == 0, valid.stderr
    assert "shenwan_data.assets.definitions" in valid.stdout + valid.stderr
