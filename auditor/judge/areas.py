"""Areas and totals: sums, percents, bounds and coverage of one agency's marks. Exact; nothing is rounded here."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from auditor.judge.scales import ZERO
from auditor.model.agency import Agency
from auditor.model.edition import Area, Edition
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.ranking import AreaResult, Standing

__all__ = ["ratio", "standing"]

_HUNDRED = Decimal(100)


def ratio(points: Decimal, possible: Decimal) -> Decimal | None:
    """Give a percent, None where nothing was possible: an empty area is not 0."""
    return points * _HUNDRED / possible if possible else None


def standing(edition: Edition, agency: Agency, marks: Sequence[Mark]) -> Standing:
    """Add up one agency's marks; rank and class are given later, beside the others of its group."""
    areas = tuple(_area_result(area, [mark for mark in marks if mark.area == area.id]) for area in edition.areas)
    points = sum((area.points for area in areas), ZERO)
    possible = sum((area.possible for area in areas), ZERO)
    pending = sum((area.pending for area in areas), ZERO)
    low = sum((_reach(area, marks, high=False) for area in edition.areas), ZERO)
    high = sum((_reach(area, marks, high=True) for area in edition.areas), ZERO)
    return Standing(
        agency=agency.code,
        name=agency.name,
        group=agency.group,
        points=points,
        possible=possible,
        pending=pending,
        percent=ratio(points, possible - pending),
        low=ratio(low, possible),
        high=ratio(high, possible),
        coverage=_coverage(marks),
        areas=areas,
        marks=tuple(marks),
    )


def _area_result(area: Area, marks: Sequence[Mark]) -> AreaResult:
    """Add up one area; penalties take from it, down to its floor."""
    points = sum((mark.points for mark in marks if isinstance(mark, Points)), ZERO)
    possible = sum((mark.max for mark in marks if not isinstance(mark, Excluded)), ZERO)
    pending = sum((mark.max for mark in marks if isinstance(mark, Pending)), ZERO)
    kept = max(points, area.floor)
    return AreaResult(
        area=area.id,
        points=kept,
        possible=possible,
        pending=pending,
        percent=ratio(kept, possible - pending),
        coverage=_coverage(marks),
        floored=kept - points,
    )


def _reach(area: Area, marks: Iterable[Mark], *, high: bool) -> Decimal:
    """Give the least or the most that an area can come to when everything pending is known."""
    total = ZERO
    for mark in marks:
        if mark.area == area.id and isinstance(mark, Points):
            total += mark.points
        elif mark.area == area.id and isinstance(mark, Pending):
            total += mark.high if high else mark.low
    return max(total, area.floor)


def _coverage(marks: Iterable[Mark]) -> Decimal | None:
    """Give determined ÷ possible, leaving out what only waits for a declaration that is open."""
    asked = [m for m in marks if isinstance(m, Points) or (isinstance(m, Pending) and not m.open_declaration)]
    possible = sum((mark.max for mark in asked), ZERO)
    determined = sum((mark.max for mark in asked if isinstance(mark, Points)), ZERO)
    return determined / possible if possible else None
