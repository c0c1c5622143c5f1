"""Engines that set figures of one sentence against each other, whatever they mean.

Belongs here: parts behind 其中, rates behind the counts they are of. Does not belong here: indicators
(``ratios``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shenwan_data.figures.figure import Figure
from shenwan_data.indicators.findings.facts import Facts, Interval, rounding
from shenwan_data.indicators.findings.hit import Engine, Hit, Parameters, rounded
from shenwan_data.indicators.findings.wording import figure_text, ratio_text
from shenwan_data.indicators.setting import FIGURE, Setting

_CLAUSE = re.compile(r"[，,；;。]")


def _part_in_sentence(facts: Facts, given: Parameters) -> Iterator[Hit]:
    """A part larger than the figure before 其中, in the clause that 其中 opens."""
    marks = re.compile("|".join(map(re.escape, given["words"])))
    around = facts.settings
    for index, setting in enumerate(around):
        if index == 0 or setting.words.role is not None:
            continue
        part = setting.figure
        start, _ = facts.structure.sentence_at(part.start)
        opened = list(marks.finditer(facts.report.text, start, part.start))
        if not opened or _CLAUSE.search(facts.report.text[opened[-1].end() : part.start]):
            continue
        before = index - 1
        while before > 0 and around[before].figure.end > opened[-1].start():
            before -= 1
        whole = around[before]
        in_sentence = start <= whole.figure.start and whole.figure.end <= opened[-1].start()
        if whole.words.role is not None or not in_sentence:
            continue
        if part.unit != whole.figure.unit or part.kind not in ("count", "money", "area"):
            continue
        if Interval.of(part).low <= Interval.of(whole.figure).high:
            continue
        yield Hit(
            figures=(part, whole.figure),
            indicators=_codes(part, whole.figure),
            reported=part.value,
            implied=whole.figure.value,
            unit=part.unit,
            words={"part": figure_text(part), "whole": figure_text(whole.figure)},
        )


def _rate_of_neighbours(facts: Facts, given: Parameters) -> Iterator[Hit]:
    """结案498宗, 结案率95.22%: the rate against the count of its name over a count before it."""
    stems = "|".join(map(re.escape, given["words"]))
    named = re.compile(rf"({stems})率[^，。；,;、]{{0,3}}{FIGURE}")
    around = facts.settings
    for index, setting in enumerate(around):
        rate = setting.figure
        match = named.search(setting.words.own)
        if rate.unit != "%" or setting.words.role is not None or match is None:
            continue
        earlier = [
            s
            for s in around[max(0, index - 6) : index]
            if s.words.role is None
            and s.figure.kind == "count"
            and facts.same_sentence(s.figure, rate)
        ]
        part = next((s for s in reversed(earlier) if _counts(s, match[1])), None)
        if part is None:
            continue
        wholes = [
            s.figure
            for s in earlier
            if s.figure.start < part.figure.start and s.figure.unit == part.figure.unit
        ]
        hit = _against_wholes(rate, part.figure, wholes, given["tolerance"])
        if hit is not None:
            yield hit


def _counts(setting: Setting, stem: str) -> bool:
    """Whether a figure counts what was done: 结案 stands in its own words, and no rate."""
    before = setting.words.own.partition(FIGURE)[0]
    return stem in before and f"{stem}率" not in before


def _against_wholes(
    rate: Figure, part: Figure, wholes: list[Figure], tolerance: float
) -> Hit | None:
    """A hit where no count before the part gives the rate; the nearest quotient is the implied one."""
    printed = Interval.of(rate).wider(max(rounding(rate), tolerance))
    quotients = [(Interval.of(part).over(Interval.of(whole)).times(100), whole) for whole in wholes]
    if not quotients or any(printed.meets(quotient) for quotient, _ in quotients):
        return None
    target = float(rate.value or 0)
    quotient, whole = min(quotients, key=lambda pair: abs(pair[0].low - target))
    return Hit(
        figures=(rate, part, whole),
        indicators=_codes(rate, part, whole),
        reported=rate.value,
        implied=rounded(quotient.low) if quotient.low == quotient.high else None,
        unit="%",
        words={
            "rate": figure_text(rate),
            "part": figure_text(part),
            "whole": figure_text(whole),
            "computed": ratio_text(quotient, "%"),
        },
    )


def _codes(*figures: Figure) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for figure in figures for code in figure.indicators))


ENGINES = {
    "part_in_sentence": Engine(_part_in_sentence, {"words": "words"}, frozenset({"part", "whole"})),
    "rate_of_neighbours": Engine(
        _rate_of_neighbours,
        {"words": "words", "tolerance": "number"},
        frozenset({"rate", "part", "whole", "computed"}),
    ),
}
