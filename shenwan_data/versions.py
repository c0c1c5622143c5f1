"""What every result depends on, as hashes: they decide whether work has to be done again.

Belongs here: which files and libraries each layer is made of, and hashing them with the inputs. Does
not belong here: the hashes that a release publishes (``release.manifest``), which are about its
files, not about where they came from.

A layer's version covers all its package files (modules, templates, styles, scripts, YAML) and the
libraries whose output it publishes, and nothing else: an edit in a template makes a build due, one in
the doctor re-reads no report. A hash is kept for each state of a file, never beyond it, so that a
process that runs for months sees every edit.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from shenwan_data.config.records import WORDS_FILE
from shenwan_data.config.settings import set_aside
from shenwan_data.schemas import schemas_dir

MANIFEST_NAME = "MANIFEST.sha256"
_PACKAGE = Path(__file__).resolve().parent
# Files of the data folder, beside reports and corrections, that a release is made from.
_RELEASE_INPUTS = ("accuracy.csv", "accuracy.version", "areas.csv", "release.yaml")


@dataclass(frozen=True, slots=True)
class Layer:
    """The layers it is built on, its files (patterns), and the libraries whose output it gives."""

    needs: tuple[str, ...]
    files: tuple[str, ...]
    libraries: tuple[str, ...] = ()


LAYERS: Mapping[str, Layer] = {
    "base": Layer(
        (),
        (
            "errors.py", "model.py", "schemas.py", "files.py", "config/__init__.py",
            "config/declarations.py", "config/forms.py", "config/records.py", "config/settings.py",
            "config/textfile.py",
        ),
        ("pyyaml", "pydantic"),
    ),
    "report": Layer(
        ("base",),
        ("report/*", "schemas/privacy.yaml", "schemas/units.csv"),
        ("beautifulsoup4", "lxml", "pdfminer.six", "pdfplumber", "selectolax"),
    ),
    "figures": Layer(
        ("report",),
        ("figures/*", "schemas/contexts.yaml", "schemas/hedges.yaml", "schemas/idioms.yaml"),
    ),
    "reading": Layer(
        ("figures",),
        (
            "statements/*", "indicators/*", "findings/*",
            "schemas/findings.yaml", "schemas/indicators/*", "schemas/lexicon/*",
            # The topics of the catalogue are in it.
            "schemas/codes.yaml",
        ),
    ),
    "tables": Layer(
        ("reading",),
        (
            "release/__init__.py", "release/tables.py", "release/rows.py", "release/schema.py",
            "release/formats.py", "release/table_rules.py",
            "release/cell_rules.py", "release/keys.py", "schemas/fields.yaml", "schemas/tables.yaml",
        ),
        ("numpy", "pyarrow"),
    ),
    "release": Layer(
        ("tables",),
        ("release/*", "schemas/catalogues.yaml", "schemas/schema_org.yaml"),
        ("jinja2", "markupsafe", "xlsxwriter"),
    ),
    "site": Layer(
        ("release",), ("site/*", "schemas/site.yaml"), ("jinja2", "markupsafe", "svg.py")
    ),
    "corpus": Layer(("tables",), ("corpus/*",)),
}  # fmt: skip
# Package files that no result depends on, each with the reason.
NO_LAYER: Mapping[str, str] = {
    "__init__.py": "leads to names of other modules",
    "__main__.py": "starts the command",
    "alerts.py": "sends messages",
    "assets/*": "calls the library and adds what the UI shows",
    "build_lock.py": "keeps two builds apart and ends one that takes too long",
    "build_record.py": "keeps what the last build was made from",
    "cli/*": "reads options and prints",
    "config/town.py": "writes a new data folder",
    "doctor.py": "looks at the machine",
    "edited_files.py": "lists what the doctor looks at",
    "extras.py": "names the extra that a missing package belongs to",
    "loading.py": "reads a release",
    "places.py": "finds a release",
    "publish/*": "copies a release, byte for byte",
    "review/*": "shows what was read and writes what a person decides",
    "schemas/divisions.csv": "towns that a form offers",
    "schemas/diff.schema.json": "describes what `diff` prints",
    "schemas/portals.yaml": "what a portal is given, not what a release holds",
    "schemas/review.yaml": "the words of the desk",
    "versions.py": "decides when, not what",
    "work_files.py": "keeps readings between two steps and checks their form when it reads them",
}


def package_files() -> dict[str, str]:
    """Path by name of every file of the package and of ``schemas/``, in the order of the names."""
    return dict(sorted((*_walk(_PACKAGE, ""), *_walk(schemas_dir(), "schemas/"))))


@lru_cache(maxsize=4096)
def owner(name: str) -> str | None:
    """The layer that a package file belongs to, None for those of ``NO_LAYER``."""
    for layer, declared in LAYERS.items():
        if any(fnmatchcase(name, pattern) for pattern in declared.files):
            return layer
    return None


def layer_version(*layers: str) -> str:
    """Hash (hex) of the files and libraries of some layers and of the base, without what they need."""
    return _version({"base", *layers})


def version_through(layer: str) -> str:
    """Hash (hex) of a layer and of all that it is built on: of everything its results depend on."""
    return _version(_through(layer))


def rules_version() -> str:
    """Hash (hex) of what decides how a report is read: files alone, so the same on every machine."""
    return _version({"report", "figures", "reading"}, libraries=False)


def _through(layer: str) -> set[str]:
    return {layer}.union(*(_through(needed) for needed in LAYERS[layer].needs))


def _version(layers: set[str], *, libraries: bool = True) -> str:
    named = sorted({name for layer in layers for name in LAYERS[layer].libraries})
    return digest(
        [
            *(
                part
                for name, path in package_files().items()
                if owner(name) in layers
                for part in (name.encode(), _hash_of(path))
            ),
            *(f"{name}={_installed(name)}".encode() for name in (named if libraries else ())),
        ]
    )


def digest(parts: Iterable[bytes]) -> str:
    """Hash (hex) of a sequence of byte strings."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, str]]:
    # Some 300 files, walked for every layer and year: texts, because a Path takes longer than the walk.
    above, inside_a_wheel = len(str(folder)) + 1, str(_PACKAGE / "schemas")
    for where, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith((".", "__pycache__"))
            # In a wheel the metadata is inside the package; it is listed by its own walk.
            and f"{where}{os.sep}{name}" != inside_a_wheel
        ]
        for name in names:
            if not name.startswith("."):
                path = f"{where}{os.sep}{name}"
                yield prefix + path[above:].replace(os.sep, "/"), path


def _hash_of(path: str | Path) -> bytes:
    state = os.stat(path)  # noqa: PTH116 - a text is asked for some ten thousand times in a build
    return _hash_in_state(str(path), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4096)
def _hash_in_state(path: str, changed: int, size: int) -> bytes:  # noqa: ARG001 - the key
    return hashlib.sha256(Path(path).read_bytes()).digest()


# A process goes on with the library it has loaded, whatever is installed meanwhile.
@lru_cache(maxsize=64)
def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _files(folder: Path, pattern: str = "*") -> Iterator[bytes]:
    """Name and hash of every file below a folder, in the order of the names."""
    for path in sorted(folder.rglob(pattern)) if folder.is_dir() else ():
        if path.is_file() and not any(
            part.startswith(".") for part in path.relative_to(folder).parts
        ):
            # A name in another encoding is refused, by name, when the file is read.
            yield os.fsencode(path.relative_to(folder).as_posix())
            yield _hash_of(path)


def year_version(data_dir: Path, year: int) -> str:
    """Hash (hex) of all that the reading of one year depends on.

    That is its files and corrections, those of the years it is compared with, which reports of
    these are set aside, the town's own words, and the layers that read.
    """
    years = (*compared_years(data_dir, year), year)
    aside = [one.report for one in set_aside(data_dir) if int(one.report[-4:]) in years]
    return digest(
        [
            version_through("reading").encode(),
            *(
                part
                for one in years
                for part in (str(one).encode(), *_files(data_dir / "reports" / str(one)), b"")
            ),
            *_corrections(data_dir / "corrections", years),
            *(_hash_of(path) for path in (data_dir / WORDS_FILE,) if path.is_file()),
            *(report.encode() for report in sorted(aside)),
        ]
    )


def compared_years(data_dir: Path, year: int) -> tuple[int, ...]:
    """The years whose reports those of one year are compared with, in order.

    That is for each area the last year before that has its report: the year before, unless one is
    missing.
    """
    areas = _areas(data_dir, year)
    found: set[int] = set()
    for other in reversed(years_with_files(data_dir)):
        if other >= year or not areas:
            continue
        here = areas & _areas(data_dir, other)
        found |= {other} if here else set()
        areas -= here
    return tuple(sorted(found))


def _areas(data_dir: Path, year: int) -> set[str]:
    folder = data_dir / "reports" / str(year)
    files = folder.iterdir() if folder.is_dir() else ()
    return {path.stem for path in files if not path.name.startswith(".") and path.suffix != ".yaml"}


def _corrections(folder: Path, years: tuple[int, ...]) -> Iterator[bytes]:
    """The corrections of some years; and the name of any file that none would read: it is refused."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        if not re.fullmatch(r"\d{4}\.yaml", path.name):
            yield path.name.encode()
        elif int(path.stem) in years:
            yield path.name.encode()
            yield _hash_of(path)


def years_with_files(data_dir: Path) -> tuple[int, ...]:
    """The years that have a folder with something in it below ``reports/``, in order."""
    return tuple(
        sorted(
            int(folder.name)
            for folder in (data_dir / "reports").glob("[0-9][0-9][0-9][0-9]")
            if folder.is_dir() and any(folder.iterdir())
        )
    )


def settings_version(data_dir: Path) -> str:
    """Hash (hex) of what a release and its site depend on beside the readings.

    That is which years there are, the settings of the town, what is published, and the layers that
    make tables, packages and pages.
    """
    settings = [data_dir / name for name in _RELEASE_INPUTS]
    return digest(
        [
            version_through("site").encode(),
            *(str(year).encode() for year in years_with_files(data_dir)),
            # Whether a version is still free is part of whether it can be built.
            *_files(data_dir / "published", MANIFEST_NAME),
            *_files(data_dir / "published", "withdrawn.yaml"),
            *(_hash_of(path) if path.is_file() else b"" for path in settings),
        ]
    )


def inputs_version(data_dir: Path) -> str:
    """Hash (hex) of all that a release and its site depend on."""
    years = years_with_files(data_dir)
    return digest(
        [
            settings_version(data_dir).encode(),
            *(year_version(data_dir, year).encode() for year in years),
        ]
    )
