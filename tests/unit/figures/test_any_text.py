"""Whatever the text, the ledger is whole: no crash, right spans, every numeral in one row."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shenwan_data.figures.scan import find_figures
from shenwan_data.figures.units import listed_unit, units
from shenwan_data.model import DATA_KINDS, KINDS, QUALIFIERS, Figure
from shenwan_data.schemas import metadata
from tests.golden.gold import phrases

NUMERALS = frozenset("0123456789０１２３４５６７８９〇零一二三四五六七八九十百千万亿两")
REASONS = frozenset(metadata("codes.yaml")["reason"])

CONTEXTS = metadata("contexts.yaml")
HEDGES = metadata("hedges.yaml")
FRAGMENTS = sorted(
    {surface for unit in units().values() for surface in unit.surfaces}
    | {word for place in ("before", "after", "inner") for ws in HEDGES[place].values() for word in ws}
    | {word for name in ("money_nouns", "zero_nouns", "value_cues", "score_cues") for word in CONTEXTS[name]}
    | set("年月日号时点分之第前届期级成倍番条款项令号学年周度季世纪代其从由每翻倒数几多")
    | {"2022", "2023年", "12月", "1-5", "3.5", "1,234", "１２", "http://a.b/1", "a1@b.cn", "〔2019〕", "号"}
)  # fmt: skip
biased_characters = st.one_of(
    st.sampled_from(sorted(NUMERALS)),
    st.sampled_from(
        list(
            '，。；、：！？,.;:!?·•-—–~～+＋×=>/／%％()（）〔〕[]【】《》“”"「」『』 \u3000\xa0\t\n\r①⒇Ⅱ²'
        )
    ),
    st.characters(exclude_categories=("Cs",)),
)
texts = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",))),
    st.text(biased_characters, max_size=60),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), biased_characters), max_size=40).map("".join),
    st.lists(st.sampled_from([text for text, _ in phrases()]), max_size=6).map("".join),
    st.text(st.characters(categories=("Nd", "No", "Nl")), max_size=20),
)


def check_ledger(text: str, figures: tuple[Figure, ...]) -> None:
    """Everything that holds for the figures of any text."""
    for figure in figures:
        assert 0 <= figure.start < figure.end <= len(text)
        assert text[figure.start : figure.end] == figure.quote
    for left, right in pairwise(figures):
        assert left.end <= right.start, (left, right)
    covered = {i for figure in figures for i in range(figure.start, figure.end)}
    loose = [i for i, char in enumerate(text) if char in NUMERALS or char.isdecimal()]
    assert [text[i] for i in loose if i not in covered] == []
    for figure in figures:
        check_record(figure)


def check_record(figure: Figure) -> None:
    assert figure.kind in KINDS
    read = (
        figure.value,
        figure.unit,
        figure.raw_value,
        figure.raw_unit,
        figure.lower,
        figure.upper,
    )
    if figure.kind not in DATA_KINDS:
        assert read == (None,) * 6
        assert figure.qualifier is None
        assert figure.reason in REASONS
        return
    assert figure.qualifier in QUALIFIERS
    assert figure.reason is None
    if figure.unit in units():
        assert units()[figure.unit].base == figure.unit
    elif figure.unit is not None:  # a word that counts, as printed
        assert figure.kind == "count"
        assert listed_unit(figure.unit) is None
        assert (figure.raw_unit or "").endswith(figure.unit)
        assert figure.unit in figure.quote
    if figure.qualifier in ("range", "vague"):
        assert figure.value is None
        assert figure.lower is not None
        assert figure.upper is None or figure.lower <= figure.upper
        return
    assert figure.value is not None
    assert figure.value >= 0 or figure.kind == "ratio"  # -9.82%
    if figure.lower is not None and figure.upper is not None:
        assert figure.lower <= figure.value <= figure.upper
    assert (figure.lower, figure.upper) != (None, None)


@settings(max_examples=1000, deadline=None)
@given(texts)
def test_any_text_gives_a_whole_ledger(text: str) -> None:
    check_ledger(text, find_figures(text))


@settings(max_examples=200, deadline=None)
@given(texts)
def test_the_same_text_is_read_the_same_way_twice(text: str) -> None:
    assert find_figures(text) == find_figures(text)


def is_closed(text: str) -> bool:
    """Whether nothing of a sentence can reach over its end: no quotation or title is left open."""
    return not re.search(r"[《“「『\"]", text)


@settings(max_examples=500, deadline=None)
@given(texts.filter(is_closed), texts.filter(is_closed))
def test_what_follows_a_full_stop_and_a_new_line_is_read_alone(first: str, second: str) -> None:
    """Sentences on lines of their own do not see each other."""
    seam = "。\n"
    offset = len(first) + len(seam)
    joined = [
        (f.start, f.quote, f.kind, f.value, f.qualifier)
        for f in find_figures(first + seam + second)
    ]
    apart = [(f.start, f.quote, f.kind, f.value, f.qualifier) for f in find_figures(first + seam)]
    apart += [
        (f.start + offset, f.quote, f.kind, f.value, f.qualifier) for f in find_figures(second)
    ]
    assert joined == apart


@pytest.mark.parametrize("digit", ["٣", "३", "๓", "᠓", "𝟑", "３"])
def test_a_decimal_digit_of_any_script_is_a_number(digit: str) -> None:
    (figure,) = find_figures(f"共{digit}件")
    assert (figure.quote, figure.value, figure.unit) == (f"{digit}件", 3, "件")


def test_superscripts_and_enclosed_numbers_do_not_break_a_number() -> None:
    text = "拆除12m²，①其中3㎡"
    check_ledger(text, find_figures(text))
