"""The parts of the site that hold for any report and any number."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markupsafe import escape

from shenwan_data.site.charts import SMALL, WIDE, Point, mini, top_of, trend
from shenwan_data.site.feeds import json_ld
from shenwan_data.site.labels import direction
from shenwan_data.site.layout import CHARACTERS_PER_PART, FIGURES_PER_PART, CrossReferences, lay_out
from shenwan_data.site.topics import Panel, Sheet, sheet, wrapped
from shenwan_data.site.urls import relative
from shenwan_data.site.view import visible, visible_markup
from shenwan_data.site.words import interval, number

numbers = st.none() | st.decimals(min_value=0, max_value=10**12, places=2)
points = st.builds(Point, st.integers(2000, 2040), numbers, numbers, numbers, st.booleans()).filter(
    lambda p: p.lower is None or p.upper is None or p.lower <= p.upper
)


def point(value, lower, upper, year=2022):
    ends = [None if end is None else Decimal(end) for end in (value, lower, upper)]
    return Point(year, *ends, True)


def shapes(chart):
    return {element.get("class"): element for element in etree.fromstring(str(chart)) if len(chart)}


def drawn_in(point_, **more):
    """The shapes of the second of two years."""
    chart = trend([point(100, 100, 100, 2021), replace(point_, year=2022)], False, "", **more)
    elements = list(etree.fromstring(str(chart)))
    return {
        one.get("class"): one
        for one in elements
        if float(one.get("x") or one.get("cx") or 200) > 120
    }


def test_an_exact_number_is_a_dot():
    assert {"dot"} == set(drawn_in(point(142, 142, 142))) & {"dot", "soft", "open up", "printed"}


def test_a_number_and_some_more_is_no_point_but_a_range():
    drawn = drawn_in(point(600, 600, 700))
    assert not set(drawn) & {"dot", "open up"}
    # 600 to 700 is a seventh of the height of 700, drawn to scale.
    soft, base = drawn["soft"], SMALL.height - 32
    whole = base - float(soft.get("y"))
    assert abs(float(soft.get("height")) / whole - 1 / 7) < 0.01


def test_a_number_and_above_runs_out_in_an_arrow():
    assert {"open up", "arrow"} <= set(drawn_in(point(10**7, 10**7, None)))


def test_a_doubtful_number_is_marked_at_its_year_and_no_other():
    years = [point(1, 1, 1, 2020), replace(point(2, 2, 2, 2021), doubtful=True)]
    marks = [one.get("class") for one in etree.fromstring(str(trend(years, False, "")))]
    assert marks.count("warn") == 1


def test_a_wide_chart_writes_every_number_that_has_room_and_a_small_one_the_latest():
    years = [point(n, n, n, year) for n, year in ((10, 2020), (20, 2021), (30, 2022))]

    def numbers_of(size):
        root = etree.fromstring(str(trend(years, False, "", size)))
        return {text.text for text in root.iter("text")} & {"10", "20", "30"}

    assert numbers_of(SMALL) == {"30"}
    assert numbers_of(WIDE) >= {"20", "30"}


def test_charts_side_by_side_share_a_scale():
    few = [point(1, 1, 1, 2021), point(2, 2, 2, 2022)]
    heights = [
        float(
            [
                one
                for one in etree.fromstring(str(trend(few, False, "", SMALL, high)))
                if one.get("class") == "dot"
            ][-1].get("cy")
        )
        for high in (0.0, 100.0)
    ]
    assert heights[1] - heights[0] > 40


def test_the_bars_of_a_row_share_a_scale_and_keep_their_precision():
    few, some, more = point(50, 50, 50), point(100, 100, 200), point(80, 80, None)
    top = top_of([few, some, more])
    drawn = [shapes(mini(one, top)) for one in (few, some, more)]
    assert [set(one) for one in drawn] == [{"solid"}, {"solid", "soft"}, {"solid", "open"}]
    widths = [float(one["solid"].get("width")) for one in drawn]
    assert abs(widths[1] / widths[0] - 2) < 0.02
    # What has no upper end runs to the end of the scale, past every other.
    end = float(drawn[2]["open"].get("x")) + float(drawn[2]["open"].get("width"))
    assert end > float(drawn[1]["soft"].get("x")) + float(drawn[1]["soft"].get("width"))


def test_a_year_of_a_trend_says_its_number_to_who_points_at_it():
    years = [replace(point(1, 1, 1, year), said=f"{year}: <1>") for year in (2020, 2021)]
    root = etree.fromstring(str(trend(years, False, "")))
    assert [title.text for title in root.iter("title")] == ["2020: <1>", "2021: <1>"]


def test_an_indicator_named_in_a_text_becomes_the_way_to_it():
    labels = {"items_a": "甲事项数", "items_b": "乙<数>"}
    references = CrossReferences(labels, lambda code: "#i-items_a" if code == "items_a" else None)
    assert str(references.linked("见“甲事项数”<b>，“其他”除外。")) == (
        '见“<a href="#i-items_a">甲事项数</a>”&lt;b&gt;，“其他”除外。'
    )
    assert str(references.linked("Not items_a, items_b or items_c.")) == (
        'Not “<a href="#i-items_a">甲事项数</a>”, “乙&lt;数&gt;” or items_c.'
    )


def test_an_interval_too_narrow_to_see_is_still_drawn():
    assert float(drawn_in(point(100000, 100000, 100001))["soft"].get("height")) >= 3


def test_a_year_without_a_number_is_a_cross_and_breaks_the_line():
    gap = Point(2022, None, None, None, False)
    chart = trend(
        [point(1, 1, 1, 2020), point(2, 2, 2, 2021), gap, point(3, 3, 3, 2023)], False, ""
    )
    drawn = [element.get("class") for element in etree.fromstring(str(chart))]
    assert drawn.count("gap") == 1
    assert drawn.count("dot") == 3
    line = next(e for e in etree.fromstring(str(chart)) if e.get("class") == "line")
    assert line.get("d").count("M") == 1


@given(points, st.text(), st.sampled_from([SMALL, WIDE]))
def test_any_number_makes_a_well_formed_chart_within_its_frame(one, label, size):
    if not visible(label).isprintable() or visible(label) != label:
        return
    root = etree.fromstring(str(trend([one], False, label, size)))
    assert root.get("aria-label") == label
    for rect in root.iter("rect"):
        assert float(rect.get("x")) >= 0
        assert float(rect.get("x")) + float(rect.get("width")) <= size.width + 8


ABOUT = Sheet(
    "<i>", "]]>", {"exact": "<q>", "soft": "", "open": "", "gap": "", "doubt": ""}, "services"
)


def test_a_title_with_markup_stays_text_in_a_saved_chart():
    panel = Panel("<script>&", "<b>", [point(1, 1, 2), point(2, 2, 2, 2023)], False)
    root = etree.fromstring(sheet(ABOUT, [panel]).encode())
    names = {etree.QName(element).localname for element in root.iter()}
    assert not names & {"script", "b", "i", "q"}


def test_a_long_title_takes_more_lines_and_loses_no_word():
    english = "Firms that received guidance on provincial specialised and innovative status"
    lines = wrapped(english, 240, 13)
    assert len(lines) > 1
    assert " ".join(lines) == english
    chinese = "指导申报省级专精特新企业数（家）" * 2
    assert "".join(wrapped(chinese, 240, 13)) == chinese
    assert all(len(line) <= 18 for line in wrapped(chinese, 240, 13))
    assert wrapped("", 240, 13) == [""]


@given(st.text())
def test_what_is_shown_hides_nothing_and_runs_nothing(text):
    shown = visible(text)
    assert visible(shown) == shown
    markup = str(visible_markup(text))
    plain = markup.replace('<span class="ctl">', "").replace("</span>", "")
    assert plain == str(escape(shown))


def test_bidi_controls_become_marks():
    assert visible("a\u202eb\u2066c\ufeffd\u200b") == "a[U+202E]b[U+2066]c[U+FEFF]d[U+200B]"
    assert visible("第一，“600余”项\t\n") == "第一，“600余”项\t\n"


@st.composite
def texts_with_figures(draw):
    alphabet = "一二、（三）1.甲乙。；\n 条\u2028\r"
    text = draw(st.text(alphabet=alphabet, min_size=1, max_size=120))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    rows = [
        {"start": a, "end": b, "figure_id": f"x-{a}"}
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    return text, rows


@settings(max_examples=300)
@given(texts_with_figures())
def test_the_runs_of_a_text_are_the_text_and_every_figure_is_in_one(given_):
    text, rows = given_
    layout = lay_out(text, rows)
    seen, shown = [], []
    for blocks in layout.parts:
        for block in blocks:
            for _, start, end in layout.sentences(block):
                for run in layout.runs(start, end):
                    shown.append(text[run.start : run.end])
                    if run.figure is not None:
                        seen.append(run.figure["start"])
    assert "".join("".join(shown).split()) == "".join(text.split())
    visible_rows = [row["start"] for row in rows if text[row["start"] : row["end"]].strip()]
    assert [start for start in seen if start in visible_rows] == visible_rows


def test_a_long_report_is_split_where_a_paragraph_ends():
    paragraph = "受理申请１２件。" * 40
    text = "\n".join([paragraph] * 40)
    rows = [
        {"start": at, "end": at + 2, "figure_id": f"x-{at}"}
        for at in range(len(text))
        if text.startswith("１２", at)
    ]
    layout = lay_out(text, rows)
    assert len(layout.parts) == len(rows) // (FIGURES_PER_PART // 40 * 40) + 1
    for number_, blocks in enumerate(layout.parts):
        assert blocks[-1].end - blocks[0].start <= CHARACTERS_PER_PART
        assert all(layout.part_at(block.start) == number_ for block in blocks)


def test_the_way_from_page_to_page_is_relative():
    assert relative("zh/a/b.html#x", "zh/c/d.html") == "../a/b.html#x"
    assert relative("en/index.html", "zh/index.html") == "../en/index.html"
    assert relative("zh/index.html#x", "zh/index.html") == "#x"


def test_numbers_are_written_for_people():
    assert number(Decimal("18490000.0000000000")) == "18,490,000"
    assert number(Decimal("99.94")) == "99.94"
    assert number(Decimal("538546.6666666666")) == "538,546.67"
    assert number(Decimal("0.00051")) == "0.0005"
    assert number(None) == ""
    assert interval(Decimal(600), Decimal(700), "open") == "600 – 700"
    assert interval(Decimal(600), None, "open") == "600 – open"
    assert interval(None, None, "open") == ""


def row(lower, upper, status="reported"):
    return {"lower": lower, "upper": upper, "obs_status": status}


def test_a_direction_needs_intervals_that_do_not_touch():
    assert direction(row(11, 11), row(10, 10)) == "up"
    assert direction(row(9, 9), row(10, 20)) == "down"
    assert direction(row(10, 20), row(15, 15)) == "unclear"
    assert direction(row(10, None), row(9, 9)) == "up"
    assert direction(row(10, None), row(11, None)) == "unclear"
    assert direction(row(10, 10), row(10, 10)) == "same"
    assert direction(row(10, 20), row(10, 20)) == "unclear"
    assert direction(row(10, 10), None) == "first_year"
    assert direction(row(2, 2), row(4, 4), rank=True) == "risen"
    assert direction(row(4, 4), row(2, 2), rank=True) == "fallen"
    assert direction(row(2, 2), row(2, 2), rank=True) == "same"
    assert direction(row(10, 10), row(None, None, "not_mentioned")) == "first_year"


def test_json_ld_cannot_end_its_element():
    text = str(json_ld({"name": "</script><!-- & \u2028"}))
    assert not set("<>&\u2028") & set(text)
