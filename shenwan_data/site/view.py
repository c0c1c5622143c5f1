"""The view model: a release folder as the pages use it.

Belongs here: reading the files of a release and finding rows by their keys. Does not belong here:
how anything is shown.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from markupsafe import Markup, escape

from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.release.contents import EVIDENCE
from shenwan_data.release.descriptor import DESCRIPTOR
from shenwan_data.release.formats import read_parquet, to_decimal
from shenwan_data.release.manifest import MANIFEST

# Cf: format characters, with all bidi controls and zero-width ones; Cc: controls; Co, Cs, Cn: not
# characters at all; Zl, Zp: line and paragraph separators. Tab and line feed are layout.
_HIDDEN = {"Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp"}
_LAYOUT = "\t\n"
_SUSPECT = re.compile(r"[^\t\n -~\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")


def _hidden(character: str) -> bool:
    return character not in _LAYOUT and (
        unicodedata.category(character) in _HIDDEN
        # Fillers and variation selectors, which are of other categories.
        or character in "\u115f\u1160\u3164\uffa0\u034f"
        or "\ufe00" <= character <= "\ufe0f"
    )


def _mark(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def visible(text: str) -> str:
    """The text with a visible mark for every invisible control character."""
    return _SUSPECT.sub(lambda m: _mark(m[0]) if _hidden(m[0]) else m[0], text)


def visible_markup(text: str) -> Markup:
    """The text as HTML: markup escaped, invisible characters as marks."""

    def shown(match: re.Match[str]) -> str:
        return f"\x00{_mark(match[0])}\x01" if _hidden(match[0]) else match[0]

    # The text cannot contain the two control characters that enclose a mark: they were replaced.
    fenced = str(escape(_SUSPECT.sub(shown, text)))
    return Markup(  # noqa: S704 - escaped above; what is added is fixed
        fenced.replace("\x00", '<span class="ctl">').replace("\x01", "</span>")
    )


_MARK = re.compile(r"\[U\+[0-9A-F]{4,6}\]")


def marked(text: str) -> Markup:
    """A text of ``visible`` as HTML, with each mark in an element of its own."""
    return Markup(_MARK.sub(r'<span class="ctl">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped


Row = dict[str, Any]


GRADES = ("error", "doubt", "note")


def gravity(finding: Row) -> tuple[int, str]:
    """Sorts findings: errors first, notes last; by their ids where the grade is the same."""
    return GRADES.index(finding["grade"]), str(finding["finding_id"])


def _broken(file: Path, error: object) -> DataError:
    return DataError(
        Text(f"发布文件无法读取：{error}", f"a file of the release cannot be read: {error}"),
        file=file,
        remedy=Text(
            "请重新构建该发布，并用 shenwan-data validate 检查",
            "build the release again and check it with shenwan-data validate",
        ),
    )


def _rows(path: Path) -> list[Row]:
    """The rows of a table, with invisible characters made visible."""
    try:
        table = read_parquet(path)
    except (pa.ArrowException, OSError) as error:
        raise _broken(path, error) from error
    return [{key: _shown(value) for key, value in row.items()} for row in table.to_pylist()]


def _shown(value: Any) -> Any:
    if isinstance(value, float):
        return to_decimal(value)
    return visible(value) if isinstance(value, str) else value


def _rows_if_any(path: Path) -> list[Row]:
    """The rows of an optional table (absent in older releases)."""
    return _rows(path) if path.is_file() else []


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _broken(path, error) from error
    if not isinstance(content, dict):
        raise _broken(path, "not an object")
    return content


@dataclass(frozen=True)
class Published:
    """One release on disk. ``observations`` are by topic, in key order like every table."""

    folder: Path
    descriptor: Mapping[str, Any]
    packages: Mapping[str, Mapping[str, Any]]
    observations: Mapping[str, list[Row]]
    figures: list[Row]
    findings: list[Row]
    revisions: list[Row]
    accuracy: list[Row]
    reports: list[Row]
    indicators: Mapping[str, Row]
    units: Mapping[str, Row]
    areas: Mapping[str, Row]
    codes: Mapping[tuple[str, str], Row]

    @property
    def version(self) -> str:
        """The version, for example 1.0.0."""
        return str(self.descriptor.get("version", self.folder.name))

    @property
    def created(self) -> str:
        """The day of the release, YYYY-MM-DD."""
        return str(self.descriptor.get("created", ""))[:10]

    @property
    def set_aside(self) -> list[Row]:
        """The reports that a person keeps out of the release: ``report``, ``when``, ``why``."""
        rows = self.descriptor.get("setAside", [])
        return [{key: visible(str(value)) for key, value in row.items()} for row in rows]

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics in the order of the release."""
        return tuple(self.observations)

    @cached_property
    def report_by_id(self) -> dict[str, Row]:
        """Reports by their id."""
        return {row["report_id"]: row for row in self.reports}

    @cached_property
    def figure_by_id(self) -> dict[str, Row]:
        """Figures by their id."""
        return {row["figure_id"]: row for row in self.figures}

    @cached_property
    def figures_of(self) -> dict[str, list[Row]]:
        """The figures of each report in the order of its text."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.figures:
            found[row["report_id"]].append(row)
        for rows in found.values():
            rows.sort(key=lambda row: (int(row["start"]), int(row["end"])))
        return found

    @cached_property
    def finding_by_id(self) -> dict[str, Row]:
        """Findings by their id."""
        return {row["finding_id"]: row for row in self.findings}

    @cached_property
    def findings_at(self) -> dict[str, list[Row]]:
        """The findings that name each figure."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.findings:
            for key in (row["figures"] or "").split():
                found[key].append(row)
        return found

    @cached_property
    def rows_of(self) -> dict[tuple[str, str], list[Row]]:
        """The observations of each topic and area, in the order of the table."""
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for topic, rows in self.observations.items():
            for row in rows:
                found[topic, row["ref_area"]].append(row)
        return found

    @cached_property
    def rows_by_indicator(self) -> dict[str, list[Row]]:
        """The observations of each indicator, the latest year first, then by area."""
        found: dict[str, list[Row]] = defaultdict(list)
        for rows in self.observations.values():
            for row in rows:
                found[row["indicator"]].append(row)
        for rows in found.values():
            rows.sort(key=lambda row: (-row["time_period"], row["ref_area"]))
        return found

    @cached_property
    def graded(self) -> Counter[tuple[str, str]]:
        """How many findings each report has, by its id and their grade."""
        return Counter((row["report_id"], row["grade"]) for row in self.findings)

    def years_of(self, area: str) -> list[int]:
        """The years an area has a report of, earliest first."""
        return sorted(row["time_period"] for row in self.reports if row["ref_area"] == area)

    def doubts(self, row: Row) -> list[Row]:
        """The findings of an observation, the gravest first."""
        ids = (row["finding_ids"] or "").split()
        return sorted((self.finding_by_id[one] for one in ids), key=gravity)

    @cached_property
    def home(self) -> str:
        """The area that the site opens with: the first in the title, or else of the newest report."""
        title = str(self.descriptor.get("title", ""))
        names = {area: self.areas.get(area, {}).get("name_zh") for area in self.reporting_areas}
        named = [area for area, name in names.items() if name and name in title]
        if named:
            return min(named, key=lambda area: title.index(str(names[area])))
        newest = max(
            self.reports, key=lambda row: (row["time_period"], row["data_figures"]), default=None
        )
        return str(newest["ref_area"]) if newest else ""

    @cached_property
    def reporting_areas(self) -> tuple[str, ...]:
        """The areas with a report, in the order of their codes."""
        return tuple(sorted({row["ref_area"] for row in self.reports}))

    def text(self, report: Row) -> str:
        """The archived text of a report, unchanged. DataError where it cannot be read."""
        path = self.folder / EVIDENCE / str(report["text_path"])
        try:
            return path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _broken(path, error) from error


def read_published(folder: Path) -> Published:
    """Read a release. UsageError where the folder is not one, DataError where a file is broken."""
    if not (folder / DESCRIPTOR).is_file() or not (folder / MANIFEST).is_file():
        raise UsageError(
            Text("这里没有发布", "there is no release here"),
            file=folder,
            remedy=Text(
                "请给出 data/releases/<版本> 目录", "name a folder data/releases/<version>"
            ),
        )
    index = _json(folder / DESCRIPTOR)
    names = [
        str(resource["name"])
        for resource in index["resources"]
        if str(resource["path"]).endswith(f"/{DESCRIPTOR}")
    ]
    packages = {name: _json(folder / name / DESCRIPTOR) for name in names}
    evidence = folder / EVIDENCE
    topics = [name for name in names if name != EVIDENCE]
    return Published(
        folder=folder,
        descriptor=index,
        packages=packages,
        observations={name: _rows(folder / name / f"{name}.parquet") for name in topics},
        figures=_rows(evidence / "figures.parquet"),
        findings=_rows(evidence / "findings.parquet"),
        revisions=_rows_if_any(evidence / "revisions.parquet"),
        accuracy=_rows_if_any(evidence / "accuracy.parquet"),
        reports=_rows(evidence / "reports.parquet"),
        indicators={row["indicator"]: row for row in _rows(evidence / "indicators.parquet")},
        units={row["unit"]: row for row in _rows(evidence / "units.parquet")},
        areas={row["ref_area"]: row for row in _rows(evidence / "areas.parquet")},
        codes={(row["code_list"], row["code"]): row for row in _rows(evidence / "codes.parquet")},
    )
