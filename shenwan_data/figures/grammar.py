"""The grammar of numerals in Chinese administrative prose, as one compiled alternation.

Belongs here: patterns, built from the tables in ``schemas/`` (units, hedges, idioms, contexts).
Does not belong here: what a match becomes (``scan``).

Every branch starts at one of a few characters, so a lookahead on the first character keeps the
alternation away from nine tenths of the text. Branches are ordered: names and dates win over
quantities, quantities over the last branch, which takes any numeral that nothing else explains.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from shenwan_data.figures.compilation import shared_classes
from shenwan_data.figures.qualifiers import alternation, hedges
from shenwan_data.figures.units import Unit, units
from shenwan_data.schemas import metadata

D = r"\d"
C = "〇○零一二三四五六七八九十百千万亿两萬億兩"
_C1 = "一二三四五六七八九"
NUMERAL_CHARS = rf"{D}{C}"
NUMERAL_RUN = re.compile(rf"[{NUMERAL_CHARS}]+")
SPACE = r"[ \u3000\xa0]?"
_DASH = r"[-—–―~～－‐‑〜]{1,2}"

_ARABIC = (
    rf"(?:{D}{{1,3}}(?:,{D}{{3}})+(?!{D})|{D}{{1,3}}(?:，{D}{{3}})+(?!{D})|{D}+)"
    rf"(?:[.．]{D}+)?"
)
_CHINESE = rf"[{C}]+(?:点[{C}]+)?"
# How a unit begins that holds the hedge of its number.
MORE_UNIT = "个多"
_ORDINAL = rf"(?:[{C}]+|{D}+)"
_BIG = "万亿萬億"
_TO = rf"{SPACE}(?:{_DASH}|至|到){SPACE}"


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled patterns. ``main`` finds the next thing; ``plain`` is it without list markers."""

    main: re.Pattern[str]
    plain: re.Pattern[str]
    unit_by_surface: dict[str, Unit]
    rank_before: re.Pattern[str]
    money_before: re.Pattern[str]
    money_after: re.Pattern[str]
    counted_after: re.Pattern[str]
    cue_before: re.Pattern[str]
    score_before: re.Pattern[str]
    rank_cue_before: re.Pattern[str]
    one_not_after: re.Pattern[str]
    listed_after: re.Pattern[str]
    idiom_reasons: dict[str, str]


def _unit_pattern(*, chinese: bool) -> tuple[str, dict[str, Unit]]:
    """One alternation over the spellings of all units, longest first, and what each means."""
    # 处以 (罚款) is another word, 处以上 is not: a hedge behind the unit lifts its guard.
    long = alternation([word for word in hedges().meaning_after if len(word) > 1])
    short = "".join(word for word in hedges().meaning_after if len(word) == 1)
    behind = rf"{long}|[{short}](?![一-鿿])"
    pieces: list[tuple[str, str]] = []
    meaning: dict[str, Unit] = {}
    for unit in units().values():
        for surface in unit.surfaces:
            meaning[surface] = unit
            if chinese and unit.digits_only:
                continue
            guard = f"(?:(?={behind})|(?!{unit.not_before}))" if unit.not_before else ""
            if surface[-1].isascii() and surface[-1].isalpha():
                guard += "(?![A-Za-z])"
            pattern = re.escape(surface)
            if (
                surface[0] == "个" and len(surface) > 1
            ):  # 2个多小时: the hedge stands inside the unit
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
    return rf"(?=[{first}])(?:{grouped})", meaning


def _more() -> str:
    """余, 多, 几, 来 between a number and its unit; not the 多 of 多样, 多元化."""
    return rf"(?:[{hedges().inner}](?!样|元化|次性))"


def _size(prefix: str, *, chinese: bool) -> str:
    """A number with its multipliers and the hedges between them, as groups named by ``prefix``.

    ``_digits`` the numeral, ``_scale`` 十, 百 or 千 behind digits, ``_big`` 万 or 亿, ``_more1`` and
    ``_more2`` a hedge before and behind 万/亿.
    """
    more = _more()
    numeral = _CHINESE if chinese else _ARABIC
    scale = "(?:)" if chinese else r"(?:[十百](?!分)|千(?![米克瓦伏卡]))?"
    big = rf"[百千]?[{_BIG}]{{1,2}}" if chinese else rf"[{_BIG}]{{1,2}}"
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


def _dates() -> str:
    year = rf"(?:(?:19|20|１９|２０){D}{{2}}|[一二][九〇零○][〇零○{_C1}]{{2}})"
    month = rf"(?:1[0-2]|0?[1-9]|１[０-２]|[１-９]|十[一二]?|[{_C1}])"
    day = rf"(?:3[01]|[12]{D}|0?[1-9]|[１-３]?[０-９]|三十一?|二?十[{_C1}]?|[{_C1}])"
    to = _TO
    month_day = rf"{month}{SPACE}月份?(?:{SPACE}{day}{SPACE}[日号])?"
    tail = rf"{to}(?:{year}{SPACE}年{SPACE})?(?:{month_day}|{day}{SPACE}[日号])"
    return "|".join(
        [
            rf"{year}{SPACE}年?{to}{year}(?!{D}){SPACE}(?:年度?)?",
            rf"{year}[-/.．]{D}{{1,2}}[-/.．]{D}{{1,2}}日?(?:{SPACE}{D}{{1,2}}[:：]{D}{{2}}(?:[:：]{D}{{2}})?)?",
            rf"{year}[-/]{D}{{1,2}}(?!{D})(?![-/])",
            rf"{year}{SPACE}年{SPACE}{month}{SPACE}{_DASH}{SPACE}{month}{SPACE}月份?",
            rf"{year}{SPACE}年(?!级)度?(?:{SPACE}{month_day}(?:{tail})?)?",
            rf"{month}{_DASH}{month}{SPACE}月份?",
            rf"{month}{SPACE}月份?(?:{SPACE}{day}{SPACE}[日号])?(?:{tail})?",
            rf"{day}{SPACE}日(?!内|以内|之内|均|常|报|前完|元(?!旦))(?:{tail})?",
            rf"[1-4一二三四１-４]{SPACE}(?:个)?季度",
            rf"{D}{{1,2}}[:：]{D}{{2}}(?:[:：]{D}{{2}})?(?!{D})",
            rf"(?:(?<=[午晚晨日])){day}[时点](?:半|{D}{{1,2}}分)?",
            rf"{D}{{1,2}}世纪(?:{D}{{2}}年代)?|{_ORDINAL}世纪|{D}{{2}}年代|[{_C1}]十年代",
            rf"{D}{{1,2}}[·•‧∙]{D}{{1,2}}(?!{D})",
            rf"{D}{{1,2}}[.．]{D}{{1,2}}(?={SPACE}[”\"』」]|国际|全民|国家|世界|全国|消防|禁毒|宪法|宣传[日月周]|交通安全日)",
            rf"(?:{_ARABIC}|{_CHINESE})(?:[余多几来])?(?:个)?(?:周年|年|年度|学年)(?!级|龄|轻|画|货|糕|夜|味|会|初|底|末|鉴|薪|报)(?:多|余|来)?",
            rf"(?:{D}+|[{C}]+)(?:个)?(?:星期|周)(?!年|边|期|到|密|末|长|围|转|刊|知|易|全|岁|口|庄|村|家|某|市)",
        ]
    )


def _documents() -> str:
    return "|".join(
        [
            rf"(?<=[〔\[［【(（])(?:19|20){D}{{2}}[〕\]］】)）](?:第)?{D}{{1,6}}(?:[-—]{D}+)?号",
            rf"(?<=[〔\[［【(（])(?:19|20){D}{{2}}[〕\]］】)）][一-鿿]{{0,3}}{D}{{0,6}}[一-鿿]{{1,4}}{D}{{1,6}}号(?:之[{C}])?",
            rf"第{SPACE}[（(]?{_ORDINAL}[）)]?{SPACE}(?:条|款|章|编|号|目)(?:之[{C}])?(?:令)?",
            rf"第[（(]{_ORDINAL}[）)]项|(?<=款)第{_ORDINAL}项",
            rf"{D}{{1,6}}号(?:令|文|公告|通告)",
        ]
    )


def _contacts() -> str:
    return "|".join(
        [
            r"(?:https?://|www\.)[!-~]+",
            # Bounded on both sides, so that a run of letters is not tried from each of them.
            r"(?<![A-Za-z0-9_.\-])[A-Za-z0-9_.\-]{1,64}@[A-Za-z0-9_.\-]+",
            rf"(?<![{D}.])(?:0{D}{{2,3}}[-—－―‐]?{D}{{7,8}}(?:[-—转]{D}{{1,6}})?|1[3-9]{D}{{9}}"
            rf"|400[-—]?{D}{{3}}[-—]?{D}{{4}}|{D}{{17}}[{D}Xx])(?!{D})",
            rf"(?:(?<=电话)|(?<=电话[:：])|(?<=热线)|(?<=热线[:：])|(?<=传真)|(?<=传真[:：])|(?<=拨打)|(?<=邮编)|(?<=邮编[:：])|(?<=[安网P]备))"
            rf"{D}{{3,14}}(?:[-—]{D}{{3,8}})?号?(?!{D}|[万亿.．]|余|多)",
        ]
    )


def _markers() -> str:
    return rf"[{C}]{{1,3}}(?=[是要则])|(?:[{C}]{{1,3}}|{D}{{1,2}})(?:[、)）]|[.．](?!{D}))|第[{C}]{{1,3}}(?=[，,、：:])"


@lru_cache(maxsize=1)
@shared_classes()
def grammar() -> Grammar:
    """The grammar compiled from ``schemas/``. Raises DataError when a table is missing or broken."""
    contexts = metadata("contexts.yaml")
    idioms = metadata("idioms.yaml")
    arabic_unit, meaning = _unit_pattern(chinese=False)
    chinese_unit, _ = _unit_pattern(chinese=True)
    inner = hedges().inner
    idiom_groups: list[str] = []
    idiom_reasons: dict[str, str] = {}
    for number, entry in enumerate(idioms):
        group = f"idiom{number}"
        idiom_reasons[group] = entry["reason"]
        idiom_groups.append(f"(?P<{group}>{'|'.join(entry['patterns'])})")
    zero = alternation(contexts["zero_nouns"])
    counted = alternation(contexts["counted_nouns"])
    more = _more()
    branches = [
        r"(?P<title>《[^》《\n]{0,100}》)",
        r"(?P<quoted>“[^“”\n，。；]{1,18}”|「[^「」\n，。；]{1,18}」|『[^『』\n，。；]{1,18}』)",
        r'(?P<straight>"[^"\n]{1,60}")',
        rf"(?P<contact>{_contacts()})",
        rf"(?P<document>{_documents()})",
        rf"(?P<formula>[{D}NXn][{D}]*(?:{SPACE}[+＋×＝=>＞](?:{SPACE}(?:[{D}]+|[NXnx](?![A-Za-z])"
        rf"|[{C}](?![{C}]))|[一-鿿A-Za-z]{{1,8}}))+)",
        rf"(?P<code>(?<![A-Za-z])(?:[A-Za-z]{{1,4}}[-—·.]?{D}+(?![{D}万亿%％.]|{SPACE}(?:{arabic_unit}))"
        rf"[A-Za-z0-9.\-]*|{D}+(?!(?:{arabic_unit}))[A-Za-z]+))",
        rf"(?P<rank>第{SPACE}(?P<place>{_ORDINAL})(?:(?:名|位)(?:次)?|{contexts['rank_after']})"
        rf"|前{SPACE}(?P<top>{_ORDINAL})(?:名|位|强|甲|{contexts['rank_after']}))",
        *idiom_groups,
        rf"(?P<date>{_dates()}|第[1-4一二三四]季度|前[{C}{D}]{{1,2}}(?:个)?(?:季度|月))",
        rf"(?P<ordinal>第{SPACE}{_ORDINAL})",
        rf"(?P<share>(?P<denominator>[{C}]+)分之(?P<numerator>{_CHINESE}|{_ARABIC})(?P<share_more>{more}?)"
        rf"|(?P<tenths>[{_C1}两])成(?P<hundredths>[{_C1}])(?![{C}]|{chinese_unit})"
        rf"|(?<![{D}/.])(?P<over>{D}{{1,3}})[/／](?P<under>{D}{{1,3}})(?![{D}/年月.]))",
        rf"(?P<range>(?<![从由])(?:{_size('r1', chinese=False)}(?P<r1_unit>{SPACE}(?:{arabic_unit}))?{_TO}"
        rf"{_size('r2', chinese=False)}{SPACE}(?P<r2_unit>{arabic_unit})"
        rf"|{_size('r3', chinese=True)}(?P<r3_unit>{chinese_unit})?{_TO}"
        rf"{_size('r4', chinese=True)}(?P<r4_unit>{chinese_unit})))",
        rf"(?P<adjacent>(?P<tens>[{_C1}]?十)?(?P<low>[{_C1}两])(?P<high>[{_C1}两])(?P<adjacent_scale>[十百千万亿]{{0,2}})"
        rf"{more}?(?P<adjacent_unit>{chinese_unit}))",
        rf"(?P<compound>(?P<myriads>{_ARABIC})(?P<myriad>[亿億](?={D}{{1,4}}[千百]?[万萬]|{D}{{4,8}}(?!{D}))"
        rf"|[万萬](?={D}[千百十]|{D}{{3,4}}(?!{D}))){_size('k', chinese=False)}{SPACE}(?P<k_unit>{arabic_unit})?)",
        rf"(?P<arabic>{_size('a', chinese=False)}(?:{SPACE}(?P<a_unit>{arabic_unit})(?P<a_times>[（(]次[）)])?)?)",
        rf"(?P<vague>[数几]{SPACE}(?P<vague_scale>[十百千万亿]{{1,3}}){more}?(?P<vague_unit>{chinese_unit})?"
        rf"|(?:(?<![{contexts['several_not_after']}])多|(?<![{contexts['several_not_after']}{contexts['number_of_after']}])数)(?P<several>(?:{_several(contexts['vague_classifiers'])})))",
        rf"(?P<zero>[零〇0０](?={zero}))",
        rf"(?P<chinese>{_size('c', chinese=True)}(?:大(?=类|方面|项|环节))?{SPACE}(?P<c_unit>{chinese_unit})(?P<c_times>[（(]次[）)])?"
        rf"|{_size('b', chinese=True)}(?={counted}))",
        rf"(?P<unitless>{_size('u', chinese=True)}(?<=[{inner}万亿萬億]))",
        r"(?P<circled>[①-⒇])",
        rf"(?P<loose>[{NUMERAL_CHARS}]+)",
    ]
    guard = rf"(?=[{NUMERAL_CHARS}第前数几多《“「『\"A-Za-z①-⒇])"
    body = "|".join(branches)
    money = alternation(contexts["money_nouns"])
    return Grammar(
        main=re.compile(rf"{guard}(?:(?P<marker>{_markers()})|{body})"),
        plain=re.compile(rf"{guard}(?:{body})"),
        unit_by_surface=meaning,
        rank_before=re.compile(rf"{contexts['rank_before']}[^，。；,;\n]{{0,6}}$"),
        money_before=re.compile(rf"(?:{money})[^，。；,;\n]{{0,5}}$"),
        money_after=re.compile(rf"[^，。；,;\n]{{0,3}}(?:{money})"),
        counted_after=re.compile(rf"(?:{counted})"),
        cue_before=re.compile(rf"(?:{alternation(contexts['value_cues'])})[ \u3000]?$"),
        score_before=re.compile(
            rf"(?:{alternation(contexts['score_cues'])})[为达:：是]?[ \u3000]?$"
        ),
        rank_cue_before=re.compile(
            rf"(?:{alternation(contexts['rank_cues'])}|列|居)(?:为|全[国省市区县镇州盟])?[ \u3000:：第]?$"
        ),
        one_not_after=re.compile(rf"{contexts['one_not_after']}$"),
        listed_after=re.compile(
            rf"[^，。；、,;\n{NUMERAL_CHARS}]{{1,12}}[、和及与][{NUMERAL_CHARS}]+(?P<unit>{arabic_unit})"
        ),
        idiom_reasons=idiom_reasons,
    )
