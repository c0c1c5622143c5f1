"""How an indicator is said, in concepts of the lexicon, and whether a statement says it.

Belongs here: the ``says`` of the catalogue, compiled, against one statement. Does not belong here: which
of several figures is the value (``matching``), the words themselves (``schemas/lexicon``).

One way of saying, a mapping in ``schemas/indicators``:
  things   what is counted, each "modifier … head" in concepts; `-` for a figure without a noun of its own
  acts     what was done, `none` for nothing said; without it any act but those of ``_OTHER_ACTS``
  about    the domain of the nearest noun before it, `none` for no noun at all
  clause   one of these concepts stands in its clause
  beside   or in the clause before; around: in its sentence up to it; then: behind it
  from     it takes over the noun of a figure before it, which is one of these concepts
  with     further nouns and fields that its noun phrase may hold
  units    only these of the units that the indicator accepts
  order    1 to 9: of two indicators that fit, the lower is meant (5 without it)
A noun or field in the phrase that neither names is another thing: 禁毒宣传活动 is no outreach as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from shenwan_data.config.declarations import WayEntry
from shenwan_data.errors import DataError, Text
from shenwan_data.indicators.catalogue import Indicator, catalogue
from shenwan_data.model import Figure, Statement
from shenwan_data.schemas import schemas_dir, while_unchanged
from shenwan_data.statements.lexicon import Token, lexicon
from shenwan_data.statements.phrase import ATTRIBUTES, Phrase
from shenwan_data.statements.said import EACH, Said, Words
from shenwan_data.statements.topic import LECTURES, modifier_domains, noun_domains

# What is done to a thing without making it one of the year's: taking part, adding to a stock, leaving it.
_OTHER_ACTS = frozenset(
    (
        "attend", "add", "leave", "mediate_bad", "keep", "run", "claim", "listen", "motion", "adopt",
        "apply", "involve", "guide", "abolish", "teach", "sign", "save", "link", "under", "operate",
        "send", "obtain",
    )
)  # fmt: skip
# Nothing is said to be done: 行政处罚案件86件; 共有86件行政处罚案件.
_SAID_TO_BE = frozenset(((), ("have",)))
# Decided by the verb nearest to the number, whatever other verbs stand farther off.
_DECISIVE = frozenset(("attend", "mediate_bad", "leave", "send"))
# Nouns that say nothing of what kind of thing it is.
_NEUTRAL = frozenset(
    ("business", "service", "item", "village", "money_work", "rule_of_law", "enforcing")
)
# Nouns of which a word in front tells the kind: 献血宣传 is another thing than 普法宣传.
_GENERIC = frozenset(
    ("publicity", "activity", "lecture", "inspection", "outreach_activity", "training")
)
# Nouns that other domains have as well (观众, 调解结案): what stands before them must tell.
_LOOSE = frozenset(("audience", "mediation", "view"))
# One number of cases is 47宗 in the text and 47件 in the table below it.
CASES = frozenset(("宗", "件", "起", "例", "卷"))


@dataclass(frozen=True, slots=True)
class Way:
    """One way of saying an indicator; see the module's text."""

    code: str
    topic: str
    unit: str
    measure_type: str
    things: tuple[tuple[str, frozenset[str]], ...]
    acts: frozenset[str]
    about: frozenset[str]
    clause: frozenset[str]
    around: frozenset[str]
    beside: frozenset[str]
    then: frozenset[str]
    own: frozenset[str]
    source: frozenset[str]
    further: frozenset[str]
    units: frozenset[str]
    order: int


class Fit(NamedTuple):
    """An indicator that a statement says: its declared order, how much is asked of the noun, the words."""

    code: str
    order: int
    asked: int
    words: tuple[str, ...]


@while_unchanged("indicators", "lexicon", "codes.yaml", "units.csv")
def ways() -> Mapping[str, tuple[Way, ...]]:
    """All ways by the concept of their head (`-`: none).

    Raises DataError naming the indicator for a concept that the lexicon lacks.
    """
    found: dict[str, list[Way]] = {}
    words = lexicon()
    concepts = {word.concept for word in words.words.values()} | {"-", "none"}
    fields = set(words.topics) | {"none"}
    for indicator in catalogue().values():
        for entry in indicator.says:
            way = _way(indicator, entry)
            _check(indicator, way, concepts, fields)
            for head in dict.fromkeys(head for head, _ in way.things):
                found.setdefault(head, []).append(way)
    return {head: tuple(its) for head, its in found.items()}


Table = Mapping[tuple[str, bool, bool, str | None], tuple[Way, ...]]


@while_unchanged("indicators", "lexicon", "codes.yaml", "units.csv")
def _table() -> Table:
    """The ways by head, whether of each of many, whether a share or rank, and unit."""
    found: dict[tuple[str, bool, bool, str | None], list[Way]] = {}
    for head, its in ways().items():
        for way in its:
            each = way.measure_type == "mean"
            found.setdefault((head, each, True, way.unit), []).append(way)
            shares = way.measure_type in ("rank", "ratio")
            for unit in (way.unit,) if shares else way.units:
                known = None if unit == "-" and not shares else unit
                found.setdefault((head, each, False, known), []).append(way)
    return {key: tuple(its) for key, its in found.items()}


def _check(indicator: Indicator, way: Way, concepts: set[str], fields: set[str]) -> None:
    named = {word for head, mods in way.things for word in (head, *mods)}
    named |= way.acts | way.clause | way.beside | way.around | way.then | way.own
    named |= way.source | way.further
    missing = sorted((named - concepts) | (way.about - fields))
    if missing:
        raise DataError(
            Text(
                f"词表中没有概念：{'、'.join(missing)}",
                f"the lexicon has no concept {', '.join(missing)}",
            ),
            file=schemas_dir() / "indicators" / f"{indicator.topic}.yaml",
            place=f"indicator {indicator.code}",
            remedy=Text(
                "请先在 schemas/lexicon 增加，或改用已有概念",
                "add it in schemas/lexicon, or use one that is there",
            ),
        )


def _way(indicator: Indicator, entry: WayEntry) -> Way:
    things = []
    for thing in entry.things:
        *mods, head = thing.split()
        things.append((head, frozenset(mods)))
    units = frozenset(entry.units or indicator.units_accepted)
    return Way(
        code=indicator.code,
        topic=indicator.topic,
        unit=indicator.unit,
        measure_type=indicator.measure_type,
        things=tuple(things),
        acts=frozenset(entry.acts),
        about=frozenset(entry.about),
        clause=frozenset(entry.clause),
        around=frozenset(entry.around),
        beside=frozenset(entry.beside),
        then=frozenset(entry.then),
        own=frozenset(entry.own),
        source=frozenset(entry.source),
        further=frozenset(entry.further),
        units=units | CASES if units & CASES else units,
        order=entry.order,
    )


def fits(said: Said, text: str) -> tuple[Fit, ...]:
    """The indicators that a statement says best, whatever its time, scope and nature.

    One for each name that the figure stands for (审查率、发布率均达100%); several for one name only
    where the catalogue declares them of one order.
    """
    found: dict[str, Fit] = {}
    for phrase in said.phrases:
        for fit in _best(said, phrase, text):
            found.setdefault(fit.code, fit)
    return tuple(found.values())


def _best(said: Said, phrase: Phrase, text: str) -> list[Fit]:
    fitting: dict[str, tuple[int, int]] = {}
    heads = [phrase.head.concept] if phrase.head else []
    if not heads and not phrase.unknown and phrase.end > phrase.start and not phrase.inherited:
        heads = sorted(phrase.strong)  # a field alone: 市容类118起
    elif phrase.inherited and phrase.end > phrase.start and not phrase.unknown:
        heads += sorted(phrase.strong - set(heads))
    if phrase.end == phrase.start or phrase.inherited:
        heads.append("-")
    figure = said.figure
    group = (said.statement.coverage == EACH, figure.kind in ("rank", "ratio"), figure.unit)
    table, acts = _table(), _acts_of(phrase)
    for head in heads:
        for way in table.get((head, *group), ()):
            asked = _fit(way, head, phrase, acts, said)
            if asked is None:
                continue
            rank = (way.order, -asked)
            if way.code not in fitting or rank < fitting[way.code]:
                fitting[way.code] = rank
    if not fitting:
        return []
    first = min(fitting.values())
    words = _words(phrase, text)
    return [Fit(code, rank[0], -rank[1], words) for code, rank in fitting.items() if rank == first]


def mentioned(
    phrase: Phrase,
    concepts: frozenset[str],
    near: tuple[str, ...],
    codes: Collection[str],
    *,
    named: bool,
) -> Iterator[str]:
    """The codes that a noun phrase of a clause without a number speaks of.

    It must say what was done, in one of the ways; with ``named`` (均, 未发生) the noun is enough.
    """
    head = phrase.head
    if head is None:
        return
    for way in ways().get(head.concept, ()):
        if way.code not in codes or (
            way.unit in _MEASURED and head.concept not in ATTRIBUTES | _SUMS
        ):
            continue
        said = Said(
            figure=_NO_FIGURE,
            statement=_NOTHING,
            phrases=(phrase,),
            near=near,
            above=(),
            words=_Alike(concepts),
        )
        if named:
            phrase = phrase._replace(behind=True)
        elif not (way.acts or _PLAIN_ACTS).intersection(phrase.acts):
            continue
        if _fit(way, head.concept, phrase, _acts_of(phrase), said) is not None:
            yield way.code


class _Alike(Words):
    """The concepts of one clause, whatever is asked for."""

    __slots__ = ("_all", "_none")

    def __init__(self, concepts: frozenset[str]) -> None:
        self._all = concepts
        self._none: frozenset[str] = frozenset()

    clause = beside = around = property(lambda self: self._all)
    then = property(lambda self: self._none)


_PLAIN_ACTS = frozenset(("do", "hold", "finish", "have", "build", "employ", "handle", "accept"))
_MEASURED = frozenset(("元", "平方米"))
_SUMS = frozenset(("wages", "subsidy", "firm_subsidy", "discipline_money", "land_ready", "debt"))
_NO_FIGURE = Figure(0, 0, "", "count")
_NOTHING = Statement("", "", "other", "", "whole", "level")


def _words(phrase: Phrase, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[w.start : w.end] for w in sorted(phrase.words)))


def _acts_of(phrase: Phrase) -> frozenset[str]:
    """What was done, with the nouns of the phrase that are verbs as well."""
    doings = [w.concept for w in phrase.words if w.kind == "doing" and w is not phrase.head]
    return frozenset((*phrase.acts[:3], phrase.lead, *doings))


def _fit(way: Way, head: str, phrase: Phrase, acts: frozenset[str], said: Said) -> int | None:
    """How many concepts a way asks of the noun, or None where the statement does not say it."""
    if phrase.odd and head in _GENERIC:
        return None
    if not _acts_fit(way, phrase, acts, said.figure.kind):
        return None
    if not _around_fits(way, head, phrase, said):
        return None
    return _asked(way, head, phrase, acts)


def _acts_fit(way: Way, phrase: Phrase, acts: frozenset[str], kind: str) -> bool:
    nearest = phrase.acts[0] if phrase.acts else ""
    if not way.acts:
        done = kind not in ("ratio", "rank") and not phrase.behind
        return not (done and nearest in _OTHER_ACTS)
    if nearest in _DECISIVE and nearest not in way.acts:
        return False
    silent = phrase.acts in _SAID_TO_BE or phrase.behind
    return not way.acts.isdisjoint(acts) or ("none" in way.acts and silent)


def _around_fits(way: Way, head: str, phrase: Phrase, said: Said) -> bool:
    words = said.words
    if head in LECTURES and way.topic == "outreach" and said.statement.topic == "governance":
        return False  # 领导班子集体学法、法治讲座分别6次、3场: to officials
    if (way.clause and not way.clause & words.clause) or (
        way.beside and not way.beside & words.beside
    ):
        return False
    if (way.around and not way.around & words.around) or (way.then and not way.then & words.then):
        return False
    if way.source and not (phrase.inherited and phrase.head and phrase.head.concept in way.source):
        return False
    if way.own and not way.own & (phrase.mods | {head}):
        return False
    return not way.about or _is_about(way.about, said)


def _asked(way: Way, head: str, phrase: Phrase, acts: frozenset[str]) -> int | None:
    """The most concepts that a thing of the way asks of the noun; None where none fits."""
    asked = None
    known = phrase.mods | acts
    if head == "-" and phrase.alike and phrase.head and not _may_be(way, phrase.head):
        return None  # 核查流动人员2279人，注销83人: persons of another kind
    for its_head, mods in way.things:
        if its_head != head or not mods <= known:
            continue
        others = phrase.strong - mods - way.further - way.acts - _NEUTRAL - {its_head}
        if phrase.head and (head == "-" or head in way.acts):
            others -= {phrase.head.concept}
        if not others:
            asked = max(asked or 0, len(mods))
    return asked


def _may_be(way: Way, head: Token) -> bool:
    """Whether the noun that a bare number takes over can be what a way counts."""
    named = way.source | way.acts | way.further | way.own | way.around | way.clause
    heads = {its for its, _ in way.things}
    return head.concept in named | heads or head.domain in _ANY_DOMAIN


_ANY_DOMAIN = frozenset(("", "general", "rates", "other"))


def _is_about(about: frozenset[str], said: Said) -> bool:
    """Whether a figure's own noun or the nearest before it is of one of the domains."""
    near = said.near[:1] or said.above[:1]
    phrase = said.phrases[0]
    loose = phrase.head is not None and phrase.head.concept in _LOOSE
    own = modifier_domains(phrase) if loose else noun_domains(phrase)[:1]
    if about.intersection(own) or (not said.near and "none" in about):
        return True
    if not own and not said.near and phrase.acts[:1] != ("settle",):  # 立案63件 says what was done
        near = tuple(w.domain for w in phrase.words if w.kind == "act" and w.domain) or near
    return bool(about.intersection(near))
