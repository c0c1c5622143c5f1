"""Where the Dagster code is: inside the package in a wheel, beside it in a checkout.

Belongs here: importing a module of ``assets``. This is the only module that may, and only when asked.
Does not belong here: what is done with it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from shenwan_data.errors import Text, UsageError
from shenwan_data.extras import needs

_PACKAGE = Path(__file__).resolve().parents[1]


def graph_module(name: str) -> ModuleType:
    """The module ``assets.<name>``. Raises UsageError without the code or without Dagster."""
    if (_PACKAGE / "assets" / "definitions.py").is_file():
        package = "shenwan_data.assets"
    elif (_PACKAGE.parent / "assets" / "definitions.py").is_file():
        package = "assets"
        # In front, because other distributions may carry a top-level package of the same name.
        if sys.path[:1] != [str(_PACKAGE.parent)]:
            sys.path.insert(0, str(_PACKAGE.parent))
    else:
        raise UsageError(
            Text("安装不完整，缺少 assets/", "the installation is incomplete: assets/ is missing"),
            file=_PACKAGE,
            remedy=Text(
                "请重新安装 shenwan-data[pipeline]", "install shenwan-data[pipeline] again"
            ),
        )
    with needs("pipeline"):
        return import_module(f"{package}.{name}")
