"""What is written about the project is about the project as it is."""

import ast
import re
import sys
import tomllib
from itertools import chain
from pathlib import Path

import click
import pytest
import yaml

from shenwan_data.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh.md")


def commands() -> dict[str, click.Command]:
    """Every command of shenwan-data."""
    return dict(main.commands)


@pytest.mark.parametrize("name", READMES)
@pytest.mark.parametrize("command", commands())
def test_every_command_is_described(name, command):
    assert f"shenwan-data {command}" in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READMES)
def test_every_command_that_is_described_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")

    assert set(re.findall(r"shenwan-data ([a-z]+)", text)) <= set(commands())


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_that_is_described_exists(name):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))

    described = set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / name).read_text(encoding="utf-8")))
    assert {"release", "test"} <= described <= targets


@pytest.mark.parametrize("name", READMES)
def test_every_file_that_is_linked_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")

    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("command", commands().values(), ids=commands())
def test_every_command_and_option_explains_itself_in_both_languages(command):
    told = [command.help or ""]
    told += [option.help or "" for option in command.params if isinstance(option, click.Option)]
    for text in told:
        assert re.search("[\u4e00-\u9fff]", text), text
        assert re.search("[a-z]{3}", text), text


def test_the_lock_holds_hashes_and_no_addresses():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", lock.strip())

    assert "://" not in lock
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"[a-z0-9-]+(\[[a-z,-]+\])?==[^ ]+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_lock_holds_every_requirement():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # What fuzzing takes installs on some machines only, and no test needs it.
    extras = (group for name, group in project["optional-dependencies"].items() if name != "fuzz")
    wanted = [*project["dependencies"], *chain(*extras)]
    locked = set(
        re.findall(
            r"^([a-z0-9-]+)(?:\[[a-z,-]+\])?==",
            (ROOT / "requirements.lock").read_text("utf-8"),
            re.M,
        )
    )

    names = {re.match(r"[A-Za-z0-9_.-]+", line)[0].lower() for line in wanted}
    assert {re.sub("[._]", "-", name) for name in names} <= locked


def test_the_release_and_its_citation_have_one_version():
    package = yaml.safe_load((ROOT / "data" / "release.yaml").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    assert citation["version"] == package["version"]
    assert str(citation["date-released"]) == str(package["created"])


MODULES = {
    "absl-py": "absl",
    "markdown-it-py": "markdown_it",
    "beautifulsoup4": "bs4",
    "universal_pathlib": "upath",
    "pdfminer.six": "pdfminer",
    "pillow": "PIL",
    "python-docx": "docx",
    "pytest-xdist": "xdist",
    "pyyaml": "yaml",
    "svg.py": "svg",
}


def required(*groups: str) -> set[str]:
    """The modules of what pyproject.toml asks for: in any case, and in these extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = (project["optional-dependencies"][group] for group in groups)
    names = {
        re.match(r"[A-Za-z0-9_.-]+", line)[0].lower()
        for line in chain(project["dependencies"], *extras)
    }
    return {MODULES.get(name, name.replace("-", "_")) for name in names}


def imported(*folders: str) -> set[str]:
    """The top-level modules, not of Python and not of this project, that the code imports."""
    found = set()
    for path in chain(*((ROOT / folder).rglob("*.py") for folder in folders)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    own = {
        "shenwan_data",
        "assets",
        "tests",
        "benchmarks",
        *(path.stem for path in ROOT.glob("tests/**/*.py")),
    }
    return found - own - set(sys.stdlib_module_names)


def test_every_library_that_is_imported_is_required():
    assert imported("shenwan_data", "assets") <= required("corpus")
    assert imported("tests") <= required("dev", "fuzz")


def test_every_library_that_is_required_is_imported():
    assert required() <= imported("shenwan_data", "assets", "tests")
