"""The time a figure covers: the report's year unless the text says otherwise.

Belongs here: the words of time of a sentence and which figures they govern. Does not belong here: whether
a figure is a plan (``nature``).

A period is written 2025, 2025-03, 2025-07-25, 2025-01/2025-10 or 2021/2025; ``../2025`` begins at a time
that the text does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_NUMBER = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "〇": 0}
_PLANS = {
    "十二五": (2011, 2015), "十三五": (2016, 2020), "十四五": (2021, 2025), "十五五": (2026, 2030),
    "五五": (2006, 2010), "六五": (2011, 2015), "七五": (2016, 2020), "八五": (2021, 2025),
    "九五": (2026, 2030),
}  # fmt: skip
_CONGRESSES = {"十八": 2012, "十九": 2017, "二十": 2022, "二十一": 2027}
_YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_TO = r"\s*[—–－\-~～至到]+\s*"
_MONTH = r"(?:1[0-2]|[1-9]|0[1-9]|十[一二]?|[一二三四五六七八九])"
# Where words of time may begin: asked first, so that most places cost nothing.
_FESTIVALS = r"(?!三月三|三月街|六月六|九月九|五月五)"
_BEGINS = (
    r"(?=[\d自从近过最这十五六七八九一二两三四党换任履上本成挂机赋组运创改截至到第前下去今全年当明来次])"
    + _FESTIVALS
    + "(?:"
)
_PERIOD = re.compile(
    _BEGINS + rf"(?P<span>(?P<from>{_YEAR})年?(?:度)?{_TO}(?P<till>{_YEAR})年)"
    rf"|(?P<since>[自从]?(?P<since_year>{_YEAR})年(?:\d{{1,2}}月)?(?:[^，,。；;\d]{{0,18}}?以来|起|至今))"
    r"|(?P<plan>(?P<plan_name>十[二三四五]五|[五六七八九]五)[”’\"]?(?:普法|规划|法治宣传)?[^，,。；;]{0,6}?(?P<plan_tail>以来|期间|时期|[五三两四]年[间来内]?|收官|终期))"
    r"|(?P<years>(?<![\d一二三四五六七八九十])(?P<count3>[二两三四五六七八九十])年(?=累计|共|合计|总共)|(?:近|过去|最近|这)?(?P<count>[一二两三四五六七八九十]|\d)个?年(?:以来|来|间|多|里|内)"
    r"|(?:近|过去|最近)(?P<count2>[二两三四五六七八九十]|\d)个?年(?!级|度))"
    r"|(?P<congress>党的(?P<congress_name>十八|十九|二十一|二十)大以来)"
    r"|(?P<open>(?:换届|任职|履职|上任|任期|本届|成立|挂牌|机构改革|赋权|组建|运行|创建|改革)[^，,。；;]{0,8}?(?:以来|至今))"
    rf"|(?P<until>(?:截[至止]到?|[至到](?=\d{{1,2}}月[底末]))(?:(?P<until_year>{_YEAR})年)?(?:(?P<until_month>{_MONTH})月)?(?:\d{{1,2}}日|底|末|份)?(?:目前|年底|年末)?)"
    rf"|(?P<days>(?:(?P<days_year>{_YEAR})年)?(?P<d1m>{_MONTH})月(?P<d1>\d{{1,2}})日?{_TO}(?:(?P<d2m>{_MONTH})月)?(?P<d2>\d{{1,2}})日)"
    rf"|(?P<months>(?:(?P<months_year>{_YEAR})年)?(?P<m1>{_MONTH})月?(?:份)?{_TO}(?P<m2>{_MONTH})月(?:份|底)?)"
    rf"|(?P<day>(?:(?P<day_year>{_YEAR})年)?(?<!\d)(?P<day_month>{_MONTH})月(?:(?P<day_day>\d{{1,2}})[日号]|份|底|初|上旬|中旬|下旬)?(?P<month_since>以来|起)?)"
    r"|(?P<half>(?<!每)(?:(?P<half_year>(?:19|20)\d\d)年)?(?P<half_name>上半年|下半年|前三季度|第?[一二三四1-4]季度))"
    rf"|(?P<named>(?P<named_year>{_YEAR})年(?:度)?(?![底末前]))"
    rf"|(?P<end>(?P<end_year>{_YEAR})年[底末])"
    r"|(?P<closed>(?P<closed_name>十[二三四五]五)[”’\"]?(?:规划)?(?:期)?末)"
    r"|(?P<last>(?:去年|上年|上一年|上年度|去年同期|上年同期|上一年度|前一年)(?:同期)?)"
    r"|(?P<before_last>前年)"
    r"|(?P<next>明年|来年|下一年|下年度|次年)"
    r"|(?P<this>今年|全年|本年度?|年内|当年|年度内|一年来))"
)
_COMPARED = re.compile(
    r"(?:较|比|与|同|和|相较|对比|跟|照)于?(?:前|上)?[“\s]*$|(?:较|比|与)[^，,。；;、]{1,6}的$"
)
_COMPARING = re.compile(r"^度?(?:同期)?(?:的同期)?(?:相比|同比|对比|比较|相较)")
_FROM = re.compile(r"[由从][^，,。；;]{0,6}$")
_AT_ONCE = re.compile(r"^(?:年|度|年度)?(?:同期|全年)?的?(?:同期)?[^，,。；;\d]{0,2}$")
_RESET = re.compile(r"[；;。]")
_LIST = re.compile(r"^[、，,和与及\s]*$")
_CLOSES = re.compile(r"^[^（(）)]*[）)]")
_WHOLE = re.compile(r"全年|今年|年内|本年|累计|总计|合计")


class Mark(NamedTuple):
    """Words of time: where they stand, the period, whether it is a part of the year, and how far they reach.

    ``reach`` is "sentence", "next" (the figure right behind only) or "none".
    """

    start: int
    end: int
    period: str
    part: bool
    reach: str
    kind: str


def marks_of(text: str, start: int, end: int, year: int) -> tuple[Mark, ...]:
    """The words of time in a stretch of a text, for a report of a year."""
    return tuple(_marks(text, start, end, year))


def _marks(text: str, start: int, end: int, year: int) -> Iterator[Mark]:
    titles = (
        [m.span() for m in re.finditer(r"《[^》\n]{1,80}》", text[start:end])]
        if text.find("《", start, end) >= 0
        else []
    )
    found = list(_PERIOD.finditer(text, start, end))
    for index, match in enumerate(found):
        if _is_listed_month(text, found, index):
            continue  # 3月、6月、9月各组织1次: no one month
        if any(low <= match.start() - start < high for low, high in titles):
            continue
        read = _read(match, year)
        if read is None:
            continue
        period, part = read
        kind = match.lastgroup or ""
        if kind == "plan" and match["plan_tail"] in _CLOSING:
            clause = re.split(r"[；;。]", text[match.end() : match.end() + 24])[0]
            if not _SUMS_UP.search(clause):
                continue  # “八五”普法收官 says when, not for how long
        before = text[max(start, match.start() - 10) : match.start()]
        after = text[match.end() : match.end() + 8]
        reach = "sentence"
        if (
            _COMPARED.search(before)
            or _COMPARING.match(after)
            or (_FROM.search(before) and kind in ("named", "last", "before_last", "end", "closed"))
        ):
            reach = "next"
        yield Mark(match.start(), match.end(), period, part, reach, kind)


_AHEAD = {"last": -1, "before_last": -2, "next": 1}
_SEVERAL = frozenset(("span", "since", "plan", "years", "congress", "open"))
_WITHIN = frozenset(("until", "days", "months", "day", "half"))


def _read(match: re.Match[str], year: int) -> tuple[str, bool] | None:
    """The period that words of time name, and whether it is a part of the report's year."""
    kind = match.lastgroup
    if kind in _SEVERAL:
        period = _several_years(match, year)
        return None if period is None else (period, False)
    if kind in _WITHIN:
        return _within_a_year(match, year)
    if kind == "closed":
        return str(_PLANS[match["closed_name"]][1]), False
    if kind in ("named", "end"):
        return match["named_year"] or match["end_year"], False
    ahead = _AHEAD.get(kind or "", 0)
    return str(year + ahead), False


def _several_years(match: re.Match[str], year: int) -> str | None:
    if match["span"]:
        return _years(int(match["from"]), int(match["till"]))
    if match["since"]:
        return _years(int(match["since_year"]), year)
    if match["plan"]:
        first, last = _PLANS[match["plan_name"]]
        if first > year:
            return None
        since = match["plan_tail"] == "以来"
        return _years(first, min(last, year) if since or last > year else last)
    if match["years"]:
        count = _number(match["count"] or match["count2"] or match["count3"])
        return _years(year - max(count, 1) + 1, year)
    if match["congress"]:
        return _years(_CONGRESSES[match["congress_name"]], year)
    return f"../{year}"


def _within_a_year(match: re.Match[str], year: int) -> tuple[str, bool] | None:
    if match["until"]:
        its_year = int(match["until_year"] or year)
        month = _number(match["until_month"]) if match["until_month"] else 12
        if month >= 11:  # reports are written in the last weeks of their year
            return str(its_year), False
        return f"{its_year}-01/{its_year}-{month:02}", True
    if match["days"]:
        its_year = int(match["days_year"] or year)
        first, last = _number(match["d1m"]), _number(match["d2m"] or match["d1m"])
        return (
            f"{its_year}-{first:02}-{int(match['d1']):02}/{its_year}-{last:02}-{int(match['d2']):02}",
            True,
        )
    if match["months"]:
        its_year = int(match["months_year"] or year)
        first, last = _number(match["m1"]), _number(match["m2"])
        if not 1 <= first < last <= 12:
            return None
        if (first, last) == (1, 12):
            return str(its_year), False
        return f"{its_year}-{first:02}/{its_year}-{last:02}", True
    if match["day"]:
        its_year = int(match["day_year"] or year)
        month = _number(match["day_month"])
        if match["month_since"]:  # 十月中旬以来: a season of the year, to its end
            return _years(its_year, year), False
        day = f"-{int(match['day_day']):02}" if match["day_day"] else ""
        return f"{its_year}-{month:02}{day}", True
    its_year = int(match["half_year"] or year)
    name = match["half_name"]
    first, last = _HALVES.get(name) or _quarter(name)
    return f"{its_year}-{first:02}/{its_year}-{last:02}", True


_HALVES = {"上半年": (1, 6), "下半年": (7, 12), "前三季度": (1, 9)}


def _quarter(name: str) -> tuple[int, int]:
    number = _number(name.removeprefix("第")[0])
    return 3 * number - 2, 3 * number


def _years(first: int, last: int) -> str:
    return str(last) if first >= last else f"{first}/{last}"


def _number(words: str) -> int:
    if words.isdigit():
        return int(words)
    if words.startswith("十"):
        return 10 + (_NUMBER.get(words[1:], 0) if len(words) > 1 else 0)
    return _NUMBER.get(words, 0)


def latest_year(text: str) -> int | None:
    """The year that a passage without a title is about: the last that it names by itself."""
    named = [
        int(m.period)
        for m in marks_of(text, 0, min(len(text), 2000), 0)
        if m.kind in ("named", "until") and m.reach == "sentence" and len(m.period) == 4
    ]
    return max(named, default=None)


def period_of(
    text: str,
    start: int,
    end: int,
    marks: Sequence[Mark],
    before: Sequence[tuple[int, int]],
    default: str,
) -> tuple[str, bool]:
    """The period of a figure, and whether it is a part of the report's year.

    ``before`` are the bounds of the data figures before it in its sentence.
    """
    chosen: Mark | None = None
    for mark in marks:
        if mark.start >= start:
            break
        between = [f for f in before if mark.end <= f[0]]
        gap = text[mark.end : start]
        if mark.reach == "next":
            if not between and _AT_ONCE.match(gap):
                return mark.period, mark.part
            continue
        if mark.kind == "last" and between:
            continue
        if between and _CLOSES.match(gap):
            continue  # 办理318件（上年度402件），满意率93%: the remark is over
        if mark.part and (_RESET.search(gap) or _WHOLE.search(gap) or _begun(gap)):
            continue
        if mark.kind in _SEVERAL and _outside(text, mark, start, between):
            continue
        if mark.part and _among_part(text, mark, gap, between):
            continue
        chosen = mark
    if _RISEN_FROM.search(text, max(0, start - 12), start) and _RISEN_TO.search(
        text[end : end + 16]
    ):
        return _year_before(default), False
    if chosen is None:
        return default, False
    return chosen.period, chosen.part


def _begun(gap: str) -> bool:
    """Whether what a day or month is said of is over at the first comma (3月启动“九五”普法，举办市集4场)."""
    match = _ONCE.match(gap)
    return match is not None


def _among_part(text: str, mark: Mark, gap: str, between: Sequence[tuple[int, int]]) -> bool:
    """Whether a month says only when a part was done (活动64场，其中12月就有9场，市民参与1万人次)."""
    return bool(between) and "，" in gap and text[mark.start - 2 : mark.start] == "其中"


def _outside(
    text: str,
    mark: Mark,
    start: int,
    between: Sequence[tuple[int, int]],
) -> bool:
    """Whether a figure stands outside several years named in the middle of a sentence.

    五年间建成广场7个，“法律明白人”达210名；开展宣讲10场: a stock is today's, what follows the year's.
    """
    gap = text[mark.end : start]
    opened = max(text.rfind(sign, 0, mark.start) for sign in "。\n")
    middle = "，" in text[opened + 1 : mark.start]
    if middle and _RESET.search(gap):
        return True
    return bool(between and _STOCK.search(gap) and not _SUMS_UP.search(gap[-14:]))


def nearly_all(period: str) -> bool:
    """Whether some months are as good as the year (1月到11月底)."""
    first, _, last = period.partition("/")
    return first.endswith("-01") and last.endswith(("-10", "-11")) and first[:4] == last[:4]


def _is_listed_month(text: str, found: Sequence[re.Match[str]], index: int) -> bool:
    """Whether a month stands beside other months in a list."""
    match = found[index]
    if match.lastgroup != "day" or match["day_day"]:
        return False
    beside = [found[i] for i in (index - 1, index + 1) if 0 <= i < len(found)]
    return any(
        other.lastgroup == "day"
        and text[min(match.end(), other.end()) : max(match.start(), other.start())] in _JOINS
        for other in beside
    )


_CLOSING = frozenset(("收官", "终期"))
_JOINS = frozenset("、和及与")
_SUMS_UP = re.compile(r"累计|共计|总计|合计|共")
_STOCK = re.compile(r"[，；][^，,。；;\d]{0,14}(?:已达|达|现有)$")
_ONCE = re.compile(
    r"(?:份|初|底|上旬|中旬|下旬)?[^，,。；;]{0,4}(?:启动|成立|组建|印发|出台|挂牌|揭牌|启用|开工|动工|获评|被评为|当选)[^，,。；;]*[，,]"
)
# 由290次减至124次: the first is the year before's.
_RISEN_FROM = re.compile(r"[由从](?:原来的?|最初的?|原先的?|不到|近|约)?$")
_RISEN_TO = re.compile(
    r"^[^，,。；;]{0,8}?(?:增加|减少|增长|下降|上升|提高|提升|降低|扩大|扩充|压减|压缩|发展|增|减|升|降|涨|扩|变)[了]?[至到为]"
)


def _year_before(period: str) -> str:
    return str(int(period) - 1) if period.isdigit() else period


def in_order(text: str, marks: Sequence[Mark], end: int, count: int) -> tuple[str, ...]:
    """The last ``count`` years listed side by side before ``end`` (2023年、2024年、2025年分别…), or none."""
    named = [
        m for m in marks if m.end <= end and m.kind in ("named", "last", "this", "before_last")
    ]
    if len(named) < count:
        return ()
    last = named[-count:]
    joined = all(_LIST.match(text[a.end : b.start]) for a, b in pairwise(last))
    return tuple(m.period for m in last) if joined else ()


def listed_year(
    text: str, marks: Sequence[Mark], bounds: Sequence[tuple[int, int]], index: int
) -> str | None:
    """Its own year where years are listed before numbers (2023年、2024年分别150宗、142宗).

    ``bounds`` are those of the data figures of the sentence, of which ``index`` is one.
    """
    first = last = index
    while first and _joined(text, bounds[first - 1], bounds[first]):
        first -= 1
    while last + 1 < len(bounds) and _joined(text, bounds[last], bounds[last + 1]):
        last += 1
    count = last - first + 1
    if count < 2:
        return None
    years = in_order(text, marks, bounds[first][0], count)
    return years[index - first] if years else None


def _joined(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    return not text[one[1] : other[0]].strip("、，,和与及 ")
