"""Text that people edit, read with the line of every entry.

Belongs here: encodings, YAML and CSV, and every mistake that can be seen without knowing what the
file is for. Does not belong here: what a file may contain (``forms`` and the models).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from shenwan_data.errors import DataError, Text, cannot_write

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# A key of ours followed by the colon of a Chinese input method; an entry followed by its comma.
_WIDE_COLON = re.compile(r"\s*(?:-\s+)*[{\[]?\s*[A-Za-z_][A-Za-z0-9_-]*\s*：")
_WIDE_COMMA = re.compile(r"[{\[][^\"'#]*，\s*[A-Za-z_][A-Za-z0-9_-]*\s*[:：]")
# No file that people edit is nested deeper; the parser, which is not ours, overflows far below this.
_DEEPEST = 100
_NESTED = re.compile(rf"^\s*(?:[-?]\s+){{{_DEEPEST}}}", re.M)
# How many entries a file may come to when each alias (*name) is written out.
_MOST_ENTRIES = 1_000_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class _Loader(_PARSER):  # type: ignore[misc]
    """PyYAML's safe loader, told first what most entries are: texts.

    A word whose first character begins no number, date or truth is one.
    """

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> Any:
        if kind is yaml.ScalarNode and value and value[0] not in self.yaml_implicit_resolvers:
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag == self.DEFAULT_SCALAR_TAG and isinstance(node, yaml.ScalarNode):
            return node.value
        return super().construct_object(node, deep=deep)


@dataclass(frozen=True)
class Document:
    """A file as it was read: its content, and the line of each entry by the path of keys to it.

    Keys of the path are written as text, positions of a list count from 0; lines count from 1.
    ``rows`` are the lines of the entries of a CSV file; those of YAML are looked for in ``text``.
    """

    file: Path
    content: Any
    text: str = ""
    rows: tuple[int, ...] = ()

    @cached_property
    def lines(self) -> Mapping[tuple[str, ...], int]:
        """The line of every entry: asked for when something is wrong, so never worked out before."""
        found: dict[tuple[str, ...], int] = {(): 1}
        found.update({(str(index),): line for index, line in enumerate(self.rows)})
        node = yaml.compose(self.text, _Loader) if self.text else None
        if node is not None:
            _collect(node, (), found, set())
        return found

    def line_of(self, path: tuple[str | int, ...]) -> int | None:
        """The line of an entry, or of the nearest entry around it."""
        names = tuple(map(str, path))
        for length in range(len(names), -1, -1):
            if names[:length] in self.lines:
                return self.lines[names[:length]]
        return None


def read_text(path: Path) -> str:
    """A text file in UTF-8, with or without a byte order mark, lines ending in LF.

    Raises DataError where it is missing or in another encoding, MachineError where the system
    refuses it.
    """
    try:
        content = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise DataError(
            Text("文件不存在", "the file does not exist"),
            file=path,
            remedy=Text("请从版本库恢复该文件", "restore it from the repository"),
        ) from error
    except OSError as error:
        raise cannot_write(error, path) from error
    if content.startswith(_UTF16):
        raise _encoding(path, "UTF-16", None)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _encoding(path, _name_of(content), line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _name_of(content: bytes) -> str | None:
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return "GBK"


def _encoding(path: Path, name: str | None, line: int | None) -> DataError:
    return DataError(
        Text(
            f"文件编码是 {name}，不是 UTF-8" if name else "文件编码不是 UTF-8",
            f"the file is encoded in {name}, not in UTF-8" if name else "the file is not in UTF-8",
        ),
        file=path,
        place=f"line {line}" if line else None,
        remedy=Text(
            "请另存为 UTF-8：记事本“另存为”的编码选 UTF-8，Excel 选“CSV UTF-8”",
            "save as UTF-8: choose UTF-8 in Save As, or CSV UTF-8 in Excel",
        ),
    )


def read_yaml_document(path: Path) -> Document:
    """A YAML file. Raises DataError naming the line where it is broken or a key stands twice."""
    text = read_text(path)
    if _depth(text) > _DEEPEST:
        raise _broken(path, RecursionError("nested too deeply"))
    loader = _Loader(text)
    # Without an alias a text has no more entries than characters.
    many = "*" in text or len(text) > _MOST_ENTRIES
    try:
        node = loader.get_single_node()
        if node is not None:
            _refuse_second_keys(node, path, set())
            if many and _entries(node, {}) > _MOST_ENTRIES:
                raise _broken(path, ValueError("its aliases come to too many entries"))
        content = loader.construct_document(node) if node is not None else None
    except (yaml.YAMLError, ValueError, AttributeError, RecursionError) as error:
        # AttributeError: what PyYAML raises for !!timestamp abc.
        raise wide_sign(path, text) or _broken(path, error) from error
    finally:
        loader.dispose()
    return Document(path, content, text)


def _broken(path: Path, error: Exception) -> DataError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = getattr(error, "problem", None) or str(error)
    return DataError(
        Text(f"不是有效的 YAML：{said}", f"not valid YAML: {said}"),
        file=path,
        place=f"line {mark.line + 1}, column {mark.column + 1}" if mark else None,
        remedy=Text(
            "请检查该行及其上一行的缩进、冒号和引号",
            "check indentation, colons and quotes of this line and the one above",
        ),
    )


def _depth(text: str) -> int:
    """How many brackets, or marks of entries in one line, lie inside one another at the most."""
    depth = deepest = 0
    for sign in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if sign in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return _DEEPEST + 1 if _NESTED.search(text) else deepest


def _entries(node: yaml.Node, known: dict[int, int]) -> int:
    """How many entries a node comes to with every alias written out; one that holds itself counts once."""
    if id(node) not in known:
        known[id(node)] = 1
        below = node.value if isinstance(node, yaml.CollectionNode) else ()
        parts = [part for item in below for part in (item if isinstance(item, tuple) else (item,))]
        known[id(node)] = 1 + sum(_entries(part, known) for part in parts)
    return known[id(node)]


def _refuse_second_keys(node: yaml.Node, file: Path, seen: set[int]) -> None:
    """DataError where a key stands twice in one mapping."""
    if id(node) in seen:  # an alias of YAML
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        if len({str(key.value) for key, _ in node.value}) < len(node.value):
            raise _second_key(node, file)
        below = [value for _, value in node.value]
    else:
        below = node.value
    for value in below:
        if isinstance(value, yaml.CollectionNode):
            _refuse_second_keys(value, file, seen)


def _second_key(node: yaml.MappingNode, file: Path) -> DataError:
    first: dict[str, int] = {}
    for key, _ in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in first:
            break
        first[name] = line
    return DataError(
        Text(
            f"“{name}”写了两次，前一次在第 {first[name]} 行",
            f"{name!r} is given twice, first in line {first[name]}",
        ),
        file=file,
        place=f"line {line}",
        remedy=Text("请把两处合并，只保留一个", "merge the two entries and keep one of them"),
    )


def _collect(
    node: yaml.Node, path: tuple[str, ...], lines: dict[tuple[str, ...], int], seen: set[int]
) -> None:
    """Note the line of every entry below a node."""
    if id(node) in seen:  # an alias of YAML
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[*path, str(key.value)] = key.start_mark.line + 1
            _collect(value, (*path, str(key.value)), lines, seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[*path, str(index)] = value.start_mark.line + 1
            _collect(value, (*path, str(index)), lines, seen)


def wide_sign(path: Path, text: str) -> DataError | None:
    """The error for the first full-width ： or ， that stands where YAML needs : or , if any."""
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern, wide, plain in ((_WIDE_COLON, "：", ": "), (_WIDE_COMMA, "，", ", ")):
            if pattern.match(line) if wide == "：" else pattern.search(line):
                return DataError(
                    Text(
                        f"这里用了全角“{wide}”，应为半角“{plain}”",
                        f"a full-width {wide} stands where {plain!r} belongs",
                    ),
                    file=path,
                    place=f"line {number}",
                    remedy=Text(
                        "请切换到英文输入法，改为半角符号，其后加一个空格",
                        "replace it by the half-width sign followed by a space",
                    ),
                )
    return None


def read_csv_document(
    path: Path, columns: tuple[str, ...], optional: frozenset[str] = frozenset()
) -> Document:
    """A CSV file with a header; its rows as dicts of text, a missing cell as an empty one.

    ``optional`` columns may be absent. Raises DataError naming the line where the header is not
    that of ``columns`` or a row has more cells than the header.
    """
    reader = csv.reader(io.StringIO(read_text(path)))
    header = [name.strip() for name in next(reader, [])]
    if not header:
        raise empty_file(path)
    if sorted(header) != sorted(set(header)) or not (
        set(columns) - optional <= set(header) <= set(columns)
    ):
        missing = [name for name in columns if name not in header and name not in optional]
        unknown = [name for name in header if name not in columns]
        raise DataError(
            Text(
                f"表头不对：缺少 {missing}，不认识 {unknown}",
                f"the header is wrong: missing {missing}, unknown {unknown}",
            ),
            file=path,
            place="line 1",
            remedy=Text(
                f"表头应为：{','.join(columns)}（半角逗号分隔）",
                f"the header is: {','.join(columns)} (separated by commas)",
            ),
        )
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header) or (len(cells) == 1 and "，" in cells[0]):
            raise DataError(
                Text(
                    f"该行有 {len(cells)} 格，表头有 {len(header)} 格",
                    f"the row has {len(cells)} cells, the header {len(header)}",
                ),
                file=path,
                place=f"line {reader.line_num}",
                remedy=Text(
                    "各格以半角逗号分隔；格内含逗号时，整格加半角引号",
                    "separate cells by half-width commas; quote a cell that contains one",
                ),
            )
        lines.append(reader.line_num)
        rows.append(dict(zip(header, [*cells, *[""] * len(header)], strict=False)))
    return Document(path, rows, rows=tuple(lines))


def empty_file(path: Path) -> DataError:
    """The error for a file with nothing in it."""
    return DataError(
        Text("文件是空的", "the file is empty"),
        file=path,
        remedy=Text("请从版本库恢复，或按说明填写", "restore it, or fill it in as documented"),
    )
