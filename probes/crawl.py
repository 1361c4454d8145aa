"""What does the portal hold? Its front page, the pages that its duties need, and as much of the rest as the limits allow."""

import gzip
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urljoin

import anyio
from anyio import to_thread

from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Chain, Cut, Exchange
from auditor.model.ids import ProbeId
from auditor.model.reading import Reading
from auditor.model.visit import Cause
from auditor.sdk.boilerplate import Template
from auditor.sdk.charset import decode
from auditor.sdk.doors import Doors, Rendered
from auditor.sdk.html import Document, page_of
from auditor.sdk.outcome import cause_of, looks_like_html
from auditor.sdk.probe import Known, Probe
from auditor.sdk.urls import same_site
from probes.content.labels import Labels
from probes.crawling.frontier import Due, Frontier

__all__ = ["PROBE", "CrawlSeen", "CrawledPage"]

MISSING = "auditor-trang-khong-ton-tai-3061"
"""An address that no site has: what it answers is how the site says that a page is missing."""
_MAX_SITEMAPS = 5
_MAX_SITEMAP_URLS = 2_000
_MAX_DETAILS = 3
_MAX_SERVICES = 20
"""So many services of a list are opened, to hold their level against what their page shows."""
_LABEL_WORDS = 3
_TOGETHER = 2
_TWO = 2
_GONE = {404, 410}
_MAX_LINKS = 3_000
_SMALL = 64 * 1024
"""A page of so many bytes is read in a few milliseconds."""
_MAX_BYTES = 96 * 1024 * 1024
_MAX_PARTS = 400_000
"""Decoded bytes, and pieces of text and links, that one crawl keeps in memory at the most; a large portal has a tenth of it."""
_LOC = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawledPage:
    """One page asked for.

    ``clicks`` counts from the front page (None when only the XML sitemap names it); ``found_on`` is the page that linked it.
    ``rendered`` is the page as a browser shows it, where it holds nothing without one.
    """

    url: str
    chain: Chain
    clicks: int | None
    found_on: str
    rendered: Rendered | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSeen:
    """All that was seen.

    ``cuts`` are the limits that ended it or left something out, ``left`` how many addresses were not opened, ``near`` how many
    of them are one click away. ``unopened`` are those of them that a duty's label or address named. ``again`` is the front page
    once more, asked for after pages had failed and nobody could say whose fault that was. ``rendered`` is the front page as a
    browser shows it, where it holds nothing without one.
    """

    front: Chain
    rendered: Rendered | None = None
    pages: tuple[CrawledPage, ...] = ()
    missing: Chain | None = None
    sitemaps: tuple[Chain, ...] = ()
    cuts: tuple[Cut, ...] = ()
    left: int = 0
    near: int = 0
    unopened: tuple[str, ...] = ()
    again: Chain | None = None


class _Crawl:
    """One crawl while it goes on."""

    def __init__(self, front: Chain, doors: Doors) -> None:
        self.doors, self.limits, self.base = doors, doors.limits, front.final.url
        self.frontier = Frontier(self.base, Labels(doors.vocabulary), self.limits.depth, doors.registry_hosts)
        self.pages: list[CrawledPage] = []
        self.requests, self.read, self.bytes, self.parts = len(front.exchanges) + 1, 1, len(front.final.body), 0
        self.again: Chain | None = None
        self._template, self._unlearnt = Template(), list[Document]()

    async def run(self, started: float) -> None:
        """Open pages two at a time until nothing is left or a limit is reached."""
        while len(self.frontier):
            cut = self._cut(self.doors.monotonic() - started)
            if cut is not None:
                self.frontier.cuts.add(cut)
                return
            due = self.frontier.take(_TOGETHER)
            with anyio.move_on_after(max(self.limits.seconds - (self.doors.monotonic() - started), 0)) as scope:
                chains = await _fetch(due, self.doors)
            if scope.cancelled_caught:  # a site may ask us to wait longer than a visit may last
                self.frontier.put_back(due)
                continue
            for one, chain in zip(due, chains, strict=True):
                self.requests += len(chain.exchanges)
                self.bytes += sum(len(exchange.body) for exchange in chain.exchanges)
                self.pages.append(CrawledPage(url=one.url, chain=chain, clicks=one.known_clicks, found_on=one.found_on))
                if _readable(chain, self.base):
                    self.read += 1
                    await self._taken(chain.final, one)

    def _cut(self, seconds: float) -> Cut | None:
        if self.read >= self.limits.pages:
            return Cut.PAGES
        if self.requests >= self.limits.requests:
            return Cut.REQUESTS
        if self.bytes >= _MAX_BYTES or self.parts >= _MAX_PARTS:
            return Cut.DECODED
        return Cut.SECONDS if seconds >= self.limits.seconds else None

    async def _taken(self, exchange: Exchange, due: Due) -> None:
        """Read a page: here when that is soon done, else in a thread, since others do not wait for it."""
        if len(exchange.body) <= _SMALL:
            self.take(exchange, due)
        else:
            await to_thread.run_sync(self.take, exchange, due)

    def take(self, exchange: Exchange, due: Due | None) -> None:
        """Read a page and offer what it leads to; the first few entries of a duty's own list come early, for their dates."""
        document = page_of(exchange)
        self._unlearnt.append(document)
        self.parts += len(document.blocks) + len(document.links)
        clicks = 0 if due is None else due.known_clicks if due.known_clicks is not None else _TWO
        for url in (*document.frames, *filter(None, [document.refresh])):
            self.frontier.add_part(url, document.url, clicks)
        if due is not None and due.wanted:
            entries = [x for x in self._learnt().own_links(document) if len(x.label.split()) > _LABEL_WORDS]
            for link in entries[: _MAX_SERVICES if due.services else _MAX_DETAILS]:
                self.frontier.add(link.url, link.label, document.url, clicks + 1, own=True)
        for link in document.links[:_MAX_LINKS]:
            self.frontier.add(link.url, link.label, document.url, clicks + 1)

    def _learnt(self) -> Template:
        """Give the template as far as pages have been read."""
        for document in self._unlearnt:
            self._template.learn(document)
        self._unlearnt = []
        return self._template

    async def ask_again(self) -> None:
        """Ask once more for what a duty needs and what an odd answer kept from us: nobody is said to lack it for one answer."""
        wanted = self.frontier.wanted
        for index, page in enumerate(self.pages):
            final = page.chain.final
            refused = page.chain.cause is None and cause_of(final) is Cause.HTTP_4XX and final.status not in _GONE
            odd = not page.chain.confirmed and (refused or page.chain.cause is Cause.REDIRECTS)
            if odd and page.url in wanted and self.requests < self.limits.requests:
                again = await self.doors.http.get(
                    page.url, why="a second time, before it is called broken", limits=self.limits.page
                )
                self.requests += len(again.exchanges)
                chain = Chain(hops=page.chain.exchanges, confirmed=again.exchanges, cause=again.cause)
                self.pages[index] = replace(page, chain=chain)
        if any(page.chain.cause is Cause.AMBIGUOUS for page in self.pages):
            self.again = await self.doors.http.get(
                self.base, why="the front page, after pages that failed", limits=self.limits.page
            )


async def look(site: Site, doors: Doors) -> CrawlSeen:
    """Read the portal from its front page outwards, two pages at a time, in an order that is the same every night."""
    started, limits = doors.monotonic(), doors.limits
    front = await doors.http.get(site.url, why="front page", limits=limits.page)
    if front.cause is not None or cause_of(front.final) is not None:
        return CrawlSeen(front=front)
    crawl = _Crawl(front, doors)
    missing = await doors.http.get(urljoin(crawl.base, MISSING), why="how a missing page looks", limits=limits.page)
    sitemaps = await _sitemaps(crawl.base, doors)
    crawl.requests += 1 + len(sitemaps)
    await to_thread.run_sync(crawl.take, front.final, None)
    for url in sorted(_listed(sitemaps))[:_MAX_SITEMAP_URLS]:
        crawl.frontier.add(url, "", "sitemap.xml", None)
    await crawl.run(started)
    await crawl.ask_again()
    rest = crawl.frontier.rest()
    return CrawlSeen(
        front=front,
        pages=tuple(crawl.pages),
        missing=missing,
        sitemaps=sitemaps,
        cuts=tuple(sorted(crawl.frontier.cuts)),
        left=len(rest),
        near=sum(due.known_clicks == 1 for due in rest),
        unopened=tuple(due.url for due in rest if due.wanted)[:200],
        again=crawl.again,
    )


async def _fetch(due: Iterable[Due], doors: Doors) -> list[Chain]:
    """Open a few addresses at once; the order of the answers is the order of the questions."""
    due = list(due)
    found: list[Chain | None] = [None] * len(due)

    async def one(index: int, asked: Due) -> None:
        found[index] = await doors.http.get(asked.url, why=f"link on {asked.found_on}"[:300], limits=doors.limits.page)

    async with anyio.create_task_group() as group:
        for index, asked in enumerate(due):
            group.start_soon(one, index, asked)
    return [chain for chain in found if chain is not None]


def _readable(chain: Chain, base: str) -> bool:
    final = chain.final
    return chain.cause is None and cause_of(final) is None and looks_like_html(final) and same_site(final.url, base)


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
