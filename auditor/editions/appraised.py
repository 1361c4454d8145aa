"""What the council's value of a criterion must be like."""

from collections.abc import Mapping

from auditor.editions.check import declared_measure
from auditor.model.edition import Criterion
from auditor.model.ids import MeasureId
from auditor.model.reading import Kind, Measure
from auditor.model.scale import Best, Weighted

__all__ = ["appraised_measure"]


def appraised_measure(criterion: Criterion, measures: Mapping[MeasureId, Measure]) -> Measure | None:
    """Give the kind of value that the council sets: what is declared, else what is measured.

    Where a scale joins several measures it is the share of the points; None where the measure is not known here.
    """
    if isinstance(criterion.scale, Best | Weighted):
        return Measure(id=MeasureId(f"appraised.{criterion.id}"), kind=Kind.SHARE, meaning=criterion.title)
    return declared_measure(criterion, measures) or (measures.get(criterion.measure) if criterion.measure else None)
