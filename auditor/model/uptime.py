"""Uptime: one sample of a site, what a day of samples comes to, and the account of a span of days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from auditor.model.ids import AgencyId
from auditor.model.visit import Blame, Cause

__all__ = [
    "DayShare",
    "Incident",
    "LeftOut",
    "Maintenance",
    "Sample",
    "SiteUptime",
    "Stretch",
    "Uncounted",
    "UptimeAccount",
    "UptimeDay",
    "UptimeReport",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look at a site. ``cause`` is None when it was up; only a cause of theirs is down, all others are not counted.

    ``at`` is in seconds since 1970. The phases are milliseconds, each for itself, None where there was none: finding the
    address, connecting, TLS, waiting for the answer's head; ``done_ms`` is the whole, redirects included.
    """

    at: int
    cause: Cause | None = None
    status: int | None = None
    resolve_ms: int | None = None
    connect_ms: int | None = None
    tls_ms: int | None = None
    first_byte_ms: int | None = None
    done_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A span of time in one state, from ``start`` until before ``end``, in seconds since 1970."""

    start: int
    end: int
    cause: Cause | None

    @property
    def seconds(self) -> int:
        """Give its length."""
        return self.end - self.start

    @property
    def is_down(self) -> bool:
        """Tell whether it counts against the site."""
        return self.cause is not None and self.cause.blame is Blame.THEIRS


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeDay:
    """A day of one site, rolled up: its stretches, how many samples, and how many of those that were up took how long.

    ``start`` is the day's local midnight. ``speeds`` counts by milliseconds.
    """

    start: int
    samples: int
    stretches: tuple[Stretch, ...]
    speeds: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """A span that an agency announced beforehand, in which its site may be down."""

    site: str
    start: datetime
    end: datetime
    reason: str = ""

    def lasts_at(self, moment: datetime) -> bool:
        """Tell whether it lasts at that moment."""
        return self.start <= moment < self.end


class Uncounted(StrEnum):
    """Why a span counts neither as up nor as down."""

    OURS = "ours"
    REFUSED = "refused"
    OPEN = "open"
    MAINTENANCE = "maintenance"
    NOT_SAMPLED = "not_sampled"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """How many seconds were not counted, and why."""

    why: Uncounted
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """From the first sample that was down to the first that was up again; ``until`` is None while none was.

    ``seconds`` are those that count: what lies between and is not counted (a gap, a fault of ours, a maintenance) is left out.
    """

    since: datetime
    until: datetime | None
    seconds: int
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeAccount:
    """What the samples of a span come to. Counted are only up and down: the rest stands in ``excluded``, with why.

    ``incidents`` may hold fewer than ``incident_count``: the longest ones.
    """

    since: datetime
    until: datetime
    samples: int
    up_seconds: int
    down_seconds: int
    excluded: tuple[LeftOut, ...]
    incidents: tuple[Incident, ...]
    incident_count: int
    longest_seconds: int
    p50_ms: int | None
    p95_ms: int | None
    p99_ms: int | None
    main_cause: Cause | None = None
    """The cause of most of what is neither up nor down."""
    main_down: Cause | None = None
    """The cause of most of what is down."""

    @property
    def availability(self) -> Decimal | None:
        """Give up ÷ (up + down); None where nothing counts."""
        counted = self.up_seconds + self.down_seconds
        return Decimal(self.up_seconds) / counted if counted else None

    @property
    def coverage(self) -> Decimal:
        """Give how much of the span counts, leaving out announced maintenance; 0 for an empty span."""
        announced = sum(part.seconds for part in self.excluded if part.why is Uncounted.MAINTENANCE)
        owed = round((self.until - self.since).total_seconds()) - announced
        return Decimal(self.up_seconds + self.down_seconds) / owed if owed > 0 else Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayShare:
    """One day's bar: how it was, None for the availability of a day in which nothing counts."""

    day: date
    availability: Decimal | None
    coverage: Decimal
    down_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteUptime:
    """One site's account, and each of its days."""

    site: str
    agencies: tuple[AgencyId, ...]
    account: UptimeAccount
    days: tuple[DayShare, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeReport:
    """The accounts of sites over one span."""

    since: datetime
    until: datetime
    sites: tuple[SiteUptime, ...]
