"""Points relative to the best of the group: known only when the whole group is in."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from auditor.judge import notes
from auditor.judge.case import Case
from auditor.judge.estimate import Estimate
from auditor.judge.scales import ZERO, price_relative
from auditor.judge.seen import Seen
from auditor.judge.words import shown_value
from auditor.model.agency import Agency
from auditor.model.declaration import Declaration
from auditor.model.edition import Criterion
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, GroupId
from auditor.model.reading import Kind, NotApplicable, ReadingRecord
from auditor.model.visit import Cause

__all__ = ["relative"]

Source = Seen | Declaration | None
Numbers = Callable[[Case, Criterion, AgencyId], tuple[Source, Decimal | None]]


def relative(case: Case, criterion: Criterion, agency: Agency, numbers: Numbers) -> Estimate:
    """Give (own ÷ the group's highest) × max; while somebody's number is open, everybody's share of it is.

    A number that is still open can raise the highest: to 1 where the measure is a share, without end where it counts. So a
    known own
    number is then worth from own ÷ that most to own ÷ the highest known.
    """
    source, own = numbers(case, criterion, agency.code)
    if isinstance(source, Seen) and source.record and isinstance(source.record.reading, NotApplicable):
        reading = source.record.reading
        return Estimate(
            low=ZERO, high=ZERO, because=reading.because, excluded=True, records=(source.record,), proofs=reading.evidence
        )
    known, open_ = _group(case, criterion, agency.group, numbers)
    records, proofs, cause = _parts(source)
    if own is None:
        why = notes.PENDING(cause=str(cause or Cause.NOT_RUN), blame=str((cause or Cause.NOT_RUN).blame))
        return Estimate(
            low=ZERO,
            high=criterion.max_points,
            because=why,
            cause=cause or Cause.NOT_RUN,
            open_declaration=source is None,
            records=records,
            proofs=proofs,
        )
    highest = max([*known, own])
    high = price_relative(own, highest, criterion.max_points)
    if open_:
        ceiling = _ceiling(case, criterion)
        low = ZERO if ceiling is None else price_relative(own, max(ceiling, highest), criterion.max_points)
        because = notes.RELATIVE_OPEN(value=shown_value(own))
        return Estimate(low=low, high=high, because=because, value=own, cause=open_[0], records=records, proofs=proofs)
    because = notes.RELATIVE(
        value=shown_value(own), highest=shown_value(highest), points=shown_value(high), max=shown_value(criterion.max_points)
    )
    return Estimate(low=high, high=high, because=because, value=own, cause=cause, records=records, proofs=proofs)


def _group(case: Case, criterion: Criterion, group: GroupId, numbers: Numbers) -> tuple[list[Decimal], Sequence[Cause]]:
    """Give the numbers known in a group, and why others are open."""
    known: list[Decimal] = []
    open_: list[Cause] = []
    members = case.registry.agencies_on(case.day)
    for member in members:
        if member.group != group:
            continue
        source, number = numbers(case, criterion, member.code)
        if number is not None:
            known.append(number)
        elif not (isinstance(source, Seen) and source.record and isinstance(source.record.reading, NotApplicable)):
            open_.append(_parts(source)[2] or Cause.NOT_DECLARED)
    return known, open_


def _ceiling(case: Case, criterion: Criterion) -> Decimal | None:
    measure = case.measures.get(criterion.measure) if criterion.measure else None
    kind = measure.kind if measure else criterion.declared_kind
    return Decimal(1) if kind == Kind.SHARE else None


def _parts(source: Source) -> tuple[tuple[ReadingRecord, ...], tuple[Proof, ...], Cause | None]:
    if isinstance(source, Seen):
        records = (source.record,) if source.record else ()
        return records, source.record.reading.evidence if source.record else (), source.cause
    return (), (source.proof,) if source else (), None
