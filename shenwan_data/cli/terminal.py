"""The reading of a report on a terminal, in colour.

Belongs here: what is printed and how. Does not belong here: gathering it (``inspected``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from shenwan_data.cli.inspection import Inspected, Sentence
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.conflicts import conflict_errors
from shenwan_data.model import Figure, Number, figure_id
from shenwan_data.report.structure import structure
from shenwan_data.schemas import metadata

if TYPE_CHECKING:
    from shenwan_data.review.checklist import Checklist

# As click styles them: rich, which a build shows its progress with, takes a tenth of a second to import.
_STYLES: Mapping[str, Mapping[str, Any]] = {
    "indicator": {"fg": "green", "bold": True},
    "unmapped": {"fg": "yellow", "bold": True},
    "other": {"fg": "cyan", "dim": True},
    "because": {"fg": "green", "dim": True},
    "doubt": {"fg": "magenta"},
    "blocks": {"fg": "red", "bold": True},
    "quiet": {"dim": True},
    "title": {"bold": True},
}
_LEGEND = {
    "indicator": "data, of an indicator 已归入指标的数据",
    "unmapped": "data, of no indicator 未归入指标的数据",
    "other": "not data (date, name, list marker …) 非数据",
}


def lines_of(inspected: Inspected) -> Iterator[str]:
    """Every sentence that holds a numeral with what each was taken for, then a summary."""
    for problem in inspected.problems:
        yield _styled(f"⚠ {problem.message.zh}\n  {problem.message.en}", "blocks")
    yield "".join(f"{_styled('■ ', name)}{meaning}   " for name, meaning in _LEGEND.items())
    for sentence in inspected.sentences:
        yield ""
        yield _marked(inspected.report.text, sentence)
        for figure in sentence.figures:
            yield from _figure_lines(inspected, figure)
    yield ""
    yield from _summary_lines(inspected)


def taken_for(figure: Figure) -> str:
    """What a figure was taken for, in one line: value, unit, precision and meaning."""
    if not figure.is_data:
        return f"{figure.kind} ({_reason(figure)})"
    unit = figure.unit or ""
    stated = unit if figure.value is None else f"{_number(figure.value)} {unit}".rstrip()
    bounds = ""
    if figure.qualifier not in (None, "exact"):
        lower = "-∞" if figure.lower is None else _number(figure.lower)
        upper = "∞" if figure.upper is None else _number(figure.upper)
        bounds = f" {figure.qualifier} [{lower}, {upper}]"
    meaning = ", ".join(map(_named, figure.indicators)) or f"no indicator ({_reason(figure)})"
    return f"{figure.kind} {stated}{bounds} → {meaning}".replace("  ", " ")


def stated(figure: Figure) -> str:
    """What a data figure states, in one line: act, counted, period, coverage, nature, topic."""
    lists = metadata("codes.yaml")
    codes = (
        f"{code} {lists[name][code]['zh']}"
        for name, code in (
            ("coverage", figure.coverage),
            ("nature", figure.nature),
            ("figure_topic", figure.topic),
        )
        if code
    )
    what = " ".join(words for words in (figure.act, figure.counted) if words) or "—"
    return " · ".join((what, *filter(None, (figure.ref_period,)), *codes))


def _reason(figure: Figure) -> str:
    """Why a figure is no indicator's value, as a code and in Chinese."""
    known = metadata("codes.yaml")["reason"].get(figure.reason)
    return f"{figure.reason} {known['zh']}" if known else str(figure.reason)


def _figure_lines(inspected: Inspected, figure: Figure) -> Iterator[str]:
    quote = _styled(figure.quote, _style(figure))
    meaning = _styled(f" @{figure.start}  {taken_for(figure)}", "quiet")
    words = inspected.because.get(figure.start)
    because = f"  [{' + '.join(words)}]" if words and figure.indicators else ""
    yield f"    {quote}{meaning}{_styled(because, 'because')}"
    if figure.is_data:
        yield _styled(f"      {stated(figure)}", "quiet")
    identifier = figure_id(inspected.report.id, figure)
    for finding in inspected.findings:
        if finding.figures[:1] == (identifier,):
            yield _styled(f"      ⚠ {finding.message.zh}", "doubt")
            yield _styled(f"        {finding.message.en}", "doubt")


def _summary_lines(inspected: Inspected) -> Iterator[str]:
    figures = inspected.figures
    data = sum(figure.is_data for figure in figures)
    mapped = sum(bool(figure.indicators) for figure in figures)
    yield f"{len(figures)} numerals, {data} of them data, {mapped} of an indicator"
    yield f"共 {len(figures)} 处数字，其中数据 {data} 处，已归入指标 {mapped} 处"
    if inspected.unmapped:
        text = inspected.report.text
        sentence_at = structure(text).sentence_at
        yield from _list_lines(
            f"Data of no indicator 未归入指标的数据 ({len(inspected.unmapped)})",
            [
                f"{f.quote} @{f.start}  {_reason(f)}{_candidates(inspected, f)}\n        "
                f"{_sentence(text, sentence_at(f.start), f)}"
                for f in inspected.unmapped
            ],
            "unmapped",
        )
    if inspected.unknown_units:
        yield from _list_lines(
            "Unknown units, read as printed: add them to schemas/units.csv "
            "未知单位，按原文读取，可补入 schemas/units.csv",
            [
                f"{unit}: {', '.join(f'{f.quote} @{f.start}' for f in figures)}"
                for unit, figures in inspected.unknown_units.items()
            ],
            "unmapped",
        )
    if inspected.conflicts:
        yield from _list_lines(
            "No release until this is decided: different figures of one indicator "
            "须先确定才能发布：同一指标有不同的数字",
            [
                line
                for error in conflict_errors(inspected.reading)
                for line in (
                    error.problem.zh,
                    error.problem.en,
                    error.remedy.zh,
                    *error.remedy.en.splitlines(),
                )
            ],
            "blocks",
        )
    if inspected.personal_data:
        yield from _list_lines(
            "A build stops here: a person is named 构建将在此停止：可识别个人 "
            "(mask: [[start, end], …])",
            [
                f"[{p.start}, {p.end}]  {p.label.zh} {p.label.en}: "
                f"{inspected.report.text[p.start : p.end]}"
                for p in inspected.personal_data
            ],
            "blocks",
        )
    if inspected.in_parts:
        yield from _list_lines(
            f"Given in parts only 仅有部分数字，不是全年总数 ({len(inspected.in_parts)})",
            [f"{_named(code)}: {clause}" for code, clause in inspected.in_parts.items()],
            "title",
        )
    whole = [f for f in inspected.findings if not f.figures]
    if whole:
        yield from _list_lines(
            "Of the report as a whole 关于整份报告",
            [f"{finding.message.zh} {finding.message.en}" for finding in whole],
            "doubt",
        )
    if inspected.comparison is None:
        return
    comparison, year = inspected.comparison, inspected.compared_with
    lists = (
        (
            f"The report of {year} had {year}年报告有而本报告没有",
            [
                f"{_named(code)}: {figure.quote}{_mentioned(inspected, code)}"
                for code, figure in comparison.lacking.items()
            ],
        ),
        (
            f"Not in the report of {year} {year}年报告没有",
            [_named(code) for code in comparison.new],
        ),
        (
            f"Jumps since {year} 与{year}年相比变化很大",
            [f"{_named(j.indicator)}: {j.before.quote} → {j.now.quote}" for j in comparison.jumps],
        ),
    )
    for title, lines in lists:
        if lines:
            yield from _list_lines(f"{title} ({len(lines)})", lines, "title")


def _sentence(text: str, bounds: tuple[int, int], figure: Figure) -> str:
    """The sentence that a figure stands in, in one line; of one without end what is around the figure."""
    start, end = max(bounds[0], figure.start - _AROUND), min(bounds[1], figure.end + _AROUND)
    before, behind = "…" if start > bounds[0] else "", "…" if end < bounds[1] else ""
    return f"{before}{' '.join(text[start:end].split())}{behind}"


# How much of a sentence is shown on each side of a figure.
_AROUND = 200
_PARTS = {"found": ("found",), "lacking": ("in_parts", "mentioned", "missing")}
_STATES = {
    "person": "personal data 个人信息",
    "conflict": "choose one 须选定",
    "in_parts": "only parts 只有部分数字",
    "mentioned": "mentioned without a number 提到而无数字",
    "missing": "not mentioned 没有提到",
}


def checklist_lines(made: Checklist, only: str = "checklist") -> Iterator[str]:
    """The checklist, or a part of it: each value with sentence, definition, last year and change."""
    wanted = {
        "checklist": made.items,
        "doubts": made.doubts,
    }.get(only) or tuple(i for i in made.items if i.state in _PARTS.get(only, (only,)))
    for item in wanted:
        mark = "✓" if not item.is_open else "!" if item.blocks else "?" if item.doubt else " "
        name = _named(item.indicator.code) if item.indicator else ""
        figures = [f"{f.quote} @{f.start}  {taken_for(f)}" for f in item.figures]
        yield f"{mark} {name or (figures or [_STATES[item.state]])[0]}"
        if item.indicator is not None:
            state = _STATES.get(item.state)
            for line in (*([state] if state else []), *figures):
                yield f"    {line}"
            yield f"    = {item.indicator.definition.zh}"
        for line in dict.fromkeys((item.sentence, item.clause or "")):
            if line.strip():
                yield f"    “{' '.join(line.split())}”"
        if item.before is not None and item.before.quote:
            change = f"  {item.change.zh}" if item.change else ""
            yield f"    {item.before.time_period}: {item.before.quote}{change}"
        for doubt in item.doubt:
            yield f"    ⚠ {doubt.zh} {doubt.en}"
        if item.looked is not None:
            yield f"    ✓ {item.looked.who} {item.looked.when} {item.looked.why or ''}".rstrip()
    yield f"{made.looked_at} of {len(made.items)} looked at 已看 {made.looked_at} / {len(made.items)}"


def _list_lines(title: str, lines: list[str], style: str) -> Iterator[str]:
    yield ""
    yield _styled(title, style)
    for line in lines:
        yield f"    {line}"


def _mentioned(inspected: Inspected, code: str) -> str:
    """Where this year's report speaks of an indicator without a number."""
    quote = inspected.mentions.get(code)
    return f"  (this year without a number 今年提到而无数字：{quote})" if quote else ""


def _candidates(inspected: Inspected, figure: Figure) -> str:
    """The indicators that a figure fits and is not the value of."""
    codes = inspected.reading.candidates.get(figure.start, ())
    return f"  ({', '.join(_named(code) for code in codes)})" if codes else ""


def _named(code: str) -> str:
    return f"{code} {catalogue()[code].label.zh}"


def _marked(text: str, sentence: Sentence) -> str:
    """The sentence with its figures in their colours."""
    parts, at = [], sentence.start
    for figure in sentence.figures:
        parts += [
            text[at : figure.start],
            _styled(text[max(at, figure.start) : figure.end], _style(figure)),
        ]
        at = max(at, figure.end)
    return "".join((*parts, text[at : sentence.end])).strip()


def _style(figure: Figure) -> str:
    if not figure.is_data:
        return "other"
    return "indicator" if figure.indicators else "unmapped"


def _styled(words: str, style: str) -> str:
    return click.style(words, **_STYLES[style]) if words else ""


def _number(value: Number) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"
