"""Every kind of rule there is, by name.

Belongs here: the register. Does not belong here: the engines themselves (one module a noun) or the
rules that use them (``schemas/findings.yaml``).
"""

from __future__ import annotations

from shenwan_data.indicators.findings import (
    bounds,
    enumerations,
    growth,
    hedges,
    lists,
    neighbours,
    printed_units,
    ratios,
    totals,
    years,
)
from shenwan_data.indicators.findings.hit import Engine

_MODULES = (
    ratios, bounds, neighbours, totals, hedges, printed_units, lists, enumerations, years, growth,
)  # fmt: skip
ENGINES: dict[str, Engine] = {
    kind: engine for module in _MODULES for kind, engine in module.ENGINES.items()
}
