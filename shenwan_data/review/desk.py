"""The desk: the reports of a data folder, one case at a time, and the decisions of this sitting.

Belongs here: opening cases without reading anything twice, the stack of undo, and what a release would
change. Does not belong here: pages, addresses or requests (``pages``, ``application``).
"""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.version import Version

from shenwan_data.build_record import WORK_FOLDER
from shenwan_data.cli.inspection import Inspected, last_before
from shenwan_data.config.settings import RELEASE_FILE, load_settings, parse_version, set_aside
from shenwan_data.errors import DataError, ShenwanError, Text, UsageError
from shenwan_data.files import machine_errors
from shenwan_data.indicators.catalogue import catalogue, topics
from shenwan_data.indicators.gold import read_measurements
from shenwan_data.model import Blocked, Observation, Reading
from shenwan_data.release.package import write_files
from shenwan_data.release.register import newest_published, register_of
from shenwan_data.release.snapshot import Bump, next_version, read_snapshot
from shenwan_data.release.tables import build_tables
from shenwan_data.report.archive import find_reports, read_report
from shenwan_data.review.case import Case, Kept, last_who, open_case
from shenwan_data.review.checklist import Checklist, checklist
from shenwan_data.review.decisions import Undo, take_back
from shenwan_data.review.entries import content_hash, rendered, set_key, writing
from shenwan_data.site.generate import build_site


@dataclass(frozen=True, slots=True)
class Change:
    """An observation that a release would add, correct or no longer have; values as words."""

    kind: str  # added, corrected, gone
    area: str
    year: int
    indicator: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a release would change against the last published one, and the version that asks for.

    ``last`` is None where nothing has been published. ``blocked`` are reports that hold it up.
    """

    last: str | None
    version: str
    bump: Bump
    changes: tuple[Change, ...]
    reports_added: tuple[str, ...]
    reports_gone: tuple[str, ...]
    blocked: tuple[Blocked, ...]


@dataclass
class Desk:
    """What one process keeps between two requests; one request at a time may use it."""

    data_dir: Path
    who: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    kept: Kept = field(default_factory=dict)
    done: list[Undo] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.who = self.who or last_who(self.data_dir)

    def reports(self) -> tuple[Path, ...]:
        """The files of all reports, the newest year first; none in an empty archive."""
        if not any((self.data_dir / "reports").glob("[0-9]*/*")):
            return ()
        found = find_reports(self.data_dir)
        return tuple(sorted(found, key=lambda path: (-int(path.parent.name), path.stem)))

    def case(self, year: int, area: str) -> Case:
        """One report as it is on the disk now. Raises UsageError where it is not archived."""
        for path in self.reports():
            if (path.parent.name, path.stem) == (str(year), area):
                return self._open(path)
        raise UsageError(
            Text(f"没有归档 {area} {year} 年的报告", f"there is no report {area} of {year}"),
            file=self.data_dir / "reports",
            remedy=Text("请先添加报告", "add it first"),
        )

    def cases(self) -> Iterator[Case]:
        """Every report that can be read, the newest year first."""
        for path in self.reports():
            with suppress(DataError):
                yield self._open(path)

    def _open(self, path: Path) -> Case:
        other = last_before(read_report(path), self.data_dir)
        before = None if other is None else self._open(other).reading
        return open_case(path, before, self.data_dir, self.kept)

    def checklist(self, case: Case) -> Checklist:
        """What is to be looked at in a report."""
        return checklist(case)

    def note(self, undo: Undo) -> None:
        """Keep how the last decision is taken back."""
        self.done.append(undo)

    def undo(self) -> str | None:
        """Take the last decision of this sitting back, and say what it was about; None without one.

        Raises UsageError where a file was changed since; the decision is then forgotten.
        """
        if not self.done:
            return None
        last = self.done.pop()
        take_back(last, self.data_dir)
        return last.about

    def set_aside(self, reports: Sequence[str], when: date, why: str) -> Undo:
        """Leave some reports out of the release from now on, with a reason.

        Raises UsageError where reason or name is missing.
        """
        if not why.strip() or not self.who.strip():
            raise UsageError(
                Text("须写明理由和决定人", "reason and name are missing"),
                remedy=Text("请补上后再提交", "add them and submit again"),
            )
        entries = [one.model_dump() for one in load_settings(self.data_dir).release.set_aside]
        entries = [one for one in entries if one["report"] not in reports]
        entries += [
            {"report": one, "who": self.who, "when": when, "why": why.strip()} for one in reports
        ]
        return self._aside(entries, "、".join(reports))

    def put_back(self, report: str) -> Undo:
        """Have a report in the release again."""
        entries = [one.model_dump() for one in load_settings(self.data_dir).release.set_aside]
        return self._aside([one for one in entries if one["report"] != report], report)

    def _aside(self, entries: Sequence[Mapping[str, Any]], about: str) -> Undo:
        path = self.data_dir / RELEASE_FILE
        with writing(self.data_dir):
            before = path.read_bytes()
            lines = "".join(
                "\n" + textwrap.indent(rendered(one).rstrip("\n"), "  ") for one in entries
            )
            set_key(path, "set_aside", lines or None)
            return Undo(((path, before, content_hash(path)),), about)

    def preview(self) -> Preview:
        """What a release would change. Raises DataError for broken settings or register."""
        settings = load_settings(self.data_dir)
        old, entry = {}, newest_published(register_of(self.data_dir / "releases"))
        old_reports: set[str] = set()
        if entry is not None:
            snapshot = read_snapshot(entry.folder)
            for topic in topics():
                table = snapshot.tables[topic]
                for key in table.rows:
                    old[key] = table.cells(key)
            old_reports = {key[0] for key in snapshot.tables["reports"].rows}
        readings, blocked = self.readings()
        changes = tuple(_changes(readings, old))
        now = {reading.report.id for reading in readings} | {one.report for one in blocked}
        gone = tuple(sorted(old_reports - now))
        kinds = {change.kind for change in changes}
        bump: Bump = "none"
        if entry is not None:
            bump = (
                "major" if gone or "gone" in kinds
                else "minor" if "added" in kinds
                else "patch"
            )  # fmt: skip
        version = settings.release.version
        if entry is not None:
            least = next_version(parse_version(str(entry.version)), bump)
            version = str(max(least, Version(version)))
        return Preview(
            None if entry is None else str(entry.version), version, bump, changes,
            tuple(sorted(now - old_reports)), gone, tuple(blocked),
        )  # fmt: skip

    def preview_site(self) -> Path:
        """Write the pages that a release would show, beside nothing that is published.

        Raises DataError where the readings fit no table.
        """
        settings = load_settings(self.data_dir)
        readings, _ = self.readings()
        built = build_tables(
            readings, measurements=read_measurements(self.data_dir), areas=settings.areas
        )
        for place, message in ((one.place, one.message) for one in built.problems[:1]):
            raise DataError(message, place=place, remedy=Text("请核对该处", "look at it"))
        folder = self.data_dir / WORK_FOLDER / "preview"
        texts = {one.report.id: one.report.text for one in readings}
        with machine_errors(folder), TemporaryDirectory(dir=self._work()) as draft:
            release = Path(draft) / settings.release.version
            write_files(release, built.tables, texts, settings.release)
            return build_site(release, folder, {one.report.id: one for one in readings})

    def _work(self) -> Path:
        folder = self.data_dir / WORK_FOLDER
        folder.mkdir(exist_ok=True)
        return folder

    def readings(self) -> tuple[list[Reading], list[Blocked]]:
        """What a release would hold, and what holds it up."""
        found, blocked = [], []
        aside = {one.report for one in set_aside(self.data_dir)}
        for path in reversed(self.reports()):
            report_id = f"{path.stem}-{path.parent.name}"
            if report_id in aside:
                continue
            try:
                case = self._open(path)
            except ShenwanError as error:
                blocked.append(Blocked.by("every_file_can_be_read", report_id, error))
                continue
            found.append(case.reading)
            blocked += [
                Blocked.by("every_figure_is_decided", report_id, error)
                for error in _holding_up(case.inspected)
            ]
        return found, blocked


def _holding_up(inspected: Inspected) -> Iterator[DataError]:
    report = inspected.report
    for conflict in inspected.conflicts:
        label = catalogue()[conflict.indicator].label
        quotes = "、".join(figure.quote for figure in conflict.figures)
        yield DataError(
            Text(
                f"“{label.zh}”有几个数字：{quotes}", f"“{label.en}” has several figures: {quotes}"
            ),
            file=report.path,
            remedy=Text("请在核对页选定一个", "choose one on the page of the report"),
        )
    for place in inspected.personal_data:
        yield DataError(
            Text(
                f"正文中有个人信息：{place.label.zh}", f"the text names a person: {place.label.en}"
            ),
            file=report.path,
            place=f"[{place.start}, {place.end}]",
            remedy=Text("请在核对页遮盖", "redact it on the page of the report"),
        )


def _changes(
    readings: list[Reading], old: dict[tuple[str, ...], dict[str, str]]
) -> Iterator[Change]:
    new: dict[tuple[str, ...], Observation] = {
        (row.ref_area, str(row.time_period), row.indicator): row
        for reading in readings
        for row in reading.observations
    }
    for key in sorted({*new, *old}):
        row, cells = new.get(key), old.get(key)
        was = cells if cells and cells["obs_status"] == "reported" else None
        given = row if row is not None and row.obs_status == "reported" else None
        before = None if was is None else _printed(was["value"], was["unit"], was["quote"])
        after = None if given is None else _printed(_plain(given.value), given.unit, given.quote)
        if before == after:
            continue
        kind = "added" if before is None else "gone" if after is None else "corrected"
        yield Change(kind, key[0], int(key[1]), key[2], before, after)


def _plain(value: object) -> str:
    return "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


def _printed(value: str, unit: str, quote: str | None) -> str:
    number = value.removesuffix(".0")
    return f"{number} {unit}" if number else str(quote)
