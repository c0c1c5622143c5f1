"""Which folder holds the facts.

Belongs here: finding the data folder, the one with ``reports/`` in it. Does not belong here: what
lies in it (``report.archive``, ``release.package``).
"""

from __future__ import annotations

import os
from pathlib import Path

from shenwan_data.errors import Text, UsageError

VARIABLE = "SHENWAN_DATA_DIR"
_CHECKOUT = Path(__file__).resolve().parents[1]


def find_data_dir(given: Path | None = None) -> Path:
    """The data folder, absolute.

    The folder that was given comes first, then the one in the environment variable
    ``SHENWAN_DATA_DIR``, then ``data/`` in the working directory or one above it, then ``data/`` of
    the checkout the library runs from. Raises UsageError when there is none, or when the named one
    holds no ``reports/``.
    """
    named = given or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is not None:
        if not (named / "reports").is_dir():
            raise UsageError(
                Text("该目录下没有 reports/ 子目录", "this folder holds no reports/ folder"),
                file=named,
                remedy=Text(
                    "请用 --data-dir 指定含有 reports/ 的数据目录",
                    "give the folder that holds reports/, as --data-dir or SHENWAN_DATA_DIR",
                ),
            )
        return named.resolve()
    here = Path.cwd()
    for folder in (here, *here.parents, _CHECKOUT):
        if (folder / "data" / "reports").is_dir():
            return (folder / "data").resolve()
    raise UsageError(
        Text("找不到数据目录 data/reports/", "there is no data/reports/ folder here or above"),
        file=here,
        remedy=Text(
            "请在本项目的检出目录中运行，或用 --data-dir 指定数据目录",
            "run the command inside a checkout of the project, or give --data-dir",
        ),
    )
