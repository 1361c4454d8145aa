"""Duties that are judged by the form or the links they hold: search, site map, links, feeds, letters, the way to services."""

from collections import Counter
from collections.abc import Collection
from functools import cached_property

from auditor.sdk.html import Block, Document
from auditor.sdk.urls import canonical, same_site
from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.crawling.searching import search_hint

__all__ = ["Linkish"]

_MAP_LINKS = 5
_OTHERS = 3
_LABELLED = 2
_LABEL, _LABEL_WORDS = 120, 5
_OFFICIAL = (".gov.vn", ".chinhphu.vn", ".dangcongsan.vn")


def _before_links(block: Block, firsts: Collection[str]) -> str:
    """Give a short text, or of one in which links follow their label the label (``Liên kết Bộ Y tế Sở Y tế``)."""
    words = block.text[:_LABEL].split(" ")
    for count in range(1, min(len(words) - 1, _LABEL_WORDS) + 1):
        if words[count] in firsts and not block.linked and len(words) > _LABEL_WORDS:
            return " ".join(words[:count])
    return block.text if len(block.text) < _LABEL else ""


class Linkish:
    """Judges the pages of one site that are for finding something else."""

    def __init__(self, site: CrawledSite) -> None:
        """Judge this site's pages."""
        self.site = site

    def fulfils(self, section: str, page: Page) -> bool:
        """Tell whether a readable page holds the form or the links that such a duty is for."""
        match section:
            case "search":
                return self._searches(page)
            case "sitemap":
                return self._maps(page)
            case "links":
                return self._links_out(page)
            case "rss":
                return self._feeds(page)
            case "feedback":
                return self._takes_letters(page)
            case _:
                return self._serves(page)

    def at_home(self, section: str) -> str | None:
        """Give the words or address on the front page that fulfil such a duty there; None when nothing does."""
        found = (self._at_home(section, page.document) for page in self.site.front)
        return next((words for words in found if words), None)

    def _at_home(self, section: str, document: Document) -> str | None:
        if section == "search" and (hint := search_hint(document, self.site.labels)):
            return hint
        if section == "rss" and document.feeds:
            return document.feeds[0]
        if section == "links":
            others = self._foreign(document)
            return others[0] if len(others) >= _OTHERS else self._labelled(document)
        return None

    def _labelled(self, document: Document) -> str | None:
        """Give the label under which the front page keeps links to other sites."""
        hosts = {link.url.split("/")[2] for link in document.links if not same_site(link.url, self.site.base)}
        if len(hosts) < _LABELLED:
            return None
        firsts = {link.label.split(" ", 1)[0] for link in document.links if link.label}
        labels = (_before_links(block, firsts) for block in document.blocks if block.kind != "hidden")
        named = (text for text in labels if text for hit in self.site.labels.of_label(text) if hit.section == "links")
        return next(named, None)

    def _foreign(self, document: Document) -> list[str]:
        """Give the addresses of other agencies' sites that a page links to, each host once."""
        hosts: dict[str, str] = {}
        for link in document.links:
            host = link.url.split("/")[2].lower()
            official = host.endswith(_OFFICIAL) or host in self.site.known.registry_hosts
            if official and not same_site(link.url, self.site.base):
                hosts.setdefault(host, link.url)
        return list(hosts.values())

    @cached_property
    def _usual(self) -> Counter[str]:
        """How often each link stands on an ordinary page of the site: what the menu alone gives."""
        pages = [page for page in self.site.readable if page is not self.site.home][:8]
        counts = [Counter(canonical(link.url) for link in page.document.links) for page in pages]
        keys = {key for count in counts for key in count}
        return Counter({key: sorted(count[key] for count in counts)[len(counts) // 2] for key in keys})

    def _maps(self, page: Page) -> bool:
        """Tell whether a page lists the site's pages beyond what every page's menu does."""
        counts = Counter(canonical(link.url) for link in page.document.links if same_site(link.url, self.site.base))
        return sum(max(count - self._usual[key], 0) for key, count in counts.items()) >= _MAP_LINKS

    def _searches(self, page: Page) -> bool:
        """Tell whether a page has a search field."""
        return bool(search_hint(page.document, self.site.labels))

    def _takes_letters(self, page: Page) -> bool:
        """Tell whether a page has a form to write to the agency, or an address to write to."""
        other = not same_site(page.exchange.url, self.site.base)
        return self.has_form(page) or self.site.substance(page).mails > 0 or other

    def has_form(self, page: Page) -> bool:
        """Tell whether a page has a form to write to the agency."""
        forms = [form for form in page.document.forms if not form.hidden]
        asked = [[hint for hint in form.hints[: len(form.fields)] if not self._searches_by(hint)] for form in forms]
        return any(len(hints) > 1 for hints in asked) or len(page.document.loose_inputs) > 1

    def _searches_by(self, hint: str) -> bool:
        """Tell a field that searches: some systems make a whole page one form, the search in its head included."""
        said = hint.lower()
        named = any(hit.section == "search" for hit in self.site.labels.of_label(hint))
        return named or any(word in said for word in ("search", "timkiem", "tim-kiem", "tìm"))

    def _links_out(self, page: Page) -> bool:
        """Tell whether a page links to other agencies, or holds links of its own at all."""
        return bool(self._foreign(page.document)) or bool(self.site.template_of(page).own_links(page.document))

    def _serves(self, page: Page) -> bool:
        """Tell whether a page is a way to services: it holds something, or links to where services are."""
        return self.site.substance(page).holds_something or self._links_out(page)

    def _feeds(self, page: Page) -> bool:
        """Tell whether a page is a feed or lists some."""
        links = [link for link in page.document.links if "rss" in link.url.lower() or link.url.lower().endswith(".xml")]
        return bool(page.document.feeds) or bool(links) or "xml" in page.exchange.media_type
