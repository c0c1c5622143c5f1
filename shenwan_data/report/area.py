"""The code of a publisher: what it may look like.

Belongs here: checking a ``ref_area``. Does not belong here: the names of the areas
(``schemas/areas.csv``, published by ``release``) or their files (``archive``).
"""

from __future__ import annotations

import re
from pathlib import Path

from shenwan_data.errors import DataError, Text, UsageError

# It becomes part of file names, which no file system lets be longer than 255 bytes.
_AREA = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def is_area(name: str) -> bool:
    """Whether a name can be the code of an area; it then is a safe file name, too."""
    return _AREA.fullmatch(name) is not None


def malformed_area(
    area: str, kind: type[DataError | UsageError], path: Path | None = None
) -> DataError | UsageError:
    """The error for a name that can be no code."""
    return kind(
        Text(f"地区代码无效：{area}", f"not the code of an area: {area}"),
        file=path,
        remedy=Text(
            "请用小写英文字母开头的代码，如 shenwan；名称登记在 schemas/areas.csv",
            "use a code of lower-case letters, such as shenwan; its names go in schemas/areas.csv",
        ),
    )
