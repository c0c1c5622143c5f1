"""Commands about a release that is there: validate, site, diff, record.

Belongs here: options and what is printed. Does not belong here: the work (``release``,
``publish.site``).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shenwan_data.cli.options import FOLDER

if TYPE_CHECKING:
    from shenwan_data.release.validation import Check


@click.command()
@click.argument("release", type=FOLDER)
@click.option("--quiet", "-q", is_flag=True, help="Only what failed. 只显示未通过的检查。")
def validate(release: Path, quiet: bool) -> None:
    """Check the release in the folder RELEASE.

    检查一个已生成的发布版本。

    Judges every package with Frictionless, compares each Parquet file with its CSV cell by cell and
    every file with the manifest. Exit code 1 when anything is wrong.

    用 Frictionless 检查每个包，逐格比较 Parquet 与 CSV，并按清单核对每个文件；有任何错误时退出码为 1。

    \b
    Example 示例:
      shenwan-data validate data/releases/1.0.0
    """
    from shenwan_data.release.validation import validate_release

    checks = validate_release(release)
    for check in checks:
        if not check.passed or not quiet:
            click.echo(_line(check), err=not check.passed)
    failed = sum(1 for check in checks if not check.passed)
    click.echo(f"{len(checks) - failed} checks passed, {failed} failed")
    click.echo(f"{len(checks) - failed} 项检查通过，{failed} 项未通过")
    if failed or not checks:
        sys.exit(1)


def _line(check: Check) -> str:
    mark = "ok  " if check.passed else "FAIL"
    said = "" if check.passed else f"\n     {check.message.en}\n     {check.message.zh}"
    return f"{mark} {check.name}  {check.target}{said}"


@click.command()
@click.argument("release", type=FOLDER)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write it. Default: beside the release, <version>-site. 输出目录。",
)
def site(release: Path, out: Path | None) -> None:
    """Write the web site of the release in the folder RELEASE.

    为一个发布版本生成静态网站。

    A folder of pages in Chinese and English that needs no server: open its index.html, or copy it to
    any host. It carries a copy of the data, and replaces an earlier site at once or not at all. Where
    the data folder keeps what the build has read, each figure says by which words it was recognised.

    \b
    Examples 示例:
      shenwan-data site data/releases/1.0.0
      shenwan-data site data/releases/1.0.0 --out /srv/www/shenwan
    """
    from shenwan_data.site import build_site, site_beside
    from shenwan_data.work_files import kept_readings

    readings = kept_readings(release.resolve().parent.parent)
    target = build_site(release, out or site_beside(release), readings)
    click.echo(f"site 网站: {target / 'index.html'}")


@click.command()
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
@click.option(
    "--markdown",
    "form",
    flag_value="markdown",
    default="markdown",
    help="A report for people, the default. 供人阅读的报告（默认）。",
)
@click.option(
    "--json",
    "form",
    flag_value="json",
    help="As schemas/diff.schema.json describes it. 按 schemas/diff.schema.json 的格式。",
)
@click.option(
    "--changelog",
    "form",
    flag_value="changelog",
    help="A draft for CHANGELOG.md. CHANGELOG.md 条目的草稿。",
)
def diff(old: Path, new: Path, form: str) -> None:
    """Compare the releases in the folders OLD and NEW.

    比较两个发布版本。

    Lists what changed in the schema and the codes, the rows added and removed, every value with its
    old and new content, and the findings; and says which version the change asks for. OLD may be
    an entry of the register of published versions.

    列出结构和代码的变化、增删的行、每个值的前后内容以及核查发现，并说明应使用的版本号。
    OLD 可以是已发布版本的登记目录。

    \b
    Examples 示例:
      shenwan-data diff data/published/1.0.0 data/releases/1.1.0
      shenwan-data diff data/releases/1.0.0 data/releases/1.1.0 --json
    """
    from shenwan_data.release.diff import diff_snapshots
    from shenwan_data.release.diff_report import diff_changelog, diff_json, diff_markdown, reasons
    from shenwan_data.release.snapshot import read_snapshot

    after = read_snapshot(new)
    found = diff_snapshots(read_snapshot(old), after)
    if form == "json":
        shown = diff_json(found)
    elif form == "changelog":
        shown = diff_changelog(found, reasons(after))
    else:
        shown = diff_markdown(found)
    click.echo(shown, nl=False)


@click.command()
@click.argument("release", type=FOLDER)
def record(release: Path) -> None:
    """Record RELEASE as published; its version never changes from then on.

    将 RELEASE 登记为已发布；此后该版本不再改变。

    Keeps the manifest, the descriptors and the CSV tables in published/<version> beside the folder
    of releases, to be committed. From then on a build of that version with other content is
    refused, and the next version must be late enough for what changed.

    清单、描述文件和 CSV 表存入发布目录旁的 published/<版本>，请提交到版本库。
    此后内容不同的同一版本不能再构建，下一版本的版本号须与变化相称。

    \b
    Example 示例:
      shenwan-data record data/releases/1.0.0
    """
    from shenwan_data.release.register import record_published, register_of

    folder = release.resolve()
    entry = record_published(folder, register_of(folder.parent))
    click.echo(f"recorded as published 已登记为已发布: {entry}")
