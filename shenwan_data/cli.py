"""The front door: the command ``shenwan-data``.

Belongs here: options, exit codes and what is printed. Does not belong here: any of the work. This is
the only module that may import ``assets``, and only inside the command that needs it; each
command imports what it needs, so that help and ``inspect`` answer at once.

Exit codes: 0 good, 1 the data is wrong, 2 the command was used wrongly.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from shenwan_data import __version__
from shenwan_data.errors import DataError, ShenwanError, Text, UsageError, cannot_write
from shenwan_data.usage import in_both_languages, list_of_commands

if TYPE_CHECKING:
    from shenwan_data.release.validation import Check

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, readable=True, path_type=Path)


class _Commands(click.Group):
    """A group that tells a ShenwanError on stderr and returns its exit code."""

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
            click.echo(cannot_write(error).render(), err=True)
            ctx.exit(DataError.exit_code)


_data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that holds reports/. Default: $SHENWAN_DATA_DIR, else data/ here or above. "
    "含有 reports/ 的数据目录，默认为 $SHENWAN_DATA_DIR，否则为当前或上级目录中的 data/。",
)


@click.group(cls=_Commands, context_settings=_CONTEXT)
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Open data from the yearly rule-of-law reports of a town.

    从乡镇法治政府建设年度报告中读出数字，逐一注明单位、精度和出处，发布为开放数据。

    Exit codes 退出码: 0 good 正常, 1 the data is wrong 数据有误, 2 wrong use 用法有误.
    """
    # A terminal set to an encoding with few signs shows the others as their codes.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


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
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How progress is told on stderr; json: one object for each event. 日志格式。",
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
@_data_dir
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
    checks the result and writes releases/<version>/. When a check fails, the release of before stays
    as it is. When nothing has changed, nothing is done.

    读取 reports/ 中新增或改动的报告（加 --year 则该年度必定重读），检查结果，写入
    releases/<版本>/。检查不通过时，原有发布保持不变；没有变化时不做任何工作。

    Exit codes beside 0, 1, 2: 3 the disk or the database of the runs failed 磁盘或数据库故障.

    \b
    Examples 示例:
      shenwan-data build
      shenwan-data build --year 2022
    """
    from shenwan_data.data_folder import find_data_dir

    if report is not None and not report.absolute().parent.is_dir():
        raise UsageError(
            Text("运行报告所在的目录不存在", "the folder for the report of the run is not there"),
            file=report,
            remedy=Text("请先建立该目录", "make the folder first"),
        )
    log = sys.stderr if log_format == "json" else None
    try:
        folder = find_data_dir(data_dir)
        if inbox:
            _fetch(inbox, folder)
        _run_build(folder, year=year, force=force, log=log, report=report)
    except Exception as error:
        told = error.render() if isinstance(error, ShenwanError) else repr(error)
        _alert(told)
        if log is None or not isinstance(error, ShenwanError):
            raise
        _log_line(log, "error", "BUILD_FAILED", told)
        sys.exit(error.exit_code)


def _fetch(inbox: str, folder: Path) -> None:
    from shenwan_data.build_record import WORK_FOLDER
    from shenwan_data.report.inbox import fetch

    for path in fetch(inbox, folder, folder / WORK_FOLDER):
        click.echo(f"arrived 收到: {path}")


def _alert(told: str) -> None:
    """Tell the channels that are set; the log alone is none, the error stands on stderr."""
    from shenwan_data.alerts import channels, send

    try:
        to = channels()
    except UsageError as wrong:
        # Told beside the error and not in its place.
        click.echo(wrong.render(), err=True)
        return
    if to != type(to)():
        send(to, Text("构建失败", "the build has failed"), told)


def _log_line(log: TextIO, level: str, event: str, message: str) -> None:
    """One line of the log of a build, in the form that ``assets.run_report`` gives the others."""
    import json

    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"time": time, "level": level, "event": event, "message": message}
    log.write(json.dumps(line, ensure_ascii=False) + "\n")


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
    run = _assets_build()
    click.echo(run(folder, year=year, force=force, log=log, report=report).render(folder))


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
@click.option(
    "--full",
    is_flag=True,
    help="With --json: one document with sentences, reasons, findings and the comparison with last "
    "year. 与 --json 连用：输出一个完整文档。",
)
@click.option(
    "--against",
    type=_FILE,
    help="Compare with this report instead of last year's. 与指定的报告比较，而非上年。",
)
def inspect(file: Path, as_json: bool, full: bool, against: Path | None) -> None:
    """Show every numeral of FILE and what it was taken for.

    显示文件中的每一个数字，以及它被读成什么。

    FILE is a report as text, HTML, Word or PDF; it need not lie in the data folder. A report of the
    data folder is read with its corrections and compared with last year's. With --json every
    numeral is one object with start, end, quote, kind, value, unit, raw_value, raw_unit, lower,
    upper, qualifier, indicators and reason; start and end count characters of the text.

    文件可以是文本、网页、Word 或 PDF，不必放在数据目录中；数据目录中的报告会应用人工更正，并与上年比较。
    加 --json 时每个数字输出一个对象；start 和 end 是在正文中的字符位置。

    \b
    Examples 示例:
      shenwan-data inspect data/reports/2022/shenwan.txt
      shenwan-data inspect report.pdf --json | head
      shenwan-data inspect report.pdf --json --full > reading.json
    """
    from shenwan_data.inspection.inspected import inspect_file
    from shenwan_data.inspection.records import document, json_lines

    if full and not as_json:
        raise click.UsageError("--full goes with --json 须与 --json 连用")
    inspected = inspect_file(file, against)
    if full:
        import json

        click.echo(json.dumps(document(inspected), ensure_ascii=False, indent=1))
    elif as_json:
        for line in json_lines(inspected.figures):
            click.echo(line)
    else:
        from rich.console import Console

        from shenwan_data.inspection.terminal import show

        show(inspected, Console(highlight=False, soft_wrap=True))


@main.command()
@click.argument("file", type=_FILE)
@click.option(
    "--year",
    type=click.IntRange(1949, 2999),
    required=True,
    help="The year it reports on. 报告年度。",
)
@click.option(
    "--area", required=True, help="The code of the town, as in schemas/areas.csv. 地区代码。"
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
@_data_dir
def add(
    file: Path,
    year: int,
    area: str,
    url: str | None,
    publisher: str | None,
    published: datetime | None,
    retrieved: datetime | None,
    data_dir: Path | None,
) -> None:
    """Put the report FILE into the archive, with its origin and hash.

    把报告归档：原样复制文件，并记录来源和校验值。

    \b
    Example 示例:
      shenwan-data add 下载/报告.html --year 2023 --area shenwan --url http://www.zs.gov.cn/…
    """
    from shenwan_data.data_folder import find_data_dir
    from shenwan_data.report.archive import add_report
    from shenwan_data.schemas import metadata

    report = add_report(
        file,
        year=year,
        area=area,
        url=url,
        publisher=publisher,
        published=published.date() if published else None,
        retrieved=retrieved.date() if retrieved else None,
        data_dir=find_data_dir(data_dir),
    )
    click.echo(f"{report.path}\n{report.path.with_suffix('.yaml')}")
    click.echo(f"archived {report.id} 已归档: {report.title}, sha256 {report.sha256}")
    if area not in {row["ref_area"] for row in metadata("areas.csv")}:
        click.echo(
            f"note 提示: {area} is not in schemas/areas.csv yet; a release will call it by its code\n"
            f"  {area} 尚未登记在 schemas/areas.csv，发布时只能以代码代替名称；请登记，或检查是否写错"
        )
    click.echo(f"next 下一步: shenwan-data inspect {report.path}")


@main.command()
@click.option("--year", type=click.IntRange(1949, 2999), help="Only this year. 只看该年度。")
@_data_dir
def coverage(year: int | None, data_dir: Path | None) -> None:
    """Count for each report what was mapped to indicators and what was not.

    逐份报告统计：已归入指标、未归入指标的数据，以及非数据的数字。
    """
    from shenwan_data.data_folder import find_data_dir
    from shenwan_data.inspection.inspected import inspect_file
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


@main.command()
@click.option(
    "--gold",
    type=_FOLDER,
    help="The folder of labelled texts. Default: tests/golden of the checkout. 标注文本目录。",
)
@click.option("--write", is_flag=True, help="Keep the result for the release. 存入数据目录供发布。")
@_data_dir
def accuracy(gold: Path | None, write: bool, data_dir: Path | None) -> None:
    """Measure how well the program reads, on texts labelled by hand.

    用人工标注的文本测量识读准确度：准确率、召回率、F1。
    """
    from shenwan_data.data_folder import find_data_dir
    from shenwan_data.indicators.measurement import FILE, measure, render
    from shenwan_data.release.codes import code_lists

    folder = find_data_dir(data_dir)
    checkout = Path(__file__).resolve().parents[1]
    measured = measure(gold or checkout / "tests" / "golden", folder)
    levels, sets = code_lists()["level"], code_lists()["gold_set"]
    click.echo("| set | text | level | labelled | read | hits | precision | recall | F1 |")
    click.echo("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for row in measured:
        tally = row.tally
        names = (sets[row.gold_set].label.en, row.gold_text, levels[row.level].label.en)
        counts = (tally.gold, tally.predicted, tally.hits)
        shares = (f"{share:.3f}" for share in (tally.precision, tally.recall, tally.f1))
        click.echo(f"| {' | '.join((*names, *map(str, counts), *shares))} |")
    if write:
        (folder / FILE).write_text(render(measured), encoding="utf-8")


@main.command()
@click.argument("release", type=_FOLDER)
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


@main.command("export")
@click.argument("release", type=_FOLDER)
@click.option(
    "--site",
    type=click.Choice(["zenodo", "huggingface", "kaggle"]),
    required=True,
    help="The site that the files are for. 目标网站。",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="A new folder for the files. 新的输出目录。",
)
def export_command(release: Path, site: str, out: Path) -> None:
    """Write the files that a site accepts by hand; nothing is uploaded.

    生成可手工上传到某网站的文件，不上传任何内容。

    \b
    Example 示例:
      shenwan-data export data/releases/1.0.0 --site zenodo --out zenodo-1.0.0
    """
    from shenwan_data.publish.exports import export
    from shenwan_data.publish.release_folder import read_release_folder

    click.echo(export(read_release_folder(release), site, out))


@main.command()
@click.argument("release", type=_FOLDER)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write it. Default: beside the release, <version>-site. 输出目录。",
)
def site(release: Path, out: Path | None) -> None:
    """Write the web site of the release in the folder RELEASE.

    为一个发布版本生成静态网站。

    A folder of pages in Chinese and English that needs no server: open its index.html, or copy it to
    any host. It carries a copy of the data, and replaces an earlier site at once or not at all.

    \b
    Examples 示例:
      shenwan-data site data/releases/1.0.0
      shenwan-data site data/releases/1.0.0 --out /srv/www/shenwan
    """
    from shenwan_data.publish.site import build_site, site_beside

    target = build_site(release, out or site_beside(release))
    click.echo(f"site 网站: {target / 'index.html'}")


@main.command()
@click.argument("old", type=_FOLDER)
@click.argument("new", type=_FOLDER)
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
        told = diff_json(found)
    elif form == "changelog":
        told = diff_changelog(found, reasons(after))
    else:
        told = diff_markdown(found)
    click.echo(told, nl=False)


@main.command()
@click.argument("release", type=_FOLDER)
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
    from shenwan_data.release.published import record_published, register_of

    folder = release.resolve()
    entry = record_published(folder, register_of(folder.parent))
    click.echo(f"recorded as published 已登记为已发布: {entry}")


def _line(check: Check) -> str:
    mark = "ok  " if check.passed else "FAIL"
    said = "" if check.passed else f"\n     {check.message.en}\n     {check.message.zh}"
    return f"{mark} {check.name}  {check.target}{said}"


@main.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option(
    "--workers",
    type=click.IntRange(0, 4096),
    help="Local processes; 0: a plain loop in this one; default: one for each processor. "
    "本机进程数，0 为单进程。",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="A Dask scheduler (tcp://…) instead of local processes. 使用 Dask 集群。",
)
@click.option(
    "--area-prefix",
    type=click.IntRange(1, 40),
    help="Keep areas together whose codes begin with the same so many characters; default: each by "
    "itself. 按地区代码的前若干位合并分区。",
)
def corpus(
    source: str, target: str, workers: int | None, scheduler: str | None, area_prefix: int | None
) -> None:
    """Read a whole corpus of reports into Parquet, on one machine or many.

    批量读取全部报告，输出按年度和地区分区的 Parquet。

    IN is a folder of reports (<year>/<area>.txt, .html, .docx, .pdf), Parquet files with the columns
    ref_area, time_period and text, or an address such as s3://bucket/reports. OUT gets figures/ and
    observations/ by year and area, and errors/ with the documents that could not be read. A run that
    was stopped is begun again by the same command: what is finished is kept.

    \b
    Examples 示例:
      shenwan-data corpus reports/ out/
      shenwan-data corpus reports.parquet out/ --area-prefix 6 --scheduler tcp://10.0.0.5:8786
    """
    from shenwan_data.corpus.progress import bar
    from shenwan_data.corpus.run import read_corpus

    with bar() as progress:
        summary = read_corpus(
            source,
            target,
            workers=workers,
            scheduler=scheduler,
            area_prefix=area_prefix,
            progress=progress,
        )
    click.echo(summary.render(target))


@main.command()
@_data_dir
def doctor(data_dir: Path | None) -> None:
    """Check versions, folders, the Dagster instance, targets, credentials and alerts.

    检查版本、目录、Dagster 实例、发布目标、凭据和通知设置，并说明如何修复。

    Exit code 0 when a build can run and every target has its credentials (warnings are told), 1
    when something must be fixed first. Nothing is sent anywhere.

    可以构建且各发布目标都有凭据时退出码为 0（有警告也会提示），须先修复时为 1；不发送任何内容。
    """
    from shenwan_data.doctor import examine

    def instance() -> str | None:
        _assets_build()
        from assets.instance import problem

        return problem()

    found = examine(data_dir, instance)
    for condition in found:
        click.echo(condition.render())
    if any(condition.state == "FAIL" for condition in found):
        sys.exit(1)
