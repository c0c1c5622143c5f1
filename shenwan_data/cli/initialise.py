"""The command that makes a data folder for a town.

Belongs here: what is asked and what is printed. Does not belong here: the files (``config.town``).
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from shenwan_data.errors import Text, UsageError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--area", help="A code for the town, such as shenwan. 地区代码，如 shenwan。")
@click.option("--name-zh", help="Its name in Chinese. 中文名，如 神湾镇。")
@click.option("--name-en", help="Its name in English. 英文名，如 Shenwan Town。")
@click.option("--parent-zh", help="Province and city in Chinese. 所属省市，如 广东省中山市。")
@click.option("--parent-en", help="Province and city in English. 所属省市英文名。")
@click.option("--division-code", help="Its division code of 12 digits. 12 位统计用区划代码。")
@click.option("--publisher-zh", help="Default: the town's government. 发布单位，默认为镇人民政府。")
@click.option("--publisher-en", help="The same in English. 发布单位英文名。")
def init(
    folder: Path,
    area: str | None,
    name_zh: str | None,
    name_en: str | None,
    parent_zh: str | None,
    parent_en: str | None,
    division_code: str | None,
    publisher_zh: str | None,
    publisher_en: str | None,
) -> None:
    """Make FOLDER a data folder for a town, or add what one is missing.

    为一个镇新建数据目录，或补全缺少的文件；已有的文件不改动。

    Writes release.yaml (title, publisher, version), areas.csv (codes and names), a README, and the
    folders reports/ and corrections/. What is not given as an option is asked for. Nothing that is
    there already is changed.

    \b
    Examples 示例:
      shenwan-data init data
      shenwan-data init data --area sanxiang --name-zh 三乡镇 --name-en "Sanxiang Town"
    """
    from shenwan_data.config.settings import load_settings
    from shenwan_data.config.town import Town, make_data_dir, missing_files

    town = None
    if not folder.is_file() and missing_files(folder):
        area = _asked(area, "--area", Text("地区代码，如 shenwan", "code, such as shenwan"))
        name = Text(
            _asked(name_zh, "--name-zh", Text("中文名，如 神湾镇", "name in Chinese")),
            _asked(name_en, "--name-en", Text("英文名，如 Shenwan Town", "name in English")),
        )
        if bool(parent_zh) != bool(parent_en):
            raise UsageError(
                Text("所属省市须同时给出中英文", "the parent needs a name in both languages"),
                remedy=Text("请同时给出 --parent-zh 和 --parent-en", "give both, or neither"),
            )
        town = Town(
            area=area,
            name=name,
            publisher=Text(
                publisher_zh or f"{name.zh}人民政府",
                publisher_en or f"People's Government of {name.en}",
            ),
            within=Text(parent_zh, parent_en) if parent_zh and parent_en else None,
            division_code=division_code,
        )
    written = make_data_dir(folder, town, datetime.now(UTC).astimezone().date())
    for path in written:
        click.echo(path)
    settings = load_settings(folder)
    if not written:
        click.echo("Everything is there; nothing was changed.\n文件齐全，未作改动。")
    first = area or next(iter(settings.areas), "AREA")
    click.echo(f"next 下一步: shenwan-data add FILE --year YEAR --area {first} --data-dir {folder}")


def _asked(given: str | None, option: str, what: Text) -> str:
    if given is not None and given.strip():
        return given.strip()
    if given is None and sys.stdin.isatty():
        return str(click.prompt(f"{what.zh} {what.en}")).strip()
    raise UsageError(
        Text(f"缺少 {option}：{what.zh}", f"{option} is missing: {what.en}"),
        remedy=Text("请加上该选项，或在终端中运行以便逐项询问", "give it, or run it on a terminal"),
    )
