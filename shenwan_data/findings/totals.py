"""Checks for sums: the total of a table against its rows, a figure against all of its parts.

Belongs here: several figures added up against one. Does not belong here: one part against its whole
(``neighbours``, ``ratios``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from shenwan_data.findings.check import (
    CheckContext,
    CheckType,
    Interval,
    Parameters,
    Violation,
    is_result,
    rounded,
    rounding,
)
from shenwan_data.findings.wording import figure_text, same, sum_text
from shenwan_data.model import Figure

_ADDED = ("count", "money", "area", "measure")
_CLAUSE = re.compile(r"[，,；;。]")
_BETWEEN_PARTS = re.compile(r"[、和及][^，,；;。、▢]{1,12}")

Row = dict[str, Figure]


def _table_total(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """A total that is not the sum of the rows above it, column by column.

    Rows are read as ``report.table`` writes them: each cell a clause of its headers and its value.
    """
    total = re.compile(rf"[ \u3000]*(?:{'|'.join(map(re.escape, given['words']))})")
    skipped = re.compile(rf"[ \u3000]*(?:{'|'.join(map(re.escape, given['skipped']))})")
    above: list[Row] = []
    repeated = False  # some rows above repeat others, so that they do not add up
    for start, end in _lines(context.report.text):
        row = _row(context, start, end)
        if not row:
            above, repeated = [], False
            continue
        opening = total.match(context.report.text, start, end)
        if opening is None:
            repeated = repeated or skipped.match(context.report.text, start, end) is not None
            above.append(row)
            continue
        word = opening.group()
        for title, figure in row.items() if not repeated else ():
            column = title.removeprefix(word)
            if column and column != title:
                yield from _against_rows(column, figure, above)
        above, repeated = [], False


def _against_rows(column: str, total: Figure, above: Sequence[Row]) -> Iterator[Violation]:
    parts = [
        figure
        for row in above
        for title, figure in row.items()
        if title.endswith(column) and title != column and figure.unit == total.unit
    ]
    if len(parts) < 2 or not all(f.kind in _ADDED for f in (total, *parts)):
        return
    added = _sum(parts)
    margin = sum(map(rounding, (total, *parts))) if _is_rounded(total) else 0
    if added.wider(margin).meets(Interval.of(total)) or math.isinf(added.high):
        return
    yield Violation(
        figures=(total, *parts),
        indicators=total.indicators,
        reported=total.value,
        implied=rounded(added.low),
        unit=total.unit,
        words={
            "column": same(column),
            "total": figure_text(total),
            "sum": sum_text(rounded(added.low), total.unit or ""),
        },
    )


def _parts_total(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """Parts behind 其中, listed together (甲12件、乙20件), that together exceed their whole."""
    text = context.report.text
    marks = re.compile(rf"[，,（(](?:{'|'.join(map(re.escape, given['words']))})")
    data = [figure for figure in context.data if is_result(figure)]
    for index, (whole, first) in enumerate(pairwise(data)):
        opened = marks.match(text, whole.end)
        unit = whole.unit
        if opened is None or _CLAUSE.search(text[opened.end() : first.start]):
            continue
        parts = [first]
        for part in islice(data, index + 2, None):
            if not _BETWEEN_PARTS.fullmatch(context.between(parts[-1], part)):
                break
            parts.append(part)
        if len(parts) < 2 or any(p.unit != unit or p.kind not in _ADDED for p in parts):
            continue
        added = _sum(parts)
        if added.low <= Interval.of(whole).high:
            continue
        if any(Interval.of(p).low > Interval.of(whole).high for p in parts):
            continue  # one part alone is too large, which is another finding
        yield Violation(
            figures=(whole, *parts),
            indicators=whole.indicators,
            reported=whole.value,
            implied=rounded(added.low),
            unit=unit,
            words={
                "whole": figure_text(whole),
                "sum": sum_text(rounded(added.low), unit or ""),
            },
        )


def _row(context: CheckContext, start: int, end: int) -> Row:
    """The figures of one line by the words before each in its clause; empty unless it is a row."""
    text = context.report.text
    row: Row = {}
    clause = position = start
    for figure in context.data_between(start, end):
        # From the figure before, not from the line's start: a line may be as long as the text.
        for mark in _CLAUSE.finditer(text, position, figure.start):
            clause = mark.end()
        position = figure.end
        tail = text[figure.end : figure.end + 1]
        if tail not in ("，", "。", ",", ""):
            return {}
        row[text[clause : figure.start].strip().removesuffix("：")] = figure
    return row


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line.rstrip("\r\n"))
        start += len(line)


def _sum(figures: Sequence[Figure]) -> Interval:
    bounds = [Interval.of(figure) for figure in figures]
    return Interval(sum(b.low for b in bounds), sum(b.high for b in bounds))


def _is_rounded(figure: Figure) -> bool:
    return isinstance(figure.raw_value, float)


CHECK_TYPES = {
    "table_total": CheckType(
        _table_total,
        {"words": "words", "skipped": "words"},
        frozenset({"column", "total", "sum"}),
    ),
    "parts_total": CheckType(_parts_total, {"words": "words"}, frozenset({"whole", "sum"})),
}
