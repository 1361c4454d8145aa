"""Has somebody put links to gambling, quick loans or adult content into the site, or given it another face for search engines?

Hijacked gov.vn sites are a counted problem (DOMAIN section 2.3). To be called so wrongly is worse than to be missed: news and
warnings about gambling, sports, state lotteries and links within the state's own tree are none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from auditor.model.evidence import Chain, Exchange, Proof
from auditor.model.note import Json
from auditor.sdk.html import Document, Link
from auditor.sdk.locations import located
from auditor.sdk.outcome import cause_of, looks_like_html
from auditor.sdk.text import fold, tokens
from auditor.sdk.urls import canonical, same_site
from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.site import notes
from probes.site.markup import Hidden, inline_scripts
from probes.site.said import Said, proofs_of, short_of
from probes.site.spam import Spam, host_of, tree_of_host

__all__ = ["judge_injected"]

_MAX_TARGETS = 500
_SHOWN = 30
_LABEL_WORDS = 14
"""A longer label tells a story: it is news."""
_SEVERAL = 2
_MANY = 3
_MAX_LINKS = 3_000
_SENT_AWAY = re.compile(
    r"(?:window|document|top|self|parent)?\.?location(?:\.href)?\s*+=(?!=)\s*+['\"](https?://[^'\"\s]{4,300})|"
    r"location\.(?:replace|assign)\(\s*+['\"](https?://[^'\"\s]{4,300})",
    re.IGNORECASE,
)
_BY_REFERRER = re.compile(r"document\.referrer", re.IGNORECASE)
_ENGINES = re.compile(r"google|bing|coc-?coc|yahoo", re.IGNORECASE)
_NEAR = 400
"""So many characters after a script asks for the referrer, it must name the search engine and send its visitor away."""
_MAX_ASKED = 50
_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class _Target:
    """One target of what was injected: of which kind, on which page, by which words."""

    kind: str
    where: str
    page: str
    label: str
    words: tuple[str, ...]
    proof: Proof | None = None
    hidden: bool = False


@dataclass(slots=True)
class _Targets:
    """The targets found, each host and kind once."""

    found: dict[tuple[str, str], _Target] = field(default_factory=dict)

    def add(self, target: _Target) -> None:
        if len(self.found) < _MAX_TARGETS:
            self.found.setdefault((target.kind, target.where), target)


def judge_injected(site: CrawledSite) -> Said:
    """Count the distinct targets over all pages read, and what only a visitor of a search engine is shown."""
    search = _Search(site)
    targets = _Targets()
    for page in site.readable:
        for target in search.of_page(page):
            targets.add(target)
    for target in (*search.of_front(), *search.of_referred()):
        targets.add(target)
    found = list(targets.found.values())
    referred = site.seen.extras.referred
    facts: dict[str, Json] = {
        "targets": [_shown(target) for target in found[:_SHOWN]],
        "pages": len(site.readable),
        "as_from_a_search_engine": "not asked" if referred is None else str(referred.cause or cause_of(referred.final) or "read"),
    }
    if not found and (cause := short_of(site)) is not None:
        because = notes.TOO_LITTLE(cause=str(cause), read=len(site.readable), left=site.seen.left)
        return Said(because=because, cause=cause, facts=facts)
    if not found:
        return Said(because=notes.CLEAN(pages=len(site.readable)), value=0, facts=facts)
    first = found[0]
    because = notes.INJECTED(count=len(found), target=first.where[:200], page=first.page)
    return Said(because=because, value=len(found), proofs=proofs_of(target.proof for target in found), facts=facts)


def _shown(target: _Target) -> Json:
    return {
        "kind": target.kind,
        "target": target.where[:300],
        "page": target.page,
        "label": target.label[:200],
        "words": list(target.words[:6]),
        "hidden": target.hidden,
    }


class _Search:
    """Looks through one site's pages."""

    def __init__(self, site: CrawledSite) -> None:
        known = site.known
        self.site, self.spam = site, Spam(known.vocabulary, known.registry_hosts)
        self._links: dict[tuple[str, str], tuple[str, ...] | None] = {}

    def of_page(self, page: Page) -> Iterator[_Target]:
        """Give what was put into one page."""
        document = page.document
        suspects = [link for link in document.links[:_MAX_LINKS] if self._is_suspect(link)]
        hidden = Hidden(document.parse()).links(document.url) if suspects else set[str]()
        found = False
        for link in suspects:
            words = self._words(link, document, hidden=link.url in hidden)
            if words:
                found = found or link.url in hidden
                proof = page.exchange.proof(link.label[:200] or link.url[:200])
                host = host_of(link.url)
                yield _Target("link", host, document.url, link.label or link.url, tuple(words), proof, hidden=link.url in hidden)
        if not found:
            yield from self._hidden_text(page)
        yield from self._taken_over(page)

    def _is_suspect(self, link: Link) -> bool:
        """Tell a link out of the site and the state's tree with any word of it in its label or host."""
        host = host_of(link.url)
        if not host or same_site(link.url, self.site.base) or self.spam.is_lawful(host):
            return False
        return bool(self.spam.of_host(host) or self.spam.speaks(link.label))

    def _words(self, link: Link, document: Document, *, hidden: bool) -> list[str]:
        """Give the words that prove a suspect; none where it may be news, a warning or an honest neighbour."""
        host = host_of(link.url)
        of_host, sold = self.spam.of_host(host), self.spam.sells(link.label)
        if self.spam.is_press(host):
            return []
        if of_host:
            told = not hidden and not sold and self.spam.warns(f"{document.title} . {link.label}")
            return [] if told else [of_host, *sold]
        if hidden:
            return self.spam.speaks(link.label)
        return sold if len(tokens(link.label)) <= _LABEL_WORDS and not self.spam.warns(document.title) else []

    def _hidden_text(self, page: Page) -> Iterator[_Target]:
        """Find text that nobody sees and that sells in several ways."""
        for block in page.document.blocks:
            if block.kind == "hidden" and len(words := self.spam.fills(block.text)) >= _SEVERAL and self.spam.sells(block.text):
                proof = page.exchange.proof(block.text[:200])
                yield _Target(
                    "hidden text", host_of(page.document.url), page.document.url, block.text, tuple(words), proof, hidden=True
                )
                return

    def _taken_over(self, page: Page) -> Iterator[_Target]:
        """Find a page that is a bookmaker's: by its title, borne out by its text or its address."""
        document, title = page.document, page.document.title
        words = self.spam.sells(title)
        if not words or (page is not self.site.home and self._names_agency(title)):
            return
        text = "\n".join(block.text for block in self.site.template_of(page).own(document))
        filled = self.spam.fills(f"{title}\n{text[:20_000]}")
        renamed = page is self.site.home and bool(self.spam.said(title).get("bookmakers")) and not self._names_agency(title)
        if renamed or len(filled) >= _MANY or (filled and self.spam.in_address(document.url)):
            yield _Target("page", canonical(document.url), document.url, title, tuple(words), page.exchange.proof(title[:200]))

    def _names_agency(self, title: str) -> bool:
        return any(fold(agency.name) in fold(title) for agency in self.site.known.agencies)

    def of_front(self) -> Iterator[_Target]:
        """Find a front page that leads away to what it should not, for all or by a script for visitors of search engines."""
        site = self.site
        if not same_site(site.base, site.known.site.url) and self._is_spam(host_of(site.base)):
            yield self._led(site.base, "redirect", site.home.exchange)
        for page in site.front:
            refresh = page.document.refresh
            if refresh is not None and self._is_spam(host_of(refresh)):
                yield self._led(refresh, "redirect", page.exchange)
            if b"location" in page.exchange.body:
                yield from self._scripted(page)

    def _scripted(self, page: Page) -> Iterator[_Target]:
        scripts = inline_scripts(page.document.parse())
        for url in _sent_to(scripts):
            if self._is_spam(host_of(url)):
                yield self._led(url, "redirect", page.exchange)
        for number, asked in enumerate(_BY_REFERRER.finditer(scripts)):
            near = scripts[asked.end() : asked.end() + _NEAR]
            if number < _MAX_ASKED and _ENGINES.search(near):
                for url in filter(self._is_foreign, _sent_to(near)):
                    yield self._led(url, "cloaking", page.exchange)

    def of_referred(self) -> Iterator[_Target]:
        """Find what the front page shows or where it leads only when a search engine is said to have sent us."""
        chain = self.site.seen.extras.referred
        if chain is None:
            return
        ordinary = {tree_of_host(host_of(exchange.url)) for exchange in self.site.seen.front.exchanges}
        away = next((url for url in _ways(chain) if self._is_foreign(url) and tree_of_host(host_of(url)) not in ordinary), None)
        if away is not None:
            yield self._led(away, "cloaking", _hop_before(chain, away))
        final = chain.final
        if away is None and chain.cause is None and cause_of(final) is None and looks_like_html(final):
            yield from self._other_face(final)

    def _other_face(self, final: Exchange) -> Iterator[_Target]:
        """Compare the two front pages: where one leads by itself, which links it has, what it says."""
        document, home = self.site.known.document(final), self.site.known.document(self.site.seen.front.final)
        refresh = document.refresh
        scripts = inline_scripts(document.parse()) if b"location" in final.body else ""
        known = set(_sent_to(inline_scripts(home.parse()))) if scripts else set[str]()
        for url in (*filter(None, [refresh]), *(url for url in _sent_to(scripts) if url not in known)):
            if self._is_foreign(url) and url != home.refresh:
                yield self._led(url, "cloaking", final)
        before = {host_of(link.url) for link in (*home.links, *self.site.home.document.links)}
        for link in document.links[:_MAX_LINKS]:
            host = host_of(link.url)
            if host not in before and self._is_suspect(link) and (words := self._words(link, document, hidden=False)):
                yield _Target("cloaking", host, document.url, link.label, tuple(words), final.proof(link.label[:200] or None))
        words = self.spam.fills(f"{document.title}\n{document.text()[:20_000]}")
        usual = self._usual_words
        new = [word for word in words if word not in usual]
        if len(new) >= _MANY:
            yield _Target("cloaking", host_of(document.url), document.url, document.title, tuple(new), final.proof(new[0]))

    @cached_property
    def _usual_words(self) -> set[str]:
        both = (self.site.home.document, self.site.known.document(self.site.seen.front.final))
        said = [self.spam.said(f"{document.title}\n{document.text()[:20_000]}") for document in both]
        return {word for one in said for words in one.values() for word in words}

    def _is_spam(self, host: str) -> bool:
        return bool(host) and not self.spam.is_lawful(host) and bool(self.spam.of_host(host))

    def _is_foreign(self, url: str) -> bool:
        """Tell an address of somebody else: of another registered name, not the state's, and no newspaper or search engine."""
        host, mine = host_of(url), {tree_of_host(host_of(one)) for one in (self.site.base, self.site.known.site.url)}
        return bool(host) and tree_of_host(host) not in mine and not self.spam.is_lawful(host) and not self.spam.is_press(host)

    def _led(self, url: str, kind: str, exchange: Exchange) -> _Target:
        host = host_of(url)
        words = tuple(filter(None, [self.spam.of_host(host)]))
        return _Target(kind, host, exchange.url, url, words, exchange.proof(url[:200]))


def _ways(chain: Chain) -> Iterator[str]:
    """Give where a chain led: each redirect's target, whether or not it could be followed."""
    for exchange in chain.exchanges:
        url = _led_to(exchange)
        if url is not None:
            yield url


def _hop_before(chain: Chain, url: str) -> Exchange:
    return next((exchange for exchange in chain.exchanges if _led_to(exchange) == url), chain.hops[0])


def _led_to(exchange: Exchange) -> str | None:
    location = exchange.header("location") if exchange.status in _REDIRECTS else None
    url = located(exchange.url, location) if location else ""
    return url if url.startswith(("http://", "https://")) else None


def _sent_to(scripts: str) -> list[str]:
    return [found[1] or found[2] for found in _SENT_AWAY.finditer(scripts[:400_000])][:50]
