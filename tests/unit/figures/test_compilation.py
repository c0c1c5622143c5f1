"""The shortcut in compiling changes the time and nothing else."""

import re
import time
from re import _compiler

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.figures.compilation import shared_classes
from shenwan_data.figures.grammar import grammar


def code(pattern: str, flags: int = 0) -> list[int]:
    """What the standard library compiles a pattern to."""
    return _compiler._code(re._parser.parse(pattern, flags), flags)


def patterns() -> list[str]:
    """Every pattern of the grammar."""
    return [pattern.pattern for pattern in (*grammar().by_first.values(), grammar().digits)]


def test_the_grammar_compiles_to_the_same_code():
    for pattern in set(patterns()):
        plain = code(pattern)

        with shared_classes():
            assert code(pattern) == plain


@given(
    st.lists(st.text(st.sampled_from("aZ一二三四件宗é万亿"), min_size=1), min_size=1),
    st.sampled_from([0, re.IGNORECASE, re.ASCII, re.IGNORECASE | re.ASCII]),
)
def test_classes_that_look_alike_are_not_confused(classes, flags):
    pattern = "".join(f"[{one}][^{one}](?:{one})?" for one in classes)
    plain = code(pattern, flags)

    with shared_classes():
        assert code(pattern, flags) == plain


def test_the_library_is_as_before_afterwards():
    before = _compiler._optimize_charset

    with pytest.raises(re.error), shared_classes():
        re.compile("[一")

    assert _compiler._optimize_charset is before


def test_it_is_worth_it():
    pattern = max(patterns(), key=len)

    def cost() -> float:
        begun = time.process_time()
        code(pattern)
        return time.process_time() - begun

    plain = min(cost() for _ in range(2))
    with shared_classes():
        shared = cost()
    assert shared < plain / 2
