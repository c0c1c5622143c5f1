"""How a report is read: THE pipeline, from its text to findings and observations.

Belongs here: the order of the steps, and what each hands to the next. Does not belong here: any of
the steps, or where reports, corrections and readings are kept.

``read`` is the whole of it. A build takes it in two parts, because the second needs the figures of
the year before: ``extract`` looks at one report alone, ``complete`` compares it and gives every
indicator its value. No other module puts these steps together, and none reads a text a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shenwan_data.indicators.corrections import Correction, decide
from shenwan_data.indicators.matching import Matching, match_text
from shenwan_data.indicators.revisions import revisions_of
from shenwan_data.model import Conflict, Figure, Reading, Report
from shenwan_data.schemas import looks_once
from shenwan_data.statements.lexicon import spoken


@looks_once
def read(
    report: Report,
    previous: Reading | None = None,
    corrections: Sequence[Correction] = (),
    matching: Matching | None = None,
) -> Reading:
    """Everything that one report says.

    ``previous`` is what the last report of the same area before it says, as a rule that of the year
    before, None without one; ``corrections`` are a person's decisions, those about other reports
    being passed over. Raises DataError for a correction that does not hold.
    """
    return complete(extract(report, corrections, matching), previous)


@looks_once
def matched(report: Report) -> Matching:
    """What a report says before any person's decision, in its town's own words as well."""
    with spoken(report.words):
        return match_text(report.text, report.time_period or None)


@looks_once
def extract(
    report: Report, corrections: Sequence[Correction] = (), matching: Matching | None = None
) -> Reading:
    """The figures of a report with their indicators, corrections applied.

    ``matching`` is what ``matched`` gave for this report, where that is known already.

    Of two figures that fit one indicator equally well neither is its value, unless a correction
    decides: they are a conflict, for a person to look at. Raises DataError for a correction that
    does not hold.
    """
    matching = matching or matched(report)
    decisions = tuple(decide(report, matching.figures, corrections))
    corrected = decisions[-1].after if decisions else {f.start: f for f in matching.figures}
    figures, conflicts = _settle(matching, corrected)
    read_as = {figure.start: figure.indicators for figure in matching.figures}
    return Reading(
        report=report,
        figures=figures,
        conflicts=conflicts,
        candidates=matching.candidates,
        earlier={
            figure.start: matching.earlier[figure.start]
            for figure in figures
            if figure.start in matching.earlier and not _dropped(figure)
        },
        because={
            figure.start: matching.because[figure.start]
            for figure in figures
            if figure.start in matching.because and figure.indicators == read_as[figure.start]
        },
        in_parts=_in_parts(matching, figures),
        revisions=tuple(revisions_of(report, decisions)),
    )


@looks_once
def complete(reading: Reading, previous: Reading | None = None) -> Reading:
    """The reading with its findings, and with one observation for each indicator."""
    from shenwan_data.findings import find_findings
    from shenwan_data.indicators.observations import observe

    findings = find_findings(
        reading.report,
        reading.figures,
        None if previous is None else previous.figures,
        None if previous is None else previous.report.time_period,
        reading.earlier,
    )
    compared = replace(reading, findings=findings)
    with spoken(reading.report.words):
        return replace(compared, observations=observe(compared))


@looks_once
def scan(text: str, year: int | None = None) -> tuple[Figure, ...]:
    """Every numeral of any string, in text order, with value, unit, qualifier, statement and indicators.

    Offsets are code points: ``text[f.start:f.end] == f.quote``. ``year`` is the one the text reports on,
    else the one that its title gives.
    """
    return match_text(text, year).figures


def _settle(
    matching: Matching, corrected: Mapping[int, Figure]
) -> tuple[tuple[Figure, ...], tuple[Conflict, ...]]:
    """The corrected figures, and the conflicts that no correction has decided.

    Assigning the indicator decides, and so does dropping all figures but one, which then has it.
    """
    figures = dict(corrected)
    undecided: list[Conflict] = []
    for conflict in matching.conflicts:
        if any(conflict.indicator in figure.indicators for figure in figures.values()):
            continue
        left = [figures[f.start] for f in conflict.figures if not _dropped(figures[f.start])]
        if len(left) > 1:
            undecided.append(Conflict(conflict.indicator, tuple(left)))
            continue
        for figure in left:
            codes = (*figure.indicators, conflict.indicator)
            figures[figure.start] = replace(figure, indicators=codes, reason=None)
    return tuple(figures.values()), tuple(undecided)


def _in_parts(matching: Matching, figures: Sequence[Figure]) -> dict[str, Figure]:
    """The first figure that gives a part of each indicator without a whole.

    None that a person has dropped or made the value of another indicator.
    """
    given = {code for figure in figures for code in figure.indicators}
    read_as = {figure.start: figure.indicators for figure in matching.figures}
    left = {
        figure.start: figure
        for figure in figures
        if not _dropped(figure) and figure.indicators == read_as[figure.start]
    }
    firsts = {
        code: next((left[part.start] for part in parts if part.start in left), None)
        for code, parts in matching.in_parts.items()
    }
    return {code: part for code, part in firsts.items() if part is not None and code not in given}


def _dropped(figure: Figure) -> bool:
    return figure.reason == "dropped_by_correction"
