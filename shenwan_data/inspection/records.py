"""The reading of a report as JSON.

Belongs here: the shape of the objects. Does not belong here: the terminal (``terminal``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from shenwan_data.figures.figure import Figure, figure_id
from shenwan_data.inspection.inspected import Inspected

FIELDS = (
    "start", "end", "quote", "kind", "value", "unit", "raw_value", "raw_unit",
    "lower", "upper", "qualifier", "indicators", "reason",
)  # fmt: skip


def record(figure: Figure) -> dict[str, Any]:
    """The figure as a JSON object with exactly the keys of ``FIELDS``, in that order."""
    values = {name: getattr(figure, name) for name in FIELDS}
    values["indicators"] = list(figure.indicators)
    return values


def json_lines(figures: Iterable[Figure]) -> Iterator[str]:
    """One JSON object a line for every figure, Chinese left readable."""
    for figure in figures:
        yield json.dumps(record(figure), ensure_ascii=False)


def document(inspected: Inspected) -> dict[str, Any]:
    """The whole reading: report, sentences with figures, what is unmapped, findings, comparison."""
    report = inspected.report
    return {
        "report": {
            "id": report.id,
            "title": report.title,
            "ref_area": report.ref_area,
            "time_period": report.time_period,
            "text_sha256": report.text_sha256,
        },
        "coverage": {
            "numerals": len(inspected.figures),
            "mapped": sum(bool(f.indicators) for f in inspected.figures),
            "unmapped": len(inspected.unmapped),
            "not_data": sum(not f.is_data for f in inspected.figures),
        },
        "sentences": [
            {
                "start": sentence.start,
                "end": sentence.end,
                "section": list(sentence.section),
                "text": report.text[sentence.start : sentence.end],
                "figures": [
                    record(f)
                    | {
                        "id": figure_id(report.id, f),
                        "because": list(inspected.because.get(f.start, ())),
                    }
                    for f in sentence.figures
                ],
            }
            for sentence in inspected.sentences
        ],
        "unmapped": [figure_id(report.id, f) for f in inspected.unmapped],
        "conflicts": [
            {"indicator": c.indicator, "figures": [figure_id(report.id, f) for f in c.figures]}
            for c in inspected.conflicts
        ],
        "in_parts": dict(inspected.in_parts),
        "personal_data": [
            {"start": place.start, "end": place.end, "rule": place.rule}
            for place in inspected.personal_data
        ],
        "findings": [
            {
                "id": finding.id,
                "rule": finding.rule,
                "severity": finding.severity,
                "figures": list(finding.figures),
                "message": {"zh": finding.message.zh, "en": finding.message.en},
            }
            for finding in inspected.findings
        ],
        "comparison": _comparison(inspected),
    }


def _comparison(inspected: Inspected) -> dict[str, Any] | None:
    if inspected.comparison is None:
        return None
    return {
        "lacking": list(inspected.comparison.lacking),
        "mentioned_without_number": {
            code: mention.quote for code, mention in inspected.mentions.items()
        },
        "new": list(inspected.comparison.new),
        "jumps": [
            {"indicator": jump.indicator, "before": jump.before.value, "now": jump.now.value}
            for jump in inspected.comparison.jumps
        ],
    }
