"""Every check of a finished release, from its files alone.

Belongs here: the checks on a release folder. Does not belong here: the rules of the tables before
they are written (``table_rules``), or building (``package``).

Frictionless judges the CSV packages, the manifest every file, ``parity_problem`` each Parquet file
against its CSV. What no descriptor can state is checked here: keys from one package to another, the
offsets of the quotes, each observation against its figure. Everything else is derived again from the
tables and compared, so a forged manifest hides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from shenwan_data.config.settings import is_version
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.release.agreement import (
    figure_problems,
    has_the_rows_of_the_topics,
    observation_problems,
    parity_problem,
    read_if_any,
    topic_problems,
)
from shenwan_data.release.contents import EVIDENCE, OBSERVATIONS
from shenwan_data.release.declared import check_identity
from shenwan_data.release.descriptor import DESCRIPTOR, measured
from shenwan_data.release.manifest import MANIFEST, manifest_problems
from shenwan_data.release.schema import tables
from shenwan_data.release.table_rules import check_parquet, compile_rules
from shenwan_data.release.verdicts import Verdicts

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


def _frictionless(folder: Path, name: str, verdicts: Verdicts) -> Check:
    good = Text("符合 Data Package 规范", "a valid Data Package")
    return _check("frictionless", f"{name}/{DESCRIPTOR}", verdicts.problems(folder, name), good)


def _rules(path: Path, resource: Mapping[str, Any]) -> list[Text]:
    """What in a Parquet file breaks the rules that its table declares."""
    rules = compile_rules(str(resource["name"]), resource["schema"])
    beside = {key.table: path.with_name(f"{key.table}.parquet") for key in rules.foreign_keys}
    try:
        found = check_parquet(path, rules, {k: v for k, v in beside.items() if v.is_file()})
    except (pa.ArrowException, KeyError, OSError):
        # This file was read just before: another one is broken, and has a failed check of its own.
        return []
    return [
        Text(f"{problem.place}：{problem.message.zh}", f"{problem.place}: {problem.message.en}")
        for problem in found
    ]


def _parquet(folder: Path, name: str, resource: Mapping[str, Any]) -> Iterator[Check]:
    csv = folder / name / str(resource.get("path"))
    for alternate in resource.get("alternates", []):
        target = (Path(name) / str(alternate.get("path"))).as_posix()
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
            problem = parity_problem(csv, path, resource["schema"])
            problems += [problem] if problem is not None else _rules(path, resource)
        yield _check(
            "parquet", target, problems, Text("与 CSV 逐格一致", "equal to the CSV cell by cell")
        )


def _keys(folder: Path, name: str) -> Check | None:
    """The keys of a topic, those that lead out of it too, and its rows that the evidence has as well."""
    problems = topic_problems(folder, name)
    if problems is None:
        return None
    good = Text(
        "每个标识都有所指，各行与 evidence 一致",
        "every key leads to a row, and the rows are those of the evidence",
    )
    return _check("keys", f"{name}/{name}.parquet", problems, good)


def _whole(folder: Path, index: Mapping[str, Any]) -> Iterator[Check]:
    """Whether the table of all observations is sound and has the rows of the topics and no others."""
    resource = next((one for one in index["resources"] if one.get("name") == OBSERVATIONS), None)
    if resource is None or not isinstance(resource.get("schema"), dict):
        problem = Text("没有全部观测值的表", "there is no table of all observations")
        yield Check("whole", DESCRIPTOR, False, problem)
        return
    yield from _parquet(folder, "", resource)
    problems = []
    path = folder / f"{OBSERVATIONS}.csv"
    if not path.is_file() or any(resource.get(k) != v for k, v in measured(path).items()):
        problems.append(Text("CSV 与描述不符", "size or hash of the CSV is not as described"))
    if not has_the_rows_of_the_topics(folder):
        problems.append(Text("与各主题的观测值不一致", "its rows are not those of the topics"))
    good = Text("与各主题的观测值一致", "it has the rows of the topics")
    yield _check("whole", f"{OBSERVATIONS}.parquet", problems, good)


def _ties(folder: Path, name: str) -> Check | None:
    """Whether every observation of a topic says what its figure says."""
    rows = read_if_any(folder / name / f"{name}.parquet") if name in tables() else None
    figures = read_if_any(folder / EVIDENCE / "figures.parquet")
    if rows is None or figures is None or "figure_id" not in rows.column_names:
        return None
    problems = list(observation_problems(rows, figures))
    good = Text("每个数值与所引数字一致", "every observation agrees with its figure")
    return _check("observations", f"{name}/{name}.parquet", problems, good)


def _figures(folder: Path) -> Check | None:
    figures = read_if_any(folder / EVIDENCE / "figures.parquet")
    if figures is None:
        return None
    good = Text("数值均在上下限之内", "every value lies within its bounds")
    target = f"{EVIDENCE}/figures.parquet"
    return _check("bounds", target, list(figure_problems(figures)), good)


def _identity(folder: Path) -> Check:
    """Whether names, version and paths are ones that a release may have."""
    problems = []
    try:
        check_identity(folder)
    except DataError as error:
        place = Path(error.file or DESCRIPTOR).relative_to(folder).as_posix()
        where = f"{place}, {error.place}" if error.place else place
        problems = [Text(f"{where}：{error.problem.zh}", f"{where}: {error.problem.en}")]
    return _check(
        "identity", DESCRIPTOR, problems, Text("名称和版本有效", "valid names and version")
    )


def _registered(folder: Path, register: Path) -> Check | None:
    """Whether a published version has the very files it was published with; None for a draft."""
    entry = register / folder.name / MANIFEST
    if not is_version(folder.name) or not entry.is_file():
        return None
    try:
        same = entry.read_bytes() == (folder / MANIFEST).read_bytes()
    except OSError:
        same = False
    problem = Text(
        f"与登记的 {folder.name} 不同：已发布的版本不得改动",
        f"not the files that {folder.name} was published with, according to the register",
    )
    good = Text("与登记的已发布版本一致", "the same files as were published")
    return _check("register", MANIFEST, [] if same else [problem], good)


def _derived(folder: Path) -> Check:
    """Whether every file is what the tables and texts give."""
    # Imported here because writing a release imports this module.
    from shenwan_data.release.derived import derived_problems, settings_for

    settings = settings_for(folder)
    if settings is None:
        unknown = Text(
            "没有该数据集的 release.yaml，未重新生成比对",
            "not derived again: there is no release.yaml of this data set here",
        )
        return _check("derived", DESCRIPTOR, [], unknown)
    problems = list(derived_problems(folder, settings))
    good = Text(
        "全部文件均与由数据表重新生成的一致", "every file is what the tables and texts give"
    )
    return _check("derived", DESCRIPTOR, problems, good)


def _quotes(folder: Path) -> Check | None:
    """Whether the quote of every figure is at its offsets in the archived text."""
    figures = read_if_any(folder / EVIDENCE / "figures.parquet")
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
    good = Text("每个数字都在原文所示的位置", "every quote is at its offsets in the text")
    return _check("quotes", f"{EVIDENCE}/figures.parquet", problems, good)


def validate_package(
    folder: Path, name: str, verdicts: Verdicts | None = None
) -> tuple[Check, ...]:
    """Every check of the package ``name`` of the release in ``folder``, but for the manifest."""
    package, problem = _descriptor(folder / name / DESCRIPTOR)
    if problem:
        return (Check("frictionless", f"{name}/{DESCRIPTOR}", False, problem),)
    checks = [_frictionless(folder, name, verdicts or Verdicts())]
    for resource in package["resources"]:
        checks.extend(_parquet(folder, name, resource))
    if name == EVIDENCE:
        more = [_quotes(folder), _figures(folder)]
    else:
        more = [_keys(folder, name), _ties(folder, name)]
    return (*checks, *(check for check in more if check is not None))


def _no_release(folder: Path, problem: Text) -> UsageError:
    # Guess the version, where the folder of releases or of one package was given.
    inside = sorted(path.parent.name for path in folder.glob(f"[!.]*/{MANIFEST}"))
    if (folder.parent / MANIFEST).exists():
        meant = str(folder.parent)
    else:
        meant = str(folder / inside[-1]) if inside else "data/releases/<version>"
    return UsageError(
        problem,
        file=folder,
        remedy=Text(f"请给出发布目录 {meant}", f"give the folder of a release: {meant}"),
    )


def validate_draft(folder: Path, verdicts: Verdicts | None = None) -> tuple[Check, ...]:
    """The checks of a release that this process has just written: nothing is derived twice."""
    return validate_release(folder, derive=False, verdicts=verdicts)


def validate_release(
    folder: Path,
    *,
    derive: bool = True,
    register: Path | None = None,
    verdicts: Verdicts | None = None,
) -> tuple[Check, ...]:
    """Every check of the release in ``folder``, passed or not, in a fixed order.

    With ``derive`` the files are compared with those that its tables give, unless they are the ones
    in the ``register`` of published versions (the one beside the folder of releases unless given).
    Frictionless does not judge again what the ``verdicts`` know.
    Reads only; a broken file is a failed check, not an exception. Raises UsageError where there is no
    such folder, or nothing of a release in it.
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
                "这只是发布中的一个包，不是整个发布",
                "this is one package of a release, not the release",
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
    if not problem and names:
        checks.append(_identity(folder))
        checks.extend(_whole(folder, index))
    for name in names:
        checks.extend(validate_package(folder, name, verdicts))
    registered = _registered(folder, register or folder.resolve().parent.parent / "published")
    checks += [registered] if registered is not None else []
    known = registered is not None and registered.passed and checks[0].passed
    # Beside another failed check it would only repeat what is wrong.
    if derive and not known and all(check.passed for check in checks):
        checks.append(_derived(folder))
    return tuple(checks)
