"""Names of parties and residents in a text.

Belongs here: a surname, a given name, and the words around that make the person a party, all from
``schemas/privacy.yaml``. Does not belong here: numbers and addresses (``privacy``).

Chinese writes names without a mark, so that only the words around tell 村民高建国反映 from 村民高度称赞.
Names are looked for where such words stand: behind a role (当事人李小明), before a deed of a party
(李小明因…被处罚), beside another name (与黄志强), behind a verb that has a person (为梁桂芳追回). A name that
was found once is found wherever it stands in the text. Holders of public office are named in public:
镇长王丽华 has no role of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shenwan_data.schemas import metadata, while_unchanged


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """A name ``text[start:end]``; ``masked`` where part of it is a sign (李某, 张××)."""

    start: int
    end: int
    masked: bool = False


@dataclass(frozen=True, slots=True)
class _Patterns:
    contexts: tuple[re.Pattern[str], ...]
    beside: re.Pattern[str]
    masked: re.Pattern[str]


def find_persons(text: str) -> tuple[Person, ...]:
    """The names of parties and residents in a text, in text order."""
    patterns = _patterns()
    found = {
        Person(*match.span("name"))
        for pattern in patterns.contexts
        for match in pattern.finditer(text)
    }
    found |= set(_neighbours(text, found))
    names = {text[person.start : person.end] for person in found}
    # Two signs (高明) may be a town elsewhere in the text, three are the same person.
    found |= set(_again(text, {name for name in names if len(name) > 2}))
    found |= {Person(*match.span("name"), masked=True) for match in patterns.masked.finditer(text)}
    return tuple(sorted(found))


def _neighbours(text: str, found: Iterable[Person]) -> Iterator[Person]:
    """The names that are joined to those found: 陈建国与黄志强, 杜文军、覃小龙."""
    beside = _patterns().beside
    known = {person.start for person in found}
    for person in found:
        match = beside.match(text, person.end)
        while match and match.start("name") not in known:
            known.add(match.start("name"))
            yield Person(*match.span("name"))
            match = beside.match(text, match.end("name"))


def _again(text: str, names: Iterable[str]) -> Iterator[Person]:
    if names:
        longest_first = sorted(names, key=lambda name: (-len(name), name))
        for match in re.finditer("|".join(map(re.escape, longest_first)), text):
            yield Person(*match.span())


def _any(words: Iterable[str]) -> str:
    return (
        "(?:" + "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word))) + ")"
    )


# Behind a name: the sentence or clause ends, or the person does something.
_STOP = r"[\s,，、。；;：:()（）“”‘’\"'《》【】\[\]！？!?■]|$"
_CLAUSE = r"(?:(?<=[\s,，、。；;：:()（）“”！？!?.．])|(?<![\s\S]))"
# What only a party has: a bracket with particulars, a case, a penalty, a quarrel.
_CASE = r"""(?=
    \s?[(（](?:[男女]|身份证|公民|居民身份|电话|手机|联系|家住|住|汉族|化名|(?:19|20)[0-9]{2}年)
  | [，,]\s?[男女](?:性?[，,]|性)
  | (?:获赔|获补|赔偿|支付|偿还|返还|归还|赔礼道歉|讨薪|讨要|讨回)
  | 因[^，。；\n]{1,25}?(?:被[处罚拘判起训立查]|处罚|罚款|拘留|判处|上访|信访|纠纷|矛盾|争议|冲突|争执|起诉)
  | 诉(?![求讼前调源])[^，。；\n]{2,40}
  | 等\s?[0-9一二三四五六七八九十]{1,4}\s?余?[人名]
  | (?:与|和|、|及|同|跟)[^，。；\n]{1,24}?(?:纠纷|矛盾|争议|冲突|一案)
  | (?:不服|涉嫌|擅自|非法|无证|酒后|醉酒|殴打|盗窃|拖欠|犯[^，。；\n]{1,8}罪)
  | 被(?:依法|行政)*(?:处|罚|拘|判|起诉|立案|训诫|查|抓|逮捕|没收|责令|移送|刑|治安|告)
  )"""
_PUNISHED = r"(?=被(?:依法|行政)*(?:处|罚|拘留|判|立案|训诫|查处|约谈|抓获|逮捕))"
_VERBS = "对 为 与 和 给 替 向 将 帮助 协助 调解 查处 处罚 拘留 抓获 传唤 劝导 慰问 约谈 走访 救助 支付 赔偿".split()  # noqa: E501
# 石板村, 江边小区, 万科公司: a thing, whatever it begins with.
_THING = r"(?!镇|村|县|市|区|路|街|道|社区|公司|厂|局|所|站|小区|花园|学校|中学|小学|医院|山|河|桥|岛|湖|商场|片区|水库|公园|广场|集团|商铺)"  # noqa: E501


@while_unchanged("privacy.yaml")
def _patterns() -> _Patterns:
    rules = metadata("privacy.yaml")["names"]
    rare = "".join(dict.fromkeys(rules["rare"].replace(" ", "")))
    every = "".join(dict.fromkeys(rules["surnames"].replace(" ", "") + rare))
    usual = "".join(sign for sign in every if sign not in rare)
    given = "[" + "".join(dict.fromkeys(rules["given"].replace(" ", ""))) + "]"
    free = f"(?![{rules['never']}])[一-鿿]"
    last = "(?<![村镇县区街屯厂组队案])"
    no_word = f"(?!{_any(rules['long_words'])})"
    compound = _any(rules["compound"])
    words = f"(?!{_any(rules['words'])})"
    end = f"(?={_STOP}|{_any(rules['deeds'])})"
    # From the surest to the least sure; the first that fits is the name.
    certain = f"{compound}{given}{{1,2}}|{words}[{usual}]{given}{{2}}"
    behind_role = (
        rf"{no_word}(?P<name>{compound}{free}{free}{end}|{compound}{free}{end}"
        rf"|[{every}]{given}{{2}}{end}|{words}(?:[{usual}]{free}{free}{last}{end}"
        rf"|[{usual}]{free}{end}|[{usual}]{given}{{2}}{_THING}))"
    )
    in_case = rf"{no_word}(?P<name>{compound}{given}{{1,2}}|[{every}]{given}{{2}}{last}|{words}[{usual}]{given}{last})"  # noqa: E501
    after_verb = rf"{no_word}(?P<name>(?:{certain}|{words}[{rare}]{given}{{2}}){last}{end})"
    verbs = "|".join(f"(?<={verb})" for verb in _VERBS)
    flags = re.VERBOSE
    contexts = (
        rf"{_any(rules['roles'])}[：:“\"（(]?\s?{behind_role}",
        rf"{_any(rules['roles'])}{words}(?P<name>[{every}]{given}){_CASE}",
        rf"(?:{_CLAUSE}|{verbs}){in_case}{_CASE}",
        rf"(?:{verbs}){after_verb}",
        rf"(?<![长任记员席]){no_word}(?P<name>{compound}{given}{{1,2}}|[{usual}]{given}{{2}}){_PUNISHED}",
    )
    some = r"(?![些个种类项地日年月时方阶]|村|镇|区|市|县|街|路|公司|企业|单位|厂|店|局|部|小区|工地|物|学校|医院|调解法|说法|工作室)"  # noqa: E501
    not_some = "(?<![由关对至位基鉴属双各本多一])(?<!联系人)(?<!联系人[：:])"
    masked_surname = f"{compound}|(?![于向])[{usual}{_RARE_BUT_MASKED}]"
    masked = (
        rf"{not_some}(?P<name>(?:{masked_surname})(?:某某|某[甲乙丙丁戊己](?!方)|某(?!某|一)|"
        rf"[×xX*]{{1,2}}[一-鿿]?(?<![宽长高])(?![0-9×xX*]))){some}(?!处(?!罚))"
    )
    return _Patterns(
        contexts=tuple(re.compile(context, flags) for context in contexts),
        beside=re.compile(
            rf"(?:(?:、|，|与|和|诉|跟|同|及|以及|邻居|他人|被告人?|原告|之间)){{1,2}}{no_word}(?P<name>(?:{certain}"
            rf"|{words}[{rare}]{given}{{2}}|{words}[{usual}]{given}){last}{end})",
            flags,
        ),
        masked=re.compile(masked, flags),
    )


_RARE_BUT_MASKED = "方任高金石白江马康易古安文万常温施华简章段雷严余左符申单欧"
