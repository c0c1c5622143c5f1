"""A difference between two releases as JSON, as Markdown, and as a draft of a changelog entry.

Belongs here: wording and form. Does not belong here: finding the difference (``diff``).
``schemas/diff.schema.json`` describes the JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from shenwan_data.config.settings import parse_version
from shenwan_data.errors import Text
from shenwan_data.indicators.catalogue import catalogue, topics
from shenwan_data.release.diff import WHY, Diff, RowChange, RowOnly, required_bump
from shenwan_data.release.package import markdown_cell
from shenwan_data.release.snapshot import Key, Snapshot, next_version

SHOWN = 200
EMPTY = "∅"

_KINDS: Mapping[str, Text] = {
    "added": Text("新增", "added"),
    "removed": Text("删除", "removed"),
    "retyped": Text("类型改变", "retyped"),
    "unit": Text("单位改变", "unit changed"),
    "restricted": Text("规则收紧", "rule tightened"),
    "relaxed": Text("规则放宽", "rule relaxed"),
    "described": Text("说明改变", "description changed"),
    "deprecated": Text("标为弃用", "marked as deprecated"),
    "rekeyed": Text("主键改变", "primary key changed"),
    "reordered": Text("栏序改变", "columns reordered"),
    "redefined": Text("含义改变", "redefined"),
}


def diff_json(diff: Diff) -> str:
    """The difference as JSON, with the step it requires and the lowest version."""
    bump = required_bump(diff)
    least = diff.old_version
    if bump != "none":
        least = str(next_version(parse_version(diff.old_version), bump))
    content = {
        "old": {"version": diff.old_version, "created": diff.old_created},
        "new": {"version": diff.new_version, "created": diff.new_created},
        "required_bump": bump,
        "least_version": least,
        "schema": [asdict(change) for change in diff.schema],
        "codes": [asdict(change) for change in diff.codes],
        "rows": {
            "added": [_row(row) for row in diff.rows_added],
            "removed": [_row(row) for row in diff.rows_removed],
            "changed": [
                {**asdict(change), "key": list(change.key)} for change in diff.rows_changed
            ],
        },
        "findings": {
            "added": [_row(row) for row in diff.findings_added],
            "removed": [_row(row) for row in diff.findings_removed],
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _row(row: RowOnly) -> dict[str, Any]:
    return {"table": row.table, "key": list(row.key), "cells": dict(row.cells)}


def _shown(text: str | None) -> str:
    return markdown_cell(text) if text else EMPTY


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str | None, ...]]) -> list[str]:
    held = list(rows)
    lines = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    lines += [f"| {' | '.join(_shown(cell) for cell in row)} |" for row in held[:SHOWN]]
    if len(held) > SHOWN:
        more = len(held) - SHOWN
        lines += ["", f"另有 {more} 行，见 JSON。{more} more, see the JSON."]
    return [*lines, ""]


def _kind(kind: str) -> str:
    return f"{_KINDS[kind].zh} {_KINDS[kind].en}"


def diff_markdown(diff: Diff) -> str:
    """The difference as a report for people, every heading in both languages.

    Empty sections are left out; long ones are cut, and say so.
    """
    bump = required_bump(diff)
    lines = [
        f"# {diff.old_version} → {diff.new_version}",
        "",
        f"{diff.old_created} → {diff.new_created}",
        "",
    ]
    if diff.is_empty:
        return "\n".join([*lines, "数据没有变化。", "", "The data is the same.", ""])
    least = next_version(parse_version(diff.old_version), bump)
    lines += [
        f"{WHY[bump].zh}：至少应为 {least}（{bump}）。",
        "",
        f"{WHY[bump].en[0].upper()}{WHY[bump].en[1:]}: at least version {least} ({bump}).",
        "",
    ]
    gone = [row for row in diff.rows_removed if row.table == "reports"]
    if gone:
        lines += ["## 已删除的报告 Reports removed", ""]
        lines += [f"- {', '.join(r.key)}: {_shown(r.cells.get('report_title'))}" for r in gone]
        lines.append("")
    if diff.schema:
        lines += ["## 结构 Schema", ""]
        lines += _table(
            ("表 table", "栏 column", "变化 change", "原 old", "新 new"),
            ((c.table, c.column, _kind(c.kind), c.old, c.new) for c in diff.schema),
        )
    if diff.codes:
        lines += ["## 代码 Codes", ""]
        lines += _table(
            ("代码表 list", "代码 code", "变化 change", "原 old", "新 new"),
            ((c.code_list, c.code, _kind(c.kind), c.old, c.new) for c in diff.codes),
        )
    lines += _observations(diff)
    lines += _counts(diff)
    others = [c for c in diff.rows_changed if c.table not in (*topics(), *_COUNTED)]
    if others:
        lines += ["## 更改的值 Values changed", ""]
        lines += _table(
            ("表 table", "主键 key", "栏 column", "原 old", "新 new"),
            ((c.table, ", ".join(c.key), c.column, c.old, c.new) for c in others),
        )
    for every, head in (
        (diff.rows_added, "## 新增的行 Rows added"),
        (diff.rows_removed, "## 删除的行 Rows removed"),
    ):
        kept = [row for row in every if row.table not in (*topics(), *_COUNTED)]
        if kept:
            lines += [head, ""]
            lines += _table(
                ("表 table", "主键 key", "值 value", "单位 unit"),
                (
                    (r.table, ", ".join(r.key), r.cells.get("value"), r.cells.get("unit"))
                    for r in kept
                ),
            )
    for entries, head in (
        (diff.findings_added, "## 新的核查发现 Findings added"),
        (diff.findings_removed, "## 不再有的核查发现 Findings removed"),
    ):
        if entries:
            lines += [head, ""]
            lines += _table(
                ("标识 finding", "说明", "message"),
                (
                    (", ".join(r.key), r.cells.get("message_zh"), r.cells.get("message_en"))
                    for r in entries
                ),
            )
    return "\n".join(lines)


# Evidence: its rows follow from how a text is read, and are given as counts.
_COUNTED = ("figures", "observations")


def _observations(diff: Diff) -> list[str]:
    """What was added, corrected and is gone of the observations, in words."""
    labels = catalogue()
    said: dict[str, list[str]] = {"新增 Added": [], "更正 Corrected": [], "消失 Gone": []}

    def line(table: str, key: Key, what: str) -> str:
        area, year, code = key[:3]
        named = labels.get(code)
        name = f"{named.label.zh} {named.label.en}" if named else code
        return f"- {markdown_cell(area)} {year} {markdown_cell(name)} (`{table}`): {what}"

    for name, rows in (("新增 Added", diff.rows_added), ("消失 Gone", diff.rows_removed)):
        for row in rows:
            if row.table in topics() and row.cells.get("obs_status") == "reported":
                value = (
                    f"{row.cells.get('value') or row.cells.get('quote')} {row.cells.get('unit')}"
                )
                said[name].append(line(row.table, row.key, markdown_cell(value)))
    cells: dict[tuple[str, Key], dict[str, RowChange]] = {}
    for change in diff.rows_changed:
        if change.table in topics():
            cells.setdefault((change.table, change.key), {})[change.column] = change
    for (table, key), changes in cells.items():
        status = changes.get("obs_status")
        number = changes.get("value")
        old, new = (_shown(number.old), _shown(number.new)) if number else ("", "")
        if status is not None and "reported" in (status.old, status.new):
            come = status.new == "reported"
            said["新增 Added" if come else "消失 Gone"].append(
                line(table, key, new if come else old)
            )
        else:
            what = f"{old} → {new}" if number else f"{', '.join(sorted(changes))}"
            said["更正 Corrected"].append(line(table, key, what))
    lines = []
    for heading, each in said.items():
        if each:
            lines += [f"## {heading} ({len(each)})", "", *sorted(each)[: 5 * SHOWN]]
            if len(each) > 5 * SHOWN:
                more = len(each) - 5 * SHOWN
                lines.append(f"- 另有 {more} 项，见 JSON。{more} more, see the JSON.")
            lines.append("")
    return lines


def _counts(diff: Diff) -> list[str]:
    changed = {(change.table, change.key) for change in diff.rows_changed}
    kinds = (
        Counter(row.table for row in (*diff.rows_added, *diff.findings_added)),
        Counter(row.table for row in (*diff.rows_removed, *diff.findings_removed)),
        Counter(table for table, _ in changed),
    )
    names = sorted({name for counts in kinds for name in counts})
    if not names:
        return []
    return [
        "## 行数 Rows",
        "",
        *_table(
            ("表 table", "新增 added", "删除 removed", "更改 changed"),
            ((name, *(str(counts[name]) for counts in kinds)) for name in names),
        ),
    ]


Reasons = Mapping[tuple[str, Key], str]


def reasons(new: Snapshot) -> Reasons:
    """Why rows of a release were corrected, by table and key.

    What the revisions say of a figure holds for every row that names the figure.
    """
    table = new.tables.get("revisions")
    rows = [table.cells(key) for key in table.rows] if table is not None else []
    why = {row["figure_id"]: row["why"] for row in rows}
    return {
        (name, key): why[figure]
        for name, each in new.tables.items()
        if why and "figure_id" in each.columns
        for key in each.rows
        if (figure := each.cells(key)["figure_id"]) in why
    }


def diff_changelog(diff: Diff, why: Reasons | None = None) -> str:
    """A draft of the changelog's entry for the data, in the form of Keep a Changelog.

    ``why`` is what ``reasons`` gives for the new release. A person shortens and rewords the draft.
    """
    lines = [f"## [{diff.new_version}] - {diff.new_created}", ""]
    gone = [c for c in diff.schema if c.kind == "removed"]
    come = [c for c in diff.schema if c.kind == "added"]
    marked = [c for c in diff.schema if c.kind == "deprecated" and c.new]
    other = [c for c in diff.schema if c not in (*gone, *come, *marked)]
    sections: dict[str, list[str]] = {
        "Added": [_item(f"`{_column(c.table, c.column)}`", "added") for c in come]
        + [_item(f"`{c.code_list}`: `{c.code}`", c.kind) for c in diff.codes if c.kind == "added"]
        + _numbers(diff.rows_added, Text("新增 {n} 行", "{n} rows added"))
        + _numbers(diff.findings_added, Text("新的发现 {n} 项", "{n} findings added")),
        "Changed": [_item(f"`{_column(c.table, c.column)}`", c.kind, c.old, c.new) for c in other]
        + [
            _item(f"`{c.code_list}`: `{c.code}`", c.kind, c.old, c.new)
            for c in diff.codes
            if c.kind == "redefined"
        ],
        "Deprecated": [
            _item(f"`{_column(c.table, c.column)}`", c.kind, None, c.new) for c in marked
        ],
        "Removed": [_item(f"`{_column(c.table, c.column)}`", "removed") for c in gone]
        + [_item(f"`{c.code_list}`: `{c.code}`", c.kind) for c in diff.codes if c.kind == "removed"]
        + _numbers(diff.rows_removed, Text("删除 {n} 行", "{n} rows removed"))
        + _numbers(diff.findings_removed, Text("不再有的发现 {n} 项", "{n} findings removed")),
        "Fixed": [_fixed(change, why or {}) for change in diff.rows_changed],
    }
    for name, items in sections.items():
        if items:
            lines += [f"### {name}", "", *dict.fromkeys(items), ""]
    if len(lines) == 2:
        lines += ["数据没有变化。The data is the same.", ""]
    return "\n".join(lines)


def _column(table: str, column: str) -> str:
    return f"{table}.{column}" if column else table


def _item(what: str, kind: str, old: str | None = None, new: str | None = None) -> str:
    change = f": {_shown(old)} → {_shown(new)}" if old or new else ""
    return f"- {what}：{_KINDS[kind].zh}。{_KINDS[kind].en}{change}"


def _numbers(rows: Iterable[RowOnly], told: Text) -> list[str]:
    counts = Counter(row.table for row in rows)
    return [
        f"- `{table}`：{told.zh.format(n=count)}。{told.en.format(n=count)}"
        for table, count in sorted(counts.items())
    ]


def _fixed(change: RowChange, why: Reasons) -> str:
    reason = why.get((change.table, change.key))
    because = f" ({markdown_cell(reason)})" if reason else ""
    return (
        f"- `{change.table}` {markdown_cell(', '.join(change.key))}: `{change.column}` "
        f"{_shown(change.old)} → {_shown(change.new)}{because}"
    )
