"""One crawl while it goes on: what is opened next, what a browser must show, what a page leads to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urljoin

import anyio
from anyio import to_thread

from auditor.model.agency import Site
from auditor.model.evidence import Chain, Cut, Exchange
from auditor.model.visit import Cause
from auditor.sdk.boilerplate import Template
from auditor.sdk.doors import Doors, Rendered
from auditor.sdk.front import front_cause
from auditor.sdk.html import Document, Link, page_of
from auditor.sdk.outcome import GONE, cause_of, looks_like_html
from auditor.sdk.text import tokens
from auditor.sdk.urls import canonical, same_site
from probes.content.labels import Labels
from probes.content.substance import Reader
from probes.crawling import downloads, fetching
from probes.crawling import extras as beyond
from probes.crawling.frontier import Due, Frontier
from probes.crawling.listing import Listing
from probes.crawling.rendering import Renderer, is_bare, is_shell, lacks_menu, may_be_filled, own_frames
from probes.crawling.seen import CrawledPage, CrawlSeen
from probes.crawling.sitemaps import listed, sitemaps

__all__ = ["MISSING", "look"]

MISSING = "auditor-trang-khong-ton-tai-3061"
"""An address that no site has: what it answers is how the site says that a page is missing."""
_MAX_SITEMAP_URLS = 2_000

_MAX_DETAILS, _MAX_SERVICES = 3, 20
"""So many services of a list are opened, to hold their level against what their page shows."""
_LABEL_WORDS = 3
_TOGETHER = _TWO = 2
_MAX_LINKS = 3_000
_PASSES = 2
"""What a browser showed may lead to sections that it has to show too; no further."""
_MUCH = 20_000
_SMALL = 64 * 1024
"""A page of so many bytes is read in a few milliseconds."""
_MAX_BYTES = 96 * 1024 * 1024
_MAX_PARTS = 400_000
"""Decoded bytes, and pieces of text and links, that one crawl keeps in memory at the most; a large portal has a tenth of it."""


class _Crawl:
    """One crawl while it goes on."""

    def __init__(self, site: Site, front: Chain, doors: Doors) -> None:
        self.doors, self.limits, self.base = doors, beyond.content_limits(doors.limits), front.final.url
        self.labels = Labels(doors.vocabulary)
        self.frontier = Frontier(self.base, self.labels, self.limits.depth, doors.registry_hosts)
        self.listing = Listing(doors.vocabulary, self.frontier, site.url, front.final.at.year, self.limits.pages)
        self.renderer = Renderer(doors)
        self._loading = doors.vocabulary.finder("loading")
        self.pages: list[CrawledPage] = []
        self.requests, self.read, self.bytes, self.parts = len(front.exchanges) + 1, 1, len(front.final.body), 0
        self.again: Chain | None = None
        self.front: Rendered | None = None
        self.documents: list[Document] = []
        self._template, self._learnt = Template(), 0
        self._read: dict[str, tuple[Document, Due]] = {}

    async def run(self, started: float) -> None:
        """Open pages two at a time until nothing is left or a limit is reached."""
        while self.listing.goes_on():
            cut = self._cut(self.doors.monotonic() - started)
            if cut is not None:
                self.frontier.cuts.add(cut)
                return
            due = self.frontier.take(_TOGETHER)
            with anyio.move_on_after(max(self.limits.seconds - (self.doors.monotonic() - started), 0)) as scope:
                chains = await fetching.look(due, self.doors)
            if scope.cancelled_caught:  # a site may ask us to wait longer than a visit may last
                self.frontier.put_back(due)
                continue
            for one, chain in zip(due, chains, strict=True):
                self.requests += len(chain.exchanges)
                self.bytes += sum(len(exchange.body) for exchange in chain.exchanges)
                page = CrawledPage(url=one.url, chain=chain, clicks=one.known_clicks, found_on=one.found_on)
                if _readable(chain, self.base):
                    self.read += 1
                    page = await self._take_page(page, one)
                self.pages.append(page)

    async def take_front(self, exchange: Exchange) -> None:
        """Read the front page; a browser shows what scripts make of it, where that may be all of it or its menu."""
        document = await _read(exchange)
        framed = is_bare(document) and own_frames(document, self.base)
        if is_shell(document, self.base) or (not framed and lacks_menu([document], self.labels, self.base)):
            self.front = await self._rendered(exchange, "the front page, whose HTML names few duties")
            if self.front.page.cause is None:
                document = await _read(self.front.page)
        self.take(document, None)

    async def _take_page(self, page: CrawledPage, due: Due) -> CrawledPage:
        document = await _read(page.chain.final)
        if is_shell(document, self.base):
            rendered = await self._rendered(page.chain.final, "a page whose HTML is a shell")
            page = replace(page, rendered=rendered)
            if rendered.page.cause is None:
                document = await _read(rendered.page)
        self._read[page.url] = document, due
        self.take(document, due)
        return page

    async def _rendered(self, exchange: Exchange, why: str) -> Rendered:
        rendered = await self.renderer.page(exchange, why)
        self.requests += rendered.requests
        self.bytes += len(rendered.page.body)
        return rendered

    async def shown(self, missing: Chain) -> Rendered | None:
        """Give what a browser shows at an address that nobody has, where that is a shell too: routes that scripts make."""
        if not _readable(missing, self.base) or not is_shell(await _read(missing.final), self.base):
            return None
        return await self._rendered(missing.final, "how a missing page looks")

    async def confirm_lacks(self, started: float) -> None:
        """Let a browser look, before a page is said to lack something, at each whose scripts may bring it.

        That is what a section holds, and the way to hand in a file on a service's page. What they lead to is looked at too.
        """
        for _ in range(_PASSES):
            empty = await to_thread.run_sync(self._empty)
            whys = dict.fromkeys(empty, "a section whose HTML holds nothing and that a script may fill")
            for index in self._without_entry():
                whys.setdefault(index, "a service's page whose HTML has no way in and that a script may fill")
            if not whys:
                return
            await self._confirm(whys, started)
            await self.run(started)

    async def _confirm(self, whys: Mapping[int, str], started: float) -> None:
        """Let a browser look at these pages, each for its reason, as far as the limits go."""
        for index, why in whys.items():
            page = self.pages[index]
            if self._cut(self.doors.monotonic() - started) not in {None, Cut.PAGES}:
                gone = replace(page.chain.final, body=b"", digest=None, record=None, cause=Cause.BUDGET)
                self.pages[index] = replace(page, rendered=Rendered(page=gone))
                continue
            _, due = self._read[page.url]
            rendered = await self._rendered(page.chain.final, why)
            self.pages[index] = replace(page, rendered=rendered)
            if rendered.page.cause is None:
                document = await _read(rendered.page)
                self.take(document, due)

    def _empty(self) -> Sequence[int]:
        reader = Reader(self._template_so_far(), self.doors.vocabulary)
        found = []
        for index, page in enumerate(self.pages):
            document, due = self._read.get(page.url, (None, None))
            if document is None or due is None or page.rendered is not None or not (due.wanted or self._is_section(document)):
                continue
            substance = reader.read(document)
            loads = self._loading.find(tokens(document.text()[:_MUCH]))
            hollow = not substance.holds_something or (loads and not substance.entries and not substance.rows)
            if hollow and not substance.login and not own_frames(document, self.base) and may_be_filled(document):
                found.append(index)
        return found

    def _is_section(self, document: Document) -> bool:
        """Tell a page whose own title or first headings name a duty, whatever led there."""
        titles = (document.title, *document.headings[:3])
        return any(self.labels.of_title(title) for title in titles)

    def _without_entry(self) -> Sequence[int]:
        lacking = self.listing.without_entry
        found = []
        for index, page in enumerate(self.pages):
            document, _ = self._read.get(page.url, (None, None))
            if document is None or page.rendered is not None or canonical(document.url) not in lacking:
                continue
            if may_be_filled(document):
                found.append(index)
        return found

    def _cut(self, seconds: float) -> Cut | None:
        if self.read >= self.limits.pages:
            return Cut.PAGES
        if self.requests >= self.limits.requests:
            return Cut.REQUESTS
        if self.bytes >= _MAX_BYTES or self.parts >= _MAX_PARTS:
            return Cut.DECODED
        return Cut.SECONDS if seconds >= self.limits.seconds else None

    def take(self, document: Document, due: Due | None) -> None:
        """Offer what a page leads to; the first few entries of a duty's own list come early, for their dates."""
        self.documents.append(document)
        self.parts += len(document.blocks) + len(document.links)
        clicks = 0 if due is None else due.known_clicks if due.known_clicks is not None else _TWO
        for url in (*document.frames, *filter(None, [document.refresh])):
            self.frontier.add_part(url, document.url, clicks)
        found = self.listing.take(document, self.documents, clicks)
        if due is not None and due.wanted and not found.lists:
            entries = [x for x in self._template_so_far().own_links(document) if len(x.label.split()) > _LABEL_WORDS]
            for link in entries[: _MAX_SERVICES if due.services else _MAX_DETAILS]:
                self._offer(document, link, clicks + 1, own=True)
        if len(document.links) > _MAX_LINKS:
            self.frontier.cuts.add(Cut.PAGES)
        for link in document.links[:_MAX_LINKS]:
            if not self.listing.holds(link.url, found):
                self._offer(document, link, clicks + 1)

    def take_map(self, urls: Collection[str]) -> None:
        """Offer what the XML sitemaps list, as many as a crawl can use."""
        if len(urls) > _MAX_SITEMAP_URLS:
            self.frontier.cuts.add(Cut.PAGES)
        for url in sorted(urls)[:_MAX_SITEMAP_URLS]:
            self.frontier.add(url, (), "sitemap.xml", None)

    def _template_so_far(self) -> Template:
        """Give the template as far as pages have been read."""
        for document in self.documents[self._learnt :]:
            self._template.learn(document)
        self._learnt = len(self.documents)
        return self._template

    def _offer(self, document: Document, link: Link, clicks: int, *, own: bool = False) -> None:
        if link.url in document.nofollow or "*" in document.nofollow:
            self.frontier.leave(link.url, near=clicks == 1)
        else:
            self.frontier.add(link.url, self.labels.of_link(link, menu=clicks == 1), document.url, clicks, own=own)

    async def ask_forms(self, started: float) -> tuple[downloads.AskedForm, ...]:
        """Ask for the first bytes of the forms that opened services offer, within what is left of the limits."""
        left = self.limits.seconds - (self.doors.monotonic() - started)
        return await downloads.look(self.listing.forms(), self.doors, self.base, self.limits.requests - self.requests, left)

    async def ask_again(self) -> None:
        """Ask once more for what a duty needs and what an odd answer kept from us: nobody is said to lack it for one answer."""
        wanted = self.frontier.wanted
        for index, page in enumerate(self.pages):
            final = page.chain.final
            refused = page.chain.cause is None and cause_of(final) is Cause.HTTP_4XX and final.status not in GONE
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
    if front.cause is not None or front_cause(front.final) is not None:
        return CrawlSeen(front=front)
    crawl = _Crawl(site, front, doors)
    missing = await doors.http.get(urljoin(crawl.base, MISSING), why="how a missing page looks", limits=limits.page)
    maps = await sitemaps(crawl.base, doors)
    crawl.requests += 1 + len(maps)
    await crawl.take_front(front.final)
    missing_rendered = await crawl.shown(missing)
    crawl.take_map(listed(maps))
    await crawl.run(started)
    await crawl.confirm_lacks(started)
    forms = await crawl.ask_forms(started)
    crawl.requests += sum(len(form.chain.exchanges) for form in forms)
    await crawl.ask_again()
    chains, rest = [page.chain for page in crawl.pages], crawl.frontier.rest()
    return CrawlSeen(
        front=front,
        rendered=crawl.front,
        pages=tuple(crawl.pages),
        missing=missing,
        missing_rendered=missing_rendered,
        sitemaps=maps,
        cuts=tuple(sorted(crawl.frontier.cuts)),
        left=len(rest),
        near=sum(due.known_clicks == 1 for due in rest),
        unopened=tuple(due.url for due in rest if due.wanted)[:200],
        unfollowed=crawl.frontier.unfollowed,
        again=crawl.again,
        forms=forms,
        extras=await beyond.look(site, doors, beyond.Found(front, crawl.documents, chains, crawl.requests, started)),
    )


async def _read(exchange: Exchange) -> Document:
    """Read a page: here when that is soon done, else in a thread, since others do not wait for it."""
    return page_of(exchange) if len(exchange.body) <= _SMALL else await to_thread.run_sync(page_of, exchange)


def _readable(chain: Chain, base: str) -> bool:
    final = chain.final
    return chain.cause is None and cause_of(final) is None and looks_like_html(final) and same_site(final.url, base)
