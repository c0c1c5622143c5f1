"""What is written about the project is about the project as it is."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import click
import pytest
import yaml

from shenwan_data.cli import main

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
        assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==[^ ]+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_lock_holds_every_requirement():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    locked = set(
        re.findall(
            r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==",
            (ROOT / "requirements.lock").read_text("utf-8"),
            re.M,
        )
    )

    names = {re.match(r"[A-Za-z0-9_.-]+", line)[0].lower().replace("_", "-") for line in wanted}
    assert names <= locked


def test_the_release_and_its_citation_have_one_version():
    package = yaml.safe_load((ROOT / "schemas" / "package.yaml").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    assert citation["version"] == package["version"]
    assert str(citation["date-released"]) == str(package["created"])


def test_every_library_that_is_imported_is_required_and_the_other_way_round():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    called = {"beautifulsoup4": "bs4", "pyyaml": "yaml", "python-docx": "docx"}
    names = [re.match(r"[A-Za-z0-9_.-]+", line)[0].lower() for line in project["dependencies"]]
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("shenwan_data", "assets", "tests")
        for path in (ROOT / folder).rglob("*.py")
    )

    for name in names:
        module = called.get(name, name).replace("-", "_")
        assert re.search(rf"^\s*(import|from) {module}\b", code, re.M), name
