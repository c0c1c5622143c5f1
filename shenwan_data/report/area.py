"""The code of a publisher: what it may look like and which ones there are.

Belongs here: checking a ``ref_area``. Does not belong here: the files of an area (``archive``).
"""

from __future__ import annotations

import re
from pathlib import Path

from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.schemas import metadata, schemas_dir

_AREA = re.compile(r"[a-z][a-z0-9_-]*")


def is_area(name: str) -> bool:
    """Whether a name can be the code of an area; it then is a safe file name, too."""
    return _AREA.fullmatch(name) is not None


def known_areas() -> frozenset[str] | None:
    """The areas of ``schemas/areas.csv``, None when there is no such list."""
    if not (schemas_dir() / "areas.csv").is_file():
        return None
    return frozenset(row["ref_area"] for row in metadata("areas.csv"))


def unknown_area(
    area: str, kind: type[DataError | UsageError], path: Path | None = None
) -> DataError | UsageError:
    """The error for a code that is malformed or in no list."""
    areas = known_areas()
    known = f": {', '.join(sorted(areas))}" if areas else ""
    return kind(
        Text(f"未知的地区：{area}", f"unknown area: {area}"),
        file=path,
        remedy=Text(
            f"请使用 schemas/areas.csv 中的小写代码，或先在其中登记{known}",
            f"use a lower-case code of schemas/areas.csv, or add it there first{known}",
        ),
    )
