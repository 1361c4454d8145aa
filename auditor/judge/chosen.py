"""What one measure on one site comes to: the last value, a window's median or worst, or the mean of a series."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from auditor.judge.case import Case
from auditor.judge.estimate import unique
from auditor.judge.seen import Seen, look_up
from auditor.model.agency import Site
from auditor.model.edition import Take
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.reading import Measured, ReadingRecord, Value
from auditor.model.sums import total

__all__ = ["SERIES", "Chosen", "Worth", "choose"]

Worth = Callable[[Value], Decimal]
"""What a value is worth, for choosing among several."""

SERIES = MeasureId("uptime.availability")
_CITED = 50
"""A year of uptime has a hundred thousand samples: a mark cites the newest of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The value that counts, and the readings it is made of.

    ``value`` is None where nothing is known or owed; ``seen`` says which. ``age_days`` is how old the value is when the last
    visit failed. ``samples`` counts the readings of a series, of which ``records`` cites the newest; it is 0 for a state.
    ``total`` is their sum where the value is their mean.
    """

    seen: Seen
    value: Value | None = None
    records: tuple[ReadingRecord, ...] = ()
    age_days: int = 0
    samples: int = 0
    total: Decimal | None = None

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Give the evidence of these readings, and of the visit that failed since."""
        failed = (self.seen.failed,) if self.seen.failed else ()
        if len(self.records) == 1 and not failed:
            return unique(self.records[0].reading.evidence)
        return tuple(dict.fromkeys(proof for record in (*self.records, *failed) for proof in record.reading.evidence))


def choose(case: Case, measure: MeasureId, site: Site, agency: AgencyId, *, take: Take, worth: Worth) -> Chosen:
    """Choose what counts; staleness and grace come first, so nothing is averaged over what can no longer be seen."""
    seen = look_up(case, measure, site, agency)
    if seen.record is None or not isinstance(seen.record.reading, Measured):
        return Chosen(seen=seen, records=(seen.record,) if seen.record else ())
    if take is Take.LAST and measure != SERIES:
        age = (case.as_of - seen.record.observed_at).days if seen.cause else 0
        return Chosen(seen=seen, value=_value(seen.record), records=(seen.record,), age_days=age)
    window = _window(case, measure, site, agency)
    if measure == SERIES and window:
        accounts = [record for record in window if record.reading.facts.get("samples")]
        if accounts:
            # One that was made of all samples of its window says what the mean of a look a night only guesses.
            last = accounts[-1]
            count = int(str(last.reading.facts["samples"]))
            return Chosen(seen=seen, value=_value(last), records=(last,), age_days=seen.age_days, samples=count)
        whole = total(Decimal(_value(record)) for record in window)
        cited = tuple(window[-_CITED:])
        mean = whole / len(window)
        return Chosen(seen=seen, value=mean, records=cited, age_days=seen.age_days, samples=len(window), total=whole)
    record = _taken(window, seen.record, take, worth)
    age = (case.as_of - record.observed_at).days if seen.cause else 0
    return Chosen(seen=seen, value=_value(record), records=(record,), age_days=age)


def _taken(window: Sequence[ReadingRecord], last: ReadingRecord, take: Take, worth: Worth) -> ReadingRecord:
    if take is Take.LAST or not window:
        return last
    by_points = sorted(window, key=lambda record: (worth(_value(record)), record.observed_at))
    return by_points[0] if take is Take.WORST else by_points[(len(by_points) - 1) // 2]


def _window(case: Case, measure: MeasureId, site: Site, agency: AgencyId) -> list[ReadingRecord]:
    """Give the values inside the edition's window, oldest first."""
    start = case.as_of - case.edition.window
    found = case.of(measure, site.url, agency)
    return [record for record in found if record.observed_at > start and isinstance(record.reading, Measured)]


def _value(record: ReadingRecord) -> Value:
    assert isinstance(record.reading, Measured)
    return record.reading.value
