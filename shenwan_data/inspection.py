"""A text with its numerals shown as what they were taken for.

Belongs here: how figures are shown on a terminal and as JSON lines. Does not belong here: reading
them (``scan``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shenwan_data.figures.figure import Figure, Number
from shenwan_data.report.structure import structure

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text as RichText

FIELDS = (
    "start", "end", "quote", "kind", "value", "unit", "raw_value", "raw_unit",
    "lower", "upper", "qualifier", "indicators", "reason",
)  # fmt: skip

STYLES = {
    "indicator": "bold green",
    "unmapped": "bold yellow",
    "other": "dim cyan",
}
_LEGEND = {
    "indicator": "data, of an indicator 已归入指标的数据",
    "unmapped": "data, of no indicator 未归入指标的数据",
    "other": "not data (date, name, list marker …) 非数据",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch ``text[start:end]`` with the figures that lie in it."""

    start: int
    end: int
    figures: tuple[Figure, ...]


def record(figure: Figure) -> dict[str, Any]:
    """The figure as a JSON object with exactly the keys of ``FIELDS``, in that order."""
    values = {name: getattr(figure, name) for name in FIELDS}
    values["indicators"] = list(figure.indicators)
    return values


def json_lines(figures: Iterable[Figure]) -> Iterator[str]:
    """One JSON object a line for every figure, Chinese left readable."""
    for figure in figures:
        yield json.dumps(record(figure), ensure_ascii=False)


def sentences(text: str, figures: Sequence[Figure]) -> tuple[Sentence, ...]:
    """The sentences that hold a figure, each once, in the order of the text."""
    divided = structure(text)
    by_place: dict[tuple[int, int], list[Figure]] = {}
    for figure in sorted(figures, key=lambda figure: figure.start):
        by_place.setdefault(divided.sentence_at(figure.start), []).append(figure)
    return tuple(Sentence(start, end, tuple(inside)) for (start, end), inside in by_place.items())


def taken_for(figure: Figure) -> str:
    """What a figure was taken for, in one line: value, unit, precision and meaning."""
    if not figure.is_data:
        return f"{figure.kind} ({figure.reason})"
    unit = figure.unit or ""
    stated = unit if figure.value is None else f"{_number(figure.value)} {unit}".rstrip()
    bounds = ""
    if figure.qualifier not in (None, "exact"):
        lower = "-∞" if figure.lower is None else _number(figure.lower)
        upper = "∞" if figure.upper is None else _number(figure.upper)
        bounds = f" {figure.qualifier} [{lower}, {upper}]"
    meaning = ", ".join(figure.indicators) or f"no indicator ({figure.reason})"
    return f"{figure.kind} {stated}{bounds} → {meaning}".replace("  ", " ")


def show(text: str, figures: Sequence[Figure], console: Console) -> None:
    """Print every sentence that holds a numeral, in colour, with what each was taken for."""
    from rich.text import Text as RichText

    legend = RichText()
    for name, meaning in _LEGEND.items():
        legend.append("■ ", STYLES[name]).append(f"{meaning}   ")
    console.print(legend)
    for sentence in sentences(text, figures):
        console.print()
        console.print(_marked(text, sentence))
        for figure in sentence.figures:
            line = RichText("    ")
            line.append(figure.quote, _style(figure)).append(f"  {taken_for(figure)}", "dim")
            console.print(line)
    console.print()
    console.print(_count(figures))


def _marked(text: str, sentence: Sentence) -> RichText:
    from rich.text import Text as RichText

    marked = RichText(text[sentence.start : sentence.end])
    for figure in sentence.figures:
        marked.stylize(_style(figure), figure.start - sentence.start, figure.end - sentence.start)
    before = len(marked.plain) - len(marked.plain.lstrip())
    return marked[before : len(marked.plain.rstrip())]


def _count(figures: Sequence[Figure]) -> str:
    count = Counter(figure.is_data for figure in figures)
    mapped = sum(1 for figure in figures if figure.indicators)
    return (
        f"{len(figures)} numerals, {count[True]} of them data, {mapped} of an indicator\n"
        f"共 {len(figures)} 处数字，其中数据 {count[True]} 处，已归入指标 {mapped} 处"
    )


def _style(figure: Figure) -> str:
    if not figure.is_data:
        return STYLES["other"]
    return STYLES["indicator" if figure.indicators else "unmapped"]


def _number(value: Number) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"
