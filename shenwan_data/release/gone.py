"""What a published release holds and the next one does not: whole reports, and single values.

Belongs here: finding them and saying so. Does not belong here: how large a step in the version that is
(``diff``).

A report file that was moved away looks like a change of the schema to a program. To a person it is a
missing report, and has to be called that before anything else is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shenwan_data.errors import DataError, Text
from shenwan_data.release.snapshot import Key, Snapshot, TableSnapshot

SHOWN = 5
_REPORTED = "reported"
_OBSERVATION = frozenset({"ref_area", "time_period", "indicator", "obs_status", "quote"})


@dataclass(frozen=True, slots=True)
class GoneReport:
    """A published report that the new release does not hold, and how many values it had."""

    report_id: str
    title: str
    year: str
    area: str
    values: int

    @property
    def text(self) -> Text:
        """The report by its title, with the file that is missing."""
        file = f"data/reports/{self.year}/{self.area}.*"
        return Text(
            f"报告《{self.title}》（{file}）及其 {self.values} 个数值",
            f"report {self.report_id} ({self.title}; {file}) and its {self.values} values",
        )


@dataclass(frozen=True, slots=True)
class GoneValue:
    """A published value of a report that is still there; ``quote`` is what was published."""

    report_id: str
    indicator: str
    label: Text
    quote: str
    status: str | None

    @property
    def text(self) -> Text:
        """The value by report, indicator and quote, and what the new release says instead."""
        instead = Text(f"现为 {self.status}", f"now {self.status}") if self.status else None
        zh = f"{self.report_id} 的“{self.label.zh}”（{self.indicator}）{self.quote}"
        en = f"{self.label.en} ({self.indicator}) {self.quote} of {self.report_id}"
        return Text(f"{zh}，{instead.zh}", f"{en}, {instead.en}") if instead else Text(zh, en)


@dataclass(frozen=True, slots=True)
class Gone:
    """Everything published that is missing, in the order of the published release."""

    version: str
    reports: tuple[GoneReport, ...]
    values: tuple[GoneValue, ...]

    def __bool__(self) -> bool:
        return bool(self.reports or self.values)

    @property
    def texts(self) -> tuple[Text, ...]:
        """One text for each report and each value."""
        return (*(report.text for report in self.reports), *(value.text for value in self.values))

    @property
    def text(self) -> Text:
        """All of it in one sentence; a long list is cut."""
        shown = [*(report.text for report in self.reports)]
        shown += [value.text for value in self.values][: max(SHOWN - len(shown), 1)]
        more = len(self.reports) + len(self.values) - len(shown)
        zh, en = "；".join(text.zh for text in shown), "; ".join(text.en for text in shown)
        if more > 0:
            zh, en = f"{zh}；另有 {more} 个数值", f"{en}; and {more} more values"
        return Text(
            f"已发布的 {self.version} 中有、本版没有：{zh}",
            f"published in {self.version} and missing now: {en}",
        )

    @property
    def remedy(self) -> Text:
        """The way out where this was not meant."""
        if self.reports:
            return Text(
                "如非有意删除，请把报告文件放回原处后重新构建",
                "if this was not meant, put the report files back and build again",
            )
        return Text(
            "如非有意，请用 shenwan-data inspect 查看该报告，或在 data/corrections/ 中更正",
            "if this was not meant, look at the report with `shenwan-data inspect`, or correct it in "
            "data/corrections/",
        )


def _observation_tables(snapshot: Snapshot) -> Iterator[TableSnapshot]:
    for table in snapshot.tables.values():
        if set(table.columns) >= _OBSERVATION and "figure_id" in table.columns:
            yield table


def _reported(table: TableSnapshot) -> Iterator[tuple[Key, dict[str, str]]]:
    for key in table.rows:
        cells = table.cells(key)
        if cells["obs_status"] == _REPORTED:
            yield key, cells


def _label(snapshot: Snapshot, indicator: str) -> Text:
    table = snapshot.tables.get("indicators")
    if table is None or (indicator,) not in table.rows:
        return Text(indicator, indicator)
    cells = table.cells((indicator,))
    return Text(cells.get("label_zh", indicator), cells.get("label_en", indicator))


def find_gone(old: Snapshot, new: Snapshot) -> Gone:
    """What ``old``, which is published, holds and ``new`` does not."""
    was, now = old.tables.get("reports"), new.tables.get("reports")
    held = {row["report_id"]: row for row in map(was.cells, was.rows)} if was else {}
    kept = {now.cells(key)["report_id"] for key in now.rows} if now else set()
    counts = dict.fromkeys(held, 0)
    values = []
    for table in _observation_tables(old):
        after = new.tables.get(table.name)
        for key, cells in _reported(table):
            report = f"{cells['ref_area']}-{cells['time_period']}"
            if report in held and report not in kept:
                counts[report] += 1
                continue
            row = after.cells(key) if after is not None and key in after.rows else None
            if row is None or row.get("obs_status") != _REPORTED:
                label = _label(old, cells["indicator"])
                status = row.get("obs_status") if row else None
                values.append(GoneValue(report, cells["indicator"], label, cells["quote"], status))
    reports = tuple(
        GoneReport(name, row["report_title"], row["time_period"], row["ref_area"], counts[name])
        for name, row in held.items()
        if name not in kept
    )
    return Gone(old.version, reports, tuple(dict.fromkeys(values)))


def named_first(error: DataError, gone: Gone) -> DataError:
    """An error about the version, after what is missing."""
    if not gone:
        return error
    said, way, remedy = gone.text, gone.remedy, error.remedy
    return DataError(
        Text(f"{said.zh}。{error.problem.zh}", f"{said.en}. {error.problem.en}"),
        file=error.file,
        place=error.place,
        remedy=Text(f"{way.zh}；如确要删除：{remedy.zh}", f"{way.en}; if it was: {remedy.en}"),
    )
