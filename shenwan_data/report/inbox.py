"""Reports that arrive elsewhere: a folder or object storage that the archive is filled from.

Belongs here: finding what is new or changed at an address and putting it into the archive, byte for
byte. Does not belong here: judging what came (``archive`` does, when it is read), or removing: what
was archived stays, whatever happens at the address.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shenwan_data.errors import MachineError, Text, UsageError
from shenwan_data.extras import needs_for
from shenwan_data.files import write_atomic
from shenwan_data.report.source import ENDINGS

if TYPE_CHECKING:
    from upath import UPath

VARIABLE = "SHENWAN_INBOX"
# <year>/<area>.<ending>, wherever the address begins; the record of origin may come along.
_NAME = re.compile(r"(?:19|20)[0-9]{2}/[^/.~][^/]*")
_SEEN = "inbox.json"


def inbox_address() -> str | None:
    """The address that the environment names, None where there is none."""
    return os.environ.get(VARIABLE) or None


def fetch(address: str, data_dir: Path, work: Path) -> tuple[Path, ...]:
    """Copy what is new or changed at ``address`` to ``reports/``; the files that were written.

    ``address`` holds ``<year>/<area>.txt`` (``.html``, ``.docx``, ``.pdf``) and may hold the ``.yaml``
    of each; it is a path or anything fsspec opens. What was seen is kept in ``work``, so that a file is
    fetched once; a copy that was corrected here by hand is left alone until the original changes.
    Raises UsageError where the address cannot be opened, MachineError where it fails.
    """
    inbox = _open(address)
    note = work / _SEEN
    seen = _seen(note, address)
    written = []
    try:
        for name, version in _listed(inbox).items():
            target = data_dir / "reports" / name
            if seen.get(name) == version and target.is_file():
                continue
            with _machine_errors(address):
                content = (inbox / name).read_bytes()
            if not target.is_file() or target.read_bytes() != content:
                write_atomic(target, content)
                written.append(target)
            seen[name] = version
    finally:
        kept = json.dumps({"address": address, "seen": seen}, ensure_ascii=False)
        write_atomic(note, kept)
    return tuple(written)


def listing(address: str) -> tuple[str, ...]:
    """The names of the reports and records at an address. Raises as ``fetch`` does."""
    return tuple(_listed(_open(address)))


@contextmanager
def _machine_errors(address: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # Every kind of store has exceptions of its own; none of them is a fault of the data.
        said = str(error) or type(error).__name__
        raise MachineError(
            Text(f"读取失败：{said}", f"it cannot be read: {said}"),
            file=address,
            remedy=Text(
                "请检查地址、网络和凭据后重试",
                "check the address, the network and the credentials, then try again",
            ),
        ) from error


def _open(address: str) -> UPath:
    from upath import UPath

    try:
        options: dict[str, Any] = {"use_listings_cache": False} if "://" in address else {}
        with needs_for(address):
            inbox: UPath = UPath(address, **options)
            inbox.fs  # noqa: B018 - a missing implementation is reported here
    except (ImportError, ValueError) as error:
        raise UsageError(
            Text("不支持这种地址", f"this kind of address cannot be opened: {error}"),
            file=address,
            remedy=Text(
                f"请检查 {VARIABLE}，并安装相应的 fsspec 实现",
                f"look at {VARIABLE}, and install the fsspec implementation of it",
            ),
        ) from error
    return inbox


def _listed(inbox: UPath) -> dict[str, str]:
    """The reports and records at an address by name, each with the marks of its version."""
    found = {}
    root = inbox.path.rstrip("/")
    with _machine_errors(str(inbox)):
        inbox.fs.invalidate_cache()
        entries = inbox.fs.find(root, detail=True)
    for path, info in sorted(entries.items()):
        name = str(path)[len(root) :].lstrip("/")
        if _NAME.fullmatch(name) and Path(name).suffix.lower() in (*ENDINGS, ".yaml"):
            marks = (
                "ETag",
                "etag",
                "md5",
                "checksum",
                "LastModified",
                "modified",
                "mtime",
                "created",
            )
            version = [str(info[mark]) for mark in marks if info.get(mark) is not None]
            found[name] = "/".join([str(info.get("size")), *version])
    return found


def _seen(note: Path, address: str) -> dict[str, str]:
    try:
        kept = json.loads(note.read_text(encoding="utf-8"))
        return dict(kept["seen"]) if kept["address"] == address else {}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}
