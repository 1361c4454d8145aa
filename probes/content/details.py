"""The opened pages of a list's own entries."""

from auditor.sdk.urls import canonical
from probes.content.page import Page
from probes.content.site import CrawledSite

__all__ = ["details_of"]


def details_of(page: Page, site: CrawledSite, *, told_before: bool = False) -> list[Page]:
    """Give the opened pages of a list's own entries, in the list's order.

    With ``told_before`` they are those to which the front page led already, but for links that stand on a few pages: a box of
    the latest news beside a list is none of its own.
    """
    here, template = {canonical(page.exchange.url)}, site.template_of(page)
    found = []
    for link in template.own_links(page.document):
        key = canonical(link.url)
        opened = site.pages.get(key)
        if opened is None or opened.cause is not None or opened.crawled is None or key in here or opened is site.home:
            continue
        here.add(key)
        list_of = site.home if told_before else page
        own_entry = opened.crawled.found_on in {list_of.exchange.url, list_of.chain.final.url}
        own_entry = own_entry and not (told_before and template.is_shared(link))
        if own_entry and opened.is_html and not site.is_missing(opened):
            found.append(opened)
    return found
