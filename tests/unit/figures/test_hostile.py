"""A text made to be expensive is read to its end like any other; its cost is measured in benchmarks/."""

from __future__ import annotations

import pytest

from benchmarks.scan import HOSTILE
from shenwan_data import scan
from shenwan_data.figures.scan import unaccounted

LENGTH = 40_000


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_read_to_its_end(name: str) -> None:
    unit = HOSTILE[name]
    text = unit * (LENGTH // len(unit))
    figures = scan(text)
    assert unaccounted(text, figures) == ()
    ends = [0, *(figure.end for figure in figures)]
    assert all(end <= figure.start for end, figure in zip(ends, figures, strict=False))
