"""The command ``add``: reports into the archive, from files, folders or a web address.

Belongs here: options, questions and what is printed. Does not belong here: what a file seems to be
(``review.arrivals``), archiving it (``report.archive``), fetching it (``report.inbox``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shenwan_data.cli.options import DATA_DIR
from shenwan_data.errors import Text, UsageError

if TYPE_CHECKING:
    from shenwan_data.model import Report
    from shenwan_data.review.arrivals import Arrival


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE|FOLDER|ADDRESS]...")
@click.option(
    "--year",
    type=click.IntRange(1949, 2999),
    help="The year it reports on; default: as its title says. 报告年度，默认从标题读出。",
)
@click.option(
    "--area", help="The code of the town, as in areas.csv; default: as it says. 地区代码。"
)
@click.option("--url", help="Where it was published. 发布网址。")
@click.option("--publisher", help="Who published it. 发布单位或网站。")
@click.option(
    "--published",
    type=click.DateTime(["%Y-%m-%d"]),
    help="When; default: as the page says. 发布日期。",
)
@click.option(
    "--retrieved", type=click.DateTime(["%Y-%m-%d"]), help="When it was fetched. 获取日期。"
)
@click.option(
    "--anyway",
    metavar="REASON",
    help="Archive it although something speaks against it, and why. 仍要归档的理由，将记入来源记录。",
)
@click.option("--yes", is_flag=True, help="Ask nothing. 不再询问。")
@DATA_DIR
@click.pass_context
def add(
    ctx: click.Context,
    files: tuple[str, ...],
    year: int | None,
    area: str | None,
    url: str | None,
    publisher: str | None,
    published: datetime | None,
    retrieved: datetime | None,
    anyway: str | None,
    yes: bool,
    data_dir: Path | None,
) -> None:
    """Put reports into the archive, each with its origin and hash.

    把报告归档：原样复制文件，并记录来源和校验值。

    Town and year are read from title and text and shown to be confirmed; --year and --area say them
    for one file. A folder is archived in one step with one list of results; an address is fetched.
    Without arguments the publisher's desk opens, where files are dropped.

    乡镇和年度从标题和正文读出，显示后确认；只有一份时可用 --year、--area 写明。给出目录时一次归档全部，并列出
    结果；给出网址时先下载。不写参数时打开发布者工作台，把文件拖进去。

    \b
    Examples 示例:
      shenwan-data add 下载/报告.html --year 2023 --area shenwan --url http://www.zs.gov.cn/…
      shenwan-data add 下载/历年报告
      shenwan-data add http://www.zs.gov.cn/…/post_1.html
    """
    from shenwan_data.config.settings import find_data_dir
    from shenwan_data.report.archive import add_report
    from shenwan_data.review.arrivals import tidy

    folder = find_data_dir(data_dir)
    if not files:
        from shenwan_data.cli.reviewing import review

        ctx.invoke(review, port=0, no_browser=False, data_dir=folder, at="arrivals")
        return
    arrivals = tuple(_arrivals(files, folder))
    if len(arrivals) != 1:
        if any((year, area, url, publisher, published, retrieved, anyway)):
            raise UsageError(
                Text("这些选项只用于一份报告", "these options are about one report"),
                remedy=Text(
                    "请逐份添加，或不写这些选项", "add them one by one, or without options"
                ),
            )
        _archive_all(arrivals, folder, ask=not yes)
        return
    (one,) = arrivals
    one = replace(one, year=year or one.year, area=area or one.area)
    if one.doubt is not None:
        raise one.doubt
    if (year is None or area is None) and not yes:
        _ask(arrivals)
    report = add_report(
        one.path,
        year=one.year or 0,
        area=one.area or "",
        url=url or one.url,
        publisher=publisher,
        published=published.date() if published else None,
        retrieved=retrieved.date() if retrieved else None,
        anyway=anyway,
        data_dir=folder,
    )
    tidy(one, folder)
    _say(report, folder)


def _arrivals(files: Sequence[str], data_dir: Path) -> Iterator[Arrival]:
    """What was named, each as it seems to be; what is fetched is kept aside until it is archived."""
    from shenwan_data.report.web_page import fetch_page
    from shenwan_data.review.arrivals import keep, look_at, report_files

    for name in files:
        path = Path(name)
        if "://" in name:
            yield keep(data_dir, *fetch_page(name), url=name.partition("#")[0])
        elif path.is_dir():
            yield from (look_at(each, data_dir) for each in report_files(path))
        elif path.is_file():
            yield look_at(path, data_dir)
        else:
            raise UsageError(
                Text("没有这个文件或目录", "there is no such file or folder"),
                file=name,
                remedy=Text(
                    "请检查路径；网址须以 http 开头", "check it; an address begins with http"
                ),
            )


def _ask(arrivals: Sequence[Arrival]) -> None:
    """Show what the files seem to be and ask once, where there is somebody to ask."""
    for one in arrivals:
        click.echo(f"{one.name}\t{one.year or '?'}\t{one.area or '?'}\t{one.title or ''}")
    if sys.stdin.isatty():
        click.confirm(
            f"archive {len(arrivals)} 归档这 {len(arrivals)} 份?", default=True, abort=True
        )


def _archive_all(arrivals: Sequence[Arrival], data_dir: Path, *, ask: bool) -> None:
    """Archive what is certain, and list what became of each."""
    from shenwan_data.review.arrivals import archive_all

    if not arrivals:
        raise UsageError(
            Text("没有报告文件", "there is no file of a report"),
            remedy=Text("可用：.html .docx .pdf .txt", "use .html, .docx, .pdf or .txt"),
        )
    if ask:
        _ask(arrivals)
    results = archive_all(arrivals, data_dir)
    for one in results:
        if one.report is not None:
            click.echo(f"archived {one.report.id} 已归档: {one.report.title}")
        elif one.error is not None:
            click.echo(f"not archived 未归档: {one.arrival.name}\n{one.error.render()}")
    done = [one.report for one in results if one.report is not None]
    click.echo(f"{len(done)} of {len(results)} archived  共 {len(results)} 份，归档 {len(done)} 份")
    if len(done) < len(results):
        click.get_current_context().exit(1)
    click.echo("next 下一步: shenwan-data review")


def _say(report: Report, data_dir: Path) -> None:
    from shenwan_data.config.forms import near
    from shenwan_data.config.settings import read_areas

    areas, area = read_areas(data_dir), report.ref_area
    click.echo(f"{report.path}\n{report.path.with_suffix('.yaml')}")
    click.echo(f"archived {report.id} 已归档: {report.title}, sha256 {report.sha256}")
    if area not in areas:
        hint = near(area, areas)
        click.echo(
            f"note 提示: {area} is not in areas.csv; a release will show its code{hint.en}\n"
            f"  {area} 未登记在 areas.csv，发布时只能以代码代替名称{hint.zh or '；请登记，或检查是否写错'}"
        )
    click.echo(f"next 下一步: shenwan-data inspect {report.path}")
