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
from typing import Any

from shenwan_data.errors import MachineError, Text, UsageError
from shenwan_data.report.source import ENDINGS

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
    system, root = _open(address)
    note = work / _SEEN
    seen = _seen(note, address)
    written = []
    try:
        for name, version in _listed(address, system, root).items():
            target = data_dir / "reports" / name
            if seen.get(name) == version and target.is_file():
                continue
            with _told(address):
                content = system.cat_file(f"{root}/{name}")
            if not target.is_file() or target.read_bytes() != content:
                _write(target, content)
                written.append(target)
            seen[name] = version
    finally:
        kept = json.dumps({"address": address, "seen": seen}, ensure_ascii=False)
        _write(note, kept.encode())
    return tuple(written)


def listing(address: str) -> tuple[str, ...]:
    """The names of the reports and records at an address. Raises as ``fetch`` does."""
    return tuple(_listed(address, *_open(address)))


@contextmanager
def _told(address: str) -> Iterator[None]:
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
                "look at the address, the network and the credentials",
            ),
        ) from error


def _open(address: str) -> tuple[Any, str]:
    import fsspec

    try:
        system, root = fsspec.core.url_to_fs(address, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise UsageError(
            Text("不支持这种地址", f"this kind of address cannot be opened: {error}"),
            file=address,
            remedy=Text(
                f"请检查 {VARIABLE}，并安装相应的 fsspec 实现",
                f"look at {VARIABLE}, and install the fsspec implementation of it",
            ),
        ) from error
    return system, str(root).rstrip("/")


def _listed(address: str, system: Any, root: str) -> dict[str, str]:
    """The reports and records at an address by name, each with what tells that it has changed."""
    found = {}
    with _told(address):
        system.invalidate_cache()
        entries = system.find(root, detail=True)
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


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
