"""How a release and its parts are named for machines.

Belongs here: identifiers and the addresses of files. Does not belong here: what is said of them.

With a ``base_url`` everything has a web address under it. Without one, a file is named relative to the
document that speaks of it, which is right wherever the folder is put, and all else by a UUID made from
its name, which is the same in every release.
"""

from __future__ import annotations

import posixpath
from urllib.parse import quote
from uuid import uuid5

from shenwan_data.release.about import About

_SAFE = "/-._~"


def identifier(about: About, *parts: str) -> str:
    """The IRI of a thing of the data set, such as a package; the same in every version."""
    name = "/".join((about.name, *parts))
    if about.base_url:
        return f"{about.base_url.rstrip('/')}/#{quote(name, safe=_SAFE)}"
    return uuid5(about.namespace, name).urn


def file_address(about: About, path: str, seen_from: str = "") -> str:
    """The address of the file at ``path`` of the release, for a document in the folder ``seen_from``.

    Paths are relative to the release folder, with slashes.
    """
    if about.base_url:
        return f"{about.base_url.rstrip('/')}/{about.version}/{quote(path, safe=_SAFE)}"
    return quote(posixpath.relpath(path, seen_from or "."), safe=_SAFE)
