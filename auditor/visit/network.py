"""All ways out, made once for a process: what visits share, and the doors that each visit is given."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypedDict

import anyio

from auditor import VERSION
from auditor.clock import Clock
from auditor.model.evidence import Proof
from auditor.model.uptime import UptimeAccount
from auditor.model.visit import Cause
from auditor.sdk.doors import BrowserDoor, DnsDoor, HttpDoor, ReachDoor, SmtpDoor, TlsDoor
from auditor.sdk.limits import CrawlLimits, Limits
from auditor.sdk.vocabulary import Vocabulary
from auditor.settings import Settings
from auditor.settings.sections import Browser as BrowserSettings
from auditor.settings.sections import Crawl
from auditor.settings.sections import Network as NetworkSettings
from auditor.settings.sections import Tls as TlsSettings
from auditor.visit.doors.answers import Answers
from auditor.visit.doors.browser.door import BrowserBounds, Browsers, BrowserVisit
from auditor.visit.doors.dns.door import Authorities, DnsVisit, Resolver, Trust, nameservers_of, read_anchors
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.http.door import Http, HttpSettings, Links
from auditor.visit.doors.http.politeness import Gates, Pacing, Shut
from auditor.visit.doors.http.recorder import Recorder
from auditor.visit.doors.reach import ReachLinks, ReachVisit
from auditor.visit.doors.smtp import SmtpLinks, SmtpVisit
from auditor.visit.doors.tls.door import Scanner, TlsVisit
from auditor.visit.doors.tls.revocation import Rules
from auditor.visit.memory import VisitMemory

__all__ = ["Keeper", "Network", "VisitDoors", "user_agent"]

_THREADS = 2
"""So many large bodies are unpacked, hashed and packed at once beside the event loop."""


_LAST_PAGES = 6
"""So many pages may still be under way or asked for again when a crawl's own time is over."""


Availability = Callable[[], UptimeAccount | None]


class Keeper(Recorder, Protocol):
    """Keeps what a visit saw."""

    def blob(self, body: bytes, media_type: str, url: str | None = None) -> Proof:
        """Keep bytes that are not HTTP."""
        ...


class _Shared(TypedDict):
    """What the TLS and the SMTP door need alike."""

    resolver: Resolver
    guard: Guard
    clock: Clock
    retry_pause: float
    blame: Callable[[str, Cause], Awaitable[Cause]]
    trust: tuple[Path, ...]


class VisitDoors:
    """One visit's doors; everything that goes through them is its evidence."""

    def __init__(
        self,
        network: "Network",
        writer: Keeper,
        http: HttpDoor,
        dns: DnsDoor,
        reach: ReachDoor,
        tls: TlsDoor,
        smtp: SmtpDoor,
        browser: BrowserDoor,
    ) -> None:
        """Join the doors of a visit."""
        self.account: Availability = lambda: None
        self.http, self.dns, self.reach, self.tls, self.smtp, self.browser = http, dns, reach, tls, smtp, browser
        self.limits: CrawlLimits = network.limits
        self.vocabulary: Vocabulary = network.vocabulary
        self.registry_hosts = network.registry_hosts
        self._clock, self._writer = network.clock, writer

    def availability(self) -> UptimeAccount | None:
        """Give the account of this site's samples up to now, None while there are none."""
        return self.account()

    def now(self) -> datetime:
        """Give the present instant in UTC."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Give seconds for measuring spans."""
        return self._clock.monotonic()

    def keep(self, body: bytes, media_type: str, *, url: str | None = None) -> Proof:
        """Keep bytes that are not HTTP as this visit's evidence."""
        return self._writer.blob(body, media_type, url)


class Network:
    """What all visits share: the resolver, the gates, the TLS contexts, the scanner, the browser.

    Make it inside a running loop and use it as an async context manager: the browser ends with it.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        vocabulary: Vocabulary,
        registry_hosts: frozenset[str],
        *,
        patience: int,
        peers: tuple[str, ...] = (),
        thorough: bool = False,
        pacing: Pacing | None = None,
    ) -> None:
        """Set up the ways out. ``patience`` and ``peers`` as in ``Links``: more than one site makes the others our controls.

        ``thorough``: every TLS scan is deep, whatever earlier visits saw. ``pacing`` is shared with whatever else goes out.
        """
        network = settings.network
        self.clock, self.vocabulary, self.registry_hosts = clock, vocabulary, registry_hosts
        self.limits = _limits(settings.crawl)
        self.visit_seconds = _visit_seconds(settings)
        guard = Guard.of(network.allow_addresses, network.connect_to)
        self._resolver = Resolver(servers=nameservers_of(network.nameservers), clock=clock, guard=guard)
        self._links = Links(
            settings=_http_settings(network),
            clock=clock,
            resolver=self._resolver,
            guard=guard,
            gates=_gates(network, clock, pacing),
            threads=anyio.CapacityLimiter(_THREADS),
            patience=patience,
            peers=peers,
        )
        self._authorities = Authorities(clock, guard, network.retry_pause)
        self._reach = ReachLinks(self._resolver, guard, clock, network.retry_pause, network.control_hosts)
        self._trust = Trust(anchors=read_anchors(network.dns_anchor), clock=clock)
        pause, blame = network.retry_pause, self._links.blame
        shared = _Shared(resolver=self._resolver, guard=guard, clock=clock, retry_pause=pause, blame=blame, trust=network.trust)
        self._scanner = _scanner(settings.tls, shared, self._links.answers, thorough=thorough)
        self._smtp = SmtpLinks(**shared)
        self._browsers = _browsers(settings.browser, self._links, clock)

    async def __aenter__(self) -> Self:
        """Give the network."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the browser, if one was needed."""
        await self._browsers.aclose()

    def closed_by(self, host: str) -> Shut | None:
        """Give the answer by which a host said that it wants nobody to come; None when we may."""
        return self._links.gates.of(host).shut

    async def link_is_up(self) -> bool:
        """Tell whether one of the control hosts takes a connection now."""
        return await self._links.controlled()

    @asynccontextmanager
    async def doors(
        self, writer: Keeper, memory: VisitMemory | None = None, availability: Availability = lambda: None
    ) -> AsyncIterator[VisitDoors]:
        """Open a visit's doors, recording into its writer; ``memory`` is what former nights kept of the same pages."""
        async with (
            Http(self._links, writer, self.limits.page, memory) as http,
            BrowserVisit(self._browsers, http, writer.blob) as browser,
        ):
            dns = DnsVisit(self._resolver, writer.blob, self._trust, blame=self._links.blame, authorities=self._authorities)
            tls = TlsVisit(self._scanner, writer.blob, memory, http.get)
            smtp = SmtpVisit(self._smtp, writer.blob)
            reach = ReachVisit(self._reach, writer.blob)
            opened = VisitDoors(self, writer, http, dns, reach, tls, smtp, browser)
            opened.account = availability
            yield opened


def _limits(crawl: Crawl) -> CrawlLimits:
    page = Limits(seconds=crawl.page_seconds, wire=crawl.page_bytes, decoded=crawl.decoded_bytes, hops=crawl.redirects)
    return CrawlLimits(pages=crawl.pages, requests=crawl.requests, depth=crawl.depth, seconds=crawl.seconds, page=page)


def _scanner(tls: TlsSettings, shared: _Shared, answers: Answers, *, thorough: bool) -> Scanner:
    """Make the TLS scanner. A deep scan holds half a day less than it is said to: a night may begin a little early."""
    held = timedelta(days=tls.deep_days) - timedelta(hours=12) if tls.deep_days and not thorough else timedelta()
    rules = Rules(staple=tls.staple, ocsp=tls.ocsp, crl=tls.crl)
    return Scanner(**shared, answers=answers, deep_after=held, rules=rules)


def _visit_seconds(settings: Settings) -> float:
    """Give the seconds after which no visit goes on, whatever its probe still waits for.

    A crawl ends by its own limit long before: beyond that it needs a few last pages, and its turn at the browser, which the pages
    of every other site may have first.
    """
    crawl = settings.crawl
    return crawl.seconds + _LAST_PAGES * crawl.page_seconds + settings.schedule.sites_at_once * settings.browser.page_seconds


def _gates(network: NetworkSettings, clock: Clock, pacing: Pacing | None) -> Gates:
    return Gates(clock, per_second=network.requests_per_second, connections=network.connections_per_host, pacing=pacing)


def _http_settings(network: NetworkSettings) -> HttpSettings:
    return HttpSettings(
        user_agent=user_agent(network.contact),
        retry_pause=network.retry_pause,
        connections=network.connections_per_host,
        trust=network.trust,
        controls=network.control_hosts,
    )


def user_agent(contact: str) -> str:
    """Give the name under which we visit, with how to reach us."""
    return f"auditor/{VERSION} (+{contact})" if contact else f"auditor/{VERSION}"


def _browsers(browser: BrowserSettings, links: Links, clock: Clock) -> Browsers:
    bounds = BrowserBounds(
        pages=browser.pages_per_run,
        seconds=browser.page_seconds,
        requests=browser.requests_per_page,
        document=browser.document_bytes,
    )
    return Browsers(browser.executable, bounds, links.settings.user_agent, clock, links.threads)
