"""PURE: how available a site was, day by day, as an agency's page shows it."""

from dataclasses import dataclass
from decimal import Decimal

from auditor.model.uptime import DayShare, Incident, SiteUptime
from reports.numbers import two
from reports.uptime import cause_of, percent, span
from reports.view import local_day, local_time
from reports.words import Words

__all__ = ["DayBar", "IncidentView", "UptimeView", "uptime_view"]

_TONES = ((Decimal(1), "u4"), (Decimal("0.99"), "u3"), (Decimal("0.95"), "u2"))
_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBar:
    """One day: ``tone`` is ``u0`` where nothing is known, else ``u1`` (bad) to ``u4`` (never down)."""

    tone: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """One incident."""

    since: str
    until: str
    long: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeView:
    """One site's availability."""

    site: str
    first: str
    last: str
    availability: str
    coverage: str
    samples: int
    speed: str
    excluded: str
    bars: tuple[DayBar, ...]
    summary: str
    incidents: tuple[IncidentView, ...]
    more: int


def uptime_view(site: SiteUptime, words: Words) -> UptimeView:
    """Make what an agency's page shows of a site; the last incidents come first."""
    account = site.account
    bad = sum(1 for day in site.days if day.down_seconds)
    unknown = sum(1 for day in site.days if day.availability is None)
    left = (f"{words.text(f'uptime.why.{part.why.value}')} {span(part.seconds)}" for part in account.excluded)
    return UptimeView(
        site=site.site,
        first=local_day(account.since),
        last=local_day(account.until),
        availability=percent(account.availability) if account.availability is not None else "",
        coverage=percent(account.coverage),
        samples=account.samples,
        speed="" if account.p95_ms is None else words.text("uptime.speed", p50=account.p50_ms, p95=account.p95_ms),
        excluded="; ".join(left),
        bars=tuple(_bar(day, words) for day in site.days),
        summary=words.text("uptime.summary", days=len(site.days), bad=bad, unknown=unknown),
        incidents=tuple(_incident(incident, words) for incident in reversed(account.incidents[-_MOST:])),
        more=max(account.incident_count - _MOST, 0),
    )


def _bar(day: DayShare, words: Words) -> DayBar:
    when = local_day(day.day)
    if day.availability is None:
        return DayBar(tone="u0", title=words.text("uptime.day.unknown", day=when))
    share = day.availability
    tone = next((name for least, name in _TONES if share >= least), "u1")
    facts = {"day": when, "share": percent(share), "down": span(day.down_seconds), "known": two(day.coverage * 100)}
    return DayBar(tone=tone, title=words.text("uptime.day", **facts))


def _incident(incident: Incident, words: Words) -> IncidentView:
    return IncidentView(
        since=local_time(incident.since),
        until=local_time(incident.until) if incident.until else "",
        long=span(incident.seconds),
        cause=cause_of(incident.cause, words),
    )
