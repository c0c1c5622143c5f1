"""Lists of entries in YAML, edited as a person would: one entry added or removed, the rest untouched.

Belongs here: the text of such a file. Does not belong here: what an entry says (``decisions``).

Every change reads the file, checks that it is still the one that was looked at, and replaces it whole
while the lock of the data folder is held. Comments, order, quotation marks and line ends of everything
else stay as they are.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from shenwan_data.build_record import WORK_FOLDER
from shenwan_data.config.textfile import read_text, read_yaml_document
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.files import locked, machine_errors, write_atomic

_WAIT, _STEP = 3.0, 0.05
_BUSY = Text("另一个窗口正在写入", "another window is writing")
_BREAKS_FLOW = 10**6


@contextmanager
def writing(data_dir: Path) -> Iterator[None]:
    """Hold the right to write decisions in a data folder; wait up to three seconds for it.

    Raises UsageError where another process keeps it longer.
    """
    until = time.monotonic() + _WAIT
    while True:
        lock = locked(data_dir / WORK_FOLDER / "decisions.lock", _BUSY)
        try:
            lock.__enter__()
            break
        except UsageError:
            if time.monotonic() > until:
                raise
            time.sleep(_STEP)
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def content_hash(path: Path) -> str:
    """sha256 (hex) of a file, empty where there is none. Raises MachineError."""
    with machine_errors(path):
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def changed_meanwhile(path: Path) -> UsageError:
    """The error for a file that is not the one the person has seen."""
    return UsageError(
        Text("该文件刚被改动，未写入", "the file was changed meanwhile; nothing was written"),
        file=path,
        remedy=Text("请刷新页面，看过现在的内容再决定", "reload, look at it again and decide then"),
    )


def rendered(entry: Mapping[str, Any]) -> str:
    """An entry of a list: a line for each key, mappings and lists in one line."""
    lines = []
    for key, value in entry.items():
        inline = isinstance(value, dict | list | tuple)
        text = yaml.safe_dump(
            list(value) if isinstance(value, tuple) else value,
            allow_unicode=True,
            sort_keys=False,
            default_flow_style=True if inline else None,
            width=_BREAKS_FLOW,
        )
        plain = text.removesuffix("...\n").strip()
        lines.append(f"{key}: {plain}")
    return "- " + "\n  ".join(lines) + "\n"


def add_entries(
    path: Path,
    entries: Sequence[Mapping[str, Any]],
    heading: str,
    *,
    instead_of: Sequence[int] = (),
    seen: str | None = None,
) -> None:
    """Add entries at the end of a list, which is made with ``heading`` as its comment if missing.

    ``instead_of`` are the positions of entries that go in the same step; ``seen`` is the
    ``content_hash`` of the file the person looked at, None for any. Raises DataError for a file that
    is no block list of YAML, UsageError where it was changed meanwhile.
    """

    def added(text: str) -> str:
        indent = _indent(path) if text else 0
        lines = "".join(map(rendered, entries)).splitlines(keepends=True)
        block = "".join(" " * indent + line for line in lines)
        before = _without(path, text, instead_of) if text else ""
        before = before or "".join(f"# {line}\n" for line in heading.splitlines())
        return before + ("" if before.endswith("\n") else "\n") + block

    _edit(path, added, seen)


def remove_entries(path: Path, indexes: Sequence[int], seen: str | None = None) -> None:
    """Remove entries by their positions; the file goes with the last one if nothing else is in it.

    Raises as ``add_entries`` does, and UsageError where there is no such entry.
    """
    _edit(path, lambda text: _without(path, text, indexes), seen)


def _without(path: Path, text: str, indexes: Sequence[int]) -> str:
    nodes = _items(path)
    lines: list[str | None] = list(text.splitlines(keepends=True))
    for index in indexes:
        if not 0 <= index < len(nodes):
            raise changed_meanwhile(path)
        for number in range(nodes[index].start_mark.line, _last_line(nodes[index]) + 1):
            lines[number] = None
    return "".join(line for line in lines if line is not None)


def set_key(path: Path, key: str, value: str | None, seen: str | None = None) -> None:
    """Give a top-level key of a mapping its value (YAML in one line, or lines below it).

    None takes the key out.
    A comment behind the former value stays. Raises as ``add_entries`` does.
    """

    def given(text: str) -> str:
        root = _root(path)
        if not isinstance(root, yaml.MappingNode) or root.flow_style:
            raise _no_list(path)
        lines = text.splitlines(keepends=True)
        between = "" if value is None or value.startswith("\n") else " "
        new = [] if value is None else [f"{key}:{between}{value}\n"]
        for its, node in root.value:
            if its.value != key:
                continue
            last = _last_line(node)
            comment = lines[last][node.end_mark.column :] if node.end_mark.line == last else ""
            if new and comment.strip().startswith("#"):
                new = [f"{key}: {value}  {comment.strip()}\n"]
            return "".join(lines[: its.start_mark.line] + new + lines[last + 1 :])
        ended = text if text.endswith("\n") or not text else text + "\n"
        return ended + "".join(new)

    _edit(path, given, seen)


def _edit(path: Path, change: Callable[[str], str], seen: str | None) -> None:
    """Replace a file by its changed text, with the line ends it has."""
    now = content_hash(path)
    if seen is not None and now != seen:
        raise changed_meanwhile(path)
    text = read_text(path) if path.is_file() else ""
    if text:
        read_yaml_document(path)
    new = change(text)
    with machine_errors(path):
        crlf = path.is_file() and b"\r\n" in path.read_bytes()
    if content_hash(path) != now:
        raise changed_meanwhile(path)
    if not new.strip():
        with machine_errors(path):
            path.unlink(missing_ok=True)
        return
    write_atomic(path, new.replace("\n", "\r\n") if crlf else new)


def _root(path: Path) -> yaml.Node | None:
    return yaml.compose(read_text(path), Loader=yaml.SafeLoader)


def _items(path: Path) -> list[yaml.Node]:
    root = _root(path)
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode) or root.flow_style:
        raise _no_list(path)
    return list(root.value)


def _indent(path: Path) -> int:
    """How far the dashes of a list stand from the margin."""
    nodes = _items(path)
    if not nodes:
        return 0
    line = read_text(path).splitlines()[nodes[0].start_mark.line]
    return len(line) - len(line.lstrip())


def _last_line(node: yaml.Node) -> int:
    """The last line that a node has a sign on; the mark of a block stands behind blank lines."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return max(int(node.end_mark.line) - 1, int(node.start_mark.line))
    return int(node.end_mark.line)


def _no_list(path: Path) -> DataError:
    return DataError(
        Text(
            "该文件不是每条另起一行的写法，无法续写",
            "not written an entry a line: nothing can be added",
        ),
        file=path,
        remedy=Text(
            "请改成每条以“- ”开头、每键一行",
            "write each entry with “- ” in front, a line for each key",
        ),
    )
