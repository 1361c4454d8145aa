"""One agency's own number, for a scale that compares it with the highest of the group."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from auditor.judge.case import Case
from auditor.judge.chosen import Chosen, choose
from auditor.judge.scales import ZERO
from auditor.model.agency import Site
from auditor.model.declaration import Declaration
from auditor.model.edition import Criterion, Over
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.note import Note
from auditor.model.reading import ReadingRecord, Value
from auditor.model.sums import total
from auditor.model.visit import Cause

__all__ = ["Own", "declared_number", "measured_number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """An agency's number, and what it rests on.

    ``number`` is None while it is not known, and where there is no duty: then ``no_duty`` says why. ``unseen`` says that it
    is 0 because nothing could be seen for too long. ``cause`` is why it is open, or on which failed visit it rests; ``age_days``
    is set where it is stale.
    """

    number: Decimal | None
    cause: Cause | None = None
    no_duty: Note | None = None
    unseen: bool = False
    age_days: int | None = None
    open_declaration: bool = False
    records: tuple[ReadingRecord, ...] = ()
    proofs: tuple[Proof, ...] = ()


def declared_number(case: Case, criterion: Criterion, agency: AgencyId) -> Own:
    """Give the number that an agency declared: 0 when it declared none in time."""
    declaration: Declaration | None = case.declared(agency, criterion.id)
    if declaration is None:
        closed = case.closed(criterion.id)
        return Own(number=ZERO if closed else None, cause=Cause.NOT_DECLARED, open_declaration=not closed)
    return Own(number=_number(declaration.value), proofs=(declaration.proof,))


def measured_number(case: Case, criterion: Criterion, agency: AgencyId) -> Own:
    """Give the number of an agency's confirmed sites; a site without the duty is left out."""
    sites = case.sites(agency, criterion.roles)
    if not sites or criterion.measure is None:
        return Own(number=None, cause=Cause.UNCONFIRMED)
    if criterion.over is Over.MAIN:
        sites = sites[:1]
    found = [_on_site(case, criterion, criterion.measure, agency, site) for site in sites]
    records, proofs = _rests_on(found)
    owed = [one for one in found if not one.seen.no_duty]
    if not owed:
        record = found[0].seen.record
        return Own(number=None, no_duty=record.reading.because if record else None, records=records, proofs=proofs)
    unknown = next((one for one in owed if one.value is None and not one.seen.worst), None)
    if unknown is not None:
        return Own(number=None, cause=unknown.seen.cause or Cause.NOT_RUN, records=records, proofs=proofs)
    return _joined(criterion.over, owed, records, proofs)


def _joined(over: Over, owed: Sequence[Chosen], records: tuple[ReadingRecord, ...], proofs: tuple[Proof, ...]) -> Own:
    """Join known sites: the number of one of them, or their mean, which rests on all."""
    numbers = [_worth(one) for one in owed]
    if over is Over.MEAN:
        number, resting = total(numbers) / len(numbers), list(owed)
    else:
        pick = min if over is Over.WORST else max
        number = pick(numbers)
        resting = [owed[numbers.index(number)]]
    failed = [one for one in resting if one.seen.cause]
    stale = bool(failed) and not any(one.seen.worst for one in resting)
    return Own(
        number=number,
        cause=failed[0].seen.cause if failed else None,
        unseen=all(one.seen.worst for one in resting),
        age_days=max(one.age_days for one in resting) if stale else None,
        records=records,
        proofs=proofs,
    )


def _on_site(case: Case, criterion: Criterion, measure: MeasureId, agency: AgencyId, site: Site) -> Chosen:
    return choose(case, measure, site, agency, take=criterion.take, worth=_number)


def _rests_on(found: Sequence[Chosen]) -> tuple[tuple[ReadingRecord, ...], tuple[Proof, ...]]:
    records = tuple(record for one in found for record in one.records)
    return records, tuple(dict.fromkeys(proof for one in found for proof in one.proofs))


def _worth(found: Chosen) -> Decimal:
    return ZERO if found.value is None else _number(found.value)


def _number(value: Value) -> Decimal:
    """Give a value as a number; a word that stands in place of one (``never``) is nothing, and so are days gone by."""
    return ZERO if isinstance(value, str) else max(Decimal(value), ZERO)
