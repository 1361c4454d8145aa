"""Sums without rounding: whatever the order of their parts, they come to the same."""

from collections.abc import Iterable
from decimal import Context, Decimal
from functools import reduce

__all__ = ["minus", "times", "total"]

_EXACT = Context(prec=400)
"""A number has 28 digits at the most; sums of such keep every one of them, so that no order of adding loses another digit."""


def total(parts: Iterable[Decimal]) -> Decimal:
    """Add up; nothing is rounded."""
    return reduce(_EXACT.add, parts, Decimal(0))


def minus(one: Decimal, other: Decimal) -> Decimal:
    """Take one from another; nothing is rounded."""
    return _EXACT.subtract(one, other)


def times(one: Decimal, other: Decimal) -> Decimal:
    """Multiply; nothing is rounded."""
    return _EXACT.multiply(one, other)
