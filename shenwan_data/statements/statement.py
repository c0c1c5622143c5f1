"""What each data figure of a text states.

Belongs here: the record, and the order in which its columns are read. Does not belong here: the rules of
a column (a module each), or which indicator a statement is (``shenwan_data.indicators``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shenwan_data.model import Figure, Statement
from shenwan_data.report.structure import Structure, structure
from shenwan_data.report.title import is_town, stated_years
from shenwan_data.statements import coverage, nature, topic
from shenwan_data.statements.carried import is_bare, phrase
from shenwan_data.statements.counted import own_phrase
from shenwan_data.statements.frame import Frame, Sentence, renamed, sentences
from shenwan_data.statements.lexicon import lexicon
from shenwan_data.statements.period import (
    Mark,
    latest_year,
    listed_year,
    marks_of,
    nearly_all,
    period_of,
)
from shenwan_data.statements.phrase import Phrase, topic_phrase, unit_group
from shenwan_data.statements.said import (
    CHANGE,
    EACH,
    ELSEWHERE,
    LEVEL,
    PART,
    TARGET,
    WHOLE,
    Said,
    Words,
    clause_end,
    colon_topic,
    concepts_in,
    is_second,
    opening_fields,
    relative_to,
    total_said,
)

_PREVIOUS = 80


def state(
    text: str, figures: Sequence[Figure], year: int | None = None, divided: Structure | None = None
) -> tuple[Said, ...]:
    """The statement of every data figure, in text order.

    ``year`` is the report's, else the one its title gives; without any, periods are relative to the
    year 0 of nobody: ``ref_period`` is then empty where the text names none.
    """
    divided = divided or structure(text)
    known = year or next(iter(stated_years(text)), None) or latest_year(text)
    reader = _Reader(text, figures, divided, known, is_town(text))
    return tuple(
        said for sentence in sentences(text, figures, divided) for said in reader.read(sentence)
    )


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
    last_sentence: Sentence | None = None
    plans: dict[tuple[str, ...], bool] = field(default_factory=dict)
    headings: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    def read(self, sentence: Sentence) -> list[Said]:
        """The statements of one sentence."""
        text = self.text
        year = self.year or 0
        marks = marks_of(text, sentence.start, sentence.end, year)
        section = self.divided.section_at(sentence.frames[0].figure.start)
        outer = section[0] if section else ""
        planned = self._planned(sentence, section)
        carries = self._carries(sentence)
        phrases = [p for p, _ in self.last] if carries else []
        units = [f.unit for _, f in self.last] if carries else []
        last = self.last_sentence if carries else None
        carried = concepts_in(last, last.start, last.end) if last else frozenset()
        read: list[tuple[Phrase, Figure]] = []
        parts: list[int] = []
        changes = False
        said: list[Said] = []
        opened = opening_fields(sentence, text)
        domains = topic.domains_in_order(sentence.items)
        scopes = coverage.scopes_of(text, sentence.start, sentence.end, sentence.items)
        over: tuple[str, ...] | None = None
        for index, frame in enumerate(sentence.frames):
            figure = frame.figure
            ended = parts and not frame.follows and _closed(text, sentence, frame)
            if ended and not _of_part(frame, phrases, parts[0]):
                del phrases[parts[0] :], units[parts[0] :]
                parts.clear()  # ；调处成功104起 goes on with the whole, not with its last part
            own = phrase(text, frame, phrases, units, self._topic(sentence, index))
            if "：" in text[sentence.start : frame.clause] and not own.inherited:
                own = own._replace(mods=own.mods | colon_topic(sentence, text, frame.clause))
            if opened:
                own = own._replace(strong=own.strong | opened, mods=own.mods | opened)
            several = tuple(phrase(text, renamed(frame, names), [], []) for names in frame.names)
            changes = nature.is_change(text, figure, frame.clause, frame.segment, changes)
            before = own.end and not own.inherited and own.start < figure.start
            near = topic.nearest(domains, own.start if before else figure.start)
            if carries and len(near) < 2:
                near = tuple(dict.fromkeys((*near, *self.last_domains)))
            above: tuple[str, ...] = ()
            if not near:  # what stands farther off speaks only where nothing nearer does
                over = above = self._above(sentence, section) if over is None else over
            its, part_by = self._statement(
                frame, sentence, own, marks, planned, outer, changes, index, near, above, scopes
            )
            back = relative_to(frame, text, own, [f.figure for f in sentence.frames[:index]])
            its = _with_noun_of(its, said[-back].statement if back else its)
            said.append(
                Said(
                    figure=figure,
                    statement=its,
                    phrases=several or (own,),
                    near=near,
                    above=above,
                    words=Words(
                        sentence, index, clause_end(text, figure.end, sentence.end), text, carried
                    ),
                    total=total_said(text, frame),
                    second=is_second(frame, own, units),
                    part_by=part_by,
                    of=back,
                    sentence=(sentence.start, sentence.end),
                    own_year=str(self.year or 0),
                )
            )
            parts += [len(phrases)] if part_by == "mark" and index and own.end > own.start else []
            phrases.append(own)
            units.append(figure.unit)
            read.append((own, figure))
        self.last, self.last_end = read, sentence.end
        self.last_domains = topic.nearest(domains, sentence.end)
        self.last_sentence = sentence
        return said

    def _planned(self, sentence: Sentence, section: tuple[str, ...]) -> bool:
        """Whether a sentence stands under a heading, or in a line, of what is still to come."""
        if section not in self.plans:
            self.plans[section] = any(nature.is_plan_heading(t, self.year) for t in section[:2])
        if nature.opens_plans(self.text[sentence.start : sentence.start + 40]):
            line = self.text.find("\n", sentence.start)
            self.planned_until = line if line >= 0 else len(self.text)
        return self.plans[section] or sentence.start < self.planned_until

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
        starts = sentence.starts
        low = bisect_left(starts, max(start, floor))
        items = sentence.items[low : bisect_left(starts, frame.clause)]
        if not items:
            return None
        shares = not index and any(i.concept in coverage.SHARES for i in frame.before)
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
        scopes: coverage.Scopes,
    ) -> tuple[Statement, str]:
        text, figure = self.text, frame.figure
        each = coverage.is_each(text, figure, frame.clause, frame.before)
        target = planned or nature.is_target(
            text, figure, frame.clause, self._plans_of(sentence), each=each
        )
        its_nature = TARGET if target else CHANGE if changed else LEVEL
        default = str(self.year or 0)
        if self.year and (planned or (target and nature.mixed_heading(outer))):
            default = str(self.year + 1)
        period, part_of_year = self._period(sentence, index, marks, default, its_nature)
        others = [f.figure for f in sentence.frames[:index]]
        covered, part_by = WHOLE, ""
        if each:
            covered = EACH
        elif figure.kind != "rank" and coverage.is_elsewhere(
            text, figure, sentence.start, scopes, town=self.town
        ):
            covered = ELSEWHERE
        elif its_nature != TARGET:
            part_by = (
                "time"
                if part_of_year
                else coverage.part_by(text, sentence, frame, own, others, scopes)
            )
            covered = PART if part_by and not nearly_all(period) else WHOLE
        counted = text[own.start : own.end].strip("、，, 的")
        cases = own.acts[:1] in (("file",), ("close",))
        other = own.inherited and not own.alike and own.end <= frame.clause
        other = other and figure.kind == "count"
        if cases and (not counted or other):
            counted = "案" if "案" in text[own.act[0] : own.act[1]] else counted  # 立案217起
        compared = covered == ELSEWHERE and own.head is not None and own.head.concept == "village"
        its = Statement(
            counted=counted,
            act=text[own.act[0] : own.act[1]],
            topic=topic.OTHER
            if compared and figure.unit == "个"  # 在全区14个街镇中居第3位
            else topic.topic_of_figure(text, own, frame, sentence, near, above),
            ref_period=period,
            coverage=covered,
            nature=its_nature,
        )
        return its, part_by

    def _period(
        self,
        sentence: Sentence,
        index: int,
        marks: Sequence[Mark],
        default: str,
        its_nature: str,
    ) -> tuple[str, bool]:
        """The period of a figure, and whether it is a part of the report's year."""
        figure = sentence.frames[index].figure
        own_year = str(self.year or 0)
        if default != own_year:  # 年内 and 全年 in a plan are those of the year planned for
            marks = [m for m in marks if m.kind != "this"]
        bounds = [(f.figure.start, f.figure.end) for f in sentence.frames] if marks else []
        if len(marks) > 1 and (listed := listed_year(self.text, marks, bounds, index)):
            return listed, False
        period, part_of_year = period_of(
            self.text, figure.start, figure.end, marks, bounds[:index], default
        )
        if part_of_year and its_nature == LEVEL:
            said_so_far = concepts_in(sentence, sentence.start, figure.end + 20)
            if "law_exam" in said_so_far:
                # The year's examination has a month (十一月份组织学法考试一次), it is not one of many.
                return default, False
        if its_nature == CHANGE and self.year and period == str(self.year - 1):
            return own_year, part_of_year
        return period, part_of_year

    def _carries(self, sentence: Sentence) -> bool:
        """Whether a sentence goes on with the nouns of the one before it (其中简易程序47起)."""
        if not self.last or self.text.find("\n", self.last_end, sentence.start) >= 0:
            return False
        if sentence.start - self.last_end > _PREVIOUS:
            return False
        if self._goes_on(sentence.frames[0]):
            return True
        first = self.text[sentence.start : sentence.start + 4].lstrip()
        return first.startswith(("其中", "从", "(其中", "较", "同比", "比", "包括"))

    def _goes_on(self, frame: Frame) -> bool:
        """Whether a sentence only says what was done to what was just counted (老梁调解室化解46件)."""
        done = next((i.domain for i in reversed(frame.before) if i.kind == "act"), "")
        if not done or not self.last:
            return False
        own = own_phrase(self.text, frame)
        if own.end > own.start:
            return False
        group = unit_group(frame.figure.unit)
        return any(
            p.head is not None and p.head.domain == done and unit_group(f.unit) == group
            for p, f in self.last
        )

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


def _with_noun_of(its: Statement, whole: Statement) -> Statement:
    """The statement of some with the noun and topic of the whole (走普通程序的6件)."""
    if its.nature != LEVEL or not whole.counted:
        return its
    return replace(its, counted=whole.counted, topic=whole.topic)


def _closed(text: str, sentence: Sentence, frame: Frame) -> bool:
    """Whether a figure begins a new part of its sentence, or sums up (其中专题1期，共计290人次)."""
    if frame.clause <= sentence.start:
        return False
    return text[frame.clause - 1] in "；;" or (is_bare(frame) and total_said(text, frame) == 2)


def _of_part(frame: Frame, phrases: Sequence[Phrase], first: int) -> bool:
    """Whether its verb is done to a part alone (诉求214宗，其中矛盾纠纷191宗；调解成功188宗)."""
    done = next((i.domain for i in reversed(frame.before) if i.kind == "act"), "")
    if not done:
        return False
    domains = [p.head.domain if p.head else "" for p in phrases]
    return done in domains[first:] and done not in domains[:first]
