"""Rankings: standings beside each other, group by group. The same input gives the same bytes, in whatever order it came."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from auditor.judge import notes
from auditor.judge.areas import standing
from auditor.judge.case import Case
from auditor.judge.marks import mark
from auditor.judge.scales import ZERO
from auditor.judge.words import shown, shown_value
from auditor.model.agency import Agency
from auditor.model.edition import Edition
from auditor.model.ids import AgencyId, Digest, GroupId
from auditor.model.mark import Mark
from auditor.model.note import Note
from auditor.model.ranking import GroupRanking, Ranking, Standing

__all__ = ["Board", "judge", "rank_group", "reason_of", "standing_of"]


def judge(case: Case) -> Ranking:
    """Judge everything that a case holds: every agency valid on its day, ranked within its group."""
    members: dict[GroupId, list[Standing]] = {group.id: [] for group in case.registry.groups}
    for agency in case.agencies:
        members[agency.group].append(standing_of(case, agency))
    groups, before = [], _before(case)
    for group in case.registry.groups:
        ranked, places = rank_group(case.edition, members[group.id]), _places(before, group.id)
        groups.append(
            GroupRanking(
                group=group.id,
                rows=tuple(_moved(row, places) for row in ranked if row.rank is not None),
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
        changed_from=_changed_from(case),
    )


def standing_of(case: Case, agency: Agency) -> Standing:
    """Give one agency's standing, not yet ranked."""
    marks: list[Mark] = [mark(case, criterion, agency) for criterion in case.criteria(agency.group)]
    return replace(standing(case.edition, agency, marks), ledger=case.ledger)


def rank_group(edition: Edition, standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """Rank by the shown percent: equal ones share a rank and the next is skipped (1, 2, 2, 4).

    Those under the least coverage have no rank, and a reason. ``best_rank`` is 1 + the ranked ones whose low is above my high;
    ``worst_rank`` is the number of those that have a rank or may still come to one, less those of them whose high is below my
    low; all compared as shown, as ranks are, and a percent of now that lies outside its bounds counts with them. So nobody is
    outside this band, now or whatever the unknowns turn out to be.
    """
    reasons = [reason_of(edition, found) for found in standings]
    board = Board.of([found for found, reason in zip(standings, reasons, strict=True) if reason is None], standings)
    rows = [_ranked(edition, found, board) for found, reason in zip(standings, reasons, strict=True) if reason is None]
    rows.sort(key=lambda row: (row.rank or 0, row.agency))
    unranked = [_unranked(found, reason) for found, reason in zip(standings, reasons, strict=True) if reason]
    unranked.sort(key=lambda row: row.agency)
    return (*rows, *unranked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A group's percents and bounds as shown, each in ascending order, so that places are found without looking at everybody."""

    percents: Sequence[Decimal]
    lows: Sequence[Decimal]
    highs: Sequence[Decimal]

    @classmethod
    def of(cls, able: Iterable[Standing], everybody: Iterable[Standing]) -> "Board":
        """Set up those that have a rank, and the highs of all that have one or may still come to one."""
        ranked = list(able)
        return cls(
            percents=sorted(shown(found.percent or ZERO) for found in ranked),
            lows=sorted(_least(found) for found in ranked),
            highs=sorted(_most(found) for found in everybody if found.high is not None),
        )

    def rank(self, percent: Decimal) -> int:
        """Give the rank that a shown percent has among these."""
        return 1 + len(self.percents) - bisect_right(self.percents, percent)

    def shared(self, percent: Decimal) -> bool:
        """Tell whether more than one has this percent."""
        return bisect_right(self.percents, percent) - bisect_left(self.percents, percent) > 1

    def band(self, low: Decimal, high: Decimal) -> tuple[int, int]:
        """Give the best and the worst rank of one of these; its own bounds never count, for low is not above high."""
        return 1 + len(self.lows) - bisect_right(self.lows, high), len(self.highs) - bisect_left(self.highs, low)


def reason_of(edition: Edition, found: Standing) -> Note | None:
    """Say why a standing has no rank, None if it has one."""
    if found.percent is None or found.coverage is None:
        return notes.NOTHING
    if found.coverage < edition.min_coverage:
        return notes.UNDER_COVERAGE(coverage=shown_value(shown(found.coverage)), min_coverage=shown_value(edition.min_coverage))
    return None


def _ranked(edition: Edition, mine: Standing, board: Board) -> Standing:
    percent = shown(mine.percent or ZERO)
    best, worst = board.band(_least(mine), _most(mine))
    return replace(
        mine,
        rank=board.rank(percent),
        tied=board.shared(percent),
        best_rank=best,
        worst_rank=worst,
        class_name=next((cut.name for cut in edition.classes if percent >= cut.at_least), None),
        reason=None,
    )


def _unranked(mine: Standing, reason: Note) -> Standing:
    return replace(mine, rank=None, tied=False, best_rank=None, worst_rank=None, class_name=None, reason=reason)


def _least(found: Standing) -> Decimal:
    """Give the least that a standing comes to, as shown: its low, and never more than what it has now."""
    return shown(min(bound for bound in (found.low or ZERO, found.percent) if bound is not None))


def _most(found: Standing) -> Decimal:
    return shown(max(bound for bound in (found.high or ZERO, found.percent) if bound is not None))


def _changed_from(case: Case) -> Digest | None:
    """Give the digest of the edition that the last ranking was published by, where its file has changed since."""
    last = case.published
    same = last is None or last.edition != case.edition.id or last.edition_digest == case.edition.digest
    return None if last is None or same else last.edition_digest


def _before(case: Case) -> Ranking | None:
    """Give the last ranking that was published by this very edition: one whose file has changed since is another rule."""
    before = case.published
    same = before is not None and (before.edition, before.edition_digest) == (case.edition.id, case.edition.digest)
    return before if same else None


def _places(before: Ranking | None, group: GroupId) -> dict[AgencyId, int]:
    """Give the ranks that a group's agencies had in it then."""
    rows = (row for found in before.groups if found.group == group for row in found.rows) if before else ()
    return {row.agency: row.rank for row in rows if row.rank is not None}


def _moved(row: Standing, places: Mapping[AgencyId, int]) -> Standing:
    """Set how many places an agency rose; nothing where it had none in this group."""
    rank = places.get(row.agency)
    return row if rank is None or row.rank is None else replace(row, moved=rank - row.rank)
