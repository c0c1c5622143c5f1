"""Every package file belongs to one layer, or to none with a reason; a layer's version sees its edits."""

import ast
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path

import pytest

from shenwan_data import versions
from shenwan_data.versions import (
    LAYERS,
    NO_LAYER,
    compared_years,
    inputs_version,
    layer_version,
    owner,
    package_files,
    version_through,
    year_version,
)

ROOT = Path(__file__).resolve().parents[2]
FILES = package_files()


def test_the_list_holds_the_whole_package():
    there = {
        path.relative_to(ROOT / "shenwan_data").as_posix()
        for path in (ROOT / "shenwan_data").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    there |= {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "schemas").rglob("*")
        if path.is_file()
    }
    assert set(FILES) == there
    assert {"release/templates", "site/templates", "site/static", "schemas/indicators"} <= {
        name.rpartition("/")[0] for name in FILES
    }


@pytest.mark.parametrize("name", FILES)
def test_every_file_belongs_to_one_layer_or_to_none_for_a_reason(name):
    layers = [
        layer for layer, own in LAYERS.items() if any(fnmatchcase(name, p) for p in own.files)
    ]
    reasons = [reason for pattern, reason in NO_LAYER.items() if fnmatchcase(name, pattern)]
    # The tables are a layer within the package of the release.
    assert layers in ([], [owner(name)], ["tables", "release"]), name
    assert bool(layers) != bool(reasons), name


def test_no_pattern_is_left_without_a_file():
    patterns = {p for layer in LAYERS.values() for p in layer.files} | set(NO_LAYER)
    # In a checkout the graph is beside the package; the others are made by other parts.
    later = {"assets/*", "schemas/lexicon/*"}
    unused = {p for p in patterns if not any(fnmatchcase(name, p) for name in FILES)}
    assert unused <= later


def through(layer):
    return {layer}.union(*(through(needed) for needed in LAYERS[layer].needs))


def imported(path):
    """The modules of the library that a module imports, as file names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            if name.startswith("shenwan_data."):
                base = name.removeprefix("shenwan_data.").replace(".", "/")
                yield from (n for n in (f"{base}.py", f"{base}/__init__.py") if n in FILES)


# What a layer may import from a file that no result depends on.
HARMLESS = {"versions.py", "extras.py"}


@pytest.mark.parametrize("name", [n for n in FILES if n.endswith(".py") and owner(n)])
def test_a_version_covers_all_that_its_modules_import(name):
    """Else a result could change and its version stay."""
    covered = through(owner(name))
    missed = {
        other
        for other in imported(Path(FILES[name]))
        if owner(other) not in covered and other not in HARMLESS
    }
    assert missed == set()


def edited(monkeypatch, tmp_path, name):
    """The package with one file changed."""
    real = package_files()
    assert name in real
    changed = tmp_path / "changed"
    changed.write_bytes(Path(real[name]).read_bytes() + b"\n# a comment\n")
    monkeypatch.setattr(versions, "package_files", lambda: {**real, name: str(changed)})


@pytest.mark.parametrize(
    ("name", "changing"),
    [
        ("doctor.py", set()),
        ("cli/main.py", set()),
        ("publish/publisher.py", set()),
        ("schemas/portals.yaml", set()),
        ("site/static/site.css", {"site"}),
        ("site/templates/base.jinja", {"site"}),
        ("schemas/site.yaml", {"site"}),
        ("release/templates/package.md.j2", {"release", "site"}),
        ("corpus/worker.py", {"corpus"}),
        ("schemas/tables.yaml", {"tables", "release", "site", "corpus"}),
        ("schemas/lexicon/acts.yaml", {"reading", "tables", "release", "site", "corpus"}),
        ("schemas/units.csv", set(LAYERS) - {"base"}),
        ("errors.py", set(LAYERS)),
    ],
)
def test_an_edit_changes_what_depends_on_it_and_nothing_else(name, changing, monkeypatch, tmp_path):
    before = {layer: version_through(layer) for layer in LAYERS}

    edited(monkeypatch, tmp_path, name)

    assert {layer for layer in LAYERS if version_through(layer) != before[layer]} == changing


def test_a_layers_own_version_leaves_out_what_it_is_built_on(monkeypatch, tmp_path):
    before = {layer: layer_version(layer) for layer in LAYERS}
    edited(monkeypatch, tmp_path, "report/archive.py")
    assert {layer for layer in LAYERS if layer_version(layer) != before[layer]} == {"report"}


def test_the_libraries_whose_output_is_published_are_installed_and_counted(monkeypatch):
    for layer in LAYERS.values():
        for name in layer.libraries:
            assert version(name)
    before = {layer: version_through(layer) for layer in LAYERS}
    installed = versions._installed
    monkeypatch.setattr(
        versions, "_installed", lambda name: "99" if name == "svg.py" else installed(name)
    )
    assert {layer for layer in LAYERS if version_through(layer) != before[layer]} == {"site"}


def test_an_edit_is_seen_by_a_process_that_has_looked_before(tmp_path, monkeypatch):
    real = package_files()
    rules = tmp_path / "acts.yaml"
    rules.write_text("a: 1\n", encoding="utf-8")
    monkeypatch.setattr(
        versions, "package_files", lambda: {**real, "schemas/lexicon/acts.yaml": str(rules)}
    )
    before = version_through("reading")
    rules.write_text("a: 22\n", encoding="utf-8")
    assert version_through("reading") != before


def write(path, content="x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def test_a_report_is_compared_with_the_last_one_of_its_area(tmp_path):
    for year, area in ((2019, "b"), (2020, "a"), (2022, "a"), (2022, "b"), (2023, "a")):
        write(tmp_path / "reports" / str(year) / f"{area}.txt")
        write(tmp_path / "reports" / str(year) / f"{area}.yaml")

    assert compared_years(tmp_path, 2022) == (2019, 2020)
    assert compared_years(tmp_path, 2023) == (2022,)
    assert compared_years(tmp_path, 2019) == ()


def test_a_year_depends_on_its_files_its_corrections_and_those_of_the_year_before(tmp_path):
    for year in (2020, 2021, 2022):
        write(tmp_path / "reports" / str(year) / "shenwan.txt")

    def changes(path):
        before = {year: year_version(tmp_path, year) for year in (2020, 2021, 2022)}
        write(tmp_path / path, "changed")
        return {year for year in before if year_version(tmp_path, year) != before[year]}

    assert changes("reports/2021/shenwan.txt") == {2021, 2022}
    assert changes("corrections/2020.yaml") == {2020, 2021}
    assert changes("corrections/2022.yaml") == {2022}
    # It would be read by no year, so every year has to refuse it.
    assert changes("corrections/2021.yml") == {2020, 2021, 2022}
    assert changes("release.yaml") == set()
    assert changes("targets.yaml") == set()


@pytest.mark.parametrize(
    ("path", "due"),
    [
        ("release.yaml", True),
        ("areas.csv", True),
        ("accuracy.csv", True),
        ("accuracy.version", True),
        ("published/1.0.0/MANIFEST.sha256", True),
        ("published/withdrawn.yaml", True),
        ("reports/2022/shenwan.yaml", True),
        ("corrections/2022.yaml", True),
        ("targets.yaml", False),
        (".build/figures/2022.jsonl", False),
        ("releases/1.0.0/MANIFEST.sha256", False),
    ],
)
def test_a_release_is_due_when_one_of_its_inputs_changes(path, due, tmp_path):
    write(tmp_path / "reports/2022/shenwan.txt")
    before = inputs_version(tmp_path)
    write(tmp_path / path, "changed")
    assert (inputs_version(tmp_path) != before) == due
