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


@pytest.mark.parametrize(
    "path",
    [
        path
        for pattern in ("*.md", "docs/**/*.md", ".github/**/*.md")
        for path in ROOT.glob(pattern)
    ],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_every_file_that_is_linked_exists(path):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_index_leads_to_every_document():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / target).resolve() for target in re.findall(r"\]\(([^)#]+)", index)}

    assert {path for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"} <= linked
    assert {ROOT / "README.md", ROOT / "README.zh.md", ROOT / "CONTRIBUTING.md"} <= linked


TEMPLATES = [
    path
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")
    if path.name != "config.yml"
]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_asks_in_both_languages(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    asked = [form["name"], form["description"]]
    for field in form["body"]:
        attributes = field["attributes"]
        said = attributes.get("value") or f"{attributes['label']} {attributes['description']}"
        asked.append(said)
    for text in asked:
        assert re.search("[\u4e00-\u9fff]", text) and re.search("[a-z]{3}", text), text


def test_the_pythons_that_are_promised_are_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = {line.rpartition(" ")[2] for line in project["classifiers"] if ":: 3." in line}
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["test"]

    assert set(job["strategy"]["matrix"]["python"]) == promised
    assert any(".ci/run" in step.get("run", "") for step in job["steps"])


def test_the_hooks_check_what_make_test_checks():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entries = " ".join(hook["entry"] for hook in hooks["repos"][0]["hooks"])

    for check in ("ruff check", "ruff format --check", "bin/mypy", "make quick"):
        assert check in entries


@pytest.mark.parametrize("command", commands().values(), ids=commands())
def test_every_command_and_option_explains_itself_in_both_languages(command):
    texts = [command.help or ""]
    texts += [option.help or "" for option in command.params if isinstance(option, click.Option)]
    for text in texts:
        assert re.search("[\u4e00-\u9fff]", text), text
        assert re.search("[a-z]{3}", text), text


LOCKS = ("requirements.lock", "requirements-dev.lock")


def locked(lock: str) -> dict[str, list[str]]:
    """The entries of a lock by package; some have one for old and one for new versions of Python."""
    found: dict[str, list[str]] = {}
    text = re.sub("^#.*\n", "", (ROOT / lock).read_text(encoding="utf-8"), flags=re.M)
    for entry in re.split(r"\n(?=\S)", text.strip()):
        found.setdefault(re.match(r"[a-z0-9.-]+", entry)[0], []).append(entry)
    return found


def test_whatever_installs_packages_checks_their_hashes():
    for name in (".ci/environment.py", "tests/validators.py", "tests/portal/ckan_server.py"):
        assert '"--require-hashes"' in (ROOT / name).read_text(encoding="utf-8"), name
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    installing = [line for line in lines if "-m pip " in line]
    assert installing
    assert all(" --require-hashes " in line for line in installing)


def test_the_locks_hold_hashes_and_no_addresses():
    least = dict.fromkeys(LOCKS, 50) | {
        "tests/portal/ckan.lock": 50, "tests/validators.txt": 1, ".ci/requirements-uv.txt": 1,
    }  # fmt: skip
    for lock, number in least.items():
        entries = [entry for same in locked(lock).values() for entry in same]
        assert len(entries) >= number, lock
        for entry in entries:
            assert "://" not in entry
            assert re.match(r"[a-z0-9.-]+(\[[a-z,-]+\])?==[^ ]+", entry), entry
            assert "--hash=sha256:" in entry, entry


def test_what_builds_is_tested_in_the_same_versions():
    tested = locked(LOCKS[1])
    for name, entries in locked(LOCKS[0]).items():
        # Extras and conditions may differ: what one lock needs on one system, the other needs on all.
        both = [
            [
                re.sub(r"^([^=]+?)(\[.*?\])?(==\S+)( ; .*?)?(?= \\\n)", r"\1\3", entry)
                for entry in each
            ]
            for each in (tested[name], entries)
        ]
        assert both[0] == both[1], f"run make lock: {name}"


def requirements(*extras: str) -> set[str]:
    """The packages that pyproject.toml names: always, and for some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"]]
    lines += chain(*(project["optional-dependencies"][extra] for extra in extras))
    names = {re.match(r"[A-Za-z0-9_.-]+", line)[0].lower() for line in lines}
    return {re.sub("[._]", "-", name) for name in names} - {"shenwan-data"}


def extras() -> dict[str, list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["optional-dependencies"]


def test_the_locks_hold_every_requirement():
    assert requirements("pipeline", "review") <= set(locked(LOCKS[0]))
    # What fuzzing takes installs on some machines only, and no test needs it.
    assert requirements(*(set(extras()) - {"fuzz"})) <= set(locked(LOCKS[1]))


def test_building_a_release_installs_nothing_that_only_publishing_needs():
    needless = requirements("ckan", "s3", "sftp", "webdav", "corpus", "server")
    assert not (needless - requirements("pipeline", "review")) & set(locked(LOCKS[0]))


def test_all_is_every_extra_of_users():
    named = re.search(r"\[(.*)\]", extras()["all"][0])[1].split(",")
    assert set(named) == set(extras()) - {"all", "dev", "fuzz"}


def test_the_release_and_its_citation_have_one_version():
    package = yaml.safe_load((ROOT / "data" / "release.yaml").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    assert citation["version"] == package["version"]
    assert str(citation["date-released"]) == str(package["created"])


MODULES = {
    "absl-py": "absl",
    "markdown-it-py": "markdown_it",
    "beautifulsoup4": "bs4",
    "pdfminer-six": "pdfminer",
    "pillow": "PIL",
    "python-docx": "docx",
    "pytest-xdist": "xdist",
    "pyyaml": "yaml",
    "svg-py": "svg",
    "universal-pathlib": "upath",
}


def required(*groups: str) -> set[str]:
    """The modules of what pyproject.toml asks for: in any case, and in these extras."""
    return {MODULES.get(name, name.replace("-", "_")) for name in requirements(*groups)}


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
    assert imported("shenwan_data", "assets") <= required(*(set(extras()) - {"dev", "fuzz"}))
    assert imported("tests") <= required(*extras())


def test_every_library_that_is_required_is_imported():
    assert required() <= imported("shenwan_data", "assets", "tests")


KINDS = {
    "unit", "release", "site", "corpus", "pipeline", "portal", "browser", "golden", "conventions",
    "fuzz",
}  # fmt: skip


def test_the_tests_are_where_one_looks_for_them():
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}

    assert {folder.relative_to(ROOT / "tests").parts[0] for folder in folders} == KINDS
    for folder in folders:
        parts = folder.relative_to(ROOT / "tests").parts
        if parts[0] == "unit":
            assert ROOT.joinpath("shenwan_data", *parts[1:]).is_dir(), folder


def test_every_promise_of_security_names_a_test_that_is_there():
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 30
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row)
        assert named, row
        for file, test in named:
            assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), (file, test)
