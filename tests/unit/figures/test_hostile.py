"""No text is expensive: the time of reading grows with the length and not with its square."""

from __future__ import annotations

import time

import pytest

from benchmarks.scan import HOSTILE
from shenwan_data import scan

LENGTH = 10_000
GROWTH = 4


def seconds(text: str) -> float:
    """The best processor time of three readings; other programs do not count."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        scan(text)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("name", HOSTILE)
def test_a_longer_hostile_text_takes_longer_in_proportion(name: str) -> None:
    unit = HOSTILE[name]
    short = unit * (LENGTH // len(unit))
    allowed = GROWTH * 2 * max(seconds(short), 0.002)  # twice linear, half of quadratic
    assert seconds(short * GROWTH) < allowed
