"""Finds what names each duty: what is said of links, addresses, pictures' file names, titles and headings of their targets."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from auditor.sdk.boilerplate import Template
from auditor.sdk.html import Document, Link
from auditor.sdk.text import count_words
from auditor.sdk.urls import canonical, is_document, same_site, shape
from probes.content.labels import Grade, Hit, Labels
from probes.content.page import Candidate, Page

__all__ = ["find_candidates"]

_OWN_PAGES = 2
_CLICKS = 2
_ARTICLES = 3
_TITLE = 80
_MENU_WORDS, _MENU_LONGEST = 7, 8
"""So many words the labels of a menu have on the average, and each at most."""
_ENDS_IN_NUMBER = re.compile(r"/\d+(?:\.\w+)?/?$")


def find_candidates(
    pages: Sequence[Page],
    home: Page,
    labels: Labels,
    base: str,
    template_of: Callable[[Page], Template],
    is_foreign: Callable[[Page], bool],
) -> dict[str, list[Candidate]]:
    """Give what names each duty on these pages, the surest first; each address once for each way in which it was found."""
    finder = _Finder(pages, home, labels, base, template_of)
    found: dict[str, dict[tuple[str, str], Candidate]] = {}
    for section, candidate in (*finder.by_links(), *finder.by_language(is_foreign), *finder.by_titles()):
        key = (canonical(candidate.url), candidate.how)
        kept = found.setdefault(section, {}).get(key)
        if kept is None or candidate.grade > kept.grade:
            found[section][key] = candidate
    return {section: sorted(group.values(), key=lambda c: (-c.grade, c.url, c.how)) for section, group in found.items()}


class _Finder:
    """Looks through one site's pages."""

    def __init__(
        self, pages: Sequence[Page], home: Page, labels: Labels, base: str, template_of: Callable[[Page], Template]
    ) -> None:
        self._pages, self._home, self._labels, self._base, self._template_of = pages, home, labels, base, template_of
        paths: dict[str, set[str]] = {}
        for page in pages:
            for text in set(page.document.headings):
                paths.setdefault(text, set()).add(urlsplit(page.exchange.url).path)
        self._made = Counter(shape(url) for url in {link.url for page in pages for link in page.document.links})
        self._heading_pages = Counter({text: len(found) for text, found in paths.items()})

    def by_links(self) -> Iterator[tuple[str, Candidate]]:
        """Look through the links of the front page, the pages one click from it, and the site's own map."""
        for page in self._pages:
            clicks = page.crawled.clicks if page.crawled else 0
            if clicks is None or clicks > _CLICKS:
                continue
            near = clicks == 0 or self._is_map(page)
            repeated = _repeated(page.document.links)
            short = _menus(page.document.links) if clicks <= 1 else set[tuple[str, str]]()
            for link in page.document.links:
                listed = near or (link.label, link.path) in short
                for hit, how in self._of_link(page, link, near=listed):
                    sure = (listed or hit.grade is Grade.EXACT) and not (how == "label" and (link.label, link.path) in repeated)
                    grade = hit.grade if sure else Grade.AMBIGUOUS
                    yield hit.section, Candidate(url=link.url, grade=grade, how=how, text=hit.phrase, found_on=page.exchange.url)

    def by_language(self, is_foreign: Callable[[Page], bool]) -> Iterator[tuple[str, Candidate]]:
        """Look for pages in another language: a flag without words may be all that leads there."""
        for page in self._pages:
            if page is self._home or page.crawled is None or page.crawled.clicks != 1:
                continue
            if is_foreign(page):
                yield "foreign_language", _candidate(page, Grade.EXACT, "language", page.document.language)

    def by_titles(self) -> Iterator[tuple[str, Candidate]]:
        """Look at what the pages call themselves; of one that only the XML sitemap names, its address is a label too."""
        for page in self._pages:
            crawled = page.crawled
            if crawled is None or (crawled.clicks is not None and crawled.clicks > _CLICKS):
                continue
            for hit in self._of_address(crawled.url) if crawled.clicks is None else ():
                yield hit.section, _candidate(page, hit.grade, "address", hit.phrase)
            headed = (hit for text in self._own_headings(page) for hit in self._labels.of_label(text))
            for hit in (*self._labels.of_title(page.document.title), *headed):
                if hit.grade is Grade.EXACT:
                    yield hit.section, _candidate(page, Grade.EXACT, "title", hit.phrase)

    def _of_link(self, page: Page, link: Link, *, near: bool) -> Iterator[tuple[Hit, str]]:
        menu = near and (page is not self._home or is_document(link.url) or self._template_of(page).covers_link(link))
        named = self._labels.of_link(link, menu=menu)
        sure = {hit.section for hit in named if hit.grade >= Grade.ACCEPTED}
        exact = any(hit.grade is Grade.EXACT for hit in named)
        is_headline = count_words(link.label) > _MENU_LONGEST - 2
        yield from ((hit, "label") for hit in named)
        for hit in self._of_address(link.url):  # what the label says goes before what the address seems to say
            told = hit.section in sure if sure else menu or not is_headline
            told = told or (hit.grade is Grade.EXACT and menu and not exact)
            yield (hit if told else replace(hit, grade=Grade.AMBIGUOUS)), "address"
        yield from ((hit, "picture") for hit in (self._labels.of_url(link.file) if link.file else ()))

    def _of_address(self, url: str) -> tuple[Hit, ...]:
        """Of another site's address only its host may name a duty (``dichvucong.…``), of a file's only its label."""
        if not same_site(url, self._base):
            return self._labels.of_host(url)
        if is_document(url):
            return ()
        hits = self._labels.of_url(url)
        if hits and _ENDS_IN_NUMBER.search(urlsplit(url).path) and self._made[shape(url)] >= _ARTICLES:
            return tuple(replace(hit, grade=Grade.AMBIGUOUS) for hit in hits)  # one of many of its making: an entry, no section
        return hits

    def _is_map(self, page: Page) -> bool:
        """Tell the site's own map: it calls itself so, or its address does."""
        document: Document = page.document
        titles = (document.title, *document.headings[:3])
        hits = [*(hit for title in titles for hit in self._labels.of_title(title)), *self._labels.of_url(page.exchange.url)]
        return any(hit.section == "sitemap" and hit.grade is Grade.EXACT for hit in hits)

    def _own_headings(self, page: Page) -> list[str]:
        """Give the headings that name this page: not those of a column that stands on other pages too.

        Where old pages have none, the first short text of their own is one.
        """
        own = self._template_of(page).own(page.document)
        blocks = [block for block in own if block.kind == "heading"]
        if not blocks:
            blocks = [block for block in own[:1] if not block.linked and len(block.text) <= _TITLE]
        return [block.text for block in blocks[:3] if self._heading_pages[block.text] <= _OWN_PAGES]


def _repeated(links: Sequence[Link]) -> set[tuple[str, str]]:
    """Give the labels that lead to several places from one place of a page: what can be done with each entry, no entry point."""
    targets: dict[tuple[str, str], set[str]] = {}
    for link in links:
        targets.setdefault((link.label, link.path), set()).add(canonical(link.url))
    return {place for place, urls in targets.items() if len(urls) > 1}


def _menus(links: Sequence[Link]) -> set[tuple[str, str]]:
    """Give the links that stand with others of short labels in one place of a page: a menu, not a list of articles."""
    groups: dict[str, dict[str, str]] = {}
    for link in links:
        groups.setdefault(link.path, {})[canonical(link.url)] = link.label
    return {
        (label, path)
        for path, labels in groups.items()
        if len(labels) > 1 and sum(map(count_words, labels.values())) <= _MENU_WORDS * len(labels)
        for label in labels.values()
        if count_words(label) <= _MENU_LONGEST
    }


def _candidate(page: Page, grade: Grade, how: str, text: str) -> Candidate:
    assert page.crawled is not None
    return Candidate(url=page.crawled.url, grade=grade, how=how, text=text, found_on=page.crawled.found_on)
