"""Open data from the yearly rule-of-law reports of towns in China."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shenwan_data.indicators.read import scan
    from shenwan_data.loading import load

__version__ = "1.0.0"
__all__ = ["__version__", "load", "scan"]


def __getattr__(name: str) -> Any:
    """Import on first use, so that ``import shenwan_data`` costs nothing."""
    if name == "scan":
        from shenwan_data.indicators.read import scan

        return scan
    if name == "load":
        from shenwan_data.loading import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
