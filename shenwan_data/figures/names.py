"""Numerals that say which and not how many: ranks, ordinals, dates, documents, contacts, list markers.

Belongs here: their patterns, but for those a table holds, and their readers, which are called as those of
``counts`` are. Does not belong here: set phrases (``idioms``), quantities (``counts``, ``ranges``).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from shenwan_data.figures.counts import ends_here
from shenwan_data.figures.cues import cues
from shenwan_data.figures.numerals import (
    CHINESE,
    DASH,
    DASHES,
    MYRIADS,
    NUMERAL_RUN,
    ONE_TO_NINE,
    ORDINAL,
    SPACE,
    TO,
    C,
    D,
    number,
)
from shenwan_data.figures.quantity import name
from shenwan_data.figures.record import no_data
from shenwan_data.figures.shares import place
from shenwan_data.figures.units import unit_at
from shenwan_data.model import Figure

Reader = Callable[[str, re.Match[str], int], Figure | None]
_YEAR = re.compile(r"(?:19|20)\d\d")
_DURATION = re.compile(r"(?:周年|年|年度|学年|星期|周)(?:多|余|来|半)?$")
_WAN = re.compile(r"\d+[wW](?![A-Za-z0-9])")
_PLUS = re.compile(r"\d{2,}[wW]?[+＋](?![\d+＋])")
_RANK_WINDOW = 20


def rank(text: str, match: re.Match[str], floor: int) -> Figure:
    """第二名, 位列第三, 前五名; an ordinal that is no rank is part of a name."""
    top = match["top"]
    numeral = place(match["place"] or top)
    start = match.start()
    low = max(0, start - _RANK_WINDOW)
    # Of two places one was left and the other reached: 由第十上升到第五.
    placed = (
        cues().rank_before.search(text, low, start)
        or cues().rank_left.match(text, match.end())
        or (cues().rank_reached.search(text, low, start) if "第" in text[low:start] else None)
    )
    counted = match.group()[-1] in "名位次强甲"
    if text[max(0, start - 2) : start] == "倒数":
        return name(match, "ordinal_name")
    if numeral is None or not (placed or (counted and not top and ends_here(text, match.end()))):
        return name(match, "ordinal_name")
    value = number(numeral.value)
    return Figure(
        start,
        match.end(),
        match.group(),
        "rank",
        value=value,
        unit="位",
        raw_value=value,
        raw_unit="位",
        lower=None if top else value,
        upper=value,
        qualifier="at_most" if top else "exact",
    )


def other(kind: str, reason: str) -> Reader:
    """A reader that gives the whole match one kind and reason; nothing where it holds no numeral."""

    def read(text: str, match: re.Match[str], floor: int) -> Figure | None:
        return no_data(match.start(), match.end(), match.group(), kind, reason)

    return read


def document(text: str, match: re.Match[str], floor: int) -> Figure:
    """〔2019〕26号, 第三条."""
    quote = match.group()
    reason = "clause_number" if quote[0] == "第" else "document_number"
    return no_data(match.start(), match.end(), quote, "document", reason)


def date(text: str, match: re.Match[str], floor: int) -> Figure:
    """A day, a year, a time of day, or how long something took."""
    quote = match.group()
    lasts = _DURATION.search(quote) is not None and not _YEAR.match(quote)
    reason = "duration" if lasts else "calendar_date"
    return no_data(match.start(), match.end(), quote, "date", reason)


def formula(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """1+1>2, 1+6+N; a number with a plus before a unit is a quantity (5000+人次)."""
    plus = _PLUS.match(match.group())
    if plus is not None and unit_at(text, match.start() + plus.end(), digits=True):
        return None
    return no_data(match.start(), match.end(), match.group(), "formula", "formula")


def code(text: str, match: re.Match[str], floor: int) -> Figure | None:
    """A4, G105, 5G; letters that are a unit or stand for 万 make a quantity."""
    quote = match.group()
    if quote[0].isdecimal():
        digits = len(quote) - len(quote.lstrip("0123456789０１２３４５６７８９"))
        if _WAN.fullmatch(quote) or unit_at(text, match.start() + digits, digits=True):
            return None
    else:
        following = text[match.end() : match.end() + 1]
        place = match.end("code_number")
        if following in tuple(f"{MYRIADS}%％") or unit_at(text, place, digits=True):
            return None
        if text[place : place + 1] == ".":
            return None
    if NUMERAL_RUN.search(quote) is None:
        return None
    return no_data(match.start(), match.end(), quote, "name", "code_name")


def dates(*, chinese: bool) -> str:
    """Dates and stretches of time; ``chinese`` leaves out those that start with a digit."""
    year = rf"(?:(?:19|20|１９|２０){D}{{2}}|[一二][九〇零○][〇零○{ONE_TO_NINE}]{{2}})"
    month = rf"(?:1[0-2]|0?[1-9]|１[０-２]|[１-９]|十[一二]?|[{ONE_TO_NINE}])"
    day = (
        rf"(?:3[01]|[12]{D}|0?[1-9]|[１-３]?[０-９]|三十一?|二?十[{ONE_TO_NINE}]?|[{ONE_TO_NINE}])"
    )
    to = TO
    hour = rf"(?:[01]?{D}|2[0-4]|二十[一二三四]?|十[{ONE_TO_NINE}]?|[零{ONE_TO_NINE}])"
    # 五点五分 is a score: minutes below ten are said with 零.
    minute = rf"(?:{D}{{2}}|[二三四五]?十[{ONE_TO_NINE}]?|零[{ONE_TO_NINE}])"
    clock = rf"{hour}{SPACE}(?:时(?:{SPACE}(?:{D}|{minute}){SPACE}分(?!钟)|半|整)?|点(?:{SPACE}{minute}{SPACE}分(?!钟)|半|整)?)"
    part_of_day = "(?:[上中下]午|早上|晚上|凌晨|次日)?"
    month_day = rf"{month}{SPACE}月份?(?:{SPACE}{day}{SPACE}[日号])?"
    tail = rf"{to}(?:{year}{SPACE}年{SPACE})?(?:{month_day}|{day}{SPACE}[日号])"
    with_digits = [
        rf"{year}[-/.．]{SPACE}{D}{{1,2}}[-/.．]{SPACE}{D}{{1,2}}日?(?:{SPACE}{D}{{1,2}}[:：]{SPACE}{D}{{2}}(?:[:：]{SPACE}{D}{{2}})?)?",
        rf"{year}[-/]{D}{{1,2}}(?!{D})(?![-/])",
        rf"{D}{{1,2}}[:：]{SPACE}{D}{{2}}(?:[:：]{SPACE}{D}{{2}})?(?!{D})",
        rf"{D}{{1,2}}[·•‧∙]{D}{{1,2}}(?!{D})",
    ]
    either = [
        rf"{year}{SPACE}年?{to}{year}(?!{D}){SPACE}(?:年度?)?",
        rf"{year}{SPACE}年{SPACE}{month}{SPACE}{DASH}{SPACE}{month}{SPACE}月份?",
        rf"{year}{SPACE}年(?!级)度?(?:{SPACE}{month_day}(?:{tail})?)?",
        rf"{month}{to}{month}{SPACE}月份?",
        rf"{month}{SPACE}月份?(?:{SPACE}{day}{SPACE}[日号])?(?:{tail})?",
        rf"(?:{day}{to})?{day}{SPACE}日(?!内|以内|之内|均|常|报|前完|元(?!旦))(?:{tail})?",
        rf"[1-4一二三四１-４]{SPACE}(?:个)?季度",
        rf"{clock}(?:{to}{part_of_day}{clock}|(?<=[分半整]))|(?<=[午晚晨日]){clock}|{D}{{1,2}}{SPACE}时(?=起|前|后|许|整)",
        rf"{D}{{1,2}}世纪(?:{D}{{2}}年代)?|{ORDINAL}世纪|{D}{{2}}年代|[{ONE_TO_NINE}]十年代",
        rf"(?:{D}++(?![.．]{D})|{CHINESE})(?:[余多几来])?(?:个)?(?:周年|年|年度|学年)(?!级|龄|轻|画|货|糕|夜|味|会|初|底|末|鉴|薪|报)(?:多|余|来|半(?!年))?",
        rf"(?:{D}+|[{C}]+)(?:个)?(?:星期|周)(?!年|边|期|到|密|末|长|围|转|刊|知|易|全|岁|口|庄|村|家|某|市)",
    ]
    # What may follow the numeral of a date; a look at it spares most counts the whole list.
    after = rf"[年月日号时点季星周世学:：·•‧∙/至到{DASHES}]|[余多几来]?个?(?:年|周|星期|学年|季)"
    if chinese:
        return rf"(?=[{C}]++{SPACE}(?:{after}))(?:{'|'.join(either)})"
    gate = rf"(?={D}++{SPACE}(?:{after})|{D}{{4}}[.．])"
    day_of_month = rf"{D}{{1,2}}[.．]{D}{{1,2}}(?={SPACE}[”\"』」]|国际|全民|国家|世界|全国|消防|禁毒|宪法|宣传[日月周]|交通安全日)"
    return rf"{gate}(?:{'|'.join(with_digits + either)})|{day_of_month}"


def documents() -> str:
    """Numbers of documents and clauses."""
    return "|".join(
        [
            rf"(?<=[〔\[［【(（])(?:19|20){D}{{2}}[〕\]］】)）](?:第)?{D}{{1,6}}(?:[-—]{D}+)?号",
            rf"(?<=[〔\[［【(（])(?:19|20){D}{{2}}[〕\]］】)）][一-鿿]{{0,3}}{D}{{0,6}}[一-鿿]{{1,4}}{D}{{1,6}}号(?:之[{C}])?",
            rf"第{SPACE}[（(]?{ORDINAL}[）)]?{SPACE}(?:条|款|章|编|号|目)(?:之[{C}])?(?:令)?",
            rf"第[（(]{ORDINAL}[）)]项|(?<=款)第{ORDINAL}项",
            rf"{D}{{1,6}}号(?:令|文|公告|通告)",
        ]
    )


def contacts() -> str:
    """Addresses and telephone numbers."""
    return "|".join(
        [
            r"(?:https?://|www\.)[!-~]+",
            # Bounded on both sides, so that a run of letters is not tried from each of them.
            r"(?<![A-Za-z0-9_.\-])[A-Za-z0-9_.\-]{1,64}@[A-Za-z0-9_.\-]+",
            rf"(?<![{D}.])(?:0{D}{{2,3}}[-—－―‐]?{D}{{7,8}}(?:[-—转]{D}{{1,6}})?|1[3-9]{D}{{9}}"
            rf"|400[-—]?{D}{{3}}[-—]?{D}{{4}}|{D}{{17}}[{D}Xx])(?![{D}元万亿])",
            rf"(?<=[话线真打编备:：])(?:(?<=电话)|(?<=电话[:：])|(?<=热线)|(?<=热线[:：])|(?<=传真)|(?<=传真[:：])|(?<=拨打)|(?<=邮编)|(?<=邮编[:：])|(?<=[安网P]备))"
            rf"{D}{{3,14}}(?:[-—]{D}{{3,8}})?号?(?!{D}|[万亿.．]|余|多|[件次条宗起例单通])",
        ]
    )


def markers() -> str:
    """What a list marker looks like; where one may stand is for ``scan`` to say."""
    return rf"[{C}]{{1,3}}(?=[是要则])|(?:[{C}]{{1,3}}|{D}{{1,2}})(?:[、)）]|[.．](?!{D}))|第[{C}]{{1,3}}(?=[，,、：:](?![{C}]))"
