"""Areas and totals: sums, percents, bounds and coverage of one agency's marks. Exact; nothing is rounded here."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from auditor.judge.bounds import reach
from auditor.model.agency import Agency
from auditor.model.edition import Area, Edition
from auditor.model.ids import AreaId
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.ranking import AreaResult, Quotient, Standing
from auditor.model.sums import minus, times, total

__all__ = ["mended", "ratio", "standing"]

_HUNDRED = Decimal(100)


def ratio(points: Decimal, possible: Decimal) -> Decimal | None:
    """Give a percent, None where nothing was possible: an empty area is not 0."""
    return times(points, _HUNDRED) / possible if possible else None


def standing(edition: Edition, agency: Agency, marks: Sequence[Mark]) -> Standing:
    """Add up one agency's marks; rank and class are given later, beside the others of its group."""
    own: dict[AreaId, list[Mark]] = {area.id: [] for area in edition.areas}
    for mark in marks:
        own[mark.area].append(mark)
    areas = tuple(_area_result(area, own[area.id]) for area in edition.areas)
    points, possible, pending = (
        total(area.points for area in areas),
        total(area.possible for area in areas),
        total(area.pending for area in areas),
    )
    least, most = reach([(area, own[area.id]) for area in edition.areas])
    return Standing(
        agency=agency.code,
        name=agency.name,
        group=agency.group,
        points=points,
        possible=possible,
        pending=pending,
        percent=ratio(points, minus(possible, pending)),
        low=least.percent,
        high=most.percent,
        coverage=_coverage(marks),
        areas=areas,
        marks=tuple(marks),
        least=least,
        most=most,
    )


def mended(area: Area, standing: Standing, mark: Points, points: Decimal) -> Quotient:
    """Give what a standing's percent would be the quotient of if one mark of this area had other points."""
    before = next(found for found in standing.areas if found.area == area.id)
    bare = minus(before.points, before.floored)
    after = max(total((bare, points, mark.points.copy_negate())), area.floor)
    return Quotient(
        points=total((standing.points, after, before.points.copy_negate())), possible=minus(standing.possible, standing.pending)
    )


def _area_result(area: Area, marks: Sequence[Mark]) -> AreaResult:
    """Add up one area; penalties take from it, down to its floor."""
    points = total(mark.points for mark in marks if isinstance(mark, Points))
    possible = total(mark.max for mark in marks if not isinstance(mark, Excluded))
    pending = total(mark.max for mark in marks if isinstance(mark, Pending))
    kept = max(points, area.floor)
    return AreaResult(
        area=area.id,
        points=kept,
        possible=possible,
        pending=pending,
        percent=ratio(kept, minus(possible, pending)),
        coverage=_coverage(marks),
        floored=minus(kept, points),
    )


def _coverage(marks: Iterable[Mark]) -> Decimal | None:
    """Give determined ÷ possible, leaving out what only waits for a declaration that is open."""
    asked = [m for m in marks if isinstance(m, Points) or (isinstance(m, Pending) and not m.open_declaration)]
    possible = total(mark.max for mark in asked)
    determined = total(mark.max for mark in asked if isinstance(mark, Points))
    return determined / possible if possible else None
