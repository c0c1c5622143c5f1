"""The commands diff and record, as a person meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shenwan_data.cli.main import main
from tests.release.test_diff import made_up


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A made-up release, and another with one number corrected."""
    folder = tmp_path_factory.mktemp("two")
    return made_up(folder / "old/releases"), made_up(folder / "new/releases", count=601)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_it_tells_people_programs_and_the_changelog(releases: tuple[Path, Path]) -> None:
    for options in ((), ("--markdown",)):
        result = run("diff", *releases, *options)
        assert result.exit_code == 0
        assert "## 更正 Corrected (1)" in result.stdout
        assert "shenwan 2030 applications (`services`): 600 → 601" in result.stdout
    as_json = run("diff", *releases, "--json")
    assert json.loads(as_json.stdout)["required_bump"] == "patch"
    changelog = run("diff", *releases, "--changelog")
    assert changelog.stdout.startswith("## [1.0.0] - ")


def test_what_is_no_release_is_bad_data(releases: tuple[Path, Path], tmp_path: Path) -> None:
    result = run("diff", releases[0], tmp_path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "incomplete release" in result.stderr and "不是完整的发布" in result.stderr


def test_a_recorded_release_can_be_compared_with(releases: tuple[Path, Path]) -> None:
    result = run("record", releases[0])
    assert result.exit_code == 0
    entry = releases[0].parents[1] / "published/1.0.0"
    assert str(entry) in result.stdout
    assert "The data is the same" in run("diff", entry, releases[0]).stdout
    assert run("record", releases[0].parent).exit_code == 2
