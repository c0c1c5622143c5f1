"""Imports go one way, and the front door opens without Dagster."""

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = (
    "report", "figures", "statements", "indicators", "findings", "release", "site", "publish",
)  # fmt: skip
# What all may import: errors, the metadata, and which folder holds the facts.
BASE = {"shenwan_data", "errors", "config", "extras", "files", "schemas", "versions", "model"}
# What stands above the layers and may import any of them.
ABOVE = {
    "alerts", "build_lock", "build_record", "corpus", "doctor", "edited_files", "loading", "cli",
    "review",
    "work_files", "__main__", "__init__",
}  # fmt: skip
# The one arrow back: reading a report is one call, and its last steps are those of findings.
ALLOWED = {("shenwan_data.indicators.read", "shenwan_data.findings")}
# The only module that may import the Dagster code, by name and when asked.
GRAPH = ROOT / "shenwan_data" / "cli" / "main.py"


def modules() -> list[Path]:
    """Every module of the library."""
    return sorted((ROOT / "shenwan_data").rglob("*.py"))


@cache
def imported(path: Path) -> list[tuple[int, str]]:
    """Line and full name of everything a module imports, wherever in the module."""
    return list(_imported(path))


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*parents, *([node.module] if node.module else [])])
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def layer_of(name: str) -> int | None:
    """Where a module of the library stands, None for the base and what is above the layers."""
    parts = name.split(".")
    return LAYERS.index(parts[1]) if len(parts) > 1 and parts[1] in LAYERS else None


def arrows_back(name: str, names: Iterable[tuple[int, str]]) -> list[str]:
    """What a module imports though it stands to its right."""
    own = layer_of(name)
    head = name.split(".")[1] if "." in name else "shenwan_data"
    found = []
    for line, other in names:
        if not other.startswith("shenwan_data"):
            continue
        theirs = layer_of(other)
        top = other.split(".")[1] if "." in other else "shenwan_data"
        back = own is not None and (
            (theirs is not None and theirs > own)
            or (theirs is None and top in ABOVE)
            or other == "shenwan_data.scan"
        )
        if any(name == here and other.startswith(there) for here, there in ALLOWED):
            continue
        if back or (head in BASE - {"shenwan_data"} and top not in BASE):
            found.append(f"{name}, line {line}: {other}")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_imports_what_stands_to_its_right(path):
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)

    assert arrows_back(name, imported(path)) == []


def test_an_arrow_back_would_be_found():
    names = iter([(3, "shenwan_data.release.tables"), (4, "shenwan_data.report.archive")])

    assert arrows_back("shenwan_data.figures.scan", names) == [
        "shenwan_data.figures.scan, line 3: shenwan_data.release.tables"
    ]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_library_never_imports_dagster(path):
    assert [name for _, name in imported(path) if name.split(".")[0].startswith("dagster")] == []


def test_assets_import_each_other_relatively_so_that_a_wheel_can_hold_them():
    for path in (ROOT / "assets").rglob("*.py"):
        assert [name for _, name in imported(path) if name.startswith("shenwan_data.assets")] == []
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert "assets" not in (getattr(node, "module", None) or "").split("."), path
                assert all(alias.name.split(".")[0] != "assets" for alias in node.names), path


def test_no_two_modules_have_one_name():
    paths = [*modules(), *(ROOT / "assets").rglob("*.py")]
    names = Counter(path.name for path in paths if not path.name.startswith("__"))

    assert [name for name, count in names.items() if count > 1] == []


def test_the_library_imports_assets_in_one_place_and_only_when_asked():
    for path in modules():
        assert [name for _, name in imported(path) if name.split(".")[0] == "assets"] == [], path
        if path != GRAPH:
            assert "import_module" not in path.read_text(encoding="utf-8"), path


def loaded_by(*arguments: str) -> set[str]:
    """The top-level modules that a fresh process has loaded after some code ran in it."""
    last = "print('\\n' + json.dumps(sorted(sys.modules)))"
    code = "\n".join(["import sys, json", *arguments, last])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


HEAVY = {"dagster", "pandas", "pyarrow", "frictionless", "rich", "jinja2", "docx", "pdfplumber"}


def run_cli(*arguments: str) -> str:
    """Code that runs the command and goes on."""
    return (
        "from shenwan_data.cli.main import main\n"
        f"try: main({list(arguments)!r}, prog_name='shenwan-data')\n"
        "except SystemExit as end: assert not end.code, end.code"
    )


def test_importing_the_library_loads_next_to_nothing():
    assert not loaded_by("import shenwan_data") & {*HEAVY, "yaml", "click"}


def test_help_and_inspect_do_not_load_what_they_do_not_need():
    for command in ([], ["build"], ["inspect"], ["validate"], ["diff"], ["record"]):
        assert not loaded_by(run_cli(*command, "--help")) & HEAVY, command
    report = "data/reports/2022/shenwan.txt"
    assert not loaded_by(run_cli("inspect", report, "--json")) & HEAVY


def test_a_report_is_read_by_one_module_and_kept_by_no_cache():
    readers = {
        path.relative_to(ROOT / "shenwan_data").as_posix()
        for path in modules()
        if any(name.endswith(".match_text") for _, name in imported(path))
    }
    assert readers == {"indicators/read.py"}
    pipeline = {
        path.relative_to(ROOT).as_posix()
        for path in [*modules(), *(ROOT / "assets").rglob("*.py")]
        if any(
            name.startswith("shenwan_data.indicators.read.") and not name.endswith(".scan")
            for _, name in imported(path)
        )
    }
    # The labelled reports are read to be measured.
    assert pipeline == {
        "assets/readings.py", "shenwan_data/cli/inspection.py", "shenwan_data/corpus/worker.py",
        "shenwan_data/indicators/gold.py",
    }  # fmt: skip
    for name in ("report/structure.py", "statements/statement.py", "indicators/matching.py"):
        assert "cache" not in (ROOT / "shenwan_data" / name).read_text(encoding="utf-8"), name
