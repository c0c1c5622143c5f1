"""How much of a thing and of the area a figure covers: whole, part, each, elsewhere.

Belongs here: the words that say so. Does not belong here: parts that show only beside their like
(several fields side by side), which are decided when all figures have their indicators.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from shenwan_data.model import Figure
from shenwan_data.report.title import find_title
from shenwan_data.statements.frame import Frame, Sentence
from shenwan_data.statements.lexicon import Token
from shenwan_data.statements.phrase import Phrase
from shenwan_data.statements.said import concepts_in, two_clauses

_TOTAL = re.compile(r"总[额数量计]|合计|共计|总共|全年|累计共|(?<!公)共(?![同有产])")
# At one occasion: what is counted there and, without a further full stop, told with it.
_OCCASION = re.compile(
    r"(?<!报告)(?<!年)(?<!年度)(?<!任期)(?<!五”)(?<!普法)(?<!时)(?<!疫情)(?<!疫情防控)期间(?!的?全)|[一-鿿]{2}季(?=[，,（(在])|整治中|一起[^，。；]{0,14}(?:纠纷|事故)|当天|当日|当晚|当场活动|之际|前后|来临|现场会上"
    r"|(?:[日周月节]|[日周月节]”)(?:活动|系列活动)?(?:为契机|当天|当日|期间|之际|前后|活动中)"
    r"|(?:此次|本次|这次|该次|某次|专项行动中|行动中|活动中|此案|该案|一起[^，。；]{0,12}案)"
)
_RESUME = re.compile(r"全年|累计|共计|合计|总计|年内|一年来|今年以来|今年|；|;")
_SEASON = re.compile(r"期间|当天|当日|前后")
_SOME = re.compile(
    r"(?:单[条场次日篇]|最[高多少低长短](?!分)[^，,。；;、]{0,4})[^，,。；;、]{0,4}$|类[^，,。；;]{0,4}最[多少高低][，,][^，,。；;]{0,4}$|"
    r"(?:剩余|剩下|余下|仅剩)[^，,。；;]{0,4}$|(?:牵涉|涉及?|跨)(?:邻|外|省|市|县|区)[^，,。；;]{0,12}$|"
    r"中[^，,。；;]{1,12}的[只仅]?有$|[查评测验审]中$|的[只仅]有?$|"
    r"(?:个别|(?<![现拥所原持应具享占没])有的|有些|少数(?!民族)|(?<!干)部分|某些|某个|某)[^，,。；;]{0,14}$"
    r"|(?<![拆清消解扣免开排])除(?:了|去)?[^，,。；;]{0,8}$"
)
_OFFICE = re.compile(
    r"(?:^|[，；;。、,\n])(?:由|经)?(?:上级[^，,。；;]{0,6}|[县市省区州旗](?:政府|纪委监委|纪委|人民法院|法院|检察院|公安局|人大|司法局|信访局|委)|[县市省区州旗][一-鿿]{1,8}(?:支队|普法办)"
    r"|(?!移[交送]|报[送请]|上报|转[交送]|提请)(?:[一-鿿]{0,4})[县市省区州旗][一-鿿]{2,8}[局委](?:驻[一-鿿]{1,4}分局)?|人民法院|[一-鿿]{0,4}法院|检察院)(?:全年|共|累计|监委|另外?|另行|直接|在(?:辖区|镇|乡|街道)内?|在全[区县市]|在[我本辖][^，,。；]{1,10}?(?=[查开立处调受举另直]))*"
    r"(?=受理|立案|办案|查[处办了扣]|检查|抽查|制作|统一|办理|处罚|判处|查处|调处|开展|审结|[来到对给]我?本?[镇乡街]|罚|举办|组织|培训|发放|联合|共|下达|授予|印发)"
)
_WITH_OFFICE = re.compile(r"与|和|同|跟|联合|会同|配合|协助|在|向|随|请")
# 县里来镇里抽查: it is still not the town that acts.
_COMES = re.compile(r"^[来到对给][我本]?(?:镇|乡|街道)[里上]?")
_GUIDED = re.compile(
    r"^(?:的)?(?:统一)?(?:指导|部署|支持|要求|安排|组织的|领导|帮助|监督|委托|批准|交办|转办|转来|下达|下放|授权|印发|备案|反馈|推荐|评为|授予|命名|认定|统筹|统一|派|驻)"
)
_WITH = re.compile(
    r"(?:在|向|由|经|按|按照|报|对|被|获|配合|联合|会同|协助|协同|参加|参与|根据|落实|接受|迎接|依托|邀请|与|和|荣获|受|为|位居|位列|居|排名|排|占|于|较|比|高于|低于|全力|面向|区别于|承接|承办|选派.{0,6}到|推荐到)$"
)
_RANKED = re.compile(r"^[^，,。；;]{0,8}(?:排|第|位|前列|首|率先|唯一|名列|乡镇中|镇街中)")
_PLACES_ALL = frozenset(
    (
        "全区",
        "全县",
        "全市",
        "全省",
        "全州",
        "全旗",
        "全国",
        "全盟",
        "全自治区",
        "全市镇街",
        "全县乡镇",
        "全区各镇街",
    )
)
_PLACE_WORD = re.compile(r"其中|我|本|全镇|全乡|全街|辖区|镇村|街道|[镇乡][里上自]")
# 在全市17个镇中: the number of those compared with.
_AMONG = re.compile(r"全[区县市省州旗盟](?:共有?|的)?$")
_AMONG_OF = re.compile(r"(?:镇|乡|街|苏木|单位|部门|村|社区)")
_OF_CLAUSE = frozenset(("其余", "其他", "个别", "部分", "少数", "有的", "有些", "某些"))
_CLOSED = re.compile(r"^[^（(]{0,12}[）)]")
_THIS_YEAR = re.compile(r"^(?:今年|本年|当年|年内|20\d\d年)")
_MEAN_OF = re.compile(r"全[区县市省州旗盟](?:的)?(?:平均)?(?:水平|数|值|线)?(?:的|为|约)?$")
_OTHER_YEAR = re.compile(r"20\d\d年|上年|去年|同比|前年|[比较]")
_REMARK = re.compile(r"[（(]([^（()）]*)$")
_PARTED = re.compile(r"[；;]")
_AT_LARGE = re.compile(r"平均|共|各|累计|设|有|范围")
_EACH = re.compile(
    r"(?:各|每)[^，,。；;、”]{0,10}(?:各|均)?(?:配备|聘请|设|有|选派|培养|培育|建|组织|开展|举办|讲[一-鿿]{0,6})?$"
)
_EACH_HAS = re.compile(r"每|各(?:配|聘|设|有|选|培|建|派|组织|开展|举办|讲)[^，。；]{0,8}$|各$")
_MEAN_KINDS = frozenset(("filler", "thing"))
_MEANS = frozenset(("平均", "平均分", "均分", "平均成绩"))
# 持证执法人员8人中临近退休的占5人: some of those counted just before.
_SOME_OF = re.compile(r"[^，,。；;\d]{0,8}中(?:的|有|还有|仍有|[^，,。；;\d]{0,10}(?:占|有))?")
_TAKES = re.compile(r"(?<![镇乡街村])占了?$")
# Without one of these a sentence has no match of the pattern of that name, so it is not tried.
_OFFICE_SIGN = re.compile(r"上级|法院|检察院|政府|纪委|局|人大|委")
_OCCASION_SIGN = re.compile(
    r"[日周月节季此本这该某]|期间|当[天晚场]|之际|前后|来临|现场会上|行动中|活动中|整治中|一起"
)
_SOME_SIGN = re.compile(r"[单最某除剩余涉跨中]|个别|有的|有些|少数|部分|的[只仅]")
# 化解积案11件，县里交办的5件全部办结.
_HANDED_ON = re.compile(r"(?:交办|转办|反馈|督办)的$")


class Scopes(NamedTuple):
    """What a sentence has that may limit a figure of it: words of scope, and signs of phrases.

    ``words`` are those of kinds own, above and part, in text order.
    """

    words: tuple[Token, ...]
    office: bool
    occasion: bool
    some: bool
    remark: bool


def scopes_of(text: str, start: int, end: int, items: Sequence[Token]) -> Scopes:
    """The scopes of a sentence, looked for once for all its figures."""
    return Scopes(
        tuple([item for item in items if item[2] in _SCOPES]),
        _OFFICE_SIGN.search(text, start, end) is not None,
        _OCCASION_SIGN.search(text, start, end) is not None,
        _SOME_SIGN.search(text, start, end) is not None,
        text.find("（", start, end) >= 0 or text.find("(", start, end) >= 0,
    )


_SCOPES = frozenset(("own", "above", "part"))


def is_elsewhere(text: str, figure: Figure, sentence: int, scopes: Scopes, *, town: bool) -> bool:
    """Whether a figure is of another area or body; ``town`` says that the report is of one town."""
    if figure.unit == "%" and _MEAN_OF.search(text, max(sentence, figure.start - 10), figure.start):
        return True
    if figure.unit in ("个", "家") and _AMONG.search(
        text[max(sentence, figure.start - 8) : figure.start]
    ):
        return _AMONG_OF.match(text[figure.end : figure.end + 8]) is not None
    if scopes.words and _under_another(text, figure, sentence, scopes.words, town=town):
        return True
    if not scopes.office:
        return False
    window = text[max(sentence, figure.start - 60) : figure.start]
    match = deque(_OFFICE.finditer(window), maxlen=1)
    if not match or _WITH_OFFICE.match(match[0].group().lstrip("，；;。、,\n")):
        return False
    rest = _COMES.sub("", window[match[0].end() :])
    if not town and _is_publisher(text, match[0].group().strip("，；;。、,\n由经")):
        return False
    return (
        not _PLACE_WORD.search(rest)
        and not _PARTED.search(rest)
        and rest.count("，") + rest.count(",") <= 1
    )


def _is_publisher(text: str, words: str) -> bool:
    """Whether an office named in a bureau's report is the bureau itself (县局, 县市场监管局)."""
    name = words.lstrip("县市区州旗省").removesuffix("全年")
    title = find_title(text[:_TITLE_WITHIN]) or ""
    return name == "局" or (len(name) > 2 and name[:2] in title)


_TITLE_WITHIN = 600


def _under_another(
    text: str, figure: Figure, sentence: int, items: Sequence[Token], *, town: bool
) -> bool:
    """Whether the last area or body named before a figure is another (全区…, 区司法局…)."""
    state = False
    for item in items:
        if item.start >= figure.start:
            break
        if item.kind == "own" and item.end - item.start > 1:
            state = False
        elif item.kind == "above":
            words = text[item.start : item.end]
            before = text[max(sentence, item.start - 8) : item.start]
            after = text[item.end : item.end + 12]
            if not town and (words in _PLACES_ALL or _is_publisher(text, words)):
                continue
            if _WITH.search(before) or _GUIDED.match(after) or _RANKED.match(after):
                continue
            if words in _PLACES_ALL:
                # 全国 before a title (全国示范村) names its level; at the head of a clause the area.
                at_head = not before or before[-1] in "，,；;。：:、\n（(年月日 ”，来期" or state
                if at_head or _AT_LARGE.match(after):
                    state = True
            elif not before or before[-1] in "，,；;。：:\n（(年月日":
                state = True
    return state


def is_each(text: str, figure: Figure, clause: int, before: Sequence[Token]) -> bool:
    """Whether a figure is that of one of many, or a mean."""
    if figure.kind == "rank":
        return False
    for item in before:
        if item.kind == "each" or (
            item.kind in _MEAN_KINDS and text[item.start : item.end] in _MEANS
        ):
            return True
    words = text[clause : figure.start]
    if "每" not in words and "各" not in words:
        return False
    return _EACH.search(words) is not None and _EACH_HAS.search(words) is not None


def is_part_said(
    text: str, figure: Figure, sentence: int, scopes: Scopes, others: Sequence[Figure]
) -> bool:
    """Whether 其中 and the like, or a bracket behind a number, make a figure a part of another."""
    if scopes.remark:
        remark = _REMARK.search(text, max(sentence, figure.start - 60), figure.start)
        if (
            remark
            and not _OTHER_YEAR.match(remark[1])
            and any(f.end == remark.start() for f in others)
        ):
            return True
    if figure.unit == "%":
        return False  # 其中非现场检查占两成 is the whole share
    if others and _is_some_of(text, others[-1], figure):
        return True
    mark = _part_mark(text, figure, scopes)
    return mark is not None and _reaches(text, mark, figure, others)


def _is_some_of(text: str, whole: Figure, figure: Figure) -> bool:
    """Whether the words between two numbers make one some of the other (8人中临近退休的占5人)."""
    if whole.unit != figure.unit or whole.kind != "count":
        return False
    between = (whole.end, figure.start)
    return _SOME_OF.fullmatch(text, *between) is not None


def _part_mark(text: str, figure: Figure, scopes: Scopes) -> Token | None:
    """The last word before a figure that opens parts, unless the town's own follows it."""
    mark = own = None
    for item in scopes.words:
        if item.start >= figure.start:
            break
        if item.kind == "part" and not _CLOSED.match(text[item.end : figure.start]):
            mark, own = item, None
        elif item.kind == "own" and item.end - item.start > 1:
            own = item
    return None if own is not None else mark  # 全区3.2万次，其中我街道1530次


def _reaches(text: str, mark: Token, figure: Figure, others: Sequence[Figure]) -> bool:
    """Whether a word that opens parts reaches as far as a figure."""
    between = text[mark.end : figure.start]
    inside = [f for f in others if mark.end <= f.start < figure.start]
    if not inside and "，" in between and text[mark.start : mark.end] in _OF_CLAUSE:
        return False  # 其余均已整改，对2家企业立案
    if _THIS_YEAR.search(between) or _PARTED.search(between):
        return False
    if _TOTAL.search(between.rpartition("，")[2].rpartition(",")[2]):
        return False
    return not inside or inside[0].unit == figure.unit


def at_occasion(
    text: str, figure: Figure, sentence: int, before: Sequence[Figure]
) -> tuple[int, int] | None:
    """The words of the one occasion at which was done what a figure counts, or None."""
    low = sentence
    found = deque(_OCCASION.finditer(text, low, figure.start), maxlen=1)
    if not found:
        return None
    last = found[0]
    gap = text[last.end() : figure.start]
    opened = max(low - 1, *(text.rfind(mark, low, last.start()) for mark in "，,。；;：:"))
    words = text[opened + 1 : last.end()]
    if ("、" in words or "等" in words or "”“" in words) and not _SEASON.search(last.group()):
        return None  # several days or festivals are no one occasion
    if _RESUME.search(gap):
        return None
    inside = [f for f in before if f.start >= last.end()]
    stop = inside[0].start if inside else figure.start
    commas = text[last.end() : stop].count("，") + text[last.end() : stop].count(",")
    return (opened + 1, last.end()) if commas <= 1 else None


def in_one_case(text: str, figure: Figure, sentence: int) -> bool:
    """Whether a sum is that of one case (对当事人李某…，罚款5000元), not of all."""
    if figure.unit != "元":
        return False
    found = _ONE_CASE.search(text, sentence, figure.start)
    return found is not None and not _ALL_CASES.search(text, found.end(), figure.start)


_ONE_CASE = re.compile(
    r"(?:对|责令|决定给予)[^，,。；;]{0,16}?(?:当事人|[一-鿿]某|该[一-鿿]{0,4}[店户司厂人])"
)
_ALL_CASES = re.compile(r"全年|累计|共|合计|总|；|;")


def takes_some(text: str, figure: Figure, others: Sequence[Figure]) -> bool:
    """Whether a figure is what some take of the number before it (临近退休的占5人)."""
    if not others or others[-1].unit != figure.unit or figure.kind != "count":
        return False
    return _TAKES.search(text, others[-1].end, figure.start) is not None


def is_some(text: str, figure: Figure, clause: int) -> bool:
    """Whether a figure is of a few only (个别村只开展1次), or left out (除2人病假外)."""
    # 土地类最多，有117件: the field stands in the clause before.
    start = two_clauses(text, max(clause - 20, 0), clause) if text[clause - 2] in "多少" else clause
    return _SOME.search(text, start, figure.start) is not None


# What is done to some of the things just counted: 行政复议4件，维持3件; 清理文件，废止8件.
SHARES = frozenset(("keep", "adopt", "abolish", "revise"))
# Of what was just found or begun: 苗头13起，当场制止12起，立案查处1起.
_FOUND = frozenset(("two_illegal", "illegal_building", "illegal_land", "hazard", "plot"))
# What is some of a whole by itself: powers of penalty of all powers, hard disputes of all disputes.
_SOME_THINGS = frozenset(("penalty_power", "hard_dispute"))
# One case told by itself: 跨省边界林权纠纷一起，久拖未决.
_SINGLE = frozenset(("一起", "一宗", "一例", "一件"))
# Who does some of what a town does: 老马工作室调解67件, 党支部学法35场.
_FEW = frozenset(("studio", "organisation"))
_FIELDS = frozenset(("environment", "forest_fire"))


def _of_field(text: str, own: Phrase, frame: Frame) -> bool:
    """Whether a share is that of one field among several (市容环境类占全部案件的六成)."""
    words = text[frame.clause : frame.figure.start]
    return "占" in words and "占比" not in words and any(w.kind == "field" for w in own.words)


def part_by(
    text: str,
    sentence: Sentence,
    frame: Frame,
    own: Phrase,
    others: Sequence[Figure],
    scopes: Scopes,
) -> str:
    """What makes a figure a part: mark (其中), occasion or some; nothing where it is a whole."""
    figure = frame.figure
    if own.inherited and (
        takes_some(text, figure, others) or _HANDED_ON.search(text, frame.clause, figure.start)
    ):
        return "some"
    if figure.kind == "ratio" and _of_field(text, own, frame):
        return "some"
    if is_part_said(text, figure, sentence.start, scopes, others):
        return "mark"
    if "legal_day" in own.mods:
        return "occasion"
    if scopes.occasion:
        at = at_occasion(text, figure, sentence.start, others)
        # 秸秆禁烧期间查处露天焚烧8起: the season of the very thing is no part of it.
        if at and not own.mods & _FIELDS & concepts_in(sentence, *at):
            return "occasion"
    head, domain = (own.head.concept, own.head.domain) if own.head else ("", "")
    shares = own.inherited and own.acts and own.acts[0] in SHARES
    stopped = own.alike and own.acts[:1] == ("stop",)
    filed = own.alike and own.acts[:1] == ("file",) and head in _FOUND
    single = figure.quote in _SINGLE and not own.acts and domain == "disputes"
    if (
        own.actor in _FEW
        or "studio" in own.mods
        or head in _SOME_THINGS
        or shares
        or stopped
        or filed
        or single
        or in_one_case(text, figure, sentence.start)
        or (scopes.some and is_some(text, figure, frame.clause))
    ):
        return "some"
    return ""
