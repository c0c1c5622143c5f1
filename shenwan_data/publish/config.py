"""``targets.yaml``: the targets to publish to, by name. Addresses only, no credentials.

Belongs here: reading the file and opening a target. Does not belong here: what a target does, or which
addresses are safe (``addresses``). ``docs/publishing.md`` lists the options of each kind.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shenwan_data.errors import Text, UsageError
from shenwan_data.publish.addresses import address_problem
from shenwan_data.publish.credentials import FIELDS, Credentials
from shenwan_data.publish.http import Retries
from shenwan_data.publish.plan import TARGET_NAME
from shenwan_data.publish.publisher import Target
from shenwan_data.schemas import read_yaml

TARGETS_VARIABLE = "SHENWAN_TARGETS"
TARGETS_FILE = "targets.yaml"
_RETRIES = ("attempts", "first_wait", "longest_wait")
# The options of each kind beside `type` and `retries`; those marked with ! are required.
_KINDS: dict[str, tuple[str, ...]] = {
    "ckan": ("url!", "organization!", "organization_title", "view_type", "insecure"),
    "folder": ("path!", "url", "insecure"),
    "s3": ("bucket!", "prefix", "endpoint", "region", "url", "insecure"),
    "sftp": ("host!", "port", "path!", "known_hosts", "key_file", "url", "insecure"),
    "webdav": ("address!", "url", "insecure"),
    "git": ("remote!", "branch", "url", "insecure"),
}
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


def find_targets_file(given: Path | None = None) -> Path:
    """The file: the one given, else ``$SHENWAN_TARGETS``, else ``targets.yaml`` here."""
    named = given or Path(os.environ.get(TARGETS_VARIABLE) or TARGETS_FILE)
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
    """The targets of a file by name. UsageError naming file and entry where one is wrong."""
    content = read_yaml(path)
    targets = content.get("targets") if isinstance(content, dict) else None
    if not isinstance(targets, dict) or not targets:
        raise _wrong(path, "targets", "没有列出任何目标", "it lists no target")
    for name in targets:
        if not TARGET_NAME.fullmatch(str(name)):
            # The name becomes part of the journal's file name and of the variables of credentials.
            raise _wrong(
                path, repr(name), "名称只能用字母、数字、连字符和下划线",
                "a name has letters, digits, hyphens and underscores only",
            )  # fmt: skip
    return {str(name): _address(path, str(name), entry) for name, entry in targets.items()}


def find_address(name: str, given: Path | None = None) -> Address:
    """One target by name. UsageError listing the known ones where there is no such target."""
    path = find_targets_file(given)
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


def only_target(
    addresses: Mapping[str, Address], kind: str, name: str | None, path: Path
) -> Address:
    """The target of a kind: the one named, or the only one there is. UsageError otherwise."""
    found = [each for each in addresses.values() if each.kind == kind and name in (None, each.name)]
    if len(found) == 1:
        return found[0]
    raise _wrong(
        path,
        name or kind,
        f"类型为 {kind} 的目标有 {len(found)} 个，须恰为一个",
        f"there are {len(found)} targets of type {kind}; exactly one is needed",
    )


def _wrong(path: Path, place: str, zh: str, en: str) -> UsageError:
    return UsageError(
        Text(zh, en),
        file=path,
        place=place,
        remedy=Text("写法见 docs/publishing.md", "see docs/publishing.md for the format"),
    )


def _address(path: Path, name: str, entry: Any) -> Address:
    kind = entry.get("type") if isinstance(entry, dict) else None
    if kind not in _KINDS:
        kinds = ", ".join(_KINDS)
        raise _wrong(path, name, f"type 须为 {kinds} 之一", f"its type must be one of {kinds}")
    known = {key.rstrip("!") for key in _KINDS[kind]}
    insecure = entry.get("insecure", False)
    if not isinstance(insecure, bool):
        raise _wrong(path, f"{name}.insecure", "须为 true 或 false", "it must be true or false")
    for key, value in entry.items():
        if key in FIELDS:
            raise _wrong(
                path,
                f"{name}.{key}",
                "凭据不写在此文件中",
                "credentials do not belong in this file",
            )
        problem = address_problem(key, value, insecure=insecure) if isinstance(value, str) else None
        if problem is not None:
            raise _wrong(path, f"{name}.{key}", problem.zh, problem.en)
        if key not in known | {"type", "retries"}:
            raise _wrong(path, f"{name}.{key}", "没有此项", "there is no such option")
    for key in _KINDS[kind]:
        if key.endswith("!") and not entry.get(key.rstrip("!")):
            place = f"{name}.{key.rstrip('!')}"
            raise _wrong(path, place, "缺少此项", "this option is missing")
    return Address(name, kind, entry, _retries(path, name, entry.get("retries")))


def _retries(path: Path, name: str, entry: Any) -> Retries:
    if entry is None:
        return Retries()
    if not isinstance(entry, dict) or not set(entry) <= set(_RETRIES):
        options = ", ".join(_RETRIES)
        raise _wrong(path, f"{name}.retries", f"可用项：{options}", f"its options are {options}")
    try:
        values = {key: float(value) for key, value in entry.items()}
    except (TypeError, ValueError):
        raise _wrong(path, f"{name}.retries", "须为数字", "they are numbers") from None
    default = Retries()
    return Retries(
        attempts=int(values.get("attempts", default.attempts)),
        first_wait=values.get("first_wait", default.first_wait),
        longest_wait=values.get("longest_wait", default.longest_wait),
    )


def open_target(address: Address, credentials: Credentials) -> Target:
    """The target at an address. UsageError where a required credential is missing."""
    if address.kind == "ckan":
        from shenwan_data.publish.ckan.ckan_target import open_ckan

        return open_ckan(address, credentials)
    if address.kind == "git":
        from shenwan_data.publish.git import open_git

        return open_git(address, credentials)
    from shenwan_data.publish.store.open_store import open_store

    return open_store(address, credentials)
