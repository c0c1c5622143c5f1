"""What the descriptors of a release declare, checked before anything relies on it.

Belongs here: the parts of ``datapackage.json`` that name, place or delete files: names, version, date,
paths, licences, schemas. Does not belong here: whether the files hold what is declared
(``validation``).

A descriptor may be damaged, edited by hand or made by somebody else. Its version becomes the name of
a folder on the target and its name that of a dataset, so nothing is read from it unchecked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from shenwan_data.config.settings import is_version
from shenwan_data.errors import DataError, Text
from shenwan_data.release.descriptor import DESCRIPTOR

_CREATED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00Z$"
_NAME = r"^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?$"
_FOLDER = re.compile(r"[a-z][a-z0-9_-]{0,63}", re.ASCII)
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def _plain(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("control characters")
    return text


def _version(text: str) -> str:
    if not is_version(text):
        raise ValueError("not of the form 1.0.0")
    return text


def _path(text: str) -> str:
    if not is_plain_path(text):
        raise ValueError("not a path below the folder of the release")
    return text


def is_plain_path(text: str) -> bool:
    """Whether it is a relative path with slashes whose parts are plain names: no ``..``, no dot files."""
    return len(text) <= 400 and all(_PART.fullmatch(part) for part in text.split("/"))


Plain = Annotated[str, Field(min_length=1, max_length=5000), AfterValidator(_plain)]
FilePath = Annotated[str, AfterValidator(_path)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Licence(_Part):
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9.+-]{1,100}$")]
    path: Annotated[str | None, Field(pattern=r"^https?://[^\s<>\"']+$")] = None


class _Titled(_Part):
    title: Plain


class _Column(_Part):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    type: Literal["string", "number", "integer", "year", "boolean", "date"]
    title: Plain | None = None
    description: str | None = None


class _Schema(_Part):
    fields: Annotated[list[_Column], Field(min_length=1)]
    primary_key: Annotated[list[str] | str, Field(alias="primaryKey")] = []


class _Alternate(_Part):
    path: FilePath
    format: Plain


class _Resource(_Part):
    name: Annotated[str, Field(pattern=_NAME)]
    path: FilePath
    type: Plain | None = None
    format: Plain | None = None
    title: Plain | None = None
    description: str | None = None
    alternates: list[_Alternate] = []
    table_schema: Annotated[_Schema | None, Field(alias="schema")] = None


class Declared(_Part):
    """The checked part of a descriptor; what it declares beside this is not used."""

    name: Annotated[str, Field(pattern=_NAME)]
    version: Annotated[str, AfterValidator(_version)]
    created: Annotated[str, Field(pattern=_CREATED)]
    title: Plain
    description: Plain
    licenses: Annotated[list[_Licence], Field(min_length=1)]
    contributors: list[_Titled] = []
    sources: list[_Titled] = []
    keywords: list[Plain] = []
    homepage: Plain | None = None
    citation: Plain | None = None
    resources: Annotated[list[_Resource], Field(min_length=1)]


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _refused(path, None, str(error)) from error


def _refused(path: Path, place: str | None, problem: str) -> DataError:
    return DataError(
        Text(
            f"发布的描述文件有误：{problem}", f"the descriptor of the release is wrong: {problem}"
        ),
        file=path,
        place=place,
        remedy=Text("请重新构建发布版本", "build the release again"),
    )


def read_declared(path: Path) -> tuple[Declared, dict[str, Any]]:
    """A descriptor, checked, and all of its content. DataError naming file and key."""
    content = _read(path)
    try:
        declared = Declared.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or None
        raise _refused(path, place, str(first["msg"])) from None
    names = [resource.name for resource in declared.resources]
    paths = [resource.path for resource in declared.resources]
    for given in (names, paths):
        double = next((each for each in given if given.count(each) > 1), None)
        if double is not None:
            raise _refused(path, "resources", f"{double!r} occurs twice")
    return declared, content


def package_folders(index: Declared) -> Iterator[str]:
    """The folders of the packages that the descriptor of a release lists."""
    for resource in index.resources:
        folder, slash, last = resource.path.partition("/")
        if slash and last == DESCRIPTOR and _FOLDER.fullmatch(folder):
            yield folder


def check_identity(folder: Path) -> None:
    """Whether the descriptors of a release may name anything. DataError where one may not.

    Every package has the version of the release, and its name with the folder added.
    """
    index, _ = read_declared(folder / DESCRIPTOR)
    folders = list(package_folders(index))
    if not folders:
        raise _refused(folder / DESCRIPTOR, "resources", "it lists no package")
    for name in folders:
        path = folder / name / DESCRIPTOR
        package, _ = read_declared(path)
        if package.name != f"{index.name}-{name}":
            raise _refused(path, "name", f"{package.name!r} is not {index.name}-{name}")
        if package.version != index.version:
            raise _refused(path, "version", f"{package.version} is not {index.version}")
