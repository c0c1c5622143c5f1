"""Whether a file is the report it is filed as, and the whole of it.

Belongs here: judging a text by its area, its title, the other reports and its own end. Does not belong
here: formats (``source``), the year in the title (``archive``), or what the figures say (``findings``).

A report that fails here is not archived, and a build with one stops, unless a person says why it is right
(``add --anyway REASON``), which is kept in the record beside it. Figures are counted here by their looks
only: a number with a unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from shenwan_data.config.records import read_sidecar, sidecar_path
from shenwan_data.config.settings import AREAS_FILE, read_areas
from shenwan_data.errors import DataError, Text
from shenwan_data.model import Report
from shenwan_data.report.readers.substance import is_error_page
from shenwan_data.report.title import find_title, names_a_report
from shenwan_data.schemas import metadata, while_unchanged


@dataclass(frozen=True, slots=True)
class Problem:
    """What speaks against a report, by a code and in words."""

    code: str
    message: Text


@dataclass(frozen=True, slots=True)
class Other:
    """Another report to compare with: its area, year and text."""

    ref_area: str
    time_period: int
    text: str


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A report and a problem of it that nobody has answered."""

    report: Report
    problem: Problem

    def error(self) -> DataError:
        """The problem as an error, with the ways out."""
        beside = sidecar_path(self.report.path).name
        return DataError(
            self.problem.message,
            file=self.report.path,
            remedy=Text(
                f"请更正报告、年份或地区；若确实无误，请在 {beside} 中写明 anyway: 理由",
                f"correct the report, its year or its area; if all is right, say why in {beside}: "
                "anyway: REASON",
            ),
        )


_SENTENCE = re.compile(r"[。！？；]")
_YEAR = re.compile(r"(?:19|20)\d\d|[一二][〇○零一二三四五六七八九]{3}(?=年)")
_CLAUSE = re.compile(r"[^，。；！？\n]+")
_SPOKEN = "一二两三四五六七八九十百千万亿零"
_TOWN = re.compile(r"([一-鿿]{2,4}?)(镇|乡|街道)(?!镇)")
_ENDS = "。！？；：…”』）)】》!?;:"
_SIGNATURE = re.compile(
    r".{0,40}(?:政府|委员会|办公室|领导小组|工作组|[局所站院]|中心|支队|大队|街道办事处|党委)(?:\s*[（(].{0,12}[)）])?"
    r"|[\s\d〇○零一二三四五六七八九十年月日/.\-]+|.{1,12}[:：].{0,60}|[（(【\[].{0,40}[)）】\]]|附件.*|[\W_]+"
    r"|.*(?:网站标识码|ICP备|公网安备|版权所有|主办单位|承办单位|技术支持|责任编辑).*"
)
_HEADING = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、](?!\d))"
)
_LAST_LINES = 12
_TOPIC = re.compile("法治|依法行政|法制")
# What a town publishes beside it, and a data officer may take by mistake.
_OTHER_KIND = re.compile(
    "信息公开|政府工作(?:情况)?(?:的)?报告|预算|决算|国民经济|统计公报|党建|党风廉政|安全生产|环境保护|生态环境"
    "|巡察|述职|审计|工作要点|实施方案|工作计划|工作安排|财政|绩效"
)


def problems_of(
    text: str,
    *,
    area: str,
    year: int,
    title: str | None = None,
    others: Iterable[Other] = (),
    names: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Problem, ...]:
    """What speaks against a text being the whole report of an area for a year.

    ``title`` is the recorded one, where there is one. ``others`` are the reports to compare with,
    those of other areas and years; ``names`` are the areas' Chinese names by code.
    """
    if is_error_page(text):
        return (_problem("error_page"),)
    found: list[Problem] = []
    stated = title if title and names_a_report(title) else find_title(text)
    if stated is None:
        found.append(_problem("no_title"))
    else:
        other = _other_town(stated, area, names)
        if other is not None:
            found.append(_problem("other_area", other))
        if _OTHER_KIND.search(stated) and not _TOPIC.search(stated):
            found.append(_problem("other_kind", stated))
    if not _SENTENCE.search(text):
        found.append(_problem("no_sentence"))
    if _is_doubled(text):
        found.append(_problem("twice_over"))
    own = _figures(text)
    if not own:
        found.append(_problem("no_figure"))
    elif (end := _broken_end(text)) is not None:
        found.append(_problem("breaks_off", end))
    return (*found, *_compared(text, own, area, year, tuple(others)))


def names_of(data_dir: Path) -> dict[str, str]:
    """The Chinese names of the areas of a data folder by code; none where it has no register."""
    if not (data_dir / AREAS_FILE).is_file():
        return {}
    return {code: area.name_zh for code, area in read_areas(data_dir).items()}


def unanswered(
    reports: Sequence[Report],
    beside: Sequence[Report] = (),
    names: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Incomplete, ...]:
    """The problems of archived reports, those apart whose record says why the report is right.

    Each is compared with the others of its area, and for the same text with all; ``beside`` are more
    reports to compare with.
    """
    others = [Other(one.ref_area, one.time_period, one.text) for one in (*reports, *beside)]
    found: list[Incomplete] = []
    for report in reports:
        if is_answered(report.path):
            continue
        problems = problems_of(
            report.text,
            area=report.ref_area,
            year=report.time_period,
            title=report.title,
            others=[one for one in others if (one.ref_area, one.time_period) != _key(report)],
            names=names,
        )
        found.extend(Incomplete(report, problem) for problem in problems)
    return tuple(found)


def _key(report: Report) -> tuple[str, int]:
    return report.ref_area, report.time_period


def is_answered(path: Path) -> bool:
    """Whether the record beside an archived report says why it is right all the same."""
    beside = sidecar_path(path)
    return beside.is_file() and read_sidecar(beside).anyway is not None


def _compared(
    text: str, own: Sequence[str], area: str, year: int, others: Sequence[Other]
) -> Iterable[Problem]:
    for other in others:
        where = f"{other.ref_area}-{other.time_period}"
        if other.text == text:
            yield _problem("same_text", where)
        elif other.ref_area == area and _is_copy(text, own, other.text):
            yield _problem("text_of_another_year", where)
    before = [one for one in others if one.ref_area == area and one.time_period < year]
    if before:
        last = max(before, key=lambda one: one.time_period)
        usual = len(_figures(last.text))
        if usual >= _ENOUGH and len(own) < _FAR_FEWER * usual:
            yield _problem("far_fewer_figures", f"{len(own)} / {usual} ({area}-{last.time_period})")


# Reports of one town repeat their set phrases from year to year, but not their figures.
_SAME_FIGURES = 0.6
_SAME_SENTENCES = 0.8
_FEWEST = 5
_ENOUGH = 15
_FAR_FEWER = 0.35
_DOUBLED = 0.35


def _is_copy(text: str, own: Sequence[str], other: str) -> bool:
    """Whether most figures, with the words before them, or most sentences stand in another text."""
    there = set(_figures(other))
    if len(own) >= _FEWEST and sum(1 for clause in own if clause in there) >= _SAME_FIGURES * len(
        own
    ):
        return True
    sentences = _sentences(text)
    told = set(_sentences(other))
    return len(sentences) >= _FEWEST and sum(
        1 for sentence in sentences if sentence in told
    ) >= _SAME_SENTENCES * len(sentences)


def _is_doubled(text: str) -> bool:
    """Whether most sentences stand twice, as where a page was copied or pasted two times."""
    sentences = _sentences(text)
    again = len(sentences) - len(set(sentences))
    return again >= _FEWEST and again >= _DOUBLED * len(sentences)


def _figures(text: str) -> tuple[str, ...]:
    """The clauses that hold a number with a unit, years masked."""
    return tuple(
        clause
        for match in _CLAUSE.finditer(_YEAR.sub("#", text))
        if _figure().search(clause := match.group().strip())
    )


def _sentences(text: str) -> tuple[str, ...]:
    parts = re.split(r"[。！？；\n]", _YEAR.sub("#", text))
    return tuple(part.strip() for part in parts if len(part.strip()) >= 12)


@while_unchanged("units.csv")
def _figure() -> re.Pattern[str]:
    units = {
        word
        for row in metadata("units.csv")
        for word in (row["surfaces"] or row["unit"]).split("|")
        if word
    }
    alternatives = "|".join(re.escape(word) for word in sorted(units, key=len, reverse=True))
    # Every part takes all it can and gives nothing back, and a number begins where none is before it: a
    # line of a million digits takes one pass.
    return re.compile(
        r"(?:(?<![\d０-９])(?<![\d０-９][,，.．])[\d０-９]++(?:[,，.．][\d０-９]++)*+"
        rf"|(?<![{_SPOKEN}])[一万亿零]*+[二两三四五六七八九十百千][{_SPOKEN}]++)"
        rf"\s*+[万亿千百十]{{0,4}}\s*+[余多几来]?\s*+(?:{alternatives})"
    )


def _other_town(title: str, area: str, names: Mapping[str, str]) -> str | None:
    """The name of another town in a title that does not name the area's own; None for none."""
    own = names.get(area)
    if own is not None and _stem(own) in title:
        return None
    for code, name in names.items():
        if code != area and name in title:
            return name
    if own is None:
        return None
    for match in _TOWN.finditer(title):
        stem = match.group(1)
        stem = re.sub(r"^.*(?:省|市|区|县|关于)", "", stem)
        # 乡镇 in general is no name, 三乡镇 at the head of a title is.
        general = stem[-1:] == "乡" and (len(stem) != 2 or match.start(1) > 0)
        if stem and not general and stem[-1] not in "我本全各个":
            return stem + match.group(2)
    return None


def _stem(name: str) -> str:
    """神湾 for 神湾镇; a title may leave the last word out."""
    return re.sub(r"(?:镇|乡|街道|区|县|市)$", "", name) if len(name) > 2 else name


def _broken_end(text: str) -> str | None:
    """The end of a text that stops within a sentence or below a heading; None where it ends well."""
    lines = [line.strip() for line in text.split("\n") if line.strip()][-_LAST_LINES:]
    attached = (place for place, line in enumerate(lines) if place and line.startswith("附件"))
    for line in reversed(lines[: next(attached, len(lines))]):
        if line.endswith(tuple(_ENDS)) and not _HEADING.fullmatch(line):
            return None
        if _HEADING.match(line) and not _SENTENCE.search(line):
            return line[-20:]
        if _SIGNATURE.fullmatch(line):
            continue
        return line[-20:]
    return None


def _problem(code: str, detail: str = "") -> Problem:
    zh, en = _MESSAGES[code]
    return Problem(code, Text(zh.format(detail), en.format(detail)))


_MESSAGES = {
    "error_page": (
        "这是出错、拦截或登录页面，不是报告",
        "an error, firewall or login page, not a report",
    ),
    "no_title": (
        "没有找到标题（含“报告”“总结”“情况”等字样，且不是一句话）",
        "there is no title (a line that names a report, and is no sentence)",
    ),
    "other_area": ("标题写的是{0}，与归档的地区不符", "the title names another town: {0}"),
    "other_kind": ("标题是另一种报告：{0}", "the title is that of another kind of report: {0}"),
    "twice_over": ("正文大部分重复了一遍", "most of the text stands twice"),
    "no_sentence": ("正文中没有一句完整的话", "the text holds no full sentence"),
    "no_figure": ("正文中没有一个带单位的数字", "the text holds no number with a unit"),
    "breaks_off": ("正文到“{0}”中断，可能不完整", "the text breaks off at “{0}”"),
    "same_text": ("与已归档的 {0} 文字完全相同", "the text is that of {0}"),
    "text_of_another_year": (
        "大部分数字或句子与 {0} 相同，可能放错了年度",
        "most figures or sentences are those of {0}",
    ),
    "far_fewer_figures": (
        "数字远少于上一份报告（{0}），可能不完整",
        "far fewer figures than in the report before: {0}",
    ),
}
