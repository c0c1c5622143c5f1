"""A new wording: that some words mean an indicator, and what this would change before it is kept.

Belongs here: finding the concept that makes the words mean the indicator, what every archived report
would then say, and writing the town's own lexicon. Does not belong here: applying it
(``statements.lexicon``), decisions about one figure (``decisions``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from shenwan_data.cli.inspection import reading_under
from shenwan_data.config.forms import validated
from shenwan_data.config.records import WORDS_FILE, WordEntry
from shenwan_data.config.textfile import Document
from shenwan_data.errors import Text, UsageError
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.model import Figure, Reading, figure_id
from shenwan_data.report.structure import structure
from shenwan_data.review.case import Case
from shenwan_data.review.decisions import Undo
from shenwan_data.review.entries import add_entries, content_hash, writing
from shenwan_data.statements.lexicon import NOUNS, lexicon, spoken

_HEADING = (
    "本镇报告自己的说法：每条写明词语、意思（词表中的概念）和例句。\n"
    "Words of this town's own reports, each with the concept of the lexicon that it says."
)


@dataclass(frozen=True, slots=True)
class Effect:
    """A figure of an archived report that would be read otherwise: its indicators before and after."""

    report: str
    figure: Figure
    sentence: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    in_conflict: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """That ``word`` says ``means``, a concept of the lexicon, and all that this would change.

    ``fits`` is what becomes of the figure it was proposed for: the indicator's value, or one of
    several figures that speak of it.
    """

    word: str
    means: str
    indicator: str
    is_value: bool
    effects: tuple[Effect, ...]


def propose(case: Case, start: int, word: str, code: str, others: Iterable[Case]) -> Wording:
    """What would change if some words of the sentence of a figure meant an indicator.

    ``others`` are all archived reports. Raises UsageError where the words are not in the sentence,
    are known already with another meaning, or do not make the figure one of the indicator.
    """
    word = word.strip()
    figure = case.figure(start)
    if code not in catalogue():
        raise _unfit(word, Text("未选指标", "no indicator is chosen"))
    if not word or word not in _sentence(case.reading, figure):
        raise _unfit(
            word, Text("这些字不在该数字的句子里", "these words are not in the figure's sentence")
        )
    with spoken(case.report.words):
        known = lexicon().words.get(word)
    if known is not None:
        raise _unfit(
            word,
            Text(f"词表中已有“{word}”（{known.concept}）", f"{word!r} is known as {known.concept}"),
        )
    for means in _concepts(code):
        after = _with(case, word, means)
        if code in _spoken_of(after, start):
            now = next(one for one in after.figures if one.start == start)
            effects = (one for other in others for one in _effects(other, word, means))
            return Wording(word, means, code, code in now.indicators, tuple(effects))
    raise _unfit(
        word,
        Text(
            "只凭这些字，该数字还不能归入这个指标（计量单位或上下文不符）",
            "with these words alone the figure is not one of this indicator: its unit or context differ",
        ),
    )


def keep(case: Case, start: int, wording: Wording, who: str, when: date) -> Undo:
    """Write a wording to the town's own lexicon, with the sentence of the figure as its example."""
    path = case.data_dir / WORDS_FILE
    entry = {
        "word": wording.word, "means": wording.means,
        "example": _sentence(case.reading, case.figure(start)), "report": case.report.id,
        "who": who.strip(), "when": when,
    }  # fmt: skip
    remedy = Text("请补上后再提交", "add it and submit again")
    validated(WordEntry, Document(path, entry), remedy=remedy, failure=UsageError)
    with writing(case.data_dir):
        before = path.read_bytes() if path.is_file() else None
        add_entries(path, [entry], _HEADING)
        return Undo(((path, before, content_hash(path)),), wording.word)


def _unfit(word: str, problem: Text) -> UsageError:
    return UsageError(
        problem,
        place=word or None,
        remedy=Text(
            "请改写这些字，或只对这一处用“改指标”",
            "give other words, or assign the indicator to this figure alone",
        ),
    )


def _concepts(code: str) -> Iterator[str]:
    """The concepts whose words say an indicator, what is counted first, then what is done."""
    known = {word.concept: word.kind for word in lexicon().words.values()}
    says = catalogue()[code].says
    things = (thing for way in says for thing in way.things)
    acts = (act for way in says for act in way.acts)
    for concept in dict.fromkeys((*things, *acts)):
        if known.get(concept) in (*NOUNS, "act"):
            yield concept


def _with(case: Case, word: str, means: str) -> Reading:
    report = replace(case.report, words=(*case.report.words, (word, means)))
    return reading_under(report, case.corrections)


def _spoken_of(reading: Reading, start: int) -> frozenset[str]:
    """The indicators that a figure gives, could give, or gives a part of."""
    found = {*reading.candidates.get(start, ())}
    for figure in reading.figures:
        if figure.start == start:
            found |= {*figure.indicators}
    found |= {code for code, part in reading.in_parts.items() if part.start == start}
    return frozenset(found)


def _effects(case: Case, word: str, means: str) -> Iterator[Effect]:
    if word not in case.report.text:
        return
    after = _with(case, word, means)
    before = {figure.start: figure for figure in case.reading.figures}
    was, now = _disputed(case.reading), _disputed(after)
    for figure in after.figures:
        old, start = before[figure.start], figure.start
        changed = old.indicators != figure.indicators or old.reason != figure.reason
        if changed or (start in now) != (start in was):
            yield Effect(
                figure_id(case.report.id, figure), figure, _sentence(after, figure),
                old.indicators, figure.indicators, start in now,
            )  # fmt: skip


def _disputed(reading: Reading) -> frozenset[int]:
    return frozenset(figure.start for one in reading.conflicts for figure in one.figures)


def _sentence(reading: Reading, figure: Figure) -> str:
    text = reading.report.text
    start, end = structure(text).sentence_at(figure.start)
    return text[start:end].strip()
