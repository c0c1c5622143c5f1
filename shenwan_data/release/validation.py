"""Is a release what it says it is? Every check of it, from the files alone.

Belongs here: the checks on a release folder. Does not belong here: the rules of the tables before
they are written (``table_rules``), or building (``package``).

Frictionless judges the CSV packages, the manifest every file, ``twin_problem`` each Parquet file against
its CSV; the keys that lead from one package to another and the offsets of the quotes are checked
here, since no descriptor can state them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shenwan_data.errors import Text, UsageError
from shenwan_data.release.contents import EVIDENCE
from shenwan_data.release.descriptor import DESCRIPTOR, measured
from shenwan_data.release.formats import Value, read_csv_table, read_parquet, to_text
from shenwan_data.release.keys import dangling
from shenwan_data.release.manifest import MANIFEST, manifest_problems
from shenwan_data.release.schema import arrow_schema, tables
from shenwan_data.release.table_rules import check_parquet, compile_rules


def _kind(field: pa.Field) -> str:
    return f"{field.type}{'' if field.nullable else ' not null'}"


def _shown(value: Value) -> str:
    return "null" if value is None else repr(value) if isinstance(value, str) else to_text(value)


def _schema_problem(found: pa.Schema, declared: pa.Schema) -> Text | None:
    if found.names != declared.names:
        return Text(
            f"各栏为 {found.names}，应为 {declared.names}",
            f"its columns are {found.names}, not {declared.names}",
        )
    for is_, must in zip(found, declared, strict=True):
        if is_.type != must.type or is_.nullable != must.nullable:
            return Text(
                f"{must.name} 栏类型为 {_kind(is_)}，应为 {_kind(must)}",
                f"column {must.name} is {_kind(is_)}, not {_kind(must)}",
            )
        if (is_.metadata or {}) != (must.metadata or {}):
            return Text(
                f"{must.name} 栏的说明与 datapackage.json 不一致",
                f"what column {must.name} says of itself differs from datapackage.json",
            )
    if found.metadata:
        return Text("含有多余的元数据", f"it carries other metadata: {sorted(found.metadata)}")
    return None


def twin_problem(csv: Path, parquet: Path, schema: Mapping[str, Any]) -> Text | None:
    """The first difference between the two files of a table, or None.

    ``schema`` is the Table Schema of the descriptor; both files must be of it. A difference names
    the row (the header is row 1) and the column.
    """
    try:
        declared = arrow_schema(schema)
        found = read_parquet(parquet)
    except (pa.ArrowException, OSError, KeyError) as error:
        return Text(f"无法读取：{error}", f"it cannot be read: {error}")
    problem = _schema_problem(found.schema, declared)
    if problem is not None:
        return problem
    try:
        expected = read_csv_table(csv, schema)
    except (ValueError, OSError) as error:
        return Text(f"{csv.name} 无法读取：{error}", f"{csv.name} cannot be read: {error}")
    if found.num_rows != expected.num_rows:
        return Text(
            f"有 {found.num_rows} 行，{csv.name} 有 {expected.num_rows} 行",
            f"it has {found.num_rows} rows, {csv.name} has {expected.num_rows}",
        )
    for name in declared.names:
        one, other = found[name], expected[name]
        same = pc.or_(
            pc.fill_null(pc.equal(one, other), False), pc.and_(pc.is_null(one), pc.is_null(other))
        )
        row = pc.index(same, pa.scalar(False)).as_py()
        if row >= 0:
            values = _shown(one[row].as_py()), _shown(other[row].as_py())
            return Text(
                f"第 {row + 2} 行 {name} 栏为 {values[0]}，{csv.name} 为 {values[1]}",
                f"row {row + 2}, column {name}: {values[0]}, but {values[1]} in {csv.name}",
            )
    return None


SHOWN = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a release. ``target`` is the file it is about, relative to the release."""

    name: str
    target: str
    passed: bool
    message: Text


def _check(name: str, target: str, problems: list[Text], good: Text) -> Check:
    if not problems:
        return Check(name, target, True, good)
    more = len(problems) - SHOWN
    zh = "；".join(problem.zh for problem in problems[:SHOWN])
    en = "; ".join(problem.en for problem in problems[:SHOWN])
    if more > 0:
        zh, en = f"{zh}；另有 {more} 处", f"{en}; and {more} more"
    return Check(name, target, False, Text(zh, en))


def _descriptor(path: Path) -> tuple[dict[str, Any], Text | None]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content.get("resources"), list) and content["resources"]:
            return content, None
        return {}, Text("没有 resources", "it has no resources")
    except (OSError, ValueError, AttributeError) as error:
        return {}, Text(f"无法读取：{error}", f"it cannot be read: {error}")


def _manifest(folder: Path) -> Check:
    problems = list(manifest_problems(folder))
    return _check("manifest", MANIFEST, problems, Text("全部文件一致", "every file is as listed"))


def _frictionless(folder: Path, name: str) -> Check:
    # Imported here because it takes longer to load than all the rest of a validation.
    from frictionless import FrictionlessException, Package

    target = f"{name}/{DESCRIPTOR}"
    try:
        report = Package(str(folder / target)).validate()
        found = [(target, error.message) for error in report.errors]
        for task in report.tasks:
            # Its messages name the row, counted with the header, and the column.
            found += [(f"{name}/{task.place}", error.message) for error in task.errors]
    except FrictionlessException as error:
        found = [(target, str(error))]
    problems = [Text(f"{file}：{message}", f"{file}: {message}") for file, message in found]
    return _check(
        "frictionless", target, problems, Text("符合 Data Package 规范", "a valid Data Package")
    )


def _rules(path: Path, resource: Mapping[str, Any]) -> list[Text]:
    """What in a Parquet file breaks the rules that its table declares."""
    rules = compile_rules(str(resource["name"]), resource["schema"])
    beside = {key.table: path.with_name(f"{key.table}.parquet") for key in rules.foreign_keys}
    try:
        found = check_parquet(path, rules, {k: v for k, v in beside.items() if v.is_file()})
    except (pa.ArrowException, KeyError, OSError):
        # This file was read just before: it is a neighbour that is broken, and has a check of its own.
        return []
    return [
        Text(f"{problem.place}：{problem.message.zh}", f"{problem.place}: {problem.message.en}")
        for problem in found
    ]


def _parquet(folder: Path, name: str, resource: Mapping[str, Any]) -> Iterator[Check]:
    csv = folder / name / str(resource.get("path"))
    for alternate in resource.get("alternates", []):
        target = f"{name}/{alternate.get('path')}"
        problems = []
        path = folder / target
        if not path.is_file():
            problems.append(Text("文件不存在", "the file is missing"))
        else:
            if any(alternate.get(key) != value for key, value in measured(path).items()):
                problems.append(
                    Text(
                        "大小或校验值与 datapackage.json 不一致",
                        "size or hash is not what datapackage.json gives",
                    )
                )
            problem = twin_problem(csv, path, resource["schema"])
            problems += [problem] if problem is not None else _rules(path, resource)
        yield _check(
            "parquet", target, problems, Text("与 CSV 逐格一致", "equal to the CSV cell by cell")
        )


def _read(path: Path) -> pa.Table | None:
    try:
        return read_parquet(path)
    except (pa.ArrowException, OSError):
        # An unreadable file fails a check of its own.
        return None


def _keys(folder: Path, name: str) -> Check | None:
    """The keys of a topic that lead to the evidence."""
    declared, rows = tables().get(name), _read(folder / name / f"{name}.parquet")
    if declared is None or rows is None:
        return None
    problems = []
    for key in declared.foreign_keys:
        target = _read(folder / EVIDENCE / f"{key.table}.parquet")
        names_known = key.field in rows.column_names
        if target is None or key.column not in target.column_names or not names_known:
            continue
        lost = dangling(rows[key.field], key, target[key.column])
        if lost is not None:
            problems.append(
                Text(
                    f"第 {lost[0] + 2} 行 {key.field} 栏：{lost[1]} 不在 {EVIDENCE}/{key.table} 中",
                    f"row {lost[0] + 2}, column {key.field}: {lost[1]} is not in "
                    f"{EVIDENCE}/{key.table}",
                )
            )
    good = Text("每个标识都能在 evidence 中找到", "every key leads to a row of the evidence")
    return _check("keys", f"{name}/{name}.parquet", problems, good)


def _quotes(folder: Path) -> Check | None:
    """Whether every figure stands in the archived text where it says it does."""
    figures = _read(folder / EVIDENCE / "figures.parquet")
    if figures is None or not {"report_id", "start", "end", "quote"} <= set(figures.column_names):
        return None
    texts: dict[str, str] = {}
    problems = []
    for row in figures.select(["report_id", "start", "end", "quote"]).to_pylist():
        name = row["report_id"]
        if name not in texts:
            path = folder / EVIDENCE / "texts" / f"{Path(name).name}.txt"
            try:
                texts[name] = path.read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                texts[name] = ""
                problems.append(
                    Text(f"{path.name} 无法读取", f"{path.name} cannot be read: {error}")
                )
        if texts[name] and texts[name][row["start"] : row["end"]] != row["quote"]:
            place = f"{name}.txt {row['start']}-{row['end']}"
            problems.append(
                Text(f"{place} 不是“{row['quote']}”", f"{place} is not {row['quote']!r}")
            )
    good = Text("每个数字都在原文所示的位置", "every figure stands where it says in the text")
    return _check("quotes", f"{EVIDENCE}/figures.parquet", problems, good)


def validate_package(folder: Path, name: str) -> tuple[Check, ...]:
    """Every check of the package ``name`` of the release in ``folder``, but for the manifest."""
    package, problem = _descriptor(folder / name / DESCRIPTOR)
    if problem:
        return (Check("frictionless", f"{name}/{DESCRIPTOR}", False, problem),)
    checks = [_frictionless(folder, name)]
    for resource in package["resources"]:
        checks.extend(_parquet(folder, name, resource))
    more = _quotes(folder) if name == EVIDENCE else _keys(folder, name)
    return (*checks, more) if more is not None else tuple(checks)


def _no_release(folder: Path, problem: Text) -> UsageError:
    # The version that is meant, where the folder of releases or a package of one was given.
    inside = sorted(path.parent.name for path in folder.glob(f"[!.]*/{MANIFEST}"))
    if (folder.parent / MANIFEST).exists():
        meant = str(folder.parent)
    else:
        meant = str(folder / inside[-1]) if inside else "data/releases/<version>"
    return UsageError(
        problem,
        file=folder,
        remedy=Text(f"请给出发布目录 {meant}", f"name the folder of a release, {meant}"),
    )


def validate_release(folder: Path) -> tuple[Check, ...]:
    """Every check of the release in ``folder``, passed or not, in a fixed order.

    Reads only; a broken file is a failed check, not an exception. Raises UsageError where there is
    no such folder, or it holds nothing of a release.
    """
    if not folder.is_dir():
        raise _no_release(folder, Text("没有这个发布目录", "there is no such release folder"))
    if not (folder / DESCRIPTOR).exists() and not (folder / MANIFEST).exists():
        raise _no_release(
            folder,
            Text(
                f"这里没有发布：既无 {DESCRIPTOR} 也无 {MANIFEST}",
                f"there is no release here: neither {DESCRIPTOR} nor {MANIFEST}",
            ),
        )
    if (folder.parent / MANIFEST).exists() and not (folder / MANIFEST).exists():
        raise _no_release(
            folder,
            Text(
                "这是发布中的一个包，不是整个发布",
                "this is one package of a release and not the release",
            ),
        )
    index, problem = _descriptor(folder / DESCRIPTOR)
    names = [
        path.removesuffix(f"/{DESCRIPTOR}")
        for path in (str(resource.get("path")) for resource in index.get("resources", []))
        if path.count("/") == 1 and path.endswith(f"/{DESCRIPTOR}") and not path.startswith(".")
    ]
    found = [problem] if problem else []
    if not problem and not names:
        found.append(Text("没有列出任何包", "it lists no package"))
    checks = [
        _manifest(folder),
        _check("index", DESCRIPTOR, found, Text("列出各包", "lists the packages")),
    ]
    for name in names:
        checks.extend(validate_package(folder, name))
    return tuple(checks)
