"""A mark: the measured and the declared side of one criterion reconciled, and the council's word above both."""

from dataclasses import dataclass, replace
from typing import assert_never

from auditor.judge import notes
from auditor.judge.appraised import appraised, excused
from auditor.judge.case import Case
from auditor.judge.estimate import Estimate, lesser, unique
from auditor.judge.measured import measured
from auditor.judge.own import declared_number, measured_number
from auditor.judge.relative import relative
from auditor.judge.sameness import explained
from auditor.judge.scales import bounds, price, span
from auditor.judge.words import shown_value
from auditor.model.agency import Agency
from auditor.model.council import Effect, Explanation
from auditor.model.declaration import Appraisal, Declaration
from auditor.model.edition import Criterion, Source
from auditor.model.evidence import Proof
from auditor.model.mark import Excluded, Mark, Origin, Pending, Points, Side
from auditor.model.note import Note
from auditor.model.reading import Value
from auditor.model.scale import Relative
from auditor.model.visit import Cause

__all__ = ["mark"]


def mark(case: Case, criterion: Criterion, agency: Agency) -> Mark:
    """Give the mark of one agency under one criterion of its group."""
    if not criterion.concerns(agency.code):
        return _exempt(criterion)
    seen = None if criterion.source is Source.DECLARED else replace(_measured(case, criterion, agency), origin=Origin.MEASURED)
    told = None if criterion.source is Source.MEASURED else replace(_declared(case, criterion, agency), origin=Origin.DECLARED)
    estimate = _reconcile(criterion, seen, told)
    appraisal, explanation = case.appraised(agency.code, criterion.id), explained(case, criterion, agency.code)
    if appraisal is not None:
        numbers = declared_number if criterion.source is Source.DECLARED else measured_number
        estimate = appraised(case, criterion, agency, appraisal, numbers)
    elif explanation is not None and explanation.effect is Effect.NOT_APPLICABLE:
        estimate = excused(estimate, explanation)
    sides = _Sides(seen=seen, told=told, appraisal=appraisal, explanation=explanation)
    return _finish(case, criterion, estimate, sides)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """What was joined in a mark: both sides, and what the council and the agency said of them."""

    seen: Estimate | None
    told: Estimate | None
    appraisal: Appraisal | None
    explanation: Explanation | None

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Give every proof once, the council's first."""
        said = tuple(act.proof for act in (self.appraisal, self.explanation) if act is not None and act.proof is not None)
        both = [side for side in (self.seen, self.told) if side is not None]
        return unique(both[0].proofs if len(both) == 1 and not said else (*said, *(p for side in both for p in side.proofs)))


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
    if declaration is None and not case.closed(criterion.id):
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
            # A number that was measured stays measured while what it is worth waits for the numbers of others.
            compared = isinstance(criterion.scale, Relative) and seen.value is not None
            if seen.determined or compared or (told.cause is Cause.NOT_DECLARED and not told.open_declaration):
                return seen
            # While a declaration may still come, the mark waits for it too.
            return replace(seen, open_declaration=True) if told.open_declaration else told
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
    if seen.value is None or told.value is None:
        # Nothing can be compared: the side that decides says why by itself.
        return joined.noting((seen if joined.origin is Origin.MEASURED else told).because)
    points, most = shown_value(joined.low), shown_value(criterion.max_points)
    return joined.noting(because(measured=shown_value(seen.value), declared=shown_value(told.value), points=points, max=most))


def _finish(case: Case, criterion: Criterion, estimate: Estimate, sides: _Sides) -> Mark:
    said = sides.appraisal is not None or sides.explanation is not None
    joined = said or (sides.seen is not None and sides.told is not None)
    common = {
        "criterion": criterion.id,
        "area": criterion.area,
        "max": criterion.max_points,
        "because": case.same(estimate.because),
        "source": criterion.source,
        "readings": sides.seen.records if sides.seen else (),
        "proofs": sides.proofs,
        "measured": _value(sides.seen),
        "declared": _value(sides.told),
        "appraised": sides.appraisal.value if sides.appraisal else None,
        "contradiction": _contradicts(criterion, sides.seen, sides.told),
        "seen": _side(case, sides.seen) if joined else None,
        "told": _side(case, sides.told) if joined else None,
        "origin": estimate.origin if estimate.determined or estimate.excluded else None,
        "explanation": sides.explanation,
    }
    return _kind(criterion, estimate, common)


def _kind(criterion: Criterion, estimate: Estimate, common: dict[str, object]) -> Mark:
    if estimate.excluded:
        return Excluded(**common)  # type: ignore[arg-type]
    if estimate.determined:
        return Points(points=estimate.low, cause=estimate.cause, **common)  # type: ignore[arg-type]
    low, high = estimate.low, estimate.high
    if not isinstance(criterion.scale, Relative):
        # Its scale's least and most, whatever is half known, so that the central figure lies within the bounds where it can
        # (``bounds`` says where it cannot).
        low, high = span(criterion)
    return Pending(
        cause=estimate.cause or Cause.NOT_RUN,
        low=low,
        high=high,
        open_declaration=estimate.open_declaration,
        **common,  # type: ignore[arg-type]
    )


def _value(side: Estimate | None) -> Value | None:
    return None if side is None else side.value


def _side(case: Case, side: Estimate | None) -> Side | None:
    if side is None:
        return None
    return case.same_side(Side(low=side.low, high=side.high, because=side.because, excluded=side.excluded))


def _contradicts(criterion: Criterion, seen: Estimate | None, told: Estimate | None) -> bool:
    """Both sides are known and differ as the criterion's scale sees them: in points, or in what it compares with others.

    So 35 and 36 days on one step are no contradiction, nor 0.9 and 0.90, and a word without a price of its own is none.
    """
    if seen is None or told is None or seen.value is None or told.value is None or seen.excluded:
        return False
    if isinstance(criterion.scale, Relative):
        return seen.value != told.value
    return seen.low != told.low
