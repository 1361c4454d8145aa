"""One agency that was probed by hand, placed among the last published standings of its group."""

from dataclasses import replace

from auditor.judge import notes
from auditor.judge.case import Case
from auditor.judge.ranking import rank_group
from auditor.model.ranking import GroupRanking, Ranking, Standing

__all__ = ["placed"]


def placed(case: Case, alone: Ranking) -> Ranking:
    """Give the ranking of one agency with the group's published rows beside it; without any it has no rank, and says why."""
    groups = []
    for group in alone.groups:
        mine = [*group.rows, *group.unranked]
        if not mine:
            continue
        others = _others(case, mine[0])
        if not others:
            unranked = tuple(_without_rank(row) for row in mine)
            groups.append(GroupRanking(group=group.group, rows=(), unranked=unranked))
            continue
        ranked = rank_group(case.edition, [*mine, *others])
        groups.append(
            GroupRanking(
                group=group.group,
                rows=tuple(row for row in ranked if row.rank is not None),
                unranked=tuple(row for row in ranked if row.rank is None),
            )
        )
    return replace(alone, groups=tuple(groups))


def _others(case: Case, mine: Standing) -> list[Standing]:
    published = case.published
    if published is None or published.edition_digest != case.edition.digest:
        return []
    return [
        row
        for group in published.groups
        if group.group == mine.group
        for row in (*group.rows, *group.unranked)
        if row.agency != mine.agency
    ]


def _without_rank(row: Standing) -> Standing:
    return replace(row, rank=None, best_rank=None, worst_rank=None, tied=False, moved=None, reason=row.reason or notes.ALONE)
