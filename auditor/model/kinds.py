"""What the values of a criterion must be like: the one that is declared, and the council's."""

from collections.abc import Mapping

from auditor.model.edition import Criterion, Source
from auditor.model.ids import MeasureId
from auditor.model.reading import Kind, Measure
from auditor.model.scale import Best, Weighted

__all__ = ["appraised_measure", "declared_measure", "measure_of"]


def measure_of(criterion: Criterion, measures: Mapping[MeasureId, Measure]) -> Measure | None:
    """Give the measure of a criterion; None where it has none of its own, or one that is not known here."""
    return measures.get(criterion.measure) if criterion.measure else None


def declared_measure(criterion: Criterion, measure: Measure | None) -> Measure | None:
    """Give what a declaration of this criterion must be like: its own kind, else its measure's; None if it takes none.

    A criterion's own words are said as those of its measure, and are found under its name.
    """
    if criterion.source is Source.MEASURED:
        return None
    if criterion.declared_kind is None:
        return measure
    name = criterion.measure or MeasureId(f"declared.{criterion.id}")
    return Measure(id=name, kind=Kind(criterion.declared_kind), words=criterion.declared_words, meaning=criterion.title)


def appraised_measure(criterion: Criterion, measure: Measure | None) -> Measure | None:
    """Give the kind of value that the council sets: what is declared, else what is measured.

    Where a scale joins several measures it is the share of the points; None where the measure is not known here.
    """
    if isinstance(criterion.scale, Best | Weighted):
        return Measure(id=MeasureId(f"appraised.{criterion.id}"), kind=Kind.SHARE, meaning=criterion.title)
    return declared_measure(criterion, measure) or measure
