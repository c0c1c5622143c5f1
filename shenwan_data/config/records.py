"""What people write beside the reports: the record of origin, corrections, and words of their own.

Belongs here: the form of ``reports/<year>/<area>.yaml`` and of an entry of
``corrections/<year>.yaml``, ``reviews/<year>/<area>.yaml`` and ``lexicon.yaml``. Does not belong here:
comparing a record with its report (``report.archive``), applying a correction
(``indicators.corrections``) or a word (``statements.lexicon``).
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from shenwan_data.config.forms import (
    Day,
    Filled,
    Line,
    Listed,
    Model,
    Url,
    known_as,
    one_of,
    refused,
    should_be,
    validated,
)
from shenwan_data.config.textfile import read_yaml_document
from shenwan_data.errors import Text
from shenwan_data.model import DATA_KINDS, QUALIFIERS

_SHA256 = re.compile(r"[0-9a-f]{64}")


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _is_offset(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _in_order(span: tuple[int, int]) -> tuple[int, int]:
    if span[0] >= span[1]:
        raise refused(
            Text(f"起点 {span[0]} 须小于终点 {span[1]}", f"{span[0]} must be less than {span[1]}")
        )
    return span


Sha256 = Annotated[
    str, should_be(Text("64 位小写十六进制", "64 lower-case hex digits"), _is_sha256)
]
_Offset = Annotated[
    int, should_be(Text("正文中的位置（整数）", "an offset (a number)"), _is_offset)
]
_Ranked = Annotated[
    int,
    should_be(
        Text("参加排名的镇街数（正整数）", "the number of those ranked, above 0"),
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value > 0,
    ),
]
_Span = Annotated[tuple[_Offset, _Offset], Field(strict=False), AfterValidator(_in_order)]


class Sidecar(Model):
    """Origin of one report.

    ``sha256`` is of the file, ``text_sha256`` of the text read from it (UTF-8), both in hex.
    ``publisher`` names the site or office it was fetched from, ``origin`` says it in other words;
    ``url``, ``published`` (by the publisher) and ``retrieved`` (by us) are None when not known.
    ``anyway`` says why the report is right although something speaks against it
    (``report.completeness``). ``mask`` are spans [start, end) of the text that are redacted before
    anything is read from it, to keep a person's name or number out of the release. ``ranked`` says
    among how many the town is ranked, by the words of the report (全市: 23). Only ``sha256`` is
    required: what a record does not say is not checked.
    """

    sha256: Sha256
    title: Line | None = None
    media_type: Filled | None = None
    text_sha256: Sha256 | None = None
    publisher: Filled | None = None
    origin: Filled | None = None
    url: Url | None = None
    published: Day | None = None
    retrieved: Day | None = None
    note: Filled | None = None
    anyway: Filled | None = None
    mask: Listed[_Span] = ()
    ranked: dict[Filled, _Ranked] = Field(default_factory=dict)


def sidecar_path(report: Path) -> Path:
    """Where the record of a report is: the same name with the ending ``.yaml``."""
    return report.with_suffix(".yaml")


def read_sidecar(path: Path) -> Sidecar:
    """One record. Raises DataError naming line and key when it is not YAML or a key is wrong."""
    keys = tuple(Sidecar.model_fields)
    return validated(
        Sidecar,
        read_yaml_document(path),
        remedy=Text(f"可用的键：{'、'.join(keys)}", f"the keys are {', '.join(keys)}"),
    )


def render_sidecar(sidecar: Sidecar) -> str:
    """The record as YAML, keys in the order of the class; the same record gives the same bytes."""
    entries = sidecar.model_dump(exclude={"mask", "anyway", "ranked"})
    if sidecar.anyway:
        entries["anyway"] = sidecar.anyway
    if sidecar.mask:
        entries["mask"] = [list(span) for span in sidecar.mask]
    if sidecar.ranked:
        entries["ranked"] = dict(sidecar.ranked)
    return yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=1000)


ACTIONS = ("set", "drop", "assign")
_EXAMPLES = {"assign": "{indicator: penalty_cases}", "set": "{value: 86.5}"}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> Any:
    if value is not None and not _is_number(value):
        raise refused(
            Text(
                f"应为不带单位的数（865000，而非 86.5万元），现为“{value}”",
                f"should be a number without its unit (865000, not 86.5万元), not {value!r}",
            )
        )
    return value


def _mapping(value: Any, info: ValidationInfo) -> Any:
    if value is None:
        return {}
    if not isinstance(value, dict):
        action = info.data.get("action") if info.field_name == "to" else "set"
        example = _EXAMPLES.get(str(action), _EXAMPLES["set"])
        raise refused(
            Text(
                f"应为键值对（如 {example}），现为“{value}”",
                f"should be a mapping (such as {example}), not {value!r}",
            )
        )
    return value


def _day(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _quote(value: Any) -> Any:
    return str(value) if _is_number(value) else value


_Number = Annotated[int | float | None, BeforeValidator(_number)]
_Kind = Annotated[str, one_of(DATA_KINDS, Text("种类", "kind"))]
_Qualifier = Annotated[str, one_of(QUALIFIERS, Text("约数词", "qualifier"))]


class Change(Model):
    """The fields that a correction sets, or the indicator that it assigns."""

    kind: _Kind | None = None
    value: _Number = None
    unit: Annotated[str, known_as("units", Text("计量单位", "unit"))] | None = None
    lower: _Number = None
    upper: _Number = None
    qualifier: _Qualifier | None = None
    indicator: Annotated[str, known_as("indicators", Text("指标", "indicator"))] | None = None


class Expected(Model):
    """What a correction expects to find: the fields of the figure as it is read now."""

    kind: str | None = None
    value: _Number = None
    unit: str | None = None
    lower: _Number = None
    upper: _Number = None
    qualifier: str | None = None
    indicators: Listed[str] = ()


class CorrectionEntry(Model):
    """One decision of a person about one figure, as it is written.

    ``report`` is its id (area-year), ``start`` the offset of ``quote`` in its text, ``to`` what the
    figure becomes, ``expect`` what it must be now.
    """

    report: Filled
    quote: Annotated[Filled, BeforeValidator(_quote)]
    start: Annotated[
        int,
        should_be(
            Text("整数，即 inspect 在 @ 之后显示的位置", "the number that inspect shows after @"),
            _is_offset,
        ),
    ]
    action: Annotated[str, one_of(ACTIONS, Text("操作", "action"))]
    to: Annotated[Change, BeforeValidator(_mapping)] = Change()
    who: Filled
    when: Annotated[Day, BeforeValidator(_day)]
    why: Filled
    expect: Annotated[Expected, BeforeValidator(_mapping)]

    @model_validator(mode="after")
    def _fits(self) -> CorrectionEntry:
        given, expected = self.to.model_fields_set, self.expect.model_fields_set
        if not expected:
            raise refused(Text("expect 至少须写一项", "expect must name at least one field"))
        allowed = {
            "set": set(Change.model_fields) - {"indicator"},
            "assign": {"indicator"},
            "drop": set(),
        }[self.action]
        if bool(given) != bool(allowed) or not given <= allowed:
            fields = ", ".join(sorted(allowed)) or "-"
            raise refused(
                Text(
                    f"to 与操作 {self.action} 不符，可用：{fields}",
                    f"to does not fit the action {self.action}, which takes: {fields}",
                )
            )
        return self


REVIEWS = ("confirmed", "set_apart", "redacted")


class ReviewEntry(Model):
    """That a person has looked at one figure, or at one indicator that was not found.

    ``start`` and ``quote`` name the figure or passage, ``indicator`` the indicator that the report
    does not give; ``reads`` is what was read when it was looked at: read otherwise later, it has to
    be looked at again. A figure that has a correction needs no entry here.
    """

    start: Annotated[int, should_be(Text("正文中的位置", "an offset"), _is_offset)] | None = None
    quote: Annotated[Filled, BeforeValidator(_quote)] | None = None
    indicator: Filled | None = None
    decision: Annotated[str, one_of(REVIEWS, Text("决定", "decision"))]
    reads: Annotated[str, BeforeValidator(_quote)] | None = None
    why: Filled | None = None
    who: Filled
    when: Annotated[Day, BeforeValidator(_day)]

    @model_validator(mode="after")
    def _is_about_one(self) -> ReviewEntry:
        if (self.start is None) == (self.indicator is None):
            raise refused(
                Text("须写 start 或 indicator 之一", "give either start or indicator, not both")
            )
        return self


def review_path(data_dir: Path, year: int, area: str) -> Path:
    """Where it is kept what was looked at in one report."""
    return data_dir / "reviews" / str(year) / f"{area}.yaml"


def read_reviews(path: Path) -> tuple[ReviewEntry, ...]:
    """What was looked at, in file order; none where there is no file. Raises DataError."""
    if not path.is_file():
        return ()
    keys = tuple(ReviewEntry.model_fields)
    entries = validated(
        list[ReviewEntry],
        read_yaml_document(path),
        remedy=Text(f"可用的键：{'、'.join(keys)}", f"the keys are {', '.join(keys)}"),
        empty=[],
    )
    return tuple(entries)


WORDS_FILE = "lexicon.yaml"
_WORD = re.compile(r"[A-Za-z\u4e00-\u9fff]{2,20}")


class WordEntry(Model):
    """A word of the town's own: ``means`` is the concept of the lexicon that it says as well.

    ``example`` is the sentence of the report in which it was first met.
    """

    word: Annotated[
        str,
        should_be(
            Text("2 至 20 个汉字或字母", "2 to 20 Chinese characters or letters"),
            lambda value: isinstance(value, str) and _WORD.fullmatch(value) is not None,
        ),
    ]
    means: Filled
    example: Filled
    report: Filled
    who: Filled
    when: Annotated[Day, BeforeValidator(_day)]


def read_words(data_dir: Path) -> tuple[WordEntry, ...]:
    """The town's own words, in file order; none where there is no file. Raises DataError."""
    path = data_dir / WORDS_FILE
    if not path.is_file():
        return ()
    state = path.stat()
    return _words_in_state(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _words_in_state(path: Path, changed: int, size: int) -> tuple[WordEntry, ...]:  # noqa: ARG001 - the key
    keys = tuple(WordEntry.model_fields)
    entries = validated(
        list[WordEntry],
        read_yaml_document(path),
        remedy=Text(f"可用的键：{'、'.join(keys)}", f"the keys are {', '.join(keys)}"),
        empty=[],
    )
    return tuple(entries)
