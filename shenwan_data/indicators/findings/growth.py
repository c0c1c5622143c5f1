"""The engine for growth that a report claims (同比增长23%), against the values it is claimed of.

Belongs here: a change, the value it belongs to, and the value before it (last year's report, or the
same sentence: 由1526件降至874件). Does not belong here: jumps that nobody claims (``years``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from shenwan_data.figures.figure import Figure
from shenwan_data.indicators.findings.facts import Facts, Interval, rounding
from shenwan_data.indicators.findings.hit import Engine, Hit, Parameters, rounded
from shenwan_data.indicators.findings.wording import change_text, figure_text


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words between a value and its change, compiled from a rule's parameters."""

    claim: re.Pattern[str]
    from_word: re.Pattern[str]
    to: re.Pattern[str]
    after_to: re.Pattern[str]
    fall: re.Pattern[str]


def _phrases(given: Parameters) -> Phrases:
    rise, fall, compared, fillers = (
        "|".join(sorted(map(re.escape, given[name]), key=lambda w: (-len(w), w)))
        for name in ("rise", "fall", "compared", "fillers")
    )
    verb = rf"(?:{rise}|{fall})"
    return Phrases(
        claim=re.compile(
            rf"[，,（(]?(?:{fillers})?(?:{compared})(?:{fillers}|[，,])?{verb}(?:{fillers})?"
        ),
        from_word=re.compile(r"[由从](?:(?:上年|去年|上一年)(?:同期)?的?)?$"),
        to=re.compile(rf"{verb}?(?:至|到|为)(?:今年|本年度?)?的?"),
        after_to=re.compile(
            rf"[，,（(](?:{compared})?(?:[升降增]幅达?到?为?|{verb}率?(?:{fillers})?)"
        ),
        fall=re.compile(rf"(?:{fall}|降幅)"),
    )


def _claimed_change(facts: Facts, given: Parameters) -> Iterator[Hit]:
    """A claimed change that the two values do not give."""
    phrases = _phrases(given)
    data = [setting.figure for setting in facts.settings]
    for index, change in enumerate(data[1:], start=1):
        now = data[index - 1]
        if change.value is None or not facts.same_sentence(now, change):
            continue
        gap = facts.between(now, change)
        before, code = _value_before(facts, data, index - 1, gap, phrases)
        if before is None or before.unit != now.unit:
            continue
        sign = -1 if phrases.fall.search(gap) else 1
        hit = _compare(now, before, change, sign, given["tolerance"], code)
        if hit is not None:
            yield hit


def _value_before(
    facts: Facts, data: list[Figure], index: int, gap: str, phrases: Phrases
) -> tuple[Figure | None, str | None]:
    """The value a change starts from: in the words 由…至…, else the indicator's of last year."""
    now = data[index]
    if index and phrases.after_to.fullmatch(gap):
        start = data[index - 1]
        lead = facts.report.text[max(0, start.start - 8) : start.start]
        linked = phrases.to.fullmatch(facts.between(start, now))
        if linked and phrases.from_word.search(lead):
            return start, None
    if phrases.claim.fullmatch(gap):
        for code in now.indicators:
            if code in facts.before:
                return facts.before[code], code
    return None, None


def _compare(
    now: Figure, before: Figure, change: Figure, sign: int, tolerance: float, code: str | None
) -> Hit | None:
    """A hit where the claimed change lies outside every change that the two values allow."""
    this, last = Interval.of(now), Interval.of(before)
    difference = this.minus(last)
    if change.unit in (now.unit, "百分点"):
        if change.unit == "百分点" and now.unit != "%":
            return None
        computed, margin = [difference], rounding(change)
    elif change.unit in ("%", "倍"):
        if last.low <= 0 or math.isinf(this.high) or math.isinf(last.high):
            return None
        scale = 100.0 if change.unit == "%" else 1.0
        relative = this.over(last)
        computed = [Interval((relative.low - 1) * scale, (relative.high - 1) * scale)]
        margin = max(rounding(change), tolerance * scale / 100)
        if now.unit == "%":  # 提高2% of a rate is often meant in points
            computed.append(difference)
    else:
        return None
    claimed = Interval.of(change)
    if sign < 0:
        claimed = Interval(-claimed.high, -claimed.low)
    if any(claimed.wider(margin).meets(one) for one in computed):
        return None
    middle = (computed[0].low + computed[0].high) / 2
    if math.isinf(middle) or change.value is None:
        return None
    return Hit(
        figures=(change, now) if code else (change, now, before),
        indicators=(code,) if code else now.indicators,
        reported=rounded(sign * float(change.value)),
        implied=rounded(middle),
        unit=change.unit,
        words={
            "now": figure_text(now),
            "before": figure_text(before),
            "claimed": change_text(sign * float(change.value), change.unit or ""),
            "computed": change_text(middle, change.unit or ""),
        },
    )


ENGINES = {
    "claimed_change": Engine(
        _claimed_change,
        {
            "rise": "words", "fall": "words", "compared": "words", "fillers": "words",
            "tolerance": "number",
        },
        frozenset({"now", "before", "claimed", "computed"}),
    ),
}  # fmt: skip
