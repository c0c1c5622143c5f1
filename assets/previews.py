"""What a run shows: its progress on a terminal, and rows and counts of each asset in the UI.

Belongs here: the display with the logger that feeds it, and metadata of materialisations. Does not
belong here: the run (``launch``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from shenwan_data.errors import Text
from shenwan_data.release.package import markdown_cell

if TYPE_CHECKING:
    import pyarrow as pa


ROWS = 8
_CELL = 60


def markdown(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; long cells are cut, None is empty, and a text is only ever text."""

    def cell(value: object) -> str:
        text = "" if value is None else str(value)
        return markdown_cell(text if len(text) <= _CELL else f"{text[: _CELL - 1]}…")

    lines = [f"| {' | '.join(columns)} |", f"| {' | '.join('---' for _ in columns)} |"]
    lines += [f"| {' | '.join(cell(value) for value in row)} |" for row in rows]
    return "\n".join(lines)


_RULE = "\n\n---\n\n"
_FENCE = "```"


def both(message: Text) -> str:
    """A message in the two languages, as a description in the UI, which is Markdown."""
    return _markdown(message.en) + _RULE + _markdown(message.zh)


def _markdown(text: str) -> str:
    """Lines that stay lines; an entry of YAML stays as it is to be pasted."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        entry = line.startswith(("- report:", "  "))
        if entry != inside:
            lines.append(_FENCE)
            inside = entry
        lines.append(line if entry else f"{line}  ")
    return "\n".join([*lines, *([_FENCE] if inside else [])])


def said(description: str) -> Text:
    """The message of a description, as plain text."""
    lines = [line.rstrip() for line in description.splitlines() if line != _FENCE]
    en, _, zh = "\n".join(lines).partition(_RULE)
    return Text(zh or en, en)


def of_records(records: Sequence[Any], columns: Sequence[str] | None = None) -> dict[str, Any]:
    """Row count and preview of dataclass records, as metadata of a materialisation."""
    found: dict[str, Any] = {"dagster/row_count": len(records)}
    if records:
        names = columns or [field.name for field in fields(records[0])]
        rows = [[getattr(record, name) for name in names] for record in records[:ROWS]]
        found["preview"] = dg.MetadataValue.md(markdown(names, rows))
    return found


def of_table(table: pa.Table) -> dict[str, Any]:
    """Row count, columns and preview of a table, as metadata of a materialisation."""
    return {
        "dagster/row_count": table.num_rows,
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(
                    field.name,
                    str(field.type),
                    description=(field.metadata or {}).get(b"description", b"").decode() or None,
                    constraints=dg.TableColumnConstraints(nullable=field.nullable),
                )
                for field in table.schema
            ]
        ),
        "preview": dg.MetadataValue.md(
            markdown(table.column_names, (row.values() for row in table.slice(0, ROWS).to_pylist()))
        ),
    }


def of_counts(counts: Mapping[str, int]) -> dict[str, Any]:
    """Counts by name as a Markdown table."""
    return {"counts": dg.MetadataValue.md(markdown(("", "rows"), list(counts.items())))}


Listener = Callable[[dg.DagsterEvent], None]

LABELS = {
    "reports": "reading reports 读取报告",
    "figures": "reading figures 识别数字",
    "indicators": "comparing and observing 核查与归集",
    "tables": "building and checking tables 生成并检查数据表",
    "site": "writing the site 生成网站",
    "packages": "packing and checking the release 打包并检查",
}


def event_logger(listen: Listener) -> dg.LoggerDefinition:
    """A Dagster logger that hands every event to ``listen`` and prints nothing."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            event = getattr(record, "dagster_event", None)
            if event is not None:
                listen(event)

    @dg.logger
    def progress(_: dg.InitLoggerContext) -> logging.Logger:
        """Feeds the progress display of shenwan-data build."""
        # Not getLogger: a listener serves one run, the registry of loggers would keep it for all.
        logger = logging.Logger("shenwan_data.progress")  # noqa: LOG001
        logger.addHandler(Handler())
        return logger

    return progress


class Display:
    """A bar on a terminal; one line for each finished step elsewhere."""

    def __init__(self, steps: int, console: Console) -> None:
        self._steps = steps
        self._done = 0
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=steps)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def listen(self, event: dg.DagsterEvent) -> None:
        """Move on when a step starts or ends."""
        label = LABELS.get(event.step_key or "", event.step_key or "")
        if event.event_type_value == "STEP_START":
            self._bar.update(self._task, description=label)
        elif event.event_type_value == "STEP_SUCCESS":
            self._done += 1
            self._bar.update(self._task, completed=self._done)
            if not self._console.is_terminal:
                self._console.print(f"[{self._done}/{self._steps}] {label}", markup=False)
