"""What the samples of a window come to, in readings; what stands in one sample alone, where there are none."""

from decimal import Decimal

from auditor.model.ids import MeasureId
from auditor.model.note import Json, Note
from auditor.model.reading import Kind, Measure, Measured, Reading, Unavailable, Value
from auditor.model.uptime import UptimeAccount
from auditor.model.visit import Cause

__all__ = ["AVAILABILITY", "MEASURES", "of_account", "unsampled"]

AVAILABILITY = MeasureId("uptime.availability")
COVERAGE = MeasureId("uptime.coverage")
INCIDENTS = MeasureId("uptime.incidents")
LONGEST = MeasureId("uptime.longest_minutes")
P95 = MeasureId("uptime.p95_ms")
_MINUTE = 60

MEASURES = (
    Measure(
        id=AVAILABILITY,
        kind=Kind.SHARE,
        meaning="The share of the counted time of the edition's window in which the site answered with a readable page; while no "
        "samples are kept, 1 or 0 for the one look of this visit.",
    ),
    Measure(
        id=COVERAGE,
        kind=Kind.SHARE,
        meaning="The share of the window, without announced maintenance, in which it is known whether the site was up or down.",
    ),
    Measure(id=INCIDENTS, kind=Kind.COUNT, meaning="How often the site went down within the window."),
    Measure(
        id=LONGEST,
        kind=Kind.COUNT,
        unit="minutes",
        meaning="How many minutes the longest incident of the window counts, rounded half up; 0 without one.",
    ),
    Measure(
        id=P95,
        kind=Kind.COUNT,
        unit="ms",
        meaning="The milliseconds within which 95 of 100 samples that were up had the whole page.",
    ),
)

SERIES = Note(
    key="uptime.series",
    text="Over {samples} samples since {since}: up for {up} seconds, down for {down} in {incidents} incidents, "
    "{excluded} not counted.",
)
NO_SAMPLES = Note(key="uptime.no_samples", text="No samples of {url} that say this have been kept yet.")


def of_account(account: UptimeAccount) -> list[Reading]:
    """Give the readings of a window in which something counts."""
    assert account.availability is not None
    because = SERIES(
        samples=account.samples,
        since=account.since.date().isoformat(),
        up=account.up_seconds,
        down=account.down_seconds,
        incidents=account.incident_count,
        excluded=sum(part.seconds for part in account.excluded),
    )
    facts: dict[str, Json] = {
        "samples": account.samples,
        "since": account.since.isoformat(),
        "until": account.until.isoformat(),
        "up_seconds": account.up_seconds,
        "down_seconds": account.down_seconds,
        "excluded": {part.why.value: part.seconds for part in account.excluded},
    }
    values: dict[MeasureId, Value] = {
        AVAILABILITY: account.availability,
        COVERAGE: min(account.coverage, Decimal(1)),
        INCIDENTS: account.incident_count,
        LONGEST: (2 * account.longest_seconds + _MINUTE) // (2 * _MINUTE),
    }
    found: list[Reading] = [Measured(measure=name, value=value, because=because, facts=facts) for name, value in values.items()]
    if account.p95_ms is not None:
        return [*found, Measured(measure=P95, value=account.p95_ms, because=because, facts=facts)]
    # It was never up: then no time is long enough, and that is said by the availability.
    return [*found, Unavailable(measure=P95, because=because, facts=facts, cause=account.main_down or Cause.NOT_RUN)]


def unsampled(url: str, one: Reading) -> list[Reading]:
    """Give what is known beside one look of what only a series can tell: nothing, for whatever reason the look has."""
    cause = one.cause if isinstance(one, Unavailable) else Cause.NOT_RUN
    because = NO_SAMPLES(url=url)
    return [Unavailable(measure=measure.id, because=because, cause=cause, evidence=one.evidence) for measure in MEASURES[1:]]
