"""From the figures of a report to the value of every indicator for its area and year.

Belongs here: one observation for each indicator of the catalogue, and the name of its absence. Does
not belong here: choosing the figure (``matching``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shenwan_data.indicators.catalogue import Indicator, catalogue
from shenwan_data.indicators.mentions import Mention, find_mentions
from shenwan_data.model import Figure, Finding, Observation, Reading, Report, figure_id
from shenwan_data.report.structure import clause_at


def observe(reading: Reading) -> tuple[Observation, ...]:
    """One observation for each core indicator, and each event that is reported or spoken of, in order.

    Where two figures say the same of an indicator, the first in the text is the evidence.
    """
    report, figures = reading.report, reading.figures
    by_code: dict[str, Figure] = {}
    for figure in figures:
        for code in figure.indicators:
            by_code.setdefault(code, figure)
    in_parts = {
        **_by_their_parts({**by_code, **reading.in_parts}, by_code),
        **reading.in_parts,
    }
    unreported = [code for code in catalogue() if code not in by_code and code not in in_parts]
    mentions = find_mentions(report.text, figures, unreported, report.time_period)
    return tuple(
        _reported(report, indicator, by_code[code], reading.findings)
        if code in by_code
        else _absent(report, indicator, mentions.get(code), in_parts.get(code))
        for code, indicator in catalogue().items()
        if code in by_code or _is_missed(indicator) or code in in_parts or code in mentions
    )


def _by_their_parts(
    parts: Mapping[str, Figure], by_code: Mapping[str, Figure]
) -> dict[str, Figure]:
    """What is not reported but by its parts (简易程序、普通程序 without a total of the cases)."""
    found: dict[str, Figure] = {}
    for code, figure in sorted(parts.items(), key=lambda pair: pair[1].start):
        whole = catalogue()[code].part_of if code in catalogue() else None
        if whole is not None and whole not in by_code:
            found.setdefault(whole, figure)
    return found


def _is_missed(indicator: Indicator) -> bool:
    """Whether a year without a value is a gap: for what is counted every year and not on its way out."""
    return indicator.series == "core" and indicator.deprecated is None


def _reported(
    report: Report, indicator: Indicator, figure: Figure, findings: Sequence[Finding]
) -> Observation:
    identifier = figure_id(report.id, figure)
    return Observation(
        ref_area=report.ref_area,
        time_period=report.time_period,
        indicator=indicator.code,
        value=figure.value,
        unit=figure.unit or indicator.unit,
        lower=figure.lower,
        upper=figure.upper,
        qualifier=figure.qualifier,
        obs_status="reported",
        quote=figure.quote,
        figure_id=identifier,
        finding_ids=tuple(f.id for f in findings if identifier in f.figures),
    )


def _absent(
    report: Report, indicator: Indicator, mention: Mention | None, part: Figure | None
) -> Observation:
    """A named absence. What the words imply (未发生: 0, 全覆盖: 100 %) bounds it, but is no value."""
    status = "mentioned_without_number" if mention else "not_mentioned"
    quote = mention.quote if mention else None
    if part is not None:
        status, quote = "mentioned_in_parts", clause_at(report.text, part.start, part.end)
    if indicator.since is not None and report.time_period < indicator.since:
        status, mention, quote = "not_yet_defined", None, None
    implied = mention.implied if mention else None
    if implied == 100 and indicator.measure_type != "ratio":
        implied = None
    return Observation(
        ref_area=report.ref_area,
        time_period=report.time_period,
        indicator=indicator.code,
        value=None,
        unit=indicator.unit,
        lower=implied,
        upper=implied,
        qualifier=None,
        obs_status=status,
        quote=quote,
        figure_id=None,
        finding_ids=(),
    )
