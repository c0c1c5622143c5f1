"""The output shown in the READMEs is what the commands print. UPDATE_SNAPSHOTS=1 writes it anew."""

import os
import re
import shutil
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from shenwan_data.cli.main import main
from tests.town_settings import give_settings

ROOT = Path(__file__).resolve().parents[2]
BLOCK = r"(?P<indent> *)<!-- output: {name} -->\n *```\n(?P<shown>.*?) *```"


def printed(*arguments: str) -> str:
    """What a command prints."""
    ended = CliRunner().invoke(main, list(arguments))
    details = Path("data/.build/error.txt")
    assert ended.exit_code == 0, ended.output + (details.read_text() if details.exists() else "")
    return ended.stdout


def example(readme: str) -> str:
    """The README's example of reading a text, run."""
    (code,) = re.findall(r"```python\n(from shenwan_data import scan\n.*?)```", readme, re.S)
    out = StringIO()
    with redirect_stdout(out):
        exec(code, {})  # noqa: S102 - it is this project's own example
    return out.getvalue()


@pytest.fixture(scope="module")
def outputs(tmp_path_factory) -> dict[str, str]:
    """What build and inspect print in a fresh checkout."""
    checkout = tmp_path_factory.mktemp("checkout")
    give_settings(checkout / "data")
    for name in ("reports", "corrections"):
        if (ROOT / "data" / name).is_dir():
            shutil.copytree(ROOT / "data" / name, checkout / "data" / name)
    before = Path.cwd()
    os.chdir(checkout)
    try:
        built = printed("build")
        lines = printed("inspect", "data/reports/2022/shenwan.txt", "--json").splitlines()
    finally:
        os.chdir(before)
    return {"build": built, "json": next(f"{line}\n" for line in lines if "近196件" in line)}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_shows_what_the_commands_print(name, outputs):
    path = ROOT / name
    readme = path.read_text(encoding="utf-8")

    for block, real in {**outputs, "scan": example(readme)}.items():
        match = re.search(BLOCK.format(name=block), readme, re.S)
        assert match is not None, block
        expected = "".join(f"{match['indent']}{line}\n" for line in real.splitlines())
        if os.environ.get("UPDATE_SNAPSHOTS"):
            readme = readme[: match.start("shown")] + expected + readme[match.end("shown") :]
        else:
            assert match["shown"] == expected
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(readme, encoding="utf-8")
