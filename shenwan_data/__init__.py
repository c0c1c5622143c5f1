"""Open data from the yearly rule-of-law reports of towns in China.

``from shenwan_data import scan`` reads the numerals of any text. It is loaded on first use, so that
importing the package stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shenwan_data.indicators.scan import scan

__all__ = ["scan"]


def __getattr__(name: str) -> Any:
    if name == "scan":
        from shenwan_data.indicators.scan import scan

        return scan
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
