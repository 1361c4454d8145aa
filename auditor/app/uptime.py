"""Uptime: a round of samples, kept; and what the kept ones come to."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from urllib.parse import urlsplit

import anyio
from anyio.to_thread import run_sync

from auditor.app.parts import Parts
from auditor.errors import UsageError, nearest
from auditor.judge.uptime import DAY, account, day_shares, midnight, shorter
from auditor.model.agency import Site
from auditor.model.ids import ProbeId
from auditor.model.uptime import Sample, SiteUptime, UptimeAccount, UptimeDay, UptimeReport
from auditor.model.visit import Cause
from auditor.model.zone import VIETNAM, local_date
from auditor.store import Store
from auditor.visit.network import Network
from auditor.visit.sampling import Sampler

__all__ = ["availability_of", "check_now", "check_sites", "last_weeks", "sites_to_check", "uptime_report"]

PROBE = ProbeId("uptime")
_AT_ONCE = 32
"""So many sites are looked at at once: most of that is waiting."""
_PATIENCE = 20
"""Tenths of a second that a round waits for another site to answer before it calls a failure ambiguous."""
_SLACK = 30.0
_MOST_INCIDENTS = 100
"""So many of the longest incidents stand in the evidence of one night."""
_BARS = 89
"""A report's bars are of so many whole days, and of the one that was going on."""
_KEPT_AT_ONCE = 50
"""Samples are written in so many at a time: a kill loses no more than these."""


async def check_sites(parts: Parts, store: Store, sites: Sequence[Site], *, confirm: bool = True) -> None:
    """Take one sample of each site, confirmed before it counts, and keep them all.

    Who asked to be left alone (Retry-After) is left alone, in later rounds of this process too: that sample is what the answer
    meant, an outage where the page itself was answered so, for as long as nothing else is known.
    """
    clock, left = parts.clock, iter(sites)
    taken: list[tuple[str, Sample]] = []
    network = _network(parts, sites)
    sampler = _sampler(parts, network)

    async def some() -> None:
        for site in left:  # all of us take from one pile
            if (left_alone := _left_alone(site, network, int(clock.now().timestamp()))) is not None:
                taken.append((site.url, left_alone))
                continue
            taken.append((site.url, await sampler.sample(site, confirm=confirm)))
            if len(taken) >= _KEPT_AT_ONCE:
                kept, taken[:] = [*taken], []
                await run_sync(store.uptime.add, kept)

    try:
        async with network, anyio.create_task_group() as group:
            for _ in range(min(_AT_ONCE, len(sites))):
                group.start_soon(some)
    finally:
        store.uptime.add(taken)  # also of a round that is ended: what was seen was seen
    await run_sync(store.uptime.roll, parts.settings.schedule.uptime_seconds, int(clock.now().timestamp()))


def _left_alone(site: Site, network: Network, at: int) -> Sample | None:
    """Give the sample of a site that is not asked now; None where it is to be asked.

    That another page of its host is down for long says nothing of this one.
    """
    shut = network.closed_by(urlsplit(site.url).hostname or "")
    if shut is None or (shut.cause is Cause.HTTP_5XX and site.url not in shut.urls):
        return None
    return Sample(at=at, cause=shut.cause, status=shut.status)


def _network(parts: Parts, sites: Sequence[Site]) -> Network:
    """Give the ways out of a round; all sites of the registry are its controls, whichever of them it looks at."""
    peers = tuple(sorted({site.url for site in (*sites, *sites_to_check(parts))}))
    patience = _PATIENCE if len(peers) > 1 else 0
    hosts, pacing = parts.registry_hosts, parts.pacing
    return Network(parts.settings, parts.clock, parts.vocabulary, hosts, patience=patience, peers=peers, pacing=pacing)


def _sampler(parts: Parts, network: Network) -> Sampler:
    pause = parts.settings.network.retry_pause
    return Sampler(
        network=network,
        knowledge=parts.knowledge,
        probe=parts.catalogue.probe(PROBE),
        clock=parts.clock,
        pause=pause,
        seconds=2 * parts.settings.crawl.page_seconds + pause + _SLACK,
    )


def sites_to_check(parts: Parts) -> tuple[Site, ...]:
    """Give the confirmed sites of today that have a page to answer with."""
    today = local_date(parts.clock.now())
    roles = parts.catalogue.probe(PROBE).roles
    return tuple(site for site in parts.registry.sites_on(today) if roles & set(site.roles))


def availability_of(parts: Parts, store: Store, url: str, window: timedelta) -> UptimeAccount | None:
    """Give a site's account over a window that ends now, and begins at a midnight; None where it was never sampled in it."""
    now = parts.clock.now()
    until = int(now.timestamp())
    since = midnight(until - int(window.total_seconds()))
    taken_over = parts.registry.taken_over(url, local_date(now))
    if taken_over is not None:
        # What an address did under whoever had it before is not laid at the door of its new owner.
        since = max(since, int(datetime.combine(taken_over, time.min, VIETNAM).timestamp()))
    days = store.uptime.days(since, until, parts.settings.schedule.uptime_seconds, [url]).get(url)
    if not days:
        return None
    mine = [one for one in parts.maintenance if one.site == url]
    return shorter(account(days, since, until, mine), _MOST_INCIDENTS)


def uptime_report(parts: Parts, store: Store, *, since: datetime, until: datetime, site: str | None = None) -> UptimeReport:
    """Give the account of every site that was sampled within a span, by address; of one if it is named.

    Raises:
        UsageError: the span is empty, or that site was never sampled.
    """
    start, end = int(since.timestamp()), min(int(until.timestamp()), int(parts.clock.now().timestamp()))
    if start >= end:
        raise UsageError("there is no time between these: give a --from that is past, and a --to not before it")
    known = store.uptime.sites()
    if site is not None and site not in known:
        raise UsageError(f'"{site}" was never checked{nearest(site, known)}')
    interval = parts.settings.schedule.uptime_seconds
    days = store.uptime.days(start, end, interval, [site] if site is not None else None)
    return UptimeReport(
        since=since,
        until=datetime.fromtimestamp(end, since.tzinfo),
        sites=tuple(_site(parts, url, days[url], start, end) for url in sorted(days)),
    )


def last_weeks(parts: Parts, store: Store, as_of: datetime) -> dict[str, SiteUptime]:
    """Give the account of each sampled site over the weeks before an instant, by address: what a report's bars show."""
    until = int(as_of.timestamp())
    since = midnight(until) - _BARS * DAY
    days = store.uptime.days(since, until, parts.settings.schedule.uptime_seconds)
    return {url: _site(parts, url, found, since, until) for url, found in days.items()}


def _site(parts: Parts, url: str, days: Sequence[UptimeDay], since: int, until: int) -> SiteUptime:
    mine = [one for one in parts.maintenance if one.site == url]
    today = local_date(parts.clock.now())
    agencies = (row.agency for row in parts.registry.rows if row.url == url and row.valid_on(today))
    return SiteUptime(
        site=url,
        agencies=tuple(dict.fromkeys(agencies)),
        account=account(days, since, until, mine),
        days=day_shares(days, since, until, mine),
    )


def check_now(parts: Parts) -> tuple[tuple[str, Sample], ...]:
    """Take one sample of every confirmed site now, keep them, and give them."""
    sites = sites_to_check(parts)
    begun = int(parts.clock.now().timestamp())
    with parts.store() as store:
        anyio.run(partial(check_sites, parts, store, sites))
        ended = int(parts.clock.now().timestamp()) + 1
        return tuple((site.url, sample) for site in sites for sample in store.uptime.samples(site.url, begun, ended)[-1:])
