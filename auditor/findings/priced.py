"""Whether one site's readings of a night leave points of a criterion behind, whatever is not known of the others. PURE."""

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.judge.scales import bounds, bounds_of_many, price
from auditor.judge.words import shown_value
from auditor.model.edition import Criterion
from auditor.model.ids import MeasureId
from auditor.model.reading import Measured, NotApplicable, ReadingRecord, Unavailable, Value
from auditor.model.scale import Best, Relative, Weighted
from auditor.model.visit import Blame

__all__ = ["Verdict", "verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a criterion fares on a site: it fails, it is fine, or neither can be said.

    ``record`` is the reading that shows it best; where several decide together, ``parts`` says what lacks, ``lacking`` by which
    readings.
    """

    fails: bool = False
    fine: bool = False
    record: ReadingRecord | None = None
    parts: str = ""
    lacking: tuple[ReadingRecord, ...] = ()


def verdict(criterion: Criterion, here: Mapping[MeasureId, ReadingRecord]) -> Verdict:
    """Give how a criterion fares by the readings of one site."""
    scale = criterion.scale
    if isinstance(scale, Relative):
        return Verdict()
    if isinstance(scale, Best | Weighted):
        return _of_many(criterion, scale, here)
    record = here.get(criterion.measure) if criterion.measure else None
    if record is None:
        return Verdict()
    match record.reading:
        case NotApplicable():
            return Verdict(fine=True, record=record)
        case Unavailable(cause=cause):
            return Verdict(fails=cause.blame is Blame.THEIRS, record=record)
        case Measured(value=value):
            _, most = bounds(scale, criterion.max_points)
            full = price(scale, value, criterion.max_points) >= most
            return Verdict(fails=not full, fine=full, record=record)


def _of_many(criterion: Criterion, scale: Best | Weighted, here: Mapping[MeasureId, ReadingRecord]) -> Verdict:
    """Several measures fail together only where no value of those that are unknown could still bring all the points."""
    values: dict[MeasureId, Value | None] = {}
    measured: list[ReadingRecord] = []
    for measure in criterion.measures:
        record = here.get(measure)
        if record is not None and isinstance(record.reading, NotApplicable):
            continue
        values[measure] = None
        if record is not None and isinstance(record.reading, Measured):
            values[measure] = record.reading.value
            measured.append(record)
    if not values:
        return Verdict(fine=any(measure in here for measure in criterion.measures))
    low, high = bounds_of_many(scale, values, criterion.max_points)
    _, most = bounds_of_many(scale, dict.fromkeys(values), criterion.max_points)
    if not measured or (low < most <= high):
        return Verdict()
    if low >= most:
        return Verdict(fine=True, record=measured[0])
    lacking = [record for record in measured if not _is_full(criterion, scale, record)] or measured
    said = ", ".join(f"{r.reading.measure} = {shown_value(r.reading.value)}" for r in lacking if isinstance(r.reading, Measured))
    return Verdict(fails=True, record=lacking[0], parts=said, lacking=tuple(lacking))


def _is_full(criterion: Criterion, scale: Best | Weighted, record: ReadingRecord) -> bool:
    assert isinstance(record.reading, Measured)
    measure = record.reading.measure
    low, _ = bounds_of_many(scale, {measure: record.reading.value}, criterion.max_points)
    _, most = bounds_of_many(scale, {measure: None}, criterion.max_points)
    return low >= most
