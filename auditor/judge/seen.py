"""Which reading counts: the newest, a stale one with its age, or none and whose fault that is (DESIGN section 6)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from auditor.judge.case import Case
from auditor.model.agency import Site
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.reading import Measured, NotApplicable, ReadingRecord, Unavailable
from auditor.model.visit import Blame, Cause

__all__ = ["Seen", "is_series", "look_up", "mean_of", "window_values"]

_SERIES = "uptime.availability"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of one measure on one site.

    ``record`` is the reading that counts, or the failed one. ``cause`` is set when the last visit failed: with a Measured
    record the value
    is stale by ``age_days``; with an Unavailable one nothing is known, and ``worst`` says that the time for patience is over.
    """

    record: ReadingRecord | None
    cause: Cause | None = None
    age_days: int = 0
    worst: bool = False


def look_up(case: Case, measure: MeasureId, site: Site, agency: AgencyId) -> Seen:
    """Find what counts for this measure at the as-of instant.

    A failed visit leaves the last reading standing for ``stale_after``. Then their fault is the worst value, a refusal is after
    ``refusal_grace``, and what is ours or open stays open.
    """
    records = case.of(measure, site.url, agency)
    if not records:
        return Seen(record=None, cause=Cause.NOT_RUN)
    last = records[-1]
    if not isinstance(last.reading, Unavailable):
        return Seen(record=last)
    cause = last.reading.cause
    good = next((record for record in reversed(records) if not isinstance(record.reading, Unavailable)), None)
    if good is not None and case.as_of - good.observed_at <= case.edition.stale_after:
        return Seen(record=good, cause=cause, age_days=(case.as_of - good.observed_at).days)
    since = good.observed_at if good is not None else records[0].observed_at
    return Seen(record=last, cause=cause, worst=_patience_is_over(case, cause, since))


def _patience_is_over(case: Case, cause: Cause, since: datetime) -> bool:
    if cause.blame is Blame.THEIRS:
        return case.as_of - since > case.edition.stale_after
    if cause.blame is Blame.REFUSING:
        return case.as_of - since > case.edition.refusal_grace
    return False


def window_values(case: Case, measure: MeasureId, site: Site, agency: AgencyId) -> tuple[ReadingRecord, ...]:
    """Give the readings with a value inside the edition's window, oldest first."""
    start = case.as_of - case.edition.window
    return tuple(
        record
        for record in case.of(measure, site.url, agency)
        if record.observed_at > start and isinstance(record.reading, Measured | NotApplicable)
    )


def is_series(measure: MeasureId) -> bool:
    """Tell whether a measure is computed over the window instead of taken from the last visit."""
    return measure == _SERIES


def mean_of(records: tuple[ReadingRecord, ...]) -> Decimal | None:
    """Give the mean of numeric readings, None when there is none."""
    values = [
        record.reading.value
        for record in records
        if isinstance(record.reading, Measured) and isinstance(record.reading.value, Decimal)
    ]
    return sum(values, Decimal(0)) / len(values) if values else None
