"""Where ``schemas/`` is, and how a file of it is read.

Belongs here: finding and reading the YAML and CSV files of the library, and keeping what is made of
them as long as they stay the same. Does not belong here: what they mean (units are in
``figures.units``, indicators in ``indicators.catalogue``, tables in ``release.schema``).
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from pathlib import Path
from stat import S_ISDIR
from typing import Any, ParamSpec, TypeVar

from shenwan_data.config.textfile import read_text, read_yaml_document
from shenwan_data.errors import DataError, Text

P = ParamSpec("P")
T = TypeVar("T")
State = tuple[tuple[str, int, int], ...]
VARIABLE = "SHENWAN_SCHEMAS_DIR"
_PACKAGE = Path(__file__).resolve().parent


def schemas_dir() -> Path:
    """The folder of the metadata: that of ``SHENWAN_SCHEMAS_DIR``, else the library's own.

    Raises DataError where it is missing.
    """
    named = os.environ.get(VARIABLE)
    return Path(named).resolve() if named else _own_schemas()


@lru_cache(maxsize=1)
def _own_schemas() -> Path:
    """Beside the package in a checkout, inside it in a wheel.

    The checkout comes first, because an editable install leaves a stale copy in the wheel's place.
    """
    for folder in (_PACKAGE.parent / "schemas", _PACKAGE / "schemas"):
        if (folder / "tables.yaml").is_file():
            return folder
    raise DataError(
        Text("找不到元数据目录 schemas/", "the metadata folder schemas/ is missing"),
        file=_PACKAGE.parent / "schemas",
        remedy=Text("请重新检出或重新安装本项目", "check the project out or install it again"),
    )


def read_yaml(path: Path) -> Any:
    """The content of one YAML file. Raises DataError naming the line where it is broken."""
    return read_yaml_document(path).content


def metadata(name: str) -> Any:
    """``schemas/<name>``, parsed by its ending (``.yaml`` or ``.csv``). Not to be changed.

    A file is parsed once for each state it is in: a build asks for the same few a hundred times.
    """
    path = schemas_dir() / name
    return _parsed(path, file_state(path))


@lru_cache(maxsize=64)
def _parsed(path: Path, state: State) -> Any:  # noqa: ARG001 - the state is the key
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(read_text(path))))
    return read_yaml(path)


def file_state(path: Path) -> State:
    """What changes when a file, or a file of a folder, is edited; empty where there is none."""
    try:
        status = path.stat()
        if S_ISDIR(status.st_mode):
            return tuple(state for entry in sorted(path.iterdir()) for state in file_state(entry))
    except OSError:
        return ()
    return ((str(path), status.st_mtime_ns, status.st_size),)


@dataclass
class _Call:
    """How many calls that look once are under way, the number of the outermost, and what it has seen."""

    depth: int = 0
    number: int = 0
    states: dict[str, State] = field(default_factory=dict)


_call = _Call()


def looks_once(function: Callable[P, T]) -> Callable[P, T]:
    """Look at the files of ``schemas/`` once for a whole call, not at each word of a text."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        if not _call.depth:
            _call.number += 1
            _call.states.clear()
        _call.depth += 1
        try:
            return function(*args, **kwargs)
        finally:
            _call.depth -= 1

    return called


def _state_of(names: Sequence[str]) -> State:
    """The state of some files of ``schemas/``, looked at once for a whole call that looks once."""
    seen, folder = _call.states, schemas_dir()
    found: State = ()
    for name in names:
        path = f"{folder}{os.sep}{name}"
        state = seen.get(path) if _call.depth else None
        if state is None:
            state = file_state(Path(path))
            if _call.depth:
                seen[path] = state
        found += state
    return found


def while_unchanged(*names: str) -> Callable[[Callable[[], T]], Callable[[], T]]:
    """Keep the value of a function as long as these files of ``schemas/`` stay as they are.

    An edit is seen by a running process at the next call, or at the next outermost call of a
    function that ``looks_once``.
    """

    def decorate(function: Callable[[], T]) -> Callable[[], T]:
        kept: dict[State, T] = {}
        latest: list[T] = []
        seen = 0  # the number of the call under way in which the files were last looked at

        @wraps(function)
        def current() -> T:
            nonlocal seen
            if _call.depth and seen == _call.number:
                return latest[0]
            state = _state_of(names)
            if state not in kept:
                value = function()
                kept.clear()
                kept[state] = value
            seen = _call.number if _call.depth else 0
            latest[:] = [kept[state]]
            return latest[0]

        return current

    return decorate
