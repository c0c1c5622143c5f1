"""The front door: the command ``shenwan-data``.

Belongs here: options, exit codes and what is printed. Does not belong here: any of the work. This is
the only module that may import ``assets``, and only inside the command that needs it; each
command imports what it needs, so that help and ``inspect`` answer at once.

Exit codes: 0 good, 1 the data is wrong, 2 the command was used wrongly.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shenwan_data import __version__
from shenwan_data.errors import ShenwanError, Text, UsageError

if TYPE_CHECKING:
    from shenwan_data.release.validation import Check

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, readable=True, path_type=Path)


class _Commands(click.Group):
    """A group that tells a ShenwanError on stderr and returns its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ShenwanError as error:
            click.echo(error.render(), err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            # The reader of our output has left (as `head` does): nothing is wrong, nothing to say.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


_data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that holds reports/. Default: $SHENWAN_DATA_DIR, else data/ here or above. "
    "数据目录，其中含有 reports/。",
)


@click.group(cls=_Commands, context_settings=_CONTEXT)
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Open data from the yearly rule-of-law reports of a town.

    从乡镇法治政府建设年度报告中读出数字，逐一注明单位、精度和出处，发布为开放数据。

    Exit codes 退出码: 0 good 正常, 1 the data is wrong 数据有误, 2 wrong use 用法有误.
    """


@main.command()
@click.option(
    "--year",
    type=click.IntRange(1949, 2999),
    help="Read this year's reports anew. 只重新读取该年度的报告。",
)
@click.option(
    "--force",
    is_flag=True,
    help="Read everything anew, also where nothing has changed. 全部重新读取。",
)
@_data_dir
def build(year: int | None, force: bool, data_dir: Path | None) -> None:
    """Read the reports and build the release.

    读取全部报告，生成数据发布版本。

    Reads every report in reports/ that is new or changed (with --year: that year in any case),
    checks the result and writes releases/<version>/. When a check fails, the release of before stays
    as it is. When nothing has changed, nothing is done.

    \b
    Examples 示例:
      shenwan-data build
      shenwan-data build --year 2022
    """
    from shenwan_data.data_folder import find_data_dir

    folder = find_data_dir(data_dir)
    _run_build(folder, year=year, force=force)


def _run_build(folder: Path, *, year: int | None, force: bool) -> None:
    from shenwan_data.build_record import unchanged_build

    if year is None and not force and (summary := unchanged_build(folder)) is not None:
        click.echo("Nothing has changed since the last build; nothing was done.")
        click.echo("自上次构建以来没有变化，未做任何工作。")
        click.echo(summary.render(folder))
        return
    run = _assets_build()
    click.echo(run(folder, year=year, force=force).render(folder))


def _assets_build() -> Callable[..., Any]:
    """The build of ``assets``, which lies beside the library in a checkout and not in a wheel."""
    checkout = Path(__file__).resolve().parents[1]
    if not (checkout / "assets" / "definitions.py").is_file():
        raise UsageError(
            Text(
                "构建需要项目的检出目录，已安装的包里不含 assets/",
                "building needs a checkout of the project; the installed package has no assets/",
            ),
            file=checkout,
            remedy=Text(
                "请检出项目并在其中运行 make release",
                "check the project out and run `make release` in it",
            ),
        )
    # In front, because other distributions may carry a top-level package of the same name.
    sys.path.insert(0, str(checkout))
    from assets.build import run_build

    return run_build


@main.command()
@click.argument("file", type=_FILE)
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line. 每行一个 JSON 对象。"
)
def inspect(file: Path, as_json: bool) -> None:
    """Show every numeral of FILE and what it was taken for.

    显示文件中的每一个数字，以及它被读成什么。

    FILE is a report as text, HTML, Word or PDF; it need not lie in the data folder. With --json every
    numeral is one object with start, end, quote, kind, value, unit, raw_value, raw_unit, lower,
    upper, qualifier, indicators and reason; start and end count characters of the text.

    \b
    Examples 示例:
      shenwan-data inspect data/reports/2022/shenwan.txt
      shenwan-data inspect report.pdf --json | head
    """
    from shenwan_data import scan
    from shenwan_data.inspection import json_lines, show
    from shenwan_data.report.source import read_text

    text = read_text(file)
    figures = scan(text)
    if as_json:
        for line in json_lines(figures):
            click.echo(line)
        return
    from rich.console import Console

    show(text, figures, Console(highlight=False, soft_wrap=True))


@main.command()
@click.argument("release", type=_FOLDER)
@click.option("--quiet", "-q", is_flag=True, help="Only what failed. 只显示未通过的检查。")
def validate(release: Path, quiet: bool) -> None:
    """Check the release in the folder RELEASE.

    检查一个已生成的发布版本。

    Judges every package with Frictionless, compares each Parquet file with its CSV cell by cell and
    every file with the manifest. Exit code 1 when anything is wrong.

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


@main.command()
@click.argument("release", type=_FOLDER)
@click.option("--to", "name", required=True, help="The target, by its name in targets.yaml. 目标。")
@click.option(
    "--targets",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file of targets. Default: $SHENWAN_TARGETS, else targets.yaml here. 目标文件。",
)
@click.option("--dry-run", is_flag=True, help="Show the plan and write nothing. 只显示计划。")
@click.option(
    "--force",
    is_flag=True,
    help="Undo what others changed on the portal. 覆盖他人在门户上的改动。",
)
def publish(release: Path, name: str, targets: Path | None, dry_run: bool, force: bool) -> None:
    """Publish the release in the folder RELEASE on a portal or store.

    把一个发布版本发布到门户或存储。

    Shows the plan, brings every file out of the public's sight, reads each one back, and only then
    makes the release public. A release that is public already is compared; what others changed
    there is shown and kept. After an interruption the same command goes on. Passwords and tokens
    come from the environment or a file of mode 0600; docs/publishing.md says which.

    Exit codes beside 0, 1, 2: 3 the portal failed or refused 门户故障或拒绝, 4 somebody else is
    publishing 他人正在发布.

    \b
    Examples 示例:
      shenwan-data publish data/releases/1.0.0 --to town-portal --dry-run
      shenwan-data publish data/releases/1.0.0 --to town-portal
    """
    from shenwan_data.publish.credentials import hiding, read_credentials
    from shenwan_data.publish.journal import journal_of
    from shenwan_data.publish.publisher import publish as run
    from shenwan_data.publish.release_folder import read_release_folder
    from shenwan_data.publish.targets import find_address, open_target

    address = find_address(name, targets)
    credentials = read_credentials(name)
    with hiding(credentials):
        folder = read_release_folder(release)
        outcome = run(
            folder,
            open_target(address, credentials),
            journal_of(folder.folder, name),
            force=force,
            dry_run=dry_run,
            on_plan=lambda plan: click.echo(plan.render()),
        )
    if outcome.publication is None:
        click.echo("Nothing was written: this was a dry run.\n仅为预演，未写入任何内容。")
        return
    done = outcome.publication
    click.echo(f"{len(done.verified)} files verified at {done.url}")
    click.echo(f"已核对 {len(done.verified)} 个文件：{done.url}")
    if outcome.plan.drift:
        click.echo("What others changed on the portal was kept; --force undoes it.")
        click.echo("他人在门户上的改动已保留；如需覆盖，请加 --force。")


def _line(check: Check) -> str:
    mark = "ok  " if check.passed else "FAIL"
    said = "" if check.passed else f"\n     {check.message.en}\n     {check.message.zh}"
    return f"{mark} {check.name}  {check.target}{said}"
