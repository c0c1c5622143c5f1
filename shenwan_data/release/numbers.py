"""Numbers as they are published: decimals of one scale.

Belongs here: turning a number of a record into a published decimal. Does not belong here: its text
in a CSV (``cells``).
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from functools import lru_cache

from shenwan_data.release.schema import DECIMAL

_STEP = Decimal(1).scaleb(-DECIMAL.scale)
_CONTEXT = Context(prec=DECIMAL.precision, rounding=ROUND_HALF_EVEN)
_LOSS = Decimal("1e-9")


# The same few numbers fill most columns. Typed, because 2**60 and its float print differently.
@lru_cache(maxsize=1 << 14, typed=True)
def to_decimal(value: int | float | Decimal) -> Decimal:
    """The number with ten decimals at the most, half to even.

    A float counts as the shortest decimal that reads back as it, so 99.94 is 99.94. Raises
    ValueError where it is no number, not finite, too large, or loses more than one part in 10⁹.
    """
    if not isinstance(value, int | float | Decimal):
        raise ValueError(f"{value!r} is not a number")
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    try:
        rounded = exact.quantize(_STEP, context=_CONTEXT)
    except InvalidOperation as error:
        raise ValueError(f"{value!r} has too many digits") from error
    if abs(rounded - exact) > abs(exact) * _LOSS:
        raise ValueError(f"{value!r} is too small for {DECIMAL.scale} decimals")
    return rounded
