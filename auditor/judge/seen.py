"""Which reading counts: the newest, a stale one with its age, or none and whose fault that is (DESIGN section 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auditor.judge.case import Case
from auditor.model.agency import Site
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.reading import NotApplicable, ReadingRecord, Unavailable
from auditor.model.visit import Blame, Cause

__all__ = ["Seen", "look_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of one measure on one site.

    ``record`` is the reading that counts, or the failed one. ``cause`` is set when the last visit failed: with a Measured
    record the value is stale by ``age_days``, and ``failed`` is the visit that failed since; with an Unavailable one nothing is
    known, and ``worst`` says that the time for patience is over.
    """

    record: ReadingRecord | None
    cause: Cause | None = None
    age_days: int = 0
    worst: bool = False
    failed: ReadingRecord | None = None

    @property
    def no_duty(self) -> bool:
        """Tell whether there is nothing to measure here."""
        return self.record is not None and isinstance(self.record.reading, NotApplicable)


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
        return Seen(record=good, cause=cause, age_days=(case.as_of - good.observed_at).days, failed=last)
    return Seen(record=last, cause=cause, worst=_patience_is_over(case, cause.blame, records))


def _patience_is_over(case: Case, blame: Blame, records: Sequence[ReadingRecord]) -> bool:
    """Tell whether this blame has lasted for longer than the edition bears; what is ours or open, it bears for ever."""
    if blame is Blame.THEIRS:
        return case.as_of - _since(blame, records) > case.edition.stale_after
    if blame is Blame.REFUSING:
        return case.as_of - _since(blame, records) > case.edition.refusal_grace
    return False


def _since(blame: Blame, records: Sequence[ReadingRecord]) -> datetime:
    """Say since when this blame uses up patience; the last of the records has it.

    From its first failure since the last reading, or since the last visit that failed by our own fault: a night on which we
    could not look never counts against anybody. A failure of theirs that follows upon a reading with nothing else between dates
    back to that reading; a refusal has its whole grace from its first night, for it is then that access is asked for.
    """
    first = len(records) - 1
    for place in range(len(records) - 1, -1, -1):
        reading = records[place].reading
        if not isinstance(reading, Unavailable):
            return records[place if blame is Blame.THEIRS and first == place + 1 else first].observed_at
        if reading.cause.blame is Blame.OURS:
            break
        if reading.cause.blame is blame:
            first = place
    return records[first].observed_at
