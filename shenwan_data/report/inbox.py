"""Reports that arrive elsewhere: a folder or a server that the archive is filled from.

Belongs here: finding what is new or changed at an address and copying it to the archive, byte for
byte. Does not belong here: how an address is read (``inbox_stores``), judging what came (``archive``
does, when it is read), or removing: what was archived stays, whatever happens at the address.

A file that cannot be a report of an area is not taken: copied to the archive, it would stop every
later build. It is reported once and left where it is.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shenwan_data.config.settings import is_area
from shenwan_data.errors import MachineError, Text, UsageError
from shenwan_data.files import replacing, write_atomic
from shenwan_data.report.inbox_stores import (
    LIMIT_VARIABLE,
    VARIABLE,
    Entry,
    Folder,
    Inbox,
    TooLargeError,
    byte_limit,
    chunks,
    open_inbox,
    shown_address,
    unreadable,
)
from shenwan_data.report.source import ENDINGS

_RECORD_ENDING = ".yaml"
_YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)
_NOTE = "inbox.json"
# What people write reports with; anything else in the inbox is none of our business.
_DOCUMENTS = frozenset({*ENDINGS, _RECORD_ENDING, ".yml", ".doc", ".wps", ".rtf", ".odt", ".ofd"})
logger = logging.getLogger("shenwan_data.inbox")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was left in the inbox. ``name`` is safe to print."""

    address: str
    name: str
    reason: Text

    def render(self) -> str:
        """Two lines: which file of which inbox was left and why, in both languages."""
        return (
            f"{self.address}/{self.name}: not taken from the inbox: {self.reason.en}\n"
            f"  收件未取：{self.reason.zh}"
        )


@dataclass(slots=True)
class _Note:
    """What is remembered of an address: versions by name, and whether it failed last time."""

    seen: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    failure: str | None = None


def inbox_address() -> str | None:
    """The address in the environment, None where there is none."""
    return os.environ.get(VARIABLE) or None


def log_refusal(refusal: Refusal) -> None:
    """Write a refusal to the log."""
    logger.warning("%s", refusal.render())


def fetch(
    address: str,
    data_dir: Path,
    work: Path,
    on_refusal: Callable[[Refusal], object] = log_refusal,
) -> tuple[Path, ...]:
    """Copy what is new or changed at ``address`` to ``reports/``; return the files that were written.

    ``address`` holds ``<year>/<area>.txt`` (``.html``, ``.docx``, ``.pdf``) and may hold the ``.yaml``
    of each; it is a path, a web address or anything fsspec opens. ``work`` remembers what was seen: a
    file is fetched once, a copy that was corrected here by hand is left alone until the original
    changes, and a file that is not taken is passed to ``on_refusal`` once. Raises UsageError where the
    kind of address is not supported, MachineError where it cannot be read or is not there.
    """
    inbox, note = open_inbox(address), _read_note(work, address)
    written = []
    try:
        for entry, reason in _judged(inbox, address, data_dir):
            if reason is None and _is_known(entry, note, data_dir):
                continue
            if reason is None:
                reason, changed = _take(inbox, address, entry, data_dir / "reports" / entry.name)
                written += [data_dir / "reports" / entry.name] * changed
            if reason is None:
                note.seen[entry.name] = entry.version
                note.refused.pop(entry.name, None)
            elif note.refused.get(entry.name) != entry.version:
                note.refused[entry.name] = entry.version
                on_refusal(Refusal(shown_address(address), _printable(entry.name), reason))
        note.failure = None
    except MachineError as error:
        note.failure = error.problem.en
        raise
    finally:
        _write_note(work, address, note)
    return tuple(written)


def fetch_unattended(
    address: str, data_dir: Path, work: Path, alert: Callable[[Text, str], object]
) -> tuple[Path, ...]:
    """``fetch`` for a process nobody watches: ``alert`` gets subject and text of what went wrong.

    One alert for a file that is not taken, and one for an inbox that cannot be read, until it is read
    again. Raises as ``fetch`` does.
    """

    def refused(refusal: Refusal) -> None:
        log_refusal(refusal)
        alert(Text("收件地址中有文件未取", "a file in the inbox was not taken"), refusal.render())

    before = _read_note(work, address).failure
    try:
        return fetch(address, data_dir, work, refused)
    except MachineError as error:
        if before != error.problem.en:
            alert(Text("收件地址无法读取", "the inbox cannot be read"), error.render())
        raise


def listing(address: str) -> tuple[str, ...]:
    """The names of the reports and records at an address. Raises as ``fetch`` does."""
    return tuple(
        entry.name for entry, reason in _judged(open_inbox(address), address) if not reason
    )


@contextmanager
def _machine_errors(address: str) -> Iterator[None]:
    try:
        yield
    except (MachineError, UsageError, TooLargeError, _FileError):
        raise
    except Exception as error:  # noqa: BLE001
        # Every kind of store has exceptions of its own; none of them is a fault of the data.
        raise unreadable(address, error) from None


def _judged(
    inbox: Inbox, address: str, data_dir: Path | None = None
) -> Iterator[tuple[Entry, Text | None]]:
    """The documents at an address, each with the reason why it is not taken, or None."""
    try:
        with _machine_errors(address):
            entries = sorted(inbox.entries(), key=lambda entry: entry.name)
    except TooLargeError as error:
        raise unreadable(address, error) from None
    limit = byte_limit()
    taken: dict[str, str] = {}
    for entry in entries:
        last = entry.name.rpartition("/")[2]
        linked_year = not entry.regular and _YEAR.fullmatch(entry.name)
        document = Path(last).suffix.lower() in _DOCUMENTS
        if last.startswith((".", "~")) or not (document or linked_year):
            continue
        reason = _kind_problem(entry, limit) or _name_problem(entry.name)
        stem, ending = _split(entry.name)
        archived = _archived(data_dir, stem) if data_dir else set()
        if reason is None and ending == _RECORD_ENDING:
            if not archived and (data_dir or stem not in taken):
                reason = Text("没有对应的报告", "there is no report that it belongs to")
        elif reason is None:
            others = archived - {ending}
            if not others:
                # A file that is refused does not keep out the one that the archive has.
                others = {taken.setdefault(stem, ending)} - {ending}
            if others:
                reason = Text(
                    f"该年该地区已有另一份报告（{'、'.join(sorted(others))}）",
                    f"this area has another report of the year ({', '.join(sorted(others))})",
                )
        yield entry, reason


def _split(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return stem, dot + ending


def _archived(data_dir: Path, stem: str) -> set[str]:
    return {ending for ending in ENDINGS if (data_dir / "reports" / f"{stem}{ending}").is_file()}


def _name_problem(name: str) -> Text | None:
    year, slash, last = name.partition("/")
    stem, ending = _split(last)
    if not slash or not _YEAR.fullmatch(year) or not is_area(stem):
        return Text(
            "文件名须为 <年度>/<地区代码>.<扩展名>，如 2023/shenwan.docx",
            "its name must be <year>/<area>.<ending>, such as 2023/shenwan.docx",
        )
    if ending not in (*ENDINGS, _RECORD_ENDING):
        known = ", ".join((*ENDINGS, _RECORD_ENDING))
        return Text(f"扩展名须为 {known} 之一", f"its ending must be one of {known}")
    return None


def _kind_problem(entry: Entry, limit: int) -> Text | None:
    if not entry.regular:
        return Text("是链接或特殊文件", "it is a link or a special file")
    if entry.size is not None and entry.size > limit:
        return _too_large(limit)
    return None


def _too_large(limit: int) -> Text:
    size = limit >> 20
    return Text(
        f"超过 {size} MB；如确需接收，请调整 {LIMIT_VARIABLE}",
        f"it is larger than {size} MB; if it is right, raise {LIMIT_VARIABLE}",
    )


def _is_known(entry: Entry, note: _Note, data_dir: Path) -> bool:
    archived = data_dir / "reports" / entry.name
    return note.seen.get(entry.name) == entry.version and archived.is_file()


class _FileError(Exception):
    """One file of a folder cannot be read."""


class _UnchangedError(Exception):
    """The archive holds these bytes already."""


def _take(inbox: Inbox, address: str, entry: Entry, target: Path) -> tuple[Text | None, bool]:
    """Copy a file to the archive: why it was not taken, and whether the archive changed."""
    limit, digest = byte_limit(), hashlib.sha256()
    try:
        with replacing(target) as beside, beside.open("xb") as out:
            for piece in _content(inbox, address, entry.name, limit):
                digest.update(piece)
                out.write(piece)
            if target.is_file() and _sha256(target) == digest.hexdigest():
                raise _UnchangedError
    except _UnchangedError:
        return None, False
    except TooLargeError:
        return _too_large(limit), False
    except _FileError as error:
        return Text(f"无法读取：{error}", f"it cannot be read: {error}"), False
    return None, True


def _content(inbox: Inbox, address: str, name: str, limit: int) -> Iterator[bytes]:
    with _machine_errors(address):
        try:
            with inbox.open(name) as stream:
                yield from chunks(stream, limit)
        except OSError as error:
            if isinstance(inbox, Folder):
                # One file that is not to be read; a server that fails may fail for all.
                raise _FileError(error.strerror or str(error)) from None
            raise


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _printable(name: str) -> str:
    """A name without signs that would act on a terminal or a log."""
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in name)


def _read_note(work: Path, address: str) -> _Note:
    try:
        kept: Mapping[str, Any] = json.loads((work / _NOTE).read_text(encoding="utf-8"))
        if kept["address"] == shown_address(address):
            return _Note(dict(kept["seen"]), dict(kept["refused"]), kept["failure"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return _Note()


def _write_note(work: Path, address: str, note: _Note) -> None:
    content = {
        "address": shown_address(address),
        "seen": note.seen,
        "refused": note.refused,
        "failure": note.failure,
    }
    # A name need not be text of UTF-8; escaped it can be written all the same.
    write_atomic(work / _NOTE, json.dumps(content, ensure_ascii=True))
