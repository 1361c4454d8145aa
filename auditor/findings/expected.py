"""What a criterion's scale asks for: the values that bring all of its points. PURE."""

from decimal import ROUND_CEILING, Decimal

from auditor.model.edition import Criterion
from auditor.model.ids import MeasureId
from auditor.model.letter import Expected, Relation, Wanted
from auditor.model.scale import (
    Best,
    Case,
    Count,
    Penalty,
    Piecewise,
    Ratio,
    Scale,
    Steps,
    Table,
    Weighted,
    YesNo,
)

__all__ = ["expected"]

_WHOLE = Decimal(1)


def expected(criterion: Criterion) -> Expected:
    """Give what would bring all points; nothing where a scale compares agencies with each other."""
    scale = criterion.scale
    if isinstance(scale, Best):
        most = max(case.points for case in scale.cases)
        return Expected(wanted=tuple(_of_case(case) for case in scale.cases if case.points == most))
    if isinstance(scale, Weighted):
        parts = tuple(Wanted(measure=part.measure, relation=Relation.IS, value=_WHOLE) for part in scale.fractions)
        return Expected(wanted=parts, every=True)
    if criterion.measure is None:
        return Expected()
    return Expected(wanted=_of_one(scale, criterion.measure, criterion.max_points))


def _of_case(case: Case) -> Wanted:
    if case.at_least is not None:
        return Wanted(measure=case.measure, relation=Relation.AT_LEAST, value=_exact(case.at_least))
    return Wanted(measure=case.measure, relation=Relation.IS, value=True if case.equals is None else case.equals)


def _of_one(scale: Scale, measure: MeasureId, most: Decimal) -> tuple[Wanted, ...]:
    match scale:
        case YesNo():
            return (Wanted(measure=measure, relation=Relation.IS, value=scale.yes >= scale.no),)
        case Ratio():
            return (Wanted(measure=measure, relation=Relation.IS, value=_WHOLE),)
        case Piecewise():
            return (Wanted(measure=measure, relation=Relation.AT_LEAST, value=scale.norm),)
        case Count():
            whole = (most / scale.each).to_integral_value(ROUND_CEILING)
            return (Wanted(measure=measure, relation=Relation.AT_LEAST, value=int(whole)),)
        case Penalty():
            return (Wanted(measure=measure, relation=Relation.IS, value=0),)
        case Table():
            best = max(scale.table.values())
            words = [word for word, points in scale.table.items() if points == best]
            return tuple(Wanted(measure=measure, relation=Relation.IS, value=word) for word in words)
        case Steps():
            return _of_steps(scale, measure, most)
        case _:
            return ()


def _of_steps(scale: Steps, measure: MeasureId, most: Decimal) -> tuple[Wanted, ...]:
    step = next((step for step in scale.steps if step.points == most), None)
    if step is None:
        return ()
    if step.at_least is not None:
        return (Wanted(measure=measure, relation=Relation.AT_LEAST, value=_exact(step.at_least)),)
    return (Wanted(measure=measure, relation=Relation.AT_MOST, value=_exact(step.at_most or Decimal(0))),)


def _exact(number: Decimal) -> int | Decimal:
    """Give a whole number as one, so that days and counts read as such."""
    return int(number) if number == number.to_integral_value() else number
