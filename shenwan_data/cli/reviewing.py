"""Commands in which a person decides: review in the browser, correct on the terminal.

Belongs here: options, questions and what is printed. Does not belong here: the decisions and the pages
(``review``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shenwan_data.cli.options import DATA_DIR, FILE
from shenwan_data.errors import Text, UsageError

if TYPE_CHECKING:
    from shenwan_data.review.case import Case


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Default: a free one. 端口。"
)
@click.option(
    "--no-browser", is_flag=True, help="Only print the address. 只显示地址，不打开浏览器。"
)
@DATA_DIR
def review(port: int, no_browser: bool, data_dir: Path | None, at: str = "") -> None:
    """Open the publisher's desk in the browser.

    在浏览器中打开发布者工作台：添加报告、核对、改正、生成、登记和发布。

    It is reached from this machine alone, at an address that nobody can guess. Every decision is
    written at once to the files of the data folder; closing the browser or this window loses none.

    只能从本机访问，网址无法猜到。每个决定立即写入数据目录的文件，随时关闭都不会丢失。
    """
    from shenwan_data.config.settings import find_data_dir
    from shenwan_data.extras import needs

    with needs("review"):
        from shenwan_data.review.server import serve

    def ready(address: str) -> None:
        click.echo(f"desk 工作台: {address}")
        click.echo("Ctrl-C ends it; nothing is lost 按 Ctrl-C 结束，不会丢失任何决定")
        if not no_browser:
            click.launch(f"{address}zh/{at}" if at else address)

    serve(find_data_dir(data_dir), port, ready)


@click.command()
@click.argument("file", type=FILE)
@click.argument("start", type=click.IntRange(0), required=False)
@click.option("--confirm", "action", flag_value="confirm", help="It is right. 无误。")
@click.option("--none", "action", flag_value="none", help="It is of no indicator. 不属于任何指标。")
@click.option("--apart", "action", flag_value="apart", help="To be verified. 留待核实。")
@click.option("--redact", "action", flag_value="redact", help="Redact it. 遮盖。")
@click.option("--undo", "action", flag_value="undo", help="Take its decision back. 撤销此决定。")
@click.option("--indicator", help="The indicator it gives. 归入该指标。")
@click.option("--value", type=float, help="The right number, without its unit. 正确的数。")
@click.option("--unit", help="With --value: its unit. 单位。")
@click.option("--why", default="", help="The reason. 理由。")
@click.option("--who", default="", help="Who decides; default: who decided last. 决定人。")
@click.option("--when", type=click.DateTime(["%Y-%m-%d"]), help="Default: today. 日期。")
def correct(
    file: Path,
    start: int | None,
    action: str | None,
    indicator: str | None,
    value: float | None,
    unit: str | None,
    why: str,
    who: str,
    when: datetime | None,
) -> None:
    """Decide about the figure of FILE at START, or about its conflicts one by one.

    对报告 FILE 中位于 START 的数字作出决定；不写 START 时逐一处理冲突。

    FILE is an archived report; START is the number behind @ in `inspect`. What is not given is asked
    for, after the sentence and the definition have been shown. The decision is written to
    corrections/<year>.yaml, or to reviews/ where nothing changes.

    FILE 是已归档的报告，START 是 inspect 在 @ 之后显示的位置。先显示句子和定义，再询问；
    决定写入 corrections/<年度>.yaml，仅确认无误的写入 reviews/。

    \b
    Examples 示例:
      shenwan-data correct data/reports/2023/shenwan.html
      shenwan-data correct data/reports/2023/shenwan.html 142 --value 865000 --why 原文漏印“万”字
    """
    from shenwan_data.review.case import last_who
    from shenwan_data.review.decisions import Decision, decide, forget

    case = archived_case(file)
    whole = int(value) if value is not None and value.is_integer() else value
    kind = action or ("assign" if indicator else "value" if value is not None else None)
    day = when.date() if when else _today()

    def written(opened: Case, places: Sequence[int], what: str, code: str | None) -> None:
        by = who or last_who(opened.data_dir) or click.prompt("who 谁决定的（单位或岗位）")
        reason = why if what == "confirm" or why else click.prompt("why 理由")
        for at in places:
            decide(opened, Decision(at, what, by, day, reason, code, whole, unit))
        click.echo("written 已写入")

    if start is not None:
        figure = case.figure(start)
        _show(case, figure.start)
        if kind == "undo":
            forget(case, start)
            click.echo("taken back 已撤销")
            return
        if kind is None:
            kind = click.prompt(
                "confirm 无误 / none 不属于任何指标 / apart 留待核实 / redact 遮盖",
                type=click.Choice(["confirm", "none", "apart", "redact"]),
            )
        written(case, [start], kind, indicator)
        return
    if kind is not None:
        raise UsageError(
            Text("未写位置", "the place is missing"),
            file=file,
            remedy=Text("请写 inspect 在 @ 之后显示的位置", "give the number behind @ in inspect"),
        )
    while case.reading.conflicts:
        conflict = case.reading.conflicts[0]
        _define(conflict.indicator)
        for number, figure in enumerate(conflict.figures, start=1):
            click.echo(f"  {number}. ", nl=False)
            _show(case, figure.start)
        chosen = click.prompt(
            "which 选哪一个 (0: none 都不是)", type=click.IntRange(0, len(conflict.figures))
        )
        places = [figure.start for figure in conflict.figures]
        if chosen:
            written(case, places[chosen - 1 : chosen], "assign", conflict.indicator)
        else:
            written(case, places, "none", None)
        case = case.again()
    click.echo("no conflict is left 没有未决的冲突")


def archived_case(file: Path) -> Case:
    """An archived report with what was decided. Raises UsageError for a file elsewhere."""
    from shenwan_data.review.desk import Desk

    path = file.resolve()
    if path.parent.parent.name != "reports" or not path.parent.name.isdecimal():
        raise UsageError(
            Text("不是已归档的报告", "this is no archived report"),
            file=file,
            remedy=Text("请先用 shenwan-data add 归档", "archive it first with shenwan-data add"),
        )
    return Desk(path.parents[2]).case(int(path.parent.name), path.stem)


def _show(case: Case, start: int) -> None:
    from shenwan_data.cli.terminal import taken_for
    from shenwan_data.report.structure import structure

    figure, text = case.figure(start), case.report.text
    begin, end = structure(text).sentence_at(start)
    click.echo(f"{figure.quote} @{start}  {taken_for(figure)}\n    {text[begin:end].strip()}")
    for code in figure.indicators:
        _define(code)


def _define(code: str) -> None:
    from shenwan_data.indicators.catalogue import catalogue

    entry = catalogue()[code]
    click.echo(
        f"{code} {entry.label.zh} {entry.label.en}\n    {entry.definition.zh}\n    {entry.definition.en}"
    )


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
