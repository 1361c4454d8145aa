"""What does the portal hold? Its front page, the pages that its duties need, and as much of the rest as the limits allow."""

import gzip
import heapq
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import anyio

from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Chain, Cut, Exchange
from auditor.model.ids import ProbeId
from auditor.model.reading import Reading
from auditor.model.visit import Cause
from auditor.sdk.boilerplate import Template
from auditor.sdk.charset import decode
from auditor.sdk.doors import Doors
from auditor.sdk.html import Document
from auditor.sdk.limits import CrawlLimits
from auditor.sdk.outcome import cause_of, looks_like_html
from auditor.sdk.probe import Known, Probe
from auditor.sdk.urls import canonical, is_document, is_trap, same_site, shape
from probes.content.labels import Grade, Labels

__all__ = ["PROBE", "CrawlSeen", "CrawledPage"]

MISSING = "auditor-trang-khong-ton-tai-3061"
"""An address that no site has: what it answers is how the site says that a page is missing."""
_MAX_SITEMAPS = 5
_MAX_SITEMAP_URLS = 2_000
_MAX_QUERIES = 25
_MAX_OF_SHAPE = 40
_MAX_DETAILS = 3
_MAX_SERVICES = 20
"""So many services of a list are opened, to hold their level against what their page shows."""
_LABEL_WORDS = 3
_TOGETHER = 2
_SERVICES = {"service_portal", "procedures"}
_LOC = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawledPage:
    """One page asked for.

    ``clicks`` counts from the front page (None when only the XML sitemap names it); ``found_on`` is the page that linked it.
    """

    url: str
    chain: Chain
    clicks: int | None
    found_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSeen:
    """All that was seen.

    ``cuts`` are the limits that ended it or left something out, ``left`` how many addresses were not opened, ``near`` how many
    of them are one click away. ``unopened`` are those of them that a duty's label or address named.
    """

    front: Chain
    pages: tuple[CrawledPage, ...] = ()
    missing: Chain | None = None
    sitemaps: tuple[Chain, ...] = ()
    cuts: tuple[Cut, ...] = ()
    left: int = 0
    near: int = 0
    unopened: tuple[str, ...] = ()


@dataclass(order=True)
class _Due:
    rank: int
    clicks: int
    number: int
    url: str = field(compare=False)
    found_on: str = field(compare=False)
    known_clicks: int | None = field(compare=False)
    wanted: bool = field(compare=False, default=False)
    services: bool = field(compare=False, default=False)


class _Frontier:
    """The addresses still to be opened: those that duties need first, then near ones; traps stay outside."""

    def __init__(self, site: str, labels: Labels, depth: int, registry_hosts: frozenset[str]) -> None:
        self._site, self._labels, self._depth, self._hosts = site, labels, depth, registry_hosts
        self._heap: list[_Due] = []
        self._known: set[str] = {canonical(site)}
        self._queries: Counter[str] = Counter()
        self._shapes: Counter[str] = Counter()
        self.cuts: set[Cut] = set()

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, url: str, label: str, found_on: str, clicks: int | None, *, own: bool = False) -> None:
        """Offer an address; ``own`` marks an entry of a section's own list."""
        key = canonical(url)
        if key in self._known:
            return
        hits = (*self._labels.of_label(label), *(() if is_document(url) else self._labels.of_url(url)))
        grade = max([hit.grade for hit in hits], default=None)
        services = any(hit.section in _SERVICES and hit.grade >= Grade.ACCEPTED for hit in hits)
        wanted = grade is not None and grade >= Grade.ACCEPTED and (clicks or 0) <= 2  # noqa: PLR2004 - two clicks
        if not self._may_open(url, wanted=wanted):
            return
        if is_trap(url) or (clicks or 0) > self._depth:
            self.cuts.add(Cut.TRAP if is_trap(url) else Cut.DEPTH)
            return
        path = urlsplit(url).path
        if not wanted and (self._queries[path] >= _MAX_QUERIES or self._shapes[shape(url)] >= _MAX_OF_SHAPE):
            self.cuts.add(Cut.TRAP)
            return
        self._known.add(key)
        self._queries[path] += bool(urlsplit(url).query)
        self._shapes[shape(url)] += 1
        rank = (0 if clicks in {0, 1} else 1) if wanted else 2 if own else 3 if clicks == 1 else 5 if clicks is None else 4
        due = _Due(rank, clicks if clicks is not None else 9, len(self._known), url, found_on, clicks, wanted, services)
        heapq.heappush(self._heap, due)

    def _may_open(self, url: str, *, wanted: bool) -> bool:
        """The site's own pages; beyond them only what a duty needs: a file, or a page of a site in the registry."""
        if same_site(url, self._site):
            return wanted or not is_document(url)
        return wanted and (urlsplit(url).hostname or "") in self._hosts

    def take(self, count: int) -> list[_Due]:
        """Give the next few."""
        return [heapq.heappop(self._heap) for _ in range(min(count, len(self._heap)))]

    def rest(self) -> list[_Due]:
        """Give what was never opened."""
        return sorted(self._heap)


async def look(site: Site, doors: Doors) -> CrawlSeen:
    """Read the portal from its front page outwards, two pages at a time, in an order that is the same every night."""
    started, limits = doors.monotonic(), doors.limits
    front = await doors.http.get(site.url, why="front page", limits=limits.page)
    if front.cause is not None or cause_of(front.final) is not None:
        return CrawlSeen(front=front)
    labels = Labels(doors.vocabulary)
    base = front.final.url
    missing = await doors.http.get(urljoin(base, MISSING), why="how a missing page looks", limits=limits.page)
    sitemaps = await _sitemaps(base, doors)
    frontier = _Frontier(base, labels, limits.depth, doors.registry_hosts)
    home = Document(front.final)
    _offer(home, frontier, clicks=1)
    for url in sorted(_listed(sitemaps))[:_MAX_SITEMAP_URLS]:
        frontier.add(url, "", "sitemap.xml", None)
    pages: list[CrawledPage] = []
    requests, read = 3 + len(sitemaps), 1
    documents = [home]
    while len(frontier):
        cut = _cut(read, requests, doors.monotonic() - started, limits)
        if cut is not None:
            frontier.cuts.add(cut)
            break
        due = frontier.take(_TOGETHER)
        chains = await _fetch(due, doors)
        for one, chain in zip(due, chains, strict=True):
            requests += len(chain.exchanges)
            page = CrawledPage(url=one.url, chain=chain, clicks=one.known_clicks, found_on=one.found_on)
            pages.append(page)
            if _readable(chain, base):
                read += 1
                document = Document(chain.final)
                documents.append(document)
                _offer_page(document, frontier, one, documents)
    rest = frontier.rest()
    return CrawlSeen(
        front=front,
        pages=tuple(pages),
        missing=missing,
        sitemaps=sitemaps,
        cuts=tuple(sorted(frontier.cuts)),
        left=len(rest),
        near=sum(due.known_clicks == 1 for due in rest),
        unopened=tuple(due.url for due in rest if due.wanted)[:200],
    )


def _cut(pages: int, requests: int, seconds: float, limits: CrawlLimits) -> Cut | None:
    if pages >= limits.pages:
        return Cut.PAGES
    if requests >= limits.requests:
        return Cut.REQUESTS
    return Cut.SECONDS if seconds >= limits.seconds else None


async def _fetch(due: Iterable[_Due], doors: Doors) -> list[Chain]:
    """Open a few addresses at once; the order of the answers is the order of the questions."""
    due = list(due)
    found: list[Chain | None] = [None] * len(due)

    async def one(index: int, asked: _Due) -> None:
        found[index] = await doors.http.get(asked.url, why=f"link on {asked.found_on}"[:300], limits=doors.limits.page)

    async with anyio.create_task_group() as group:
        for index, asked in enumerate(due):
            group.start_soon(one, index, asked)
    return [chain for chain in found if chain is not None]


def _readable(chain: Chain, base: str) -> bool:
    final = chain.final
    return chain.cause is None and cause_of(final) is None and looks_like_html(final) and same_site(final.url, base)


def _offer(document: Document, frontier: _Frontier, clicks: int) -> None:
    for link in document.links:
        frontier.add(link.url, link.label, document.url, clicks)
    if document.refresh:
        frontier.add(document.refresh, "", document.url, clicks)


def _offer_page(document: Document, frontier: _Frontier, due: _Due, documents: list[Document]) -> None:
    """Offer a page's links; the first few entries of a duty's own list come early, for their dates and levels."""
    clicks = (due.known_clicks if due.known_clicks is not None else 2) + 1
    if due.wanted:
        entries = [link for link in Template(documents).own_links(document) if len(link.label.split()) > _LABEL_WORDS]
        most = _MAX_SERVICES if due.services else _MAX_DETAILS
        for link in entries[:most]:
            frontier.add(link.url, link.label, document.url, clicks, own=True)
    _offer(document, frontier, clicks)


async def _sitemaps(base: str, doors: Doors) -> tuple[Chain, ...]:
    """Read the XML sitemaps that robots.txt names, else the usual one, and the first few of an index."""
    robots = await doors.http.get(
        urljoin(base, "/robots.txt"), why="sitemaps in robots.txt", limits=doors.limits.page, robots=False
    )
    text = decode(robots.final.body, robots.final.header("content-type")).text if robots.final.status == 200 else ""  # noqa: PLR2004
    named = [line.partition(":")[2].strip() for line in text.splitlines() if line.lower().startswith("sitemap:")]
    queue = [url for url in named if same_site(url, base)] or [urljoin(base, "/sitemap.xml")]
    chains: list[Chain] = []
    while queue and len(chains) < _MAX_SITEMAPS:
        chain = await doors.http.get(queue.pop(0), why="sitemap", limits=doors.limits.page)
        chains.append(chain)
        text = _xml(chain.final)
        if "<sitemapindex" in text:
            queue += [url for url in _LOC.findall(text) if same_site(url, base)]
    return tuple(chains)


def _listed(chains: Iterable[Chain]) -> set[str]:
    texts = (_xml(chain.final) for chain in chains)
    return {url.replace("&amp;", "&") for text in texts if "<urlset" in text for url in _LOC.findall(text)}


def _xml(exchange: Exchange) -> str:
    """Give a sitemap's text; a packed one is unpacked within its limit, entities are never expanded."""
    if exchange.status != 200 or exchange.cause not in {None, Cause.TOO_LARGE}:  # noqa: PLR2004
        return ""
    body = exchange.body
    if body[:2] == b"\x1f\x8b":
        try:
            body = gzip.GzipFile(fileobj=io.BytesIO(body)).read(8 * 1024 * 1024)
        except (OSError, EOFError):
            return ""
    text = decode(body, None).text
    return text if "<urlset" in text or "<sitemapindex" in text else ""


def assess(seen: CrawlSeen, known: Known) -> list[Reading]:  # noqa: ARG001 - a probe's own signature
    """Promise nothing: others read what the crawl saw."""
    return []


PROBE = Probe(
    id=ProbeId("crawl"),
    version=1,
    measures=(),
    assess=assess,
    seen=CrawlSeen,
    look=look,
    roles=frozenset({SiteRole.PORTAL, SiteRole.SERVICES}),
)
