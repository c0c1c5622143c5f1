"""The start page: headline figures, an example sentence, news.

Belongs here: choosing them. Does not belong here: the page itself (``templates``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from shenwan_data.errors import Text
from shenwan_data.model import Reading
from shenwan_data.site.history import Version, versions
from shenwan_data.site.marks import Evidence, Wordings, taken_for
from shenwan_data.site.topics import Card, TopicArea
from shenwan_data.site.urls import Urls, relative
from shenwan_data.site.view import Published, Row, visible_markup
from shenwan_data.site.words import words


class About:
    """One release with its history, its addresses and the report wordings."""

    def __init__(self, published: Published, readings: Mapping[str, Reading]) -> None:
        self.published = published
        self.urls = Urls(published)
        self.wordings = Wordings(self.urls, readings)
        self.words = words()
        self.base = str(published.descriptor.get("homepage") or "")
        if self.base and not self.base.endswith("/"):
            self.base += "/"

    @cached_property
    def history(self) -> tuple[Version, ...]:
        """The versions, latest first."""
        return versions(self.published)

    def is_first_year(self, area: str) -> bool:
        """Whether there is no earlier year of an area to compare with."""
        return len(self.published.years_of(area)) == 1

    def parted(self, key: str) -> Text:
        """One language of a descriptor text, which has both in one string."""
        whole = str(self.published.descriptor.get(key, ""))
        zh, _, en = whole.partition(" / ")
        return Text(zh, en or zh)

    @property
    def citation(self) -> Text:
        """The citation in the descriptor; early releases have none."""
        if self.published.descriptor.get("citation"):
            return self.parted("citation")
        title, version, day = self.parted("title"), self.published.version, self.published.created
        return Text(
            f"《{title.zh}》，版本 {version}，{day}。",
            f"{title.en}. Version {version}, {day}. Data set.",
        )

    def news(self, version: Version, language: str) -> str:
        """What is new in a version, in one sentence."""
        ui = self.words.in_language(language)
        if version.previous is None:
            return ui["first_release"]
        if not version.rows:
            return ui["nothing_changed"]
        return ui["change_counts"].format(
            previous=version.previous,
            added=version.count("added"),
            changed=version.count("changed"),
            removed=version.count("removed"),
        )


SHOWN = 3
# Short enough to read at a glance.
LONGEST, SHORTEST = 110, 24


@dataclass(frozen=True)
class Headlines:
    """A topic on the start page."""

    topic: str
    page: str
    cards: Sequence[Card]
    reported: int
    all: int


def headlines(one: TopicArea, chosen: Sequence[str]) -> Headlines:
    """The configured indicators that the latest year has, then others of that year."""
    given = [
        card
        for card in one.cards
        if card.latest["obs_status"] == "reported" and card.latest["time_period"] == one.latest_year
    ]
    by_code = {card.latest["indicator"]: card for card in given}
    codes = [code for code in chosen if code in by_code]
    codes += [code for code in by_code if code not in codes]
    return Headlines(
        topic=one.topic,
        page=one.urls.area(one.topic, one.area),
        cards=[by_code[code] for code in codes[:SHOWN]],
        reported=len(given),
        all=len(one.by_indicator()),
    )


@dataclass(frozen=True)
class Example:
    """A sentence with its figures highlighted, and its report."""

    report: Row
    sentence: Markup


def examples(reports: Sequence[Evidence], page: str) -> Example | None:
    """The sentence of the latest report that shows the most kinds of figures."""
    latest = max(
        reports, key=lambda one: (one.report["time_period"], len(one.figures)), default=None
    )
    if latest is None:
        return None
    best: tuple[tuple[int, int], int, int] | None = None
    for blocks in latest.layout.parts:
        for block in blocks:
            for start, at, end in latest.layout.sentences(block):
                if start != at or block.depth or not SHORTEST <= end - at <= LONGEST:
                    continue
                runs = latest.layout.runs(at, end)
                figures = [run.figure for run in runs if run.figure is not None]
                kinds = {taken_for(row, latest.published) for row in figures}
                hedged = sum(row["qualifier"] not in (None, "exact") for row in figures)
                score = (len(kinds) + 2 * min(hedged, 2), len(figures))
                if figures and (best is None or score > best[0]):
                    best = (score, at, end)
    if best is None:
        return None
    here = f"{latest.labels.language}/{page}"
    pieces = []
    for run in latest.layout.runs(best[1], best[2]):
        text = visible_markup(latest.layout.text[run.start : run.end])
        if run.figure is not None:
            target = latest.urls.figure(run.figure["figure_id"])
            href = relative(f"{latest.labels.language}/{target}", here)
            css = taken_for(run.figure, latest.published)
            text = Markup('<a class="f {}" href="{}">{}</a>').format(css, href, text)
        pieces.append(text)
    return Example(latest.report, Markup("").join(pieces))
