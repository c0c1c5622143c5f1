"""Where ``schemas/`` is, and how a file of it is read.

Belongs here: finding and parsing the YAML and CSV files. Does not belong here: what they mean
(units are in ``figures.units``, indicators in ``indicators.catalogue``, tables in ``release.schema``).
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from shenwan_data.errors import DataError, Text

_PACKAGE = Path(__file__).resolve().parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=1)
def schemas_dir() -> Path:
    """The folder of the metadata: beside the package in a checkout, inside it in a wheel.

    The checkout comes first, because an editable install leaves a stale copy in the wheel's place.
    """
    for folder in (_PACKAGE.parent / "schemas", _PACKAGE / "schemas"):
        if (folder / "package.yaml").is_file():
            return folder
    raise DataError(
        Text("找不到元数据目录 schemas/", "the metadata folder schemas/ is missing"),
        file=_PACKAGE.parent / "schemas",
        remedy=Text("请重新检出或重新安装本项目", "check the project out or install it again"),
    )


def read_yaml(path: Path) -> Any:
    """The content of one YAML file. Raises DataError naming line and column when it is broken."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - safe loader
    except FileNotFoundError as error:
        raise DataError(
            Text("文件不存在", "the file does not exist"),
            file=path,
            remedy=Text("请从版本库恢复该文件", "restore it from the repository"),
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise DataError(
            Text("不是有效的 YAML", f"not valid YAML: {getattr(error, 'problem', None) or error}"),
            file=path,
            place=f"line {mark.line + 1}, column {mark.column + 1}" if mark else None,
            remedy=Text("请按提示修正该行", "correct the line"),
        ) from error


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of one CSV file of ``schemas/``, every cell as text."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def metadata(name: str) -> Any:
    """``schemas/<name>``, parsed by its ending (``.yaml`` or ``.csv``). Not to be changed.

    A file is parsed once for each state it is in: a build asks for the same few a hundred times.
    """
    path = schemas_dir() / name
    try:
        state = path.stat()
    except FileNotFoundError:
        return _parsed(path, 0, 0)
    return _parsed(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _parsed(path: Path, changed: int, size: int) -> Any:  # noqa: ARG001 - they are the key
    return read_csv(path) if path.suffix == ".csv" else read_yaml(path)
