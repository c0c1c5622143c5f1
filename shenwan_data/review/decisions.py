"""A person's decisions about a report: made, checked, written to the files they belong in, and undone.

Belongs here: what each decision writes, and refusing one that does not hold. Does not belong here: the
text of the files (``entries``), what is still to be looked at (``checklist``).

A decision that changes what is read is a correction (``data/corrections/<year>.yaml``), a redaction a
mask in the report's record; that somebody has looked is an entry of ``data/reviews/<year>/<area>.yaml``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shenwan_data.cli.inspection import reading_under
from shenwan_data.config.records import (
    read_sidecar,
    sidecar_path,
)
from shenwan_data.errors import Text, UsageError
from shenwan_data.files import machine_errors, write_atomic
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.corrections import Correction
from shenwan_data.model import Figure, Number
from shenwan_data.report.archive import read_report
from shenwan_data.report.privacy import without_personal_data
from shenwan_data.review.case import Case, reads_as
from shenwan_data.review.entries import (
    add_entries,
    changed_meanwhile,
    content_hash,
    remove_entries,
    set_key,
    writing,
)

_CORRECTIONS = (
    "人工更正：每条写明何人、何时、为何。\nCorrections by hand, each with who, when and why."
)
_REVIEWS = "核对记录：谁在何时看过哪一项。\nWhat was looked at, by whom and when."
ACTIONS = ("confirm", "assign", "none", "value", "apart", "redact")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person has decided about the figure at ``start``, or about an indicator not found.

    ``action`` is one of ``ACTIONS``; ``indicator`` is what is assigned, or with ``start`` None what
    the report does not give; ``value`` and ``unit`` are the right number. ``reads`` is what the
    person saw (``reads_as``), None for whatever is read now; ``end`` bounds a passage to redact.
    """

    start: int | None
    action: str
    who: str
    when: date
    why: str = ""
    indicator: str | None = None
    value: Number | None = None
    unit: str | None = None
    end: int | None = None
    reads: str | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """How a decision is taken back: what each file held before it, and the hash of what it wrote."""

    files: tuple[tuple[Path, bytes | None, str], ...]
    about: str


def decide(case: Case, decision: Decision) -> Undo:
    """Write a decision, and return how to take it back.

    A new decision about a figure takes the place of the one before. Raises UsageError where a
    decision lacks something or the figure is read otherwise than the person saw it, DataError where
    it does not hold (bounds crossed, a reason that names a person); nothing is then written.
    """
    _check(decision)
    with writing(case.data_dir):
        # What is on the disk now counts, not what was there when the page was made.
        case = case.again()
        if decision.start is not None and decision.reads is not None and decision.end is None:
            now = reads_as(case.figure(decision.start))
            if now != decision.reads:
                raise UsageError(
                    Text(
                        f"这个数字现在读作“{now}”，与页面上的不同，未写入",
                        f"the figure is now read as {now!r}, not as the page shows it; nothing was "
                        "written",
                    ),
                    file=case.corrections_file,
                    remedy=Text("请刷新页面后再决定", "reload and decide then"),
                )
        files = tuple(_files(case, decision))
        before = [(path, path.read_bytes() if path.is_file() else None) for path in files]
        try:
            about = _write(case, decision)
        except BaseException:
            for path, content in before:
                _restore(path, content)
            raise
        return Undo(tuple((p, content, content_hash(p)) for p, content in before), about)


def take_back(undo: Undo, data_dir: Path) -> None:
    """Undo a decision. Raises UsageError where one of its files was changed since."""
    with writing(data_dir):
        for path, _, after in undo.files:
            if content_hash(path) != after:
                raise changed_meanwhile(path)
        for path, content, _ in undo.files:
            _restore(path, content)


def forget(case: Case, start: int | None, indicator: str | None = None) -> Undo:
    """Take back whatever was decided about a figure or indicator, however long ago.

    Raises UsageError where nothing was, or where it is a redaction: the words are gone from the text.
    """
    with writing(case.data_dir):
        case = case.again()
        corrected = [] if start is None else _positions(case, start)
        looked = [
            index
            for index, one in enumerate(case.reviews)
            if (one.start, one.indicator) == (start, indicator) and one.decision != "redacted"
        ]
        if not corrected and not looked:
            raise UsageError(
                Text("这里没有可撤销的决定", "there is no decision here to take back"),
                file=case.report.path,
                remedy=Text("请刷新页面", "reload the page"),
            )
        kept = []
        for path, indexes in ((case.corrections_file, corrected), (case.reviews_file, looked)):
            if indexes:
                content = path.read_bytes()
                remove_entries(path, indexes)
                kept.append((path, content, content_hash(path)))
        return Undo(tuple(kept), indicator or case.figure(start or 0).quote)


def _check(decision: Decision) -> None:
    if decision.action not in ACTIONS:
        raise _lacking(f"unknown action {decision.action}", "没有这种操作", decision)
    if not decision.who.strip():
        raise _lacking("who decides is missing", "未写是谁决定的", decision)
    if decision.action != "confirm" and not decision.why.strip():
        raise _lacking("the reason is missing", "未写理由", decision)
    if decision.action == "assign" and decision.indicator not in catalogue():
        raise _lacking("no indicator is chosen", "未选指标", decision)
    if decision.action == "value" and decision.value is None:
        raise _lacking("the number is missing", "未写数值", decision)
    if decision.start is None and decision.action not in ("confirm", "apart"):
        raise _lacking("no figure is chosen", "未选数字", decision)
    if decision.start is None and decision.indicator not in catalogue():
        raise _lacking("no indicator is chosen", "未选指标", decision)


def _lacking(en: str, zh: str, decision: Decision) -> UsageError:
    return UsageError(
        Text(zh, en),
        place=decision.indicator if decision.start is None else f"@{decision.start}",
        remedy=Text("请补上后再提交", "add it and submit again"),
    )


def _files(case: Case, decision: Decision) -> Iterator[Path]:
    if decision.action in ("assign", "none", "value"):
        yield case.corrections_file
    if decision.action == "redact":
        yield sidecar_path(case.report.path)
    if decision.action in ("confirm", "apart", "redact") or _reviewed(case, decision):
        yield case.reviews_file


def _reviewed(case: Case, decision: Decision) -> list[int]:
    return [
        index
        for index, one in enumerate(case.reviews)
        if one.start == decision.start
        and (decision.start is not None or one.indicator == decision.indicator)
    ]


def _write(case: Case, decision: Decision) -> str:
    if decision.action == "redact":
        return _redact(case, decision)
    if decision.action in ("confirm", "apart"):
        _look(case, [decision])
        return decision.indicator or case.figure(decision.start or 0).quote
    return _correct(case, decision)


def _correct(case: Case, decision: Decision) -> str:
    start = decision.start or 0
    replaced = _positions(case, start)
    others = tuple(c for c in case.corrections if c.entry - 1 not in replaced)
    # What the correction expects is what is read without it.
    figures = case.figures_under(others)
    figure = next(figure for figure in figures if figure.start == start)
    action, to, expect = _change(figure, decision)
    entry: dict[str, Any] = {
        "report": case.report.id, "quote": figure.quote, "start": start, "action": action, "to": to,
        "who": decision.who.strip(), "when": decision.when, "why": decision.why.strip(),
        "expect": expect,
    }  # fmt: skip
    correction = Correction(**entry, file=case.corrections_file, entry=len(others) + 1)
    without_personal_data({"why": correction.why}, correction.file, correction.place)
    case.figures_under((*others, correction))  # raises where it does not hold
    if not to:
        del entry["to"]
    add_entries(case.corrections_file, [entry], _CORRECTIONS, instead_of=replaced)
    if reviewed := _reviewed(case, decision):
        remove_entries(case.reviews_file, reviewed)
    return figure.quote


def _change(figure: Figure, decision: Decision) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The action of the correction, what the figure becomes, and what it must be now."""
    if decision.action == "value":
        to: dict[str, Any] = {"value": decision.value}
        if decision.unit and decision.unit != figure.unit:
            to["unit"] = decision.unit
        return "set", to, {"value": figure.value, "unit": figure.unit}
    # Not the indicator: a conflict that another correction has decided gives it one afterwards.
    expect: dict[str, Any] = {"value": figure.value, "unit": figure.unit}
    if figure.value is None:
        expect = {"lower": figure.lower, "upper": figure.upper, "unit": figure.unit}
    if decision.action == "assign":
        return "assign", {"indicator": decision.indicator}, expect
    return "drop", {}, expect


def _positions(case: Case, start: int) -> list[int]:
    return [each.entry - 1 for each in case.corrected(start)]


def _entry(case: Case, decision: Decision) -> dict[str, Any]:
    """The entry that says a person has looked."""
    entry: dict[str, Any]
    if decision.action == "redact":
        entry = {"start": decision.start}  # the words themselves are not repeated
    elif decision.start is None:
        entry = {"indicator": decision.indicator}
    else:
        figure = case.figure(decision.start)
        entry = {"start": figure.start, "quote": figure.quote, "reads": reads_as(figure)}
    names = {"confirm": "confirmed", "apart": "set_apart", "redact": "redacted"}
    entry["decision"] = names[decision.action]
    if decision.why.strip():
        entry["why"] = decision.why.strip()
    return entry | {"who": decision.who.strip(), "when": decision.when}


def _look(case: Case, decisions: Sequence[Decision]) -> None:
    entries = [_entry(case, decision) for decision in decisions]
    replaced = [index for decision in decisions for index in _reviewed(case, decision)]
    add_entries(case.reviews_file, entries, _REVIEWS, instead_of=replaced)


def _redact(case: Case, decision: Decision) -> str:
    start = decision.start or 0
    end = decision.end if decision.end is not None else case.figure(start).end
    beside = sidecar_path(case.report.path)
    spans = sorted([*map(list, read_sidecar(beside).mask), [start, end]])
    set_key(beside, "mask", str(spans))
    # A mask that does not fit, or takes away what a correction is about, raises here.
    reading_under(read_report(case.report.path), case.corrections)
    _look(case, [decision])
    return "■" * min(end - start, 8)


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        with machine_errors(path):
            path.unlink(missing_ok=True)
    else:
        write_atomic(path, content)


def confirm_all(
    case: Case, items: Sequence[tuple[int | None, str | None]], who: str, when: date
) -> Undo:
    """Note that several figures (start) and indicators not found (code) are right as they are."""
    path = case.reviews_file
    with writing(case.data_dir):
        case = case.again()
        content = path.read_bytes() if path.is_file() else None
        try:
            _look(case, [Decision(s, "confirm", who, when, indicator=code) for s, code in items])
        except BaseException:
            _restore(path, content)
            raise
        return Undo(((path, content, content_hash(path)),), f"{len(items)}")


def amount(text: str | None) -> Number | None:
    """A number as a person types it, None for nothing. Raises UsageError for what is none."""
    plain = (text or "").replace(",", "").replace("，", "").strip()
    if not plain:
        return None
    try:
        number = float(plain)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(
            Text(f"不是数：{plain}", f"not a number: {plain}"),
            remedy=Text("请只写数字，如 865000", "write digits alone, such as 865000"),
        )
    return int(number) if number.is_integer() and "." not in plain else number
