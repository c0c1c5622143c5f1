"""The layout of a store, and the index that makes a release public.

Belongs here: names and the content of the index. Does not belong here: reading or writing them.

    index.json            the published releases; written last, atomically
    1.0.0/…               the files of a release; never changed once the index lists them
    .staging-1.0.0/…      a release that is being published
    .lock                 who is publishing
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from shenwan_data.config.settings import is_version, parse_version
from shenwan_data.errors import Text
from shenwan_data.publish.plan import PortalError
from shenwan_data.publish.release_folder import ReleaseFolder
from shenwan_data.release.manifest import MANIFEST

INDEX = "index.json"
LOCK = ".lock"
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


def staging(version: str) -> str:
    """The folder in which a release is staged."""
    return f".staging-{version}"


def is_release_folder(name: str) -> bool:
    """Whether it is the name of the folder of one release, published or staged, and no path."""
    return is_version(name.removeprefix(staging("")))


@dataclass(frozen=True, slots=True)
class Index:
    """``index.json``: the hash of the manifest of each published release, by version.

    ``withdrawn`` are the versions that were taken back; they are listed only where there are some.
    """

    name: str
    releases: Mapping[str, str]
    withdrawn: tuple[str, ...] = ()

    def with_release(self, release: ReleaseFolder) -> Index:
        """The index with this release in it."""
        return Index(
            str(release.descriptor["name"]),
            {**self.releases, release.version: release.manifest_sha256},
            self.withdrawn,
        )

    def without(self, version: str) -> Index:
        """The index without this release, which is listed as withdrawn."""
        kept = {each: digest for each, digest in self.releases.items() if each != version}
        withdrawn = sorted({*self.withdrawn, version}, key=parse_version)
        return Index(self.name, kept, tuple(withdrawn))

    def to_json(self) -> bytes:
        """The index as the bytes of its file; the same releases give the same bytes."""
        versions = sorted(self.releases, key=parse_version, reverse=True)
        content = {
            "name": self.name,
            "latest": versions[0] if versions else None,
            "releases": [
                {
                    "version": version,
                    "path": f"{version}/",
                    "descriptor": f"{version}/datapackage.json",
                    "manifest": f"{version}/{MANIFEST}",
                    "manifest_sha256": self.releases[version],
                }
                for version in versions
            ],
            **({"withdrawn": list(self.withdrawn)} if self.withdrawn else {}),
        }
        return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def parse_index(content: bytes | None, target: str) -> Index:
    """The index of a store; an empty one where there is none. PortalError where it is broken."""
    if content is None:
        return Index("", {})
    try:
        parsed = json.loads(content)
        releases = {entry["version"]: entry["manifest_sha256"] for entry in parsed["releases"]}
        withdrawn = tuple(map(str, parsed.get("withdrawn", ())))
        if all(map(is_version, (*releases, *withdrawn))) and all(
            map(_HASH.fullmatch, releases.values())
        ):
            return Index(str(parsed["name"]), releases, withdrawn)
    except (ValueError, KeyError, TypeError):
        pass
    raise PortalError(
        Text(f"{INDEX} 不是由 shenwan-data 写入的", f"{INDEX} was not written by shenwan-data"),
        place=target,
        remedy=Text(
            "请另选目录，或先移走该文件", "choose another folder, or move that file away first"
        ),
    )
