"""What all pages of a site share: the release, its history, its addresses, the words.

Belongs here: what is worked out once for all pages. Does not belong here: pages.
"""

from __future__ import annotations

from functools import cached_property

from shenwan_data.errors import Text
from shenwan_data.publish.site.changes import Version, versions
from shenwan_data.publish.site.places import Places
from shenwan_data.publish.site.published import Published
from shenwan_data.publish.site.wordings import Wordings
from shenwan_data.publish.site.words import words


class About:
    """One release with its history, its addresses and the words that go with it."""

    def __init__(self, published: Published) -> None:
        self.published = published
        self.places = Places(published)
        self.wordings = Wordings(self.places)
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
        rows = (row for row in self.published.reports if row["ref_area"] == area)
        return len({row["time_period"] for row in rows}) == 1

    def parted(self, key: str) -> Text:
        """A text of the descriptor, which holds the two languages in one string."""
        whole = str(self.published.descriptor.get(key, ""))
        zh, _, en = whole.partition(" / ")
        return Text(zh, en or zh)

    @property
    def citation(self) -> Text:
        """How to cite the release, as it says itself; earlier releases did not say it."""
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
