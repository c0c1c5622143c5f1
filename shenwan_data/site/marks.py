"""The evidence page: a report with every numeral highlighted by what it was read as.

Belongs here: the text of a report as HTML and the details of each figure. Does not belong here: where
the pieces begin and end (``layout``), colours and behaviour (``static``).

The text is escaped piece by piece; the only markup is what is written here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup, escape

from shenwan_data.model import DATA_KINDS, Reading
from shenwan_data.site.labels import Labels
from shenwan_data.site.layout import Block, Layout
from shenwan_data.site.urls import Urls, relative
from shenwan_data.site.view import Published, Row, visible, visible_markup
from shenwan_data.site.words import number

# The columns of what a figure states that hold codes: their word of the interface, their code list.
STATED = {
    "coverage": ("extent", "coverage"),
    "nature": ("nature", "nature"),
    "topic": ("topic", "figure_topic"),
}


@dataclass(frozen=True)
class Wordings:
    """The words that each figure's indicator was recognised by, from the readings of a build.

    ``readings`` are by report id; a report without one has no words.
    """

    urls: Urls
    readings: Mapping[str, Reading]

    @cached_property
    def _known(self) -> dict[str, Mapping[int, tuple[str, ...]]]:
        return {}

    def of(self, report_id: str) -> Mapping[int, tuple[str, ...]]:
        """The words by the start of their figure, as they stand in the report."""
        if report_id not in self._known:
            self._known[report_id] = dict(self._words(report_id))
        return self._known[report_id]

    def _words(self, report_id: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Only where the reading gives what is published: else the words would explain another."""
        reading, layout = self.readings.get(report_id), self.urls.layouts[report_id]
        if reading is None or reading.report.text != layout.text:
            return
        published = {
            row["start"]: (row["quote"], row["indicators"] or "") for row in layout.figures
        }
        for figure in reading.figures:
            words = reading.because.get(figure.start, ())
            read_as = visible(figure.quote), " ".join(figure.indicators)
            if words and published.get(figure.start) == read_as:
                yield figure.start, tuple(visible(word) for word in words)


def taken_for(row: Row, published: Published) -> str:
    """What a figure was read as: a topic, ``unmapped`` data, or ``other`` where it is not data."""
    codes = (row["indicators"] or "").split()
    if codes:
        return str(published.indicators[codes[0]]["topic"])
    return "unmapped" if row["kind"] in DATA_KINDS else "other"


@dataclass(frozen=True)
class Paragraph:
    """A block of the page: its tag, its content, and the findings that belong in the margin."""

    tag: str
    content: Markup
    findings: Sequence[Note]


@dataclass(frozen=True)
class Note:
    """A finding in the margin, and the anchors of its figures on the page, its own first."""

    finding: Row
    anchors: str


@dataclass(frozen=True)
class Detail:
    """The details of one figure: pairs of an interface text and its content."""

    start: int
    quote: str
    css: str
    pairs: Sequence[tuple[str, Markup]]


@dataclass(frozen=True)
class Evidence:
    """A report for the pages of one language."""

    published: Published
    urls: Urls
    labels: Labels
    report: Row
    said: Mapping[str, str]
    wordings: Wordings

    @property
    def layout(self) -> Layout:
        """How the text is laid out."""
        return self.urls.layouts[self.report["report_id"]]

    @property
    def figures(self) -> Sequence[Row]:
        """The figures of the report in the order of the text."""
        return self.layout.figures

    def counts(self) -> Counter[str]:
        """How many figures were read as what; ``doubtful`` ones count twice."""
        found = Counter(taken_for(row, self.published) for row in self.figures)
        found["doubtful"] = sum(
            row["figure_id"] in self.published.findings_at for row in self.figures
        )
        return found

    def _css(self, row: Row) -> str:
        doubtful = row["figure_id"] in self.published.findings_at
        return taken_for(row, self.published) + (" doubtful" if doubtful else "")

    def _figure(self, row: Row, start: int, end: int) -> Markup:
        return Markup('<a class="f {}" id="f-{}" href="#d-{}">{}</a>').format(
            self._css(row), row["start"], row["start"], visible_markup(self.layout.text[start:end])
        )

    def _content(self, block: Block) -> Markup:
        layout = self.layout
        pieces = []
        for sentence, start, end in layout.sentences(block):
            runs = [
                self._figure(run.figure, run.start, run.end)
                if run.figure is not None
                else visible_markup(layout.text[run.start : run.end])
                for run in layout.runs(start, end)
            ]
            body = Markup("").join(runs)
            # The anchor is at the start of the sentence, once even if the sentence has several lines.
            anchor = Markup(' id="s-{}"').format(sentence) if sentence == start else Markup("")
            pieces.append(Markup('<span class="s"{}>{}</span>').format(anchor, body))
        return Markup("").join(pieces)

    def paragraphs(self, part: int) -> Iterator[Paragraph]:
        """The blocks of a part; headings begin at h2 and skip no level."""
        depth = 0
        shown: set[str] = set()
        for block in self.layout.parts[part]:
            if block.depth:
                depth = min(block.depth, depth + 1)
            findings = []
            for row in self.figures_in(block):
                for finding in self.published.findings_at.get(row["figure_id"], []):
                    if finding["finding_id"] not in shown:
                        shown.add(finding["finding_id"])
                        findings.append(Note(finding, self._anchors(finding, row)))
            tag = f"h{min(depth + 1, 6)}" if block.depth else "p"
            yield Paragraph(tag, self._content(block), findings)

    def _anchors(self, finding: Row, first: Row) -> str:
        starts = {self.published.figure_by_id[key]["start"] for key in finding["figures"].split()}
        rest = sorted(starts - {first["start"]})
        return " ".join(f"f-{start}" for start in (first["start"], *rest))

    def figures_in(self, block: Block) -> Iterator[Row]:
        """The figures that begin in a block."""
        for run in self.layout.runs(block.start, block.end):
            if run.figure is not None:
                yield run.figure

    def details(self, part: int) -> Iterator[Detail]:
        """The details of each figure of a part."""
        page = f"{self.labels.language}/{self.urls.report(self.report['report_id'], part)}"
        for block in self.layout.parts[part]:
            for row in self.figures_in(block):
                yield Detail(
                    row["start"], row["quote"], self._css(row), tuple(self._pairs(row, page))
                )

    def _link(self, target: str, page: str, label: str) -> Markup:
        href = relative(f"{self.labels.language}/{target}", page)
        return Markup('<a href="{}">{}</a>').format(href, label)

    def _pairs(self, row: Row, page: str) -> Iterator[tuple[str, Markup]]:
        labels, said = self.labels, self.said
        codes = (row["indicators"] or "").split()
        for code in codes:
            yield said["indicator"], self._indicator(code, page)
        if row["value"] is not None:
            yield said["value"], escape(labels.quantity(row["value"], row["unit"]))
        if row["qualifier"]:
            yield said["precision"], escape(labels.code("qualifiers", row["qualifier"]))
            # The bounds of an exact number are the number.
            if row["qualifier"] != "exact" and labels.interval(row):
                yield said["interval"], escape(labels.interval(row))
        printed = row["raw_unit"] and row["raw_unit"] != row["unit"]
        if printed and row["raw_value"] is not None:
            yield said["as_printed"], escape(f"{number(row['raw_value'])} {row['raw_unit']}")
        yield said["kind"], escape(labels.code("kinds", row["kind"]))
        yield from self._stated(row)
        words = self.wordings.of(self.report["report_id"]).get(row["start"])
        if words:
            yield said["recognised_by"], self._words(words)
        if row["reason"]:
            yield said["reason"], escape(labels.code("reason", row["reason"]))
        for code in codes:
            yield said["in_table"], self._row(code, page)
        for finding in self.published.findings_at.get(row["figure_id"], []):
            yield (
                said["finding"],
                self._link(
                    self.urls.finding(finding["finding_id"]),
                    page,
                    labels.colon(
                        labels.code("grade", finding["grade"]), labels.rule(finding["rule"])
                    ),
                ),
            )

    def _stated(self, row: Row) -> Iterator[tuple[str, Markup]]:
        """What a figure states; nothing for a numeral that is not data."""
        for column in ("counted", "act"):
            if row[column]:
                yield self.said[column], self._words((visible(row[column]),))
        if row["ref_period"]:
            yield self.said["ref_period"], escape(row["ref_period"])
        for column, (word, codes) in STATED.items():
            if row[column]:
                yield self.said[word], escape(self.labels.code(codes, row[column]))

    def _words(self, words: Sequence[str]) -> Markup:
        """Words of the report, marked as Chinese on an English page."""
        tag = Markup("") if self.labels.language == "zh" else Markup(' lang="zh-Hans"')
        marks = (Markup("<q{}>{}</q>").format(tag, word) for word in words)
        return Markup(" + ").join(marks)

    def _indicator(self, code: str, page: str) -> Markup:
        """The name of an indicator, linked to its card."""
        topic = self.published.indicators[code]["topic"]
        card = f"{self.urls.area(topic, self.report['ref_area'])}#i-{code}"
        return self._link(card, page, self.labels.indicator(code))

    def _row(self, code: str, page: str) -> Markup:
        """The row of the table that publishes the figure, by its key."""
        year = self.report["time_period"]
        row = {"indicator": code, "ref_area": self.report["ref_area"], "time_period": year}
        topic = self.published.indicators[code]["topic"]
        key = f"{self.labels.code('topic', topic)} · {self.labels.area(row['ref_area'])} · {year}"
        return self._link(self.urls.row(topic, row), page, key)
