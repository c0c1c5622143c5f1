"""The words around a number that decide how it is read, from ``schemas/contexts.yaml``, compiled.

Belongs here: patterns for what stands before or behind a number. Does not belong here: what is
concluded from them (``counts``, ``names``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shenwan_data.figures.hedges import alternation
from shenwan_data.figures.numerals import NUMERAL_CHARS, D
from shenwan_data.schemas import metadata, while_unchanged

# How far before a number a word can stand that says what it is.
WINDOW = 12


@dataclass(frozen=True, slots=True)
class Cues:
    """Patterns that end at a number (``_before``) or start behind it (``_after``)."""

    rank_before: re.Pattern[str]
    rank_left: re.Pattern[str]
    rank_reached: re.Pattern[str]
    rank_cue_before: re.Pattern[str]
    money_before: re.Pattern[str]
    money_after: re.Pattern[str]
    counted_after: re.Pattern[str]
    value_before: re.Pattern[str]
    amount_before: re.Pattern[str]
    score_before: re.Pattern[str]
    page_counter_before: re.Pattern[str]
    zero_noun_before: re.Pattern[str]
    one_not_after: re.Pattern[str]
    listed_after: re.Pattern[str]
    unknown_unit_after: re.Pattern[str]
    distributed_before: re.Pattern[str]


@while_unchanged("contexts.yaml", "units.csv", "hedges.yaml")
def cues() -> Cues:
    """The patterns. Raises DataError when the table is missing or broken."""
    table = metadata("contexts.yaml")
    money = alternation(table["money_nouns"])
    counted = alternation(table["counted_nouns"])
    zero = alternation(table["zero_nouns"])
    return Cues(
        rank_before=re.compile(
            rf"{table['rank_before']}[^，。；,;\n]{{0,6}}(?:第[{NUMERAL_CHARS}]{{1,3}}[名位]?[、和及与]){{0,6}}$"
        ),
        rank_left=re.compile(rf"[前上下后]?{table['rank_moves']}[^，。；,;第\n]{{0,5}}第"),
        rank_reached=re.compile(rf"{table['rank_moves']}[^，。；,;第\n]{{0,5}}$"),
        rank_cue_before=re.compile(
            rf"(?:{alternation(table['rank_cues'])}|(?<![专系行陈队前并下])列|(?<![邻群旧移新定同])居)"
            r"(?:为|全[国省市区县镇州盟])?[ \u3000:：第]?$"
        ),
        money_before=re.compile(rf"(?:{money}|人民币)[^，。；,;\n]{{0,5}}$"),
        money_after=re.compile(rf"[^，。；,;\n]{{0,3}}(?:{money})"),
        counted_after=re.compile(rf"(?:{counted}|{table['counted_places']})"),
        # Between two numbers a colon is part of a proportion.
        value_before=re.compile(
            rf"(?:{alternation(table['value_cues'])}|(?<![{D}])[:：])[ \u3000]?$"
        ),
        amount_before=re.compile(r"[数量额值][为达是约:：]?[ \u3000]?$"),
        score_before=re.compile(rf"(?:{alternation(table['score_cues'])})[为达:：是]?[ \u3000]?$"),
        page_counter_before=re.compile(
            rf"(?:{alternation(table['page_counters'])})[ \u3000\xa0]?[:：][ \u3000\xa0\[【]?$"
        ),
        zero_noun_before=re.compile(rf"(?:{zero})[数率量]?[为是]?$"),
        one_not_after=re.compile(rf"{table['one_not_after']}$"),
        listed_after=re.compile(
            rf"[^，。；、,;\n{NUMERAL_CHARS}]{{1,12}}[、和及与](?=[{NUMERAL_CHARS}])"
        ),
        unknown_unit_after=re.compile(
            rf"(?P<word>(?![{table['no_times']}{NUMERAL_CHARS}])[一-鿿]次|(?![{re.escape(table['not_a_unit'])}{NUMERAL_CHARS}])[一-鿿]"
            rf"(?:(?![{re.escape(table['not_a_unit'])}{NUMERAL_CHARS}])[一-鿿])?){table['unknown_unit']}"
        ),
        distributed_before=re.compile(
            rf"{table['distributes']}[^，。；,;\n{NUMERAL_CHARS}]{{0,12}}$"
        ),
    )
