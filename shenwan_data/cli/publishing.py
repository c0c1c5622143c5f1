"""Commands that bring a release to others: publish, export.

Belongs here: options and what is printed. Does not belong here: the work (``publish``).
"""

from __future__ import annotations

from pathlib import Path

import click

from shenwan_data.cli.options import DATA_DIR, FOLDER


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
