"""A record made at once is the record that the constructor makes."""

from __future__ import annotations

from dataclasses import asdict, replace

from shenwan_data.figures.record import data, no_data
from shenwan_data.model import Figure


def test_both_ways_give_equal_records() -> None:
    name = Figure(1, 3, "三农", "name", reason="idiom")
    assert no_data(1, 3, "三农", "name", "idiom") == name
    assert asdict(no_data(1, 3, "三农", "name", "idiom")) == asdict(name)
    made = data(0, 4, "近9户", "count", 9, "户", 9, "户", 8, 9, "nearly")
    plain = Figure(0, 4, "近9户", "count", 9, "户", 9, "户", 8, 9, "nearly")
    assert made == plain
    assert hash(made) == hash(plain)
    assert replace(made, value=7) == replace(plain, value=7)


def test_records_share_nothing_that_changes() -> None:
    first, second = (no_data(n, n + 1, "一", "name", "idiom") for n in (0, 5))
    assert (first.start, second.start, first.indicators) == (0, 5, ())
