"""The reading of a report on a terminal, in colour.

Belongs here: what is printed and how. Does not belong here: gathering it (``inspected``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from shenwan_data.cli.inspection import Inspected, Sentence
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.conflicts import conflict_errors
from shenwan_data.model import Figure, Number, figure_id
from shenwan_data.report.structure import structure
from shenwan_data.schemas import metadata

if TYPE_CHECKING:
    from shenwan_data.review.checklist import Checklist

_STYLES = {"indicator": "bold green", "unmapped": "bold yellow", "other": "dim cyan"}
_LEGEND = {
    "indicator": "data, of an indicator 已归入指标的数据",
    "unmapped": "data, of no indicator 未归入指标的数据",
    "other": "not data (date, name, list marker …) 非数据",
}
_DOUBT = "magenta"


def show(inspected: Inspected, console: Console) -> None:
    """Print every sentence that holds a numeral with what each was taken for, then a summary."""
    legend = Text()
    for name, meaning in _LEGEND.items():
        legend.append("■ ", _STYLES[name]).append(f"{meaning}   ")
    for problem in inspected.problems:
        console.print(Text(f"⚠ {problem.message.zh}\n  {problem.message.en}", "bold red"))
    console.print(legend)
    for sentence in inspected.sentences:
        console.print()
        console.print(_marked(inspected.report.text, sentence))
        for figure in sentence.figures:
            _show_figure(inspected, figure, console)
    console.print()
    _show_summary(inspected, console)


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


def _show_figure(inspected: Inspected, figure: Figure, console: Console) -> None:
    line = Text("    ")
    line.append(figure.quote, _style(figure)).append(
        f" @{figure.start}  {taken_for(figure)}", "dim"
    )
    words = inspected.because.get(figure.start)
    if words and figure.indicators:
        line.append(f"  [{' + '.join(words)}]", "dim green")
    console.print(line)
    if figure.is_data:
        console.print(Text(f"      {stated(figure)}", "dim"))
    identifier = figure_id(inspected.report.id, figure)
    for finding in inspected.findings:
        if finding.figures[:1] == (identifier,):
            console.print(
                Text(f"      ⚠ {finding.message.zh}\n        {finding.message.en}", _DOUBT)
            )


def _show_summary(inspected: Inspected, console: Console) -> None:
    figures = inspected.figures
    data = sum(figure.is_data for figure in figures)
    mapped = sum(bool(figure.indicators) for figure in figures)
    console.print(
        f"{len(figures)} numerals, {data} of them data, {mapped} of an indicator\n"
        f"共 {len(figures)} 处数字，其中数据 {data} 处，已归入指标 {mapped} 处"
    )
    if inspected.unmapped:
        _show_list(
            console,
            f"Data of no indicator 未归入指标的数据 ({len(inspected.unmapped)})",
            [
                f"{f.quote} @{f.start}  {_reason(f)}{_candidates(inspected, f)}\n        "
                f"{sentence_of(inspected.report.text, f)}"
                for f in inspected.unmapped
            ],
            _STYLES["unmapped"],
        )
    if inspected.unknown_units:
        _show_list(
            console,
            "Unknown units, read as printed: add them to schemas/units.csv "
            "未知单位，按原文读取，可补入 schemas/units.csv",
            [
                f"{unit}: {', '.join(f'{f.quote} @{f.start}' for f in figures)}"
                for unit, figures in inspected.unknown_units.items()
            ],
            _STYLES["unmapped"],
        )
    if inspected.conflicts:
        _show_list(
            console,
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
            "bold red",
        )
    if inspected.personal_data:
        _show_list(
            console,
            "A build stops here: a person is named 构建将在此停止：可识别个人 "
            "(mask: [[start, end], …])",
            [
                f"[{p.start}, {p.end}]  {p.label.zh} {p.label.en}: "
                f"{inspected.report.text[p.start : p.end]}"
                for p in inspected.personal_data
            ],
            "bold red",
        )
    if inspected.in_parts:
        _show_list(
            console,
            f"Given in parts only 仅有部分数字，不是全年总数 ({len(inspected.in_parts)})",
            [f"{_named(code)}: {clause}" for code, clause in inspected.in_parts.items()],
            "bold",
        )
    whole = [f for f in inspected.findings if not f.figures]
    if whole:
        _show_list(
            console,
            "Of the report as a whole 关于整份报告",
            [f"{finding.message.zh} {finding.message.en}" for finding in whole],
            _DOUBT,
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
            _show_list(console, f"{title} ({len(lines)})", lines, "bold")


def sentence_of(text: str, figure: Figure) -> str:
    """The sentence that a figure stands in, in one line."""
    start, end = structure(text).sentence_at(figure.start)
    return " ".join(text[start:end].split())


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


def _show_list(console: Console, title: str, lines: list[str], style: str) -> None:
    console.print()
    console.print(Text(title, style))
    for line in lines:
        console.print(Text(f"    {line}"))


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


def _marked(text: str, sentence: Sentence) -> Text:
    marked = Text(text[sentence.start : sentence.end])
    for figure in sentence.figures:
        marked.stylize(_style(figure), figure.start - sentence.start, figure.end - sentence.start)
    before = len(marked.plain) - len(marked.plain.lstrip())
    return marked[before : len(marked.plain.rstrip())]


def _style(figure: Figure) -> str:
    if not figure.is_data:
        return _STYLES["other"]
    return _STYLES["indicator" if figure.indicators else "unmapped"]


def _number(value: Number) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"
