"""All findings of one report.

Belongs here: running every rule and turning what it hits into findings with ids and messages. Does
not belong here: what a rule looks for (the engines).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shenwan_data.errors import Text
from shenwan_data.findings.check import Facts, Hit
from shenwan_data.findings.rules import ENGINES, Rule, rules
from shenwan_data.model import Figure, Finding, Report, figure_id


def find_findings(
    report: Report, figures: Sequence[Figure], previous: Sequence[Figure] | None = None
) -> tuple[Finding, ...]:
    """The findings of one report, in text order, those without a figure first.

    ``figures`` are the report's, with indicators, in text order; ``previous`` are last year's for
    the same area, None where there is no such report (rules over years then find nothing). An id
    is ``<report>-<rule>-<start of the first figure>``, or a running number where there is none, and
    stays the same as long as the archived text does. Raises DataError for a broken rule file.
    """
    facts = Facts(report, tuple(figures), None if previous is None else tuple(previous))
    found: list[tuple[int, int, Finding]] = []
    for order, rule in enumerate(rules().values()):
        for finding, start in _findings(facts, rule):
            found.append((start, order, finding))
    return tuple(finding for _, _, finding in sorted(found, key=lambda entry: entry[:2]))


def _findings(facts: Facts, rule: Rule) -> Iterator[tuple[Finding, int]]:
    """The findings of one rule, each with the offset it stands at (-1 for the whole report)."""
    used: set[str] = set()
    for number, hit in enumerate(ENGINES[rule.kind].run(facts, rule.parameters), start=1):
        start = hit.figures[0].start if hit.figures else -1
        base = f"{facts.report.id}-{rule.code}-{start if hit.figures else number}"
        identifier, again = base, 2
        while identifier in used:
            identifier, again = f"{base}-{again}", again + 1
        used.add(identifier)
        yield _finding(facts, rule, hit, identifier), start


def _finding(facts: Facts, rule: Rule, hit: Hit, identifier: str) -> Finding:
    return Finding(
        id=identifier,
        report=facts.report.id,
        rule=rule.code,
        severity=rule.severity,
        figures=tuple(figure_id(facts.report.id, figure) for figure in hit.figures),
        indicators=hit.indicators,
        reported=hit.reported,
        implied=hit.implied,
        unit=hit.unit,
        message=_message(rule.message, hit.words),
    )


def _message(template: Text, words: Mapping[str, Text]) -> Text:
    zh = template.zh.format_map({name: word.zh for name, word in words.items()})
    en = template.en.format_map({name: word.en for name, word in words.items()})
    return Text(zh, en[:1].upper() + en[1:])  # a message may begin with a hedge: more than 500 …
