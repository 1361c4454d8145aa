"""The next best fix: what mending one criterion would give, by the same arithmetic as the standing itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.judge.areas import mended
from auditor.judge.attainable import attainable
from auditor.judge.case import Case
from auditor.judge.ranking import Board, reason_of
from auditor.judge.words import shown
from auditor.model.agency import Agency
from auditor.model.edition import Area, Criterion
from auditor.model.ids import AgencyId, AreaId, CriterionId
from auditor.model.mark import Mark, Points
from auditor.model.ranking import Fix, GroupRanking, Ranking, Standing
from auditor.model.sums import minus

__all__ = ["fixes", "fixes_of"]


def fixes(case: Case, ranking: Ranking, agency: AgencyId) -> tuple[Fix, ...]:
    """Give every criterion that one agency could gain from, the most points first."""
    return fixes_of(case, ranking, [agency]).get(agency, ())


def fixes_of(case: Case, ranking: Ranking, agencies: Iterable[AgencyId]) -> dict[AgencyId, tuple[Fix, ...]]:
    """Give every criterion that each of these agencies could gain from, the most points first.

    ``points`` is what would be added, ``percent`` the percent it would then have, ``rank`` the rank: exactly what judging again
    gives once everything of the criterion that is in the agency's hands is at its best, and nothing else has changed. Pending
    marks promise nothing, for nobody knows what they are worth already, and nor do the council's, which stand whatever is mended.
    """
    wanted = set(agencies)
    rules = _Rules(
        criteria={criterion.id: criterion for criterion in case.edition.criteria},
        areas={area.id: area for area in case.edition.areas},
    )
    return {
        row.agency: _fixes(case, rules, row, board)
        for group in ranking.groups
        if wanted.intersection(row.agency for row in _all(group))
        for board in [Board.of(group.rows, ())]
        for row in _all(group)
        if row.agency in wanted
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """Criteria and areas by id."""

    criteria: Mapping[CriterionId, Criterion]
    areas: Mapping[AreaId, Area]


def _all(group: GroupRanking) -> Sequence[Standing]:
    return (*group.rows, *group.unranked)


def _fixes(case: Case, rules: _Rules, mine: Standing, board: Board) -> tuple[Fix, ...]:
    agency = case.agency(mine.agency)
    if agency is None:
        return ()
    made = (_fix(case, rules, agency, mine, mark, board) for mark in mine.marks)
    return tuple(sorted((fix for fix in made if fix is not None), key=lambda fix: (-fix.points, fix.criterion)))


def _fix(case: Case, rules: _Rules, agency: Agency, mine: Standing, mark: Mark, board: Board) -> Fix | None:
    criterion = rules.criteria.get(mark.criterion)
    if not isinstance(mark, Points) or mark.appraised is not None or criterion is None:
        return None
    most = attainable(case, criterion, agency)
    if most is None or mark.points >= most:
        return None
    after = mended(rules.areas[mark.area], mine, mark, most)
    gain, percent = minus(after.points, mine.points), after.percent
    if percent is None or gain <= 0:
        return None
    # Its own percent of now is never above the one to come: nobody need be taken out of those it is placed among.
    rank = board.rank(shown(percent)) if reason_of(case.edition, mine) is None else None
    return Fix(criterion=mark.criterion, points=gain, percent=percent, rank=rank)
