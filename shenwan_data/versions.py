"""What a build depends on, as one hash: it tells whether work has to be done again.

Belongs here: hashing inputs and code. Does not belong here: the hashes that a release publishes
(``release.manifest``), which are about its files, not about where they came from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from shenwan_data.schemas import schemas_dir

MANIFEST_NAME = "MANIFEST.sha256"
ACCURACY_NAME = "accuracy.csv"
_PACKAGE = Path(__file__).resolve().parent
# The libraries whose version reaches the bytes of a release.
_WRITERS = (
    "pyarrow",
    "pandas",
    "frictionless",
    "pdfplumber",
    "python-docx",
    "beautifulsoup4",
    "lxml",
    "xlsxwriter",
    "pyyaml",
)


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _files(folder: Path, pattern: str = "*") -> Iterable[bytes]:
    """Name and content of every file below a folder, in the order of the names."""
    for path in sorted(folder.rglob(pattern)) if folder.is_dir() else ():
        if path.is_file() and not any(
            part.startswith(".") for part in path.relative_to(folder).parts
        ):
            yield path.relative_to(folder).as_posix().encode()
            yield path.read_bytes()


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


@lru_cache(maxsize=1)
def code_version() -> str:
    """Hash (hex) of the library, of ``schemas/`` and of the writers' versions."""
    return _digest(
        [
            *(part for part in _files(_PACKAGE, "*.py")),
            *(part for part in _files(schemas_dir())),
            *(f"{name}={_installed(name)}".encode() for name in _WRITERS),
        ]
    )


def year_version(data_dir: Path, year: int) -> str:
    """Hash (hex) of all that the reading of one year depends on.

    That is its files, those of the year before (a report is compared with it), the corrections and
    the code.
    """
    return _digest(
        [
            code_version().encode(),
            *_files(data_dir / "reports" / str(year - 1)),
            b"",
            *_files(data_dir / "reports" / str(year)),
            b"",
            # A correction names its report inside, so any change of one may touch any year.
            *_files(data_dir / "corrections"),
        ]
    )


def years_with_files(data_dir: Path) -> tuple[int, ...]:
    """The years that have a folder with something in it below ``reports/``, in order."""
    return tuple(
        sorted(
            int(folder.name)
            for folder in (data_dir / "reports").glob("[0-9][0-9][0-9][0-9]")
            if folder.is_dir() and any(folder.iterdir())
        )
    )


def inputs_version(data_dir: Path) -> str:
    """Hash (hex) of all that a release depends on."""
    years = years_with_files(data_dir)
    accuracy = data_dir / ACCURACY_NAME
    return _digest(
        [
            code_version().encode(),
            *(year_version(data_dir, year).encode() for year in years),
            # Whether a version is still free is part of whether it can be built.
            *_files(data_dir / "published", MANIFEST_NAME),
            *(
                path.read_bytes() if path.is_file() else b""
                for path in (accuracy, data_dir / "release.yaml", data_dir / "areas.csv")
            ),
        ]
    )
