"""Points relative to the best of the group: known only when the whole group is in."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from auditor.judge import notes
from auditor.judge.case import Case
from auditor.judge.estimate import Estimate
from auditor.judge.own import Own
from auditor.judge.sameness import spared
from auditor.judge.scales import ZERO, price_relative
from auditor.judge.words import shown_value
from auditor.model.agency import Agency
from auditor.model.edition import Criterion
from auditor.model.ids import AgencyId, GroupId
from auditor.model.note import Note
from auditor.model.reading import Kind
from auditor.model.visit import Cause

__all__ = ["Numbers", "compared", "full_number", "relative"]

Numbers = Callable[[Case, Criterion, AgencyId], Own]


def relative(case: Case, criterion: Criterion, agency: Agency, numbers: Numbers) -> Estimate:
    """Give (own ÷ the group's highest) × max; while somebody's number is open, everybody's share of it is.

    A number that is still open can raise the highest: to 1 where the measure is a share, without end where it counts. So a
    known own number is then worth from own ÷ that most to own ÷ the highest known; where both are the same, as for an own 0,
    it is determined already.
    """
    own = numbers(case, criterion, agency.code)
    if own.no_duty is not None:
        return _estimate(own, ZERO, ZERO, own.no_duty, excluded=True)
    most = criterion.max_points
    if own.number is None:
        cause = own.cause or Cause.NOT_RUN
        return _estimate(own, ZERO, most, notes.PENDING(cause=str(cause), blame=str(cause.blame)), cause=cause)
    if own.unseen:
        because = notes.WORST(cause=str(own.cause), points=shown_value(ZERO), max=shown_value(most))
        return _estimate(own, ZERO, ZERO, because, cause=own.cause)
    low, high, open_ = compared(case, criterion, agency.group, own.number, numbers)
    if low != high:
        return _estimate(own, low, high, notes.RELATIVE_OPEN(value=shown_value(own.number)), cause=open_)
    highest = max(_group(case, criterion, agency.group, numbers)[0], own.number)
    because = _because(own, own.number, None if open_ else highest)
    return _estimate(own, low, high, because(points=shown_value(high), max=shown_value(most)), cause=own.cause)


def _because(own: Own, number: Decimal, highest: Decimal | None) -> Note:
    """Say how a determined number came to its points; ``highest`` is None while it is open and does not matter."""
    value = shown_value(number)
    if own.age_days is not None:
        return notes.STALE(days=own.age_days, cause=str(own.cause), value=value)
    return notes.RELATIVE_SURE(value=value) if highest is None else notes.RELATIVE(value=value, highest=shown_value(highest))


def _estimate(
    own: Own, low: Decimal, high: Decimal, because: Note, *, cause: Cause | None = None, excluded: bool = False
) -> Estimate:
    return Estimate(
        low=low,
        high=high,
        because=because,
        value=None if own.unseen else own.number,
        cause=cause,
        excluded=excluded,
        open_declaration=own.open_declaration,
        records=own.records,
        proofs=own.proofs,
    )


def full_number(case: Case, criterion: Criterion, agency: Agency, numbers: Numbers) -> bool:
    """Tell whether some own number would surely give an agency the max: the highest known, or the whole where it is a share.

    Not while another's number is open that may turn out higher without end, nor while its own is: whatever that turns out to be
    also settles what others have.
    """
    own = numbers(case, criterion, agency.code)
    if own.number is None and own.no_duty is None:
        return False
    return not _group(case, criterion, agency.group, numbers)[1] or _is_share(case, criterion)


def _group(case: Case, criterion: Criterion, group: GroupId, numbers: Numbers) -> tuple[Decimal, Sequence[Cause]]:
    """Give the highest number known in a group, and why others are open; found once for all of the group."""

    def found() -> tuple[Decimal, Sequence[Cause]]:
        members = [member.code for member in case.members(group) if criterion.concerns(member.code)]
        every = [_counted(case, criterion, member, numbers) for member in members]
        open_ = [own.cause or Cause.NOT_DECLARED for own in every if own.number is None and own.no_duty is None]
        return max((own.number for own in every if own.number is not None), default=ZERO), open_

    return case.once(("relative", criterion.id, group, numbers), found)


def compared(
    case: Case, criterion: Criterion, group: GroupId, own: Decimal, numbers: Numbers
) -> tuple[Decimal, Decimal, Cause | None]:
    """Give the least and the most that a number is worth beside the group's, and why one of those is open, if one is."""
    known, open_ = _group(case, criterion, group, numbers)
    highest = max(known, own)
    high = price_relative(own, highest, criterion.max_points)
    return (_least(case, criterion, own, highest), high, open_[0]) if open_ else (high, high, None)


def _counted(case: Case, criterion: Criterion, agency: AgencyId, numbers: Numbers) -> Own:
    """Give the number with which an agency counts in its group: the council's before its own, none where it owes nothing."""
    appraisal = case.appraised(agency, criterion.id)
    if appraisal is not None:
        return Own(number=ZERO if isinstance(appraisal.value, str) else Decimal(appraisal.value))
    explanation = spared(case, criterion, agency)
    found = numbers(case, criterion, agency)
    return found if explanation is None else replace(found, number=None, no_duty=notes.EXPLAINED)


def _least(case: Case, criterion: Criterion, own: Decimal, highest: Decimal) -> Decimal:
    """Give what an own number is worth if every open one turns out as high as it can be."""
    return price_relative(own, max(Decimal(1), highest), criterion.max_points) if _is_share(case, criterion) else ZERO


def _is_share(case: Case, criterion: Criterion) -> bool:
    measure = case.measures.get(criterion.measure) if criterion.measure else None
    return (measure.kind if measure else criterion.declared_kind) == Kind.SHARE
