"""A release on disk: the packages, the index above them, the manifest; all of it or nothing.

Belongs here: which file is written where, in which order. Does not belong here: the form of a file
(``formats``, ``descriptor``), what stands beside the packages (``companions``) or the swap of folders
(``files``).
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
import pyarrow as pa

from shenwan_data.config.settings import ReleaseSettings, is_area, malformed_area
from shenwan_data.errors import DataError, Text
from shenwan_data.files import (
    DRAFT,
    LOCK,
    durable,
    locked,
    machine_errors,
    recover,
    swap,
    sync_folder,
)
from shenwan_data.release.about import About, about_release, sources
from shenwan_data.release.companions import write_companions
from shenwan_data.release.contents import EVIDENCE, Package, packages, rows_of, whole
from shenwan_data.release.descriptor import (
    DESCRIPTOR,
    descriptor,
    index_resource,
    table_resource,
    text_resource,
    to_json,
)
from shenwan_data.release.formats import write_csv, write_parquet
from shenwan_data.release.manifest import (
    MANIFEST,
    hashes,
    manifest_problems,
    manifest_text,
)
from shenwan_data.release.metadata.citation import citation
from shenwan_data.release.register import check_against_published, register_of
from shenwan_data.release.rows import text_path
from shenwan_data.release.schema import Table, both, code_lists, dictionary
from shenwan_data.release.tables import all_observations
from shenwan_data.release.validation import Check, validate_draft

_TEMPLATES = Path(__file__).resolve().parent / "templates"


# What would begin a heading, a list, a rule or a table where the text begins a line.
_BLOCK = re.compile(r"[#+\-=~:]|[0-9]+(?=[.)]( |$))")


def markdown_cell(text: object) -> str:
    """A text for one cell of a Markdown table, or for a paragraph: on one line, with no markup."""
    flat = " ".join(str(text).split())
    flat = flat.replace("\\", "\\\\")
    for sign, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|")):
        flat = flat.replace(sign, escaped)
    for sign in "`*_[]~":
        flat = flat.replace(sign, "\\" + sign)
    block = _BLOCK.match(flat)
    if block is None:
        return flat
    # The digits of a numbered list stay, what follows them is escaped.
    at = block.end() if block[0].isdigit() else 0
    return f"{flat[:at]}\\{flat[at:]}"


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = markdown_cell
    return environment


def render(template: str, **values: Any) -> bytes:
    """A README as the bytes of its file. Raises jinja2.UndefinedError for a value not given."""
    return _environment().get_template(template).render(**values).encode("utf-8")


def _write(path: Path, content: bytes) -> None:
    with durable(path) as stream:
        stream.write(content)


def _write_texts(folder: Path, reports: pa.Table, texts: Mapping[str, str]) -> None:
    (folder / "texts").mkdir()
    for row in reports.to_pylist():
        text = texts.get(row["report_id"])
        content = b"" if text is None else text.encode("utf-8")
        if text is None or hashlib.sha256(content).hexdigest() != row["text_sha256"]:
            raise DataError(
                Text(
                    "报告正文缺失，或与读取时的正文不一致",
                    "the text of the report is missing, or is not the one that was read",
                ),
                file=row["report_id"],
                remedy=Text("请重新构建", "build again"),
            )
        _write(folder / text_path(row["report_id"]), content)
    sync_folder(folder / "texts")


def _sources(reports: pa.Table) -> list[dict[str, str]]:
    return [
        {"title": both(source.text), **({"path": source.url} if source.url else {})}
        for source in sources(reports)
    ]


def _write_table(
    folder: Path, table: Table, rows: pa.Table, beside: tuple[str, ...]
) -> dict[str, Any]:
    """Write the two files of a table; return its resource."""
    with durable(folder / f"{table.name}.csv") as stream:
        write_csv(rows, stream)
    with durable(folder / f"{table.name}.parquet") as stream:
        write_parquet(rows, stream)
    return table_resource(table, folder, beside)


def _write_package(
    folder: Path,
    package: Package,
    built: Mapping[str, pa.Table],
    texts: Mapping[str, str],
    release: ReleaseSettings,
    about: About,
) -> None:
    folder.mkdir()
    rows = rows_of(package, built)
    resources = [
        _write_table(folder, table, rows[table.name], package.table_names)
        for table in package.tables
    ]
    archived = 0
    if package.name == EVIDENCE:
        _write_texts(folder, rows["reports"], texts)
        for row in rows["reports"].to_pylist():
            path = text_path(row["report_id"])
            resources.append(text_resource(row["report_id"], row["report_title"], folder, path))
            archived += 1
    described = descriptor(
        f"{release.name}-{package.name}",
        package.title,
        package.description,
        release,
        _sources(built["reports"]),
        resources,
        citation(about, package.title),
    )
    _write(folder / DESCRIPTOR, to_json(described))
    lists = code_lists()
    readme = render(
        "package.md.j2",
        title=package.title,
        description=package.description,
        release=release,
        citation=citation(about, package.title),
        tables=[
            {
                "name": table.name,
                "title": table.title,
                "description": table.description,
                "rows": rows[table.name].num_rows,
                "dictionary": dictionary(table, package.table_names),
            }
            for table in package.tables
        ],
        texts=archived,
        indicators=[] if package.name == EVIDENCE else rows["indicators"].to_pylist(),
        code_lists={name: list(lists[name].values()) for name in package.code_lists},
    )
    _write(folder / "README.md", readme)
    sync_folder(folder)


def write_files(
    folder: Path,
    built: Mapping[str, pa.Table],
    texts: Mapping[str, str],
    release: ReleaseSettings,
) -> None:
    """Write every file of a release into ``folder``, which is made. Nothing is checked.

    ``release`` holds the settings of the release. Raises OSError, and DataError for data that a
    format cannot hold.
    """
    folder.mkdir()
    about = about_release(release, built)
    for package in packages():
        _write_package(folder / package.name, package, built, texts, release, about)
    (table,) = whole().tables
    everything = _write_table(folder, table, all_observations(built), ())
    index = descriptor(
        release.name,
        release.title,
        release.description,
        release,
        _sources(built["reports"]),
        [
            everything,
            *(
                index_resource(package.name, package.title, package.description, folder)
                for package in packages()
            ),
        ],
        citation(about),
    )
    if release.set_aside:
        # What a person keeps out of the release; who is not published.
        index["setAside"] = [
            {"report": one.report, "when": str(one.when), "why": one.why}
            for one in release.set_aside
        ]
    _write(folder / DESCRIPTOR, to_json(index))
    _write(folder / "README.md", render("release.md.j2", release=release, packages=packages()))
    write_companions(folder, built, about)
    _write(folder / MANIFEST, manifest_text(hashes(folder)).encode("utf-8"))
    sync_folder(folder)


def _require(checks: Iterable[Check]) -> None:
    failed = [check for check in checks if not check.passed]
    if failed:
        raise DataError(
            failed[0].message,
            file=failed[0].target,
            remedy=Text(
                "数据未发布，原有发布不变；请按提示修正后重新构建",
                "nothing was published, an earlier release is untouched; correct this, build again",
            ),
        )


def write_release(
    tables: Mapping[str, pa.Table],
    texts: Mapping[str, str],
    releases_dir: Path,
    release: ReleaseSettings,
    verify: Callable[[Path], Iterable[Check]] = validate_draft,
    register: Path | None = None,
) -> Path:
    """Write ``releases_dir/<version>/`` and return it.

    ``tables`` are those of ``build_tables``; ``texts`` the archived text of every report by its id;
    ``release`` the settings of the town. The release appears whole and checked or not at all; one
    that is there already stays until then, and is left alone if it is the same. ``verify`` judges the
    draft before that.
    ``register`` is that of the published versions, the one beside ``releases_dir`` unless given.
    Raises DataError where a check fails or the version is published or too low for what changed
    since; UsageError where another build is writing; MachineError where the disk cannot hold it.
    """
    for row in tables["reports"].select(["ref_area"]).to_pylist():
        # It becomes part of file names.
        if not is_area(row["ref_area"] or ""):
            raise malformed_area(str(row["ref_area"]), DataError)
    target = releases_dir / release.version
    draft = releases_dir / f".{target.name}{DRAFT}"
    busy = Text("另一个构建正在写入此目录", "another build is writing to this folder")
    with locked(releases_dir / LOCK, busy), machine_errors(what=Text("发布版本", "the release")):
        recover(releases_dir)
        try:
            write_files(draft, tables, texts, release)
            _require(verify(draft))
            check_against_published(draft, target.name, register or register_of(releases_dir))
            same = (
                (target / MANIFEST).is_file()
                and (target / MANIFEST).read_bytes() == (draft / MANIFEST).read_bytes()
                and not manifest_problems(target)
            )
            if not same:
                swap(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return target
