"""The pages of one language: their addresses, templates and values.

Belongs here: the list of pages. Does not belong here: what single parts show (``topics``,
``marks``, ``feeds`` …), markup (``templates``), files outside the language folders (``generate``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from shenwan_data.release.codes import code_lists
from shenwan_data.release.contents import packages
from shenwan_data.release.schema import dictionary, tables
from shenwan_data.site.feeds import archive, dataset, json_ld, package_files, root_files
from shenwan_data.site.labels import Comparison, Labels
from shenwan_data.site.marks import Evidence
from shenwan_data.site.start import About, examples, headlines
from shenwan_data.site.templating import render
from shenwan_data.site.topics import TopicArea
from shenwan_data.site.urls import relative
from shenwan_data.site.view import Row
from shenwan_data.site.words import LANGUAGES, TAGS, say

SHOWN_CHANGES = 300


class Tree:
    """The pages of one language. Paths are relative to the folder of the language."""

    def __init__(self, about: About, language: str) -> None:
        self.about = about
        self.language = language
        self.published, self.urls = about.published, about.urls
        self.ui = about.words.in_language(language)
        self.labels = Labels(about.published, language, self.ui["open_end"])

    def topic_area(self, topic: str, area: str) -> TopicArea:
        """One topic of one area."""
        return TopicArea(self.published, self.urls, self.labels, topic, area)

    def evidence(self, report: Row) -> Evidence:
        """One report."""
        wordings = self.about.wordings
        return Evidence(self.published, self.urls, self.labels, report, self.ui, wordings)

    def chart_file(self, topic: str, area: str) -> str:
        """The saved chart of a topic and an area, from the root of the site."""
        return f"charts/{topic}-{area}.{self.language}.svg"

    def _render(self, template: str, page: str, title: str, **given: Any) -> tuple[str, str]:
        here = f"{self.language}/{page}"
        about = self.about

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
        for index, rows in enumerate(self.urls.finding_pages):
            yield self._render(
                "findings.jinja",
                self.urls.findings(index),
                self.ui["findings"],
                rows=rows,
                at=index,
            )
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
        latest = about.history[0]
        areas = self.published.reporting_areas
        head = areas[0] if areas else ""
        return self._render(
            "start.jinja",
            page,
            title,
            json_ld=json_ld(
                dataset(self.published, title, summary, self.language, about.base, "../")
            ),
            topics=[
                headlines(self.topic_area(topic, head), about.words.headlines.get(topic, ()))
                for topic in self.published.topics
            ],
            area=head,
            first_year=len(
                {row["time_period"] for row in self.published.reports if row["ref_area"] == head}
            )
            == 1,
            table_titles={
                name: say(table.title, self.language) for name, table in tables().items()
            },
            years=sorted({row["time_period"] for row in self.published.reports}),
            example=examples([self.evidence(row) for row in self.published.reports], page),
            packages=package_files(self.published),
            others=root_files(self.published),
            archive=archive(self.published),
            issues=[say(text, self.language) for text in about.words.issues],
            news=about.news(latest, self.language),
            citation=say(about.citation, self.language),
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
                    chart_file=self.chart_file(topic, area),
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
