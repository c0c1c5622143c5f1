"""What frictionless says of a package, and the packages that it has found good, by their bytes.

Belongs here: asking frictionless, keeping a good verdict and finding it again. Does not belong here:
the other checks (``validation``). A package with a fault is judged each time, so no message is ever kept.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from shenwan_data.errors import Text
from shenwan_data.files import write_atomic
from shenwan_data.release.descriptor import DESCRIPTOR

# As many as a town builds in a while; the oldest go.
_KEPT = 64


class Verdicts:
    """The good packages that a file names. A file that is missing or torn names none."""

    def __init__(self, file: Path | None = None) -> None:
        """Without a ``file`` nothing is known and nothing kept."""
        self._file = file
        self._good: list[str] = []
        try:
            found = json.loads(file.read_bytes()) if file is not None else []
            self._good = [one for one in found if isinstance(one, str)]
        except (OSError, ValueError, TypeError):
            pass

    def problems(self, folder: Path, name: str) -> list[Text]:
        """What frictionless finds in the package ``name`` of a release, a sentence each.

        A package whose very bytes were found good is not judged again.
        """
        package = _bytes_of(folder / name) if self._file is not None else ""
        if package and package in self._good:
            return []
        found = _judged(folder, name)
        if package and self._file is not None and not found:
            self._good = [*self._good, package][-_KEPT:]
            write_atomic(self._file, json.dumps(self._good).encode())
        return [Text(f"{file}：{message}", f"{file}: {message}") for file, message in found]


def _judged(folder: Path, name: str) -> list[tuple[str, str]]:
    # Imported here because it takes longer to load than all the rest of a validation.
    from frictionless import FrictionlessException, Package

    target = f"{name}/{DESCRIPTOR}"
    try:
        report = Package(str(folder / target)).validate()
    except FrictionlessException as error:
        return [(target, str(error))]
    found = [(target, error.message) for error in report.errors]
    for task in report.tasks:
        # Its messages name the row, counted with the header, and the column.
        found += [(f"{name}/{task.place}", error.message) for error in task.errors]
    return found


def _bytes_of(folder: Path) -> str:
    """A name for all bytes of a package, and for the frictionless that judges it.

    Empty where a file cannot be read.
    """
    found = hashlib.sha256(version("frictionless").encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix().encode()
        try:
            content = path.read_bytes()
        except OSError:
            return ""
        found.update(b"%d %d " % (len(name), len(content)) + name + content)
    return found.hexdigest()
