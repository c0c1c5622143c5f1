"""What goes must have said so one release before.

Belongs here: holding the tables, columns and codes that a release no longer has against the marks
``deprecated`` of the release before. Does not belong here: the marks themselves (``schema`` and
``codes`` read them from ``schemas/``), or the size of the step in the version (``diff``).

A renamed column or code is one that goes and one that comes; its mark names the new one.
"""

from __future__ import annotations

from datetime import date

from shenwan_data.errors import DataError, Text
from shenwan_data.release.diff import Diff
from shenwan_data.release.snapshot import Snapshot


def _in_time(since: object, created: str) -> bool:
    """Whether a mark's date is one, and the release that carried it had reached it."""
    try:
        return date.fromisoformat(str(since)) <= date.fromisoformat(created)
    except ValueError:
        return False


def _marked(old: Snapshot, table: str, column: str) -> bool:
    schema = old.tables[table].schema
    marks = [schema.get("deprecated")]
    marks += [field.get("deprecated") for field in schema["fields"] if field["name"] == column]
    return any(_in_time((mark or {}).get("since"), old.created) for mark in marks)


def _code_marked(old: Snapshot, code_list: str, code: str) -> bool:
    if code_list == "indicator":
        cells = old.tables["indicators"].cells((code,))
    else:
        cells = old.tables["codes"].cells((code_list, code))
    return _in_time(cells.get("deprecated"), old.created)


def check_deprecations(old: Snapshot, diff: Diff) -> None:
    """Whether all that is gone was marked in ``old``, the release published before.

    Raises DataError that names what was not.
    """
    gone = [
        ".".join(filter(None, (change.table, change.column)))
        for change in diff.schema
        if change.kind == "removed" and not _marked(old, change.table, change.column)
    ]
    gone += [
        f"{change.code_list}:{change.code}"
        for change in diff.codes
        if change.kind == "removed" and not _code_marked(old, change.code_list, change.code)
    ]
    if gone:
        raise DataError(
            Text(
                f"{'、'.join(gone)} 被删除或改名，但已发布的 {old.version} 没有注明弃用",
                f"{', '.join(gone)}: removed or renamed, but not marked as deprecated in the "
                f"published {old.version}",
            ),
            file="schemas/",
            remedy=Text(
                "请先恢复并加上 deprecated: {since: 日期, replaced_by: 新名称}，发布一版，下一版再删除",
                "put it back with deprecated: {since: a date, replaced_by: the new name}, publish "
                "that, and remove it in the release after",
            ),
        )
