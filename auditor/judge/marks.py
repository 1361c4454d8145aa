"""A mark: the measured and the declared side of one criterion reconciled, and the council's word above both."""

from dataclasses import replace
from typing import assert_never

from auditor.judge import notes
from auditor.judge.case import Case
from auditor.judge.estimate import Estimate, lesser
from auditor.judge.measured import measured
from auditor.judge.own import declared_number, measured_number
from auditor.judge.relative import relative
from auditor.judge.scales import bounds, price
from auditor.judge.words import shown_value
from auditor.model.agency import Agency
from auditor.model.declaration import Appraisal, Declaration
from auditor.model.edition import Criterion, Source
from auditor.model.mark import Excluded, Mark, Pending, Points, Side
from auditor.model.note import Note
from auditor.model.reading import Value
from auditor.model.scale import Relative
from auditor.model.visit import Cause

__all__ = ["mark"]


def mark(case: Case, criterion: Criterion, agency: Agency) -> Mark:
    """Give the mark of one agency under one criterion of its group."""
    if not criterion.concerns(agency.code):
        return _exempt(criterion)
    seen = None if criterion.source is Source.DECLARED else _measured(case, criterion, agency)
    told = None if criterion.source is Source.MEASURED else _declared(case, criterion, agency)
    estimate = _reconcile(criterion, seen, told)
    appraisal = case.appraised(agency.code, criterion.id)
    if appraisal is not None:
        estimate = _appraised(criterion, appraisal, estimate)
    return _finish(criterion, estimate, seen, told, appraisal)


def _exempt(criterion: Criterion) -> Excluded:
    """Leave a criterion out that the edition itself says does not concern an agency, whatever was seen, told or decided."""
    return Excluded(
        criterion=criterion.id,
        area=criterion.area,
        max=criterion.max_points,
        because=notes.EXEMPT(why=criterion.exempt_because),
        source=criterion.source,
    )


def _measured(case: Case, criterion: Criterion, agency: Agency) -> Estimate:
    if isinstance(criterion.scale, Relative):
        return relative(case, criterion, agency, measured_number)
    return measured(case, criterion, agency.code)


def _declared(case: Case, criterion: Criterion, agency: Agency) -> Estimate:
    declaration = case.declared(agency.code, criterion.id)
    low, high = bounds(criterion.scale, criterion.max_points)
    if declaration is None and not case.declarations_closed:
        return Estimate(low=low, high=high, because=notes.DECLARATION_OPEN, cause=Cause.NOT_DECLARED, open_declaration=True)
    if declaration is None:
        because = notes.NOT_DECLARED(points=shown_value(low), max=shown_value(criterion.max_points))
        return Estimate(low=low, high=low, because=because, cause=Cause.NOT_DECLARED)
    if isinstance(criterion.scale, Relative):
        return relative(case, criterion, agency, declared_number)
    return _priced(criterion, declaration)


def _priced(criterion: Criterion, declaration: Declaration) -> Estimate:
    points = price(criterion.scale, declaration.value, criterion.max_points)
    because = notes.DECLARED(
        value=shown_value(declaration.value), points=shown_value(points), max=shown_value(criterion.max_points)
    )
    return Estimate(low=points, high=points, because=because, value=declaration.value, proofs=(declaration.proof,))


def _reconcile(criterion: Criterion, seen: Estimate | None, told: Estimate | None) -> Estimate:
    """Join both sides by the criterion's rule; every cell of (declared × measured × rule × outcome) ends here."""
    if seen is None or told is None:
        only = seen if told is None else told
        assert only is not None
        return only
    if seen.excluded:
        # Outside there is no duty to see; a rule that rests on what agencies tell still has their word.
        return seen if criterion.source is Source.MEASURED_ELSE_DECLARED else told
    match criterion.source:
        case Source.MEASURED_ELSE_DECLARED:
            return seen if seen.determined or told.open_declaration or told.cause is Cause.NOT_DECLARED else told
        case Source.LOWER_OF:
            return _lower(criterion, seen, told, notes.LOWER)
        case Source.MEASURED_CAPS_DECLARED:
            # A cap that is not known is no leave to claim: until it is, the mark is as open as the measured side.
            return _lower(criterion, seen, told, notes.CAPPED)
        case Source.MEASURED | Source.DECLARED:
            return seen
        case _:
            assert_never(criterion.source)


def _lower(criterion: Criterion, seen: Estimate, told: Estimate, because: Note) -> Estimate:
    """Give the lower of both sides; while one is open, its reason stands."""
    joined = lesser(seen, told, because)
    if not joined.determined:
        return joined.noting((told if seen.determined else seen).because)
    points, most = shown_value(joined.low), shown_value(criterion.max_points)
    return joined.noting(because(measured=_shown(seen), declared=_shown(told), points=points, max=most))


def _shown(estimate: Estimate) -> str:
    return "?" if estimate.value is None else shown_value(estimate.value)


def _appraised(criterion: Criterion, appraisal: Appraisal, estimate: Estimate) -> Estimate:
    points = price(criterion.scale, appraisal.value, criterion.max_points)
    because = notes.APPRAISED(
        value=shown_value(appraisal.value),
        points=shown_value(points),
        max=shown_value(criterion.max_points),
        reason=appraisal.reason,
        person=appraisal.person,
        document=appraisal.document,
    )
    proofs = (appraisal.proof, *estimate.proofs) if appraisal.proof else estimate.proofs
    return replace(
        estimate, low=points, high=points, because=because, cause=None, excluded=False, open_declaration=False, proofs=proofs
    )


def _finish(
    criterion: Criterion, estimate: Estimate, seen: Estimate | None, told: Estimate | None, appraisal: Appraisal | None
) -> Mark:
    both = tuple(side for side in (seen, told) if side is not None)
    appraised = estimate.proofs[:1] if appraisal else ()
    joined = len(both) > 1 or appraisal is not None
    common = {
        "criterion": criterion.id,
        "area": criterion.area,
        "max": criterion.max_points,
        "because": estimate.because,
        "source": criterion.source,
        "readings": seen.records if seen else (),
        "proofs": tuple(dict.fromkeys((*appraised, *(proof for side in both for proof in side.proofs)))),
        "measured": _value(seen),
        "declared": _value(told),
        "appraised": appraisal.value if appraisal else None,
        "contradiction": _contradicts(seen, told),
        "seen": _side(seen) if joined else None,
        "told": _side(told) if joined else None,
    }
    return _kind(criterion, estimate, common)


def _kind(criterion: Criterion, estimate: Estimate, common: dict[str, object]) -> Mark:
    if estimate.excluded:
        return Excluded(**common)  # type: ignore[arg-type]
    if estimate.determined:
        return Points(points=estimate.low, cause=estimate.cause, **common)  # type: ignore[arg-type]
    low, high = estimate.low, estimate.high
    if not isinstance(criterion.scale, Relative):
        # Its scale's least and most, whatever is half known: so the central figure always lies within the bounds.
        low, high = bounds(criterion.scale, criterion.max_points)
    return Pending(
        cause=estimate.cause or Cause.NOT_RUN,
        low=low,
        high=high,
        open_declaration=estimate.open_declaration,
        **common,  # type: ignore[arg-type]
    )


def _value(side: Estimate | None) -> Value | None:
    return None if side is None else side.value


def _side(side: Estimate | None) -> Side | None:
    return Side(low=side.low, high=side.high, because=side.because, excluded=side.excluded) if side else None


def _contradicts(seen: Estimate | None, told: Estimate | None) -> bool:
    """Both sides are known and do not come to the same."""
    if seen is None or told is None or seen.value is None or told.value is None or seen.excluded:
        return False
    return seen.low != told.low if type(seen.value) is not type(told.value) else seen.value != told.value
