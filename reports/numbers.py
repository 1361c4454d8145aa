"""Numbers as they are shown: rounded once, half up, to 2 places, so that the parts of a sum still add up.

The one home of how they are written: for people with a decimal comma (``two``, ``exact``, ``near``), for programs with a point
(``pointed``, ``pointed_exact``: JSON, CSV, CSS). ``reports.words`` asks it for a letter's language.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from auditor.model.figures import comma

__all__ = ["exact", "near", "pointed", "pointed_exact", "shown", "spread", "sum_of", "two"]

_CENT = Decimal("0.01")
_MILLIONTH = Decimal("0.000001")
_LONG = 26
"""So many digits and more are a division's, cut off at 28; the last of them may be zeros."""


def shown(number: Decimal) -> Decimal:
    """Round a number as it is shown."""
    rounded = number.quantize(_CENT, rounding=ROUND_HALF_UP)
    return rounded or abs(rounded)  # never -0.00


def two(number: Decimal) -> str:
    """Give a number for people, with exactly 2 places behind a comma."""
    return comma(pointed(number))


def exact(number: Decimal) -> str:
    """Give a number for people to its last place, without useless zeros; ``≈`` before one that was cut off at its 28th digit."""
    return comma(pointed_exact(number))


def pointed(number: Decimal) -> str:
    """Give a number for programs, with exactly 2 places behind a point."""
    return f"{shown(number):f}"


def pointed_exact(number: Decimal) -> str:
    """Give a number as ``exact`` does, but with a point."""
    text = f"{number:f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return f"≈{short}" if len(number.normalize().as_tuple().digits) >= _LONG else short


def near(number: Decimal) -> str:
    """Give a number exactly if it has at most 6 places, else rounded to them behind ``≈``: enough to do the sum again."""
    rounded = number.quantize(_MILLIONTH, rounding=ROUND_HALF_UP)
    return exact(number) if rounded == number else f"≈{exact(rounded)}"


def spread(parts: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Round the parts of a sum so that they add up to the rounded sum.

    Each is rounded half up; only where that misses the sum, those that were rounded furthest away move by one hundredth.
    """
    rounded = [shown(part) for part in parts]
    gap = shown(sum(parts, Decimal(0))) - sum(rounded, Decimal(0))
    step = _CENT.copy_sign(gap)
    furthest = sorted(range(len(parts)), key=lambda place: ((rounded[place] - parts[place]) * step, place))
    for place in furthest[: int(abs(gap) / _CENT)]:
        rounded[place] += step
    return tuple(rounded)


def sum_of(points: Decimal, possible: Decimal, pending: Decimal, percent: Decimal | None) -> str:
    """Write out how a percent comes about, so that a reader can do the sum again; empty when there is none."""
    if percent is None:
        return ""
    return f"{near(points)} ÷ ({near(possible)} − {near(pending)}) × 100 = {two(percent)} %"
