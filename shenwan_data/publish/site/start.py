"""What the start page puts first.

Belongs here: the headline figures of a topic and one lit-up sentence. Does not belong here: the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from shenwan_data.publish.site.evidence import Evidence, taken_for
from shenwan_data.publish.site.places import relative
from shenwan_data.publish.site.published import Row
from shenwan_data.publish.site.topics import Card, TopicArea
from shenwan_data.publish.site.visible import visible_markup

SHOWN = 3
# A sentence that is read at a glance.
LONGEST, SHORTEST = 110, 24


@dataclass(frozen=True)
class Headlines:
    """A topic on the start page."""

    topic: str
    cards: Sequence[Card]
    reported: int
    all: int


def headlines(one: TopicArea, chosen: Sequence[str]) -> Headlines:
    """The chosen indicators that the latest year gives, filled up with the first it gives."""
    given = [card for card in one.cards if card.latest["obs_status"] == "reported"]
    by_code = {card.latest["indicator"]: card for card in given}
    codes = [code for code in chosen if code in by_code]
    codes += [code for code in by_code if code not in codes]
    return Headlines(
        topic=one.topic,
        cards=[by_code[code] for code in codes[:SHOWN]],
        reported=len(given),
        all=len(one.by_indicator()),
    )


@dataclass(frozen=True)
class Example:
    """A sentence with its figures lit up, and the report it is from."""

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
            target = latest.places.figure(run.figure["figure_id"])
            href = relative(f"{latest.labels.language}/{target}", here)
            css = taken_for(run.figure, latest.published)
            text = Markup('<a class="f {}" href="{}">{}</a>').format(css, href, text)
        pieces.append(text)
    return Example(latest.report, Markup("").join(pieces))
