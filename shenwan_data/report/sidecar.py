"""The record that lies beside every archived report: where it came from and what it held.

Belongs here: reading, checking and writing ``<area>.yaml``. Does not belong here: comparing it with
the report itself (``archive``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path

import yaml

from shenwan_data.errors import DataError, Text
from shenwan_data.schemas import read_yaml


@dataclass(frozen=True, slots=True)
class Sidecar:
    """Origin of one report.

    ``sha256`` is of the file, ``text_sha256`` of the text read from it (UTF-8), both in hex.
    ``publisher`` names the site or office it was fetched from, ``origin`` says it in other words;
    ``url``, ``published`` (by the publisher) and ``retrieved`` (by us) are None when not known.
    ``anyway`` says why the report is right although something speaks against it (``completeness``).
    ``mask`` are spans [start, end) of the text that are blotted out before anything is read from
    it, to keep a person's name or number out of the release. Only ``sha256`` is required: what a
    record does not say is not checked.
    """

    sha256: str
    title: str | None = None
    media_type: str | None = None
    text_sha256: str | None = None
    publisher: str | None = None
    origin: str | None = None
    url: str | None = None
    published: date | None = None
    retrieved: date | None = None
    note: str | None = None
    anyway: str | None = None
    mask: tuple[tuple[int, int], ...] = ()


_SHA256 = re.compile(r"[0-9a-f]{64}")
_URL = re.compile(r"https?://[^\s/]+\S*")


def is_url(value: object) -> bool:
    """Whether a value is an address of the web."""
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_mask(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(span, list)
        and len(span) == 2
        and all(isinstance(edge, int) for edge in span)
        and 0 <= span[0] < span[1]
        for span in value
    )


_REQUIRED: dict[str, tuple[Callable[[object], bool], Text]] = {
    "sha256": (_is_sha256, Text("64 位小写十六进制", "64 lower-case hex digits")),
}
_OPTIONAL: dict[str, tuple[Callable[[object], bool], Text]] = {
    "title": (_is_text, Text("文字", "text")),
    "media_type": (_is_text, Text("文字", "text")),
    "text_sha256": (_is_sha256, Text("64 位小写十六进制", "64 lower-case hex digits")),
    "publisher": (_is_text, Text("文字", "text")),
    "origin": (_is_text, Text("文字", "text")),
    "url": (is_url, Text("http(s) 网址", "an http(s) address")),
    "published": (_is_day, Text("日期（2023-02-15）", "a date (2023-02-15)")),
    "retrieved": (_is_day, Text("日期（2023-02-15）", "a date (2023-02-15)")),
    "note": (_is_text, Text("文字", "text")),
    "anyway": (_is_text, Text("文字", "text")),
    "mask": (_is_mask, Text("[[起, 止], …] 位置列表", "a list of places [[start, end], …]")),
}
_RULES = {**_REQUIRED, **_OPTIONAL}
_KEYS = tuple(field.name for field in fields(Sidecar))


def sidecar_path(report: Path) -> Path:
    """Where the record of a report lies: the same name with the ending ``.yaml``."""
    return report.with_suffix(".yaml")


def read_sidecar(path: Path) -> Sidecar:
    """One record. Raises DataError when it is not YAML, or a key of it is wrong."""
    entries = read_yaml(path)
    if not isinstance(entries, dict):
        raise _wrong(path, None, Text("应为键值列表", "should be a list of keys and values"))
    for key in entries:
        if key not in _RULES:
            raise _wrong(path, str(key), Text("未知的键", "unknown key"))
    for key, (holds, wanted) in _RULES.items():
        value = entries.get(key)
        if value is None and key in _REQUIRED:
            raise _wrong(path, key, Text("缺少该键", "the key is missing"))
        if value is not None and not holds(value):
            raise _wrong(path, key, Text(f"应为{wanted.zh}", f"should be {wanted.en}"))
    known = {key: entries[key] for key in _KEYS if entries.get(key) is not None}
    known["mask"] = tuple((start, end) for start, end in known.get("mask", ()))
    return Sidecar(**known)


def render_sidecar(sidecar: Sidecar) -> str:
    """The record as YAML, keys in the order of the class, same record same bytes."""
    entries = {
        key: value for key, value in asdict(sidecar).items() if key not in ("mask", "anyway")
    }
    if sidecar.anyway:
        entries["anyway"] = sidecar.anyway
    if sidecar.mask:
        entries["mask"] = [list(span) for span in sidecar.mask]
    return yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=1000)


def _wrong(path: Path, key: str | None, problem: Text) -> DataError:
    return DataError(
        problem,
        file=path,
        place=f"key {key}" if key else None,
        remedy=Text(f"可用的键：{'、'.join(_KEYS)}", f"the keys are {', '.join(_KEYS)}"),
    )
