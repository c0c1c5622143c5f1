"""``load``: a published table as a pandas frame, for the researcher.

Belongs here: finding a release (folder, archive or address), and its tables in the types of pandas.
Does not belong here: anything that needs a report or Dagster. All that is known of a table is read from
the release itself, so that one of any age, or of another town, loads as well.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from shenwan_data.config.settings import find_data_dir, is_version, parse_version
from shenwan_data.errors import DataError, Text, UsageError

_DESCRIPTOR, _EVIDENCE = "datapackage.json", "evidence"
_SAFE_PATH = re.compile(r"(?!\.)[A-Za-z0-9_.-]+(/(?!\.)[A-Za-z0-9_.-]+)*", re.ASCII)
_DESCRIBED = re.compile(rf"(^|(?<=/)){re.escape(_DESCRIPTOR)}$")
_DTYPES: Mapping[str, Any] = {
    "integer": pd.Int64Dtype(),
    "year": pd.Int64Dtype(),
    "boolean": pd.BooleanDtype(),
    "string": pd.StringDtype(),
}
_SOURCE = Text(
    "请给出发布目录、其 zip 文件或网址",
    "give a release folder, its zip file or its web address",
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder on the disk, in an archive or on the web; ``name`` is what the user gave."""

    folder: UPath | zipfile.Path
    name: str

    def child(self, folder: str) -> _Place:
        return _Place(self.folder / folder, self.name)

    def has(self, path: str) -> bool:
        return bool((self.folder / path).exists())

    def read(self, path: str) -> bytes:
        """A file of the folder. DataError for a path that leads out of it or to no file."""
        if not _SAFE_PATH.fullmatch(path):
            raise self.broken(path, Text("路径不合规", "the path is not one inside the release"))
        try:
            content: bytes = (self.folder / path).read_bytes()
        except (OSError, KeyError) as error:
            raise self.broken(
                path, Text("无法读取该文件", f"it cannot be read: {error}")
            ) from error
        return content

    def descriptor(self) -> dict[str, Any]:
        try:
            found = json.loads(self.read(_DESCRIPTOR))
            if isinstance(found["resources"], list):
                return cast("dict[str, Any]", found)
        except (ValueError, KeyError, TypeError):
            pass
        raise self.broken(_DESCRIPTOR, Text("不是数据包描述文件", "it is no package descriptor"))

    def broken(self, path: str, problem: Text) -> DataError:
        return DataError(
            problem,
            file=self.name,
            place=path,
            remedy=Text("请重新下载该发布", "download the release again"),
        )


def _no_release(source: object, why: Text | None = None) -> UsageError:
    return UsageError(
        why or Text("这里没有数据发布", "there is no release here"),
        file=str(source),
        remedy=_SOURCE,
    )


def _newest(place: _Place) -> _Place | None:
    """The release with the highest version in a folder of releases."""
    try:
        versions = [entry.name for entry in place.folder.iterdir() if is_version(entry.name)]
    except (OSError, NotImplementedError):
        return None
    if not versions:
        return None
    newest = place.child(max(versions, key=parse_version))
    return newest if newest.has(_DESCRIPTOR) else None


def _find(source: str | PathLike[str] | None) -> _Place:
    if source is None:
        source = find_data_dir() / "releases"
    # The address of a descriptor is what users of Data Package are used to giving.
    name = _DESCRIBED.sub("", str(source)) or "."
    try:
        if name.lower().split("?")[0].endswith(".zip"):
            content = io.BytesIO(UPath(name).read_bytes())
            place = _Place(zipfile.Path(zipfile.ZipFile(content)), name)
        else:
            place = _Place(UPath(name), name)
        if place.has(_DESCRIPTOR):
            return place
        newest = _newest(place)
    except (OSError, ValueError, ImportError, zipfile.BadZipFile) as error:
        raise _no_release(
            name, Text(f"无法打开：{error}", f"it cannot be opened: {error}")
        ) from error
    if newest is None:
        raise _no_release(name)
    return newest


def _tables(package: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        resource["name"]: resource
        for resource in package["resources"]
        if resource.get("type") == "table"
    }


@dataclass(frozen=True, slots=True)
class _Package:
    """A package of the release: where it is and what its descriptor says."""

    place: _Place
    descriptor: Mapping[str, Any]

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A table from its Parquet file, whose hash must be that of the descriptor."""
        (twin,) = (
            twin
            for twin in _tables(self.descriptor)[name]["alternates"]
            if twin["format"] == "parquet"
        )
        content = self.place.read(twin["path"])
        if f"sha256:{hashlib.sha256(content).hexdigest()}" != twin["hash"]:
            raise self.place.broken(
                twin["path"],
                Text(
                    "文件与描述中的校验值不符",
                    "the file does not have the hash its descriptor gives",
                ),
            )
        return pq.read_table(io.BytesIO(content), columns=columns)


def _package(place: _Place, name: str) -> tuple[_Package, _Package | None]:
    """The package that holds the table, and the evidence if it is there too. UsageError if none."""
    whole = place.descriptor()
    found = {}
    if _tables(whole):
        found[""] = _Package(place, whole)
    else:
        for resource in whole["resources"]:
            inner = place.child(str(resource["name"]))
            if resource["name"] in (name, _EVIDENCE):
                found[resource["name"]] = _Package(inner, inner.descriptor())
    evidence = found.get(_EVIDENCE)
    for package in (found.get(name), found.get(""), evidence):
        if package is not None and name in _tables(package.descriptor):
            return package, evidence
    known = list(_tables(whole)) or [
        resource["name"] for resource in whole["resources"] if resource["name"] != _EVIDENCE
    ]
    known += list(_tables(evidence.descriptor)) if evidence else []
    raise UsageError(
        Text(f"没有主题或数据表 {name}", f"there is no topic or table {name!r}"),
        file=place.name,
        remedy=Text(f"可用：{'、'.join(known)}", f"use one of {', '.join(known)}"),
    )


def _categories(package: _Package, table: str) -> dict[str, list[Any]]:
    """The codes of each column that has a list of them, in the order of the list."""
    schema = _tables(package.descriptor)[table]["schema"]
    found = {
        field["name"]: field["constraints"]["enum"]
        for field in schema["fields"]
        if "enum" in field.get("constraints", {})
    }
    for key in schema.get("foreignKeys", []):
        reference = key["reference"]
        if reference["resource"]:
            (own,), (theirs,) = key["fields"], reference["fields"]
            found[own] = package.table(reference["resource"], [theirs])[theirs].to_pylist()
    return found


def _column(values: pa.ChunkedArray, kind: str, categories: list[Any] | None) -> Any:
    if categories is not None:
        return pd.Categorical(values.to_pylist(), categories=categories, ordered=True)
    if kind == "number":
        # Through the decimals of Python, which round to the nearest float; Arrow's cast may not.
        numbers = [None if value is None else float(value) for value in values.to_pylist()]
        return pd.array(numbers, dtype="Float64")
    if kind == "date":
        return pd.to_datetime(pd.Series(values.to_pylist())).astype("datetime64[s]")
    return values.to_pandas(types_mapper=lambda _: _DTYPES[kind])


def _frame(package: _Package, name: str) -> pd.DataFrame:
    rows, codes = package.table(name), _categories(package, name)
    fields = _tables(package.descriptor)[name]["schema"]["fields"]
    return pd.DataFrame(
        {
            field["name"]: _column(rows[field["name"]], field["type"], codes.get(field["name"]))
            for field in fields
        }
    )


def _attributes(package: _Package, name: str) -> dict[str, Any]:
    """What the frame says of itself: plain dicts and texts, so that they can be written out."""
    whole, resource = package.descriptor, _tables(package.descriptor)[name]
    licence = whole["licenses"][0]
    indicators = package.table("indicators").to_pylist()
    return {
        "name": whole["name"],
        "title": whole["title"],
        "description": whole["description"],
        "version": whole["version"],
        "created": whole["created"][:10],
        "licence": {"name": licence["name"], "address": licence["path"]},
        "citation": whole["citation"],
        "columns": {field["name"]: field["description"] for field in resource["schema"]["fields"]},
        "units": {row["indicator"]: row["unit"] for row in indicators},
        "labels": {
            row["indicator"]: {"zh": row["label_zh"], "en": row["label_en"]} for row in indicators
        },
        "definitions": {
            row["indicator"]: {"zh": row["definition_zh"], "en": row["definition_en"]}
            for row in indicators
        },
    }


def _panel(frame: pd.DataFrame) -> pd.DataFrame:
    """A row for each area and year, a column for each indicator; NA where there is no one value."""
    keys = ["ref_area", "time_period", "indicator"]
    # The keys are unique, and a year without any value keeps its row, as in a pivot table it would not.
    panel = frame.set_index(keys)["value"].unstack("indicator")  # noqa: PD010
    every = frame["indicator"].cat.categories
    return panel.reindex(columns=pd.Index(every, name="indicator")).astype("Float64")


def load(
    topic: str,
    *,
    source: str | PathLike[str] | None = None,
    wide: bool = False,
    evidence: bool = False,
) -> pd.DataFrame:
    """A published table: the observations of a topic, or a table of the evidence by its name.

    Args:
        topic: ``services``, ``enforcement``, ``governance``, ``outreach``; or ``figures``,
            ``findings``, ``revisions``, ``reports``, ``accuracy``, ``indicators``, ``units``,
            ``areas``, ``codes``.
        source: A release folder, a folder of releases (the newest is taken), a package folder, the
            ``datapackage.json`` or the zip file of a release or package, or a web address of any of
            these that fsspec can open.
            The newest release of ``data/releases`` if not given.
        wide: The values alone: a row for each area and year, a column for each indicator, in the
            order of the catalogue.
        evidence: Adds ``section`` and ``sentence``, where in the report the figure stands.

    Returns:
        A frame in key order: years and counts ``Int64``, numbers ``Float64`` (in the unit of the row),
        codes ordered categories, texts ``string``, dates ``datetime64[s]``. ``.attrs`` holds title,
        version, licence, citation, the description of every column, and label, definition and unit of
        every indicator.

    Raises:
        UsageError: There is no such release, topic or evidence, or ``wide`` and ``evidence`` are
            both asked for: a panel has no place for sentences.
        DataError: A file is missing or does not have the hash its descriptor gives.
    """
    if wide and evidence:
        raise UsageError(
            Text("wide 和 evidence 不能同时使用", "wide and evidence do not go together"),
            remedy=Text(
                "宽表中没有句子的位置，请分别读取",
                "a panel has no place for sentences: load the two one after the other",
            ),
        )
    package, beside = _package(_find(source), topic)
    frame = _frame(package, topic)
    if (wide or evidence) and not {"indicator", "figure_id", "value"} <= set(frame.columns):
        raise UsageError(
            Text(f"{topic} 不是主题", f"{topic} is not a topic"),
            file=package.place.name,
            remedy=Text(
                "wide 和 evidence 只用于主题", "wide and evidence are for the topics alone"
            ),
        )
    if evidence:
        if beside is None:
            raise UsageError(
                Text("这里没有 evidence 包", "the evidence is not here"),
                file=package.place.name,
                remedy=Text(
                    "请给出整个发布的目录或 zip 文件",
                    "give the folder or the zip of the whole release",
                ),
            )
        figures = _frame(beside, "figures")[["figure_id", "section", "sentence"]]
        frame = frame.merge(figures, on="figure_id", how="left", validate="many_to_one")
    if wide:
        frame = _panel(frame)
    frame.attrs.update(_attributes(package, topic))
    return frame
