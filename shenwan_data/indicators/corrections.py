"""A person's recorded decisions about single figures, from ``data/corrections/<year>.yaml``.

Belongs here: reading, checking and applying corrections. Does not belong here: new wordings, which
are words of the lexicon (``schemas/lexicon``).

Each entry names the report, the figure by quote and offset, what to do, who decided when and why,
and what it expects to find. A correction whose expectation no longer holds stops the build:
either the report was edited or the rules now read it differently, and a person must look again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from shenwan_data.config.forms import validated
from shenwan_data.config.records import CorrectionEntry
from shenwan_data.config.textfile import read_yaml_document
from shenwan_data.errors import DataError, Text
from shenwan_data.figures.units import units
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.model import Figure, Report
from shenwan_data.report.privacy import without_personal_data
from shenwan_data.report.source import ENDINGS

_REMEDY = Text(
    "每条须有 report、quote、start、action、who、when、why、expect，set 和 assign 另须 to；"
    "见 README 的“每年一小时”",
    "an entry has report, quote, start, action, who, when, why, expect, and to for set and assign; "
    "see the README",
)


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision. ``to`` holds the new fields (set) or the code (assign); ``expect`` the old ones."""

    report: str
    quote: str
    start: int
    action: str
    to: dict[str, Any]
    who: str
    when: date
    why: str
    expect: dict[str, Any]
    file: Path
    entry: int

    @property
    def place(self) -> str:
        """Where the entry stands, for an error."""
        return f"entry {self.entry} ({self.report}, {self.quote})"


def read_corrections(data_dir: Path, year: int) -> tuple[Correction, ...]:
    """The corrections for one year, in file order; none where the file does not exist.

    Raises DataError for a missing or unknown key, a value of the wrong kind, an unknown action, unit
    or indicator, an entry for a report that is not there or whose reason names a person, and for a
    file that no year would read.
    """
    path = data_dir / "corrections" / f"{year}.yaml"
    _check_names(path.parent)
    if not path.exists():
        return ()
    entries = validated(
        list[CorrectionEntry],
        read_yaml_document(path),
        context={"units": units(), "indicators": catalogue()},
        remedy=_REMEDY,
        empty=[],
    )
    corrections = tuple(
        Correction(
            report=entry.report,
            quote=entry.quote,
            start=entry.start,
            action=entry.action,
            to=entry.to.model_dump(exclude_unset=True),
            who=entry.who,
            when=entry.when,
            why=entry.why,
            expect=entry.expect.model_dump(exclude_unset=True),
            file=path,
            entry=number,
        )
        for number, entry in enumerate(entries, start=1)
    )
    for correction in corrections:
        _check_report(correction, data_dir / "reports" / str(year), year)
        # The reason is published with the revision.
        without_personal_data({"why": correction.why}, path, correction.place)
    return corrections


@dataclass(frozen=True, slots=True)
class Decision:
    """A correction with all figures of its report, by start, before and after it."""

    correction: Correction
    before: Mapping[int, Figure]
    after: Mapping[int, Figure]


def decide(
    report: Report, figures: Sequence[Figure], corrections: Iterable[Correction]
) -> Iterator[Decision]:
    """The decisions about one report, each starting from what the one before it left.

    Corrections of other reports are passed over. Raises DataError when a correction names no figure
    of the report, or expects what is not there.
    """
    before = {figure.start: figure for figure in figures}
    for correction in corrections:
        if correction.report != report.id:
            continue
        figure = _find(correction, report, before)
        _check_expectation(correction, figure)
        after = {**before, figure.start: _apply(correction, figure)}
        _check_outcome(correction, after[figure.start])
        if correction.action == "assign":
            _release_code(after, correction.to["indicator"], figure.start)
        yield Decision(correction, before, after)
        before = after


def _find(correction: Correction, report: Report, figures: dict[int, Figure]) -> Figure:
    figure = figures.get(correction.start)
    if figure is not None and figure.quote == correction.quote:
        return figure
    elsewhere = [str(f.start) for f in figures.values() if f.quote == correction.quote]
    hint = "、".join(elsewhere) or "-"
    raise DataError(
        Text(
            f"报告第 {correction.start} 字处没有“{correction.quote}”（同样文字见：{hint}）",
            f"{report.id} has no figure {correction.quote!r} at {correction.start} (it stands at: {hint})",
        ),
        file=correction.file,
        place=correction.place,
        remedy=Text(
            "请用 shenwan-data inspect 查看现在的读数，改正或删除该条",
            "look at the reading with shenwan-data inspect, then correct or delete the entry",
        ),
    )


def _check_expectation(correction: Correction, figure: Figure) -> None:
    for name, expected in correction.expect.items():
        found: Any = getattr(figure, name)
        if name == "indicators":
            found, expected = list(found), list(expected)
        if found != expected:
            raise DataError(
                Text(
                    f"更正预期 {name} 为 {expected}，现读作 {found}",
                    f"the correction expects {name} {expected}, the report now reads {found}",
                ),
                file=correction.file,
                place=correction.place,
                remedy=Text(
                    "请重新核对报告原文，更新 expect 或删除该条",
                    "check the report again, then update expect or delete the entry",
                ),
            )


def _apply(correction: Correction, figure: Figure) -> Figure:
    if correction.action == "drop":
        return replace(figure, indicators=(), reason="dropped_by_correction")
    if correction.action == "assign":
        return replace(figure, indicators=(correction.to["indicator"],), reason=None)
    values = dict(correction.to)
    if "value" in values:  # an exact new value bounds itself unless the entry says otherwise
        values.setdefault("qualifier", "exact")
        values.setdefault("lower", values["value"])
        values.setdefault("upper", values["value"])
    return replace(figure, **values)


def _release_code(figures: dict[int, Figure], code: str, keep: int) -> None:
    """An indicator has one value a report: an assignment takes it from any other figure."""
    for start, figure in figures.items():
        if start != keep and code in figure.indicators:
            rest = tuple(other for other in figure.indicators if other != code)
            reason = None if rest else "assigned_elsewhere"
            figures[start] = replace(figure, indicators=rest, reason=reason)


def _check_names(folder: Path) -> None:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not path.name.startswith(".") and not re.fullmatch(r"\d{4}\.yaml", path.name):
            raise DataError(
                Text("不会被读取：文件名不是 年份.yaml", "never read: it is not named YEAR.yaml"),
                file=path,
                remedy=Text(
                    "请改名为报告年度，如 2023.yaml，或移走",
                    "name it after the year reported on, such as 2023.yaml, or move it away",
                ),
            )


def _check_report(correction: Correction, folder: Path, year: int) -> None:
    """Refuse an entry that would be passed over in silence, because no report has its name."""
    area, _, its_year = correction.report.rpartition("-")
    there = (
        not folder.is_dir()
        or any((folder / f"{area}{ending}").exists() for ending in ENDINGS)
        or any(path.stem == area for path in folder.iterdir())
    )
    if its_year == str(year) and there:
        return
    raise DataError(
        Text(
            f"{year} 年没有报告“{correction.report}”",
            f"there is no report {correction.report!r} of {year}",
        ),
        file=correction.file,
        place=correction.place,
        remedy=Text(
            "报告代码为 地区-年份，如 shenwan-2023；更正写在该年度的文件里",
            "a report is AREA-YEAR, such as shenwan-2023; its corrections stand in the file of its year",
        ),
    )


def _check_outcome(correction: Correction, figure: Figure) -> None:
    """Refuse a decision that makes no sense of the figure: bounds crossed, people counted in 元."""
    low, value, high = figure.lower, figure.value, figure.upper
    ends = [end for end in (low, value, high) if end is not None]
    if ends != sorted(ends):
        raise _senseless(
            correction,
            Text(
                f"下限 {low}、数值 {value}、上限 {high} 次序不对",
                f"lower {low}, value {value} and upper {high} are not in order",
            ),
        )
    code = correction.to.get("indicator")
    if code is None or figure.unit is None:
        return
    wanted = catalogue()[code].unit
    printed = units().get(figure.unit)
    if printed is None or units()[wanted].dimension != printed.dimension:
        raise _senseless(
            correction,
            Text(
                f"指标 {code} 的单位是“{wanted}”，该数字的单位是“{figure.unit}”",
                f"the indicator {code} is counted in {wanted}, the figure in {figure.unit}",
            ),
        )


def _senseless(correction: Correction, problem: Text) -> DataError:
    return DataError(
        problem,
        file=correction.file,
        place=correction.place,
        remedy=Text("请改正 to 后重试", "correct `to` and try again"),
    )
