"""The grammar of numerals in Chinese administrative prose, compiled.

Belongs here: patterns, built from the tables in ``schemas/`` (units, hedges, idioms, contexts).
Does not belong here: what a match becomes (``scan``).

Every branch starts at one of a few characters. So there is one alternation for each kind of start
(digits, Chinese numerals, 第, quotation marks …), and only the one that fits is tried. Branches are
ordered: names and dates win over quantities, quantities over the last branch, which takes any numeral
that nothing else explains.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from itertools import groupby

from shenwan_data.figures.hedges import alternation, hedges
from shenwan_data.figures.idioms import idioms
from shenwan_data.figures.names import contacts, dates, documents, markers
from shenwan_data.figures.numerals import (
    ARABIC,
    CHINESE,
    MYRIADS,
    NUMERAL_CHARS,
    ONE_TO_NINE,
    ORDINAL,
    SPACE,
    TO,
    C,
    D,
)
from shenwan_data.figures.units import Unit, units
from shenwan_data.schemas import metadata, while_unchanged

# How the groups of idioms are named: this, a number, and their reason.
IDIOM = "idiom"
# How a unit begins that holds the hedge of its number.
MORE_UNIT = "个多"


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled patterns.

    ``first`` finds where something may start, ``by_first`` has the alternation for that character,
    ``digits`` the one for the digits of any script. ``marker`` is what a list marker looks like.
    """

    first: re.Pattern[str]
    by_first: dict[str, re.Pattern[str]]
    digits: re.Pattern[str]
    marker: re.Pattern[str]
    unit_by_surface: dict[str, Unit]
    rank_before: re.Pattern[str]
    money_before: re.Pattern[str]
    money_after: re.Pattern[str]
    counted_after: re.Pattern[str]
    cue_before: re.Pattern[str]
    score_before: re.Pattern[str]
    rank_cue_before: re.Pattern[str]
    one_not_after: re.Pattern[str]
    page_counter_before: re.Pattern[str]
    zero_noun_before: re.Pattern[str]
    listed_after: re.Pattern[str]


def _unit_pattern(*, chinese: bool) -> tuple[str, dict[str, Unit]]:
    """One alternation over the spellings of all units, longest first, and what each means."""
    pieces: list[tuple[str, str]] = []
    guarded: list[str] = []
    meaning: dict[str, Unit] = {}
    for unit in units().values():
        for surface in unit.surfaces:
            meaning[surface] = unit
            if chinese and unit.digits_only:
                continue
            guard = f"(?!{unit.not_before})" if unit.not_before else ""
            if surface[-1].isascii() and surface[-1].isalpha():
                guard += "(?![A-Za-z])"
            if unit.not_before:
                guarded.append(surface)
            pattern = re.escape(surface)
            # 2个多小时: the hedge stands inside the unit.
            if surface[0] == "个" and len(surface) > 1:
                pattern = pattern.replace("个", "个多?", 1)
                meaning[MORE_UNIT + surface[1:]] = unit
            pieces.append((surface, pattern + guard))
    pieces.sort(key=lambda piece: (-len(piece[0]), piece[0]))
    by_first: dict[str, list[str]] = {}
    for surface, pattern in pieces:
        by_first.setdefault(surface[0], []).append(pattern)
    # Grouped by first character, so that a character that starts no unit fails at once.
    grouped = "|".join("|".join(patterns) for patterns in by_first.values())
    first = "".join(re.escape(char) for char in by_first)
    # 处以 (罚款) is another word, 处以上 is not: a hedge behind the unit lifts its guard.
    lifted = rf"(?:{alternation(guarded)})(?={_behind()})"
    return rf"(?=[{first}])(?:{grouped}|{lifted})", meaning


def _behind() -> str:
    """A hedge behind a unit; one of a single character only where no word can begin with it."""
    words = hedges().meaning_after
    long = alternation([word for word in words if len(word) > 1])
    short = "".join(word for word in words if len(word) == 1)
    return rf"{long}|[{short}](?![一-鿿])"


def _more() -> str:
    """余, 多, 几, 来 between a number and its unit; not the 多 of 多样, 多元化."""
    return rf"(?:[{hedges().inner}](?!样|元化|次性))"


def _size(prefix: str, *, chinese: bool) -> str:
    """A number with its multipliers and the hedges between them, as groups named by ``prefix``.

    ``_digits`` the numeral, ``_scale`` 十, 百 or 千 behind digits, ``_big`` 万 or 亿, ``_more1`` and
    ``_more2`` a hedge before and behind 万/亿.
    """
    more = _more()
    numeral = CHINESE if chinese else ARABIC
    scale = "(?:)" if chinese else r"(?:[十百](?!分)|千(?![米克瓦伏卡]))?"
    big = rf"[百千]?[{MYRIADS}]{{1,2}}" if chinese else rf"[{MYRIADS}]{{1,2}}"
    gap = "" if chinese else SPACE
    return (
        rf"(?P<{prefix}_digits>{numeral}){gap}(?P<{prefix}_scale>{scale})(?P<{prefix}_more1>{more}?)"
        rf"(?P<{prefix}_big>(?:{big})?)(?P<{prefix}_more2>{more}?)"
    )


def _several(words: list[str]) -> str:
    """多 or 数 + classifier, where the classifier is not the start of another word (多项式, 多家庭)."""
    nots = {unit.code: unit.not_before for unit in units().values() if unit.not_before}
    return "|".join(
        re.escape(word) + (f"(?!{nots[word]})" if word in nots else "")
        for word in sorted(words, key=lambda w: (-len(w), w))
    )


def _idioms(characters: str) -> str:
    """The idioms that may start with one of the characters; each run of one reason is a group."""
    fitting = [i for i in idioms() if i.starts is None or i.starts & frozenset(characters)]
    groups = [(reason, list(run)) for reason, run in groupby(fitting, key=lambda i: i.reason)]
    return "|".join(
        f"(?P<{IDIOM}{number}_{reason}>{'|'.join(idiom.pattern for idiom in run)})"
        for number, (reason, run) in enumerate(groups)
    )


def _range(unit: str, *, chinese: bool) -> str:
    space = "" if chinese else SPACE
    return (
        rf"(?P<range>(?<![从由])(?>{_size('low', chinese=chinese)}(?P<low_unit>{space}(?:{unit}))?){TO}"
        rf"{_size('high', chinese=chinese)}{space}(?P<high_unit>{unit}))"
    )


@while_unchanged("contexts.yaml", "hedges.yaml", "idioms.yaml", "units.csv")
def grammar() -> Grammar:
    """The grammar compiled from ``schemas/``. Raises DataError when a table is missing or broken."""
    contexts = metadata("contexts.yaml")
    arabic_unit, meaning = _unit_pattern(chinese=False)
    chinese_unit, _ = _unit_pattern(chinese=True)
    inner = hedges().inner
    zero = alternation(contexts["zero_nouns"])
    counted = alternation(contexts["counted_nouns"])
    more = _more()
    several_not = contexts["several_not_after"]
    contact = rf"(?P<contact>{contacts()})"
    document = rf"(?P<document>{documents()})"
    formula = (
        rf"(?P<formula>[{D}NXn][{D}]*+(?:{SPACE}[+＋×＝=>＞](?:{SPACE}(?:[{D}]+|[NXnx](?![A-Za-z])"
        rf"|[{C}](?![{C}]))|[一-鿿A-Za-z]{{1,8}}))+)"
    )
    code_before_digits = (
        rf"(?P<code>(?<![A-Za-z])[A-Za-z]{{1,4}}[-—·.]?{D}+(?![{D}万亿%％.]|{SPACE}(?:{arabic_unit}))"
        r"[A-Za-z0-9.\-]*)"
    )
    code_behind_digits = rf"(?P<code>{D}++(?=[A-Za-z])(?!(?:{arabic_unit}))[A-Za-z]+)"
    rank = (
        rf"(?P<rank>第{SPACE}(?P<place>{ORDINAL})(?:(?:名|位)(?:次)?|{contexts['rank_after']})"
        rf"|前{SPACE}(?P<top>{ORDINAL})(?:名|位|强|甲|{contexts['rank_after']}))"
    )
    quarter = rf"(?P<date>第[1-4一二三四]季度|前[{C}{D}]{{1,2}}(?:个)?(?:季度|月))"
    zero_of = rf"(?P<zero>[零〇0０](?={zero}))"
    loose = rf"(?P<loose>[{NUMERAL_CHARS}]+)"
    digits = [
        contact,
        document,
        formula,
        code_behind_digits,
        _idioms("0123456789０１２３４５６７８９"),
        rf"(?P<date>{dates(chinese=False)})",
        rf"(?P<slash>(?<![{D}/.])(?P<over>{D}{{1,3}})[/／](?P<under>{D}{{1,3}})(?![{D}/年月.]))",
        _range(arabic_unit, chinese=False),
        rf"(?P<compound>(?P<myriads>{ARABIC})(?P<myriad>[亿億](?={D}{{1,4}}[千百]?[万萬]|{D}{{4,8}}(?!{D}))"
        rf"|[万萬](?={D}[千百十]|{D}{{3,4}}(?!{D}))){_size('k', chinese=False)}{SPACE}(?P<k_unit>{arabic_unit})?)",
        rf"(?P<arabic>{_size('a', chinese=False)}(?:{SPACE}(?P<a_unit>{arabic_unit})(?P<a_times>[（(]次[）)])?)?)",
        zero_of,
        loose,
    ]
    chinese = [
        _idioms(C),
        rf"(?P<date>{dates(chinese=True)})",
        rf"(?P<share>(?P<denominator>[{C}]+)分之(?P<numerator>{CHINESE}|{ARABIC})(?P<share_more>{more}?)"
        rf"|(?P<tenths>[{ONE_TO_NINE}两])成(?P<hundredths>[{ONE_TO_NINE}])(?![{C}]|{chinese_unit})"
        r"|(?P<half>一半)(?![会点儿天年截壁夜]))",
        _range(chinese_unit, chinese=True),
        rf"(?P<adjacent>(?P<tens>[{ONE_TO_NINE}]?十)?(?P<low>[{ONE_TO_NINE}两])(?P<high>[{ONE_TO_NINE}两])(?P<adjacent_scale>[十百千万亿]{{0,2}})"
        rf"{more}?(?P<adjacent_unit>{chinese_unit}))",
        zero_of,
        rf"(?P<chinese>{_size('c', chinese=True)}(?:大(?=类|方面|项|环节))?{SPACE}(?P<c_unit>{chinese_unit})(?P<c_times>[（(]次[）)])?"
        rf"|{_size('b', chinese=True)}(?={counted}))",
        rf"(?P<unitless>{_size('u', chinese=True)}(?<=[{inner}万亿萬億]))",
        loose,
    ]
    vague = (
        rf"(?P<vague>[数几]{SPACE}(?P<vague_scale>[十百千万亿]{{1,3}}){more}?(?P<vague_unit>{chinese_unit})?"
        rf"|(?:(?<![{several_not}])多|(?<![{several_not}{contexts['number_of_after']}])数)"
        rf"(?P<several>(?:{_several(contexts['vague_classifiers'])})))"
    )
    letters = string.ascii_letters
    starts = {
        C: chinese,
        "第": [document, rank, quarter, rf"(?P<ordinal>第{SPACE}{ORDINAL})"],
        "前": [rank, quarter],
        "数几多": [vague],
        "《": [r"(?P<title>《[^》《\n]{0,100}》)"],
        "“「『": [
            r"(?P<quoted>“[^“”\n，。；]{1,18}”|「[^「」\n，。；]{1,18}」|『[^『』\n，。；]{1,18}』)"
        ],
        '"': [r'(?P<straight>"[^"\n]{1,60}")'],
        letters: [contact, formula, code_before_digits],
    }
    by_first: dict[str, re.Pattern[str]] = {}
    for characters, branches in starts.items():
        by_first.update(dict.fromkeys(characters, re.compile("|".join(branches))))
    circled = re.compile(r"(?P<circled>[①-⒇])")
    by_first.update({chr(code): circled for code in range(ord("①"), ord("⒇") + 1)})
    money = alternation(contexts["money_nouns"])
    return Grammar(
        first=re.compile(rf"[{D}{''.join(re.escape(char) for char in by_first)}]"),
        by_first=by_first,
        digits=re.compile("|".join(digits)),
        marker=re.compile(rf"(?P<marker>{markers()})"),
        unit_by_surface=meaning,
        rank_before=re.compile(rf"{contexts['rank_before']}[^，。；,;\n]{{0,6}}$"),
        money_before=re.compile(rf"(?:{money})[^，。；,;\n]{{0,5}}$"),
        money_after=re.compile(rf"[^，。；,;\n]{{0,3}}(?:{money})"),
        counted_after=re.compile(rf"(?:{counted}|{contexts['counted_places']})"),
        # Between two numbers a colon is part of a proportion.
        cue_before=re.compile(
            rf"(?:{alternation(contexts['value_cues'])}|(?<![{D}])[:：])[ \u3000]?$"
        ),
        score_before=re.compile(
            rf"(?:{alternation(contexts['score_cues'])})[为达:：是]?[ \u3000]?$"
        ),
        rank_cue_before=re.compile(
            rf"(?:{alternation(contexts['rank_cues'])}|列|居)(?:为|全[国省市区县镇州盟])?[ \u3000:：第]?$"
        ),
        one_not_after=re.compile(rf"{contexts['one_not_after']}$"),
        page_counter_before=re.compile(
            rf"(?:{alternation(contexts['page_counters'])})[ \u3000\xa0]?[:：][ \u3000\xa0\[【]?$"
        ),
        zero_noun_before=re.compile(rf"(?:{zero})[数率量]?[为是]?$"),
        listed_after=re.compile(
            rf"[^，。；、,;\n{NUMERAL_CHARS}]{{1,12}}[、和及与][{NUMERAL_CHARS}]+(?P<unit>{arabic_unit})"
        ),
    )
