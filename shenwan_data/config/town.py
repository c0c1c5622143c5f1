"""A data folder for a town, made by ``shenwan-data init``.

Belongs here: which files a new data folder holds and their first content. Does not belong here:
reading them (``settings``).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from shenwan_data.config.forms import validated
from shenwan_data.config.settings import (
    AREAS_FILE,
    RELEASE_FILE,
    Area,
    is_area,
    malformed_area,
    read_areas,
)
from shenwan_data.config.textfile import Document, read_text
from shenwan_data.errors import Text, UsageError
from shenwan_data.files import machine_errors, write_atomic
from shenwan_data.schemas import metadata

FOLDERS = ("reports", "corrections")
README = "README.md"
_RELEASE = """\
# 本镇发布版本的信息：标题、发布单位、版本号。每年发布新版本时修改 version 和 created。
# What a release of this town says of itself. Set version and created to the new release each year.
name: {name}
version: 1.0.0
created: {created}
versions: by_hand  # automatic：登记后由构建自取下一版本号 after `record` a build takes the next one
# Where the release can be seen, each an https address, or null while there is none: `homepage` is the
# page of the project, `landing_page` the page of the data on a portal, `base_url` the folder on the web
# that holds the folder <version>. `namespace` names things as long as there is no base_url; keep it.
homepage: null
landing_page: null
base_url: null
namespace: {namespace}
doi: null
publisher:
  name: {{zh: {publisher_zh}, en: {publisher_en}}}
  code: null  # 统一社会信用代码 the unified social credit code, in quotation marks
contact: null  # {{name: {{zh: 法治办, en: Rule of Law Office}}, email: name@example.org}}
contributors:
  - {{title: {publisher_en}, roles: [creator]}}
keywords:
  - {{zh: 法治政府, en: rule of law}}
  - {{zh: 政府数据开放, en: open government data}}
  - {{zh: 乡镇, en: townships}}
  - {{zh: 年度报告, en: annual reports}}
  - {{zh: 中国, en: China}}
update_frequency: annual
access: public
themes: [government, justice]
title:
  zh: {title_zh}
  en: {title_en}
description:
  zh: {description_zh}
  en: {description_en}
licenses:
  - {{name: CC-BY-4.0, title: Creative Commons Attribution 4.0, path: "https://creativecommons.org/licenses/by/4.0/"}}
"""
_README = """\
# {name_zh}法治政府建设年度报告数据

| 路径 | 内容 |
| --- | --- |
| `reports/<年份>/<地区>.*` | 归档的报告，由 `shenwan-data add` 写入，不要改动 |
| `corrections/<年份>.yaml` | 人工更正，每条写明何人、何时、为何 |
| `reviews/<年份>/<地区>.yaml` | 谁在何时核对过哪一项 |
| `lexicon.yaml` | 本镇报告自己的说法，每条附例句 |
| `release.yaml` | 标题、发布单位、版本号；每年发布前修改 `version` 和 `created` |
| `areas.csv` | 地区代码和名称；增加一个镇就加一行 |
| `targets.yaml` | 发布目标（需要对外发布时自行编写，不含密码） |
| `releases/` | 生成的发布版本 |

每年的步骤：

    shenwan-data add 报告.html --year 2023 --area {area}
    shenwan-data inspect reports/2023/{area}.html
    shenwan-data build

在本目录中运行，或用 `--data-dir`、环境变量 `SHENWAN_DATA_DIR` 指定本目录。所有文件存为 UTF-8。

# Figures of {name_en}'s yearly reports on rule-of-law government

| path | content |
| --- | --- |
| `reports/<year>/<area>.*` | archived reports, written by `shenwan-data add`; do not edit them |
| `corrections/<year>.yaml` | corrections by hand, each with who, when and why |
| `reviews/<year>/<area>.yaml` | what was looked at, by whom and when |
| `lexicon.yaml` | wordings of this town's own reports, each with its sentence |
| `release.yaml` | title, publisher, version; set `version` and `created` before each release |
| `areas.csv` | codes and names of areas; another town is another row |
| `targets.yaml` | where to publish (write it when needed; no passwords) |
| `releases/` | the releases that were built |

Run the commands above in this folder, or name it with `--data-dir` or `SHENWAN_DATA_DIR`. Save every
file as UTF-8.
"""


@dataclass(frozen=True, slots=True)
class Town:
    """What has to be known of a town; ``within`` is the province and city, if given."""

    area: str
    name: Text
    publisher: Text
    within: Text | None = None
    division_code: str | None = None


def missing_files(folder: Path) -> tuple[str, ...]:
    """The files of a data folder that need to know the town and are not there yet."""
    return tuple(name for name in (RELEASE_FILE, AREAS_FILE) if not (folder / name).exists())


def make_data_dir(folder: Path, town: Town | None, created: date) -> tuple[Path, ...]:
    """Make a data folder, or complete one; return what was written.

    Nothing that is there is changed. ``town`` may be None where no file is missing. Raises UsageError
    for a malformed area code or a folder that is a file, MachineError where the system refuses.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            Text("这是文件，不是目录", "this is a file, not a folder"),
            file=folder,
            remedy=Text("请另给一个目录名", "name another folder"),
        )
    if town is not None and not is_area(town.area):
        raise malformed_area(town.area, UsageError)
    written = []
    for name in FOLDERS:
        if not (folder / name).is_dir():
            with machine_errors(folder / name):
                (folder / name).mkdir(parents=True)
            written.append(folder / name)
    contents = {}
    if town is not None:
        contents = {
            RELEASE_FILE: release_file(town, created),
            AREAS_FILE: areas_file(town),
            README: _README.format(name_zh=town.name.zh, name_en=town.name.en, area=town.area),
        }
    for name, content in contents.items():
        if not (folder / name).exists():
            write_atomic(folder / name, content)
            written.append(folder / name)
    return tuple(written)


def release_file(town: Town, created: date) -> str:
    """The first ``release.yaml`` of a town."""
    name = town.name
    within = town.within or Text("", "")
    inside = Text(f"（{within.zh}）" if within.zh else "", f" ({within.en})" if within.en else "")
    about = _description(f"{name.zh}{inside.zh}", f"{name.en}{inside.en}")
    texts = {
        "publisher_zh": town.publisher.zh,
        "publisher_en": town.publisher.en,
        "title_zh": f"{name.zh}法治政府建设年度报告数据",
        "title_en": f"Figures of {name.en}'s yearly reports on rule-of-law government",
        "description_zh": about.zh,
        "description_en": about.en,
    }
    # A text of JSON is one of YAML, whatever signs it holds.
    quoted = {key: json.dumps(text, ensure_ascii=False) for key, text in texts.items()}
    return _RELEASE.format(
        name=f"{town.area.replace('_', '-').strip('-')}-rule-of-law",
        created=created.isoformat(),
        namespace=uuid5(NAMESPACE_URL, f"urn:shenwan-data:{town.area}:{name.zh}"),
        **quoted,
    )


def listed_towns(known: Mapping[str, Area]) -> tuple[dict[str, str], ...]:
    """The towns of the official list of divisions that are not registered yet, as rows of it."""
    codes = {area.division_code for area in known.values()}
    names = {area.name_zh for area in known.values()}
    return tuple(
        row
        for row in metadata("divisions.csv")
        if row["division_code"] not in codes and row["name_zh"] not in names
    )


def area_code(name_en: str) -> str:
    """A code from the English name of a town: Sanxiang Town is ``sanxiang``."""
    return re.sub(r"[^a-z]+", "_", name_en.removesuffix(" Town").lower()).strip("_")


def title_of(areas: Sequence[Area]) -> tuple[Text, Text]:
    """Title and description of a release of these towns: two by name, more by the first and number."""
    zh = "、".join(area.name_zh for area in areas)
    en = " and ".join(area.name_en for area in areas)
    if len(areas) > 2:
        first = areas[0]
        zh = f"{first.parent_zh or ''}{first.name_zh}等{len(areas)}个镇街"
        en = f"{len(areas)} towns" + (f" of {first.parent_en}" if first.parent_en else "")
    title = Text(
        f"{zh}法治政府建设年度报告数据",
        f"Figures of the yearly reports on rule-of-law government of {en}",
    )
    return title, _description(zh, en)


def _description(zh: str, en: str) -> Text:
    return Text(
        f"从{zh}历年法治政府建设年度报告正文中读出的数字，每个数字都带有单位、口径精度和原文出处。",
        f"The numbers in the yearly narrative reports on rule-of-law government of {en}, each with "
        "its unit, its stated precision and the place in the text it was read from.",
    )


def add_area(folder: Path, cells: Mapping[str, str]) -> Area:
    """Add a row to ``areas.csv``, the rest of the file unchanged; missing cells stay empty.

    Raises UsageError for a row that is malformed or whose code is on the list.
    """
    path = folder / AREAS_FILE
    known = read_areas(folder)
    row = {key: cells.get(key, "").strip() for key in Area.model_fields}
    filled = {key: cell for key, cell in row.items() if cell}
    area = validated(
        Area,
        Document(path, filled),
        remedy=Text("请按表单填写", "fill in the form"),
        failure=UsageError,
    )
    if area.ref_area in known or area.name_zh in {one.name_zh for one in known.values()}:
        raise UsageError(
            Text(f"{area.name_zh}（{area.ref_area}）已登记", f"{area.ref_area} is on the list"),
            file=path,
            remedy=Text("请检查代码和名称", "check code and name"),
        )
    with machine_errors(path):
        content = path.read_bytes()
    # The columns may stand in another order than ours.
    header = next(csv.reader(io.StringIO(read_text(path))))
    ordered = io.StringIO()
    csv.writer(ordered, lineterminator="\n").writerow(row[name.strip()] for name in header)
    end = b"" if content.endswith(b"\n") else b"\n"
    line = ordered.getvalue().encode()
    if b"\r\n" in content:
        end, line = end and b"\r\n", line.replace(b"\n", b"\r\n")
    write_atomic(path, content + end + line)
    return area


def areas_file(town: Town) -> str:
    """The first ``areas.csv`` of a town."""
    to = io.StringIO()
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow(Area.model_fields)
    within = town.within or Text("", "")
    names = (town.name.zh, town.name.en, within.zh, within.en)
    writer.writerow([town.area, *names, town.division_code or ""])
    return to.getvalue()
