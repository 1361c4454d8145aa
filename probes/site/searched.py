"""Does the site's own search find what the site itself says?

NĐ 43/2011/NĐ-CP, article 15; NĐ 42/2022/NĐ-CP, article 7: full and exact search.
"""

from collections.abc import Iterable
from functools import cached_property
from urllib.parse import unquote_plus, urlsplit

from auditor.model.evidence import Proof
from auditor.model.note import Json, Note, quoted
from auditor.model.visit import Cause
from auditor.sdk.details import CAUSE
from auditor.sdk.html import Document, Link
from auditor.sdk.outcome import GONE, cause_of
from auditor.sdk.phrases import Phrases
from auditor.sdk.text import nfc, tokens
from auditor.sdk.urls import canonical, same_site
from probes.content.labels import Grade
from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.crawling.extras import Asked, search_pages
from probes.crawling.searching import Search, Way, find_search
from probes.site import notes
from probes.site.said import Said, proofs_of, short_of

__all__ = ["judge_search"]

_SAME = 0.9
_ENOUGH = 2
_ECHO_WORDS = 8
_ECHO_LABEL = 2
_WORDS = 4
_MAX_TEXT = 50_000


def judge_search(site: CrawledSite) -> Said:
    """Judge what the search answered; what was not sent says why."""
    asked = site.seen.extras.search
    if asked is not None:
        return _Answered(site, asked).judge()
    documents = search_pages([page.document for page in (*site.front, *site.readable)], site.labels)
    search = find_search(documents, site.labels, site.base)
    return _unsent(site, search) if search is not None else _without(site)


def _unsent(site: CrawledSite, search: Search) -> Said:
    page = next((page for page in site.readable if page.document.url == search.page), site.home)
    proofs = proofs_of([page.exchange.proof(search.hint[:200] or None)])
    facts: dict[str, Json] = {
        "page": search.page,
        "action": search.form.action if search.form else "",
        "way": search.way.name.lower(),
    }
    extras = site.seen.extras
    if search.way is Way.POSTS:
        return Said(because=notes.SEARCH_POSTS(page=search.page), cause=Cause.CAPABILITY, proofs=proofs, facts=facts)
    if search.way is Way.SCRIPT:
        return Said(because=notes.SEARCH_SCRIPT(page=search.page), cause=Cause.CAPABILITY, proofs=proofs, facts=facts)
    if search.way is Way.ELSEWHERE:
        host = (urlsplit(search.form.action).hostname or "") if search.form else ""
        because = notes.SEARCH_ELSEWHERE(page=search.page, host=host)
        return Said(because=because, cause=Cause.CAPABILITY, proofs=proofs, facts=facts)
    if extras.cut is None and extras.referred is not None:
        return Said(because=notes.SEARCH_NO_WORDS(page=search.page), cause=Cause.AMBIGUOUS, proofs=proofs, facts=facts)
    cause = Cause.NOT_RUN if extras.cut is None else Cause.BUDGET
    return Said(because=notes.SEARCH_UNSENT(page=search.page, cause=str(cause)), cause=cause, proofs=proofs, facts=facts)


def _without(site: CrawledSite) -> Said:
    """Judge a site on which no form was found: a page for searching that is dead, somebody else's search, or none at all."""
    named = [one for one in site.candidates.get("search", ()) if one.grade >= Grade.ACCEPTED]
    for one in named:
        page = site.pages.get(canonical(one.url))
        if page is None and not same_site(one.url, site.base):
            because = notes.SEARCH_ELSEWHERE(page=one.found_on, host=urlsplit(one.url).hostname or "")
            return Said(because=because, cause=Cause.CAPABILITY)
        if page is None or page.cause is None or page.exchange.status in GONE or site.is_broken(page):
            continue
        return Said(because=notes.SEARCH_UNSENT(page=one.url, cause=str(page.cause)), cause=page.cause)
    cause = short_of(site) or (Cause.BUDGET if site.seen.near else None)
    if cause is not None:
        because = notes.TOO_LITTLE(cause=str(cause), read=len(site.readable), left=site.seen.left)
        return Said(because=because, cause=cause)
    dead = next((one for one in named if (page := site.pages.get(canonical(one.url))) is not None and page.cause), None)
    return Said(because=notes.SEARCH_DEAD_PAGE(url=dead.url) if dead else notes.NO_SEARCH, value=False)


class _Answered:
    """What a search answered."""

    def __init__(self, site: CrawledSite, asked: Asked) -> None:
        self.site, self.asked = site, asked
        self.exchange = asked.chain.final
        self.page = Page(None, asked.chain, None, site.known)
        self.cause = self.page.cause
        self._phrases = Phrases({"words": [asked.words]})
        self._echoes = site.known.vocabulary.finder("echoes")

    @property
    def facts(self) -> dict[str, Json]:
        """Keep what was asked, and of what."""
        asked = self.asked
        return {"page": asked.page, "asked": asked.url, "words": asked.words, "headline": asked.headline, "target": asked.target}

    def judge(self) -> Said:
        """Say whether the answer holds the headline, or a list of what has its words."""
        asked = self.asked
        if self.cause is not None:
            return self._failed(self.cause)
        if not same_site(self.exchange.url, self.site.base):
            because = notes.SEARCH_ELSEWHERE(page=asked.page, host=urlsplit(self.exchange.url).hostname or "")
            return Said(because=because, cause=Cause.CAPABILITY, proofs=self._proofs(None), facts=self.facts)
        if not self.page.is_html or self.site.is_missing(self.page):
            return self._dead(notes.SAYS_GONE if self.page.is_html else quoted(self.exchange.media_type))
        if self.site.is_home(self.page):
            return self._no(notes.SEARCH_HOME(words=asked.words))
        same = self._same_as()
        if same is not None:
            return self._no(notes.SEARCH_SAME(words=asked.words, url=same))
        label = self._found()
        if label is not None:
            because = notes.SEARCH_FINDS(words=asked.words, label=label[:200])
            return Said(because=because, value=True, proofs=self._proofs(label), facts=self.facts)
        told = self._own_text or self._results or self._says_nothing()
        if not told and b"<script" in self.exchange.body.lower():
            because = notes.SEARCH_BY_SCRIPT(words=asked.words)
            return Said(because=because, cause=Cause.CAPABILITY, proofs=self._proofs(None), facts=self.facts)
        return self._no(notes.SEARCH_NOTHING(words=asked.words, headline=asked.headline[:200]))

    def _failed(self, cause: Cause) -> Said:
        chain = self.asked.chain
        twice = bool(chain.confirmed) and cause in {Cause.HTTP_5XX, Cause.CONNECT, Cause.TIMEOUT, Cause.PROTOCOL, Cause.TLS}
        proven = bool(chain.confirmed) and cause is Cause.AMBIGUOUS and self.exchange.at < self.site.last_answer
        if self.exchange.status in GONE or twice or proven:
            return self._dead(f"HTTP {self.exchange.status}" if self.exchange.status else CAUSE(cause=str(cause)))
        because = notes.SEARCH_FAILED(words=self.asked.words, cause=str(cause))
        return Said(because=because, cause=cause, proofs=self._proofs(None), facts=self.facts)

    def _dead(self, what: Json | Note) -> Said:
        return self._no(notes.SEARCH_DEAD(words=self.asked.words, url=self.exchange.url.partition("?")[0][:200], what=what))

    def _no(self, because: Note) -> Said:
        return Said(because=because, value=False, proofs=self._proofs(None), facts=self.facts)

    def _proofs(self, passage: str | None) -> tuple[Proof, ...]:
        form = self.site.pages.get(canonical(self.asked.page))
        return proofs_of([self.exchange.proof(passage[:200] if passage else None), form.exchange.proof() if form else None])

    @cached_property
    def _results(self) -> list[Link]:
        """Give the answer's own links that may be results: not the template's, and not the search's own next pages."""
        return self._own_links(self.page.document)

    def _own_links(self, document: Document) -> list[Link]:
        own = self.site.reader.template.own_links(document)
        return [link for link in own if not self._asks_again(link.url) and canonical(link.url) != canonical(self.site.base)]

    def _asks_again(self, url: str) -> bool:
        """Tell a link that asks for the same words: the next page, another order."""
        parts = urlsplit(url)
        return parts.path == urlsplit(self.exchange.url).path and self.asked.words in nfc(unquote_plus(parts.query))

    @cached_property
    def _own_text(self) -> list[str]:
        """Give the answer's own text that is more than the words said again."""
        blocks = (block for block in self.site.template_of(self.page).own(self.page.document) if block.kind in {"text", "cell"})
        return [block.text for block in blocks if not block.linked and not self._is_echo(block.text)]

    def _is_echo(self, text: str) -> bool:
        """Tell the words said back: nothing stands in the text but them and how they are said (``Từ khóa: …``)."""
        words = tokens(text[:_MAX_TEXT])
        said = {
            i for match in (*self._phrases.find(words), *self._echoes.find(words)) for i in range(match.first, match.last + 1)
        }
        return len(words) - len(said) < _ECHO_WORDS and bool(said)

    def _same_as(self) -> str | None:
        """Give the address of a page that holds the same entries without having been asked anything."""
        mine = {canonical(link.url) for link in self._results}
        if len(mine) < _ENOUGH or self._is_apt:
            return None
        if self._bare is not None and _alike(mine, self._targets(self._bare)):
            return self._bare.url
        others = (page for page in self.site.readable if canonical(page.exchange.url) != canonical(self.exchange.url))
        return next((page.exchange.url for page in others if _alike(mine, self._targets(page.document))), None)

    @property
    def _is_apt(self) -> bool:
        """Tell whether every entry whose page was read has the words, in its label or there: then it is no list for everybody."""
        told = [self._tells_of(link) for link in self._results if len(tokens(link.label)) > _ECHO_LABEL]
        known = [has for has in told if has is not None]
        return bool(known) and all(known)

    def _tells_of(self, link: Link) -> bool | None:
        """Tell whether an entry has the words; None where its page was not read."""
        page = self.site.pages.get(canonical(link.url))
        if self._has_words(link.label):
            return True
        if page is None or page not in self.site.readable:
            return None
        own = self.site.template_of(page).own(page.document)
        return self._has_words("\n".join(block.text for block in own)[:_MAX_TEXT])

    def _targets(self, document: Document) -> set[str]:
        return {canonical(link.url) for link in self._own_links(document)}

    def _found(self) -> str | None:
        """Give the label of a result that has the words or leads to the very page; else of one in a list whose text has them.

        Where the answer says that there is nothing, what the search shows to everybody is no result.
        """
        target, usual = canonical(self.asked.target), self._usual if self._says_nothing() else set[str]()
        results = [link for link in self._results if canonical(link.url) not in usual]
        for link in results:
            if canonical(link.url) == target or (len(tokens(link.label)) > _ECHO_LABEL and self._has_words(link.label)):
                return link.label or link.url
        entries = [link for link in results if len(tokens(link.label)) >= _WORDS and same_site(link.url, self.site.base)]
        told = any(self._tells(text[:2_000]) for text in self._own_text)
        return entries[0].label if entries and told and not self._says_nothing() else None

    @property
    def _usual(self) -> set[str]:
        """Give what stands on the search's own page, or on the page of its form, for everybody."""
        forms = [page.document for page in self.site.readable if page.document.url == self.asked.page]
        return {target for document in (*forms, *filter(None, [self._bare])) for target in self._targets(document)}

    @cached_property
    def _bare(self) -> Document | None:
        """Give what the search answers to nobody's question, where it was asked so and answered."""
        bare = self.asked.bare
        if bare is None or bare.cause is not None or cause_of(bare.final) is not None:
            return None
        return self.site.known.document(bare.final)

    def _tells(self, text: str) -> bool:
        """Tell a result's text from the words said back (``Tìm thấy 3 kết quả với từ khóa …``)."""
        words = tokens(text)
        return len(words) >= _ECHO_WORDS and bool(self._phrases.find(words)) and not self._echoes.find(words)

    def _has_words(self, text: str) -> bool:
        return bool(self._phrases.find(tokens(text)))

    def _says_nothing(self) -> bool:
        return bool(self.site.substance(self.page).says_empty)


def _alike(some: Iterable[str], others: Iterable[str]) -> bool:
    one, two = set(some), set(others)
    return len(two) >= _ENOUGH and len(one & two) >= _SAME * max(len(one), len(two))
