"""What each data figure of a text states.

Belongs here: the record, and the order in which its columns are read. Does not belong here: the rules of
a column (a module each), or which indicator a statement is (``shenwan_data.indicators``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from shenwan_data.model import Figure, Statement
from shenwan_data.report.structure import Structure, structure
from shenwan_data.report.title import find_title, stated_years
from shenwan_data.statements import coverage, nature, topic
from shenwan_data.statements.carried import is_bare, phrase
from shenwan_data.statements.frame import Frame, Sentence, sentences
from shenwan_data.statements.lexicon import Token, lexicon
from shenwan_data.statements.period import Mark, in_order, latest_year, marks_of, period_of
from shenwan_data.statements.phrase import Phrase, topic_phrase, unit_group

LEVEL, CHANGE, TARGET = "level", "change", "target"
WHOLE, PART, EACH, ELSEWHERE = "whole", "part", "each", "elsewhere"
_TOWN = re.compile(r"[镇乡]|街道|街办|苏木|园区|农场")
_WIDER = re.compile(r"[县区市州旗]")
_PREVIOUS = 80
_TITLE_WITHIN = 3000
# What is done to some of the things just counted: 行政复议4件，维持3件; 清理文件，废止8件.
_SHARES = frozenset(("keep", "adopt", "abolish", "revise"))
_AREAS = frozenset(("area", "amount"))
_LAW = frozenset(("law", "law_study", "rule_of_law"))
_ADMINISTERED = frozenset(("under", "have"))


class Words:
    """The concepts around a figure, worked out when they are asked for.

    ``clause`` those of its clause, ``beside`` with the clause before, ``around`` those of its sentence
    up to the end of its clause, ``then`` those behind it.
    """

    __slots__ = ("_closed", "_index", "_kept", "_more", "_sentence", "_text")

    def __init__(
        self, sentence: Sentence, index: int, closed: int, text: str, more: frozenset[str]
    ) -> None:
        self._sentence, self._index, self._closed = sentence, index, closed
        self._text, self._more = text, more
        self._kept: dict[str, frozenset[str]] = {}

    @property
    def clause(self) -> frozenset[str]:
        return self._of("clause", self._sentence.frames[self._index].clause)

    @property
    def beside(self) -> frozenset[str]:
        start = self._sentence.frames[self._index].clause
        return self._of("beside", _two_clauses(self._text, self._sentence.start, start))

    @property
    def around(self) -> frozenset[str]:
        return self._of("around", self._sentence.start) | self._more

    @property
    def then(self) -> frozenset[str]:
        return _then(self._sentence, self._index)

    def _of(self, name: str, start: int) -> frozenset[str]:
        if name not in self._kept:
            self._kept[name] = _concepts(self._sentence, start, self._closed)
        return self._kept[name]


@dataclass(frozen=True, slots=True)
class Said:
    """A statement with what an indicator is recognised by.

    ``phrases`` are its noun phrases (several where one share stands for several names), ``own`` the
    domains of its nouns, ``near`` those of the nouns before it in its sentence, ``above`` those of the
    sentence before and of the headings; the nearest first. ``words`` are the concepts around it. ``total`` is how surely its words
    name a whole (2, 1, 0). ``part_by`` says what makes it a part: mark (其中), time, occasion, some.
    """

    figure: Figure
    statement: Statement
    phrases: tuple[Phrase, ...]
    own: tuple[str, ...]
    near: tuple[str, ...]
    above: tuple[str, ...]
    words: Words
    total: int = 0
    second: bool = False
    part_by: str = ""
    sentence: tuple[int, int] = (0, 0)
    own_year: str = ""
    beside_head: tuple[str, ...] = ()


def state(
    text: str, figures: Sequence[Figure], year: int | None = None, divided: Structure | None = None
) -> tuple[Said, ...]:
    """The statement of every data figure, in text order.

    ``year`` is the report's, else the one its title gives; without any, periods are relative to the
    year 0 of nobody: ``ref_period`` is then empty where the text names none.
    """
    divided = divided or structure(text)
    known = year or next(iter(stated_years(text)), None) or latest_year(text)
    reader = _Reader(text, figures, divided, known, _is_town(text))
    return tuple(
        said for sentence in sentences(text, figures, divided) for said in reader.read(sentence)
    )


def _is_town(text: str) -> bool:
    title = find_title(text[:_TITLE_WITHIN]) or ""
    return bool(_TOWN.search(title)) or not _WIDER.search(title)


@dataclass
class _Reader:
    """Reads sentence by sentence; remembers the sentence before and the words of the headings."""

    text: str
    figures: Sequence[Figure]
    divided: Structure
    year: int | None
    town: bool
    last: list[tuple[Phrase, Figure]] = field(default_factory=list)
    last_end: int = 0
    planned_until: int = 0
    plan_words: tuple[int, tuple[int, ...]] = (-1, ())
    last_domains: tuple[str, ...] = ()
    last_concepts: frozenset[str] = frozenset()
    plans: dict[tuple[str, ...], bool] = field(default_factory=dict)
    headings: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    def read(self, sentence: Sentence) -> list[Said]:
        """The statements of one sentence."""
        text = self.text
        year = self.year or 0
        marks = marks_of(text, sentence.start, sentence.end, year)
        section = self.divided.section_at(sentence.frames[0].figure.start)
        outer = section[0] if section else ""
        if section not in self.plans:
            self.plans[section] = any(nature.is_plan_heading(t, self.year) for t in section[:2])
        planned = self.plans[section]
        if nature.opens_plans(text[sentence.start : sentence.start + 40]):
            line = text.find("\n", sentence.start)
            self.planned_until = line if line >= 0 else len(text)
        planned = planned or sentence.start < self.planned_until
        carries = self._carries(sentence)
        phrases = [p for p, _ in self.last] if carries else []
        units = [f.unit for _, f in self.last] if carries else []
        kept = len(phrases)
        changes = False
        said: list[Said] = []
        opened = _opening_fields(sentence, text)
        over: tuple[str, ...] | None = None
        for index, frame in enumerate(sentence.frames):
            figure = frame.figure
            closed = _clause_end(text, figure.end, sentence.end)
            own = phrase(text, frame, phrases, units, self._topic(sentence, index))
            if opened:
                own = replace(own, strong=own.strong | opened, mods=own.mods | opened)
            several = tuple(phrase(text, _with(frame, names), [], []) for names in frame.names)
            changes = nature.is_change(text, figure, frame.clause, frame.segment, changes)
            begins = (
                own.start
                if own.end and not own.inherited and own.start < figure.start
                else figure.start
            )
            near = topic.near_domains(sentence.items, begins)
            if carries and len(near) < 2:
                near = tuple(dict.fromkeys((*near, *self.last_domains)))
            above: tuple[str, ...] = ()
            if not near:  # what stands farther off speaks only where nothing nearer does
                over = above = self._above(sentence, section) if over is None else over
            its, part_by = self._statement(
                frame, sentence, own, marks, planned, outer, changes, index, near, above
            )
            said.append(
                Said(
                    figure=figure,
                    statement=its,
                    phrases=several or (own,),
                    own=topic.noun_domains(own),
                    near=near,
                    above=above,
                    words=Words(
                        sentence,
                        index,
                        closed,
                        text,
                        self.last_concepts if carries else frozenset(),
                    ),
                    total=_total(text, frame),
                    second=_is_second(frame, own, units),
                    part_by=part_by,
                    sentence=(sentence.start, sentence.end),
                    own_year=str(self.year or 0),
                    beside_head=topic.modifier_domains(own),
                )
            )
            phrases.append(own)
            units.append(figure.unit)
        self.last = list(zip(phrases[kept:], [f.figure for f in sentence.frames], strict=True))
        self.last_end = sentence.end
        self.last_domains = topic.near_domains(sentence.items, sentence.end)
        self.last_concepts = frozenset(i.concept for i in sentence.items if i.concept)
        return said

    def _plans_of(self, sentence: Sentence) -> tuple[int, ...]:
        if self.plan_words[0] != sentence.start:
            self.plan_words = (
                sentence.start,
                nature.plan_words(self.text, sentence.start, sentence.end),
            )
        return self.plan_words[1]

    def _topic(self, sentence: Sentence, index: int) -> Phrase | None:
        """The noun phrase of the clause just before a figure's, if it is a topic and no figure's."""
        text, frame = self.text, sentence.frames[index]
        if frame.clause <= sentence.start or text[frame.clause - 1] not in "，,：:":
            return None
        floor = sentence.frames[index - 1].figure.end if index else sentence.start
        if floor >= frame.clause:
            return None
        start = max(text.rfind(mark, floor, frame.clause - 1) + 1 for mark in "，,；;：:。")
        items = [i for i in sentence.items if max(start, floor) <= i.start < frame.clause]
        if not items:
            return None
        shares = not index and any(i.concept in _SHARES for i in frame.before)
        return topic_phrase(text, items, sums_up=shares or (is_bare(frame) and bool(frame.before)))

    def _statement(
        self,
        frame: Frame,
        sentence: Sentence,
        own: Phrase,
        marks: Sequence[Mark],
        planned: bool,
        outer: str,
        changed: bool,
        index: int,
        near: tuple[str, ...],
        above: tuple[str, ...],
    ) -> tuple[Statement, str]:
        text, figure = self.text, frame.figure
        each = coverage.is_each(text, figure, frame.clause, frame.before)
        target = planned or nature.is_target(
            text, figure, frame.clause, self._plans_of(sentence), each=each
        )
        its_nature = TARGET if target else CHANGE if changed else LEVEL
        default = str(self.year or 0)
        if (planned and self.year) or (target and self.year and nature.mixed_heading(outer)):
            default = str(self.year + 1)
        others = [f.figure for f in sentence.frames[:index]]
        if default != str(
            self.year or 0
        ):  # 年内 and 全年 in a plan are those of the year planned for
            marks = [m for m in marks if m.kind != "this"]
        period, part_of_year = period_of(
            text, figure.start, figure.end, marks, [(f.start, f.end) for f in others], default
        )
        listed = self._year_in_order(frame, sentence, marks, index)
        if listed:
            period, part_of_year = listed, False
        if (
            part_of_year
            and its_nature == LEVEL
            and "law_exam" in _concepts(sentence, sentence.start, figure.end + 20)
        ):
            # The year's examination has a month (十一月份组织学法考试一次), it is not one of many.
            period, part_of_year = default, False
        if its_nature == CHANGE and self.year and period == str(self.year - 1):
            period = str(self.year)
        covered, part_by = WHOLE, ""
        if each:
            covered = EACH
        elif figure.kind != "rank" and coverage.is_elsewhere(
            text, figure, sentence.start, sentence.items, town=self.town
        ):
            covered = ELSEWHERE
        elif its_nature != TARGET:
            if part_of_year:
                part_by = "time"
            elif coverage.is_part_said(text, figure, sentence.start, sentence.items, others):
                part_by = "mark"
            elif coverage.at_occasion(text, figure, sentence.start, others):
                part_by = "occasion"
            elif (
                own.actor == "studio"
                or (own.inherited and own.acts and own.acts[0] in _SHARES)
                or coverage.is_some(text, figure, frame.clause)
            ):
                part_by = "some"
            covered = PART if part_by else WHOLE
        its = Statement(
            counted=text[own.start : own.end].strip("、，, 的"),
            act=text[own.act[0] : own.act[1]],
            topic=self._topic_of(own, frame, sentence, near, above),
            ref_period=period,
            coverage=covered,
            nature=its_nature,
        )
        return its, part_by

    def _topic_of(
        self,
        own: Phrase,
        frame: Frame,
        sentence: Sentence,
        near: tuple[str, ...],
        above: tuple[str, ...],
    ) -> str:
        domains = topic.own_domains(own)
        head = own.head.concept if own.head else ""
        if head == "village" and near and own.acts and own.acts[0] not in _ADMINISTERED:
            domains = tuple(d for d in domains if d != topic.OTHER)
        if head == "study_session":
            start = _two_clauses(self.text, sentence.start, frame.clause)
            if _LAW & _concepts(sentence, start, frame.figure.end):
                return "governance"
        return topic.topic_of(domains + near + above) or topic.OTHER

    def _year_in_order(
        self, frame: Frame, sentence: Sentence, marks: Sequence[Mark], index: int
    ) -> str | None:
        frames = sentence.frames
        first = index
        while first and self._joined(frames[first - 1], frames[first]):
            first -= 1
        last = index
        while last + 1 < len(frames) and self._joined(frames[last], frames[last + 1]):
            last += 1
        count = last - first + 1
        if count < 2:
            return None
        years = in_order(self.text, marks, frames[first].figure.start, count)
        return years[index - first] if years else None

    def _joined(self, one: Frame, other: Frame) -> bool:
        gap = self.text[one.figure.end : other.figure.start]
        return not gap.strip("、，,和与及 ")

    def _carries(self, sentence: Sentence) -> bool:
        """Whether a sentence goes on with the nouns of the one before it (其中简易程序47起)."""
        if not self.last or self.text.find("\n", self.last_end, sentence.start) >= 0:
            return False
        if sentence.start - self.last_end > _PREVIOUS:
            return False
        first = self.text[sentence.start : sentence.start + 4].lstrip()
        return first.startswith(("其中", "从", "(其中", "较", "同比", "比", "包括"))

    def _above(self, sentence: Sentence, section: tuple[str, ...]) -> tuple[str, ...]:
        found = self._previous(sentence)
        if section not in self.headings:
            domains: list[str] = []
            for title in reversed(section):
                words = lexicon().tokens(title, 0, len(title))
                domains += topic.near_domains(words, len(title))
            self.headings[section] = tuple(dict.fromkeys(domains))
        return tuple(dict.fromkeys((*found, *self.headings[section])))

    def _previous(self, sentence: Sentence) -> tuple[str, ...]:
        """The domains of the sentence before, in the same line."""
        start = sentence.start
        low = max(0, start - _PREVIOUS)
        low = max(low, self.text.rfind("\n", low, start) + 1)
        if low >= start:
            return ()
        if low < self.last_end <= start and start - self.last_end <= 2:
            return self.last_domains[:2]
        return topic.near_domains(lexicon().tokens(self.text, low, start), start, 2)


def _with(frame: Frame, names: tuple[Token, ...]) -> Frame:
    return Frame(frame.figure, names, (), frame.sentence, frame.clause, frame.segment, False, (), 0)


def _is_second(frame: Frame, own: Phrase, units: Sequence[str | None]) -> bool:
    """Whether a bare number counts what the one before it did in another unit (出租屋787栋、2030套)."""
    if not (own.inherited and frame.listed and is_bare(frame) and units):
        return False
    groups = {unit_group(frame.figure.unit), unit_group(units[-1])}
    return frame.figure.kind == "count" and len(groups) == 2 and not groups & {"person", "event"}


def _concepts(sentence: Sentence, start: int, end: int) -> frozenset[str]:
    return frozenset(i.concept for i in sentence.items if i.concept and start <= i.start < end)


def _two_clauses(text: str, start: int, clause: int) -> int:
    """Where the clause before a clause begins, or the clause itself behind a stronger mark."""
    if clause <= start or text[clause - 1] not in "，,：:（(":
        return clause
    at = clause - 1
    while at > start:
        at -= 1
        if text[at] in "，,；;：:" and not (text[at - 1].isdigit() and text[at + 1].isdigit()):
            return at + 1
    return start


def _clause_end(text: str, start: int, stop: int) -> int:
    match = re.compile(r"[，,；;。！？\n（(]").search(text, start, stop)
    return match.start() if match else stop


_ASPECT = re.compile(r"[^，,。；;：:]{2,22}?(?:方面|领域|工作中)[，,：:]")


def _opening_fields(sentence: Sentence, text: str) -> frozenset[str]:
    """The field that a sentence opens with (垃圾分类方面，检查…): what it tells is of that field."""
    match = _ASPECT.match(text, sentence.start, sentence.end)
    if match is None or sentence.frames[0].figure.start < match.end():
        return frozenset()
    return frozenset(
        i.concept for i in sentence.items if i.kind == "field" and i.start < match.end()
    )


def _then(sentence: Sentence, index: int) -> frozenset[str]:
    """The concepts behind a figure in its sentence; a success rate of 100 % is none that fell short."""
    frames = sentence.frames
    figure = frames[index].figure
    found = _concepts(sentence, figure.end, sentence.end)
    if "success_rate" in found:
        short = any(
            f.figure.unit == "%" and f.figure.value is not None and f.figure.value < 100
            for f in frames[index + 1 : index + 4]
        )
        found = found if short else found - {"success_rate"}
    return found


_SUM = re.compile(r"累计|总计|合计|共计|总共|总[额数量]")
_ALL = re.compile(r"共|总|全年|全[镇街乡县区]|一年来")


def _total(text: str, frame: Frame) -> int:
    words = text[frame.segment : frame.figure.start]
    return 2 if _SUM.search(words) else 1 if _ALL.search(words) else 0


def by_start(said: Sequence[Said]) -> Mapping[int, Said]:
    """The statements by where their figure starts."""
    return {one.figure.start: one for one in said}
