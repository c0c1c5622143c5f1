"""The addresses of the site: pages, anchors, relative links, paging.

Belongs here: addresses, and how long content is split into pages. Does not belong here: what
a page shows. Addresses are relative to the folder of a language unless said otherwise; they depend
on keys of the data only, so they do not change when the site is rebuilt.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from shenwan_data.site.layout import Layout, lay_out
from shenwan_data.site.view import Published, Row

# Table rows and findings per page: some 800 bytes each, so that a page stays under 500 KB.
ROWS_PER_PAGE = 260
FINDINGS_PER_PAGE = 400
# Other areas linked from a page: with all of them the site would grow quadratically.
NEIGHBOURS = 20


def relative(target: str, page: str) -> str:
    """The relative link from a page to a target, both given from the root of the site."""
    path, mark, anchor = target.partition("#")
    way = _way(path, posixpath.dirname(page)) if path != page else ""
    return way + mark + anchor or posixpath.basename(page)


# The rows of a page link to the same few pages.
@lru_cache(maxsize=1 << 12)
def _way(path: str, folder: str) -> str:
    return posixpath.relpath(path, folder or ".")


def row_anchor(row: Row) -> str:
    """The anchor of an observation in the table of its topic."""
    return f"r-{row['indicator']}-{row['time_period']}"


@dataclass(frozen=True)
class Urls:
    """The addresses of one release."""

    published: Published

    @cached_property
    def layouts(self) -> Mapping[str, Layout]:
        """How the text of each report is laid out."""
        of = self.published.figures_of
        return {
            row["report_id"]: lay_out(self.published.text(row), of.get(row["report_id"], []))
            for row in self.published.reports
        }

    def topic(self, topic: str) -> str:
        """The first page of a topic: of its area, or the comparison where there are several."""
        areas = self.published.reporting_areas
        return f"{topic}/{areas[0]}.html" if len(areas) == 1 else f"{topic}/index.html"

    @cached_property
    def _years(self) -> dict[tuple[str, str], list[list[int]]]:
        found = {}
        for key, rows in self.published.rows_of.items():
            years = sorted({row["time_period"] for row in rows}, reverse=True)
            each = max(1, ROWS_PER_PAGE * len(years) // max(len(rows), 1))
            found[key] = [years[start : start + each] for start in range(0, len(years), each)]
        return found

    def spans(self, topic: str, area: str) -> Sequence[Sequence[int]]:
        """The years of each page of a topic and an area, latest first."""
        return self._years.get((topic, area), [])

    def area(self, topic: str, area: str, span: int = 0) -> str:
        """The page of an area in a topic; later spans hold earlier years."""
        if span == 0:
            return f"{topic}/{area}.html"
        years = self.spans(topic, area)[span]
        return f"{topic}/{area}-{years[-1]}-{years[0]}.html"

    def beside(self, area: str) -> Sequence[str]:
        """The areas linked from the page of an area, itself included: all, or the nearest."""
        areas = self.published.reporting_areas
        last = max(0, len(areas) - NEIGHBOURS)
        first = min(max(0, areas.index(area) - NEIGHBOURS // 2), last)
        return areas[first : first + NEIGHBOURS]

    def row(self, topic: str, row: Row) -> str:
        """The row of an observation."""
        spans = self.spans(topic, row["ref_area"])
        at = next(index for index, years in enumerate(spans) if row["time_period"] in years)
        return f"{self.area(topic, row['ref_area'], at)}#{row_anchor(row)}"

    def report(self, report_id: str, part: int = 0) -> str:
        """A page of the text of a report."""
        return f"evidence/{report_id}{f'-part-{part + 1}' if part else ''}.html"

    def figure(self, figure_id: str) -> str:
        """A figure in the text of its report."""
        row = self.published.figure_by_id[figure_id]
        part = self.layouts[row["report_id"]].part_at(row["start"])
        return f"{self.report(row['report_id'], part)}#f-{row['start']}"

    def sentence(self, report_id: str, quote: str) -> str | None:
        """The address of the sentence with a quote, or None where there is none."""
        layout = self.layouts.get(report_id)
        start = layout.sentence_with(quote) if layout else None
        if layout is None or start is None:
            return None
        return f"{self.report(report_id, layout.part_at(start))}#s-{start}"

    @cached_property
    def finding_pages(self) -> Sequence[Sequence[Row]]:
        """The findings of each page: those of a report stay together, the latest year first."""
        year = {key: row["time_period"] for key, row in self.published.report_by_id.items()}
        ordered = sorted(
            self.published.findings,
            key=lambda row: (-year[row["report_id"]], row["report_id"], row["finding_id"]),
        )
        pages: list[list[Row]] = [[]]
        for row in ordered:
            if len(pages[-1]) >= FINDINGS_PER_PAGE:
                pages.append([])
            pages[-1].append(row)
        return pages

    @cached_property
    def _finding_page(self) -> dict[str, int]:
        return {
            row["finding_id"]: index
            for index, rows in enumerate(self.finding_pages)
            for row in rows
        }

    def findings(self, page: int = 0) -> str:
        """A page of findings."""
        return f"findings{f'-{page + 1}' if page else ''}.html"

    def finding(self, finding_id: str) -> str:
        """A finding in the list of findings."""
        return f"{self.findings(self._finding_page[finding_id])}#{finding_id}"
