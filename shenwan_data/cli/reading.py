"""Commands about what is read: inspect, coverage, accuracy.

Belongs here: options and what is printed. Does not belong here: the reading itself
(``inspection``, ``indicators``).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from shenwan_data.cli.options import DATA_DIR, FILE, FOLDER


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line. 每行一个 JSON 对象。"
)
@click.option(
    "--full",
    is_flag=True,
    help="With --json: one document with sentences, reasons, findings and the comparison with last "
    "year. 与 --json 连用：输出一个完整文档。",
)
@click.option(
    "--against",
    type=FILE,
    help="Compare with this report instead of last year's. 与指定的报告比较，而非上年。",
)
@click.option(
    "--only",
    type=click.Choice(["checklist", "doubts", "found", "lacking", "unmapped"]),
    help="Show the checklist of an archived report, or a part of it. 只显示核对清单，或其中一部分。",
)
def inspect(file: Path, as_json: bool, full: bool, against: Path | None, only: str | None) -> None:
    """Show every numeral of FILE and what it was taken for.

    显示文件中的每一个数字，以及它被读成什么。

    FILE is a report as text, HTML, Word or PDF; it need not be in the data folder. A report of the
    data folder is read with its corrections and compared with last year's. With --json every
    numeral is one object with start, end, quote, kind, value, unit, raw_value, raw_unit, lower,
    upper, qualifier, indicators, reason, counted, act, topic, ref_period, coverage and nature; start
    and end count characters of the text.

    文件可以是文本、网页、Word 或 PDF，不必放在数据目录中；数据目录中的报告会应用人工更正，并与上年比较。
    加 --json 时每个数字输出一个对象；start 和 end 是在正文中的字符位置。

    \b
    Examples 示例:
      shenwan-data inspect data/reports/2022/shenwan.txt
      shenwan-data inspect data/reports/2022/shenwan.txt --only doubts
      shenwan-data inspect report.pdf --json | head
      shenwan-data inspect report.pdf --json --full > reading.json
    """
    from shenwan_data.cli.inspection import document, inspect_file, json_lines

    if full and not as_json:
        raise click.UsageError("--full goes with --json 须与 --json 连用")
    if only is not None:
        _show_checklist(file, only)
        return
    inspected = inspect_file(file, against)
    if full:
        import json

        click.echo(json.dumps(document(inspected), ensure_ascii=False, indent=1))
    elif as_json:
        for line in json_lines(inspected.figures):
            click.echo(line)
    else:
        from shenwan_data.cli.terminal import lines_of

        _print(lines_of(inspected))


def _show_checklist(file: Path, only: str) -> None:
    """The checklist of an archived report, through the pager where there is a terminal."""
    from shenwan_data.cli.reviewing import archived_case
    from shenwan_data.cli.terminal import checklist_lines
    from shenwan_data.review.checklist import checklist

    _print(checklist_lines(checklist(archived_case(file)), only))


def _print(lines: Iterable[str]) -> None:
    """Lines, through the pager and in colour where there is a terminal."""
    text = "\n".join(lines)
    if sys.stdout.isatty():
        click.echo_via_pager(text, color=False if os.environ.get("NO_COLOR") else None)
    else:
        # The file is named because click takes a terminal of few signs for one of UTF-8.
        click.echo(text, file=sys.stdout)


@click.command()
@click.option("--year", type=click.IntRange(1949, 2999), help="Only this year. 只看该年度。")
@DATA_DIR
def coverage(year: int | None, data_dir: Path | None) -> None:
    """Count for each report what was mapped to indicators and what was not.

    逐份报告统计：已归入指标、未归入指标的数据，以及非数据的数字。
    """
    from shenwan_data.cli.inspection import inspect_file
    from shenwan_data.config.settings import find_data_dir
    from shenwan_data.report.archive import find_reports

    click.echo("report 报告\tnumerals 数字\tmapped 已归入\tunmapped 未归入\tnot data 非数据")
    for path in find_reports(find_data_dir(data_dir), year):
        read = inspect_file(path)
        counts = (
            len(read.figures),
            sum(bool(figure.indicators) for figure in read.figures),
            len(read.unmapped),
            sum(not figure.is_data for figure in read.figures),
        )
        click.echo("\t".join((read.report.id, *map(str, counts))))


@click.command()
@click.option(
    "--gold",
    type=FOLDER,
    help="The folder of labelled texts. Default: tests/golden of the checkout. 标注文本目录。",
)
@click.option("--write", is_flag=True, help="Keep the result for the release. 存入数据目录供发布。")
@click.option(
    "--changes",
    is_flag=True,
    help="List what is read otherwise than when --write was last run. 逐个数字列出与上次 --write 时的不同。",
)
@DATA_DIR
def accuracy(gold: Path | None, write: bool, changes: bool, data_dir: Path | None) -> None:
    """Measure how well the program reads, on texts labelled by hand.

    用人工标注的文本测量识读准确度：准确率、召回率、F1。

    --write keeps the result for the release and how every figure was read in .build/; after a change
    of rules --changes shows what it moved: text, figure, column, before, after, and the label.

    --write 把结果存入数据目录，并在 .build/ 中记录每个数字的识读；
    修改规则后，用 --changes 查看改动影响了哪些数字。
    """
    from shenwan_data.config.settings import find_data_dir
    from shenwan_data.indicators.gold import FINDING, measure, write_measurements
    from shenwan_data.indicators.rule_changes import current_run, keep_run
    from shenwan_data.release.schema import code_lists

    folder = find_data_dir(data_dir)
    labels = gold or Path(__file__).resolve().parents[2] / "tests" / "golden"
    if changes:
        _show_changes(labels, folder)
    if changes and not write:
        return
    measured = measure(labels, folder)
    levels, sets = code_lists()["level"], code_lists()["gold_set"]
    click.echo("| set | text | level | labelled | read | hits | precision | recall | F1 |")
    click.echo("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for row in measured:
        tally = row.tally
        names = (sets[row.gold_set].label.en, row.gold_text, levels[row.level].label.en)
        compared = row.level != FINDING
        counts = (tally.gold if compared else "–", tally.predicted, tally.hits)
        recalled = (tally.recall, tally.f1) if compared else ()
        shares = [f"{share:.3f}" for share in (tally.precision, *recalled)]
        shares += ["–"] * (3 - len(shares))
        click.echo(f"| {' | '.join((*names, *map(str, counts), *shares))} |")
    if write:
        write_measurements(folder, measured)
        keep_run(_recorded(folder), current_run(labels, folder)[0])


def _recorded(data_dir: Path) -> Path:
    from shenwan_data.build_record import WORK_FOLDER

    return data_dir / WORK_FOLDER / "accuracy.jsonl"


def _show_changes(gold: Path, data_dir: Path) -> None:
    """Print what is read otherwise than in the recorded run, which is recorded now if there is none."""
    from shenwan_data.indicators.rule_changes import current_run, keep_run, kept_run, moved
    from shenwan_data.schemas import metadata

    now, labels = current_run(gold, data_dir)
    then = kept_run(_recorded(data_dir))
    if then is None:
        keep_run(_recorded(data_dir), now)
        click.echo(
            "no run was recorded; this one is, to compare the next with\n"
            "此前没有记录，已记录本次结果，供下次比较"
        )
        return
    fields = metadata("fields.yaml")["fields"]
    count = 0
    for one in moved(then, now, labels):
        title = fields[one.field]["title"]
        gold_says = "" if one.gold is None else f"; label 标注 {one.gold or '—'}"
        click.echo(
            f"{one.text}  {one.quote} @{one.start}  {title['zh']} {title['en']}: "
            f"{one.before or '—'} → {one.after or '—'}{gold_says}"
        )
        count += 1
    click.echo(f"{count} changes since the recorded run\n与上次记录相比，共 {count} 处不同")
