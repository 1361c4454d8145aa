"""PURE: names what is seen of a criterion, so that "the same as before" can be told: its fingerprint.

A finding and an explanation share this one definition. What runs on by itself from night to night (days that are left or have
passed, seconds, a year's average) is named by what it counts from or to, so it stays the same while the same is seen.
"""

from collections.abc import Sequence
from decimal import Decimal

from auditor.judge.case import Case
from auditor.judge.chosen import choose
from auditor.judge.scales import bounds, price
from auditor.model.agency import Site
from auditor.model.codec import canonical_json
from auditor.model.council import Effect, Explanation
from auditor.model.edition import Criterion, Over, Source
from auditor.model.evidence import digest_of
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.note import Json
from auditor.model.reading import Measured, NotApplicable, Reading, ReadingRecord, Unavailable, Value
from auditor.model.scale import Best, Relative, Weighted
from auditor.model.visit import Blame

__all__ = ["SERIES", "UNTIL", "explained", "fingerprint", "named", "named_value", "seen_in", "spared"]

UNTIL = "until"
"""The fact of a countdown's reason that names the day of its end; a value without it (a site without TLS) is no countdown."""
SERIES = "uptime."
"""Averages over a window change every night, whatever happens."""
_PRINT = 16


def named(*seen: Json) -> str:
    """Give the short name of what is seen."""
    return digest_of(canonical_json(seen)).removeprefix("sha256:")[:_PRINT]


def named_value(value: Value | None) -> Json:
    """Give a value as it is compared: 0.9 and 0.90 are one."""
    if value is None:
        return None
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def seen_in(reading: Reading) -> Json:
    """Give what a reading shows: the day a freshness counts from or a countdown ends on, else the value; or the cause."""
    match reading:
        case Measured(newest=newest) if newest is not None:
            return newest.isoformat()
        case Measured(value=value):
            until = reading.because.facts.get(UNTIL)
            return str(until) if until else named_value(value)
        case Unavailable(cause=cause):
            return cause.value
        case NotApplicable():
            return None


def fingerprint(case: Case, criterion: Criterion, agency: AgencyId) -> str:
    """Name what is seen of a criterion today, site by site, and what was declared.

    A night on which we could not look changes nothing, nor does a failed visit while the value seen before still counts.
    """
    seen: list[Json] = []
    if criterion.source is not Source.DECLARED:
        sites = case.sites(agency, criterion.roles)
        for site in sites[:1] if criterion.over is Over.MAIN else sites:
            seen += [[site.url, measure, _of(case, criterion, measure, site, agency)] for measure in criterion.measures]
    declaration = None if criterion.source is Source.MEASURED else case.declared(agency, criterion.id)
    return named(criterion.id, seen, named_value(declaration.value if declaration else None))


def explained(case: Case, criterion: Criterion, agency: AgencyId) -> Explanation | None:
    """Give the explanation that stands: not withdrawn, not run out, and given for what is seen today."""
    found = case.explained(agency, criterion.id)
    return found if found is not None and found.fingerprint == fingerprint(case, criterion, agency) else None


def spared(case: Case, criterion: Criterion, agency: AgencyId) -> Explanation | None:
    """Give the explanation on which the council found that the criterion does not concern this agency.

    A value that the council set itself goes before it.
    """
    found = explained(case, criterion, agency)
    spares = found is not None and found.effect is Effect.NOT_APPLICABLE and case.appraised(agency, criterion.id) is None
    return found if spares else None


def _of(case: Case, criterion: Criterion, measure: MeasureId, site: Site, agency: AgencyId) -> Json:
    if measure.startswith(SERIES):
        return _series(case, criterion, measure, site, agency)
    record = _telling(case, case.of(measure, site.url, agency))
    return None if record is None else [record.reading.because.key, seen_in(record.reading)]


def _telling(case: Case, records: Sequence[ReadingRecord]) -> ReadingRecord | None:
    """Give the last reading that says something of the site: a value while it counts, else what failed by its own doing."""
    failed: ReadingRecord | None = None
    for record in reversed(records):
        if not isinstance(record.reading, Unavailable):
            counts = failed is None or case.as_of - record.observed_at <= case.edition.stale_after
            return record if counts else failed
        if failed is None and record.reading.cause.blame in {Blame.THEIRS, Blame.REFUSING}:
            failed = record
    return failed


def _series(case: Case, criterion: Criterion, measure: MeasureId, site: Site, agency: AgencyId) -> Json:
    """Of an average nothing is told but whether it brings all the points."""
    scale, most = criterion.scale, criterion.max_points
    if isinstance(scale, Relative | Best | Weighted):
        return None

    def worth(value: Value) -> Decimal:
        return price(scale, value, most)

    value = choose(case, measure, site, agency, take=criterion.take, worth=worth).value
    return None if value is None else worth(value) >= bounds(scale, most)[1]
