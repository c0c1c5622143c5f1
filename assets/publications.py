"""Layer publication: the release on portals and stores. Never part of a build.

Belongs here: one asset for each target that is configured, which publishes when a person asks for it.
Does not belong here: how it is done (``shenwan_data.publish``).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
from pydantic import Field

from shenwan_data.errors import UsageError
from shenwan_data.publish.credentials import hiding, read_credentials
from shenwan_data.publish.plan import journal_of
from shenwan_data.publish.publisher import publish
from shenwan_data.publish.release_folder import read_release_folder
from shenwan_data.publish.targets import (
    find_address,
    find_targets_file,
    open_target,
    read_addresses,
)
from shenwan_data.release.validation import validate_release

from .checks import RELEASE
from .resources import GROUP_PUBLICATION, OWNERS, DataFolder, asked_for_alone

_KINDS: Mapping[str, tuple[str, str]] = {
    "ckan": ("a CKAN portal", "CKAN 门户"),
    "s3": ("object storage", "对象存储"),
    "sftp": ("an SFTP server", "SFTP 服务器"),
    "webdav": ("a WebDAV server", "WebDAV 服务器"),
    "folder": ("a folder", "文件夹"),
    "git": ("a git remote", "git 远程仓库"),
}


class Portals(dg.ConfigurableResource[Path]):
    """Where to publish. Passwords and tokens are read from the environment or a 0600 file."""

    targets: str | None = Field(
        default=None,
        description="The file of targets. Left out: SHENWAN_TARGETS, else targets.yaml of the data folder.",
    )


class Publishing(dg.Config):
    """How one publication is done."""

    force: bool = Field(default=False, description="Undo what others changed on the portal.")
    dry_run: bool = Field(default=False, description="Show the plan and write nothing.")


def configured_targets() -> dict[str, str]:
    """The kind of every target by its name; none where there is no valid file of targets."""
    try:
        return {one.name: one.kind for one in read_addresses(find_targets_file()).values()}
    except UsageError:
        # Publishing says what is wrong with the file; a release needs none.
        return {}


def publications(targets: Mapping[str, str]) -> list[dg.AssetsDefinition]:
    """An asset for each target; ``targets`` are kinds by name."""
    return [_publication(name, kind) for name, kind in targets.items()]


def _publication(target: str, kind: str) -> dg.AssetsDefinition:
    place = _KINDS[kind]

    @dg.asset(
        # A name of Dagster has no hyphen.
        name=f"{target.replace('-', '_')}_publication",
        group_name=GROUP_PUBLICATION,
        output_required=False,
        deps=[RELEASE],
        owners=OWNERS,
        kinds={kind},
        code_version="1",
        description=(
            f"The release on {place[0]} (`{target}`), every byte read back before the public sees "
            "it. A publication that failed is repeated by *Re-execute* on the page of its run.\n\n"
            f"已发布到{place[1]}（`{target}`）的版本，公开前逐字节核对；失败后在该次运行中点 Re-execute。"
        ),
    )
    def publication(
        context: dg.AssetExecutionContext, config: Publishing, data: DataFolder, portals: Portals
    ) -> Iterator[dg.MaterializeResult[None]]:
        if not asked_for_alone(context):
            return
        folder = data.settings.release_dir
        # The checks of the run that built it may be long past; the files are judged as they are.
        failed = [check for check in validate_release(folder) if not check.passed]
        if failed:
            message = failed[0].message
            raise dg.Failure(f"{failed[0].target}: {message.en}\n{message.zh}", allow_retries=False)
        file = find_targets_file(data.dir, Path(portals.targets) if portals.targets else None)
        address = find_address(target, file)
        credentials = read_credentials(address.name)
        with hiding(credentials):
            release = read_release_folder(folder)
            outcome = publish(
                release,
                open_target(address, credentials),
                journal_of(folder, address.name),
                force=config.force,
                dry_run=config.dry_run,
                on_plan=lambda plan: context.log.info(plan.render()),
            )
        plan, done = outcome.plan, outcome.publication
        yield dg.MaterializeResult(
            metadata={
                "target": address.name,
                "version": release.version,
                "plan": dg.MetadataValue.md(f"```\n{plan.render()}\n```"),
                "drift": len(plan.drift),
                "written": len(plan.writes) if done else 0,
                **({"url": dg.MetadataValue.url(done.url)} if done else {}),
                **({"sha256": dg.MetadataValue.json(dict(done.verified))} if done else {}),
            }
        )

    return publication
