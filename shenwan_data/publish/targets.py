"""``targets.yaml``: the targets to publish to, by name. Addresses only, no credentials.

Belongs here: reading the file and opening a target. Does not belong here: what a target does, or which
addresses are safe (``addresses``). ``docs/publishing.md`` lists the options of each kind.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, model_validator

from shenwan_data.config.forms import Filled, Model, near, refused, should_be, validated
from shenwan_data.config.settings import find_data_dir
from shenwan_data.config.textfile import read_yaml_document
from shenwan_data.errors import Text, UsageError
from shenwan_data.extras import needs
from shenwan_data.publish.addresses import address_problem
from shenwan_data.publish.credentials import FIELDS, Credentials
from shenwan_data.publish.http import Retries
from shenwan_data.publish.plan import TARGET_NAME
from shenwan_data.publish.publisher import Target

TARGETS_VARIABLE = "SHENWAN_TARGETS"
TARGETS_FILE = "targets.yaml"
_REMEDY = Text("写法见 docs/publishing.md", "docs/publishing.md shows the format")
# The credentials that a kind requires; a git remote can use an SSH key instead.
_CREDENTIALS: dict[str, tuple[str, ...]] = {
    "ckan": ("token",),
    "s3": ("key_id", "secret"),
    "sftp": ("user", "password"),
    "webdav": ("user", "password"),
}


@dataclass(frozen=True, slots=True)
class Address:
    """One entry of ``targets.yaml``, checked: a known kind, all required options, safe addresses."""

    name: str
    kind: str
    options: Mapping[str, Any]
    retries: Retries

    def text(self, key: str, default: str | None = None) -> str | None:
        """An option as text."""
        value = self.options.get(key)
        return default if value is None else str(value)

    def path(self, key: str) -> Path | None:
        """An option as a path of this machine, ~ resolved."""
        value = self.text(key)
        return Path(value).expanduser() if value else None


def _target_name(name: str) -> str:
    # It becomes part of the journal's file name and of the variables of the credentials.
    if not TARGET_NAME.fullmatch(name):
        raise refused(
            Text(
                f"目标名称 {name!r} 只能用字母、数字、连字符和下划线",
                f"the name of a target has letters, digits, hyphens and underscores only: {name!r}",
            )
        )
    return name


_Option = Filled
_Seconds = Annotated[
    Any,
    should_be(
        Text("数", "numbers"),
        lambda value: isinstance(value, int | float) and not isinstance(value, bool) and value > 0,
    ),
]


class RetriesEntry(Model):
    """How often and how long a target is tried; seconds."""

    attempts: int | None = None
    first_wait: _Seconds = None
    longest_wait: _Seconds = None


class TargetEntry(Model):
    """What every target takes beside the options of its type."""

    type: str
    retries: RetriesEntry | None = None
    url: _Option | None = None
    insecure: bool = False

    @model_validator(mode="before")
    @classmethod
    def _no_credentials(cls, value: Any) -> Any:
        if isinstance(value, dict) and (held := [key for key in value if key in FIELDS]):
            raise refused(
                Text(
                    f"凭据不写在此文件中：{'、'.join(held)}",
                    f"credentials do not belong in this file: {', '.join(held)}",
                )
            )
        return value

    @model_validator(mode="after")
    def _safe_addresses(self) -> TargetEntry:
        for key in type(self).model_fields:
            value = getattr(self, key)
            if isinstance(value, str):
                problem = address_problem(key, value, insecure=self.insecure)
                if problem is not None:
                    raise refused(Text(f"{key}：{problem.zh}", f"{key}: {problem.en}"))
        return self


class CkanEntry(TargetEntry):
    """A CKAN portal."""

    url: _Option
    organization: _Option
    organization_title: _Option | None = None
    view_type: _Option | None = None


class FolderEntry(TargetEntry):
    """A folder of this machine."""

    path: _Option


class S3Entry(TargetEntry):
    """Object storage."""

    bucket: _Option
    prefix: _Option | None = None
    endpoint: _Option | None = None
    region: _Option | None = None


class SftpEntry(TargetEntry):
    """A folder of an SFTP server."""

    host: _Option
    port: int | None = None
    path: _Option
    known_hosts: _Option | None = None
    key_file: _Option | None = None


class WebdavEntry(TargetEntry):
    """A folder of a WebDAV server."""

    address: _Option


class GitEntry(TargetEntry):
    """A git remote."""

    remote: _Option
    branch: _Option | None = None


_KINDS: dict[str, type[TargetEntry]] = {
    "ckan": CkanEntry,
    "folder": FolderEntry,
    "s3": S3Entry,
    "sftp": SftpEntry,
    "webdav": WebdavEntry,
    "git": GitEntry,
}


def _of_its_kind(value: Any) -> TargetEntry:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in _KINDS:
        hint = near(kind, _KINDS)
        raise refused(
            Text(
                f"type 须是其中之一：{'、'.join(_KINDS)}{hint.zh}",
                f"its type must be one of {', '.join(_KINDS)}{hint.en}",
            )
        )
    return _KINDS[kind].model_validate(value)


class TargetsFile(Model):
    """``targets.yaml`` as a whole."""

    targets: Annotated[
        dict[
            Annotated[str, AfterValidator(_target_name)],
            Annotated[TargetEntry, BeforeValidator(_of_its_kind)],
        ],
        should_be(Text("至少一个目标", "one target at least"), bool),
    ]


def find_targets_file(data_dir: Path | None = None, given: Path | None = None) -> Path:
    """The file: the one given, else ``$SHENWAN_TARGETS``, else ``targets.yaml`` of the data folder.

    UsageError where there is none.
    """
    named = given or (Path(value) if (value := os.environ.get(TARGETS_VARIABLE)) else None)
    named = named or find_data_dir(data_dir) / TARGETS_FILE
    if not named.is_file():
        raise UsageError(
            Text("没有发布目标文件", "there is no targets file"),
            file=named,
            remedy=Text(
                "请按 docs/publishing.md 编写，或用 --targets 指定",
                "write one as docs/publishing.md shows, or give its path with --targets",
            ),
        )
    return named


def read_addresses(path: Path) -> dict[str, Address]:
    """The targets of a file by name. UsageError naming file, line and entry of a mistake."""
    listed = validated(
        TargetsFile,
        read_yaml_document(path),
        remedy=_REMEDY,
        failure=UsageError,
        empty={},
    )
    return {
        name: Address(
            name,
            entry.type,
            entry.model_dump(exclude={"type", "retries", "insecure"}, exclude_none=True),
            Retries(**entry.retries.model_dump(exclude_none=True)) if entry.retries else Retries(),
        )
        for name, entry in listed.targets.items()
    }


def find_address(name: str, path: Path) -> Address:
    """One target of a file by name. UsageError listing the known ones where there is no such one."""
    addresses = read_addresses(path)
    if name not in addresses:
        known = ", ".join(addresses)
        raise UsageError(
            Text(f"没有名为 {name} 的目标", f"there is no target '{name}'"),
            file=path,
            remedy=Text(f"可用目标：{known}", f"the targets are: {known}"),
        )
    return addresses[name]


def needed_credentials(address: Address) -> tuple[str, ...]:
    """The fields of the credentials that a target requires."""
    needed = _CREDENTIALS.get(address.kind, ())
    # With a key file the password is the passphrase of the key, which may have none.
    return ("user",) if address.kind == "sftp" and address.text("key_file") else needed


def open_target(address: Address, credentials: Credentials) -> Target:
    """The target at an address. UsageError where a required credential is missing."""
    if address.kind == "ckan":
        with needs("ckan"):
            from shenwan_data.publish.ckan.ckan_target import open_ckan

        return open_ckan(address, credentials)
    if address.kind == "git":
        from shenwan_data.publish.git import open_git

        return open_git(address, credentials)
    from shenwan_data.publish.store.open_store import open_store

    return open_store(address, credentials)
