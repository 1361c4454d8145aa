"""Two editions over the same evidence: what one gives in place of the other, agency by agency and criterion by criterion."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from auditor.judge.case import Case
from auditor.judge.ranking import judge
from auditor.judge.scales import ZERO
from auditor.judge.words import shown
from auditor.model.council import Explanation
from auditor.model.declaration import Appraisal, Declaration
from auditor.model.edition import Criterion, Edition, Source
from auditor.model.ids import AgencyId, CriterionId
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.preview import Change, Influence, Preview, Shift, Swing
from auditor.model.ranking import Ranking, Standing
from auditor.model.visit import Cause

__all__ = ["carry_over", "compare"]

_HUNDRED = Decimal(100)


class _Closed(TypedDict, total=False):
    told_by: datetime | None
    declarations_closed: bool
    unasked: frozenset[CriterionId]


def carry_over(case: Case, old: Case) -> tuple[Case, int]:
    """Give the case with what was declared, explained and decided under another edition, where the question is the same.

    That is where a criterion has the same id, title and kind of value on both sides, and nothing was said under the new edition
    itself. Give too how many declarations, explanations and appraisals that are. Both count what was said until the same instant;
    where declarations are closed under the other edition, they are so here, but for questions that only this edition asks.
    """
    if case.edition.id == old.edition.id:
        return case, 0
    same = {
        one.id
        for one in case.edition.criteria
        if (twin := _by_id(old.edition).get(one.id)) and _asks(case, one) == _asks(old, twin)
    }
    declared: list[Declaration] = []
    appraised: list[Appraisal] = []
    explained: list[Explanation] = []
    for agency in case.agencies:
        for name in same:
            told = old.declared(agency.code, name)
            if told is not None and case.declared(agency.code, name) is None:
                declared.append(replace(told, edition=case.edition.id))
            said = old.appraised(agency.code, name)
            if said is not None and case.appraised(agency.code, name) is None:
                appraised.append(replace(said, edition=case.edition.id))
            why = old.explained(agency.code, name)
            if why is not None and case.explained(agency.code, name) is None:
                explained.append(replace(why, edition=case.edition.id))
    joined = replace(
        case,
        declarations=(*case.declarations, *declared),
        appraisals=(*case.appraisals, *appraised),
        explanations=(*case.explanations, *explained),
        **_as_closed(case, old, same),
    )
    return joined, len(declared) + len(appraised) + len(explained)


def _as_closed(case: Case, old: Case, same: Collection[CriterionId]) -> _Closed:
    """Say until when what is said counts, and whether what was not declared by then counts as the worst value."""
    closed: _Closed = {"told_by": max(case.told, old.told) if case.told_by or old.told_by else None}
    if old.declarations_closed and not case.declarations_closed:
        closed["declarations_closed"] = True
        closed["unasked"] = frozenset(one.id for one in case.edition.criteria if one.id not in same)
    return closed


def _asks(case: Case, one: Criterion) -> tuple[object, ...]:
    """Say what a criterion asks: its words and the kind of its value, which any scale that fits it can price."""
    measure = case.measures.get(one.measure) if one.measure else None
    kind, words = (measure.kind.value, measure.words) if measure else (one.declared_kind, one.declared_words)
    return one.title, one.source is Source.MEASURED, one.declared_kind or kind, one.declared_words or words


def compare(old: Case, new: Case, *, carried: int = 0) -> Preview:
    """Judge both and compare them."""
    before, after = judge(old), judge(new)
    was, now = old.edition.on(old.day), new.edition.on(new.day)
    shifts = tuple(_shifts(before, after))
    return Preview(
        before=before, after=after, old=was, new=now, shifts=shifts, swings=tuple(_swings(was, now, shifts)), carried=carried
    )


def _shifts(before: Ranking, after: Ranking) -> Iterator[Shift]:
    """Give every agency: group by group, those that move the most first."""
    old, new = _rows(before), _rows(after)
    found = [_shift(code, old.get(code), new.get(code)) for code in sorted(old.keys() | new.keys())]
    yield from sorted(found, key=lambda one: (one.group, one.percent is None, -abs(one.percent or ZERO), one.agency))


def _rows(ranking: Ranking) -> dict[AgencyId, Standing]:
    return {row.agency: row for group in ranking.groups for row in (*group.rows, *group.unranked)}


def _shift(code: AgencyId, before: Standing | None, after: Standing | None) -> Shift:
    known = after or before
    assert known is not None
    if before is None or after is None:
        return Shift(agency=code, name=known.name, group=known.group, before=before, after=after)
    percents = before.percent is not None and after.percent is not None
    return Shift(
        agency=code,
        name=known.name,
        group=known.group,
        before=before,
        after=after,
        percent=shown(after.percent or ZERO) - shown(before.percent or ZERO) if percents else None,
        rank=before.rank - after.rank if before.rank is not None and after.rank is not None else None,
        influences=_influences(_parts(before), _parts(after)),
    )


def _influences(one: Mapping[CriterionId, Decimal], other: Mapping[CriterionId, Decimal]) -> tuple[Influence, ...]:
    found = (
        Influence(criterion=name, percent=other.get(name, ZERO) - one.get(name, ZERO)) for name in dict.fromkeys([*one, *other])
    )
    return tuple(sorted((one for one in found if one.percent), key=lambda one: (-abs(one.percent), one.criterion)))


def _parts(row: Standing) -> dict[CriterionId, Decimal]:
    """Give what each criterion adds to a percent; only an area's floor is nobody's part."""
    rest = row.possible - row.pending
    return {mark.criterion: mark.points * _HUNDRED / rest for mark in row.marks if isinstance(mark, Points)} if rest else {}


def _swings(old: Edition, new: Edition, shifts: Sequence[Shift]) -> Iterator[Swing]:
    """Give every criterion of either, those that move percents the most in sum first."""
    was, now = _by_id(old), _by_id(new)
    moved: dict[CriterionId, Decimal] = {}
    for shift in shifts:
        for one in shift.influences:
            moved[one.criterion] = moved.get(one.criterion, ZERO) + abs(one.percent)
    marks = [_marks([shift.before for shift in shifts]), _marks([shift.after for shift in shifts])]
    found = [_swing(name, was.get(name), now.get(name), moved.get(name, ZERO), marks) for name in dict.fromkeys([*was, *now])]
    yield from sorted(found, key=lambda swing: (-swing.moved, swing.criterion))


def _swing(
    name: CriterionId,
    one: Criterion | None,
    other: Criterion | None,
    moved: Decimal,
    marks: Sequence[Mapping[CriterionId, Sequence[Mark]]],
) -> Swing:
    known = other or one
    assert known is not None
    was, now = (side.get(name, ()) for side in marks)
    return Swing(
        criterion=name,
        title=known.title,
        change=Change.ADDED if one is None else Change.REMOVED if other is None else _change(one, other),
        points_before=sum((mark.points for mark in was if isinstance(mark, Points)), ZERO),
        points_after=sum((mark.points for mark in now if isinstance(mark, Points)), ZERO),
        moved=moved,
        pending_before=sum(isinstance(mark, Pending) for mark in was),
        pending_after=sum(isinstance(mark, Pending) for mark in now),
        unseen=sum(not isinstance(mark, Excluded) and mark.cause is Cause.NOT_RUN for mark in now),
        undeclared=sum(isinstance(mark, Pending) and mark.open_declaration for mark in now),
    )


def _change(one: Criterion, other: Criterion) -> Change:
    """Tell whether a rule differs; its words of advice and its legal basis do not make a point."""

    def rule(criterion: Criterion) -> Criterion:
        return replace(criterion, remedy="", legal_basis="", bases=(), title_en="", title="", parent=None, exempt_because="")

    return Change.SAME if rule(one) == rule(other) else Change.CHANGED


def _marks(rows: Sequence[Standing | None]) -> Mapping[CriterionId, Sequence[Mark]]:
    found: dict[CriterionId, list[Mark]] = {}
    for row in rows:
        for mark in row.marks if row else ():
            found.setdefault(mark.criterion, []).append(mark)
    return found


def _by_id(edition: Edition) -> Mapping[CriterionId, Criterion]:
    return {criterion.id: criterion for criterion in edition.criteria}
