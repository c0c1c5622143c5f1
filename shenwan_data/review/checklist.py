"""The checklist of a report: every core indicator, every figure of none, doubts first.

Belongs here: what is to be looked at, in which order, and what has been. Does not belong here: how it
is shown (``pages``, ``cli``), or deciding it (``decisions``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shenwan_data.config.records import ReviewEntry
from shenwan_data.errors import Text
from shenwan_data.indicators.catalogue import Indicator, catalogue
from shenwan_data.indicators.corrections import Correction
from shenwan_data.model import Figure, Finding, Observation, figure_id
from shenwan_data.report.privacy import PersonalData
from shenwan_data.report.structure import structure
from shenwan_data.review.case import Case, reads_as

# How an indicator or figure stands.
STATES = ("person", "conflict", "found", "in_parts", "mentioned", "missing", "unmapped")


@dataclass(frozen=True)
class Item:
    """One line of the list.

    ``figures`` are those it is about (of a conflict all, of an indicator not found none), ``clause``
    where the report speaks of it; ``before`` is last year's observation. ``doubt`` says why it comes
    first, None where nothing speaks against it. ``looked`` is set once a person has decided, and None
    again where the figure is now read otherwise (``again``).
    """

    key: str
    state: str
    topic: str
    indicator: Indicator | None
    figures: tuple[Figure, ...]
    sentence: str
    before: Observation | None
    change: Text | None
    doubt: tuple[Text, ...]
    looked: ReviewEntry | Correction | None
    again: bool
    person: PersonalData | None = None
    clause: str | None = None

    @property
    def figure(self) -> Figure | None:
        """The figure, None where there is none or more than one."""
        return self.figures[0] if len(self.figures) == 1 else None

    @property
    def is_open(self) -> bool:
        """Whether a person still has to look: set apart is looked at, and stays on the list."""
        return self.looked is None

    @property
    def is_lost(self) -> bool:
        """Whether last year's report had it and this one does not."""
        return bool(self.doubt) and self.state in ("in_parts", "mentioned", "missing")

    @property
    def blocks(self) -> bool:
        """Whether no release can be built before this is decided."""
        return self.state in ("person", "conflict")


@dataclass(frozen=True)
class Checklist:
    """The items of a report in order, doubts first."""

    items: tuple[Item, ...]

    @property
    def looked_at(self) -> int:
        """How many are decided."""
        return sum(not item.is_open for item in self.items)

    @property
    def blocking(self) -> tuple[Item, ...]:
        """Those without which nothing can be built."""
        return tuple(item for item in self.items if item.blocks)

    @property
    def doubts(self) -> tuple[Item, ...]:
        """Those that something speaks against."""
        return tuple(item for item in self.items if item.doubt)

    def groups(self) -> list[tuple[str, str, tuple[Item, ...]]]:
        """The list cut up: doubts, what last year had, then by topic: found, not found, of none."""
        topics = ("services", "enforcement", "governance", "outreach", "other")
        found: list[tuple[str, str, tuple[Item, ...]]] = [
            ("doubts", "", tuple(item for item in self.doubts if not item.is_lost)),
            ("lost", "", tuple(item for item in self.doubts if item.is_lost)),
        ]
        for name, states in (
            ("found", ("found",)),
            ("lacking", ("in_parts", "mentioned", "missing")),
            ("unmapped", ("unmapped",)),
        ):
            for topic in topics:
                here = tuple(
                    item
                    for item in self.items
                    if item.topic == topic and item.state in states and not item.doubt
                )
                found.append((name, topic, here))
        return [group for group in found if group[2]]

    def item(self, key: str) -> Item | None:
        """An item by its key."""
        return next((item for item in self.items if item.key == key), None)

    def at(self, start: int) -> Item | None:
        """The first item about the figure at a place."""
        return next(
            (item for item in self.items if any(f.start == start for f in item.figures)), None
        )


def checklist(case: Case) -> Checklist:
    """Everything of a report that a person should look at once."""
    found = list(_Maker(case).items())
    order = {"person": 0, "conflict": 1}
    grades = sorted(
        found, key=lambda item: (order.get(item.state, 2), not item.doubt, bool(item.is_lost))
    )
    return Checklist(tuple(grades))


class _Maker:
    def __init__(self, case: Case) -> None:
        self.case, reading = case, case.reading
        self.text = reading.report.text
        self.division = structure(self.text)
        self.findings: dict[str, list[Finding]] = {}
        for finding in reading.findings:
            if finding.grade != "note":
                for key in finding.figures[:1]:
                    self.findings.setdefault(key, []).append(finding)
        before = case.inspected.before
        self.year = before.report.time_period if before else None
        self.before = {row.indicator: row for row in before.observations} if before else {}
        comparison = case.inspected.comparison
        self.jumps = {jump.indicator: jump for jump in comparison.jumps} if comparison else {}

    def items(self) -> Iterator[Item]:
        reading = self.case.reading
        yield from self._persons()
        disputed = {figure.start for conflict in reading.conflicts for figure in conflict.figures}
        for conflict in reading.conflicts:
            yield self._item(
                f"c-{conflict.indicator}", "conflict", catalogue()[conflict.indicator],
                conflict.figures,
                [Text(f"{len(conflict.figures)} 个数字都符合这一指标，须选定一个",
                      f"{len(conflict.figures)} figures fit this indicator: choose one")],
            )  # fmt: skip
        by_start = {figure.start: figure for figure in reading.figures}
        conflicting = {conflict.indicator for conflict in reading.conflicts}
        given: set[int] = set()
        for row in reading.observations:
            indicator = catalogue()[row.indicator]
            if row.indicator in conflicting:
                continue
            if row.figure_id is not None:
                figure = by_start[int(row.figure_id.rpartition("-")[2])]
                given.add(figure.start)
                yield self._item(f"i-{row.indicator}", "found", indicator, (figure,), [])
            elif indicator.series == "core" and row.obs_status != "not_yet_defined":
                yield self._lacking(row, indicator)
        for figure in reading.figures:
            if figure.is_data and figure.start not in given | disputed:
                yield self._item(f"f-{figure.start}", "unmapped", None, (figure,), [])

    def _persons(self) -> Iterator[Item]:
        for place in self.case.inspected.personal_data:
            start, end = self.division.sentence_at(place.start)
            yield Item(
                f"p-{place.start}", "person", "other", None, (), self.text[start:end], None, None,
                (place.label,), None, False, place, self.text[place.start : place.end],
            )  # fmt: skip

    def _item(
        self,
        key: str,
        state: str,
        indicator: Indicator | None,
        figures: tuple[Figure, ...],
        doubt: list[Text],
    ) -> Item:
        first = figures[0]
        start, end = self.division.sentence_at(first.start)
        before = self.before.get(indicator.code) if indicator else None
        for figure in figures:
            known = self.findings.get(figure_id(self.case.report.id, figure), ())
            doubt = [*doubt, *(finding.message for finding in known)]
        # What the growth rules say of a value is not said twice.
        if indicator is not None and indicator.code in self.jumps and not doubt:
            jump = self.jumps[indicator.code]
            doubt.append(
                Text(
                    f"与{self.year}年相比变化很大：{jump.before.quote} → {jump.now.quote}",
                    f"far from {self.year}: {jump.before.quote} → {jump.now.quote}",
                )
            )
        looked, again = (None, False) if state == "conflict" else self._looked(first)
        if again:
            doubt.append(
                Text(
                    "看过之后读法有变，请再看一次",
                    "read otherwise since it was looked at: look again",
                )
            )
        return Item(
            key, state, indicator.topic if indicator else first.topic or "other", indicator, figures,
            self.text[start:end].strip(), before, _change(before, first), tuple(doubt), looked, again,
        )  # fmt: skip

    def _lacking(self, row: Observation, indicator: Indicator) -> Item:
        states = {
            "mentioned_in_parts": "in_parts", "mentioned_without_number": "mentioned",
        }  # fmt: skip
        before = self.before.get(indicator.code)
        had = before is not None and before.obs_status == "reported"
        doubt = (
            (
                Text(
                    f"{self.year}年为 {before.quote}，今年没有找到",
                    f"{before.quote} in {self.year}, not found this year",
                ),
            )
            if had and before is not None
            else ()
        )
        return Item(
            f"i-{indicator.code}", states.get(row.obs_status, "missing"), indicator.topic, indicator,
            (), "", before, None, doubt, self.case.looked(None, indicator.code), False, None, row.quote,
        )  # fmt: skip

    def _looked(self, figure: Figure) -> tuple[ReviewEntry | Correction | None, bool]:
        """Who decided about a figure, and whether it is read otherwise since."""
        if corrections := self.case.corrected(figure.start):
            return corrections[-1], False
        entry = self.case.looked(figure.start)
        if entry is not None and entry.reads not in (None, reads_as(figure)):
            return None, True
        return entry, False


def _change(before: Observation | None, figure: Figure) -> Text | None:
    """How a value moved since last year, in words."""
    if before is None or before.value is None or figure.value is None:
        return None
    if before.unit != figure.unit or figure.value == before.value:
        return Text("不变", "unchanged") if figure.value == before.value else None
    difference = figure.value - before.value
    if figure.kind == "ratio":
        return Text(f"{difference:+.10g} 个百分点", f"{difference:+.10g} points")
    share = f"{100 * difference / before.value:+.1f}%" if before.value else f"{difference:+,.10g}"
    return Text(share, share)


def counts(made: Checklist) -> dict[str, Any]:
    """How many items there are, were looked at, are doubtful, and hold up a release."""
    states = Counter(item.state for item in made.items)
    return {
        "all": len(made.items), "looked_at": made.looked_at,
        "doubts": sum(item.is_open for item in made.doubts), "blocking": len(made.blocking),
        "states": dict(states),
    }  # fmt: skip
