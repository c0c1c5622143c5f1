"""Which indicator a figure is the value of.

Belongs here: what bars a figure from being a value, and the record. Does not belong here: what a figure
says (``concepts``), choosing among several (``settling``), a person's decisions (``corrections``).

Only a level of the whole for the report's year is a value (each of many, for a mean); of two figures that
say one indicator the total is meant, and of several side by side none is the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shenwan_data.figures import record
from shenwan_data.figures.scan import find_figures
from shenwan_data.indicators.catalogue import Indicator, catalogue
from shenwan_data.indicators.concepts import Fit, fits
from shenwan_data.indicators.settling import parts_of_lists, settle
from shenwan_data.model import Conflict, Figure
from shenwan_data.statements.phrase import unit_group
from shenwan_data.statements.said import (
    CHANGE,
    EACH,
    ELSEWHERE,
    PART,
    TARGET,
    WHOLE,
    Said,
)
from shenwan_data.statements.statement import state


@dataclass(frozen=True, slots=True)
class Matching:
    """The figures with their indicators, what each states, and the indicators that could not be settled.

    By the start of a figure, ``because`` holds the words that its indicator was recognised by, and
    ``candidates`` the indicators it fits before the better of two figures is chosen. ``in_parts``
    holds, by indicator, the figures that give only parts of it, or several values of which none is
    the whole, in text order. ``earlier`` gives the indicator whose value of an earlier year a figure
    states. ``said`` is what each data figure states.
    """

    figures: tuple[Figure, ...]
    conflicts: tuple[Conflict, ...]
    because: Mapping[int, tuple[str, ...]]
    in_parts: Mapping[str, tuple[Figure, ...]]
    candidates: Mapping[int, tuple[str, ...]]
    earlier: Mapping[int, str]
    said: tuple[Said, ...]


def match_figures(text: str, figures: Sequence[Figure], year: int | None = None) -> Matching:
    """Give each data figure its indicators, or the reason why it has none."""
    said = state(text, figures, year)
    own_year = said[0].own_year if said else ""
    all_fits = [fits(one, text) for one in said]
    claims: list[tuple[Fit, ...]] = []
    reasons: list[str] = []
    for index, (one, its) in enumerate(zip(said, all_fits, strict=True)):
        reason = _bar(one, own_year)
        if (
            reason == "part_of_whole"
            and one.part_by == "mark"
            and (_names_itself(one) or _was_named(said, index))
            and not (one.phrases[0].alike and _in_remark(text, one.figure.start))
        ):
            before = {
                f.code
                for k in range(max(0, index - 6), index)
                if said[k].sentence == one.sentence or said[k].sentence[1] >= one.sentence[0] - 2
                for f in all_fits[k]
            }
            its_own = tuple(f for f in its if f.code not in before)
            if its_own:
                claims.append(its_own)
                reasons.append("")
                continue
        if reason:
            claims.append(())
        elif one.second or _at_others(said, index) or _at_some(said, all_fits, index):
            claims.append(())
            reason = "no_indicator"
        elif one.figure.qualifier == "vague" and one.figure.upper is None:
            claims.append(())
            reason = "no_number"
        else:
            claims.append(its)
            reason = "" if its else "no_indicator"
        reasons.append(reason)
    raised = [
        (one.figure, its)
        for one, its, reason in zip(said, all_fits, reasons, strict=True)
        if its and reason in ("part_of_whole", "")
    ]
    candidates = {
        one.figure.start: tuple(fit.code for fit in its)
        for one, its in zip(said, claims, strict=True)
        if its
    }
    beside: set[int] = set()
    conflicts = settle(text, said, claims, reasons, beside)
    beside.update(parts_of_lists(text, said))
    beside.update(k for k, one in enumerate(said) if one.of)
    given = {fit.code for its in claims for fit in its}
    in_parts: dict[str, tuple[Figure, ...]] = {}
    for figure, its in raised:
        for fit in its:
            if fit.code not in given:
                in_parts[fit.code] = (*in_parts.get(fit.code, ()), figure)
    known = catalogue()
    decided = {
        one.figure.start: _decided(one, its, reason, known, beside=index in beside)
        for index, (one, its, reason) in enumerate(zip(said, claims, reasons, strict=True))
    }
    return Matching(
        figures=tuple([decided.get(f.start, f) if f.is_data else f for f in figures]),
        conflicts=conflicts,
        because={
            one.figure.start: tuple(dict.fromkeys(w for f in its for w in f.words))
            for one, its in zip(said, claims, strict=True)
            if its
        },
        in_parts=in_parts,
        candidates=candidates,
        earlier=_earlier(said, all_fits, claims, reasons, own_year),
        said=said,
    )


def match_text(text: str, year: int | None = None) -> Matching:
    """Every numeral of a text, each data figure with its statement and its indicators or the reason for none.

    ``year`` is the report's, else the one that its title gives.
    """
    return match_figures(text, find_figures(text), year)


def _at_others(said: Sequence[Said], index: int) -> bool:
    """Whether persons took part in what another body held (区司法局举办培训2期，我镇9人参加)."""
    phrase = said[index].phrases[0]
    return (
        index > 0
        and phrase.inherited
        and unit_group(said[index].figure.unit) == "person"
        and said[index - 1].statement.coverage == ELSEWHERE
        and said[index - 1].sentence == said[index].sentence
        and unit_group(said[index - 1].figure.unit) == "event"
    )


def _at_some(said: Sequence[Said], all_fits: Sequence[tuple[Fit, ...]], index: int) -> bool:
    """Whether persons were at events of one field only (消防宣传20场，居民2400人次参加)."""
    if not index or unit_group(said[index].figure.unit) != "person" or all_fits[index - 1]:
        return False
    event = said[index - 1]
    return (
        event.sentence == said[index].sentence
        and unit_group(event.figure.unit) == "event"
        and any(w.kind == "field" for w in event.phrases[0].words)
    )


def _in_remark(text: str, start: int) -> bool:
    """Whether a figure stands in a bracket behind another (核查流动人员2279人（新登记75人）)."""
    low = max(0, start - 40)
    opened = max(text.rfind("（", low, start), text.rfind("(", low, start))
    closed = max(text.rfind("）", low, start), text.rfind(")", low, start))
    return opened > closed


def _was_named(said: Sequence[Said], index: int) -> bool:
    """Whether a part has its noun from the figure it grew from (其中涉企检查由290次减至124次)."""
    one, last = said[index], said[index - 1]
    return (
        index > 0
        and one.sentence == last.sentence
        and last.statement.ref_period != one.statement.ref_period
        and _names_itself(last)
    )


def _names_itself(one: Said) -> bool:
    """Whether a part has a noun or a verb of its own (其中简易程序40起), not a number alone (其中40起)."""
    phrase = one.phrases[0]
    return (
        bool(phrase.acts)
        or (phrase.end > phrase.start and not phrase.inherited)
        or bool(phrase.strong)
    )


def _bar(one: Said, own_year: str) -> str:
    """The reason code that bars an indicator, or nothing."""
    its = one.statement
    if its.nature == TARGET:
        return "plan"
    if its.nature == CHANGE:
        return "change"
    if its.coverage == ELSEWHERE:
        return "other_office"
    if its.ref_period != own_year and one.part_by != "time":
        return "past_value"
    if its.coverage == PART or one.part_by == "time":
        return "part_of_whole"
    return ""


def _earlier(
    said: Sequence[Said],
    all_fits: Sequence[tuple[Fit, ...]],
    claims: Sequence[tuple[Fit, ...]],
    reasons: Sequence[str],
    own_year: str,
) -> dict[int, str]:
    """The indicator whose value of an earlier year each such figure states.

    One without a noun is of what is then counted (较2030年的142宗减少9宗，全年查处行政处罚案件133宗).
    """
    found: dict[int, str] = {}
    for index, (one, its) in enumerate(zip(said, all_fits, strict=True)):
        if reasons[index] != "past_value" or not _is_year_before(one, own_year):
            continue
        if not its and one.phrases[0].end == one.phrases[0].start:
            its = next(
                (
                    claims[k]
                    for k in range(index + 1, min(index + 4, len(said)))
                    if said[k].sentence == one.sentence
                    and claims[k]
                    and said[k].figure.unit == one.figure.unit
                ),
                (),
            )
        if len(its) == 1:
            found[one.figure.start] = its[0].code
    return found


def _is_year_before(one: Said, own_year: str) -> bool:
    """Whether a figure is of one whole year before the report's, not of several or of a part."""
    period = one.statement.ref_period
    return len(period) == len(own_year) and period.isdecimal() and period < own_year


def _decided(
    one: Said, its: Sequence[Fit], reason: str, known: Mapping[str, Indicator], *, beside: bool
) -> Figure:
    """The figure with its indicators and its statement.

    Its indicator decides the topic, and that a named part is a whole; one of several side by side
    (``beside``) is a part.
    """
    figure, stated = one.figure, one.statement
    topic, covered = stated.topic, stated.coverage
    if its:
        topic = known[its[0].code].topic
        covered = EACH if covered == EACH else WHOLE
    elif beside and covered == WHOLE:
        covered = PART
    return record.stated(
        figure,
        tuple([fit.code for fit in its]),
        None if its else reason or "no_indicator",
        (stated.counted, stated.act, topic, stated.ref_period, covered, stated.nature),
    )
