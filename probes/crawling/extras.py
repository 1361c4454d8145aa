"""What the site-wide measures need beyond the pages: a sample of links, one search, the front page as from a search engine.

All of it within the crawl's own budget: ``content_limits`` says what is left to the pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit, urlunsplit

import anyio
from anyio import to_thread

from auditor.model.agency import Site
from auditor.model.evidence import Chain, Cut
from auditor.model.visit import Cause
from auditor.sdk.boilerplate import Template
from auditor.sdk.dates import local_day
from auditor.sdk.doors import Doors
from auditor.sdk.html import Document
from auditor.sdk.limits import MIB, CrawlLimits, Limits
from auditor.sdk.outcome import cause_of, looks_like_html
from auditor.sdk.urls import canonical, is_document, is_trap, same_site
from probes.content.labels import Grade, Labels
from probes.crawling.searching import Search, Way, address_of, find_headline, find_search
from probes.crawling.units import Place, in_fixed_order, units_of

__all__ = ["REFERRER", "Asked", "Extras", "Found", "Sampled", "content_limits", "look", "search_pages"]

SAMPLED_LINKS = 40
"""So many links are asked for that the crawl itself does not open: those off the site, and files."""
REFERRER = "https://www.google.com/"
_REQUESTS = 120
_SECONDS = 180.0
_SHARE = 4
"""A quarter of what the crawl may cost goes to the extras at the most."""
_TOGETHER = 4
_ONE = Limits(seconds=10.0, wire=MIB // 2, decoded=2 * MIB)
_ASKS_TWICE = frozenset({405, 501})
_REFUSED = frozenset({401, 403, 407, 429, 451})
_MAX_SEARCH_PAGES = 8
_FAILED = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A link that was asked for: by HEAD, and by GET where HEAD alone could not tell."""

    url: str
    label: str
    found_on: str
    head: Chain
    get: Chain | None = None

    @property
    def answer(self) -> Chain:
        """Give the answer that counts."""
        return self.get or self.head


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The one form that was sent: the page it stands on, the headline it was asked for and its words, and the answer.

    ``bare`` is the form's address without any question, where the crawl had not opened it.
    """

    page: str
    url: str
    headline: str
    target: str
    words: str
    chain: Chain
    bare: Chain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What was asked for beyond the pages.

    ``referred`` is the front page asked for as a visitor of a search engine does. ``cut`` is the limit that ended it early.
    """

    referred: Chain | None = None
    search: Asked | None = None
    links: tuple[Sampled, ...] = ()
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the crawl found: the front page, the pages as documents, the front page's first, and what it cost.

    ``answers`` are those of every page that was asked for, ``requests`` were made since ``started``, as the doors count seconds.
    """

    front: Chain
    documents: Sequence[Document]
    answers: Sequence[Chain]
    requests: int
    started: float


def content_limits(limits: CrawlLimits) -> CrawlLimits:
    """Give the limits of the pages: what a visit may cost without what is kept for the extras."""
    requests, seconds = min(_REQUESTS, limits.requests // _SHARE), min(_SECONDS, limits.seconds / _SHARE)
    return replace(limits, requests=limits.requests - requests, seconds=limits.seconds - seconds)


def search_pages(documents: Sequence[Document], labels: Labels) -> list[Document]:
    """Give the pages on which a search is looked for: the front page, its frames, and those that are for searching."""
    frames = set(documents[0].frames) if documents else set()
    named = (document for document in documents[1:] if document.url in frames or _is_for_search(document, labels))
    return [*documents[:1], *named][:_MAX_SEARCH_PAGES]


def _is_for_search(document: Document, labels: Labels) -> bool:
    hits = (*labels.of_url(document.url), *labels.of_title(document.title))
    return any(hit.section == "search" and hit.grade >= Grade.ACCEPTED for hit in hits)


async def look(site: Site, doors: Doors, found: Found) -> Extras:
    """Ask for the extras, as far as requests and seconds are left."""
    asking = _Asking(site, doors, found)
    with anyio.move_on_after(max(doors.limits.seconds - (doors.monotonic() - found.started), 0)) as scope:
        asking.referred = await asking.get(site.url, "the front page, as a visitor of a search engine", referrer=REFERRER)
        await asking.ask_search()
        await asking.ask_links()
    return Extras(
        referred=asking.referred,
        search=asking.search,
        links=tuple(asking.links[key] for key in sorted(asking.links)),
        cut=Cut.SECONDS if scope.cancelled_caught else asking.cut,
    )


class _Asking:
    """The extras of one crawl while they are asked for."""

    def __init__(self, site: Site, doors: Doors, found: Found) -> None:
        self.doors, self.found, self.left = doors, found, doors.limits.requests - found.requests
        self.base = found.front.final.url
        urls = (exchange.url for chain in (found.front, *found.answers) for exchange in (chain.hops[0], chain.final))
        self.asked = frozenset(map(canonical, (site.url, *urls)))
        self.labels = Labels(doors.vocabulary)
        self.referred: Chain | None = None
        self.search: Asked | None = None
        self.links: dict[int, Sampled] = {}
        self.cut: Cut | None = None

    async def get(
        self, url: str, why: str, *, method: str = "GET", referrer: str = "", limits: Limits | None = None
    ) -> Chain | None:
        """Ask for one address; None when no request is left for it."""
        if self.left <= 0:
            self.cut = Cut.REQUESTS
            return None
        self.left -= 1
        headers = {"Referer": referrer} if referrer else None
        bounds = limits or self.doors.limits.page
        chain = await self.doors.http.get(url, why=why[:300], method=method, headers=headers, limits=bounds)
        self.left -= len(chain.exchanges) - 1
        return chain

    async def ask_search(self) -> None:
        """Send the site's own search once, for words of its newest headline; ask its bare address where nobody knows it yet."""
        sent = await to_thread.run_sync(self._sent)
        if sent is None:
            return
        search, asked = sent
        url = urlunsplit((*urlsplit(search.form.action if search.form else search.page)[:3], "", ""))
        bare = None
        if canonical(url) not in self.asked:
            bare = await self.get(url, "the search without a question")
        chain = await self.get(asked.url, f'the search on {search.page}, for "{asked.words}"')
        self.search = None if chain is None else replace(asked, chain=chain, bare=bare)

    def _sent(self) -> tuple[Search, Asked] | None:
        documents, vocabulary = self.found.documents, self.doors.vocabulary
        search = find_search(search_pages(documents, self.labels), self.labels, self.base)
        if search is None or search.way is not Way.SENDS:
            return None
        opened = {canonical(document.url) for document in documents}
        headline = find_headline(documents, Template(documents), self.labels, vocabulary, opened)
        if headline is None:
            return None
        page = next(document for document in documents if document.url == search.page)
        url = address_of(search, headline.words, page.decoded.encoding)
        asked = Asked(
            page=search.page,
            url=url,
            headline=headline.label,
            target=headline.url,
            words=headline.words,
            chain=self.found.front,
        )
        return search, asked

    async def ask_links(self) -> None:
        """Ask for the sampled links, a few at once, in an order that is the same all through a year."""
        chosen = iter(enumerate(await to_thread.run_sync(self._chosen)))

        async def worker() -> None:
            for index, place in chosen:
                head = await self.get(place.url, f"link on {place.found_on}", method="HEAD", limits=_ONE)
                if head is None:
                    return
                again = await self.get(place.url, f"link on {place.found_on}", limits=_ONE) if _is_open(place.url, head) else None
                link = Sampled(url=place.url, label=place.label[:200], found_on=place.found_on, head=head, get=again)
                self.links[index] = link

        async with anyio.create_task_group() as group:
            for _ in range(_TOGETHER):
                group.start_soon(worker)

    def _chosen(self) -> list[Place]:
        year = local_day(self.found.front.final.at).year
        host = urlsplit(self.base).hostname or ""
        units = in_fixed_order(units_of(self.found.documents), f"{host} {year}")
        kept = {document.url: document.nofollow for document in self.found.documents}
        units = [unit for unit in units if not any({place.url, "*"} & kept[place.found_on] for place in unit.places.values())]
        places = (next(filter(self._is_unknown, unit.places.values()), None) for unit in units)
        return [place for place in places if place is not None][:SAMPLED_LINKS]

    def _is_unknown(self, place: Place) -> bool:
        """Tell a link that the crawl never opens: off the site, or a file."""
        if canonical(place.url) in self.asked or is_trap(place.url):
            return False
        return not same_site(place.url, self.base) or is_document(place.url)


def _is_open(url: str, head: Chain) -> bool:
    """Tell whether a HEAD's answer must be borne out by a GET: an error, silence, or a page where a file was promised."""
    final = head.final
    cause = head.cause or cause_of(final)
    if final.status is None:
        return final.cause in {Cause.PROTOCOL, Cause.TIMEOUT} and bool(head.confirmed)  # many servers never learnt HEAD
    if cause in {Cause.ROBOTS, Cause.CHALLENGE} or final.status in _REFUSED:
        return False
    return final.status >= _FAILED or final.status in _ASKS_TWICE or (is_document(url) and looks_like_html(final))
