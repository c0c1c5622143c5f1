"""A report as it lies before a person: what was read, and what has been decided.

Belongs here: opening it, and finding the decisions about a place. Does not belong here: making decisions
(``decisions``), or the order in which things are looked at (``checklist``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shenwan_data.cli.inspection import Inspected, inspect_report, reading_under
from shenwan_data.config.records import (
    WORDS_FILE,
    ReviewEntry,
    read_reviews,
    review_path,
    sidecar_path,
)
from shenwan_data.errors import Text, UsageError
from shenwan_data.indicators.corrections import Correction, read_corrections
from shenwan_data.model import Figure, Reading, Report
from shenwan_data.report.archive import read_report
from shenwan_data.review.entries import content_hash
from shenwan_data.schemas import file_state, schemas_dir


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a file, and what it was read from: its text, and all that was decided."""

    text_state: tuple[Any, ...]
    state: tuple[Any, ...]
    inspected: Inspected
    corrections: tuple[Correction, ...]


Kept = dict[Path, Read]


@dataclass(frozen=True)
class Case:
    """A report as it lies before a person: what was read, and what has been decided."""

    data_dir: Path
    inspected: Inspected
    corrections: tuple[Correction, ...]
    reviews: tuple[ReviewEntry, ...]
    kept: Kept = field(default_factory=dict, compare=False)

    def again(self) -> Case:
        """The same report as it is on the disk now."""
        return open_case(self.report.path, self.inspected.before, self.data_dir, self.kept)

    @property
    def reading(self) -> Reading:
        """Everything that was read."""
        return self.inspected.reading

    @property
    def report(self) -> Report:
        """The report."""
        return self.inspected.report

    @property
    def corrections_file(self) -> Path:
        """Where its corrections are."""
        return self.data_dir / "corrections" / f"{self.report.time_period}.yaml"

    @property
    def reviews_file(self) -> Path:
        """Where it is kept what was looked at."""
        return review_path(self.data_dir, self.report.time_period, self.report.ref_area)

    def figures_under(self, corrections: Sequence[Correction]) -> tuple[Figure, ...]:
        """The figures with some corrections applied. DataError where one does not hold."""
        return reading_under(self.report, corrections, self.inspected.matching).figures

    def figure(self, start: int) -> Figure:
        """The figure that starts there. Raises UsageError where none does."""
        for figure in self.reading.figures:
            if figure.start == start:
                return figure
        raise UsageError(
            Text(f"第 {start} 字处没有数字", f"no figure starts at {start}"),
            file=self.report.path,
            remedy=Text(
                "请刷新页面，或用 shenwan-data inspect 查看位置（@ 之后）",
                "reload, or look up the place with shenwan-data inspect (behind @)",
            ),
        )

    def corrected(self, start: int) -> tuple[Correction, ...]:
        """The corrections of one figure."""
        return tuple(
            each
            for each in self.corrections
            if (each.report, each.start) == (self.report.id, start)
        )

    def looked(self, start: int | None, indicator: str | None = None) -> ReviewEntry | None:
        """The last entry about a place, or about an indicator that was not found."""
        found = [one for one in self.reviews if (one.start, one.indicator) == (start, indicator)]
        return found[-1] if found else None


def open_case(path: Path, before: Reading | None, data_dir: Path, kept: Kept | None = None) -> Case:
    """An archived report with its corrections and what was looked at.

    ``kept`` holds readings by report and by what they were made from, so that nothing is read twice
    while nothing has changed. Raises DataError.
    """
    year, kept = int(path.parent.name), {} if kept is None else kept
    files = (path, sidecar_path(path), data_dir / WORDS_FILE)
    text_state = (*map(content_hash, files), file_state(schemas_dir()))
    state = (content_hash(data_dir / "corrections" / f"{year}.yaml"), id(before))
    old = kept.get(path)
    if old is None or (old.text_state, old.state) != (text_state, state):
        # The text is read once, whatever is decided about it.
        same = old is not None and old.text_state == text_state
        report = old.inspected.report if old and same else read_report(path)
        matching = old.inspected.matching if old and same else None
        corrections = read_corrections(data_dir, year)
        inspected = inspect_report(report, before, corrections, matching)
        kept[path] = Read(text_state, state, inspected, corrections)
    now = kept[path]
    reviews = read_reviews(review_path(data_dir, year, now.inspected.report.ref_area))
    return Case(data_dir, now.inspected, now.corrections, reviews, kept)


def reads_as(figure: Figure) -> str:
    """What a figure is read as, in one line: its number, unit and indicators."""
    if not figure.is_data:
        return figure.kind
    number = figure.value if figure.value is not None else f"{figure.lower}–{figure.upper}"
    codes = " ".join(figure.indicators) or figure.reason or "-"
    return f"{number} {figure.unit or ''} {codes}".replace("  ", " ")


def last_who(data_dir: Path) -> str:
    """Who decided last, from the newest corrections or reviews; empty where nobody has."""
    files = [*(data_dir / "corrections").glob("*.yaml"), *(data_dir / "reviews").glob("*/*.yaml")]
    for path in sorted(files, key=lambda each: each.stat().st_mtime, reverse=True):
        names = [
            line.split("who:", 1)[1].strip()
            for line in path.read_text("utf-8", errors="replace").splitlines()
            if line.lstrip().startswith("who:")
        ]
        if names:
            return names[-1]
    return ""
