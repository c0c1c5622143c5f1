"""``load``: a published table as a pandas frame, for the researcher.

Belongs here: the tables of a release in the types of pandas. Does not belong here: where it is
(``places``), or anything that needs a report or Dagster. All that is known of a table is read from
the release itself, so that one of any age, or of another town, loads as well.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shenwan_data.errors import Text, UsageError
from shenwan_data.places import DESCRIPTOR, Place, find_release

_EVIDENCE = "evidence"
_DTYPES: Mapping[str, Any] = {
    "integer": pd.Int64Dtype(),
    "year": pd.Int64Dtype(),
    "boolean": pd.BooleanDtype(),
    "string": pd.StringDtype(),
}


def _tables(package: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        resource["name"]: resource
        for resource in package["resources"]
        if resource.get("type") == "table"
    }


@dataclass(frozen=True, slots=True)
class _Package:
    """A package of the release: where it is and what its descriptor says."""

    place: Place
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


def _package(place: Place, name: str) -> tuple[_Package, _Package | None]:
    """The package that holds the table, and the evidence if it is there too. UsageError if none."""
    whole = _Package(place, place.descriptor())
    inside = [
        str(resource["name"])
        for resource in whole.descriptor["resources"]
        if str(resource["path"]).endswith(f"/{DESCRIPTOR}")
    ]
    found = {
        folder: _Package(inner, inner.descriptor())
        for folder in inside
        if folder in (name, _EVIDENCE)
        for inner in (place.child(folder),)
    }
    evidence = found.get(_EVIDENCE)
    for package in (found.get(name), whole, evidence):
        if package is not None and name in _tables(package.descriptor):
            return package, evidence
    known = [*_tables(whole.descriptor), *(folder for folder in inside if folder != _EVIDENCE)]
    known += list(_tables(evidence.descriptor)) if evidence else []
    raise UsageError(
        Text(f"没有主题或数据表 {name}", f"there is no topic or table {name!r}"),
        file=place.name,
        remedy=Text(f"可用：{'、'.join(known)}", f"use one of {', '.join(known)}"),
    )


def _beside(package: _Package, evidence: _Package | None, table: str) -> pa.Table | None:
    """A table of the package or of the evidence; None where neither has it."""
    for one in (package, evidence):
        if one is not None and table in _tables(one.descriptor):
            return one.table(table)
    return None


def _categories(
    package: _Package, evidence: _Package | None, table: str, rows: pa.Table
) -> dict[str, list[Any]]:
    """The codes of each column that has a list of them, in the order of the list.

    Of units and areas, whose lists are in the evidence, those that are there, as they come.
    """
    fields = _tables(package.descriptor)[table]["schema"]["fields"]
    found: dict[str, list[Any]] = {}
    for field in fields:
        name = field["name"]
        if "enum" in field.get("constraints", {}):
            found[name] = field["constraints"]["enum"]
        elif name in _CODES:
            found[name] = list(dict.fromkeys(rows[name].drop_null().to_pylist()))
        elif name == "indicator" and table != "indicators":
            register = _beside(package, evidence, "indicators")
            if register is not None:
                found[name] = register[name].to_pylist()
    return found


_CODES = ("unit", "ref_area", "report_id")


def _column(values: pa.ChunkedArray, kind: str, categories: list[Any] | None) -> Any:
    if categories is not None:
        return pd.Categorical(values.to_pylist(), categories=categories, ordered=True)
    if kind == "number":
        return pd.array(values.to_pylist(), dtype="Float64")
    if kind == "date":
        return pd.to_datetime(pd.Series(values.to_pylist())).astype("datetime64[s]")
    return values.to_pandas(types_mapper=lambda _: _DTYPES[kind])


def _frame(package: _Package, evidence: _Package | None, name: str) -> pd.DataFrame:
    rows = package.table(name)
    codes = _categories(package, evidence, name, rows)
    fields = _tables(package.descriptor)[name]["schema"]["fields"]
    return pd.DataFrame(
        {
            field["name"]: _column(rows[field["name"]], field["type"], codes.get(field["name"]))
            for field in fields
        }
    )


def _attributes(package: _Package, evidence: _Package | None, name: str) -> dict[str, Any]:
    """What the frame says of itself: plain dicts and texts, so that they can be written out."""
    whole, resource = package.descriptor, _tables(package.descriptor)[name]
    licence = whole["licenses"][0]
    register = _beside(package, evidence, "indicators")
    indicators = register.to_pylist() if register is not None else []
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


def _chosen(
    frame: pd.DataFrame, years: int | Iterable[int] | None, areas: str | Iterable[str] | None
) -> pd.DataFrame:
    """The rows of some years and areas. UsageError where the table has neither, or no such area."""
    if years is not None:
        wanted = [years] if isinstance(years, int) else list(years)
        frame = frame[_of(frame, "time_period").isin(wanted)]
    if areas is not None:
        named = [areas] if isinstance(areas, str) else list(areas)
        column = _of(frame, "ref_area")
        known = sorted(column.dropna().unique())
        lost = [area for area in named if area not in known]
        if lost:
            raise UsageError(
                Text(f"没有地区 {lost[0]} 的数据", f"there are no rows of the area {lost[0]!r}"),
                remedy=Text(f"可用：{'、'.join(known)}", f"use one of {', '.join(known)}"),
            )
        frame = frame[column.isin(named)]
    return frame.reset_index(drop=True)


def _of(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    if column not in frame.columns:
        raise UsageError(
            Text(f"该表没有 {column} 栏", f"the table has no column {column}"),
            remedy=Text(
                "years 和 areas 用于观测值和 reports",
                "years and areas are for observations and reports",
            ),
        )
    return frame[column]


# What stands for a code in words, but for the lists that the schema itself has.
_WORDED = {"ref_area": "area", "indicator": "indicator", "unit": "unit"}
_LANGUAGES = ("zh", "en")


def _labelled(frame: pd.DataFrame, package: _Package, table: str, language: str) -> pd.DataFrame:
    """The table with labels of one language for its codes, and its words in that language alone."""
    if language not in _LANGUAGES:
        raise UsageError(
            Text(f"labels 不能为 {language!r}", f"labels cannot be {language!r}"),
            remedy=Text("请用 zh 或 en", "use zh or en"),
        )
    other = _LANGUAGES[1 - _LANGUAGES.index(language)]
    for field in _tables(package.descriptor)[table]["schema"]["fields"]:
        name = field["name"]
        words = f"{_WORDED.get(name, name)}_{language}"
        if name in _WORDED and words in frame.columns:
            frame[name] = frame[words]
            frame = frame.drop(columns=words)
        elif "categories" in field:
            labels = {
                one["value"]: one["label"].split(" / ")[language == "en"]
                for one in field["categories"]
            }
            frame[name] = frame[name].cat.rename_categories(labels)
    return frame[[column for column in frame.columns if not column.endswith(f"_{other}")]]


def load(
    topic: str,
    *,
    source: str | PathLike[str] | None = None,
    years: int | Iterable[int] | None = None,
    areas: str | Iterable[str] | None = None,
    labels: str | None = None,
    wide: bool = False,
    evidence: bool = False,
) -> pd.DataFrame:
    """A published table: all observations, those of a topic, or a table of the evidence by its name.

    Args:
        topic: ``observations``, or of one topic ``services``, ``enforcement``, ``governance``,
            ``outreach``; or ``figures``, ``findings``, ``revisions``, ``reports``, ``accuracy``,
            ``indicators``, ``units``, ``areas``, ``codes``.
        source: A release folder, a folder of releases (the newest is taken), a package folder, the
            ``datapackage.json`` or the zip file of a release, the start of a site, or a web address
            of any of these that fsspec can open.
            The newest release of ``data/releases`` if not given.
        years: A year or several, for example ``range(2020, 2025)``; all if not given.
        areas: The code of an area or several; all if not given.
        labels: ``zh`` or ``en``: labels in this language instead of codes.
        wide: The values alone: a row for each area and year, a column for each indicator, in the
            order of the catalogue.
        evidence: Adds ``section``, the heading under which the figure stands in the report.

    Returns:
        A frame in key order: years and counts ``Int64``, numbers ``Float64`` (in the unit of the row),
        codes ordered categories, texts ``string``, dates ``datetime64[s]``. ``.attrs`` holds title,
        version, licence, citation, the description of every column, and label, definition and unit of
        every indicator.

    Raises:
        UsageError: There is no such release, topic, area or evidence, the address cannot be reached,
            or ``wide`` is asked for together with ``evidence`` or ``labels``, for which a panel has
            no place.
        DataError: A file is missing or does not have the hash its descriptor gives.
    """
    if wide and (evidence or labels):
        raise UsageError(
            Text(
                "wide 不能与 evidence 或 labels 同时使用",
                "wide goes together with neither evidence nor labels",
            ),
            remedy=Text(
                "宽表中没有句子和名称的位置，请分别读取",
                "a panel has no place for words: load the two one after the other",
            ),
        )
    package, beside = _package(find_release(source), topic)
    frame = _frame(package, beside, topic)
    if (wide or evidence) and not {"indicator", "figure_id", "value"} <= set(frame.columns):
        raise UsageError(
            Text(f"{topic} 不是主题", f"{topic} is not a topic"),
            file=package.place.name,
            remedy=Text(
                "wide 和 evidence 只用于主题", "wide and evidence are for the topics alone"
            ),
        )
    frame = _chosen(frame, years, areas)
    if evidence:
        figures = _beside(package, beside, "figures")
        if figures is None:
            raise UsageError(
                Text("这里没有 evidence 包", "the evidence is not here"),
                file=package.place.name,
                remedy=Text(
                    "请给出整个发布的目录或 zip 文件",
                    "give the folder or the zip of the whole release",
                ),
            )
        sections = dict(
            zip(figures["figure_id"].to_pylist(), figures["section"].to_pylist(), strict=True)
        )
        frame["section"] = frame["figure_id"].map(sections).astype("string")
    if wide:
        frame = _panel(frame)
    if labels:
        frame = _labelled(frame, package, topic, labels)
    frame.attrs.update(_attributes(package, beside, topic))
    return frame
