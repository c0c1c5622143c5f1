"""The grammar of numerals in Chinese administrative prose: a table of branches, compiled.

Belongs here: the branches, each with how it starts, its pattern and its reader, built from the tables
in ``schemas/``. Does not belong here: what a match becomes (the readers), the order of a text (``scan``).

Every branch starts at one of a few characters. So there is one alternation for each kind of start,
and only the one that fits is tried. Branches are ordered: names and dates win over quantities,
quantities over the last branch, which takes any numeral that nothing else explains. Where a reader
finds that a match is no case of its branch, the branches behind it are tried.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from shenwan_data.figures import counts, names, ranges, shares, written
from shenwan_data.figures.cues import cues
from shenwan_data.figures.names import Reader, contacts, dates, documents, markers, other
from shenwan_data.figures.numerals import (
    ARABIC,
    CAPITAL,
    CAPITALS,
    CHINESE,
    MIXED_TAIL,
    MYRIADS,
    NUMERAL_CHARS,
    ONE_TO_NINE,
    ORDINAL,
    SPACE,
    TO,
    C,
    D,
)
from shenwan_data.figures.sizes import more, size_pattern
from shenwan_data.figures.units import units
from shenwan_data.schemas import metadata, while_unchanged

# The kinds of start: how a place of a text begins, and the characters that do.
DIGIT, ONE, NUMERAL, LETTER = "digit", "一", "numeral", "letter"
ORDINAL_MARK, TOP, VAGUE, SIGN = "第", "前", "数几多", "￥¥$€£"
CAPITAL_NUMERAL = "".join(sorted(set(CAPITALS + "拾")))
_CHARACTERS = {
    ONE: "一",
    NUMERAL: C.replace("一", ""),
    LETTER: string.ascii_letters,
}


# What can follow the digits of a date or an idiom; any other character of Chinese is a unit or a noun.
_NOT_PLAIN = "年月日号时点季星周世学至到余多几来个种位级版模阶后届分小公国省县乡村线"
PLAIN_FOLLOWS = rf"{D}[{D},]{{0,15}}+(?:[.．]{D}{{1,6}}+)?(?![{_NOT_PLAIN}])[一-鿿]"


@dataclass(frozen=True, slots=True)
class Branch:
    """One case of the grammar.

    ``starts`` are the kinds of start it is tried at. ``reader`` makes the figure of a match; None for
    what ``scan`` takes apart itself: quotations, titles and list markers. ``unless`` is a pattern of
    what makes a try idle: most digits are followed by a plain unit.
    """

    name: str
    starts: tuple[str, ...]
    pattern: str
    reader: Reader | None
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled branches.

    ``first`` finds where something may start, ``by_first`` has the alternation for that character,
    ``digits`` the one for the digits of any script; ``behind`` the alternation of the branches that
    follow a branch at the same kind of start. ``marker`` is what a list marker looks like.
    """

    first: re.Pattern[str]
    by_first: Mapping[str, re.Pattern[str]]
    digits: re.Pattern[str]
    readers: Mapping[str, Reader | None]
    marker: re.Pattern[str]


def _several(words: list[str]) -> str:
    """The classifier behind 多 or 数, where it is not the start of another word (多项式, 多家庭)."""
    nots = {unit.code: unit.not_before for unit in units().values() if unit.not_before}
    return "|".join(
        re.escape(word) + (f"(?!{nots[word]})" if word in nots else "")
        for word in sorted(words, key=lambda w: (-len(w), w))
    )


def _idioms() -> Iterable[Branch]:
    """The idioms, each run of one start and reason as a branch."""
    kinds = {"一": (ONE,), "numeral": (ONE, NUMERAL), "digit": (DIGIT,)}
    runs = groupby(idioms(), key=lambda idiom: (idiom.start, idiom.reason))
    for index, ((start, reason), run) in enumerate(runs):
        pattern = "|".join(idiom.pattern for idiom in run)
        kind = "contact" if reason == "hotline" else "name"
        plain = PLAIN_FOLLOWS if start == "digit" and kind == "name" else ""
        yield Branch(f"idiom{index}_{reason}", kinds[start], pattern, other(kind, reason), plain)


@while_unchanged("contexts.yaml", "hedges.yaml", "idioms.yaml", "units.csv")
def branches() -> tuple[Branch, ...]:
    """All branches in the order in which they are tried. Raises DataError for a broken table."""
    contexts = metadata("contexts.yaml")
    either = (DIGIT, ONE, NUMERAL)
    chinese = (ONE, NUMERAL)
    signs = "|".join(
        re.escape(sign)
        for sign in sorted((s for u in units().values() for s in u.prefixes), key=lambda s: -len(s))
    )
    not_many, not_number = contexts["several_not_after"], contexts["number_of_after"]
    zero = "|".join(map(re.escape, contexts["zero_nouns"]))
    return (
        Branch("contact", (DIGIT, LETTER), contacts(), other("contact", "phone_number")),
        Branch("document", (DIGIT, ORDINAL_MARK), documents(), names.document),
        Branch(
            "formula",
            (DIGIT, LETTER),
            rf"[{D}NXn][{D}]*+[wW]?(?:{SPACE}[+＋×＝=>＞](?:{SPACE}(?:[{D}]+|[NXnx](?![A-Za-z])"
            rf"|[{C}](?![{C}]))|[一-鿿A-Za-z]{{1,8}}))+",
            names.formula,
            PLAIN_FOLLOWS,
        ),
        Branch("code", (DIGIT,), rf"{D}++(?=[A-Za-z])[A-Za-z]+", names.code, PLAIN_FOLLOWS),
        Branch(
            "currency",
            (SIGN, LETTER),
            rf"(?<![A-Za-z])(?P<sign>{signs}){SPACE}{size_pattern('y', ARABIC, chinese=False)}",
            counts.currency,
        ),
        Branch(
            "lettered",
            (LETTER,),
            rf"(?<![A-Za-z])[A-Za-z]{{1,4}}[-—·.]?(?P<code_number>{D}+)(?!{D})[A-Za-z0-9.\-]*",
            names.code,
        ),
        *_idioms(),
        Branch("date", (DIGIT,), dates(chinese=False), names.date, PLAIN_FOLLOWS),
        Branch("day", chinese, dates(chinese=True), names.date),
        Branch(
            "slash",
            (DIGIT,),
            rf"(?P<over>{D}{{1,3}}+)[/／](?<![{D}/.]{D}[/／])(?<![{D}/.]{D}{D}[/／])(?P<under>{D}{{1,3}})(?![{D}/年月.])",
            shares.slash,
            PLAIN_FOLLOWS,
        ),
        Branch(
            "share",
            chinese,
            rf"(?P<denominator>[{C}]+)分之(?P<numerator>{CHINESE}|{ARABIC})(?P<share_more>{more()}?)"
            rf"|(?P<tenths>[{ONE_TO_NINE}两])成(?:(?P<hundredths>[{ONE_TO_NINE}])(?![{C}])"
            rf"|(?={TO}[{ONE_TO_NINE}]成[{ONE_TO_NINE}]))"
            rf"|十之(?P<of_ten>[{ONE_TO_NINE}]{{2}})(?![{C}])"
            r"|(?P<half>一半)(?![会点儿天年截壁夜])|(?P<hundred>百分(?:之)?百)(?![分])",
            shares.share,
        ),
        Branch(
            "adjacent",
            chinese,
            rf"(?P<head>(?:[{C}]{{0,7}}[十百千{MYRIADS}][零〇]?)?)(?P<low>[{ONE_TO_NINE}两])"
            rf"(?P<high>[{ONE_TO_NINE}两])(?P<adjacent_scale>[十百千万亿]{{0,2}})(?![{C}]){more()}?",
            ranges.adjacent,
        ),
        Branch(
            "arabic",
            (DIGIT,),
            rf"{size_pattern('a', f'{ARABIC}(?P<a_tail>{MIXED_TAIL})?', chinese=False)}"
            rf"(?P<a_plus>[+＋](?=[一-鿿㎡㎞㎏m]|[，。；、,;）)\n]|$))?",
            counts.arabic,
        ),
        Branch("plain", (DIGIT,), size_pattern("p", ARABIC, chinese=False), counts.plain),
        Branch("zero", either, rf"[零〇0０](?={zero})", counts.zero),
        Branch(
            "chinese",
            chinese,
            rf"{size_pattern('c', CHINESE, chinese=True)}(?P<great>(?:大(?=类|方面|项|环节))?)",
            written.chinese,
        ),
        Branch(
            "capital",
            (CAPITAL_NUMERAL,),
            rf"{size_pattern('c', CAPITAL, chinese=True)}(?P<great>)",
            written.capital,
        ),
        Branch("loose", either, rf"[{NUMERAL_CHARS}]+", counts.loose),
        Branch(
            "rank",
            (ORDINAL_MARK, TOP),
            rf"第{SPACE}(?P<place>{ORDINAL})(?:(?:名|位)(?:次)?|{contexts['rank_after']})"
            rf"|前{SPACE}(?P<top>{ORDINAL})(?:名|位|强|甲|{contexts['rank_after']})",
            names.rank,
        ),
        Branch(
            "quarter",
            (ORDINAL_MARK, TOP),
            rf"第[1-4一二三四]季度|前[{C}{D}]{{1,2}}(?:个)?(?:季度|月)",
            names.date,
        ),
        Branch(
            "ordinal", (ORDINAL_MARK,), rf"第{SPACE}{ORDINAL}", other("name", "ordinal_name")
        ),
        Branch(
            "vague",
            (VAGUE,),
            rf"(?:几|(?<![{contexts['index_of_after']}])数(?!(?<=[{not_number}]数){SPACE}[十百千万亿]{{1,3}}{more()}))"
            rf"{SPACE}(?P<vague_scale>[十百千万亿]{{1,3}}){more()}?",
            counts.vague,
        ),
        Branch(
            "several",
            (VAGUE,),
            rf"(?:(?<![{not_many}过])多|(?<=经过)多|(?<![{not_many}{not_number}])数)"
            rf"(?P<classifier>(?:{_several(contexts['vague_classifiers'])}))",
            counts.several,
        ),
        Branch("title", ("《",), r"《[^》《\n]{0,100}》", None),
        Branch(
            "quoted",
            ("“「『",),
            r"“[^“”\n，。；]{1,18}”|「[^「」\n，。；]{1,18}」|『[^『』\n，。；]{1,18}』",
            None,
        ),
        Branch("straight", ('"',), r'"[^"\n]{1,60}"', None),
        Branch("circled", ("".join(map(chr, range(0x2460, 0x2488))),), "[①-⒇]",
               other("list_marker", "list_marker")),
    )  # fmt: skip


@while_unchanged("contexts.yaml", "hedges.yaml", "idioms.yaml", "units.csv")
def grammar() -> Grammar:
    """The grammar compiled from ``schemas/``. Raises DataError when a table is missing or broken."""
    cues()
    table = branches()
    kinds = dict.fromkeys(kind for branch in table for kind in branch.starts)
    compiled = {
        kind: _alternation(branch for branch in table if kind in branch.starts) for kind in kinds
    }
    digits = compiled.pop(DIGIT)
    by_first = {
        char: pattern for kind, pattern in compiled.items() for char in _CHARACTERS.get(kind, kind)
    }
    return Grammar(
        first=_first(by_first),
        by_first=by_first,
        digits=digits,
        readers={branch.name: branch.reader for branch in table},
        marker=re.compile(rf"(?P<marker>{markers()})"),
    )


def _first(characters: Iterable[str]) -> re.Pattern[str]:
    """Where something may start: one of the characters, with what must follow the commonest of them."""
    first = {surface[0] for surface in metadata("contexts.yaml")["vague_classifiers"]}
    followed = (
        ("第前", rf"{SPACE}[（(]?[{NUMERAL_CHARS}]"),
        ("数几", rf"{SPACE}[十百千万亿{''.join(sorted(first))}]"),
        ("多", f"[{''.join(sorted(first))}]"),
        ("“「『", rf"[^“”「」『』\n]{{0,18}}[{NUMERAL_CHARS}]"),
        ('"', rf'[^"\n]{{0,60}}[{NUMERAL_CHARS}]'),
    )
    any_other = "".join(chars for chars, _ in followed)
    cases = "|".join(f"(?<=[{chars}])(?={pattern})" for chars, pattern in followed)
    every = "".join(re.escape(char) for char in characters)
    return re.compile(rf"[{D}{every}](?:(?<![{any_other}])|{cases})")


def _alternation(members: Iterable[Branch]) -> re.Pattern[str]:
    """The branches in order, those in a row with one ``unless`` behind one look at it."""
    pieces = []
    for unless, run in groupby(members, key=lambda branch: branch.unless):
        cases = "|".join(f"(?P<{branch.name}>{branch.pattern})" for branch in run)
        pieces.append(f"(?!{unless})(?:{cases})" if unless else cases)
    return re.compile("|".join(pieces))


@cache
def behind(pattern: re.Pattern[str], name: str) -> re.Pattern[str] | None:
    """The branches that one alternation tries after the branch of a name; None for the last."""
    groups = [group for group in pattern.groupindex if group in grammar().readers]
    following = groups[groups.index(name) + 1 :]
    rest = [branch for branch in branches() if branch.name in following]
    return _alternation(rest) if rest else None


# How an idiom starts.
STARTS = ("一", "numeral", "digit")


@dataclass(frozen=True, slots=True)
class Idiom:
    """One pattern, how it starts (one of ``STARTS``), its reason and a made-up example with ⟦ ⟧."""

    start: str
    reason: str
    pattern: str
    example: str


@while_unchanged("idioms.yaml")
def idioms() -> tuple[Idiom, ...]:
    """The patterns in the order of the table."""
    table = metadata("idioms.yaml")
    return tuple(
        Idiom(start, entry["reason"], entry["pattern"], entry["example"])
        for start in STARTS
        for entry in table[start]
    )
