"""What a report says of itself: its title, its year, the day it was published.

Belongs here: reading those three from the text. Does not belong here: what its record says of them
(``sidecar``) or what to do when the two disagree (``archive``).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from itertools import pairwise

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
# A year by itself: no date (2023年2月), no range (2021-2025年), no start (2019年以来).
_YEAR = re.compile(
    r"(?<![\d〇○零一二三四五六七八九\-—–~～至])"
    r"((?:19|20)\d\d|[一二][〇○零一二三四五六七八九]{3})\s*年度?"
    r"(?!\s*(?:\d|[一二三四五六七八九十]{1,3}月|[-—–~～至到]|以来|起|前|底))"
)
_NAMES = re.compile(r"《[^》]*》|“[^”]*”|\"[^\"]*\"")
_GENRE = re.compile(r"报告|总结|情况|汇报")
_TOPIC = re.compile(r"法治|依法|法制")
_NO_TITLE = re.compile(
    r"[>＞»。！？]|位置\s*[:：]|如下|[:：]$|^[（(]?[一二三四五六七八九十\d]+[)）]?[、.．)）]|^附件"
)
_OPENING = re.compile(r"^[\s\u3000]*(?:\S{0,12}[，：])?$")
_SUBJECT = re.compile(r"^[，,]|^.{0,10}(?:法治|依法|工作|我[镇街区市县乡]|全镇|.镇|街道)")
_LEAD = re.compile(r"(?:现将|现就|关于|将|是|在)[^，。]{0,15}$")
_DATE = re.compile(
    r"(?:^|[\s|【\[(（])"
    r"(?P<label>(?:发布|发文|公开|发稿|更新|成文|生成)?(?:日期|时间))\s*[:：]\s*"
    r"(?P<year>(?:19|20)\d\d)\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})"
)
# The day of publication is asked first, the others stand in for it.
_LABELS = ("发布日期", "发布时间", "公开日期", "公开时间", "发文日期", "发稿时间", "日期", "时间")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_HEAD_LINES = 60
_TITLE_LENGTH = 60


def find_title(text: str) -> str | None:
    """The line above the first paragraph that names a report, best with topic and year in it.

    A title broken over two lines is given as one.
    """
    head = _head(text)
    pairs = [first + second for first, second in pairwise(head)]
    singles = [line for line in head if _may_be_title(line)]
    joined = [
        line for line in pairs if _may_be_title(line) and years_in(line) and _TOPIC.search(line)
    ]
    for candidates in (
        [line for line in singles if years_in(line) and _TOPIC.search(line)],
        joined,
        [line for line in singles if years_in(line)],
        [line for line in singles if _TOPIC.search(line)],
    ):
        if candidates:
            return candidates[0]
    return None


def names_a_report(line: str) -> bool:
    """Whether a line may be the title of a report: it names one and is no sentence."""
    return _may_be_title(line.strip())


def stated_years(text: str) -> tuple[int, ...]:
    """The years the text may be about: that of the title, else those its opening sentences name.

    Empty when it does not say. Names of laws and plans, dates and ranges are not counted.
    """
    title = find_title(text)
    if title is not None and (years := years_in(title)):
        return years[:1]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    opening = next((line for line in lines if "。" in line), "")
    found: list[int] = []
    for sentence in _plain(opening).split("。")[:3]:
        for match in _YEAR.finditer(sentence):
            before, after = sentence[: match.start()], sentence[match.end() :]
            if (_OPENING.match(before) or _LEAD.search(before)) and _SUBJECT.search(after):
                found.append(_number(match.group(1)))
    return tuple(dict.fromkeys(found))


def years_in(line: str) -> tuple[int, ...]:
    """The years of one line, in order: 2022年, ２０２２年, 二〇二二年."""
    return tuple(_number(match.group(1)) for match in _YEAR.finditer(_plain(line)))


def find_published(text: str) -> date | None:
    """The day of publication as the line of origin gives it (``发布日期：2023-02-15``)."""
    found: dict[str, date] = {}
    for line in _head(text):
        for match in _DATE.finditer(unicodedata.normalize("NFKC", line)):
            try:
                day = date(*(int(match[part]) for part in ("year", "month", "day")))
            except ValueError:
                continue
            found.setdefault(match["label"], day)
    return next((found[label] for label in _LABELS if label in found), None)


def first_line(text: str) -> str:
    """The first line that is not empty, for a report whose title cannot be told."""
    lines = (_line(line) for line in text.splitlines())
    return next(line for line in lines if line)[:_TITLE_LENGTH]


def _head(text: str) -> list[str]:
    """The lines above the first paragraph."""
    head: list[str] = []
    for line in text.splitlines():
        line = _line(line)
        if "。" in line or len(head) == _HEAD_LINES:
            break
        if line:
            head.append(line)
    return head


def _line(line: str) -> str:
    """A line without what a title cannot hold: 测试镇<tab>2022年 is 测试镇 2022年."""
    return _CONTROL.sub(" ", line).strip()


def _may_be_title(line: str) -> bool:
    return (
        len(line) <= _TITLE_LENGTH
        and _GENRE.search(line) is not None
        and _NO_TITLE.search(line) is None
    )


def _plain(text: str) -> str:
    return _NAMES.sub("", unicodedata.normalize("NFKC", text))


def _number(year: str) -> int:
    return int(year.translate(_DIGITS))


_TOWN = re.compile(r"[镇乡]|街道|街办|苏木|园区|农场")
_WIDER = re.compile(r"[县区市州旗]")
_TITLE_WITHIN = 3000


def is_town(text: str) -> bool:
    """Whether a text is that of a town or sub-district, as far as its title tells."""
    title = find_title(text[:_TITLE_WITHIN]) or ""
    return bool(_TOWN.search(title)) or not _WIDER.search(title)
