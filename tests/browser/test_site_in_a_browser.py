"""The site as people meet it: in a real browser, from a folder, by mouse and by keyboard."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.visitor import DESKTOP, PHONE, watched

pytestmark = pytest.mark.browser

REPORT = "zh/evidence/shenwan-2022.html"
# Without the style sheets: to fetch them anew is what a page from a folder may not do.
# Without the style sheets: to fetch them anew is what a page from a folder may not do.
QUICK = {"resultTypes": ["violations"], "preload": False}
# 24 pixels for a finger (WCAG 2.2 AA); the checker leaves it out by default.
SIZES = {**QUICK, "runOnly": ["target-size"]}
COLOURS = {**QUICK, "runOnly": ["target-size", "color-contrast"]}
WORDS = {**QUICK, "rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}}
ALL = {**QUICK, "rules": {"target-size": {"enabled": True}}}


def pages_of(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


# One or two pages of each kind: with and without doubts, absent numbers, several towns, no rows.
KINDS = [
    "index.html",
    "services/index.html",
    "enforcement/shenwan.html",
    "outreach/yunping.html",
    "indicators/index.html",
    "indicators/penalty_amount/index.html",
    "indicators/hotline_satisfaction_rate/index.html",
    "towns/shenwan/index.html",
    "evidence/index.html",
    "evidence/shenwan-2022.html",
    "findings.html",
    "dictionary.html",
    "method.html",
    "changes.html",
]


def kind_of(path: str) -> str:
    """The template of a page, by its address."""
    parts = path.split("/")
    if parts[0] in ("services", "enforcement", "governance", "outreach"):
        return "compare" if parts[-1] == "index.html" else "topic"
    return f"{parts[0]}-{'list' if len(parts) == 2 and parts[1] == 'index.html' else len(parts)}"


# Colours depend on the scheme, sizes on the width and the language, all else on the language: each is
# checked wherever it may differ, and nowhere twice.
LOOKS = {
    "zh": [(DESKTOP, "light", ALL), (PHONE, "dark", COLOURS)],
    "en": [(PHONE, "light", WORDS), (DESKTOP, "dark", SIZES)],
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_page_is_quiet_fits_and_is_accessible(browser, site, language):
    own = {page.partition("/")[2] for page in pages_of(site) if page.startswith(language)}
    assert {kind_of(path) for path in own} == {kind_of(path) for path in KINDS}
    # The page's own policy forbids the checker's script, as it should: the context lets it pass.
    context = browser.new_context(bypass_csp=True)
    context.set_default_timeout(20_000)
    visit = watched(context, site)
    checker = Axe()
    for viewport, scheme, options in LOOKS[language]:
        visit.page.set_viewport_size(viewport)
        visit.page.emulate_media(color_scheme=scheme)
        for path in KINDS:
            page = visit.go(f"{language}/{path}")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path} is {wide} px too wide"
            found = checker.run(page, options=options).response["violations"]
            visit.problems += [
                f"{path}: {one['id']}: {[node['html'][:150] for node in one['nodes'][:3]]}"
                for one in found
            ]
    context.close()
    assert visit.problems == []


def test_the_policy_lets_every_page_work_and_nothing_else(visit):
    for path in KINDS:
        page = visit.go(f"en/{path}")
        # The style sheet and the script have come through the policy.
        assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px"
        assert page.evaluate("document.styleSheets.length") == 1
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.evil = 1';"
        "document.body.append(s); }"
    )
    assert page.evaluate("window.evil") is None
    assert len(visit.problems) == 1
    assert "Content Security Policy" in visit.problems.pop()


@pytest.mark.parametrize(("locale", "tree"), [("zh-CN", "zh"), ("en-GB", "en"), ("fr-FR", "en")])
def test_the_root_leads_to_the_language_of_the_visitor_and_not_back(browser, site, locale, tree):
    context = browser.new_context(locale=locale)
    visit = watched(context, site)
    page = context.pages[0]
    page.goto((site / "index.html").as_uri())
    page.wait_for_url(f"**/{tree}/index.html")
    page.click("a.lang")
    other = "en" if tree == "zh" else "zh"
    page.wait_for_url(f"**/{other}/index.html")
    page.wait_for_timeout(200)
    assert page.url.endswith(f"{other}/index.html")
    page.go_back()
    page.wait_for_url(f"**/{tree}/index.html")
    context.close()
    assert visit.problems == []


def test_a_click_on_a_figure_opens_what_it_was_taken_for(visit):
    page = visit.go(REPORT)
    assert page.locator("#panel").is_hidden()
    page.get_by_role("button", name="600余项").click()
    panel = page.locator("#panel")
    assert panel.is_visible()
    text = panel.inner_text()
    for words in ("600余项", "核实的行政事项数", "600 – 700", "略多于"):
        assert words in text
    assert page.url.endswith("#f-823")
    card = panel.get_by_role("link", name="核实的行政事项数").get_attribute("href")
    assert card.endswith("services/shenwan.html#i-admin_items_verified")
    panel.get_by_role("link", name="政务与公共法律服务 · 神湾镇 · 2022").click()
    page.wait_for_url("**/services/shenwan.html#r-admin_items_verified-2022")
    assert page.locator("tr:target").inner_text().startswith("核实的行政事项数")
    page.locator("tr:target").get_by_role("link", name="600余项").click()
    page.wait_for_url("**/evidence/shenwan-2022.html#f-823")
    assert page.locator("#f-823").is_visible()
    assert page.locator("#panel").is_visible()


COVERED = """() => {
  const panel = document.getElementById('panel').getBoundingClientRect();
  const meets = box => box.left < panel.right && box.right > panel.left
    && box.top < panel.bottom && box.bottom > panel.top;
  const open = document.querySelector('.text .f[aria-current]');
  const about = [open, ...document.querySelectorAll('.finding.now')];
  // On a wide screen no word and no note of the page.
  const all = getComputedStyle(document.getElementById('panel')).position === 'fixed'
    ? [open] : [...document.querySelectorAll('.text .s, .margin .finding'), ...about];
  return all.filter(one => [...one.getClientRects()].some(meets)).length;
}"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_panel_covers_nothing_that_it_explains(browser, site, size):
    context = browser.new_context(viewport=size)
    visit = watched(context, site)
    page = visit.go(REPORT + "#f-3331")
    assert page.evaluate(COVERED) == 0
    figures = page.locator(".text a.f")
    count = figures.count()
    for index in (0, 40, count // 2, count - 1):
        figures.nth(index).click()
        assert page.locator("#panel").is_visible()
        assert page.evaluate(COVERED) == 0, index
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(COVERED) == 0, index
        page.keyboard.press("Escape")
    context.close()
    assert visit.problems == []


def test_the_findings_are_filtered_by_grade_year_town_and_words(visit):
    page = visit.go("en/findings.html")
    items = page.locator("#findings li")
    shown = items.filter(visible=True)
    assert shown.count() == items.count() == 13
    page.get_by_label("Grade").select_option("note")
    assert {one.get_attribute("data-grade") for one in shown.all()} == {"note"}
    assert page.get_by_role("heading", name="Doubt").is_hidden()
    page.get_by_label("Year").select_option("2023")
    assert shown.count() == 1
    assert page.locator(".finder output").inner_text() == "1 of 13 findings"
    page.get_by_label("Area").select_option("yunping")
    assert shown.count() == 0
    for name in ("Grade", "Year", "Area"):
        page.get_by_label(name).select_option("")
    page.get_by_role("searchbox").fill("lost 万")
    assert shown.count() == 1


def test_an_indicator_is_found_by_its_code(visit):
    page = visit.go("zh/indicators/index.html")
    page.get_by_role("searchbox").fill("penalty_amount_ord")
    assert page.locator("#rows tbody tr").filter(visible=True).count() == 1
    page.get_by_role("searchbox").fill("")
    page.get_by_label("主题").select_option("outreach")
    assert page.locator("#rows tbody tr").filter(visible=True).count() < 30
    page.get_by_role("link", name="普法受教育群众人次").click()
    page.wait_for_url("**/zh/indicators/outreach_audience/index.html")


def test_the_titles_of_the_saved_charts_keep_to_their_column(visit, site):
    for path in sorted((site / "charts").glob("*-shenwan.*.svg")):
        page = visit.go(path.relative_to(site).as_posix())
        boxes = page.evaluate(
            """() => [...document.querySelectorAll('text')].map(one => {
              const box = one.getBoundingClientRect();
              return [one.textContent, box.left, box.right, box.top, box.bottom];
            })"""
        )
        width = page.evaluate("document.documentElement.getBoundingClientRect().width")
        for index, (words, left, right, top, bottom) in enumerate(boxes):
            assert right <= width, words
            for other, left_, right_, top_, bottom_ in boxes[index + 1 :]:
                apart = right <= left_ or right_ <= left or bottom <= top_ + 4 or bottom_ <= top + 4
                assert apart, f"{path.name}: {words} / {other}"


def boxes_of_notes(page):
    """Top and bottom of each note in the margin, and the top of the figure it is about."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.margin .finding')].map(note => {
          const figure = document.getElementById(note.dataset.figures.split(' ')[0]);
          const box = note.getBoundingClientRect();
          return [box.top, box.bottom, figure.getClientRects()[0].top];
        })"""
    )


def test_a_note_stands_level_with_its_figure_or_below_the_note_before(visit):
    page = visit.go(REPORT)
    page.evaluate("document.fonts.ready")
    boxes = boxes_of_notes(page)
    assert len(boxes) > 8
    free = float("-inf")
    for top, bottom, figure in boxes:
        assert top >= free
        assert abs(top - figure) < 2 or abs(top - free) < 14
        free = bottom
    # Where there is no margin, a note follows its paragraph.
    page.set_viewport_size(PHONE)
    page.wait_for_function("!document.querySelector('article').classList.contains('placed')")
    assert all(top > figure for top, _, figure in boxes_of_notes(page))


def test_the_notes_of_the_open_figure_are_marked_and_no_others(visit):
    page = visit.go(REPORT + "#f-3331")
    marked = page.locator(".finding.now").all_inner_texts()
    assert len(marked) == 2
    assert all("405.23" in text for text in marked)
    page.keyboard.press("Escape")
    assert page.locator(".finding.now").count() == 0


def test_the_list_of_numerals_is_filtered_with_the_text(visit):
    page = visit.go(REPORT)
    page.locator("#only-doubtful").check()
    shown = page.locator(".details > li").filter(visible=True).count()
    assert shown == page.locator(".text .f.doubtful").count() > 0


def test_the_menu_of_a_phone_shows_the_page_that_is_open(browser, site):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto((site / "zh/changes.html").as_uri())
    box = page.locator(".top [aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    context.close()


def test_the_keyboard_goes_from_figure_to_figure_and_back(visit):
    page = visit.go(REPORT)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('f')"):
            break
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.id")
    assert second != first
    page.keyboard.press("Enter")
    assert page.locator("#panel").is_visible()
    assert page.evaluate("document.activeElement.id") == "panel"
    shown = page.locator("#panel-title").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator("#panel-title").inner_text() != shown
    page.keyboard.press("ArrowLeft")
    assert page.locator("#panel-title").inner_text() == shown
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden()
    assert page.evaluate("document.activeElement.id") == second


def test_the_panel_can_be_left_for_its_links_and_buttons_by_keyboard(visit):
    page = visit.go(REPORT + "#f-823")
    page.locator("#panel").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.do") == "previous"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#panel").is_hidden()


def test_an_address_with_a_figure_opens_there(visit):
    page = visit.go(REPORT + "#f-3331")
    assert page.locator("#panel-title").inner_text() == "405.23元"
    assert page.locator("#f-3331").is_visible()
    inside = page.evaluate(
        "() => { const r = document.getElementById('f-3331').getBoundingClientRect();"
        "return r.top > 0 && r.bottom < innerHeight; }"
    )
    assert inside
    page.goto(page.url.partition("#")[0] + "#f-823")
    assert page.locator("#panel-title").inner_text() == "600余项"


def background(page, selector):
    return page.evaluate(
        "s => getComputedStyle(document.querySelector(s)).backgroundColor", selector
    )


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_filter_unlights_its_figures_and_only_those(browser, site, script):
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=script)
    page = context.new_page()
    page.goto((site / REPORT).as_uri())
    services, outreach = (
        page.locator(".text .services").first,
        page.locator(".text .outreach").first,
    )

    def lit(figure):
        return figure.evaluate("e => getComputedStyle(e).backgroundColor") != "rgba(0, 0, 0, 0)"

    assert lit(services)
    assert lit(outreach)
    page.locator("#show-services").uncheck()
    assert not lit(services)
    assert lit(outreach)
    page.locator("#show-services").check()
    page.locator("#only-doubtful").check()
    doubtful = page.locator(".text .doubtful").first
    assert lit(doubtful)
    assert not lit(page.locator(".text .outreach:not(.doubtful)").first)
    context.close()


def test_the_arrow_keys_pass_over_what_is_filtered_out(visit):
    page = visit.go(REPORT + "#f-3320")
    page.locator("#only-doubtful").check()
    page.locator("#f-3320").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "f-3331"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.classList.contains('doubtful')")


def test_without_a_script_a_figure_leads_to_its_details_and_back(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = context.new_page()
    page.goto((site / REPORT).as_uri())
    page.locator("#f-823").click()
    assert page.url.endswith("#d-823")
    detail = page.locator("#d-823")
    assert "核实的行政事项数" in detail.inner_text()
    detail.locator("a.qt").click()
    assert page.url.endswith("#f-823")
    # The tables are whole, and what needs a script is not offered.
    page.goto((site / "zh/services/shenwan.html").as_uri())
    assert page.locator("#rows tbody tr").count() > 40
    assert page.locator(".finder").is_hidden()
    assert page.locator("thead button").count() == 0
    context.close()


def column(page, number):
    return page.locator(f"#rows tbody tr:not([hidden]) > :nth-child({number})").all_inner_texts()


def numbers_of(page):
    """The numbers of a table as they stand there, without the words of their findings."""
    found = (re.match(r"[\d,.]+", text) for text in column(page, 3))
    return [float(one[0].replace(",", "")) for one in found if one]


def test_the_table_is_sorted_and_searched(visit):
    page = visit.go("en/services/shenwan.html")
    rows = page.locator("#rows tbody tr").count()
    head = page.get_by_role("columnheader", name="Value")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    values = numbers_of(page)
    assert values == sorted(values)
    assert column(page, 3)[-1] == "–"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    values = numbers_of(page)
    assert values == sorted(values, reverse=True)
    assert column(page, 3)[-1] == "–"
    page.get_by_role("searchbox").fill("government satisfaction 2023")
    assert len(column(page, 1)) == 1
    assert page.locator(".finder output").inner_text() == f"1 of {rows} rows"


def test_the_citation_is_copied(browser, site):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    visit = watched(context, site)
    page = visit.go("zh/index.html")
    page.get_by_role("button", name="复制").click()
    page.get_by_role("button", name="已复制").wait_for()
    assert "1.0.0" in page.evaluate("navigator.clipboard.readText()")
    context.close()
    assert visit.problems == []


def test_on_paper_there_is_the_text_and_no_control(visit):
    page = visit.go(REPORT + "#f-823")
    page.emulate_media(media="print")
    for gone in ("nav >> nth=0", "#panel", "#show-services", "a.lang"):
        assert page.locator(gone).is_hidden()
    assert page.locator("article.text").is_visible()
    assert page.locator(".text .services").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    pdf = page.pdf()
    assert pdf.startswith(b"%PDF")


def test_in_the_dark_paper_and_ink_change_places(browser, site):
    seen = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto((site / "zh/index.html").as_uri())
        colours = page.evaluate(
            "(() => { const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]; })()"
        )
        seen[scheme] = [sum(map(int, c[4:-1].split(","))) for c in colours]
        context.close()
    assert seen["light"][0] < seen["light"][1]
    assert seen["dark"][0] > seen["dark"][1]


def test_a_hostile_report_runs_nothing_and_hides_nothing(visit):
    for language in ("zh", "en"):
        page = visit.go(f"{language}/evidence/yunping-2023.html")
        assert "<script>alert('text')</script>" in page.locator("article.text").inner_text()
        assert page.locator("article.text script, article.text img").count() == 0
        assert page.locator(".ctl").first.is_visible()
        page.locator("article.text a.f").first.click()
        assert page.locator("#panel").is_visible()


def test_it_works_from_a_web_server_in_a_folder_of_any_name(browser, site):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=site.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context()
        page = context.new_page()
        failed = []
        page.on("console", lambda message: failed.append(message.text))
        page.on("response", lambda r: r.status < 400 or failed.append(r.url))
        page.goto(f"http://127.0.0.1:{server.server_port}/{site.name}/{REPORT}#f-823")
        assert page.locator("#panel").is_visible()
        page.locator("nav a").nth(1).click()
        assert page.locator("h1").is_visible()
        with page.expect_download() as download:
            page.goto(f"http://127.0.0.1:{server.server_port}/{site.name}/zh/index.html")
            page.locator("a[download]").first.click()
        assert download.value.suggested_filename == "observations.xlsx"
        context.close()
        server.shutdown()
    assert failed == []
