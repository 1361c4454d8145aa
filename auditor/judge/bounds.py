"""The least and the most that a percent can come to, whatever the pending marks turn out to be.

A pending mark comes to some points between its bounds; one that only a measure feeds, of which nothing is known yet, may also
turn out not to be owed, and then leaves numerator and denominator. The bounds hold every such completion, and one reaches them.
Mostly they are what DESIGN says in short: every pending mark at its least, or at its most, over all that is possible. They are
wider only where leaving a mark out does more than its best (in an area under its floor) or less than its worst.

The central figure leaves every pending mark out. So it lies within the bounds where that is a completion, and where every
pending mark can come to nothing and to its max, no area is under its floor and the sum not under zero. Else it may lie outside:
who is known to have half of the group's highest can no longer get all the points of a scale that compares, whatever the
highest turns out to be, and the central figure knows nothing of that.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from auditor.judge.scales import ZERO
from auditor.model.edition import Area, Source
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.ranking import Quotient
from auditor.model.sums import minus, times, total

__all__ = ["reach"]

_ONE = Decimal(1)
_ROUNDS = 100

Choice = tuple[Decimal, Decimal]
"""Points, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One area: what is owed for sure, and what each mark that may not be owed would add."""

    floor: Decimal
    points: Decimal
    possible: Decimal
    unsure: Sequence[Choice]


def reach(areas: Sequence[tuple[Area, Sequence[Mark]]]) -> tuple[Quotient, Quotient]:
    """Give the least and the most of all areas together."""
    least, most = ([_part(area, marks, high=high) for area, marks in areas] for high in (False, True))
    low, high = (_join(_with(part, part.unsure) for part in parts) for parts in (least, most))
    if not low.possible or not any(part.unsure for part in least):
        return low, high
    return _lower(least, low), _higher(most, high)


def _part(area: Area, marks: Iterable[Mark], *, high: bool) -> _Part:
    owed: list[Choice] = []
    unsure: list[Choice] = []
    for mark in marks:
        match mark:
            case Points():
                owed.append((mark.points, mark.max))
            case Pending():
                (unsure if _may_leave(mark) else owed).append((mark.high if high else mark.low, mark.max))
            case Excluded():
                pass
    return _Part(
        floor=area.floor, points=total(points for points, _ in owed), possible=total(most for _, most in owed), unsure=unsure
    )


def _may_leave(mark: Pending) -> bool:
    """Tell whether it may still turn out that there is no duty; of what is declared or set by the council there always is one."""
    return mark.measured is None and mark.appraised is None and mark.source in {Source.MEASURED, Source.MEASURED_ELSE_DECLARED}


def _join(choices: Iterable[Choice]) -> Quotient:
    made = list(choices)
    return Quotient(points=total(points for points, _ in made), possible=total(possible for _, possible in made))


def _higher(parts: Sequence[_Part], found: Quotient) -> Quotient:
    """Raise a quotient as far as leaving marks out can: each round takes the best choice at the last one's worth.

    That is Dinkelbach's way to the greatest quotient; it ends, for each round's quotient is greater and there are finitely many.
    """
    for _ in range(_ROUNDS):
        better = _join(_best(part, found) for part in parts)
        if not better.possible:
            better = reduce(lambda one, other: other if _greater(other, one) else one, _singles(parts), found)
        if not _greater(better, found):
            break
        found = better
    return found


def _lower(parts: Sequence[_Part], found: Quotient) -> Quotient:
    for _ in range(_ROUNDS):
        worse = _join(_worst(part, found) for part in parts)
        if not worse.possible:
            worse = reduce(lambda one, other: other if _greater(one, other) else one, _singles(parts), found)
        if not _greater(found, worse):
            break
        found = worse
    return found


def _singles(parts: Sequence[_Part]) -> Iterator[Quotient]:
    """Give what it comes to when nothing is determined and one pending mark alone is owed."""
    for part in parts:
        rest = [_with(other, ()) for other in parts if other is not part]
        for choice in part.unsure:
            yield _join([_with(part, [choice]), *rest])


def _greater(one: Quotient, other: Quotient) -> bool:
    """Tell whether one quotient is truly greater, exactly; one over nothing is none."""
    if not one.possible or not other.possible:
        return False
    return minus(times(one.points, other.possible), times(other.points, one.possible)) > 0


def _best(part: _Part, worth: Quotient) -> Choice:
    """Give the choice of an area that is worth most when a possible point costs ``worth``."""
    taken = [(add, most) for add, most in part.unsure if _gain((add, most), worth) > 0]
    left_alone = [] if worth.points >= 0 else list(part.unsure)
    return max((_with(part, taken), _with(part, left_alone)), key=lambda choice: _gain(choice, worth))


def _worst(part: _Part, worth: Quotient) -> Choice:
    """Give the choice of an area that is worth least when a possible point costs ``worth``.

    The marks that add least for their max come first. Under the floor adding costs nothing, so a mark may be taken there in part:
    that is no completion, but none is worth less.
    """
    points, possible = part.points, part.possible
    for add, most in sorted(part.unsure, key=_density):
        share = _ONE if _gain((add, most), worth) < 0 else ZERO
        if share and points <= part.floor and add < 0 and worth.points < 0 and most:
            share = ZERO  # nothing is taken away below the floor, and a greater possible makes the loss a smaller one
        elif share and add < 0 and most and worth.points < 0:
            share = min(_ONE, (points - part.floor) / -add)
        elif not share and add > 0 and points < part.floor and worth.points >= 0:
            share = min(_ONE, (part.floor - points) / add)
        points, possible = total((points, times(add, share))), total((possible, times(most, share)))
    return max(points, part.floor), possible


def _density(choice: Choice) -> tuple[bool, Decimal]:
    add, most = choice
    return (bool(most), add / most) if most else (False, add)


def _with(part: _Part, taken: Iterable[Choice]) -> Choice:
    made = list(taken)
    points = total([part.points, *(add for add, _ in made)])
    return max(points, part.floor), total([part.possible, *(most for _, most in made)])


def _gain(choice: Choice, worth: Quotient) -> Decimal:
    """Give points less what their possible ones cost, times the (positive) ``worth.possible``."""
    points, possible = choice
    return minus(times(points, worth.possible), times(possible, worth.points))
