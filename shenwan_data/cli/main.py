"""The front door: the command ``shenwan-data``.

Belongs here: the group of commands, exit codes, and the commands that need the Dagster code, which
is imported here alone and only when asked.
Does not belong here: the other commands, and any of the work.

Exit codes: 0 good, 1 the data is wrong, 2 the command was used wrongly, 3 the machine or the program
failed, 130 interrupted.
"""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

import click

from shenwan_data import __version__
from shenwan_data.cli.adding import add
from shenwan_data.cli.corpora import corpus
from shenwan_data.cli.initialise import init
from shenwan_data.cli.options import DATA_DIR, in_both_languages, list_of_commands
from shenwan_data.cli.publishing import export_command, publish, withdraw
from shenwan_data.cli.reading import accuracy, coverage, inspect
from shenwan_data.cli.releases import diff, record, site, validate
from shenwan_data.cli.reviewing import correct, review
from shenwan_data.errors import ShenwanError, Text, UsageError, cannot_write, unexpected
from shenwan_data.extras import needs

# Nothing of what a command imports and reads becomes garbage: looking for it in the usual steps of 700
# new objects is a tenth of the time of `inspect` and of a build.
gc.set_threshold(100_000, 20, 100)

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_PACKAGE = Path(__file__).resolve().parents[1]
_INTERRUPTED = 130


class _Commands(click.Group):
    """A group that shows every failure on stderr as one message and returns its exit code."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands 命令"):
            formatter.write_dl(list_of_commands(self, ctx))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with in_both_languages():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with in_both_languages():
                return super().invoke(ctx)
        except ShenwanError as error:
            click.echo(error.render(), err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            # The reader of our output has left (as `head` does): nothing is wrong, nothing to say.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except OSError as error:
            refused = cannot_write(error)
            click.echo(refused.render(), err=True)
            ctx.exit(refused.exit_code)
        except KeyboardInterrupt:
            click.echo(
                "Interrupted; what was there before is unchanged. 已中断，原有内容不变。", err=True
            )
            ctx.exit(_INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if os.environ.get("SHENWAN_TRACEBACK"):
                raise
            failure = unexpected(error)
            hint = "with SHENWAN_TRACEBACK=1 it shows where 设 SHENWAN_TRACEBACK=1 可显示出错位置"
            click.echo(f"{failure.render()}\n     {hint}", err=True)
            ctx.exit(failure.exit_code)


@click.group(cls=_Commands, context_settings=_CONTEXT)
@click.version_option(__version__, message="%(prog)s %(version)s")
@DATA_DIR
def main(data_dir: Path | None) -> None:  # noqa: ARG001 - the commands take it from here
    """Open data from the yearly rule-of-law reports of a town.

    从乡镇法治政府建设年度报告中读出数字，逐一注明单位、精度和出处，发布为开放数据。

    Exit codes 退出码: 0 good 正常, 1 the data is wrong 数据有误, 2 wrong use 用法有误, 3 the machine or
    the program failed 机器或程序故障, 130 interrupted 已中断.
    """
    # A terminal set to an encoding with few signs shows the others as their codes.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


@main.command()
@click.option(
    "--year",
    type=click.IntRange(1949, 2999),
    help="Read this year's reports again. 只重新读取该年度的报告。",
)
@click.option(
    "--force",
    is_flag=True,
    help="Read everything again, also where nothing has changed. 全部重新读取。",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How progress is shown on stderr; json: one object for each event. 日志格式。",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write a report of the run as Markdown. 将运行报告写成 Markdown。",
)
@click.option(
    "--inbox",
    envvar="SHENWAN_INBOX",
    metavar="ADDRESS",
    help="First fetch new reports from here, a path or s3://…; default: $SHENWAN_INBOX. "
    "先从该地址取回新报告。",
)
@DATA_DIR
def build(
    year: int | None,
    force: bool,
    log_format: str,
    report: Path | None,
    inbox: str | None,
    data_dir: Path | None,
) -> None:
    """Read the reports and build the release.

    读取全部报告，生成数据发布版本。

    Reads every report in reports/ that is new or changed (with --year: that year in any case),
    checks the result and writes releases/<version>/. When a check fails, the previous release is
    unchanged. When nothing has changed, nothing is done.

    读取 reports/ 中新增或改动的报告（加 --year 则该年度必定重读），检查结果，写入
    releases/<版本>/。检查不通过时，原有发布保持不变；没有变化时不做任何工作。

    \b
    Examples 示例:
      shenwan-data build
      shenwan-data build --year 2022
    """
    from shenwan_data.config.settings import find_data_dir, load_settings

    if report is not None and not report.absolute().parent.is_dir():
        raise UsageError(
            Text("运行报告所在的目录不存在", "the folder for the report of the run is not there"),
            file=report,
            remedy=Text("请先建立该目录", "make the folder first"),
        )
    log = sys.stderr if log_format == "json" else None
    if threading.current_thread() is threading.main_thread():
        # The way a service is stopped is the way Ctrl-C stops: one line, the old release stays.
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        folder = find_data_dir(data_dir)
        # What is wrong in the settings is said before anything is read.
        load_settings(folder)
        if inbox:
            _fetch(inbox, folder)
        _run_build(folder, year=year, force=force, log=log, report=report)
    except Exception as error:
        failure = error if isinstance(error, ShenwanError) else _as_shown(error)
        _alert(failure.render())
        if log is None:
            raise
        _log_line(log, "error", "BUILD_FAILED", failure.render())
        sys.exit(failure.exit_code)


def _as_shown(error: Exception) -> ShenwanError:
    return cannot_write(error) if isinstance(error, OSError) else unexpected(error)


def _fetch(inbox: str, folder: Path) -> None:
    from shenwan_data.alerts import alert
    from shenwan_data.build_record import WORK_FOLDER
    from shenwan_data.report.inbox import Refusal, fetch

    def refused(refusal: Refusal) -> None:
        click.echo(refusal.render(), err=True)
        alert(Text("收件地址中有文件未取", "a file in the inbox was not taken"), refusal.render())

    for path in fetch(inbox, folder, folder / WORK_FOLDER, refused):
        click.echo(f"arrived 收到: {path}")


def _alert(message: str) -> None:
    """Send to the channels that are set; the log alone is none, the error is on stderr."""
    from shenwan_data.alerts import channels, send

    try:
        to = channels()
    except UsageError as wrong:
        # Shown beside the error and not in its place.
        click.echo(wrong.render(), err=True)
        return
    if to != type(to)():
        send(to, Text("构建失败", "the build has failed"), message)


def _log_line(log: TextIO, level: str, event: str, message: str) -> None:
    """One line of the log of a build, in the form that ``assets.run_alerts`` gives the others."""
    import json

    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"time": time, "level": level, "event": event, "message": message}
    log.write(json.dumps(line, ensure_ascii=False) + "\n")


def _graph_module(name: str) -> ModuleType:
    """The module ``assets.<name>``: in a wheel inside the package, in a checkout beside it.

    Raises UsageError without the code or without Dagster.
    """
    if (_PACKAGE / "assets" / "definitions.py").is_file():
        package = "shenwan_data.assets"
    elif (_PACKAGE.parent / "assets" / "definitions.py").is_file():
        package = "assets"
        # In front, because other distributions may carry a top-level package of the same name.
        if sys.path[:1] != [str(_PACKAGE.parent)]:
            sys.path.insert(0, str(_PACKAGE.parent))
    else:
        raise UsageError(
            Text("安装不完整，缺少 assets/", "the installation is incomplete: assets/ is missing"),
            file=_PACKAGE,
            remedy=Text(
                "请重新安装 shenwan-data[pipeline]", "install shenwan-data[pipeline] again"
            ),
        )
    with needs("pipeline"):
        return import_module(f"{package}.{name}")


def _run_build(
    folder: Path, *, year: int | None, force: bool, log: TextIO | None, report: Path | None
) -> None:
    from shenwan_data.build_record import unchanged_build

    if year is None and not force and (summary := unchanged_build(folder)) is not None:
        nothing = "Nothing has changed since the last build; nothing was done."
        click.echo(f"{nothing}\n自上次构建以来没有变化，未做任何工作。")
        click.echo(summary.render(folder))
        if log is not None:
            _log_line(log, "info", "NOTHING_CHANGED", nothing)
        if report is not None:
            report.write_text(
                "# Build report 构建报告\n\nNothing has changed; nothing was done. 没有变化。\n\n"
                f"```\n{summary.render(folder)}\n```\n",
                encoding="utf-8",
            )
        return
    run = _graph_module("launch").run_build
    click.echo(run(folder, year=year, force=force, log=log, report=report).render(folder))


@main.command()
@DATA_DIR
def doctor(data_dir: Path | None) -> None:
    """Check versions, folders, the Dagster instance, targets, credentials and alerts.

    检查版本、目录、Dagster 实例、发布目标、凭据和通知设置，并说明如何修复。

    Exit code 0 when a build can run and every target has its credentials (warnings are shown), 1
    when something must be fixed first. Nothing is sent anywhere.

    可以构建且各发布目标都有凭据时退出码为 0（有警告也会提示），须先修复时为 1；不发送任何内容。
    """
    from shenwan_data.doctor import examine

    def instance() -> str | None:
        problem: str | None = _graph_module("launch").instance_problem()
        return problem

    found = examine(data_dir, instance, lambda: _graph_module("launch"))
    for condition in found:
        click.echo(condition.render())
    if any(condition.state == "FAIL" for condition in found):
        sys.exit(1)


for _command in (
    init,
    inspect,
    add,
    review,
    correct,
    coverage,
    accuracy,
    validate,
    publish,
    withdraw,
    export_command,
    site,
    diff,
    record,
    corpus,
):
    main.add_command(_command)
