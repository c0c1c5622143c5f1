"""The settings of a town: ``release.yaml`` and ``areas.csv`` of its data folder.

Belongs here: finding the data folder and reading these two files. Does not belong here: the reports
and corrections in it, or the metadata of the library in ``schemas/``.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TypeGuard
from uuid import UUID

from packaging.version import Version
from pydantic import AfterValidator, BeforeValidator, Field

from shenwan_data.config.forms import (
    Bilingual,
    Day,
    Filled,
    Line,
    Listed,
    Model,
    Url,
    known_as,
    one_of,
    refused,
    should_be,
    validated,
)
from shenwan_data.config.textfile import read_csv_document, read_yaml_document
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.schemas import metadata

VARIABLE = "SHENWAN_DATA_DIR"
RELEASE_FILE, AREAS_FILE = "release.yaml", "areas.csv"
AUTOMATIC = "automatic"
_CHECKOUT = Path(__file__).resolve().parents[2]
_VERSION = re.compile(r"(0|[1-9][0-9]*)[.](0|[1-9][0-9]*)[.](0|[1-9][0-9]*)", re.ASCII)
# It becomes part of file names, which no file system lets be longer than 255 bytes.
_AREA = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_NAME = re.compile(r"[a-z0-9]+(?:[-._][a-z0-9]+)*")
_REPORT = re.compile(r"[a-z][a-z0-9_-]{0,63}-[0-9]{4}", re.ASCII)
# A province that there is, prefecture, county, town; that of a village ends otherwise.
_DIVISION = re.compile(
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])[0-9]{7}000", re.ASCII
)


def is_version(text: object) -> TypeGuard[str]:
    """Whether it is a text of the form 1.0.0, without leading zeros or a suffix."""
    return isinstance(text, str) and _VERSION.fullmatch(text) is not None


def parse_version(text: object, file: Path | str = RELEASE_FILE) -> Version:
    """The version that is written. DataError where it is not of the form 1.0.0."""
    if not is_version(text):
        raise DataError(
            Text("版本号须形如 1.0.0", "the version must be of the form 1.0.0"),
            file=file,
            place=f"version {text!r}",
            remedy=Text("请改正版本号", "correct the version"),
        )
    return Version(text)


def is_area(name: str) -> bool:
    """Whether a name can be the code of an area; it then is a safe file name, too."""
    return _AREA.fullmatch(name) is not None


def malformed_area(
    area: str, kind: type[DataError | UsageError], path: Path | None = None
) -> DataError | UsageError:
    """The error for a name that can be no code."""
    return kind(
        Text(f"地区代码无效：{area}", f"not the code of an area: {area}"),
        file=path,
        remedy=Text(
            "请用小写英文字母开头的代码，如 shenwan；名称登记在数据目录的 areas.csv",
            "use a code of lower-case letters, such as shenwan; its names go in areas.csv of the "
            "data folder",
        ),
    )


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise refused(Text(f"不是 UUID：“{value}”", f"not a UUID: {value!r}")) from error


def _version(value: object) -> str:
    if not is_version(value):
        raise refused(
            Text(
                f"版本号须形如 1.0.0，现为“{value}”",
                f"the version must be of the form 1.0.0, not {value!r}",
            )
        )
    return value


class Licence(Model):
    """A licence by its SPDX identifier; ``path`` is the address of its text."""

    name: Filled
    title: Line
    path: Url


class Contact(Model):
    """Whom to write to."""

    name: Bilingual
    email: Filled


class Publisher(Model):
    """The body that publishes the release; ``code`` is its unified social credit code."""

    name: Bilingual
    code: Filled | None = None


class Contributor(Model):
    """A contributor as the Data Package standard has it."""

    title: Line
    roles: Listed[Filled]
    path: Url | None = None
    email: Filled | None = None


class SetAside(Model):
    """A report that a person leaves out of the release: its id, when, why. ``who`` is not published."""

    report: Annotated[
        str,
        should_be(
            Text("报告代码 地区-年份，如 shenwan-2023", "a report, AREA-YEAR such as shenwan-2023"),
            lambda value: isinstance(value, str) and _REPORT.fullmatch(value) is not None,
        ),
    ]
    who: Filled
    when: Day
    why: Filled


class ReleaseSettings(Model):
    """What a release says of itself, from ``release.yaml``. What is not known is None."""

    name: Annotated[
        str,
        should_be(
            Text("小写英文、数字和连字符", "lower-case letters, digits and hyphens"),
            lambda value: isinstance(value, str) and _NAME.fullmatch(value) is not None,
        ),
    ]
    version: Annotated[str, BeforeValidator(_version)]
    # Who sets `version` and `created` once a version is published: a person, or a build.
    versions: Annotated[str, one_of(("by_hand", AUTOMATIC), Text("取值", "value"))] = "by_hand"
    created: Day
    title: Bilingual
    description: Bilingual
    publisher: Publisher
    contact: Contact | None = None
    contributors: Listed[Contributor] = ()
    keywords: Listed[Bilingual] = ()
    licenses: Annotated[Listed[Licence], Field(min_length=1)]
    update_frequency: Annotated[str, known_as("frequencies", Text("更新频率", "frequency"))]
    access: Annotated[str, known_as("access", Text("共享属性", "access"))]
    themes: Listed[Annotated[str, known_as("themes", Text("主题", "theme"))]] = ()
    homepage: Url | None = None
    landing_page: Url | None = None
    base_url: Url | None = None
    namespace: Annotated[str, AfterValidator(lambda value: str(_uuid(value)))]
    doi: Filled | None = None
    set_aside: Listed[SetAside] = ()


class Area(Model):
    """An area by its code, in the names of both languages, with what it is part of."""

    ref_area: Annotated[
        str,
        should_be(
            Text(
                "小写英文字母开头的代码，如 shenwan", "a code of lower-case letters such as shenwan"
            ),
            lambda value: isinstance(value, str) and is_area(value),
        ),
    ]
    name_zh: Filled
    name_en: Filled
    parent_zh: Filled | None = None
    parent_en: Filled | None = None
    division_code: (
        Annotated[
            str,
            should_be(
                Text(
                    "乡镇的 12 位统计用区划代码，末三位为 000",
                    "the statistical division code of a town: 12 digits, the last three 000",
                ),
                lambda value: isinstance(value, str) and _DIVISION.fullmatch(value) is not None,
            ),
        ]
        | None
    ) = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All that belongs to a town beside its reports: the data folder, release and areas by code."""

    data_dir: Path
    release: ReleaseSettings
    areas: dict[str, Area]

    @property
    def release_dir(self) -> Path:
        """Where the release of these settings is written."""
        return self.data_dir / "releases" / self.release.version


def load_settings(data_dir: Path) -> Settings:
    """The settings of a data folder, read as they are on disk now.

    Raises DataError naming file, line and key of a mistake, a file that is missing, or a report that
    is set aside and not there.
    """
    settings = Settings(data_dir, read_release_settings(data_dir), read_areas(data_dir))
    for one in settings.release.set_aside:
        area, _, year = one.report.rpartition("-")
        if not any((data_dir / "reports" / year).glob(f"{area}.*")):
            raise DataError(
                Text(
                    f"没有要搁置的报告 {one.report}",
                    f"there is no report {one.report} to set aside",
                ),
                file=data_dir / RELEASE_FILE,
                place="set_aside",
                remedy=Text("请删除该条或改正代码", "remove the entry, or correct the report"),
            )
    return settings


def read_release_settings(data_dir: Path) -> ReleaseSettings:
    """``release.yaml`` of a data folder. Raises DataError as ``load_settings`` does."""
    path = _present(data_dir / RELEASE_FILE)
    known = metadata("catalogues.yaml")
    return validated(
        ReleaseSettings,
        read_yaml_document(path),
        context={key: known[key] for key in ("frequencies", "access", "themes")},
        remedy=Text("请按该文件中的说明修正", "correct it as the comments of the file explain"),
    )


def set_aside(data_dir: Path) -> tuple[SetAside, ...]:
    """The reports that ``release.yaml`` leaves out; none where it cannot be read.

    Reading goes on then: it is the release that is refused, with the mistake.
    """
    path = data_dir / RELEASE_FILE
    try:
        state = path.stat()
    except OSError:
        return ()
    return _set_aside_in_state(data_dir, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _set_aside_in_state(data_dir: Path, changed: int, size: int) -> tuple[SetAside, ...]:  # noqa: ARG001 - the key
    try:
        return read_release_settings(data_dir).set_aside
    except DataError:
        return ()


def read_areas(data_dir: Path) -> dict[str, Area]:
    """The areas of ``areas.csv`` by code, in file order. Raises DataError as ``load_settings`` does."""
    path = _present(data_dir / AREAS_FILE)
    read = read_csv_document(path, tuple(Area.model_fields))
    rows = [{key: cell.strip() or None for key, cell in row.items()} for row in read.content]
    filled = [{key: cell for key, cell in row.items() if cell is not None} for row in rows]
    document = replace(read, content=filled)
    remedy = Text(
        "每行为：代码,中文名,英文名,上级中文名,上级英文名,区划代码",
        "a row is: code, names in Chinese and English, those of what it is part of, division code",
    )
    areas: dict[str, Area] = {}
    listed = validated(list[Area], document, remedy=remedy, entry="row")
    for index, area in enumerate(listed):
        if area.ref_area in areas:
            raise DataError(
                Text(f"地区代码 {area.ref_area} 重复", f"the code {area.ref_area} is given twice"),
                file=path,
                place=f"line {document.line_of((index,))}",
                remedy=Text("请删除或改名其中一行", "remove or rename one of the two rows"),
            )
        areas[area.ref_area] = area
    return areas


def _present(path: Path) -> Path:
    if not path.is_file():
        raise DataError(
            Text("数据目录中缺少该文件", "this file of the data folder is missing"),
            file=path,
            remedy=Text(
                f"请运行 shenwan-data init {path.parent}，它只补充缺少的文件",
                f"run shenwan-data init {path.parent}: it adds what is missing and changes nothing",
            ),
        )
    return path


def find_data_dir(given: Path | None = None) -> Path:
    """The data folder, absolute.

    ``given`` comes first, then the folder in the environment variable ``SHENWAN_DATA_DIR``, then the
    working directory or ``data/`` in it or in one above it, then ``data/`` of the checkout the
    library runs from. Raises UsageError when there is none, or when the named one holds no
    ``reports/``.
    """
    named = given or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is not None:
        if not (named / "reports").is_dir():
            raise UsageError(
                Text("该目录下没有 reports/ 子目录", "this folder holds no reports/ folder"),
                file=named,
                remedy=Text(
                    f"请用 --data-dir 指定数据目录，或运行 shenwan-data init {named} 新建",
                    "give the folder that holds reports/ as --data-dir or SHENWAN_DATA_DIR, or make "
                    f"one: shenwan-data init {named}",
                ),
            )
        return named.resolve()
    here = Path.cwd()
    if (here / RELEASE_FILE).is_file() and (here / "reports").is_dir():
        return here.resolve()
    for folder in (here, *here.parents, _CHECKOUT):
        if (folder / "data" / "reports").is_dir():
            return (folder / "data").resolve()
    raise UsageError(
        Text("找不到数据目录 data/reports/", "there is no data/reports/ folder here or above"),
        file=here,
        remedy=Text(
            "请用 --data-dir 指定数据目录，或运行 shenwan-data init data 新建",
            "give the data folder as --data-dir, or make one: shenwan-data init data",
        ),
    )
