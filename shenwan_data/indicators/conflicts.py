"""What keeps a report out of a release, in words a person can act on.

Belongs here: a conflict with both sentences, the definition of the indicator and an entry for
``data/corrections`` to paste; numerals that are in no figure; persons who are named. Does not belong
here: finding any of them (``matching``, ``scan``, ``privacy``), or deciding (``corrections``, ``read``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml

from shenwan_data.errors import DataError, Text
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.model import Conflict, Figure, Reading, Report
from shenwan_data.report.privacy import PersonalData, find_personal_data
from shenwan_data.report.structure import structure

_LONGEST_SENTENCE = 120


def conflict_errors(reading: Reading) -> Iterator[DataError]:
    """One error for each conflict of a reading, with both sentences and the way out."""
    for conflict in reading.conflicts:
        report = reading.report
        entry = catalogue()[conflict.indicator]
        quotes = "; ".join(_shown(reading, figure) for figure in conflict.figures)
        file = f"data/corrections/{report.time_period}.yaml"
        paste = correction_entry(reading, conflict)
        yield DataError(
            Text(
                f"指标 {entry.code}“{entry.label.zh}”（{entry.definition.zh}）"
                f"对应几个不同的数字：{quotes}",
                f"indicator {entry.code} “{entry.label.en}” ({entry.definition.en}) "
                f"matches different figures: {quotes}",
            ),
            file=report.path,
            place=f"offsets {', '.join(str(f.start) for f in conflict.figures)}",
            remedy=Text(
                f"请把这一条目贴入 {file}，选定数字并填写 who、when、why（或用 drop 排除其余数字）",
                f"paste this into {file}, choose the figure and fill in who, when and why (or drop "
                f"the others):\n{paste}",
            ),
        )


def ledger_error(report: Report, missed: Sequence[tuple[int, int]]) -> DataError:
    """The error for numerals of a report that are in no figure."""
    places = ", ".join(f"{start}: {report.text[start:end]}" for start, end in missed[:3])
    return DataError(
        Text(
            f"{report.id} 有 {len(missed)} 处数字没有着落（{places}）",
            f"{report.id}: numerals that are in no figure: {len(missed)} ({places})",
        ),
        file=report.path,
        remedy=Text(
            "识别规则不认识这种写法：请将这些文字报告给维护者",
            "the rules do not know this form: report these words to the maintainers",
        ),
    )


def privacy_error(report: Report, places: Sequence[PersonalData]) -> DataError:
    """The error for places that name a person; the words themselves are not repeated."""
    zh = "；".join(f"第 {one.start}–{one.end} 字：{one.label.zh}" for one in places[:3])
    en = "; ".join(f"[{one.start}, {one.end}]: {one.label.en}" for one in places[:3])
    beside = report.path.with_suffix(".yaml").name
    return DataError(
        Text(
            f"{report.id} 有 {len(places)} 处个人信息（{zh}）",
            f"{report.id}: personal data in {len(places)} places ({en})",
        ),
        file=report.path,
        remedy=Text(
            f"请在 {beside} 中用 mask: [[起, 止], …] 遮盖",
            f"redact them with mask: [[start, end], …] in {beside}",
        ),
    )


def correction_entry(reading: Reading, conflict: Conflict) -> str:
    """A correction that gives the indicator to the first figure, and the others as comments."""
    first, *others = conflict.figures
    entry = {
        "report": reading.report.id,
        "quote": first.quote,
        "start": first.start,
        "action": "assign",
        "to": {"indicator": conflict.indicator},
        "expect": {"indicators": list(first.indicators)},
        "who": None,
        "when": None,
        "why": None,
    }
    lines = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False).replace(": null", ":")
    # Another figure may be right: its place stands ready.
    return lines + "".join(
        f"  # or 或: quote: {other.quote}, start: {other.start}, "
        f"expect: {{indicators: [{', '.join(other.indicators)}]}}\n"
        for other in others
    )


def _shown(reading: Reading, figure: Figure) -> str:
    """A figure with its place and its sentence, a long one cut around the figure."""
    text = reading.report.text
    start, end = structure(text).sentence_at(figure.start)
    start = max(start, figure.start - _LONGEST_SENTENCE)
    end = min(end, figure.end + _LONGEST_SENTENCE)
    return f"{figure.quote} @{figure.start}: {' '.join(_redacted(text[start:end]).split())}"


def _redacted(sentence: str) -> str:
    """A sentence without what identifies a person: a message is seen by more than the report is."""
    for found in reversed(find_personal_data(sentence)):
        sentence = sentence[: found.start] + "■" * (found.end - found.start) + sentence[found.end :]
    return sentence
