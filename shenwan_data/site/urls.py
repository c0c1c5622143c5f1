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
from shenwan_data.site.view import Published, Row, gravity

# Table rows and findings per page: some 900 bytes each, so that a page stays under 500 KB.
ROWS_PER_PAGE = 260
FINDINGS_PER_PAGE = 350
# The first page of the findings, which holds all of them where they fit.
FINDINGS = "findings.html"
# Other areas linked from a page: with all of them the site would grow quadratically.
NEIGHBOURS = 20


def relative(target: str, page: str) -> str:
    """The relative link from a page to a target, both given from the root of the site."""
    path, mark, anchor = target.partition("#")
    way = _way(path, posixpath.dirname(page)) if path != page else ""
    return way + mark + anchor or posixpath.basename(page)


# The rows of a page link to the same few pages.
@lru_cache(maxsize=1 << 14)
def _way(path: str, folder: str) -> str:
    """As ``posixpath.relpath``, which looks up the working directory for each of its two paths."""
    there, here = ([part for part in way.split("/") if part] for way in (path, folder))
    same = 0
    while same < min(len(there), len(here)) and there[same] == here[same]:
        same += 1
    return "/".join([*[".."] * (len(here) - same), *there[same:]]) or "."


def row_anchor(row: Row) -> str:
    """The anchor of an observation in the table of its topic."""
    return f"r-{row['indicator']}-{row['time_period']}"


def value_anchor(row: Row) -> str:
    """The anchor of an observation on the page of its indicator."""
    return f"{row['ref_area']}-{row['time_period']}"


def _spans(rows: Sequence[Row]) -> list[list[int]]:
    """The years of each page of a long table, latest first."""
    years = sorted({row["time_period"] for row in rows}, reverse=True)
    each = max(1, ROWS_PER_PAGE * len(years) // max(len(rows), 1))
    return [years[start : start + each] for start in range(0, len(years), each)]


@dataclass(frozen=True)
class FindingPage:
    """A page of findings; ``year`` is None where one page holds those of all years."""

    path: str
    year: int | None
    rows: Sequence[Row]


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
        return {key: _spans(rows) for key, rows in self.published.rows_of.items()}

    def spans(self, topic: str, area: str) -> Sequence[Sequence[int]]:
        """The years of each page of a topic and an area, latest first."""
        return self._years.get((topic, area), [])

    def area(self, topic: str, area: str, span: int = 0) -> str:
        """The page of an area in a topic; later spans hold earlier years."""
        if span == 0:
            return f"{topic}/{area}.html"
        years = self.spans(topic, area)[span]
        return f"{topic}/{area}-{years[-1]}-{years[0]}.html"

    @cached_property
    def _indicator_years(self) -> dict[str, list[list[int]]]:
        return {code: _spans(rows) for code, rows in self.published.rows_by_indicator.items()}

    def indicator_spans(self, code: str) -> Sequence[Sequence[int]]:
        """The years of each page of an indicator, latest first; one page even without rows."""
        return self._indicator_years.get(code) or [[]]

    def indicator(self, code: str, span: int = 0) -> str:
        """The page of an indicator; later spans hold earlier years."""
        if span == 0:
            return f"indicators/{code}/index.html"
        years = self.indicator_spans(code)[span]
        return f"indicators/{code}/{years[-1]}-{years[0]}.html"

    def value(self, row: Row) -> str:
        """An observation on the page of its indicator."""
        spans = self.indicator_spans(row["indicator"])
        at = next(index for index, years in enumerate(spans) if row["time_period"] in years)
        return f"{self.indicator(row['indicator'], at)}#{value_anchor(row)}"

    def town(self, area: str) -> str:
        """The page of an area."""
        return f"towns/{area}/index.html"

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

    def source(self, row: Row) -> str | None:
        """The page and anchor of the sentence that an observation comes from."""
        if row["figure_id"]:
            return self.figure(row["figure_id"])
        if not row["quote"]:
            return None
        return self.sentence(f"{row['ref_area']}-{row['time_period']}", row["quote"])

    def sentence(self, report_id: str, quote: str) -> str | None:
        """The address of the sentence with a quote, or None where there is none."""
        layout = self.layouts.get(report_id)
        start = layout.sentence_with(quote) if layout else None
        if layout is None or start is None:
            return None
        return f"{self.report(report_id, layout.part_at(start))}#s-{start}"

    @cached_property
    def finding_pages(self) -> Sequence[FindingPage]:
        """The pages that hold every finding once: one page, or else those of each year.

        The gravest come first on each, then the latest, those of a report together.
        """
        year = {key: row["time_period"] for key, row in self.published.report_by_id.items()}

        def place(row: Row) -> tuple[int, int, str, str]:
            grade, key = gravity(row)
            return grade, -year[row["report_id"]], row["report_id"], key

        ordered = sorted(self.published.findings, key=place)
        if len(ordered) <= FINDINGS_PER_PAGE:
            return [FindingPage(FINDINGS, None, ordered)]
        pages = []
        for one in sorted(set(year.values()), reverse=True):
            rows = [row for row in ordered if year[row["report_id"]] == one]
            for start in range(0, len(rows), FINDINGS_PER_PAGE):
                part = f"-{start // FINDINGS_PER_PAGE + 1}" if start else ""
                held = rows[start : start + FINDINGS_PER_PAGE]
                pages.append(FindingPage(f"findings-{one}{part}.html", one, held))
        return pages

    @cached_property
    def all_finding_pages(self) -> Sequence[FindingPage]:
        """The pages of ``finding_pages`` after one of the errors of all years, where they are several."""
        pages = self.finding_pages
        if pages[0].path == FINDINGS:
            return pages
        errors = [row for page in pages for row in page.rows if row["grade"] == "error"]
        return [FindingPage(FINDINGS, None, errors[:FINDINGS_PER_PAGE]), *pages]

    @cached_property
    def _finding_page(self) -> dict[str, str]:
        return {row["finding_id"]: page.path for page in self.finding_pages for row in page.rows}

    def finding(self, finding_id: str) -> str:
        """A finding in the list of findings."""
        return f"{self._finding_page[finding_id]}#{finding_id}"
