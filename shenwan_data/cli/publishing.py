"""Commands that bring a release to others and take it back: publish, export, withdraw.

Belongs here: options, the order of the steps, and what is printed. Does not belong here: the work
(``publish``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shenwan_data.cli.options import DATA_DIR, FOLDER
from shenwan_data.errors import ShenwanError, Text, UsageError

if TYPE_CHECKING:
    from shenwan_data.publish.targets import Address
    from shenwan_data.publish.withdrawal import Passage


@click.command()
@click.argument("release", type=FOLDER)
@click.option("--to", "name", required=True, help="The target, by its name in targets.yaml. 目标。")
@click.option(
    "--targets",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file of targets. Default: $SHENWAN_TARGETS, else targets.yaml of the data folder. "
    "目标文件，默认为数据目录中的 targets.yaml。",
)
@click.option("--dry-run", is_flag=True, help="Show the plan and write nothing. 只显示计划。")
@click.option(
    "--force",
    is_flag=True,
    help="Undo what others changed on the portal. 覆盖他人在门户上的改动。",
)
@DATA_DIR
def publish(
    release: Path,
    name: str,
    targets: Path | None,
    dry_run: bool,
    force: bool,
    data_dir: Path | None,
) -> None:
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
    from shenwan_data.publish.plan import journal_of
    from shenwan_data.publish.publisher import publish as run
    from shenwan_data.publish.release_folder import read_release_folder
    from shenwan_data.publish.targets import find_address, find_targets_file, open_target

    address = find_address(name, find_targets_file(data_dir, targets))
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


@click.command("export")
@click.argument("release", type=FOLDER)
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


_CANNOT = (
    Text(
        "无法撤回：他人已下载的副本、他人克隆的 git 历史、搜索引擎和网页存档的快照、手工上传到其他网站的文件"
        "（Zenodo、Hugging Face、Kaggle）。请逐一联系其持有人。",
        "This cannot be undone: copies that others downloaded, git history in clones of others, what "
        "search engines and web archives keep, files that were uploaded to other sites by hand "
        "(Zenodo, Hugging Face, Kaggle). Ask those who hold them.",
    ),
    Text(
        "归档的原文件（data/reports）不作改动，仍含该内容；本项目的版本库若公开，其历史也含该内容。"
        "发布机关的网页须由该机关更改。",
        "The archived file in data/reports is not changed and still holds the passage, and so does the "
        "history of this repository, if that is public. The office's own page is for the office to change.",
    ),
)


@click.command()
@click.argument("passage", required=False)
@click.option("--figure", help="The passage is this figure, by its id. 按数字的标识指定。")
@click.option("--why", required=True, help="The reason, without the passage. 原因，不写内容。")
@click.option(
    "--to",
    "names",
    multiple=True,
    help="Only these targets; default: all of the file. 只处理这些目标，默认为全部。",
)
@click.option(
    "--targets",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file of targets. Default: $SHENWAN_TARGETS, else targets.yaml of the data folder. "
    "目标文件，默认为数据目录中的 targets.yaml。",
)
@click.option("--dry-run", is_flag=True, help="Show what holds it and change nothing. 只显示。")
@DATA_DIR
def withdraw(
    passage: str | None,
    figure: str | None,
    why: str,
    names: tuple[str, ...],
    targets: Path | None,
    dry_run: bool,
    data_dir: Path | None,
) -> None:
    """Take PASSAGE back from everything that this project published.

    从已发布的全部内容中撤回一段文字。

    Masks the passage in the record of each report that holds it, removes every version that shows it
    from each target, from the register and from this machine, and records that something was
    withdrawn, without what. The numbers of these versions are not used again. With - as PASSAGE it is
    read from standard input, so that it does not stay in the history of the shell. After a failure
    the same command goes on.

    在报告旁的记录中遮盖该文字，从各发布目标、登记目录和本机删除含有它的版本，并登记“有内容撤回”而不写
    是什么；这些版本号不再使用。PASSAGE 写作 - 时从标准输入读取。失败后重新运行同一命令即可继续。

    Exit codes beside 0, 1, 2: 3 a target failed or refused 目标故障或拒绝.

    \b
    Examples 示例:
      shenwan-data withdraw - --why 应当事人要求 --dry-run
      shenwan-data withdraw --figure shenwan-2022-1043 --why 应当事人要求
    """
    from shenwan_data.build_lock import exclusive_build
    from shenwan_data.build_record import WORK_FOLDER
    from shenwan_data.config.settings import find_data_dir, read_release_settings
    from shenwan_data.publish import withdrawal
    from shenwan_data.release.register import REGISTER

    if (passage is None) == (figure is None):
        raise UsageError(
            Text("请给出文字或 --figure，二者取一", "give a passage or --figure, one of them"),
            remedy=Text(
                "例：shenwan-data withdraw - --why 原因", "see shenwan-data withdraw --help"
            ),
        )
    folder = find_data_dir(data_dir)
    words = sys.stdin.read() if passage == "-" else passage
    passages = (
        withdrawal.find_figure(folder, figure)
        if figure is not None
        else withdrawal.find_passages(folder, words or "")
    )
    withdrawal.check_withdrawal(folder, passages, why)
    addresses = _addresses(folder, targets, names)
    for each in passages:
        click.echo(f"{each.report}: {len(each.spans)} × [{each.spans[0][0]}, {each.spans[0][1]}]")
    name = read_release_settings(folder).name
    if dry_run:
        _from_targets(addresses, name, passages, dry_run)
        for path in withdrawal.local_versions(folder, passages, masked=False):
            click.echo(f"holds it 含有: {path.relative_to(folder)}")
        click.echo("Nothing was changed: this was a dry run.\n仅为预演，未作任何改动。")
        return
    with exclusive_build(folder):
        withdrawal.mask_passages(passages)
        gone, failed = _from_targets(addresses, name, passages, dry_run)
        local = withdrawal.local_versions(folder, passages)
        gone |= {path.name for path in local if path.parent.name == REGISTER}
        # Recorded first: a version that is half gone is not built or published again.
        today = datetime.now().astimezone().date()
        record = withdrawal.record_withdrawal(folder, gone, passages, why, today)
        # What earlier builds have read holds it too.
        withdrawal.withdraw_local(folder, (*local, folder / WORK_FOLDER))
    for path in local:
        click.echo(f"removed 已删除: {path.relative_to(folder)}")
    click.echo(f"recorded 已登记: {record.relative_to(folder)}")
    click.echo(
        "masked; build again (raise the version where it was withdrawn), publish, and commit data/\n"
        "已遮盖；请重新构建（版本已撤回的须提高版本号）、发布，并提交 data/"
    )
    for text in _CANNOT:
        click.echo(f"{text.en}\n{text.zh}")
    if failed:
        sys.exit(3)


def _addresses(data_dir: Path, targets: Path | None, names: Sequence[str]) -> tuple[Address, ...]:
    from shenwan_data.publish.targets import find_address, find_targets_file, read_addresses

    try:
        file = find_targets_file(data_dir, targets)
    except UsageError:
        if targets is not None or names:
            raise
        click.echo("no file of targets: only what is here\n没有发布目标文件：只处理本机的内容")
        return ()
    if names:
        return tuple(find_address(name, file) for name in names)
    return tuple(read_addresses(file).values())


def _from_targets(
    addresses: Sequence[Address], name: str, passages: Sequence[Passage], dry_run: bool
) -> tuple[set[str], bool]:
    """The versions that were taken back, and whether a target failed; the others go on."""
    gone: set[str] = set()
    failed = False
    for address in addresses:
        try:
            for version, said in _from_target(address, name, passages, dry_run):
                gone.add(version)
                click.echo(said)
        except ShenwanError as error:
            failed = True
            click.echo(error.render(), err=True)
    return gone, failed


def _from_target(
    address: Address, name: str, passages: Sequence[Passage], dry_run: bool
) -> Iterator[tuple[str, str]]:
    from shenwan_data.publish.credentials import hiding, read_credentials
    from shenwan_data.publish.targets import open_target
    from shenwan_data.publish.withdrawal import versions_holding

    credentials = read_credentials(address.name)
    with hiding(credentials):
        target = open_target(address, credentials)
        for version in versions_holding(target, name, passages):
            left = None if dry_run else target.withdraw(name, version)
            done = "holds it 含有" if dry_run else "removed 已删除"
            more = f"\n  {left.en}\n  {left.zh}" if left else ""
            yield version, f"{address.name}: {version} {done}{more}"
