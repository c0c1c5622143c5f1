"""Nothing in a report can lead a file astray, run in a spreadsheet, or become markup."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from shenwan_data.errors import DataError, ShenwanError, Text
from shenwan_data.model import Reading
from shenwan_data.release.descriptor import measured
from shenwan_data.release.diff import diff_releases
from shenwan_data.release.formats import restore
from shenwan_data.release.manifest import MANIFEST, hashes, manifest_text
from shenwan_data.release.package import markdown_cell, write_release
from shenwan_data.release.register import record_published
from shenwan_data.release.tables import build_tables
from shenwan_data.report.archive import add_report
from tests.release.made_up import CATALOGUE, read_by_hand
from tests.town_settings import SETTINGS

# Paths: no code or year leads out of the folder, and none is too long to be written.
TRICKS = [
    "../x", "..", ".", "/etc/x", "x/y", "x\\y", "x\0y", "x\ny", "x y", "", " ", "x" * 300, "~x",
    "C:x", "神湾", "x\u202ey", "-x", "x%2fy", "${x}", "x;y",
]  # fmt: skip


def of_area(area: str) -> Reading:
    """The made-up reading of 2030 as one of another area."""
    reading = read_by_hand(2030, 600)
    return replace(
        reading,
        report=replace(reading.report, ref_area=area),
        observations=tuple(replace(o, ref_area=area) for o in reading.observations),
    )


@pytest.mark.parametrize("area", TRICKS)
def test_an_area_that_is_a_path_is_refused_before_anything_is_written(
    area: str, tmp_path: Path
) -> None:
    releases = tmp_path / "deep" / "releases"
    reading = of_area(area)
    with pytest.raises(DataError):
        write_release(
            build_tables([reading], CATALOGUE).tables,
            {reading.report.id: reading.report.text},
            releases,
            SETTINGS.release,
        )
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"] == []


@pytest.mark.parametrize("area", TRICKS)
def test_the_archive_takes_no_area_that_is_a_path(area: str, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("神湾镇2030年法治政府建设年度报告\n全年办理5件。\n", encoding="utf-8")
    data = tmp_path / "deep" / "data"
    with pytest.raises(ShenwanError):
        add_report(report, year=2030, area=area, data_dir=data)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [report]


@pytest.mark.parametrize("year", [-1, 0, 999, 10**9, 2**40])
def test_a_year_that_is_none_is_refused(year: int) -> None:
    reading = read_by_hand(2030, 600)
    report = replace(reading.report, time_period=year)
    problems = build_tables([replace(reading, report=report)], CATALOGUE).problems
    assert {"time_period"} <= {problem.column for problem in problems if problem.table == "reports"}


def test_a_folder_of_digits_that_are_not_ascii_is_no_year(tmp_path: Path) -> None:
    from shenwan_data.report.archive import find_reports

    (tmp_path / "reports" / "20３０").mkdir(parents=True)
    with pytest.raises(DataError):
        find_reports(tmp_path)


@pytest.mark.parametrize("path", ["../../outside.csv", "/etc/passwd", "a/b.csv", "..csv", ".csv"])
def test_a_descriptor_of_a_stranger_leads_nowhere(
    path: str, release: Path, pristine: Path, tmp_path: Path
) -> None:
    (release.parent / "outside.csv").write_text("secret\n", encoding="utf-8")
    descriptor = release / "services/datapackage.json"
    content = json.loads(descriptor.read_text(encoding="utf-8"))
    content["resources"][0]["path"] = path
    descriptor.write_text(json.dumps(content), encoding="utf-8")
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")
    with pytest.raises(DataError, match="is not the name of a CSV file"):
        diff_releases(pristine, release)
    with pytest.raises(DataError, match="is not the name of a CSV file"):
        record_published(release, tmp_path / "register")
    assert not (tmp_path / "register").exists()
    assert measured(descriptor)["bytes"] > 0


# Spreadsheets: no text of a release begins like a formula.
FORMULAS = [
    '=HYPERLINK("http://example.org/"&A1,"x")', "=cmd|'/C calc'!A0", "+1+1", "-1+1", "@SUM(1)",
    "＝1", "＋1", "－1", "＠x", "'=1", "''=1",
]  # fmt: skip


def test_no_text_of_any_file_begins_like_a_formula(tmp_path: Path) -> None:
    readings = []
    for year, text in enumerate(FORMULAS, start=2030):
        reading = read_by_hand(year, 600)
        (finding,) = reading.findings
        titled = replace(reading.report, title=text)
        said = replace(finding, message=Text(text, text))
        readings.append(replace(reading, report=titled, findings=(said,)))
    texts = {reading.report.id: reading.report.text for reading in readings}
    release = write_release(
        build_tables(readings, CATALOGUE).tables, texts, tmp_path, SETTINGS.release
    )
    seen: Counter[str] = Counter()
    for path in release.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    assert not re.match(r"[=+@\t\r\n＝＋－＠]|-(?![0-9.]+$)", cell), (path, cell)
                    seen.update(text for text in FORMULAS if text == restore(cell))
    # The title, and the message in two languages.
    assert all(seen[text] >= 3 for text in FORMULAS), seen


# Markup: what a text says is what a reader sees, and nothing else.
OWN = {"table", "thead", "tbody", "tr", "th", "td", "p"}


class Reader(HTMLParser):
    """What a page shows, and the tags it has beside those of one table of one cell."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in OWN or attrs:
            self.tags.append(tag)
        self.cells += tag in ("td", "th")

    def handle_data(self, data: str) -> None:
        self.text += data


MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PIECES = st.sampled_from([
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
    "![x](http://example.org/x.png)", "`", "|", "\\", "\\|", "# ", "- ", "1. ", "1) ", "> ", "***",
    "---", "===", "~~x~~", "~~~", "&lt;", "&", "*x*", "_x_", "\n\n", "\n", "<!--", "-->", "]]>",
    "[a]: http://example.org", "+ ", ":---", "报告", "=", "<a@example.org>", "\t", "    ", "\u2028",
])  # fmt: skip


def shown(markdown: str) -> Reader:
    reader = Reader()
    reader.feed(MARKDOWN.render(markdown))
    reader.close()
    return reader


@given(st.lists(PIECES | st.text(max_size=5), max_size=6).map("".join))
def test_a_text_in_a_readme_is_only_ever_text(text: str) -> None:
    flat = " ".join(text.split())
    # A parser may show what is no character at all as a sign of its own.
    flat = re.sub("[\0\ufffd]", "", flat)
    cell = markdown_cell(text)
    in_table = shown(f"| head |\n| --- |\n| {cell} |\n")
    assert (in_table.tags, in_table.cells) == ([], 2)
    in_paragraph = shown(f"before\n\n{cell}\n\nafter\n")
    assert in_paragraph.tags == []
    for reader, before in ((in_table, "head"), (in_paragraph, "before")):
        said = " ".join(re.sub("[\0\ufffd]", "", reader.text).split())
        assert said.removeprefix(before).removesuffix("after").strip() == " ".join(flat.split())


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\n=1", "x](y)\n\n# head"])
def test_a_title_with_control_characters_is_refused(text: str, tmp_path: Path) -> None:
    reading = read_by_hand(2030, 600)
    reading = replace(reading, report=replace(reading.report, title=text))
    texts = {reading.report.id: reading.report.text}
    with pytest.raises(DataError, match="control characters"):
        write_release(build_tables([reading], CATALOGUE).tables, texts, tmp_path, SETTINGS.release)
    assert list(tmp_path.glob("*.*.*")) == []


def test_a_title_is_text_wherever_it_is_published(tmp_path: Path) -> None:
    titles = ["<script>alert(1)</script>", "x](y)|`z` # head", '"quoted"']
    readings = [
        replace(reading, report=replace(reading.report, title=title))
        for title, reading in zip(
            titles, (read_by_hand(2030 + n, 600) for n in range(3)), strict=True
        )
    ]
    texts = {reading.report.id: reading.report.text for reading in readings}
    release = write_release(
        build_tables(readings, CATALOGUE).tables, texts, tmp_path, SETTINGS.release
    )
    for path in release.rglob("*.md"):
        readme = path.read_text(encoding="utf-8")
        assert "<script>" not in readme
        assert "\n# head" not in readme
    for path in release.rglob("datapackage.json"):
        sources = json.loads(path.read_text(encoding="utf-8"))["sources"]
        assert len(sources) == len(titles)
        for source, title in zip(sources, titles, strict=True):
            assert source["title"].startswith(f"《{title}》") and source["title"].count(title) == 2
