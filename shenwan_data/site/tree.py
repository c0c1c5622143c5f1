"""The pages of one language: their addresses, templates and values.

Belongs here: the list of pages. Does not belong here: what single parts show (``topics``,
``marks``, ``feeds`` …), markup (``templates``), files outside the language folders (``generate``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property, partial
from itertools import groupby
from typing import Any

from shenwan_data.release.contents import packages
from shenwan_data.release.schema import code_lists, dictionary, tables
from shenwan_data.site.feeds import (
    Package,
    dataset,
    json_ld,
    package_files,
    root_files,
    whole_files,
)
from shenwan_data.site.labels import Labels
from shenwan_data.site.layout import CrossReferences, named
from shenwan_data.site.marks import Evidence
from shenwan_data.site.series import Comparison, Series
from shenwan_data.site.start import About, Headlines, examples, headlines
from shenwan_data.site.templating import render
from shenwan_data.site.topics import TopicArea
from shenwan_data.site.urls import relative
from shenwan_data.site.view import GRADES, Row
from shenwan_data.site.words import LANGUAGES, TAGS, say

SHOWN_CHANGES = 300
# The columns of the table of a town; its earlier years are on the pages of the indicators.
YEARS_OF_A_TOWN = 8


def _beside(code: str, other: str) -> str | None:
    """The way from the page of an indicator to that of another: only the last folder differs."""
    return f"../{other}/index.html" if other != code else None


class Tree:
    """The pages of one language. Paths are relative to the folder of the language."""

    def __init__(self, about: About, language: str) -> None:
        self.about = about
        self.language = language
        self.published, self.urls = about.published, about.urls
        self._areas: dict[tuple[str, str], TopicArea] = {}
        self.ui = about.words.in_language(language)
        self.labels = Labels(about.published, language, self.ui["open_end"], self.ui["place"])

    def topic_area(self, topic: str, area: str) -> TopicArea:
        """One topic of one area; several pages show its cards."""
        if (topic, area) not in self._areas:
            one = TopicArea(self.published, self.urls, self.labels, topic, area)
            self._areas[topic, area] = one
        return self._areas[topic, area]

    def series(self, code: str) -> Series:
        """One indicator."""
        return Series(self.published, self.labels, code)

    def evidence(self, report: Row) -> Evidence:
        """One report."""
        wordings = self.about.wordings
        return Evidence(self.published, self.urls, self.labels, report, self.ui, wordings)

    def chart_file(self, of: str, name: str) -> str:
        """The saved charts of a topic and an area, or of an indicator, from the root of the site."""
        return f"charts/{of}-{name}.{self.language}.svg"

    @cached_property
    def files(self) -> dict[str, Package]:
        """The downloads of each topic."""
        return {package.name: package for package in package_files(self.published)}

    def _render(self, template: str, page: str, title: str, **given: Any) -> tuple[str, str]:
        here, about = f"{self.language}/{page}", self.about

        def url(target: str) -> str:
            """The relative link to a page of the same language."""
            return relative(f"{self.language}/{target}", here)

        def root(target: str) -> str:
            """The relative link to a file of the site."""
            return relative(target, here)

        other = next(language for language in LANGUAGES if language != self.language)
        html = render(
            template,
            t=self.ui,
            language=self.language,
            tag=TAGS[self.language],
            tags=TAGS,
            other=other,
            other_name=say(about.words.ui["own_name"], other),
            page=page,
            url=url,
            root=root,
            base=about.base,
            title=title,
            site_title=say(about.parted("title"), self.language),
            summary=say(about.parted("description"), self.language),
            release=self.published,
            urls=self.urls,
            labels=self.labels,
            licences=self.published.descriptor.get("licenses", []),
            **given,
        )
        return page, html

    def pages(self) -> Iterator[tuple[str, str]]:
        """Every page with its path."""
        yield self._start()
        for topic in self.published.topics:
            yield from self._topic(topic)
        yield self._render("reports.jinja", "evidence/index.html", self.ui["evidence"])
        for report in self.published.reports:
            yield from self._report(report)
        yield from self._indicators()
        for area in self.published.reporting_areas:
            yield self._town(area)
        yield from self._findings()
        yield self._dictionary()
        yield self._method()
        yield self._render(
            "changes.jinja",
            "changes.html",
            self.ui["changes"],
            versions=self.about.history,
            news=lambda version: self.about.news(version, self.language),
            limit=SHOWN_CHANGES,
            columns={
                field["name"]: say(field["title"], self.language)
                for field in dictionary(tables()[self.published.topics[0]], ())
            },
        )

    def _start(self) -> tuple[str, str]:
        about, page = self.about, "index.html"
        title, summary = (say(about.parted(key), self.language) for key in ("title", "description"))
        head = self.published.home
        return self._render(
            "start.jinja",
            page,
            title,
            json_ld=json_ld(
                dataset(self.published, title, summary, self.language, about.base, "../")
            ),
            topics=self._headlines(head),
            area=head,
            shown_year=max(self.published.years_of(head), default=""),
            first_year=about.is_first_year(head),
            table_titles={
                name: say(table.title, self.language) for name, table in tables().items()
            },
            years=sorted({row["time_period"] for row in self.published.reports}),
            example=examples([self.evidence(row) for row in self.published.reports], page),
            packages=package_files(self.published),
            others=root_files(self.published),
            whole=whole_files(self.published),
            issues=[say(text, self.language) for text in about.words.issues],
            news=about.news(about.history[0], self.language),
            citation=say(about.citation, self.language),
        )

    def _headlines(self, area: str) -> list[Headlines]:
        return [
            headlines(self.topic_area(topic, area), self.about.words.headlines.get(topic, ()))
            for topic in self.published.topics
        ]

    def _indicators(self) -> Iterator[tuple[str, str]]:
        """The list of the indicators, and their pages."""
        indicators = self.published.indicators
        every = {code: self.series(code) for code in indicators}
        names = named(indicators, self.language)
        yield self._render(
            "indicators.jinja", "indicators/index.html", self.ui["indicators"], every=every
        )
        for code, series in every.items():
            references = CrossReferences(names, partial(_beside, code))
            spans = self.urls.indicator_spans(code)
            charts = series.charts()
            for index, years in enumerate(spans):
                yield self._render(
                    "indicator.jinja",
                    self.urls.indicator(code, index),
                    self.labels.indicator(code),
                    code=code,
                    series=series,
                    rows=[row for row in series.rows if row["time_period"] in years],
                    spans=spans,
                    span=index,
                    charts=charts if index == 0 else {},
                    chart_file=self.chart_file("indicator", code) if series.panels() else "",
                    explained={
                        column: references.linked(self.labels.of(series.indicator, column))
                        for column in ("definition", "note")
                    },
                    files=self.files[series.indicator["topic"]],
                    whole=whole_files(self.published),
                    citation=say(self.about.citation, self.language),
                    address=f"{self.about.base}{self.language}/indicators/{code}/",
                )

    def _town(self, area: str) -> tuple[str, str]:
        ones = {topic: self.topic_area(topic, area) for topic in self.published.topics}
        reports = [row for row in self.published.reports if row["ref_area"] == area]
        years = self.published.years_of(area)
        return self._render(
            "town.jinja",
            self.urls.town(area),
            self.labels.area(area),
            area=area,
            ones=ones,
            topics=self._headlines(area),
            first_year=self.about.is_first_year(area),
            reports=sorted(reports, key=lambda row: -row["time_period"]),
            years=years[: -YEARS_OF_A_TOWN - 1 : -1],
            earlier=len(years) > YEARS_OF_A_TOWN,
            found=self.published.graded,
        )

    def _findings(self) -> Iterator[tuple[str, str]]:
        """The findings; where they fill several pages, the first has their number and the errors."""
        years = {key: row["time_period"] for key, row in self.published.report_by_id.items()}
        counts: Counter[tuple[int, str]] = Counter()
        for (report, grade), count in self.published.graded.items():
            counts[years[report], grade] += count
        for page in (pages := self.urls.all_finding_pages):
            yield self._render(
                "findings.jinja",
                page.path,
                self.ui["findings"],
                page_of=page,
                pages=pages,
                year_of=years,
                counts=counts,
                # Further pages of a year have a second number.
                first={one.year: one.path for one in pages if one.path.count("-") < 2},
                grades=GRADES,
            )

    def _topic(self, topic: str) -> Iterator[tuple[str, str]]:
        name = self.labels.code("topic", topic)
        areas = self.published.reporting_areas
        if len(areas) != 1:
            yield self._render(
                "compare.jinja",
                f"{topic}/index.html",
                name,
                topic=topic,
                compared=Comparison(self.published, self.labels, topic),
            )
        for area in areas:
            one = self.topic_area(topic, area)
            spans = self.urls.spans(topic, area)
            for index, years in enumerate(spans):
                yield self._render(
                    "topic.jinja",
                    self.urls.area(topic, area, index),
                    f"{name} · {self.labels.area(area)}",
                    topic=topic,
                    area=area,
                    one=one,
                    rows=one.table(years),
                    cards=one.cards if index == 0 else [],
                    absent=one.absent() if index == 0 else [],
                    spans=spans,
                    span=index,
                    shown_years=sorted({row["time_period"] for row in one.rows}),
                    chart_file=self.chart_file(topic, area) if one.panels() else "",
                )

    def _report(self, report: Row) -> Iterator[tuple[str, str]]:
        evidence = self.evidence(report)
        parts = len(evidence.layout.parts)
        counts = evidence.counts()
        for part in range(parts):
            yield self._render(
                "evidence.jinja",
                self.urls.report(report["report_id"], part),
                self.ui["evidence_of"].format(title=report["report_title"]),
                report=report,
                counts=counts,
                numerals=len(evidence.figures),
                missing=report["numerals"] - len(evidence.figures),
                paragraphs=evidence.paragraphs(part),
                details=list(evidence.details(part)),
                part=part,
                parts=parts,
                json_ld=json_ld(
                    {
                        "@context": "https://schema.org",
                        "@type": "Report",
                        "name": report["report_title"],
                        "inLanguage": "zh-Hans",
                        "temporalCoverage": str(report["time_period"]),
                        **({"url": report["url"]} if report["url"] else {}),
                    }
                ),
            )

    def _dictionary(self) -> tuple[str, str]:
        lists = code_lists()
        held = {table.name: (table, package) for package in packages() for table in package.tables}
        return self._render(
            "dictionary.jinja",
            "dictionary.html",
            self.ui["dictionary"],
            tables=[
                {
                    "name": name,
                    "title": say(table.title, self.language),
                    "description": say(table.description, self.language),
                    "fields": dictionary(table, package.table_names),
                }
                for name, (table, package) in held.items()
                # All topics have the same columns: one is shown for all.
                if name not in self.published.topics[1:]
            ],
            code_lists=lists,
            say=lambda text: say(text, self.language),
        )

    def _method(self) -> tuple[str, str]:
        reasons = Counter(row["reason"] for row in self.published.figures if row["reason"])
        reported = Counter(
            f"{row['ref_area']}-{row['time_period']}"
            for rows in self.published.observations.values()
            for row in rows
            if row["obs_status"] == "reported"
        )
        return self._render(
            "method.jinja",
            "method.html",
            self.ui["method"],
            paragraphs=[
                (say(heading, self.language), say(text, self.language))
                for heading, text in self.about.words.method
            ],
            accuracy=[
                (gold, list(rows))
                for gold, rows in groupby(
                    (row for row in self.published.accuracy if row["gold_text"] == "all"),
                    key=lambda row: row["gold_set"],
                )
            ],
            reasons=sorted(reasons.items(), key=lambda item: (-item[1], item[0])),
            reported=reported,
        )
