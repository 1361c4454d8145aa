"""Proves that the points an edition states are what its criteria come to: per heading, per area and in all, for every group."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from auditor.errors import Problem, nearest
from auditor.model.edition import Criterion, Edition, Sums
from auditor.model.ids import GroupId

__all__ = ["sum_problems", "unstated_problems"]

_ZERO = Decimal(0)
_Part = tuple[str, Sums, Sequence[Criterion]]
"""What states points: its place, what it states, and the criteria that must come to it."""


def sum_problems(edition: Edition, groups: Sequence[GroupId]) -> list[Problem]:
    """Find every stated sum that its criteria do not come to, on any day of the edition."""
    days = _days(edition)
    found = [*_unknown(edition, groups)]
    for place, stated, criteria in _parts(edition):
        wrong = (
            _differing(stated, criteria, group, _from_the_first(criteria, group, days), dated=len(days) > 1)
            for group in groups
            if group in stated
        )
        found += [Problem(file=_file(edition), place=place, what=what) for what in wrong if what]
    return found


def unstated_problems(edition: Edition, groups: Sequence[GroupId]) -> list[Problem]:
    """Find every group whose points are not stated although criteria give it some, on the edition's first day or a later one."""
    found, days = [], _days(edition)
    for place, stated, criteria in _parts(edition):
        come = {group: _sum(criteria, group, _from_the_first(criteria, group, days)[0]) for group in groups}
        lacking = [f'"{group}" = "{points}"' for group, points in come.items() if points and group not in stated]
        if lacking:
            what = f'"points" does not state what the criteria come to: {", ".join(lacking)}'
            found.append(Problem(file=_file(edition), place=place, what=what))
    return found


def _file(edition: Edition) -> str:
    return f"editions/{edition.id}.toml"


def _parts(edition: Edition) -> Iterator[_Part]:
    for heading in edition.headings:
        mine = [one for one in edition.criteria if heading in edition.headings_of(one)]
        yield f'heading "{heading.id}"', heading.points, mine
    for area in edition.areas:
        yield f'area "{area.id}"', area.points, [one for one in edition.criteria if one.area == area.id]
    yield "", edition.points, edition.criteria


def _unknown(edition: Edition, groups: Sequence[GroupId]) -> Iterator[Problem]:
    for place, stated, _ in _parts(edition):
        for group in stated:
            if group not in groups:
                yield Problem(file=_file(edition), place=place, what=f'points: no group "{group}"{nearest(group, groups)}')


def _differing(stated: Sums, criteria: Sequence[Criterion], group: GroupId, days: Iterable[date], *, dated: bool) -> str:
    """Say how a sum differs on the first day on which it does; empty when it never does."""
    for day in days:
        come = _sum(criteria, group, day)
        if come != stated[group]:
            since = f" on {day}" if dated else ""
            return f'group "{group}": {stated[group]} points are stated, the criteria come to {come}{since}'
    return ""


def _sum(criteria: Iterable[Criterion], group: GroupId, day: date) -> Decimal:
    return sum((one.max_points for one in criteria if group in one.groups and one.valid_on(day)), _ZERO)


def _from_the_first(criteria: Sequence[Criterion], group: GroupId, days: Sequence[date]) -> Sequence[date]:
    """Give the days from the one on which a group's first criterion comes; all of them where none ever does."""
    first = next((at for at, day in enumerate(days) if _sum(criteria, group, day)), 0)
    return days[first:]


def _days(edition: Edition) -> list[date]:
    """Give the first day of the edition and every day on which a criterion comes or has gone."""
    turns = {one.valid_from for one in edition.criteria if one.valid_from}
    turns |= {one.valid_to + timedelta(days=1) for one in edition.criteria if one.valid_to}
    return sorted({edition.valid_from, *(day for day in turns if edition.valid_from < day and edition.in_force(day))})
