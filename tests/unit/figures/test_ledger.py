"""The ledger closes when every numeral lies in a figure, and names each that does not."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shenwan_data import scan
from shenwan_data.figures.scan import unaccounted

TEXT = "全年办理案件122宗，其中调解三十六宗，余款２万元。"


def test_the_account_of_a_read_text_closes():
    assert unaccounted(TEXT, scan(TEXT)) == ()


def test_a_figure_left_out_is_named_by_its_place():
    without = [figure for figure in scan(TEXT) if "三十六" not in figure.quote]

    ((start, end),) = unaccounted(TEXT, without)

    assert TEXT[start:end] == "三十六"


def test_a_figure_that_stops_too_early_leaves_the_rest():
    first = scan(TEXT)[0]
    short = replace(first, end=first.start + 1, quote=first.quote[:1])

    ((start, end),) = unaccounted(TEXT, [short, *scan(TEXT)[1:]])

    assert TEXT[start:end] == "22"


def test_a_figure_at_the_wrong_place_accounts_for_nothing():
    first = scan(TEXT)[0]
    moved = replace(first, start=first.start + 1, end=first.end + 1)

    assert unaccounted(TEXT, [moved, *scan(TEXT)[1:]]) == ((6, 9),)


@given(st.text(alphabet="0123４一二十百千万亿两余多约近宗元，。（）第年 \n", max_size=40))
def test_the_account_of_any_text_closes(text):
    assert unaccounted(text, scan(text)) == ()
