"""Checks for what a report says of the year before, against the values it is said of.

Belongs here: a change (同比增长23%, 是上年的3倍, 翻一番), the value it belongs to, and the value before it
(last year's report, or the same sentence: 由1526件降至874件).
Does not belong here: jumps that nobody claims, or an earlier year's value stated again (``years``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shenwan_data.errors import Text
from shenwan_data.findings.check import (
    CheckContext,
    CheckType,
    Interval,
    Parameters,
    Violation,
    is_mean,
    is_result,
    rounded,
    rounding,
)
from shenwan_data.findings.wording import change_text, figure_text, ratio_text, times_text
from shenwan_data.model import Figure


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words between a value and its change, compiled from a rule's parameters."""

    claim: re.Pattern[str]
    from_word: re.Pattern[str]
    to: re.Pattern[str]
    after_to: re.Pattern[str]
    fall: re.Pattern[str]
    doubled: re.Pattern[str]
    times: re.Pattern[str]


def _base(words: list[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


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
        doubled=re.compile(rf"[，,（(]?(?:{compared})翻了?"),
        times=re.compile(
            rf"[，,（(]?(?:约|近)?(?:是|为|达到?|相当于)(?:{_base(given['base'])})的(?:约|近)?"
        ),
    )


def _claimed_change(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """A claimed change that the two values do not give."""
    phrases = _phrases(given)
    data = context.data
    for index, change in enumerate(data[1:], start=1):
        now = data[index - 1]
        if change.value is None or not context.same_sentence(now, change):
            continue
        gap = context.between(now, change)
        before, code = _value_before(context, data, index - 1, gap, phrases)
        if before is None or before.unit != now.unit:
            continue
        start = _start_text(context, before, code)
        if phrases.doubled.fullmatch(gap) or phrases.times.fullmatch(gap):
            violation = _compare_multiple(now, before, change, given["tolerance"], code, start)
        else:
            sign = -1 if phrases.fall.search(gap) else 1
            violation = _compare(now, before, change, sign, given["tolerance"], code, start)
        if violation is not None:
            yield violation


def _value_before(
    context: CheckContext, data: Sequence[Figure], index: int, gap: str, phrases: Phrases
) -> tuple[Figure | None, str | None]:
    """The value a change starts from: in the words 由…至…, else the indicator's of last year."""
    now = data[index]
    if index and phrases.after_to.fullmatch(gap):
        start = data[index - 1]
        lead = context.report.text[max(0, start.start - 8) : start.start]
        linked = phrases.to.fullmatch(context.between(start, now))
        if linked and phrases.from_word.search(lead):
            return start, None
    if any(words.fullmatch(gap) for words in (phrases.claim, phrases.doubled, phrases.times)):
        for code in now.indicators:
            if code in context.year_before:
                return context.year_before[code], code
    return None, None


def _start_text(context: CheckContext, before: Figure, code: str | None) -> Text:
    """The value a change starts from; one of last year's report with that year: 2021年的52宗."""
    value = figure_text(before)
    year = context.previous_year
    return value if code is None else Text(f"{year}年的{value.zh}", f"{value.en} in {year}")


def _compare(
    now: Figure,
    before: Figure,
    change: Figure,
    sign: int,
    tolerance: float,
    code: str | None,
    start: Text,
) -> Violation | None:
    """A violation where the claimed change lies outside every change that the two values allow."""
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
    return Violation(
        figures=(change, now) if code else (change, now, before),
        indicators=(code,) if code else now.indicators,
        reported=rounded(sign * float(change.value)),
        implied=rounded(middle),
        unit=change.unit,
        words={
            "now": figure_text(now),
            "before": start,
            "claimed": change_text(sign * float(change.value), change.unit or ""),
            "computed": change_text(middle, change.unit or ""),
        },
    )


def _compare_multiple(
    now: Figure, before: Figure, change: Figure, tolerance: float, code: str | None, start: Text
) -> Violation | None:
    """A violation where the value is not as many times the one before as is claimed (3倍, 翻一番)."""
    last = Interval.of(before)
    if change.unit not in ("倍", "番") or last.low <= 0 or change.value is None:
        return None
    claimed = Interval.of(change)
    if change.unit == "番":
        claimed = Interval(2.0**claimed.low, 2.0**claimed.high)
    computed = Interval.of(now).over(last)
    # 2.8 and 3.4 times are both stated as 3倍; 2.18 times is not.
    margin = max(rounding(change) / 2, tolerance / 100)
    if claimed.wider(margin).meets(computed) or math.isinf(computed.high):
        return None
    middle = (computed.low + computed.high) / 2
    return Violation(
        figures=(change, now),
        indicators=(code,) if code else now.indicators,
        reported=rounded(claimed.low),
        implied=rounded(middle),
        unit="倍",
        words={
            "now": figure_text(now),
            "before": start,
            "claimed": times_text(claimed.low),
            "computed": times_text(middle),
        },
    )


_CLAUSE = re.compile(r"[，,；;。]")


def _part_in_sentence(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """A part larger than the figure before 其中, in the clause that 其中 opens."""
    marks = re.compile("|".join(map(re.escape, given["words"])))
    data = context.data
    for index, part in enumerate(data):
        if index == 0 or not is_result(part):
            continue
        start, _ = context.structure.sentence_at(part.start)
        opened = list(marks.finditer(context.report.text, start, part.start))
        if not opened or _CLAUSE.search(context.report.text[opened[-1].end() : part.start]):
            continue
        before = index - 1
        while before > 0 and data[before].end > opened[-1].start():
            before -= 1
        whole = data[before]
        in_sentence = start <= whole.start and whole.end <= opened[-1].start()
        if not is_result(whole) or whole.ref_period != part.ref_period or not in_sentence:
            continue
        if is_mean(whole):  # a mean has no parts
            continue
        if part.unit != whole.unit or part.kind not in ("count", "money", "area"):
            continue
        if Interval.of(part).low <= Interval.of(whole).high:
            continue
        yield Violation(
            figures=(part, whole),
            indicators=_codes(part, whole),
            reported=part.value,
            implied=whole.value,
            unit=part.unit,
            words={"part": figure_text(part), "whole": figure_text(whole)},
        )


def _rate_of_neighbours(context: CheckContext, given: Parameters) -> Iterator[Violation]:
    """结案498宗, 结案率95.22%: the rate against the count of its name over a count before it."""
    stems = "|".join(map(re.escape, given["words"]))
    named = re.compile(rf"({stems})率[^，。；,;、]{{0,3}}$")
    data = context.data
    for index, rate in enumerate(data):
        if rate.unit != "%" or not is_result(rate):
            continue
        match = named.search(context.words_before(rate))
        if match is None:
            continue
        earlier = [
            f
            for f in data[max(0, index - 6) : index]
            if is_result(f)
            and f.ref_period == rate.ref_period
            and f.kind == "count"
            and context.same_sentence(f, rate)
        ]
        part = next((f for f in reversed(earlier) if _counts(context, f, match[1])), None)
        if part is None:
            continue
        wholes = [f for f in earlier if f.start < part.start and f.unit == part.unit]
        violation = _against_wholes(rate, part, wholes, given["tolerance"])
        if violation is not None:
            yield violation


def _counts(context: CheckContext, figure: Figure, stem: str) -> bool:
    """Whether a figure counts what was done: 结案 is its act or stands before it, and no rate."""
    before = (figure.act or "") + context.words_before(figure)
    return stem in before and f"{stem}率" not in before


def _against_wholes(
    rate: Figure, part: Figure, wholes: list[Figure], tolerance: float
) -> Violation | None:
    """A violation where no count before the part gives the rate; the nearest quotient is the implied one."""
    printed = Interval.of(rate).wider(max(rounding(rate), tolerance))
    quotients = [(Interval.of(part).over(Interval.of(whole)).times(100), whole) for whole in wholes]
    if not quotients or any(printed.meets(quotient) for quotient, _ in quotients):
        return None
    target = float(rate.value or 0)
    quotient, whole = min(quotients, key=lambda pair: abs(pair[0].low - target))
    return Violation(
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


CHECK_TYPES = {
    "claimed_change": CheckType(
        _claimed_change,
        {
            "rise": "words",
            "fall": "words",
            "compared": "words",
            "base": "words",
            "fillers": "words",
            "tolerance": "number",
        },
        frozenset({"now", "before", "claimed", "computed"}),
    ),
    "part_in_sentence": CheckType(
        _part_in_sentence, {"words": "words"}, frozenset({"part", "whole"})
    ),
    "rate_of_neighbours": CheckType(
        _rate_of_neighbours,
        {"words": "words", "tolerance": "number"},
        frozenset({"rate", "part", "whole", "computed"}),
    ),
}
