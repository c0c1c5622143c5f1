"""All findings of one report.

Belongs here: running every rule and turning what it violations into findings with ids and messages. Does
not belong here: what a rule looks for (the check types).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shenwan_data.errors import Text
from shenwan_data.findings.check import CheckContext, Violation
from shenwan_data.findings.rules import CHECK_TYPES, Rule, rules
from shenwan_data.model import Figure, Finding, Report, figure_id


def find_findings(
    report: Report,
    figures: Sequence[Figure],
    previous: Sequence[Figure] | None = None,
    previous_year: int | None = None,
    earlier: Mapping[int, str] | None = None,
) -> tuple[Finding, ...]:
    """The findings of one report, in text order, those without a figure first.

    ``figures`` are the report's, with indicators, in text order; ``previous`` are those of the
    area's last report before, of ``previous_year`` (the year before unless given), None where there
    is no such report: rules over years then find nothing. ``earlier`` gives, by the start of a figure,
    the indicator whose value of an earlier year it states. An id
    is ``<report>-<rule>-<start of the first figure>``, or a running number where there is none, and
    stays the same as long as the archived text does. Raises DataError for a broken rule file.
    """
    context = CheckContext(
        report,
        tuple(figures),
        None if previous is None else tuple(previous),
        report.time_period - 1 if previous_year is None else previous_year,
        earlier or {},
    )
    found: list[tuple[int, int, Finding]] = []
    for order, rule in enumerate(rules().values()):
        for finding, start in _findings(context, rule):
            found.append((start, order, finding))
    return tuple(finding for _, _, finding in sorted(found, key=lambda entry: entry[:2]))


def _findings(context: CheckContext, rule: Rule) -> Iterator[tuple[Finding, int]]:
    """The findings of one rule, each with the offset it stands at (-1 for the whole report)."""
    used: set[str] = set()
    for number, violation in enumerate(
        CHECK_TYPES[rule.kind].run(context, rule.parameters), start=1
    ):
        start = violation.figures[0].start if violation.figures else -1
        base = f"{context.report.id}-{rule.code}-{start if violation.figures else number}"
        identifier, again = base, 2
        while identifier in used:
            identifier, again = f"{base}-{again}", again + 1
        used.add(identifier)
        yield _finding(context, rule, violation, identifier), start


def _finding(context: CheckContext, rule: Rule, violation: Violation, identifier: str) -> Finding:
    return Finding(
        id=identifier,
        report=context.report.id,
        rule=rule.code,
        grade=rule.grade,
        figures=tuple(figure_id(context.report.id, figure) for figure in violation.figures),
        indicators=violation.indicators,
        reported=violation.reported,
        implied=violation.implied,
        unit=violation.unit,
        message=_message(rule.message, violation.words),
    )


def _message(template: Text, words: Mapping[str, Text]) -> Text:
    zh = template.zh.format_map({name: word.zh for name, word in words.items()})
    en = template.en.format_map({name: word.en for name, word in words.items()})
    return Text(zh, en[:1].upper() + en[1:])  # a message may begin with a hedge: more than 500 …
