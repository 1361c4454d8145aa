"""The opened pages of a list's own entries."""

from auditor.sdk.urls import canonical
from probes.content.page import Page
from probes.content.site import CrawledSite

__all__ = ["details_of"]


def details_of(page: Page, site: CrawledSite) -> list[Page]:
    """Give the opened pages of a list's own entries, in the list's order."""
    here = {canonical(page.exchange.url)}
    found = []
    for link in site.template_of(page).own_links(page.document):
        key = canonical(link.url)
        opened = site.pages.get(key)
        if opened is None or opened.cause is not None or opened.crawled is None or key in here or opened is site.home:
            continue
        here.add(key)
        own_entry = opened.crawled.found_on in {page.exchange.url, page.chain.final.url}
        if own_entry and opened.is_html and not site.is_missing(opened):
            found.append(opened)
    return found
