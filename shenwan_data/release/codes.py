"""The code lists: every code a column can hold, with its two labels.

Belongs here: reading ``schemas/codes.yaml``. Does not belong here: which column uses which list
(``schema``).
"""

from __future__ import annotations

from dataclasses import dataclass

from shenwan_data.config.declarations import CodeEntry, Deprecated
from shenwan_data.config.forms import validated
from shenwan_data.config.textfile import read_yaml_document
from shenwan_data.errors import Text
from shenwan_data.schemas import schemas_dir, while_unchanged


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list. ``description`` is None where the label says what the code means."""

    code: str
    label: Text
    description: Text | None
    deprecated: Deprecated | None = None


@while_unchanged("codes.yaml")
def code_lists() -> dict[str, dict[str, Code]]:
    """All code lists by name, each a dict of its codes in file order; ``topic`` comes last.

    Raises DataError naming line and code where a language is missing or a key is unknown.
    """
    lists = validated(
        dict[str, dict[str, CodeEntry]],
        read_yaml_document(schemas_dir() / "codes.yaml"),
        remedy=Text("请参照其他代码改正", "correct it; the other codes show the format"),
    )
    return {
        name: {
            code: Code(code, Text(entry.zh, entry.en), entry.description, entry.deprecated)
            for code, entry in entries.items()
        }
        for name, entries in lists.items()
    }
