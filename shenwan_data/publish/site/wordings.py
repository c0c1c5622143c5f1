"""Which words of a report each indicator was recognised by.

Belongs here: asking the matching for its words, and telling only those that hold. Does not belong here:
matching itself (``indicators.matching``), or how the words are shown (``evidence``).

A release holds which indicator a figure is, and not why. The text that it carries is matched once
more, and the words are told where the answer is the published one; where it is another, as after a
correction or with other wordings than those of the release, nothing is told rather than something wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shenwan_data.indicators.matching import match_text
from shenwan_data.publish.site.places import Places
from shenwan_data.publish.site.visible import visible


@dataclass(frozen=True)
class Wordings:
    """The words of every report of one release; each report is matched when first asked for."""

    places: Places
    known: dict[str, Mapping[int, tuple[str, ...]]] = field(default_factory=dict)

    def of(self, report_id: str) -> Mapping[int, tuple[str, ...]]:
        """The words by the start of their figure, as they stand in the report."""
        if report_id not in self.known:
            layout = self.places.layouts[report_id]
            published = {
                row["start"]: (row["quote"], row["indicators"] or "") for row in layout.figures
            }
            matching = match_text(layout.text)
            self.known[report_id] = {
                figure.start: tuple(visible(word) for word in matching.because[figure.start])
                for figure in matching.figures
                if figure.start in matching.because
                and figure.indicators
                and published.get(figure.start)
                == (visible(figure.quote), " ".join(figure.indicators))
            }
        return self.known[report_id]
