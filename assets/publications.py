"""Layer publication: the release on portals and stores. Never part of a build.

Belongs here: one asset for each kind of target, each of which publishes when a person asks for it.
Does not belong here: how it is done (``shenwan_data.publish``).
"""

from collections.abc import Mapping
from pathlib import Path

import dagster as dg
from pydantic import Field

from shenwan_data.publish.credentials import hiding, read_credentials
from shenwan_data.publish.plan import journal_of
from shenwan_data.publish.publisher import publish
from shenwan_data.publish.release_folder import read_release_folder
from shenwan_data.publish.targets import find_targets_file, only_target, open_target, read_addresses
from shenwan_data.release.validation import validate_release

from .checks import RELEASE
from .resources import OWNERS, DataFolder

GROUP = "publication"
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
    names: dict[str, str] = Field(
        default_factory=dict,
        description="The target for a kind (ckan: town-portal). Left out: the only one of its kind.",
    )


class Publishing(dg.Config):
    """How one publication is done."""

    force: bool = Field(default=False, description="Undo what others changed on the portal.")
    dry_run: bool = Field(default=False, description="Show the plan and write nothing.")


def _publication(kind: str, place: tuple[str, str]) -> dg.AssetsDefinition:
    @dg.asset(
        name=f"{kind}_publication",
        group_name=GROUP,
        deps=[RELEASE],
        owners=OWNERS,
        kinds={kind},
        code_version="1",
        description=(
            f"The release on {place[0]}, every byte read back before the public sees it.\n\n"
            f"已发布到{place[1]}的版本，公开前逐字节核对。"
        ),
    )
    def publication(
        context: dg.AssetExecutionContext, config: Publishing, data: DataFolder, portals: Portals
    ) -> dg.MaterializeResult[None]:
        folder = data.settings.release_dir
        # The checks of the run that built it may be long past; the files are judged as they are.
        failed = [check for check in validate_release(folder) if not check.passed]
        if failed:
            message = failed[0].message
            raise dg.Failure(f"{failed[0].target}: {message.en}\n{message.zh}", allow_retries=False)
        file = find_targets_file(data.dir, Path(portals.targets) if portals.targets else None)
        address = only_target(read_addresses(file), kind, portals.names.get(kind), file)
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
        return dg.MaterializeResult(
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


PUBLICATIONS = [_publication(kind, place) for kind, place in _KINDS.items()]
