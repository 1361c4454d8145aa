"""The next best fix: what mending one criterion would give, computed by the same code as the standing itself."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from auditor.judge.areas import standing
from auditor.judge.case import Case
from auditor.judge.ranking import rank_group
from auditor.judge.scales import ZERO, bounds
from auditor.model.ids import AgencyId
from auditor.model.mark import Mark, Points
from auditor.model.ranking import Fix, Ranking, Standing

__all__ = ["fixes"]


def fixes(case: Case, ranking: Ranking, agency: AgencyId) -> tuple[Fix, ...]:
    """Give every criterion that an agency could gain from, the most points first.

    ``points`` is what would be added, ``percent`` the percent it would then have, ``rank`` the rank; pending marks promise
    nothing.
    """
    group = next((g for g in ranking.groups if any(row.agency == agency for row in (*g.rows, *g.unranked))), None)
    if group is None:
        return ()
    members = (*group.rows, *group.unranked)
    mine = next(row for row in members if row.agency == agency)
    found = [fix for mark in mine.marks if (fix := _fix(case, members, mine, mark)) is not None]
    return tuple(sorted(found, key=lambda fix: (-fix.points, fix.criterion)))


def _fix(case: Case, members: Sequence[Standing], mine: Standing, mark: Mark) -> Fix | None:
    if not isinstance(mark, Points):
        return None
    criterion = next(c for c in case.edition.criteria if c.id == mark.criterion)
    _, most = bounds(criterion.scale, criterion.max_points)
    if mark.points >= most:
        return None
    after = _mended(case, mine, mark, most)
    ranked = rank_group(case.edition, [after if row.agency == mine.agency else row for row in members])
    rank = next(row.rank for row in ranked if row.agency == mine.agency)
    gain = after.points - mine.points
    return Fix(criterion=mark.criterion, points=gain, percent=after.percent or ZERO, rank=rank) if gain > 0 else None


def _mended(case: Case, mine: Standing, mark: Points, points: Decimal) -> Standing:
    """Give an agency's standing with other points for one mark."""
    agency = next(found for found in case.agencies if found.code == mine.agency)
    marks = [replace(mark, points=points) if other.criterion == mark.criterion else other for other in mine.marks]
    return standing(case.edition, agency, marks)
