"""Rankings: standings beside each other, group by group. The same input gives the same bytes, in whatever order it came."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from auditor.judge import notes
from auditor.judge.areas import standing
from auditor.judge.case import Case
from auditor.judge.marks import mark
from auditor.judge.scales import ZERO
from auditor.judge.words import shown, shown_value
from auditor.model.agency import Agency
from auditor.model.edition import Edition
from auditor.model.ids import AgencyId
from auditor.model.mark import Mark
from auditor.model.note import Note
from auditor.model.ranking import GroupRanking, Ranking, Standing

__all__ = ["judge", "rank_group", "standing_of"]


def judge(case: Case) -> Ranking:
    """Judge everything that a case holds: every agency valid on its day, ranked within its group."""
    standings = [standing_of(case, agency) for agency in case.agencies]
    groups = []
    for group in case.registry.groups:
        members = [found for found in standings if found.group == group.id]
        ranked = rank_group(case.edition, members)
        groups.append(
            GroupRanking(
                group=group.id,
                rows=tuple(_moved(case, row) for row in ranked if row.rank is not None),
                unranked=tuple(row for row in ranked if row.rank is None),
            )
        )
    return Ranking(
        edition=case.edition.id,
        edition_digest=case.edition.digest,
        verified=case.edition.verified,
        in_force=case.in_force,
        as_of=case.as_of,
        run=case.run,
        ledger=case.ledger,
        groups=tuple(groups),
    )


def standing_of(case: Case, agency: Agency) -> Standing:
    """Give one agency's standing, not yet ranked."""
    marks: list[Mark] = [mark(case, criterion, agency) for criterion in case.criteria(agency.group)]
    return replace(standing(case.edition, agency, marks), ledger=case.ledger)


def rank_group(edition: Edition, standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """Rank by the shown percent: equal ones share a rank and the next is skipped (1, 2, 2, 4).

    Those under the least coverage have no rank, and a reason.
    ``best_rank`` is 1 + those whose low is above my high, ``worst_rank`` the number of ranked less those whose high is below
    my low,
    all compared as shown, as ranks are.
    """
    able = [found for found in standings if _reason(edition, found) is None]
    rows = [_ranked(edition, found, able) for found in able]
    rows.sort(key=lambda row: (row.rank or 0, row.agency))
    unranked = [replace(found, reason=_reason(edition, found), class_name=None) for found in standings if _reason(edition, found)]
    unranked.sort(key=lambda row: row.agency)
    return (*rows, *unranked)


def _ranked(edition: Edition, mine: Standing, able: Sequence[Standing]) -> Standing:
    percent = shown(mine.percent or ZERO)
    others = [other for other in able if other.agency != mine.agency]
    return replace(
        mine,
        rank=1 + sum(shown(other.percent or ZERO) > percent for other in others),
        tied=any(shown(other.percent or ZERO) == percent for other in others),
        best_rank=1 + sum(_shown(other.low) > _shown(mine.high) for other in others),
        worst_rank=len(able) - sum(_shown(other.high) < _shown(mine.low) for other in others),
        class_name=next((cut.name for cut in edition.classes if percent >= cut.at_least), None),
        reason=None,
    )


def _shown(bound: Decimal | None) -> Decimal:
    return shown(bound or ZERO)


def _reason(edition: Edition, found: Standing) -> Note | None:
    if found.percent is None or found.coverage is None:
        return notes.NOTHING
    if found.coverage < edition.min_coverage:
        return notes.UNDER_COVERAGE(coverage=shown_value(shown(found.coverage)), min_coverage=shown_value(edition.min_coverage))
    return None


def _moved(case: Case, row: Standing) -> Standing:
    """Set how many places an agency rose since the last published ranking of the same edition."""
    before = case.published
    if before is None or before.edition != case.edition.id or row.rank is None:
        return row
    rank = _published_rank(before, row.agency)
    return row if rank is None else replace(row, moved=rank - row.rank)


def _published_rank(ranking: Ranking, agency: AgencyId) -> int | None:
    """Give an agency's rank in a ranking, None if it has none there."""
    return next((row.rank for group in ranking.groups for row in group.rows if row.agency == agency), None)
