"""Every pattern of the table of idioms stands beside an example that it matches; none is there without."""

from __future__ import annotations

import re

import pytest

from shenwan_data.figures.grammar import STARTS, Idiom, idioms
from shenwan_data.figures.numerals import C, D
from shenwan_data.figures.scan import find_figures
from shenwan_data.schemas import metadata

_FIRST = {"一": "一", "numeral": f"[{C}]", "digit": D}


@pytest.mark.parametrize("idiom", idioms(), ids=[idiom.example for idiom in idioms()])
def test_an_idiom_matches_its_example_and_makes_it_no_data(idiom: Idiom) -> None:
    before, rest = idiom.example.split("⟦")
    words, after = rest.split("⟧")
    text, start = before + words + after, len(before)
    assert re.match(_FIRST[idiom.start], words)
    match = re.compile(idiom.pattern).match(text, start)
    assert match is not None
    assert match.group() == words
    inside = [f for f in find_figures(text) if f.start < start + len(words) and start < f.end]
    assert inside
    assert all(f.reason == idiom.reason for f in inside), inside


def test_the_table_holds_what_the_three_starts_say_and_nothing_else() -> None:
    table = metadata("idioms.yaml")
    assert tuple(table) == STARTS
    assert {key for start in STARTS for entry in table[start] for key in entry} == {
        "reason",
        "pattern",
        "example",
    }


def test_no_pattern_and_no_example_stands_twice() -> None:
    for field in ("pattern", "example"):
        every = [(idiom.start, getattr(idiom, field)) for idiom in idioms()]
        assert len(every) == len(set(every))
