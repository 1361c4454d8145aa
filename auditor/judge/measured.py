"""The measured side of a criterion: from the readings of an agency's sites to points between two bounds."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import assert_never

from auditor.judge import notes
from auditor.judge.case import Case
from auditor.judge.chosen import Chosen, choose
from auditor.judge.estimate import Estimate
from auditor.judge.parts import of_many
from auditor.judge.scales import ZERO, bounds, price, span
from auditor.judge.words import shown_value
from auditor.model.agency import Site
from auditor.model.edition import Criterion, Over
from auditor.model.ids import AgencyId
from auditor.model.note import Json, Note
from auditor.model.reading import Value
from auditor.model.scale import Best, Relative, Weighted
from auditor.model.sums import total
from auditor.model.visit import Cause

__all__ = ["joined", "measured"]


def measured(case: Case, criterion: Criterion, agency: AgencyId) -> Estimate:
    """Give what an agency's confirmed sites are worth under a criterion that is priced by itself (not against the group)."""
    sites = case.sites(agency, criterion.roles)
    if not sites:
        low, high = span(criterion)
        return Estimate(low=low, high=high, because=notes.NO_SITE, cause=Cause.UNCONFIRMED)
    if criterion.over is Over.MAIN:
        sites = sites[:1]
    each = [(site.url, _on_site(case, criterion, agency, site)) for site in sites]
    owed = [(url, estimate) for url, estimate in each if not estimate.excluded]
    if not owed:
        return each[0][1]
    return owed[0][1] if len(owed) == 1 and criterion.over is not Over.SHARE else _together(criterion, owed)


def _on_site(case: Case, criterion: Criterion, agency: AgencyId, site: Site) -> Estimate:
    scale, most = criterion.scale, criterion.max_points
    if isinstance(scale, Best | Weighted):
        return of_many(case, criterion, scale, agency, site)
    if criterion.measure is None or isinstance(scale, Relative):
        raise TypeError(f"criterion {criterion.id} is not priced by one measure of one site")

    def worth(value: Value) -> Decimal:
        return price(scale, value, most)

    found = choose(case, criterion.measure, site, agency, take=criterion.take, worth=worth)
    if found.seen.no_duty and found.seen.record is not None:
        because = found.seen.record.reading.because
        return Estimate(low=ZERO, high=ZERO, because=because, excluded=True, records=found.records, proofs=found.proofs)
    if found.value is None:
        return _unknown(criterion, found)
    points = worth(found.value)
    return Estimate(
        low=points,
        high=points,
        because=_because(case, found, found.value)(points=_text(points), max=_text(most)),
        value=found.value,
        cause=found.seen.cause,
        records=found.records,
        proofs=found.proofs,
    )


def _because(case: Case, found: Chosen, value: Value) -> Note:
    """Say what counts: a value or a series' mean, of tonight or from before a failed visit."""
    if found.samples:
        facts: dict[str, Json] = {"measured": shown_value(value), "count": found.samples, "days": case.edition.window.days}
        if found.total is not None:
            facts["sum"] = f"{found.total:f}"
        account = found.records[-1].reading.facts if found.total is None else {}
        facts |= {name: account[name] for name in ("up_seconds", "down_seconds") if name in account}
        if found.seen.cause is None:
            return notes.SERIES(**facts)
        return notes.SERIES_STALE(**facts, age=found.age_days, cause=str(found.seen.cause))
    if found.seen.cause is None:
        return notes.PRICED(value=shown_value(value))
    return notes.STALE(value=shown_value(value), days=found.age_days, cause=str(found.seen.cause))


def _unknown(criterion: Criterion, found: Chosen) -> Estimate:
    """Nothing is known: patience first, then the least for what is their fault or a refusal."""
    low, high = bounds(criterion.scale, criterion.max_points)
    cause = found.seen.cause or Cause.NOT_RUN
    because = notes.PENDING(cause=str(cause), blame=str(cause.blame))
    if found.seen.worst:
        high = low
        because = notes.WORST(cause=str(cause), points=_text(low), max=_text(criterion.max_points))
    return Estimate(low=low, high=high, because=because, cause=cause, records=found.records, proofs=found.proofs)


def _together(criterion: Criterion, owed: Sequence[tuple[str, Estimate]]) -> Estimate:
    """Join several sites as the criterion says; what is open in one is open in the whole, as far as it can change it."""
    each = [estimate for _, estimate in owed]
    low, high, most = joined(criterion, [e.low for e in each]), joined(criterion, [e.high for e in each]), criterion.max_points
    open_ = next((e for e in each if e.low != e.high), None)
    parts = "; ".join(f"{_text(e.low)}" if e.determined else f"{_text(e.low)}–{_text(e.high)}" for e in each)
    because = notes.OVER(over=str(criterion.over), count=len(each), parts=parts, points=_text(low), max=_text(most))
    by_site: list[Json] = [_site_fact(url, estimate) for url, estimate in owed]
    deciding = each[0]
    if criterion.over is Over.WORST:
        deciding = min(each, key=lambda e: (e.low, e.high))
    elif criterion.over is Over.BEST:
        deciding = max(each, key=lambda e: e.low)
    return replace(
        deciding,
        low=low,
        high=high,
        # What one site shows is not what was measured while another may still change it.
        value=deciding.value if low == high else None,
        because=(because if low == high or open_ is None else open_.because)(sites=by_site),
        cause=open_.cause if open_ and low != high else deciding.cause if low == high else None,
        records=tuple(record for e in each for record in e.records),
        proofs=tuple(dict.fromkeys(proof for e in each for proof in e.proofs)),
    )


def _site_fact(url: str, estimate: Estimate) -> Json:
    """Give what one of several sites comes to by itself, and its own reason, as a report may set it out."""
    because = estimate.because
    why: Json = {"key": because.key, "text": because.text, "facts": dict(because.facts)}
    value = f"{estimate.value:f}" if isinstance(estimate.value, Decimal) else estimate.value
    return {"site": url, "low": f"{estimate.low:f}", "high": f"{estimate.high:f}", "value": value, "because": why}


def joined(criterion: Criterion, each: Sequence[Decimal]) -> Decimal:
    """Give what the points of several sites come to."""
    match criterion.over:
        case Over.WORST:
            return min(each)
        case Over.BEST | Over.MAIN:
            return max(each)
        case Over.MEAN:
            return total(each) / len(each)
        case Over.SHARE:
            return Decimal(sum(points >= criterion.max_points for points in each)) * criterion.max_points / len(each)
        case _:
            assert_never(criterion.over)


def _text(points: Decimal) -> str:
    return shown_value(points)
