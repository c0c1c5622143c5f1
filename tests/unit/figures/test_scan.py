"""From a sentence to its ledger: what is data, what is none and why, and where it stands."""

from __future__ import annotations

import pytest

from shenwan_data.figures.scan import find_figures


def ledger(text: str) -> list[tuple[str, str, str | None]]:
    return [(figure.quote, figure.kind, figure.reason) for figure in find_figures(text)]


def test_a_sentence_with_everything_is_read_in_order() -> None:
    text = "（二）2022年，依据《八项条例》第三条，对105国道旁24宗面积共96亩用地立案，约谈“双百”企业近20家。"
    assert ledger(text) == [
        ("二", "list_marker", "list_marker"),
        ("2022年", "date", "calendar_date"),
        ("八", "name", "law_title"),
        ("第三条", "document", "clause_number"),
        ("105国道", "name", "road_name"),
        ("24宗", "count", None),
        ("96亩", "area", None),
        ("百", "name", "slogan"),
        ("近20家", "count", None),
    ]


@pytest.mark.parametrize(
    ("text", "quote", "kind", "reason"),
    [
        ("2022年1-5月", "2022年1-5月", "date", "calendar_date"),
        ("2021—2025年", "2021—2025年", "date", "calendar_date"),
        ("近三年来", "三年来", "date", "duration"),
        ("国发〔2019〕26号", "2019〕26号", "document", "document_number"),
        ("第三十二条", "第三十二条", "document", "clause_number"),
        ("12345热线", "12345", "contact", "hotline"),
        ("电话：0760-88888888", "0760-88888888", "contact", "phone_number"),
        ("“1310”机制", "1310", "name", "slogan"),
        ("五位一体", "五位一体", "name", "slogan"),
        ("八五普法", "八五", "name", "plan_name"),
        ("党的二十大", "二十大", "name", "congress_name"),
        ("3·15维权", "3·15", "date", "calendar_date"),
        ("第一责任人", "第一", "name", "ordinal_name"),
        ("最后一公里", "一公里", "name", "idiom"),
        ("1+1>2", "1+1>2", "formula", "formula"),
        ("A4纸", "A4", "name", "code_name"),
        ("编号123456789012", "123456789012", "name", "bare_number"),
        ("化解“1+1>2”", "1+1>2", "formula", "formula"),
        ("“12·4”国家宪法日", "12·4", "date", "calendar_date"),
    ],
)
def test_what_is_no_data_says_why(text: str, quote: str, kind: str, reason: str) -> None:
    assert (quote, kind, reason) in ledger(text)
    assert not any(figure.is_data for figure in find_figures(text))


def test_offsets_count_code_points() -> None:
    (figure,) = find_figures("𠮷村🎉共142宗")
    assert (figure.start, figure.end, figure.quote) == (4, 8, "142宗")


def test_two_figures_in_one_clause_do_not_share_a_hedge() -> None:
    first, second = find_figures("超过200家1000人参加")
    assert (first.quote, first.qualifier) == ("超过200家", "at_least")
    assert (second.quote, second.qualifier) == ("1000人", "exact")


def test_an_empty_text_has_no_figures() -> None:
    assert find_figures("") == find_figures("没有数字的一"[:-1]) == ()


@pytest.mark.parametrize(
    "text",
    [
        "9" * 400 + ".5件",
        "一" * 5000 + "件",
        "三" + "亿" * 30 + "元",
        "百分之" + "9" * 5000,
        "第" + "9" * 400 + "名，",
    ],
)
def test_endless_numbers_are_names_and_cost_no_arithmetic(text: str) -> None:
    figures = find_figures(text)
    assert figures
    assert not any(figure.is_data for figure in figures)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("群众安全感由上年的第11位升至第6位。", [11, 6]),
        ("成绩在全区排名由上年的第九前移到今年的第四。", [9, 4]),
        ("名次由第十上升到第五。", [10, 5]),
        ("三项工作分列全区第三、第六和第一。", [3, 6, 1]),
        ("由第一书记调整为第二书记。", []),
        ("第三和第四季度开展检查。", []),
        ("推进第二、第三产业融合。", []),
    ],
)
def test_a_place_that_is_left_for_another_and_places_in_a_list_are_ranks(text, places):
    assert [f.value for f in find_figures(text) if f.kind == "rank"] == places
