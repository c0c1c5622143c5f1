"""The words around a figure, cut to what belongs to it.

Belongs here: a figure's own words, the clause before, its sentence and headings, and the figure it is a
part of. Does not belong here: what the words say of its role (``roles``), indicators.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shenwan_data.model import Figure
from shenwan_data.report.structure import CLAUSE_MARKS, Structure, structure
from shenwan_data.report.title import stated_years
from shenwan_data.statements.roles import Around, Place, at_one_occasion, gives_level, role_of

# No sentence is read further than this from its figure; a page without a full stop has no sentences.
_REACH = 600
# A row of figures passes its words on, but not without end.
_LONGEST_SHARED = 120
# Stands for the figure itself in its own words.
FIGURE = "▢"
_CLAUSE_END = re.compile(rf"[{re.escape(CLAUSE_MARKS)}]")
_LIST_MARK = re.compile(r"[、和及与]|以及")
# Words that name nothing: what is left of a clause without them is what it is about.
_EMPTY_WORDS = re.compile(
    r"[▢\s“”（()）、]|全年|本年度|今年|年内|一年来|截至目前|截至|目前|[我全][镇街区县局乡]|现|其中|共计|共有|共|累计|合计|总计|总数|总量"
    r"|分别|达到|达|为|约|有|均|各|已|了|的|计|数量|次数|人数|面积|金额|总|全|年|开展|完成|组织|实现|涉及|占|其|另"
)
# Between two figures: the second gives another measure of the same thing (24宗面积共96亩, 17宗涉148万元).
_SAME_THING = re.compile(
    r"(?:[，,、（(]|总?面积|建筑面积|占地|涉及|涉案|涉|总?金额|资金|价值|标的|共计|共|合计|总计|约|达|为)*"
)
# One number stands for several things: 审查率、发布率均达100%.
_SHARED = re.compile(r"(?:[均都皆]|全部|双双|同为|一律)[^，。；,;▢]{0,4}▢")
_MEAN = re.compile(r"(?:日均|月均|人均|年均|平均|户均|村均|每天|每月|每件|每案|案均|场均|均每)")
# A title says what a text is about, not what is counted beside it; a law's title still says that it is law.
_TITLE = re.compile(r"《[^》\n]{1,80}》")
_LAW = re.compile(r"(?:法|法典|条例|宪法|规定|办法)(?:[（(][^）)]*[）)])?$")
# Of a list that ends in 等 only what follows is counted (合同审查、法律咨询等专项服务6次).
_LISTED = re.compile(
    r"(?:(?<=开展|发放|派发|印发|提供|处理|办理|解决|组织|涉及|包括|围绕)[^、，,。；;：:▢]{1,12})?"
    r"(?:、[^、，,。；;：:▢]{1,20})+等(?=[^，,。；;▢])"
)
# A topic in front of its clauses: 行政许可：办理54件; 矛盾纠纷方面，受理312件.
_TOPIC = re.compile(r"[^，,。；;：:！？!?\n▢]{2,20}(?:[：:]|(?:方面|工作中|工作上)[，,])")
# Where a figure has its noun behind it (13个调委会共受理纠纷), the verb that follows opens another's words.
_NEXT_PREDICATE = re.compile(
    r"(?<=[一-鿿])(?:[共均各]?(?:受理|办理|办结|接待|调解|调处|化解|开展|组织|举办|召开|发放|印发|派发|解答|查处|立案|出动|排查|检查|拆除|整改|培训|收集|解决)"
    r"|累计|共计|合计|全年)"
)
# The same is counted again as a whole (新增示范村1个，累计达16个; 每村3名，全乡共33名).
_AGAIN = re.compile(r"累计|总数|总量|合计|共计|现有|共有|全[镇乡街县区市][^▢]{0,4}共|共▢|达到?▢")
_EACH_OR_NEW = re.compile(
    r"新增|新建|新培育|新培养|新评|新创建|新创|每个?[村社户人]区?|今年|本年度|当年"
)
_COUNTED_DOERS = frozenset(("个", "名", "人", "位", "家", "支"))
# What stands in brackets behind a figure divides it up, but for a noun's other half (村（社区）).
_BRACKET = re.compile(r"[（(](?!(?:社区|居|含社区|村|街道|镇|乡|次|居委会)[）)])")
_PART = re.compile(r"其中|包括|包含|涵盖|[（(](?![^（(）)]*[）)])")
# Pages put them anywhere, before numbers above all (行政处罚 41起).
_SPACES = re.compile(r"[ \t\u3000\xa0]+")
_SENTENCE_END = re.compile(r"[。；;\n]")
_FROM = re.compile(r"[由从]")
# How far the words of a part may stand from the whole that takes them over.
_SHORT_GAP = 14


class Words(NamedTuple):
    """The words around one figure, and what they say of it.

    ``own`` is its clause cut at the figures beside it, with ``FIGURE`` in the figure's place;
    ``near`` the clause before and ``own``; ``context`` the sentence and the headings. ``part`` is
    the index of the figure it is a part of (其中…), or None. ``role`` is a reason code that bars an
    indicator (a change, last year's value, a plan), or None. ``shared`` says that one number
    stands for several things (均达100%).
    """

    own: str
    near: str
    context: str
    mean: bool
    shared: bool
    part: int | None
    role: str | None


@dataclass(frozen=True, slots=True)
class Setting:
    """One figure in its words."""

    figure: Figure
    words: Words


def settings(text: str, figures: Sequence[Figure]) -> tuple[Setting, ...]:
    """The setting of every data figure among ``figures``, in text order."""
    data = [figure for figure in figures if figure.is_data]
    places = tuple(Place(f.start, f.end, f.kind, f.unit) for f in data)
    found = _words_of(text, places)
    return tuple(Setting(figure, words) for figure, words in zip(data, found, strict=True))


def _words_of(text: str, places: tuple[Place, ...]) -> tuple[Words, ...]:
    year = next(iter(stated_years(text)), None)
    divided = structure(text)
    found = [_words(text, places, index, divided, year) for index in range(len(places))]
    _share_words(text, places, found)
    return tuple(found)


def _words(
    text: str, places: Sequence[Place], index: int, divided: Structure, year: int | None
) -> Words:
    place = places[index]
    sentence_start, sentence_end = divided.sentence_at(place.start)
    sentence_start = max(sentence_start, place.start - _REACH)
    sentence_end = min(sentence_end, place.end + _REACH)
    clause_start = _last_mark(text, sentence_start, place.start, places, index)
    left, right = _cut(text, places, index, clause_start, sentence_end)
    behind = FIGURE + text[place.end : right]
    own = text[left : place.start] + behind
    before_start = _last_mark(
        text, sentence_start, max(clause_start - 1, sentence_start), places, index
    )
    before = text[before_start:clause_start]
    holds_figure = any(
        before_start <= other.start < clause_start for other in places[max(0, index - 6) : index]
    )
    if left == clause_start and not holds_figure and len(_EMPTY_WORDS.sub("", own)) < 2:
        own = before + own
    clause = text[clause_start : place.start]
    near = before + clause + behind
    topic = _topic(text, sentence_start, clause_start, places, index)
    if topic not in own:
        own = topic + own
    if topic not in near:
        near = topic + near
    headings = divided.section_at(place.start)
    role = role_of(Around("".join(headings[:1]), before, clause, own, near), year)
    if role is None and at_one_occasion(text, sentence_start, places, index):
        role = "part_of_whole"
    return Words(
        own=_wording(own),
        near=_wording(near),
        context=_without_titles("\n".join((*headings, text[sentence_start:sentence_end]))),
        mean=bool(_MEAN.search(own)),
        shared=bool(_SHARED.search(own)),
        part=_whole(text, places, index, sentence_start),
        role=role,
    )


def _cut(
    text: str, places: Sequence[Place], index: int, clause_start: int, sentence_end: int
) -> tuple[int, int]:
    """Where the words of a figure begin and end in its clause, cut at the figures beside it."""
    place = places[index]
    left = clause_start
    previous = places[index - 1] if index else None
    # A rank's topic stands before the figures beside it (在全县13个乡镇中排名第二), unless they are ranks.
    beside = place.kind != "rank" or (previous is not None and previous.kind == "rank")
    if previous and previous.end > clause_start and beside:
        left = previous.end
        mark = _LIST_MARK.search(text, left, place.start)
        left = mark.end() if mark else left
    match = _CLAUSE_END.search(text, place.end, sentence_end)
    right = match.start() if match else sentence_end
    following = places[index + 1] if index + 1 < len(places) else None
    if following and following.start < right:
        mark = _LIST_MARK.search(text, place.end, following.start)
        right = mark.start() if mark else following.start
        if place.unit in _COUNTED_DOERS:
            predicate = _NEXT_PREDICATE.search(text, place.end, right)
            right = predicate.start() if predicate else right
    bracket = _BRACKET.search(text, place.end, right)
    return left, bracket.start() if bracket else right


def _topic(
    text: str, sentence_start: int, clause_start: int, places: Sequence[Place], index: int
) -> str:
    """The words that open the sentence and name what its clauses are about, if there are any."""
    match = _TOPIC.match(text, sentence_start, clause_start)
    if match is None:
        return ""
    first = index
    while first and places[first - 1].start >= sentence_start:
        first -= 1
    return "" if places[first].start < match.end() else match.group()


def _wording(words: str) -> str:
    """The words by which an indicator may be recognised: no titles, no list before 等, no spaces."""
    words = _SPACES.sub("", _without_titles(words))
    return _LISTED.sub("", words) if "等" in words else words


def _without_titles(words: str) -> str:
    # Words are not parted in Chinese: 协调解决 holds 调解 and means another thing.
    words = words.replace("协调解", "协调 解")
    if "《" not in words:
        return words
    return _TITLE.sub(lambda m: "《法律》" if _LAW.search(m.group()[1:-1]) else "《》", words)


def _last_mark(text: str, start: int, end: int, places: Sequence[Place], index: int) -> int:
    """Where the clause that ends at ``end`` begins; a comma inside a number is no mark."""
    position = end
    while position > start:
        position -= 1
        if text[position] in CLAUSE_MARKS and not _inside_number(position, places, index):
            return position + 1
    return start


def _inside_number(position: int, places: Sequence[Place], index: int) -> bool:
    return any(
        other.start <= position < other.end for other in places[max(0, index - 3) : index + 1]
    )


def _whole(text: str, places: Sequence[Place], index: int, sentence_start: int) -> int | None:
    """The figure that this one is a part of: the last before 其中 in the same run of clauses.

    In its own unit if there is one, else of any.
    """
    place = places[index]
    scope = max(
        sentence_start,
        text.rfind("；", sentence_start, place.start),
        text.rfind(";", sentence_start, place.start),
    )
    marks = [m.start() for m in _PART.finditer(text, scope, place.start)]
    if not marks:
        return None
    nearest = None
    for before in range(index - 1, -1, -1):
        if places[before].start < scope:
            break
        if places[before].start < marks[-1]:
            if places[before].unit == place.unit:
                return before
            nearest = before if nearest is None else nearest
    return nearest


def _share_words(text: str, places: Sequence[Place], found: list[Words]) -> None:
    """Figures that give several measures of one thing share their words (24宗面积共96亩)."""
    for index in range(len(found) - 1):
        first, second = found[index], found[index + 1]
        same_unit = places[index].unit == places[index + 1].unit
        gap = text[places[index].end : places[index + 1].start]
        if same_unit:
            again = _said_again(first, second, gap)
            if again:
                found[index + 1] = second._replace(own=again + second.own)
            continue
        if len(gap) > 8 or not _SAME_THING.fullmatch(gap):
            continue
        bare = len(_EMPTY_WORDS.sub("", second.own)) < 2
        tail = second.own.partition(FIGURE)[2]
        ends_with_gap = first.own.endswith((FIGURE, FIGURE + gap))
        if not bare and ends_with_gap and tail and "，" not in gap and "," not in gap:
            found[index] = first._replace(own=first.own + tail)
        if _names_nothing(second.own):
            words = first.own.partition(FIGURE)[0][-_LONGEST_SHARED:]
            found[index + 1] = second._replace(own=words + second.own)


def _said_again(first: Words, second: Words, gap: str) -> str:
    """The words that the next figure takes over: it gives the whole of the same, or its new value."""
    if len(gap) > _SHORT_GAP or _SENTENCE_END.search(gap):
        return ""
    words = first.own[-_LONGEST_SHARED:]
    if first.role == "past_value" and gives_level(second.own):
        return _FROM.split(words)[0] if len(_EMPTY_WORDS.sub("", second.own)) < 4 else ""
    if _names_nothing(second.own) and _AGAIN.search(second.own) and _EACH_OR_NEW.search(words):
        return _EACH_OR_NEW.sub("", words).replace(FIGURE, "")
    return ""


def _names_nothing(own: str) -> bool:
    return len(_EMPTY_WORDS.sub("", own.partition(FIGURE)[0])) < 2
