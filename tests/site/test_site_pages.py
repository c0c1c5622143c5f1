"""What the pages of the site hold, read as a visitor's browser would read their files."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from functools import cache
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from lxml import etree, html

from shenwan_data.site.marks import Wordings
from shenwan_data.site.start import About
from shenwan_data.site.tree import Tree
from shenwan_data.site.urls import Urls
from shenwan_data.site.view import read_published, visible
from shenwan_data.site.words import number
from shenwan_data.work_files import kept_readings

LANGUAGES = ("zh", "en")
TOPICS = ("services", "enforcement", "governance", "outreach")


@cache
def soup(path: Path) -> BeautifulSoup:
    """A page, parsed as browsers do."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


def pages(site: Path) -> list[Path]:
    """Every page."""
    return sorted(site.rglob("*.html"))


def test_the_two_languages_have_the_same_pages_and_say_which_they_are(site):
    trees = [
        {path.relative_to(site / language) for path in (site / language).rglob("*.html")}
        for language in LANGUAGES
    ]
    assert trees[0] == trees[1]
    assert len(trees[0]) > 15
    for language, tag in (("zh", "zh-Hans"), ("en", "en")):
        for path in (site / language).rglob("*.html"):
            page = soup(path)
            assert page.html["lang"] == tag
            alternates = {
                link["hreflang"] for link in page.select('link[rel="alternate"][hreflang]')
            }
            assert alternates == {"zh-Hans", "en", "x-default"}
            assert page.select_one("a.lang")["hreflang"] != tag


@cache
def anchors(path: Path) -> frozenset[str]:
    """The anchors of a page."""
    return frozenset(html.parse(str(path)).xpath("//@id"))


def test_every_link_and_anchor_leads_somewhere(site):
    checked = 0
    for path in pages(site):
        for element in html.parse(str(path)).xpath("//*[@href or @src]"):
            target = element.get("href") or element.get("src")
            if re.match(r"https?:", target):
                # Only a person's click leaves the site.
                assert element.tag == "a"
                continue
            way, _, anchor = unquote(target).partition("#")
            assert not way.startswith("/")
            goal = Path(normpath(path.parent / way)) if way else path
            assert goal.is_file(), f"{path.relative_to(site)}: {target}"
            if anchor:
                assert anchor in anchors(goal), f"{path.relative_to(site)}: {target}"
            checked += 1
    assert checked > 3000


def test_no_identifier_is_given_twice_on_a_page(site):
    for path in pages(site):
        found = [element["id"] for element in soup(path).select("[id]")]
        # The patterns of the charts are defined once for a page.
        assert len(found) == len(set(found)), path


def test_every_numeral_is_lit_up_once_and_in_its_place(site, site_release):
    release = read_published(site_release)
    for report in release.reports:
        text = release.text(report)
        page = soup(site / "zh" / "evidence" / f"{report['report_id']}.html")
        lit = page.select("article.text a.f")
        figures = release.figures_of[report["report_id"]]
        assert [one["id"] for one in lit] == [f"f-{row['start']}" for row in figures]
        assert [one.get_text() for one in lit] == [
            visible(text[row["start"] : row["end"]]) for row in figures
        ]
        assert len(page.select("ol.details > li")) == len(figures) == report["numerals"]
        assert page.select_one(".counter strong").get_text() == f"{len(figures):,}"


def test_the_text_of_a_report_is_shown_to_the_last_character(site, site_release):
    release = read_published(site_release)
    for report in release.reports:
        page = soup.__wrapped__(site / "en" / "evidence" / f"{report['report_id']}.html")
        for margin in page.select(".margin"):
            margin.extract()
        shown = page.select_one("article.text").get_text()
        assert "".join(shown.split()) == "".join(visible(release.text(report)).split())


def test_a_row_leads_to_its_sentence_and_the_sentence_back_to_the_row(site):
    path = site / "zh" / "enforcement" / "shenwan.html"
    row = soup(path).find(id="r-penalty_amount-2022")
    quote = row.find("a", string="405.23元")
    target, _, anchor = quote["href"].partition("#")
    page = (path.parent / target).resolve()
    figure = soup(page).find(id=anchor)
    assert figure.get_text() == "405.23元"
    assert "作出处罚金额" in figure.parent.get_text()
    detail = soup(page).find(id=figure["href"][1:])
    back = [link["href"] for link in detail.select("a") if "#r-" in link["href"]]
    assert [(page.parent / href.partition("#")[0]).resolve() for href in back] == [path]
    assert back[0].endswith("#r-penalty_amount-2022")


def test_a_doubt_stands_beside_the_value_and_in_the_margin_of_the_text(site):
    row = soup(site / "zh" / "enforcement" / "shenwan.html").find(id="r-penalty_amount-2022")
    assert [link.strong.get_text() for link in row.select(".doubts a")] == ["存疑", "存疑"]
    page = soup(site / "zh" / "evidence" / "shenwan-2022.html")
    figure = page.find("a", string="405.23元")
    assert "doubtful" in figure["class"]
    block = figure.find_parent("div", class_="row")
    assert "405.23" in block.select_one(".finding").get_text()


def test_a_note_in_the_margin_names_its_figures_and_the_one_of_its_place_first(site):
    page = soup(site / "zh" / "evidence" / "shenwan-2022.html")
    notes = page.select(".margin .finding")
    assert len(notes) > 8
    for note in notes:
        anchors = note["data-figures"].split()
        block = note.find_parent("div", class_="row")
        assert block.find(id=anchors[0])
        assert all("doubtful" in page.find(id=anchor)["class"] for anchor in anchors)


def details_of(page, quote):
    one = page.select_one("ol.details").find("a", string=quote).find_parent("li")
    return {pair.dt.get_text(): pair.dd for pair in one.select("dl > div")}


def test_a_figure_says_by_which_words_it_was_recognised(site):
    page = soup(site / "zh" / "evidence" / "shenwan-2022.html")
    said = details_of(page, "600余项")
    assert [word.get_text() for word in said["识别依据"].select("q")] == [
        "核实",
        "行政事项",
        "形成",
    ]
    assert said["精度"].get_text() == "略多于"
    assert said["区间"].get_text() == "600 – 700"
    assert said["指标"].a["href"].endswith("services/shenwan.html#i-admin_items_verified")
    assert said["数据表"].a["href"].endswith("shenwan.html#r-admin_items_verified-2022")
    assert "识别依据" not in details_of(page, "2023-02-15")


def test_a_figure_says_what_it_states(site):
    said = details_of(soup(site / "zh" / "evidence" / "shenwan-2022.html"), "600余项")
    names = ("计数对象", "行为", "所属时期", "覆盖范围", "性质", "主题")
    counted, act, *codes = (said[name].get_text() for name in names)
    assert counted == "行政事项" and act == "核实"
    assert codes == ["2022", "全部", "总量", "政务与公共法律服务"]
    english = details_of(soup(site / "en" / "evidence" / "shenwan-2022.html"), "600余项")
    assert english["Counted"].q["lang"] == "zh-Hans"
    assert english["Coverage"].get_text() == "Whole"
    not_data = details_of(soup(site / "zh" / "evidence" / "shenwan-2022.html"), "2023-02-15")
    assert not set(names) & set(not_data)


def test_the_words_of_a_figure_are_told_only_where_they_lead_to_what_is_published(site_release):
    release = read_published(site_release)
    row = next(row for row in release.figures if row["quote"] == "600余项")
    kept = kept_readings(site_release.parents[1])
    assert Wordings(Urls(release), kept).of("shenwan-2022")[row["start"]] == (
        "核实",
        "行政事项",
        "形成",
    )
    # As a person might have corrected it: the words of the program would explain something else.
    row["indicators"] = "duty_list_items"
    assert row["start"] not in Wordings(Urls(release), kept).of("shenwan-2022")
    assert Wordings(Urls(release), {}).of("shenwan-2022") == {}


def test_the_areas_are_compared_as_precisely_as_each_states(site):
    page = soup(site / "zh" / "outreach" / "index.html")
    row = next(r for r in page.select("tbody tr") if "普法受教育群众人次" in r.get_text())
    assert [cell.a.get_text() for cell in row.select("td")] == ["20,000–30,000", "800"]
    assert row.select_one("td").select("svg rect.soft")
    # The scale ends at 30,000 for both: 800 is a sliver of it.
    sliver = row.select("td")[1].select_one("rect.solid")
    assert abs(float(sliver["width"]) - 100 * 800 / 30_000) < 0.1


def test_a_definition_leads_to_the_indicators_that_it_names(site):
    for language, label in (("zh", "认领监管事项数"), ("en", "Regulatory items claimed on")):
        page = soup(site / language / "services" / "shenwan.html")
        link = page.find(id="i-regulatory_checklists_compiled").select_one(".def a")
        assert link["href"] == "#i-regulatory_items_claimed"
        assert label in link.get_text()


def test_the_citation_is_that_of_the_release(site, site_release):
    citation = json.loads((site_release / "datapackage.json").read_text(encoding="utf-8"))[
        "citation"
    ]
    shown = [
        soup(site / language / "index.html").find(id="citation").get_text()
        for language in LANGUAGES
    ]
    assert " / ".join(shown) == citation


def release_rows(site):
    """Every observation of the tables that the site offers, as their CSV files say it."""
    for topic in TOPICS:
        with (site / "data" / topic / f"{topic}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                yield topic, row


def test_every_row_of_the_tables_is_found_by_its_code_and_leads_back_to_its_table(site):
    rows = list(release_rows(site))
    assert len(rows) > 400
    for language in LANGUAGES:
        seen = set()
        for topic, row in rows:
            code, key = row["indicator"], f"{row['ref_area']}-{row['time_period']}"
            # From the code of a CSV row alone: the page of the indicator, and the row on it.
            home = site / language / "indicators" / code / "index.html"
            page = soup(home)
            assert page.select_one("h1 ~ .code code").get_text() == code
            own = page.find(id=key)
            said = [cell.get_text(strip=True) for cell in own.select("td")]
            assert said[0] == row["time_period"]
            if row["value"]:
                assert re.match(r"[\d,.]+", said[1])[0] == number(Decimal(row["value"]))
            if row["finding_ids"]:
                assert len(own.select(".doubts a")) == len(row["finding_ids"].split())
            # The same row in the table of its topic, which names the code and leads here.
            target, _, anchor = own.th.a["href"].partition("#")
            twin = soup((home.parent / target).resolve()).find(id=anchor)
            assert twin.th.code.get_text() == code
            back, _, at = twin.th.a["href"].partition("#")
            assert (site / language / topic / back).resolve() == home
            assert at == key
            files = {a["href"] for a in page.select("a[download]")}
            assert f"../../../data/{topic}/{topic}.csv" in files
            seen.add((code, key))
        # And no row of a page that is in no table.
        for home in (site / language / "indicators").glob("*/index.html"):
            for own in soup(home).select("tbody tr[id]"):
                assert (home.parent.name, own["id"]) in seen


def test_every_indicator_has_a_page_that_says_what_it_is(site):
    with (site / "data" / "evidence" / "indicators.csv").open(encoding="utf-8") as file:
        catalogue = list(csv.DictReader(file))
    listed = soup(site / "en" / "indicators" / "index.html")
    codes = [cell.get_text() for cell in listed.select("tbody th code")]
    assert codes == [row["indicator"] for row in catalogue]
    for language in LANGUAGES:
        for row in catalogue:
            page = soup(site / language / "indicators" / row["indicator"] / "index.html")
            assert page.h1.get_text() == row[f"label_{language}"]
            lead = row[f"definition_{language}"].split("“")[0].split('"')[0][:12]
            assert page.select_one(".lead").get_text().startswith(lead)
            cited = page.find(id="citation").get_text()
            assert row["indicator"] in cited and "1.0.0" in cited
            assert cited.endswith(f"{language}/indicators/{row['indicator']}/")


def test_the_years_of_several_towns_are_compared_on_the_page_of_an_indicator(site):
    page = soup(site / "zh" / "indicators" / "penalty_amount" / "index.html")
    table = page.select_one("table.compare")
    assert [cell.get_text() for cell in table.select("thead th")][1:] == ["2023", "2022"]
    cells = {
        row.th.get_text(): [cell.get_text(" ", strip=True) for cell in row.select("td")]
        for row in table.select("tbody tr")
    }
    assert cells == {"神湾镇": ["4,126,000 存疑", "405.23 存疑"], "yunping": ["35,000", "–"]}
    # Only the town with two years has something to draw.
    assert len(page.select("figure svg")) == 1
    assert page.select("figure svg .warn")


def test_the_first_page_opens_with_the_town_of_the_title_and_names_all(site):
    page = soup(site / "zh" / "index.html")
    glance = page.find(id="glance")
    assert glance.get_text(" ", strip=True).startswith("主要数字 神湾镇 · 2023")
    chips = {a.get_text(): a["href"] for a in page.select("#towns a")}
    assert chips == {
        "神湾镇": "towns/shenwan/index.html",
        "yunping": "towns/yunping/index.html",
    }
    assert page.select_one("#towns [aria-current]").get_text() == "神湾镇"


def test_a_town_has_a_page_with_its_reports_and_its_years_side_by_side(site):
    page = soup(site / "en" / "towns" / "shenwan" / "index.html")
    assert page.h1.get_text() == "Shenwan Town"
    assert "442000117000" in page.get_text()
    reports = [item.get_text(" ", strip=True) for item in page.select(".reports li")]
    assert len(reports) == 2 and "2023-02-15" in reports[1] and "Doubt 4" in reports[1]
    row = next(r for r in page.select("tbody tr") if r.th.code.get_text() == "penalty_amount")
    assert [cell.get_text(" ", strip=True) for cell in row.select("td")] == [
        "yuan",
        "4,126,000 Doubt",
        "405.23 Doubt",
    ]


def test_the_findings_begin_with_the_gravest_and_say_whose_they_are(site):
    page = soup(site / "zh" / "findings.html")
    items = page.select("#findings li")
    grades = [item["data-grade"] for item in items]
    assert grades == sorted(grades, key=["error", "doubt", "note"].index)
    assert {"doubt", "note"} <= set(grades)
    for item in items:
        place = item.select_one(".meta a").get_text()
        assert place.endswith(item["data-year"])
        assert item["id"].startswith(f"{item['data-area']}-{item['data-year']}-")


def test_many_findings_have_a_page_for_each_year_behind_one_of_all_errors(
    site_release, monkeypatch
):
    monkeypatch.setattr("shenwan_data.site.urls.FINDINGS_PER_PAGE", 5)
    release = read_published(site_release)
    release.findings[0]["grade"] = "error"
    urls = Urls(release)
    pages = {page.path: page for page in urls.all_finding_pages}
    assert list(pages) == [
        "findings.html",
        "findings-2023.html",
        "findings-2022.html",
        "findings-2022-2.html",
        "findings-2022-3.html",
    ]
    assert [row["grade"] for row in pages.pop("findings.html").rows] == ["error"]
    held = [row["finding_id"] for page in pages.values() for row in page.rows]
    assert sorted(held) == sorted(release.finding_by_id)
    assert all(len(page.rows) <= 5 for page in pages.values())
    for path, page in pages.items():
        for row in page.rows:
            assert urls.finding(row["finding_id"]) == f"{path}#{row['finding_id']}"
    rendered = dict(Tree(About(release, {}), "zh").pages())
    for path in (*pages, "findings.html"):
        shown = BeautifulSoup(rendered[path], "lxml")
        years = {a.get_text(): a["href"] for a in shown.select("#counts ~ .scroll tbody a")}
        assert years == {"2023": "findings-2023.html", "2022": "findings-2022.html"}
        assert len(shown.select("#findings li")) == (len(pages[path].rows) if path in pages else 1)


def test_a_number_of_an_earlier_year_says_so_on_its_card(site):
    page = soup(site / "zh" / "enforcement" / "shenwan.html")
    card = page.find(id="i-land_consolidated_area")
    assert "2022年" in card.select_one(".value").get_text()
    assert "年" not in page.find(id="i-penalty_cases").select_one(".value").get_text()


def test_what_a_report_does_not_give_is_named_with_the_reason(site):
    page = soup(site / "en" / "services" / "shenwan.html")
    absent = page.select_one("dl.absent").get_text()
    assert "Not mentioned" in absent
    row = page.find(id="r-notarial_cases-2022")
    assert "Not mentioned" in row.get_text()
    assert "–" in row.select_one("td.num").get_text()


def test_a_hedged_number_says_and_shows_its_interval(site):
    page = soup(site / "zh" / "services" / "shenwan.html")
    card = page.find(id="i-admin_items_verified")
    assert "620 – 630" in card.select_one(".precise").get_text()
    chart = card.select_one("svg[role=img]")
    assert "2022: 600 项" in chart["aria-label"]
    assert chart.select("rect.soft")


def test_a_trend_is_shown_only_where_the_intervals_allow_it(site):
    page = soup(site / "en" / "outreach" / "shenwan.html")
    assert page.find(id="i-outreach_events").select(".turn.up")
    # 2万余人次 in both years: either may be the larger.
    assert page.find(id="i-outreach_audience").select(".turn.unclear")
    assert page.find(id="i-rural_legal_guides").select(".turn.same")


def test_a_hostile_report_stays_text(site):
    raw = {path: path.read_text(encoding="utf-8") for path in pages(site)}
    for path, content in raw.items():
        page = soup(path)
        scripts = page.select("script")
        assert all(
            script.get("src", "").endswith(("static/site.js", "static/choose.js"))
            or script.get("type") == "application/ld+json"
            for script in scripts
        )
        for element in page.find_all(True):
            assert not [name for name in element.attrs if name.startswith("on") or name == "style"]
            href = element.get("href", "")
            assert not href.lower().startswith(("javascript:", "data:"))
        assert not page.select("img, iframe, object, embed, form, style, base")
        hidden = re.findall("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", content)
        assert not hidden, path
    page = soup(site / "zh" / "evidence" / "yunping-2023.html")
    shown = page.select_one("article.text").get_text()
    for trick in ("<script>alert('text')</script>", "<img src=x", "{{ 7*7 }}", "<!-- 5 -->"):
        assert trick in shown
    # Invisible characters are taken out where the file is read: they neither turn text nor part numbers.
    assert "拆除违章建筑面积共0002平方米，派发宣传资料300份" in shown
    assert "[U+2067]年度[U+2069]报告（虚构）<script>" in page.h1.get_text()
    marks = [mark.get_text() for mark in page.select(".ctl")]
    # The title is what its archive says; a character of nobody's alphabet is text of the report.
    assert marks == ["[U+2067]", "[U+2069]", "[U+E001]"]


def test_every_page_forbids_what_it_does_not_need(site):
    for path in pages(site):
        policy = soup(path).select_one('meta[http-equiv="Content-Security-Policy"]')["content"]
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == "'self'"
        assert rules["base-uri"] == rules["form-action"] == "'none'"


def test_programs_find_the_data_set(site):
    page = soup(site / "en" / "index.html")
    content = json.loads(page.select_one('script[type="application/ld+json"]').string)
    assert content["@type"] == "Dataset"
    assert content["temporalCoverage"] == "2022/2023"
    assert content["creator"][0]["name"] == "The shenwan-data contributors"
    for file in content["distribution"]:
        assert (site / "en" / file["contentUrl"]).resolve().is_file()
    for name in ("og:title", "og:description", "og:type", "og:locale"):
        assert page.select_one(f'meta[property="{name}"]')["content"]


def test_the_feed_and_the_sitemap_are_well_formed_and_complete(site):
    feed = etree.parse(site / "feed.xml").getroot()
    atom = "{http://www.w3.org/2005/Atom}"
    assert [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")] == [
        "shenwan-rule-of-law 1.0.0"
    ]
    assert feed.findtext(f"{atom}id").startswith("urn:uuid:")
    places = etree.parse(site / "sitemap.xml").getroot()
    listed = {loc.text for loc in places.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert listed == {path.relative_to(site).as_posix() for path in pages(site)} - {"index.html"}


def test_the_saved_charts_are_svg_with_text_as_text(site):
    files = sorted((site / "charts").glob("*.svg"))
    # Of the town with two years: four topics, two languages; and of each indicator with two numbers.
    assert len([path for path in files if "shenwan" in path.name]) == 8
    assert not [path for path in files if "yunping" in path.name]
    assert "indicator-penalty_amount.en.svg" in {path.name for path in files}
    for path in files:
        root = etree.parse(path).getroot()
        assert root.get("role") == "img"
        assert root.get("aria-label")
    zh = (site / "charts" / "services-shenwan.zh.svg").read_text(encoding="utf-8")
    assert "受理群众申请件数" in zh
    en = (site / "charts" / "enforcement-shenwan.en.svg").read_text(encoding="utf-8")
    # It says of which years it is and where from, and marks what is doubtful.
    for words in (
        "2022–2023",
        "Source: text of the yearly reports of Shenwan Town",
        "version 1.0.0",
    ):
        assert words in " ".join(etree.fromstring(en.encode()).itertext())
    assert en.count('class="warn"') > 1


def test_the_data_can_be_downloaded_and_is_the_release(site, site_release):
    for path in site_release.rglob("*"):
        if path.is_file():
            copy = site / "data" / path.relative_to(site_release)
            assert copy.read_bytes() == path.read_bytes()
    links = {link["href"] for link in soup(site / "zh" / "index.html").select("a[download]")}
    for topic in ("services", "enforcement", "governance", "outreach"):
        for ending in ("csv", "parquet"):
            assert f"../data/{topic}/{topic}.{ending}" in links
    for ending in ("csv", "parquet", "xlsx"):
        assert f"../data/observations.{ending}" in links
    assert "../data/shenwan-rule-of-law-1.0.0.zip" in links


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_program_shows_through(site, language):
    of_the_report = "//article | //script | //ol[@class='details'] | //blockquote"
    for path in (site / language).rglob("*.html"):
        page = html.parse(str(path))
        for element in page.xpath(of_the_report):
            element.drop_tree()
        said = page.getroot().text_content()
        assert not re.search(r"built-in|object at|Undefined|\bNone\b|\{\w+\}|\bnan\b", said), path
