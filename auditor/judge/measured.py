"""The measured side of a criterion: from the readings of an agency's sites to points between two bounds."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from auditor.judge import notes
from auditor.judge.case import Case
from auditor.judge.estimate import Estimate
from auditor.judge.scales import ZERO, bounds, bounds_of_many, price
from auditor.judge.seen import Seen, is_series, look_up, mean_of, window_values
from auditor.judge.words import shown_value
from auditor.model.agency import Site
from auditor.model.edition import Criterion, Over, Take
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.reading import Measured, NotApplicable, ReadingRecord, Value
from auditor.model.scale import Best, Relative, Weighted
from auditor.model.visit import Cause

__all__ = ["measured", "own_value"]


def measured(case: Case, criterion: Criterion, agency: AgencyId) -> Estimate:
    """Give what an agency's confirmed sites are worth under a criterion that is priced by itself (not against the group)."""
    sites = case.sites(agency, criterion.roles)
    if not sites:
        low, high = bounds(criterion.scale, criterion.max_points)
        return Estimate(low=low, high=high, because=notes.NO_SITE, cause=Cause.UNCONFIRMED)
    if criterion.over is Over.MAIN:
        sites = sites[:1]
    each = [_on_site(case, criterion, agency, site) for site in sites]
    owed = [estimate for estimate in each if not estimate.excluded]
    if not owed:
        return each[0]
    return owed[0] if len(owed) == 1 and criterion.over is not Over.SHARE else _together(criterion, owed)


def own_value(case: Case, criterion: Criterion, agency: AgencyId) -> tuple[Seen, Decimal | None]:
    """Give an agency's number for a scale that is relative to the group's best; None while it is not known."""
    sites = case.sites(agency, criterion.roles)
    if not sites or criterion.measure is None:
        return Seen(record=None, cause=Cause.UNCONFIRMED), None
    found = [look_up(case, criterion.measure, site, agency) for site in sites]
    if criterion.over is Over.MAIN:
        found = found[:1]
    numbers = [(_number(seen), seen) for seen in found]
    if any(number is None for number, _ in numbers):
        return next(seen for number, seen in numbers if number is None), None
    known = [(number, seen) for number, seen in numbers if number is not None]
    if criterion.over is Over.MEAN:
        return known[0][1], sum((number for number, _ in known), ZERO) / len(known)
    pick = min if criterion.over is Over.WORST else max
    number, seen = pick(known, key=lambda pair: pair[0])
    return seen, number


def _number(seen: Seen) -> Decimal | None:
    if seen.worst:
        return ZERO
    reading = seen.record.reading if seen.record else None
    if not isinstance(reading, Measured) or isinstance(reading.value, str):
        return ZERO if isinstance(reading, Measured) else None
    return Decimal(int(reading.value)) if isinstance(reading.value, int) else reading.value


def _on_site(case: Case, criterion: Criterion, agency: AgencyId, site: Site) -> Estimate:
    scale = criterion.scale
    if isinstance(scale, Best | Weighted):
        return _of_many(case, criterion, scale, agency, site)
    if criterion.measure is None or isinstance(scale, Relative):
        raise TypeError(f"criterion {criterion.id} is not priced by one measure of one site")
    seen = look_up(case, criterion.measure, site, agency)
    record = seen.record
    if record is not None and isinstance(record.reading, NotApplicable):
        return Estimate(
            low=ZERO, high=ZERO, because=record.reading.because, excluded=True, records=(record,), proofs=record.reading.evidence
        )
    chosen = _taken(case, criterion, criterion.measure, agency, site, seen)
    if chosen is None:
        return _unknown(criterion, seen)
    value, records = chosen
    points = price(scale, value, criterion.max_points)
    because = notes.PRICED
    if seen.cause:
        because = notes.STALE(days=seen.age_days, cause=str(seen.cause))
    return Estimate(
        low=points,
        high=points,
        because=because(value=shown_value(value), points=_text(points), max=_text(criterion.max_points)),
        value=value,
        cause=seen.cause,
        records=records,
        proofs=tuple(dict.fromkeys(proof for found in records for proof in found.reading.evidence)),
    )


def _taken(
    case: Case, criterion: Criterion, measure: MeasureId, agency: AgencyId, site: Site, seen: Seen
) -> tuple[Value, tuple[ReadingRecord, ...]] | None:
    """Choose the value that counts: a series' mean, the last, or the window's median or worst by points."""
    window = [r for r in window_values(case, measure, site, agency) if isinstance(r.reading, Measured)]
    if is_series(measure):
        mean = mean_of(tuple(window))
        return None if mean is None else (mean, tuple(window[-1:]))
    if seen.record is None or not isinstance(seen.record.reading, Measured):
        return None
    if criterion.take is Take.LAST or len(window) < 2:  # noqa: PLR2004 - one value is its own median and worst
        return seen.record.reading.value, (seen.record,)
    by_points = sorted(window, key=lambda r: (_worth(criterion, r), r.observed_at))
    chosen = by_points[0] if criterion.take is Take.WORST else by_points[(len(by_points) - 1) // 2]
    return _value(chosen), (chosen,)


def _value(record: ReadingRecord) -> Value:
    assert isinstance(record.reading, Measured)
    return record.reading.value


def _worth(criterion: Criterion, record: ReadingRecord) -> Decimal:
    return price(criterion.scale, _value(record), criterion.max_points)


def _unknown(criterion: Criterion, seen: Seen) -> Estimate:
    """Nothing is known: patience first, then the least for what is their fault or a refusal."""
    low, high = bounds(criterion.scale, criterion.max_points)
    cause = seen.cause or Cause.NOT_RUN
    records = (seen.record,) if seen.record else ()
    proofs = seen.record.reading.evidence if seen.record else ()
    if seen.worst:
        because = notes.WORST(cause=str(cause), points=_text(low), max=_text(criterion.max_points))
        return Estimate(low=low, high=low, because=because, cause=cause, records=records, proofs=proofs)
    why = notes.PENDING(cause=str(cause), blame=str(cause.blame))
    return Estimate(low=low, high=high, because=why, cause=cause, records=records, proofs=proofs)


def _of_many(case: Case, criterion: Criterion, scale: Best | Weighted, agency: AgencyId, site: Site) -> Estimate:
    found = {measure: look_up(case, measure, site, agency) for measure in criterion.measures}
    values: dict[MeasureId, Value | None] = {}
    for measure, seen in found.items():
        reading = seen.record.reading if seen.record else None
        none = isinstance(reading, NotApplicable) or seen.worst
        values[measure] = reading.value if isinstance(reading, Measured) else (False if none else None)
    low, high = bounds_of_many(scale, values, criterion.max_points)
    causes = [seen.cause for measure, seen in found.items() if seen.cause and values[measure] is None]
    records = tuple(seen.record for seen in found.values() if seen.record)
    listed = ", ".join(f"{measure} = {'?' if value is None else shown_value(value)}" for measure, value in values.items())
    return Estimate(
        low=low,
        high=high,
        because=notes.PRICED(value=listed, points=_text(low), max=_text(criterion.max_points))
        if low == high
        else notes.PENDING(cause=str(causes[0]), blame=str(causes[0].blame)),
        value=listed,
        cause=causes[0] if low != high else None,
        records=records,
        proofs=tuple(dict.fromkeys(proof for record in records for proof in record.reading.evidence)),
    )


def _together(criterion: Criterion, each: Sequence[Estimate]) -> Estimate:
    """Join several sites as the criterion says; what is open in one is open in the whole, as far as it can change it."""
    lows, highs = [e.low for e in each], [e.high for e in each]
    most = criterion.max_points
    match criterion.over:
        case Over.WORST:
            low, high = min(lows), min(highs)
        case Over.BEST | Over.MAIN:
            low, high = max(lows), max(highs)
        case Over.MEAN:
            low, high = sum(lows, ZERO) / len(lows), sum(highs, ZERO) / len(highs)
        case Over.SHARE:
            low = Decimal(sum(value >= most for value in lows)) * most / len(lows)
            high = Decimal(sum(value >= most for value in highs)) * most / len(highs)
    open_ = next((e for e in each if e.low != e.high), None)
    parts = "; ".join(f"{_text(e.low)}" if e.determined else f"{_text(e.low)}–{_text(e.high)}" for e in each)
    because = notes.OVER(over=str(criterion.over), count=len(each), parts=parts, points=_text(low), max=_text(most))
    deciding = min(each, key=lambda e: e.low) if criterion.over is Over.WORST else each[0]
    return replace(
        deciding,
        low=low,
        high=high,
        because=because if low == high or open_ is None else open_.because,
        cause=open_.cause if open_ and low != high else deciding.cause if low == high else None,
        records=tuple(record for e in each for record in e.records),
        proofs=tuple(dict.fromkeys(proof for e in each for proof in e.proofs)),
    )


def _text(points: Decimal) -> str:
    return shown_value(points)
