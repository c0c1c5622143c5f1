"""The table of idioms is sorted by first characters; a pattern that cannot be sorted is always tried."""

from __future__ import annotations

import re

import pytest

from shenwan_data.figures.idioms import alternatives, first_characters, idioms
from shenwan_data.figures.numerals import C


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("一张网|一张图", ["一张网", "一张图"]),
        ("一(?:网|图)|二", ["一(?:网|图)", "二"]),
        ("[|一]二|三", ["[|一]二", "三"]),
        (r"一\||二", [r"一\|", "二"]),
    ],
)
def test_a_pattern_falls_apart_at_the_bars_outside_brackets(pattern: str, parts: list[str]) -> None:
    assert alternatives(pattern) == parts


@pytest.mark.parametrize(
    ("pattern", "characters"),
    [
        ("一张网", "一"),
        ("[一二]级", "一二"),
        ("[0-9]+A级?", "0123456789"),
        ("(?:二十|十[一二])大", "二十"),
        ("(?:24|２４|二十四)小时", "2２二"),
        ("(?<=成)(?:千上万|百上千)", "千百"),
        ("(?:[0-9]{1,3}|[一二])分钟", "0123456789一二"),
    ],
)
def test_first_characters_are_read_off_plain_patterns(pattern: str, characters: str) -> None:
    assert first_characters(pattern) == frozenset(characters)


@pytest.mark.parametrize(
    "pattern", ["一?二", "[^一]二", r"\d级", "(一|二)级", ".级", "(?:一?|二)级"]
)
def test_a_pattern_that_is_not_plain_may_start_with_anything(pattern: str) -> None:
    assert first_characters(pattern) is None


def test_every_idiom_of_the_table_starts_with_a_numeral() -> None:
    numerals = frozenset(C + "0123456789０１２３４５６７８９")
    for idiom in idioms():
        assert idiom.starts is None or idiom.starts <= numerals, idiom.pattern
        re.compile(idiom.pattern)
