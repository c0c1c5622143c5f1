"""What an engine returns for one place where a rule is broken, and what an engine is.

Belongs here: the records between rules and engines. Does not belong here: the published record
(``indicators.finding``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shenwan_data.errors import Text
from shenwan_data.figures.figure import Figure, Number
from shenwan_data.indicators.findings.facts import Facts

Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule is broken.

    ``figures`` come in the order the finding names them; ``indicators`` are catalogue codes;
    ``reported`` and ``implied`` disagree, both in ``unit``. ``words`` fill the message.
    """

    figures: tuple[Figure, ...]
    words: Mapping[str, Text]
    reported: Number | None = None
    implied: Number | None = None
    unit: str | None = None
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Engine:
    """One kind of rule: the function, its parameters with their types, and its placeholders.

    The types are those of ``parameters.PARAMETER_TYPES``; every parameter must be given.
    """

    run: Callable[[Facts, Parameters], Iterator[Hit]]
    parameters: Mapping[str, str]
    placeholders: frozenset[str]


def rounded(value: float) -> Number:
    """A computed number as it is published: at most two decimals, whole where it is whole."""
    short = round(float(value), 2)
    return int(short) if short.is_integer() else short
