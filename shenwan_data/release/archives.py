"""A zip archive that is the same to the byte wherever it is made.

Belongs here: the container. Does not belong here: what goes into it.

Entries are sorted, bear one fixed time and one set of attributes, and are deflated by the zlib inside
pyarrow. The ``zipfile`` of Python is deflated by the zlib of the system, which differs between machines
and with it the bytes; pyarrow is pinned, and the Parquet files hang on its version anyway.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from shenwan_data.errors import DataError, Text

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _UTF8, _DEFLATED, _UNIX = 20, 1 << 11, 8, 3
_REGULAR_FILE = 0o100644 << 16
_LIMIT, _MOST = 0xFFFFFFFF, 0xFFFF
# The gzip format around a deflated stream: ten bytes before it, checksum and length after it.
_HEAD, _TAIL = 10, 8


def _deflate(content: bytes) -> bytes:
    packed: bytes = pa.Codec("gzip", compression_level=9).compress(content, asbytes=True)
    return packed[_HEAD:-_TAIL]


def _moment(day: date) -> tuple[int, int]:
    """Midnight of the day as the container writes it, which knows no day before 1980."""
    if day.year < 1980:
        return 0, (1 << 5) | 1
    return 0, ((day.year - 1980) << 9) | (day.month << 5) | day.day


def write_zip(entries: Mapping[str, Path | bytes], day: date, stream: BinaryIO) -> None:
    """Write an archive of the entries (by their names with slashes), all of them dated ``day``.

    Raises DataError where it is more than the plain format can hold (4 GiB, 65,535 files).
    """
    central, offset = [], 0
    for name in sorted(entries):
        entry = entries[name]
        content = entry if isinstance(entry, bytes) else entry.read_bytes()
        packed, path = _deflate(content), name.encode("utf-8")
        if max(len(content), offset + len(packed)) >= _LIMIT or len(entries) >= _MOST:
            raise DataError(
                Text("超出 zip 格式的上限（4 GiB）", "more than a zip archive can hold (4 GiB)"),
                file=name,
                remedy=Text("请减少发布的内容", "publish less in one package"),
            )
        common = (
            _VERSION, _UTF8, _DEFLATED, *_moment(day),
            zlib.crc32(content), len(packed), len(content), len(path), 0,
        )  # fmt: skip
        local = _LOCAL.pack(b"PK\3\4", *common) + path
        made_by = _UNIX << 8 | _VERSION
        rest = (0, 0, 0, _REGULAR_FILE, offset)
        central.append(_CENTRAL.pack(b"PK\1\2", made_by, *common, *rest) + path)
        stream.write(local + packed)
        offset += len(local) + len(packed)
    listed = b"".join(central)
    number = len(central)
    stream.write(listed)
    stream.write(_END.pack(b"PK\5\6", 0, 0, number, number, len(listed), offset, 0))
